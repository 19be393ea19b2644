"""Declared functions: read, shaped, differentiated, printed, checked and handed in."""

import json
import string
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from concrete import Concrete, handed_in
from hypothesis import given, settings
from hypothesis import strategies as st

from dimderiv import derive, parse
from dimderiv.codegen import TARGETS
from dimderiv.errors import (
    DimderivError,
    NotDifferentiableError,
    ParseError,
    ShapeError,
    UnknownNameError,
    VerificationError,
)
from dimderiv.language.declarations import read_shapes
from dimderiv.language.declared import Signature
from dimderiv.language.parser import parse_program
from dimderiv.language.shapes import SCALAR, Dim, Shape
from dimderiv.language.syntax import Call, Name
from dimderiv.surfaces.cli.command import main
from dimderiv.verify.claim import Claim
from dimderiv.verify.evaluate.arithmetic import Arithmetic
from dimderiv.verify.evaluate.declared import put_in_place
from dimderiv.verify.layout import SizedSignature
from dimderiv.verify.points.check import verify

VECTOR = "f: n -> scalar; g: n -> scalar"
STEP = 1e-5


@pytest.mark.parametrize("arrow", ["->", "→", "=>", "- >"])
def test_a_declaration(arrow: str) -> None:
    """The shape of the argument, an arrow, and that the value is a scalar."""
    (found,) = read_shapes(f"f: m x p {arrow} scalar").values()

    assert found.is_function
    assert Shape(Dim.of("m"), Dim.of("p")) == found.shape
    assert read_shapes({"f": f"m x p {arrow} scalar"}) == {"f": found}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("f: ->", "f is declared as a function, but its argument is missing"),
        ("f: -> scalar", "f is declared as a function, but its argument is missing"),
        ("f: m x p -> ", "f is declared as a function, but its value is missing"),
        ("f: f -> scalar", "f is a function, so f has a meaning, and it is the size of an axis"),
        (": n -> scalar", "'' cannot be the name of a symbol"),
        ("I: n -> scalar", "I cannot be a function"),
        ("exp: n -> scalar", "exp is a function, so it cannot be a symbol"),
        ("f: n -> scalar; f: n", "f is declared twice"),
        (
            "f: n -> scalar; grad_f: n",
            "f is a function, so grad_f has a meaning, and it is declared as well",
        ),
        (
            "f: n x n symmetric -> scalar",
            "'symmetric' does not suit the argument of a function",
        ),
        ("f: m x p, , n -> scalar", "an argument of f is missing"),
        ("f: (m x p x n) -> scalar", "the argument of f has 3 axes; at most two are supported"),
        ("f: n -> m x p x n", "the value of f has 3 axes; at most two are supported"),
        ("f: n -> vector", "the value of f has no sizes"),
        ("K: n -> m x p spd", "only a square matrix can be spd: K(...) is m x p"),
        ("K: n -> m orthogonal", "'orthogonal' does not suit the value of a function"),
        (
            "r: n -> m; J_r: m",
            "r is a function, so J_r has a meaning, and it is declared as well",
        ),
    ],
)
def test_a_declaration_that_is_refused(text: str, message: str) -> None:
    """What is wrong with it, by name."""
    with pytest.raises(DimderivError) as caught:
        read_shapes(text)

    assert message == caught.value.message


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("f(x)", "f"),
        ("∇f(x)", "∇f"),
        ("∇ f (x)", "∇f"),
        ("grad_f(x)", "∇f"),
        ("∇²f(x)", "∇²f"),
        ("∇^2 f(x)", "∇²f"),
        ("hess_f(x)", "∇²f"),
    ],
)
def test_a_call(text: str, function: str) -> None:
    """The gradient and the Hessian have two spellings each."""
    found = parse(text, functions=["f"]).statements[0].value

    assert Call(function, (Name("x"),)) == found


def test_a_program_that_is_parsed_beforehand() -> None:
    """The tree is accepted with the declaration."""
    program = parse("φ(A x)", functions=["φ"])

    assert str(derive(program, "x", shapes="φ: m -> scalar")) == "A' ∇phi(A x)"


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("f x", ParseError, "f is a function: write f(x)"),
        ("∇f x", ParseError, "∇f is a function: write ∇f(x)"),
        ("f(x, y)", ShapeError, "f takes one argument, not two"),
        ("f(A x)", ShapeError, "f takes n x 1: A x is p x 1"),
        ("f(x')", ShapeError, "f takes n x 1: x' is 1 x n"),
        ("f(x, axis=0)", ShapeError, "f takes no axis"),
        ("f = x; f(x)", ParseError, "f is a function, so it cannot be defined as a name"),
        ("∇h(x)", UnknownNameError, "∇h is not known"),
        ("∇exp(x)", UnknownNameError, "∇exp is not known"),
        ("cost(x)", UnknownNameError, "cost is not a known function"),
        ("∇²f(x)", NotDifferentiableError, "f can be differentiated twice, not three times"),
        ("h(x)", ShapeError, "h takes m x m: x is n x 1"),
        (
            "tr(∇h(x x'))",
            NotDifferentiableError,
            "the second derivative of h has four axes, since its argument is a matrix, so it "
            "cannot be written",
        ),
    ],
)
def test_an_expression_that_is_refused(text: str, error: type[Exception], message: str) -> None:
    """What is wrong with it, by name."""
    size = "n" if "tr" in text else "m"
    shapes = f"f: n -> scalar; h: {size} x {size} -> scalar; x: n; A: p x n"
    if text == "∇h(x)":
        shapes = "f: n -> scalar; x: n"

    with pytest.raises(error) as caught:
        derive(text, "x", shapes=shapes)

    assert isinstance(caught.value, DimderivError)
    assert message == caught.value.message


def test_a_function_is_no_variable() -> None:
    """Nor is it an upstream derivative, nor a symbol beside itself."""
    with pytest.raises(UnknownNameError, match="f is a function, so it is no variable"):
        derive("f(x)", "f", shapes=VECTOR)
    with pytest.raises(UnknownNameError, match="f cannot be the upstream derivative"):
        derive("f(x)", "x", shapes=VECTOR, upstream="f")
    with pytest.raises(UnknownNameError, match="f is declared as a function"):
        derive(parse("f x"), "x", shapes=VECTOR)


def test_an_unknown_word_may_be_declared() -> None:
    """The error says how."""
    with pytest.raises(UnknownNameError) as caught:
        derive("tahn(A x)", "x")

    assert "write tanh(...), or declare it: tahn: n -> scalar" == caught.value.hint


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "expected"),
    [
        ("f(A X + B)", "X", "f: m x p -> scalar", "A' ∇f(A X + B)"),
        ("f(X')", "X", "f: p x m -> scalar", "∇f(X')'"),
        ("f(X) + tr(A X)", "X", "f: m x n -> scalar", "∇f(X) + A'"),
        ("f(A X) + f(B X)", "X", "f: m x p -> scalar", "A' ∇f(A X) + B' ∇f(B X)"),
        ("Y = A X + B; f(Y)", "X", "f: m x p -> scalar", "Y = A X + B; A' ∇f(Y)"),
        ("g(x) f(x)", "x", VECTOR, "f(x) ∇g(x) + g(x) ∇f(x)"),
        ("exp(f(x))", "x", VECTOR, "exp(f(x)) ∇f(x)"),
        ("log(f(x))", "x", VECTOR, "∇f(x) / f(x)"),
        ("f(||x||)", "x", "f: scalar -> scalar", "∇f(||x||) x / ||x||"),
        ("f(diag(x) B)", "x", "f: n x p -> scalar", "sum(B .* ∇f(x .* B), axis=1)"),
        ("f(x A)", "x", "f: 1 x C -> scalar; x: 1 x m", "∇f(x A) A'"),
        ("f(x' A)", "x", "f: 1 x C -> scalar", "A ∇f(x' A)'"),
        ("f(x - ∇g(x))", "x", VECTOR, "∇f(x - ∇g(x)) - ∇²g(x) ∇f(x - ∇g(x))"),
        ("∇f(A x)", "x", VECTOR, "∇²f(A x) A"),
        ("f(x) x", "x", VECTOR, "x ∇f(x)' + f(x) I"),
    ],
)
def test_first_derivative(expression: str, wrt: str, shapes: str, expected: str) -> None:
    """The chain rule, checked, and read back to the same answer."""
    found = derive(expression, wrt, shapes=shapes)

    assert expected == str(found)
    assert found.verification is not None
    assert found.verification.level in {"exact", "30 digits"}
    assert found.program == found.read_back(str(found))


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "expected"),
    [
        ("f(A x)", "x", "f: m -> scalar", "A' ∇²f(A x) A"),
        ("f(x' A)", "x", "f: 1 x C -> scalar", "A ∇²f(x' A) A'"),
        ("f(f(x))", "x", "f: scalar -> scalar", "∇f(x)^2 ∇²f(f(x)) + ∇f(f(x)) ∇²f(x)"),
        ("exp(f(x))", "x", VECTOR, "exp(f(x)) (∇f(x) ∇f(x)' + ∇²f(x))"),
        ("f(a x)", "a", "f: n -> scalar; a: scalar", "x' ∇²f(a x) x"),
    ],
)
def test_second_derivative(expression: str, wrt: str, shapes: str, expected: str) -> None:
    """With the Hessian of the function, which is symmetric."""
    found = derive(expression, wrt, shapes=shapes, order=2)

    assert expected == str(found)
    assert found.verification is not None
    assert found.verification.level in {"exact", "30 digits"}


def test_a_matrix_has_no_second_derivative() -> None:
    """It would have four axes."""
    with pytest.raises(NotDifferentiableError, match="has four axes, since its argument"):
        derive("f(A X)", "X", shapes="f: m x p -> scalar", order=2)


def test_upstream_and_layout() -> None:
    """What is handed down is a factor; the numerator layout turns the answer."""
    shapes = "f: m x p -> scalar"

    assert "G A' ∇f(A X)" == str(derive("f(A X)", "X", shapes=shapes, upstream="G"))
    assert "∇f(A X)' A" == str(derive("f(A X)", "X", shapes=shapes, layout="numerator"))


def test_forward_mode_and_tied_entries() -> None:
    """The rules made from a declaration serve the other sweeps as well."""
    along = derive("f(A x)", "x", shapes="f: m -> scalar", forward="v")
    tied = derive("f(X)", "X", shapes="f: n x n -> scalar; X: n x n symmetric", structured=True)
    product = derive("f(A x)", "x", shapes="f: m -> scalar").hvp("v")

    assert "∇f(A x)' A v" == str(along)
    assert "∇f(X) + ∇f(X)' - ∇f(X) .* I" == str(tied)
    assert "A' ∇²f(A x) A v" == str(product)
    for found in (along, tied, product):
        assert found.verification is not None
        assert found.verification.level == "exact"
    with pytest.raises(UnknownNameError, match="f cannot be the direction of x"):
        derive("f(A x)", "x", shapes="f: m -> scalar", forward="f")


def test_no_name_is_taken_twice() -> None:
    """Neither a size nor a part gets the name of a function."""
    found = derive("m(softmax(A x)) + sum(softmax(A x))", "x", shapes="m: k -> scalar; x: n")

    assert {"A": "k x n", "x": "n", "m": "k -> scalar"} == dict(found.shapes)


def test_latex() -> None:
    """The gradient, the Hessian, and names that are written as symbols are."""
    shapes = "f_1: n -> scalar; phi: n -> scalar; cost: n -> scalar"
    found = derive("f_1(x) + phi(x) + cost(x)", "x", shapes=shapes)
    second = derive("phi(x)", "x", shapes=shapes, order=2)

    expected = r"\nabla f_{1}(x) + \nabla \phi(x) + \nabla \operatorname{cost}(x)"
    assert expected == found.latex()
    assert r"\nabla^{2} \phi(x)" == second.latex()


def test_steps() -> None:
    """They say what is declared, and where the gradient comes from."""
    found = derive("f(A x)", "x", shapes="f: m -> scalar; A: m x n")

    english, chinese, latex = (
        found.explain(),
        found.explain("zh"),
        found.explain(markup="latex"),
    )
    assert "Declared: A: m x n; f: m x 1 -> scalar." in english
    assert "f may be any function, and d(f(u))/du = ∇f(u) is its gradient there." in english
    assert "f 可以是任何函数，d(f(u))/du = ∇f(u) 是它在该处的梯度。" in chinese
    assert r"\to" in latex


def test_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """The declaration goes in with the shapes, and comes out in JSON."""
    assert main(["f(A x)", "--wrt", "x", "--shape", "f: m → scalar", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert found["shapes"]["f"] == "m -> scalar"
    assert found["results"]["x"]["text"] == "A' ∇f(A x)"


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "order"),
    [
        ("f(A X + B)", "X", "f: m x p -> scalar; A: m x n; X: n x p; B: m x p", 1),
        ("f(x A) x", "x", "f: 1 x p -> scalar; x: 1 x m; A: m x p", 1),
        ("f(A x) g(x)", "x", "f: m -> scalar; g: n -> scalar; A: m x n; x: n", 2),
        ("f(x A)", "x", "f: 1 x p -> scalar; x: 1 x m; A: m x p", 2),
        ("f(||x||)", "x", "f: scalar -> scalar; x: n", 2),
        ("∇f(A x)", "x", "f: m -> scalar; A: m x n; x: n", 1),
    ],
)
def test_generated_code(expression: str, wrt: str, shapes: str, order: int) -> None:
    """The functions that are handed in are called with arrays of the shape that is declared."""
    found = derive(expression, wrt, shapes=shapes, order=order)
    function = found.function("numpy", value=True)
    arrays = drawn(found.typed.symbols)

    value, derivative = function(**arrays, **handed_in(function, found.rulebook.declared))

    names = found.rulebook.declared
    scalar = derive(expression, wrt, shapes=shapes) if order == 2 else found
    slope = scalar.function("numpy", value=order == 1)

    def one(x: Any) -> Any:
        result = slope(**{**arrays, wrt: x}, **handed_in(slope, names))
        return result[0] if order == 1 else result

    assert np.allclose(derivative, differences(one, arrays[wrt]), atol=1e-6)
    assert np.shape(derivative) == np.shape(one(arrays[wrt])) + np.shape(arrays[wrt])
    assert order == 1 or np.ndim(value) == 0


def drawn(symbols: Any) -> dict[str, Any]:
    """Numbers for each symbol, as generated functions take them."""
    rng = np.random.default_rng(7)
    sizes = {"m": 3, "n": 4, "p": 5}
    found = {}
    for name, declared in symbols.items():
        shape = declared.shape
        axes = tuple(shape) if shape.is_row else shape.axes
        found[name] = rng.standard_normal(tuple(dim.evaluate(sizes) for dim in axes))
    return found


def differences(function: Callable[[Any], Any], at: Any) -> Any:
    """The derivative by central differences, with the axes of the value first."""
    slopes = []
    for place in np.ndindex(*np.shape(at)):
        step = np.zeros_like(at)
        step[place] = STEP
        slopes.append(np.asarray(function(at + step) - function(at - step)) / (2 * STEP))
    return np.moveaxis(np.array(slopes), 0, -1).reshape(slopes[0].shape + np.shape(at))


def test_what_is_handed_in_is_checked() -> None:
    """A gradient that is missing, is no function or has another shape is an error."""
    function = derive("f(x)", "x", shapes="f: n -> scalar; x: n").function("numpy")

    assert "grad_f: a function of an array of shape (n,), which returns the gradient of f" in str(
        function.__doc__
    )
    with pytest.raises(TypeError, match="grad_f"):
        function(x=np.ones(3))
    with pytest.raises(TypeError, match="grad_f is a function, not int"):
        function(x=np.ones(3), grad_f=2)
    with pytest.raises(ValueError, match=r"grad_f returned an array of shape \(\), expected \(3,"):
        function(x=np.ones(3), grad_f=np.sum)


@pytest.mark.parametrize(
    "wrong", ["∇f(A x)", "A' ∇f(x)", "A' ∇f(A x) / 2", "A' ∇g(A x)", "∇²f(A x) A x", "x"]
)
def test_a_wrong_answer_fails_the_check(wrong: str) -> None:
    """Nothing passes because of the function that is put in the place of f."""
    shapes = "A: n x n; x: n"
    functions = {sign + name for sign in ("", "∇", "∇²") for name in "fg"}
    size = Dim.of("n")
    claim = Claim(
        expression=parse_program("f(A x)", functions=functions),
        answer=parse_program(wrong, functions=functions),
        wrt="x",
        symbols=read_shapes(shapes),
        value=SCALAR,
        declared=dict.fromkeys("fg", Signature((Shape(size, Dim.of(1)),))),
    )

    with pytest.raises(VerificationError):
        verify(claim)


INNER = ["A x", "b - x", "x", "a x", "sin(B x)", "exp(0.1 x)", "x .* b", "∇g(x)", "A (x - b)"]
OUTER = ["{0}", "exp(0.1 {0})", "{0}^2", "1 / (9 + {0}^2)", "{0} + x'b", "g(x) {0}"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(INNER), min_size=1, max_size=3, unique=True),
    st.sampled_from(OUTER),
    st.integers(1, 2),
)
def test_random_compositions(inner: list[str], outer: str, order: int) -> None:
    """The generated derivative of a composition agrees with differences."""
    if order == 2:
        inner = [part for part in inner if "∇" not in part] or ["x"]
    expression = outer.format(f"f({' + '.join(inner)})")
    shapes = "f: n -> scalar; g: n -> scalar; A: n x n; B: n x n; x: n; b: n; a: scalar"
    found = derive(expression, "x", shapes=shapes, order=order)
    arrays = {name: 0.4 * value for name, value in drawn(found.typed.symbols).items()}
    function = found.function("numpy")
    first = derive(expression, "x", shapes=shapes, verify=False).function("numpy", value=True)

    def lower(x: Any) -> Any:
        known = {name: value for name, value in arrays.items() if name != "x"}
        return first(**known, x=x, **handed_in(first, "fg"))[order - 1]

    computed = function(**arrays, **handed_in(function, "fg"))
    expected = differences(lower, arrays["x"])
    assert np.allclose(computed, expected, atol=1e-5 * max(1, abs(expected).max()))


@pytest.mark.parametrize("shape", [(), (4,), (2, 3)])
def test_the_concrete_functions(shape: tuple[int, ...]) -> None:
    """The gradient and the Hessian that tests compute with are those of the function."""
    concrete, at = Concrete("f"), np.random.default_rng(1).standard_normal(shape)
    value, gradient = partial(concrete.call, "f"), partial(concrete.call, "∇f")

    assert np.allclose(gradient(at), differences(value, at), atol=1e-6)
    assert np.allclose(concrete.call("∇²f", at), differences(gradient, at), atol=1e-6)


@pytest.mark.parametrize("name", string.ascii_letters)
def test_what_stands_in_the_brackets_of_a_second_derivative_counts(name: str) -> None:
    """No stand-in of a function of a scalar is a quadratic, by coefficients that cancel."""
    known = SizedSignature(Signature((SCALAR,)), {})
    second = partial(put_in_place, f"∇²{name}", known, Arithmetic(30))

    assert second([[[0]]]) != second([[[1]]])


def test_a_function_in_a_definition_that_is_repeated_is_handed_in() -> None:
    """The derivative is the definition, which is read as the scalar that it repeats."""
    found = derive("r = f(c) ones(n, 1); r' x", "x", shapes="f: scalar -> scalar; c: scalar")
    value = found.function("numpy")(c=np.array(3.0), x=np.ones(2), f=lambda c: c * c)

    assert [9.0, 9.0] == list(value)


NAMED = [
    ("N0 = 1 ./ (1 + exp(-F)); f((1 + sum(N0, axis=1).^2).^-0.5)", "F: n x k"),
    ("a = f(x) ones(n, 1); b = exp(a) + x; b'b", "x: n"),
    ("c = f(x); g(c ones(n, 1) + x)", "x: n; g: n -> scalar"),
    ("u = softmax(A x); f(u) + u'u", "A: n x m; x: m"),
]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("expression", "shapes"), NAMED)
def test_a_function_of_a_named_part_is_handed_in_to_every_kind_of_code(
    expression: str, shapes: str, target: str
) -> None:
    """Gradient, Hessian, Hessian-vector product, layer and operator name what they call."""
    wrt = "F" if "F" in shapes else "x"
    first, second = (
        derive(expression, wrt, shapes=f"f: n -> scalar; {shapes}", order=order, verify=False)
        for order in (1, 2)
    )
    along = derive(expression, wrt, shapes=f"f: n -> scalar; {shapes}", forward="V", verify=False)

    for code in (
        first.code(target, value=True),
        first.code(target, layer=True),
        along.code(target),
        first.hvp("V").code(target, value=True),
        second.code(target),
        second.code(target, form="operator"),
    ):
        assert "grad_f: a function of an array of shape (n,)" in code


def test_a_function_may_have_the_name_of_a_letter_in_a_rule() -> None:
    """The formulas of rules have letters of their own: `k` in that of a softmax."""
    shapes = "k: scalar -> scalar; x: n; a: scalar"
    found = derive("sum(x .* softmax(k(a) x))", "a", shapes=shapes)

    assert found.verification and found.verification.level == "30 digits"


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("J_r(x)", "∂r"),
        ("jac_r(x)", "∂r"),
        ("∇²r(x)", "∂²r"),
        ("hess_r(x)", "∂²r"),
        ("∇₁f(x, y)", "∇₁f"),
        ("grad1_f(x, y)", "∇₁f"),
        ("hess12_f(x, y)", "∇²₁₂f"),
        ("d_K(t)", "δK"),
        ("d2_K(t)", "δ²K"),
    ],
)
def test_the_names_of_derivatives(text: str, function: str) -> None:
    """They are read as they are printed, and in ASCII."""
    declared = read_shapes("r: n -> m; f: n, m -> scalar; K: scalar -> n x n")
    functions = {
        each
        for name, found in declared.items()
        if found.signature is not None
        for each in found.signature.derivatives(name)
    }
    call = parse_program(text, functions=functions).statements[0].value

    assert isinstance(call, Call)
    assert function == call.function


ARRAYS = [
    ("v' r(A x)", "x", "r: m -> p; A: m x n; x: n; v: p", "A' J_r(A x)' v"),
    ("r(x) + x", "x", "r: n -> n; x: n", "J_r(x) + I"),
    ("r(x A)", "x", "r: 1 x p -> 1 x q; x: 1 x n; A: n x p", "J_r(x A) A'"),
    ("sum(r(t))", "t", "r: scalar -> m; t: scalar", "sum(d_r(t))"),
    ("tr(B K(t))", "t", "K: scalar -> n x n; t: scalar", "tr(B d_K(t))"),
    ("f(A X, b)", "X", "f: m x p, n -> scalar; A: m x n; X: n x p; b: n", "A' ∇₁f(A X, b)"),
    ("f(x, x)", "x", "f: n, n -> scalar; x: n", "∇₁f(x, x) + ∇₂f(x, x)"),
    ("J_r(x) v", "x", "r: n -> m; v: n; x: n", "[i:m, j:n] (∇²r(x)[i] v)[j]"),
]


@pytest.mark.parametrize(("expression", "wrt", "shapes", "expected"), ARRAYS)
def test_arrays_and_several_arguments(
    expression: str, wrt: str, shapes: str, expected: str
) -> None:
    """The chain rule with Jacobians, checked, read back, and computed."""
    found = derive(expression, wrt, shapes=shapes)

    assert expected == str(found)
    assert found.verification is not None
    assert found.verification.level in {"exact", "30 digits"}
    assert found.program == found.read_back(str(found))


@pytest.mark.parametrize(
    ("expression", "shapes", "expected"),
    [
        ("v' r(A x)", "r: m -> p; A: m x n; v: p; x: n", "sum[i] v[i] A' ∇²r(A x)[i] A"),
        (
            "f(r(x), x)",
            "f: m, n -> scalar; r: n -> m; x: n",
            "(∇²₁₁f(r(x), x) J_r(x) + ∇²₁₂f(r(x), x))' J_r(x) + J_r(x)' ∇²₁₂f(r(x), x) + "
            "sum[i] ∇₁f(r(x), x)[i] ∇²r(x)[i] + ∇²₂₂f(r(x), x)",
        ),
        ("y' K(x) y", "K: n -> m x m symmetric; y: m; x: n", "sum[i,j] y[i] y[j] ∇²K(x)[i,j]"),
    ],
)
def test_hessians_of_compositions(expression: str, shapes: str, expected: str) -> None:
    """A sum over entries is said, with the Hessian of each."""
    found = derive(expression, "x", shapes=shapes, order=2)

    assert expected == str(found)
    assert found.verification is not None
    assert found.verification.level == "exact"


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_takes_a_jacobian(target: str) -> None:
    """Its shape is checked as far as the arguments tell it."""
    found = derive("0.5 ||r(x)||^2", "x", shapes="r: n -> m; x: n", order=2)

    code = found.code(target)

    assert 'applied("jac_r", jac_r, (None, n), x)' in code
    assert 'applied("hess_r", hess_r, (None, n, n), x)' in code
    assert "jac_r: a function of an array of shape (n,), which returns the Jacobian of r" in code


@pytest.mark.parametrize(
    "wrong",
    ["J_r(x)' r(x) + x", "J_r(x)' r(x) / 2", "J_r(x) r(x)", "J_g(x)' r(x)", "J_r(r(x))' r(x)"],
)
def test_a_wrong_answer_with_a_jacobian_fails(wrong: str) -> None:
    """Also where all sizes are equal."""
    vector = Shape(Dim.of("n"), Dim.of(1))
    signature = Signature((vector,), vector)
    functions = {each for name in "rg" for each in signature.derivatives(name)}
    claim = Claim(
        expression=parse_program("0.5 ||r(x)||^2", functions=functions),
        answer=parse_program(wrong, functions=functions),
        wrt="x",
        symbols=read_shapes("x: n"),
        value=SCALAR,
        declared=dict.fromkeys("rg", signature),
    )

    with pytest.raises(VerificationError):
        verify(claim)


def test_a_definite_value_may_be_factorized() -> None:
    """What is put in its place is positive definite, in the check and in tests of code."""
    found = derive("logdet(K(theta))", "theta", shapes="K: p -> n x n spd; theta: p")

    assert "[i:p] tr(inv(K(theta)) J_K(theta)[:,:,i])" == str(found)
    assert found.verification is not None and found.verification.level == "exact"
    with pytest.raises(NotDifferentiableError, match="no test of code in which a function"):
        found.code(test=True)


@pytest.mark.parametrize(
    ("expression", "shapes", "order", "level"),
    [
        ("0.5 ||r(x)||^2", "r: n -> m; x: n", 1, "proved"),
        ("f(x, A x)", "f: n, m -> scalar; x: n; A: m x n", 2, "proved"),
        ("logdet(K(x))", "K: scalar -> n x n symmetric; x: scalar", 1, "proved"),
        ("0.5 ||r(x)||^2", "r: n -> m; x: n", 2, "unchecked"),
        ("logdet(K(x))", "K: scalar -> n x n spd; x: scalar", 1, "unchecked"),
    ],
)
def test_what_sympy_judges(expression: str, shapes: str, order: int, level: str) -> None:
    """Unknown functions of sympy have no Hessian of each entry, and are not definite."""
    found = derive(expression, "x", shapes=shapes, order=order, verify="sympy")

    assert found.verification is not None
    assert level == found.verification.level


def test_a_rule_may_have_the_name_of_a_function_for_its_argument() -> None:
    """The rule of `logdet` calls its argument A."""
    found = derive("logdet(A(t))", "t", shapes="A: scalar -> n x n spd; t: scalar")

    assert "tr(inv(A(t)) d_A(t))" == str(found)


def test_code_calls_functions_of_several_arguments() -> None:
    """Vectors have one axis, and a function of each entry keeps those of its argument."""
    shapes = "r: n -> m; f: n, m -> scalar; sigma: elementwise; x: n; z: m; X: m x n"
    text = "f(x, z) + 0.5 * np.sum(r(x)**2) + np.sum(sigma(X @ x))"

    found = derive(text, "x", shapes=shapes)

    assert "∇₁f(x, z) + J_r(x)' r(x) + X' sigma'(X x)" == str(found)
