"""The verifier: right answers pass, wrong ones never do."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import count
from math import inf
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import sympy

from dimderiv.errors import LimitError, VerificationError
from dimderiv.language.declared import Declaration
from dimderiv.language.parser import parse_program
from dimderiv.language.shapes import ONE, SCALAR, Dim, Shape
from dimderiv.language.syntax import Binary, Number, Program
from dimderiv.verify.claim import Claim, NotVerifiableError, Verification, together
from dimderiv.verify.evaluate import functions
from dimderiv.verify.evaluate.arithmetic import ZERO, Arithmetic, Jet, mixed_slope
from dimderiv.verify.evaluate.evaluate import Evaluator
from dimderiv.verify.evaluate.functions import SLOPES
from dimderiv.verify.evaluate.unsized import Value
from dimderiv.verify.layout import PRIMITIVES, Sized, Table, entries, two_axes
from dimderiv.verify.layout.sizes import assignments
from dimderiv.verify.points.check import OPERATIONS, verify
from dimderiv.verify.points.claimed import Claimed
from dimderiv.verify.points.comparison import Comparison, Tally
from dimderiv.verify.points.draw import drawn_points
from dimderiv.verify.points.setting import Setting, Trial

LEAST_SQUARES = "X: m, n; w: n; y: m"
SQUARE = "A: n, n; B: n, n; x: n; y: n"
SCALARS = "a:; b:; c:"
NET = "X: N, D; W1: D, H; b1: 1, H; W2: H, C; b2: 1, C; Y: N, C"
CONVOLUTION = "V: H, W; K: K1, K2; G: H-K1+1, W-K2+1"

LOSS = "H1 = relu(X W1 + b1); S = H1 W2 + b2; cross_entropy(S, Y)"
LOGISTIC = "sum(log(1 + exp(-y .* (X w))))"
GELU = "0.5 (1 + erf(x / sqrt(2))) + x .* exp(-x.^2 / 2) / sqrt(2 pi)"


def perturbed(arithmetic: Arithmetic, value: Sized, place: tuple[int, int]) -> Table:
    """A copy of a table in which one entry carries a perturbation."""
    row, col = place
    result = [list(entries) for entries in two_axes(value)]
    result[row][col] = arithmetic.add(result[row][col], Jet(1, ZERO, Fraction(1)))
    return result


def dim(text: str) -> Dim:
    """A dimension as it is written in the tables of this file."""
    if "-" in text:
        whole, part = text.removesuffix("+1").split("-")
        return Dim.of(whole) - Dim.of(part) + ONE
    if " " in text:
        first, second = text.split()
        return dim(first) * dim(second)
    return Dim.of(int(text) if text.isdigit() else text)


def shape(text: str) -> Shape:
    """A shape: nothing, a length, or rows and columns."""
    dims = [dim(part.strip()) for part in text.split(",") if part.strip()]
    return Shape(*dims, *[ONE] * (2 - len(dims)))


def declared(text: str) -> dict[str, Declaration]:
    """Declarations `name: shape | properties` between semicolons."""
    result = {}
    for part in text.split(";"):
        name, _, rest = part.partition(":")
        size, _, properties = rest.partition("|")
        result[name.strip()] = Declaration(shape(size), frozenset(properties.split()), size)
    return result


def claim(
    expression: str, wrt: str, answer: str, shapes: str, value: str = "", order: int = 1
) -> Claim:
    """A claim about texts; the answer shares the definitions of the expression."""
    symbols = declared(shapes)
    names = [*symbols, *(n for d in symbols.values() for dim in d.shape for n in dim.names)]
    written = parse_program(expression, names=names)
    names += [statement.name for statement in written.statements if statement.name]
    printed = parse_program(answer, names=names)
    own = {statement.name for statement in printed.statements}
    shared = [each for each in written.statements[:-1] if each.name not in own]
    whole = Program((*shared, *printed.statements), answer)
    return Claim(written, whole, wrt, symbols, shape(value), order=order)


WEIGHTED = "b: m n; A: m, n; C: m, n"

RIGHT = [
    ("b' (vec(A) .* vec(C))", "b", "vec(A .* C)", WEIGHTED, "exact"),
    ("b' (vec(A) .* vec(C))", "b", "[(j:n, i:m)] A[i,j] C[i,j]", WEIGHTED, "exact"),
    ("b' (vec(A) .* vec(C))", "b", "K(n, m) vec(A' .* C')", WEIGHTED, "exact"),
    ("b' (vec(A) .* vec(C))", "A", "[i:m, j:n] b[j m + i] C[i,j]", WEIGHTED, "exact"),
    ("||X w - y||^2", "w", "2 X' (X w - y)", LEAST_SQUARES, "exact"),
    ("||X w - y||^2", "X", "2 (X w - y) w'", LEAST_SQUARES, "exact"),
    ("||X w - y||^2", "y", "2 (y - X w)", LEAST_SQUARES, "exact"),
    ("||X w - y||", "w", "r = X w - y; X' r / ||r||", LEAST_SQUARES, "30 digits"),
    (LOGISTIC, "w", "-X' (y .* sigmoid(-y .* (X w)))", LEAST_SQUARES, "30 digits"),
    ("x' A x", "x", "(A + A') x", SQUARE, "exact"),
    ("x' inv(A) y", "A", "-inv(A)' x y' inv(A)'", SQUARE, "exact"),
    ("logdet(A)", "A", "inv(A)'", SQUARE, "exact"),
    ("det(A)", "A", "det(A) inv(A)'", SQUARE, "exact"),
    ("tr(A^3)", "A", "3 (A^2)'", SQUARE, "exact"),
    ("tr(A^20)", "A", "20 (A^19)'", SQUARE, "exact"),
    ("tr(expm(A))", "A", "expm(A)'", SQUARE, "30 digits"),
    ("log(det(X'X))", "X", "2 X inv(X'X)", LEAST_SQUARES, "exact"),
    ("logsumexp(x)", "x", "softmax(x)", SQUARE, "30 digits"),
    ("max(x)", "x", "(x >= max(x))", SQUARE, "exact"),
    ("sum((exp(x) >= max(exp(x))) .* x)", "x", "(x >= max(x))", SQUARE, "exact"),
    ("max(exp(x))", "x", "(x >= max(x)) .* exp(x)", SQUARE, "30 digits"),
    ("sum(max(x, y))", "x", "(x > y)", SQUARE, "exact"),
    ("||A - vector(1) x'||^2", "x", "2 (n x - A' vector(1))", SQUARE, "exact"),
    ("sum(x.^x)", "x", "x.^x .* (log(x) + 1)", SQUARE, "30 digits"),
    ("sum(gelu(x))", "x", GELU, SQUARE, "30 digits"),
    ("sum(pinv(X) .* X')", "w", "0 w", LEAST_SQUARES, "exact"),
    ("sum(abs(x))", "x", "sign(x)", SQUARE, "exact"),
    ("sum(x ./ y)", "y", "-x ./ y.^2", SQUARE, "exact"),
    ("sum(log(x))", "x", "1 ./ x", SQUARE, "exact"),
    ("sum(arcsin(x))", "x", "1 ./ sqrt(1 - x.^2)", SQUARE, "30 digits"),
    ("sum(x.^0.5)", "x", "0.5 x.^-0.5", SQUARE, "30 digits"),
    ("sum(x)", "x", "vector(1)", SQUARE, "exact"),
    ("tr(A B)", "A", "B'", SQUARE, "exact"),
    ("a b^2", "b", "2 a b", SCALARS, "exact"),
    ("a^b", "b", "a^b log(a)", SCALARS, "30 digits"),
    ("sqrt(a - b) + log(b - c)", "b", "1/(b - c) - 1/(2 sqrt(a - b))", SCALARS, "30 digits"),
    (LOSS, "W2", "H1' (softmax(S) - Y) / N", NET, "30 digits"),
    (LOSS, "b2", "sum(softmax(S) - Y, axis=0) / N", NET, "30 digits"),
    (LOSS, "W1", "T = (softmax(S) - Y) / N; X' ((T W2') .* (H1 > 0))", NET, "30 digits"),
    (LOSS, "b1", "sum(((softmax(S) - Y) W2' / N) .* (H1 > 0), axis=0)", NET, "30 digits"),
    ("sum(conv2(V, K) .* G)", "K", "conv2(V, G)", CONVOLUTION, "exact"),
    ("sum(conv2(V, K) .* G)", "V", "[i:H, j:W] G[i-k, j-l] K[k,l]", CONVOLUTION, "exact"),
    ("x' A x", "x", "2 A x", "A: n, n | symmetric; x: n", "exact"),
    ("sum(inv(A) .* B)", "B", "A'", "A: n, n | orthogonal; B: n, n", "exact"),
    ("logdet(A)", "A", "inv(A)", "A: n, n | spd", "exact"),
    ("sum(Y .* logsoftmax(S))", "S", "Y - softmax(S)", "S: N, C; Y: N, C | onehot", "30 digits"),
    ("det(A)", "A", "det(A) diag(1 ./ diag(A))", "A: n, n | diagonal", "exact"),
    ("x' A x", "A", "x x'", "A: n, n | skew; x: n", "exact"),
    ("sum(x.^0.5)", "x", "0.5 x.^-0.5", "x: n | positive", "30 digits"),
]


@pytest.mark.parametrize(("expression", "wrt", "answer", "shapes", "level"), RIGHT)
def test_right_answers_pass(
    expression: str, wrt: str, answer: str, shapes: str, level: str
) -> None:
    """A right answer passes, at the level that its numbers allow."""
    found = verify(claim(expression, wrt, answer, shapes))

    assert level == found.level
    assert found.points >= 2
    assert found.entries >= 2


WRONG = [
    ("x' A x", "x", "2 A x", SQUARE),
    ("x' inv(A) y", "A", "-inv(A) x y' inv(A)", SQUARE),
    ("logdet(A)", "A", "inv(A)", SQUARE),
    ("tr(A B)", "A", "B", SQUARE),
    ("||X w - y||^2", "w", "X' (X w - y)", LEAST_SQUARES),
    ("||X w - y||^2", "w", "2 X' (y - X w)", LEAST_SQUARES),
    ("||X w - y||^2", "w", "2 X' X w", LEAST_SQUARES),
    ("||X w - y||^2 + w'w", "w", "2 X' (X w - y)", LEAST_SQUARES),
    ("||X w - y||^2", "w", "2 X (X w - y)", LEAST_SQUARES),
    ("||X w - y||^2", "w", "(2 X' (X w - y))'", LEAST_SQUARES),
    ("||X w - y||^2", "w", "1", LEAST_SQUARES),
    ("x' A y", "x", "A x", SQUARE),
    ("x' A y", "A", "y x'", SQUARE),
    ("tr(A B)", "B", "B'", SQUARE),
    (LOGISTIC, "w", "-X' (y .* sigmoid(y .* (X w)))", LEAST_SQUARES),
    (LOGISTIC, "w", "X' (y .* sigmoid(-y .* (X w)))", LEAST_SQUARES),
    (LOSS, "W2", "H1' (softmax(S) - Y)", NET),
    (LOSS, "W1", "T = (softmax(S) - Y) / N; X' (T W2')", NET),
    (LOSS, "b1", "((softmax(S) - Y) W2' / N) .* (H1 > 0)", NET),
    ("sum(abs(x))", "x", "vector(1)", SQUARE),
    ("abs(a)", "a", "1", SCALARS),
    ("abs(a)", "a", "-1", SCALARS),
    ("abs(a b)", "a", "b", SCALARS),
    ("abs(a b)", "a", "-b", SCALARS),
    ("sum(sigmoid(x))", "x", "sigmoid(x)", SQUARE),
    ("sum(relu(x))", "x", "vector(1)", SQUARE),
    ("max(x)", "x", "(x >= min(x))", SQUARE),
    ("sum(x)", "x", "0", SQUARE),
    ("sum(softmax(x) .* y)", "x", "y", SQUARE),
    ("sum(conv2(V, K) .* G)", "V", "[i:H, j:W] G[i+k, j+l] K[k,l]", CONVOLUTION),
    ("exp(-exp(sum(x.^2) + 4))", "x", "x", SQUARE),
    ("sum(x)", "x", "vector(1) + vector(1) / 10^40", SQUARE),
    ("sum(sqrt(x))", "x", "0.5 x.^-0.5 + vector(1) / 10^25", SQUARE),
    ("exp(-1000 a^2)", "a", "-1000 a exp(-1000 a^2)", SCALARS),
]


@pytest.mark.parametrize(("expression", "wrt", "answer", "shapes"), WRONG)
def test_wrong_answers_fail(expression: str, wrt: str, answer: str, shapes: str) -> None:
    """A transposed square, a lost factor, sign or term, a swapped operand: none passes."""
    with pytest.raises(VerificationError):
        verify(claim(expression, wrt, answer, shapes))


KRONECKER = "[(i:m, k:p), (j:n, l:q), r:m, s:n] I[i,r] I[j,s] A[k,l]"
OUTER = "[(i:n, k:p), (j:n, l:q), r:n] (I[i,r] x[j] + x[i] I[j,r]) B[k,l]"

JACOBIANS = [
    ("X w", "w", "X", LEAST_SQUARES, "m"),
    ("X w", "X", "kron(w', I)", LEAST_SQUARES, "m"),
    ("X w", "X", "[i:m, j:m, k:n] I[i,j] w[k]", LEAST_SQUARES, "m"),
    ("x' A", "x", "A'", SQUARE, "1, n"),
    ("softmax(x)", "x", "diag(softmax(x)) - softmax(x) softmax(x)'", SQUARE, "n"),
    ("a x", "a", "x", "a:; x: n", "n"),
    ("a x'", "a", "x'", "a:; x: n", "1, n"),
    ("a X", "a", "X", "a:; X: m, n", "m, n"),
    ("A X B", "X", "kron(B', A)", "A: m, n; X: n, p; B: p, q", "m, q"),
    ("A X B", "X", "[i:m, j:q, k:n, l:p] A[i,k] B[l,j]", "A: m, n; X: n, p; B: p, q", "m, q"),
    ("inv(A)", "A", "-kron(inv(A)', inv(A))", SQUARE, "n, n"),
    ("X'", "X", "[j:n, i:m, k:m, l:n] I[i,k] I[j,l]", "X: m, n", "n, m"),
    ("X'", "X", "K(m, n)", "X: m, n", "n, m"),
    ("A X' B", "X", "kron(B', A) K(p, n)", "A: m, n; X: p, n; B: p, q", "m, q"),
    ("A X' B", "X", "K(q, m) kron(A, B')", "A: m, n; X: p, n; B: p, q", "m, q"),
    ("X .* A", "X", "diag(vec(A))", "X: m, n; A: m, n", "m, n"),
    ("tr(X) X", "X", "vec(X) vec(eye(n))' + tr(X) I", "X: n, n", "n, n"),
    ("tr(X) X", "X", "vec(X) vec(I)' + tr(X) I", "X: n, n", "n, n"),
    ("vec(X)", "X", "[(j:n, i:m), r:m, s:n] I[i,r] I[j,s]", "X: m, n", "m n"),
    ("kron(X, A)", "X", KRONECKER, "X: m, n; A: p, q", "m p, n q"),
    ("kron(x x', B)", "x", OUTER, "x: n; B: p, q", "n p, n q"),
    ("kron(y, x) + b", "b", "[(i:m, k:n), (j:m, l:n)] I[i,j] I[k,l]", "x: n; y: m; b: m n", "m n"),
    ("conv2(V, K)", "K", "[o:H-K1+1, p:W-K2+1, k:K1, l:K2] V[o+k, p+l]", CONVOLUTION, "*"),
]


@pytest.mark.parametrize(("expression", "wrt", "answer", "shapes", "value"), JACOBIANS)
def test_jacobians(expression: str, wrt: str, answer: str, shapes: str, value: str) -> None:
    """Vectors and matrices are checked as matrices, in Kronecker and in index form."""
    value = "H-K1+1, W-K2+1" if value == "*" else value

    assert verify(claim(expression, wrt, answer, shapes, value)).entries > 4


@pytest.mark.parametrize(
    ("expression", "wrt", "answer", "shapes", "value"),
    [
        ("X w", "X", "kron(I, w')", LEAST_SQUARES, "m"),
        ("A x", "x", "A'", SQUARE, "n"),
        ("X'", "X", "K(n, m)", "X: m, n", "n, m"),
        ("A X' B", "X", "kron(B', A) K(n, p)", "A: m, n; X: p, n; B: p, q", "m, q"),
        ("vec(X)", "X", "[(i:m, j:n), r:m, s:n] I[i,r] I[j,s]", "X: m, n", "m n"),
        (
            "kron(X, A)",
            "X",
            "[(k:p, i:m), (j:n, l:q), r:m, s:n] I[i,r] I[j,s] A[k,l]",
            "X: m, n; A: p, q",
            "m p, n q",
        ),
        ("A B", "A", "kron(B, I)", SQUARE, "n, n"),
        ("X w", "X", "[i:m, j:n, k:m] I[i,k] w[j]", LEAST_SQUARES, "m"),
    ],
)
def test_wrong_jacobians(expression: str, wrt: str, answer: str, shapes: str, value: str) -> None:
    """A transposed Jacobian, swapped Kronecker factors and swapped axes fail."""
    with pytest.raises(VerificationError):
        verify(claim(expression, wrt, answer, shapes, value))


@pytest.mark.parametrize(
    ("expression", "wrt", "answer", "shapes"),
    [
        ("x' A x", "x", "A + A'", SQUARE),
        ("a^4", "a", "12 a^2", SCALARS),
        (LOGISTIC, "w", "s = sigmoid(y .* (X w)); X' diag(s .* (1 - s) .* y.^2) X", LEAST_SQUARES),
        ("||A X||_F^2", "X", "2 kron(I, A' A)", "A: m, n; X: n, p"),
        ("||A X||_F^2", "X", "[i:n, j:p, k:n, l:p] 2 A[q,i] A[q,k] I[j,l]", "A: m, n; X: n, p"),
    ],
)
def test_hessians(expression: str, wrt: str, answer: str, shapes: str) -> None:
    """Second derivatives are those of the expression; twice as much is wrong."""
    right = claim(expression, wrt, answer, shapes, order=2)

    assert verify(right).level in {"exact", "30 digits"}
    with pytest.raises(VerificationError):
        verify(replace(right, expression=halved(right.expression)))


def halved(program: Program) -> Program:
    """The program with half its value."""
    *definitions, last = program.statements
    value = Binary("/", last.value, Number(Fraction(2)))
    return Program((*definitions, replace(last, value=value)))


ORACLES = ["det(A)", "tr(inv(A) B)", "sum(exp(A B))", "logsumexp(A)", "sum(tanh(A) .* B)"]


@pytest.mark.parametrize("source", ORACLES)
def test_derivatives_are_those_of_sympy(source: str) -> None:
    """Arithmetic with perturbations gives what sympy finds for the entries as symbols."""
    tables = next(drawn_points(declared("A: 2, 2; B: 2, 2"), {}, (), 0))
    symbols = sympy.Matrix(2, 2, sympy.symbols("p q r s"))
    A, B = symbols, sympy.Matrix(tables["B"])
    value = {
        "det(A)": lambda: A.det(),
        "tr(inv(A) B)": lambda: (A.inv() * B).trace(),
        "sum(exp(A B))": lambda: sum((A * B).applyfunc(sympy.exp)),
        "logsumexp(A)": lambda: sympy.log(sum(A.applyfunc(sympy.exp))),
        "sum(tanh(A) .* B)": lambda: sum(A.applyfunc(sympy.tanh)[k] * B[k] for k in range(4)),
    }[source]()
    here = dict(zip(symbols, [x for row in tables["A"] for x in row], strict=True))
    arithmetic = Arithmetic(60)
    for k, symbol in enumerate(symbols):
        names: dict[str, Value] = {
            **tables,
            "A": perturbed(arithmetic, tables["A"], divmod(k, 2)),
        }
        result = Evaluator(arithmetic, {}, names).result(parse_program(source))

        wanted = sympy.diff(value, symbol).subs(here).evalf(40)
        found = sympy.Float(str(arithmetic.inexact(mixed_slope(result[0][0], 1))), 40)

        assert abs(wanted - found) < abs(wanted) * sympy.Float(10) ** -35


class Symbolic:
    """The operations of the arithmetic on expressions of sympy."""

    context = SimpleNamespace(pi=sympy.pi, sqrt=sympy.sqrt)

    def add(self, a: Any, b: Any) -> Any:
        return sympy.sympify(a) + sympy.sympify(b)

    def mul(self, a: Any, b: Any) -> Any:
        return sympy.sympify(a) * sympy.sympify(b)

    def div(self, a: Any, b: Any) -> Any:
        return sympy.sympify(a) / sympy.sympify(b)

    def negative(self, a: Any) -> Any:
        return -a


@pytest.mark.parametrize("name", sorted(PRIMITIVES.values()))
def test_slopes_are_those_of_sympy(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of derivatives of the primitive functions is what sympy finds."""
    monkeypatch.setattr(functions, "primitive", lambda name, _, x: getattr(sympy, name)(x))
    x = sympy.Symbol("x", real=True)
    value = getattr(sympy, name)(x)
    slope: Any = SLOPES[name]
    found = sympy.sympify(slope(Symbolic(), x, value))

    assert 0 == sympy.simplify(found - sympy.diff(value, x))


def test_gradient_of_the_nuclear_norm() -> None:
    """The nuclear norm, which has no closed form here, has the gradient of the literature."""
    tables = next(drawn_points(declared("A: 2, 3"), {}, (), 0))
    left, _, right = np.linalg.svd(np.array(tables["A"], dtype=float), full_matrices=False)
    arithmetic = Arithmetic(60)
    found = np.zeros((2, 3))
    for place in np.ndindex(2, 3):
        names: dict[str, Value] = {"A": perturbed(arithmetic, tables["A"], place)}
        value = Evaluator(arithmetic, {}, names).result(parse_program("||A||_*"))
        found[place] = float(mixed_slope(value[0][0], 1))

    np.testing.assert_allclose(found, left @ right, rtol=1e-12)


def test_message_names_entry_values_and_sizes() -> None:
    """A failure says which entry, what it ought to be, what it is, and for which sizes."""
    with pytest.raises(VerificationError) as caught:
        verify(claim("L = tr(A B)", "A", "B", SQUARE))

    assert caught.value.message == "the answer disagrees with the expression at dL/dA[0,1]"
    assert caught.value.known[0].startswith("the derivative of the expression is ")
    assert caught.value.known[1].startswith("the answer gives ")
    assert caught.value.known[2] == "sizes n = 2"


def test_message_of_a_wrong_shape() -> None:
    """An answer of another shape is refused without a comparison."""
    with pytest.raises(VerificationError) as caught:
        verify(claim("x' A y", "x", "y' A'", SQUARE))

    assert caught.value.message == "the answer's sizes do not conform"
    assert caught.value.known[0] == "the answer is 1 x 2, the derivative 2 x 1"


def test_answer_without_a_value() -> None:
    """An answer that has no value where the expression has a derivative is wrong."""
    with pytest.raises(VerificationError, match="has no value"):
        verify(claim("sum(x)", "x", "x ./ (x - x)", SQUARE))


def test_empty_domain() -> None:
    """An expression that is nowhere defined cannot be checked."""
    with pytest.raises(NotVerifiableError, match="no point of the domain") as caught:
        verify(claim("log(-x' x - 1)", "x", "x", SQUARE))

    assert caught.value.known == ("it was tried, and failed by log has no value here",)


def test_own_functions() -> None:
    """A function of the user's is evaluated by its definition."""
    body = parse_program("t / (1 + t^2)").statements[0].value
    base = claim("x", "x", "x", "x: n", "n")
    checked = replace(
        base,
        expression=parse_program("sum(f(x))", functions=["f", "sum"]),
        answer=parse_program("(1 - x.^2) ./ (1 + x.^2).^2"),
        value=SCALAR,
        definitions={"f": (("t",), body)},
        elementwise={"f"},
    )

    assert verify(checked).level == "exact"


def network(layers: int, factor: str) -> Claim:
    """A deep network, and the derivative by its first weights times a factor."""
    sizes = [f"W{i + 1}: n{i + 1}, n{i}; b{i + 1}: n{i + 1}" for i in range(layers)]
    forward = [f"H{i + 1} = tanh(W{i + 1} H{i} + b{i + 1})" for i in range(layers)]
    backward = [f"D{i} = (W{i + 1}' D{i + 1}) .* (1 - H{i}.^2)" for i in range(layers - 1, 0, -1)]
    first = f"D{layers} = 1 - H{layers}.^2"
    return claim(
        "; ".join([*forward, f"sum(H{layers})"]),
        "W1",
        "; ".join([first, *backward, f"{factor} D1 H0'"]),
        "; ".join(["H0: n0", *sizes]),
    )


def test_an_answer_defines_what_it_uses() -> None:
    """A name that only the expression defines has no value in the answer."""
    whole = claim("r = X w - y; ||r||^2", "w", "2 X' r", LEAST_SQUARES)

    with pytest.raises(VerificationError, match="the answer has no value"):
        verify(replace(whole, answer=Program(whole.answer.statements[-1:])))


def test_what_does_not_fit_is_compared_along_directions() -> None:
    """Where one by one is too much work, all entries at once are compared, to as many digits."""
    found = verify(network(5, "1"), budget=0.05)

    assert found.level == "30 digits"
    assert len(found.sizes) == 2
    assert found.along > 0


def test_small_derivatives_are_told_apart() -> None:
    """Through many layers a derivative is tiny, and a factor of two still shows."""
    with pytest.raises(VerificationError, match=r"dL/dW1\[0,0\]"):
        verify(network(100, "2"), budget=0.5)


CANCELLING = "exp(100 + a^2) + a exp(b) - exp(100 + a^2)"


def test_more_digits_settle_what_cancels() -> None:
    """Where most digits of a right derivative are lost, it is worked out with more of them."""
    assert verify(claim(CANCELLING, "a", "exp(b)", SCALARS)).level == "30 digits"


def test_more_digits_excuse_nothing() -> None:
    """What is still different with more digits is not taken for rounding."""
    with pytest.raises(VerificationError, match="dL/da"):
        verify(claim(CANCELLING, "a", "2 exp(b)", SCALARS))


@pytest.mark.parametrize(
    ("answer", "is_rational"), [("2 vector(1)", True), ("sqrt(2)^2 vector(1)", False)]
)
def test_only_fractions_agree_exactly(answer: str, is_rational: bool) -> None:
    """Entries of an answer that are rounded agree to 30 digits with those that are not."""
    claimed = Claimed(whole := claim("2 sum(x)", "x", answer, SQUARE), setting := Setting([whole]))
    sizes, tally = {"n": 3}, Tally()
    point = next(drawn_points(whole.symbols, sizes, set(), 1))
    trial = Trial(Arithmetic(60), sizes, point)
    Comparison(setting, trial, {claimed: tally}).entry_by_entry(claimed, inf)

    assert (is_rational, 3) == (tally.is_rational, tally.one_by_one)


def test_budget_bounds_the_work() -> None:
    """The check stops when its operations are used up, and says so if nothing was compared."""
    with pytest.raises(LimitError, match="too little"):
        verify(network(400, "1"), budget=0.02)


def test_the_level_does_not_depend_on_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow machine the same entries are compared."""
    fast = verify(network(5, "1"), budget=0.05)
    ticks = count()
    monkeypatch.setattr("time.perf_counter", lambda: next(ticks) / OPERATIONS)

    assert replace(verify(network(5, "1"), budget=0.05), seconds=0) == replace(fast, seconds=0)


def test_numbers_as_sizes_have_a_limit() -> None:
    """Data of a real size is not drawn."""
    with pytest.raises(LimitError, match="entries"):
        verify(claim("||X w||^2", "w", "2 X' X w", "X: 60000, 784; w: 784"))


def test_report() -> None:
    """The report is one sentence."""
    report = Verification("exact", ({"m": 2, "n": 3}, {"m": 3, "n": 2}), 10, 0.0123, 4)

    assert (
        str(report) == "10 entries agree exactly at 4 points (m = 2, n = 3; m = 3, n = 2), 0.01 s"
    )


def test_reports_of_several_variables() -> None:
    """Several checks together are as weak as the weakest."""
    sizes = {"m": 2}
    reports = [
        Verification("exact", (sizes,), 10, 0.25, 4),
        Verification("30 digits", (sizes, {"m": 3}), 5, 0.5, 2),
    ]

    assert together(reports) == Verification("30 digits", (sizes, {"m": 3}), 15, 0.75, 2)


def test_sizes_are_unequal_and_reordered() -> None:
    """Dimensions get different sizes, other than fixed ones, and the second time another order."""
    dims = [dim(text) for text in ("m", "n", "p", "3")]

    first, second = assignments(dims, ["m", "n", "p"])[:2]

    assert first == {"m": 2, "n": 4, "p": 5}
    assert second == {"m": 5, "n": 4, "p": 2}


def test_composite_sizes_are_positive() -> None:
    """An axis such as H - K + 1 has entries, and a length of its own."""
    dims = [dim(text) for text in ("H", "K", "H-K+1")]

    for sizes in assignments(dims, ["H", "K"]):
        lengths = [d.evaluate(sizes) for d in dims]
        assert min(lengths) >= 2
        assert len(set(lengths)) == 3


PROPERTIES: dict[str, Callable[[Any], bool]] = {
    "symmetric": lambda m: m == m.T,
    "skew": lambda m: m == -m.T,
    "spd": lambda m: m == m.T and all(m[:k, :k].det() > 0 for k in (1, 2, 3)),
    "psd": lambda m: m == m.T and m.det() >= 0,
    "orthogonal": lambda m: m.T * m == sympy.eye(3),
    "diagonal": lambda m: m.is_diagonal() and m.det() != 0,
    "lower": lambda m: m.is_lower and not m.is_diagonal(),
    "upper": lambda m: m.is_upper and not m.is_diagonal(),
    "positive": lambda m: min(m) > 0,
    "probability": lambda m: all(sum(m.row(i)) == 1 for i in range(3)) and min(m) > 0,
    "binary": lambda m: set(m) == {0, 1},
    "symmetric binary": lambda m: m == m.T and set(m) == {0, 1},
    "diagonal binary": lambda m: m.is_diagonal() and set(m.diagonal()) == {0, 1},
    "onehot": lambda m: all(sorted(m.row(i)) == [0, 0, 1] for i in range(3)),
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_points_have_the_declared_properties(name: str) -> None:
    """Every draw of a symbol has its property, exactly."""
    for point in drawn_points(declared(f"A: 3, 3 | {name}"), {}, (), 0):
        assert PROPERTIES[name](sympy.Matrix(point["A"]))


def test_points_are_repeatable_and_distinct() -> None:
    """Draws depend on nothing but the number of the point, and entries differ."""
    symbols = declared("A: 3, 5; a:")

    first, again = (next(drawn_points(symbols, {}, (), 0)) for _ in range(2))
    entries = [entry for row in first["A"] for entry in row]

    assert first == again
    assert len(set(entries)) == 15
    assert first["a"][0][0] * next(drawn_points(symbols, {}, (), 3))["a"][0][0] < 0


def test_a_number_that_is_0_or_1_is_both() -> None:
    """At the first two points, where other numbers have opposite signs."""
    symbols = declared("b: 1, 1 | binary; D: 2, 2, 3 | binary")
    first, second = (next(drawn_points(symbols, {}, (), number)) for number in (0, 3))

    assert [[[1]], [[0]]] == [first["b"], second["b"]]
    assert [0] * 6 + [1] * 6 == sorted(entries(first["D"]))
