"""Derivatives along directions: of a value, and of a gradient."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numeric import Point, disagreement
from strategies import Problem, Writer, problems

from dimderiv import Derivation, derive
from dimderiv.errors import (
    DimderivError,
    LimitError,
    NotDifferentiableError,
    ShapeError,
    UnknownNameError,
    VerificationError,
)
from dimderiv.render.text import text

RELAXED = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
CHECKED = {"exact", "30 digits"}


@pytest.mark.parametrize(
    ("expression", "wrt", "direction", "expected"),
    [
        ("A X B", "X", "V", "A V B"),
        ("inv(X)", "X", "V", "-inv(X) V inv(X)"),
        ("X' X", "X", "V", "V' X + X' V"),
        ("x'A x", "x", "v", "x' (A + A') v"),
        ("exp(A x)", "x", "v", "exp(A x) .* (A v)"),
        ("softmax(S)", "S", "V", "softmax(S) .* (V - sum(V .* softmax(S), axis=1))"),
        ("logdet(X)", "X", "V", "tr(inv(X) V)"),
        ("det(X)", "X", "V", "det(X) tr(inv(X) V)"),
        ("x / ||x||", "x", "v", "(v - (x' v) x / (x' x)) / ||x||"),
        ("diag(x) A", "x", "v", "v .* A"),
        ("conv2(V, K)", "V", "E", "conv2(E, K)"),
        ("vec(X)", "X", "V", "vec(V)"),
        ("kron(A, X)", "X", "V", "kron(A, V)"),
        ("c x", "c, x", "e, v", "e x + c v"),
        ("U V'", "U,V", "E,F", "E V' + U F'"),
        ("sum(X, axis=0)", "X", "V", "sum(V, axis=0)"),
    ],
)
def test_along_a_direction(expression: str, wrt: str, direction: str, expected: str) -> None:
    """The change of the value, as it is written on paper, and checked."""
    shapes = "c: scalar; e: scalar" if wrt.startswith("c") else None
    found = derive(expression, wrt, forward=direction, shapes=shapes)

    assert expected == str(found)
    assert found.verification is not None
    assert found.verification.level in CHECKED


@pytest.mark.parametrize(
    ("expression", "wrt", "direction", "expected"),
    [
        ("x'A x", "x", "v", "(A + A') v"),
        ("x'A x", "A", "E", "0 ones(n, n)"),
        ("||Xw-y||^2", "w", "v", "2 X' X v"),
        ("||U V' - T||^2", "U", "E", "2 E V' V"),
        ("x'A y", "x,y", "u,v", "Hu_x = A v; Hv_y = A' u"),
        ("sum(exp(x))", "x", "v", "v .* exp(x)"),
        ("logdet(X)", "X", "V", "-inv(X)' V' inv(X)'"),
        ("r = X w - y; r' r", "w", "v", "2 X' X v"),
    ],
)
def test_hessian_vector_product(expression: str, wrt: str, direction: str, expected: str) -> None:
    """Neither a Hessian nor a Kronecker product comes up on the way."""
    found = derive(expression, wrt, verify=False).hvp(direction)

    assert expected == str(found)
    assert found.verification is not None
    assert found.verification.level in CHECKED


def test_from_either_order() -> None:
    """The derivation of the Hessian leads to the same product as that of the gradient."""
    first, second = (derive("logsumexp(A x)", "x", order=order).hvp("v") for order in (1, 2))

    assert str(first) == str(second)


def test_a_change_that_is_used_twice_has_a_name() -> None:
    """That of an intermediate, with a dot; one that is used once is written where it is used."""
    twice = derive("S = X W; P = softmax(S); P V", "W", forward="E")
    once = derive("S = X W; 2 S", "W", forward="E")

    assert "S_dot = X E" in twice.text(multiline=True).splitlines()
    assert "2 X E" == str(once)


@pytest.mark.parametrize(
    ("expression", "wrt", "direction", "expected"),
    [
        (
            "softmax(X W) V",
            "W",
            "E",
            "(softmax(X W) .* (X E - sum((X E) .* softmax(X W), axis=1))) V",
        ),
        (
            "softmax(Q K' / sqrt(d)) V",
            "Q,K,V",
            "A,B,C",
            "U = (A K' + Q B') / sqrt(d); M = softmax(Q K' / sqrt(d)); "
            "(M .* (U - sum(U .* M, axis=1))) V + M C",
        ),
    ],
)
def test_the_change_of_what_a_softmax_is_taken_of(
    expression: str, wrt: str, direction: str, expected: str
) -> None:
    """It stays in one piece, and gets a name where it is long."""
    shapes = "X: N x d; Q: n x d; K: m x d; V: m x p" if "Q" in wrt else None

    assert expected == str(derive(expression, wrt, shapes=shapes, forward=direction))


def test_a_thousand_layers() -> None:
    """Each takes a step, and a line of the answer at most."""
    layers = "; ".join(f"h{k} = tanh(W h{k - 1})" for k in range(1, 1000))

    found = derive(f"h0 = x; {layers}; sum(h999)", "W", forward="E", verify=False)

    assert len(found.text()) < 100_000


def test_results_have_the_shape_of_what_changes() -> None:
    """The value of a derivative along a direction, each variable of a Hessian-vector product."""
    forward = derive("X w", "w", forward="v")
    product = derive("u' X w", "X,w").hvp("E,v")

    assert ["m"] == [str(result.shape) for result in forward.results.values()]
    assert ["m x n", "n"] == [str(product.results[name].shape) for name in ("X", "w")]
    assert {"X": "E", "w": "v"} == product.directions


def test_code_takes_the_directions() -> None:
    """Rows come out as rows, scalars as scalars."""
    X, v = np.arange(6.0).reshape(2, 3), np.array([1.0, -1.0, 2.0])

    forward = derive("||X w||^2", "w", forward="v").function()
    product = derive("||X w||^2", "w").hvp("v").function()
    row = derive("b X", "b", shapes="b: 1 x m", forward="e").function()
    value, change = derive("X w", "w", forward="v").function(value=True)(X=X, w=v, v=2 * v)

    assert 4 * v @ X.T @ X @ v == forward(X=X, w=v, v=2 * v)
    np.testing.assert_allclose(product(X=X, w=0 * v, v=v), 2 * X.T @ X @ v)
    assert (1, 3) == row(b=np.ones((1, 2)), X=X, e=np.ones((1, 2))).shape
    np.testing.assert_allclose(2 * value, change)


@pytest.mark.parametrize(
    ("wrt", "options", "error", "message"),
    [
        ("X", {"forward": "A"}, UnknownNameError, "A cannot be the direction of X"),
        ("X", {"forward": "n"}, UnknownNameError, "n cannot be the direction of X"),
        ("X", {"forward": "V,E"}, UnknownNameError, "there is 1 variable, X, and 2 directions"),
        ("X,A", {"forward": "V,V"}, UnknownNameError, "V cannot be the direction of A"),
        ("X", {"forward": "1"}, ShapeError, "cannot be the name"),
        ("X", {"forward": "Z"}, ShapeError, "Z is declared as m x n, and X is n x p"),
        ("X", {"forward": "V", "upstream": "G"}, NotDifferentiableError, "from either side"),
        ("X", {"forward": "V", "layout": "numerator"}, NotDifferentiableError, "in every layout"),
        ("X", {"forward": "V", "structured": True}, NotDifferentiableError, "as the direction has"),
    ],
)
def test_what_is_refused(
    wrt: str, options: dict[str, str | int], error: type[DimderivError], message: str
) -> None:
    """Names that mean something, and products that have no meaning together."""
    with pytest.raises(error, match=message):
        derive("A X", wrt, shapes="A: m x n; X: n x p; Z: m x n", **options)  # type: ignore[arg-type]


def test_second_derivatives_along_a_direction_have_a_name_of_their_own() -> None:
    """The message says how to ask for them."""
    with pytest.raises(NotDifferentiableError, match="Hessian-vector product") as caught:
        derive("x'x", "x", order=2, forward="v")

    assert "hvp" in str(caught.value.hint)


def test_what_has_no_hessian_vector_product() -> None:
    """A value that is no scalar, and derivatives that are no gradients."""
    with pytest.raises(NotDifferentiableError, match="the value is m"):
        derive("A x", "x").hvp("v")
    with pytest.raises(NotDifferentiableError, match="along directions"):
        derive("x'x", "x", forward="v").hvp("u")
    with pytest.raises(NotDifferentiableError, match="of tied entries"):
        derive("logdet(S)", "S", shapes="S: n x n spd", structured=True).hvp("V")
    with pytest.raises(UnknownNameError, match="x cannot be the direction of x"):
        derive("x'x", "x").hvp("x")


def test_too_long_to_be_written() -> None:
    """What doubles at every step is refused before it fills the memory."""
    source = "x"
    for _ in range(14):
        source = f"({source}) .* exp({source})"

    with pytest.raises(LimitError):
        derive(f"sum({source})", "x", forward="v", verify=False)


def test_a_wrong_answer_is_withheld() -> None:
    """The check moves the variables along the directions, and compares."""
    found = derive("A X B", "X", forward="V", verify=False)
    answer = found.derived.answer.derivatives[("X",)]
    doubled = found.read_back(f"2 ({text(answer)})").statements[-1].value
    wrong = derive("A X B", "X", forward="V", verify=False)
    object.__setattr__(wrong.derived.answer, "derivatives", {("X",): doubled})

    with pytest.raises(VerificationError, match=r"dY\[0,0\] along V"):
        wrong.verified()


@st.composite
def arrays(draw: st.DrawFn) -> Problem:
    """A problem whose value may be a scalar, a vector, a row or a matrix."""
    writer = Writer(lambda options: draw(st.sampled_from(list(options))))
    sizes = ("1", "m", "n")
    return writer.problem(2, (draw(st.sampled_from(sizes)), draw(st.sampled_from(sizes))))


def directions(names: Sequence[str]) -> list[str]:
    """A direction for each variable."""
    return [f"E_{name}" for name in names]


def derived(problem: Problem, **options: object) -> Derivation:
    """The derivation of a problem; what has none is passed over."""
    try:
        return derive(problem.source, problem.wrt, shapes=problem.shapes, **options)  # type: ignore[arg-type]
    except (NotDifferentiableError, LimitError, ShapeError):
        assume(False)
        raise


def agrees(derivation: Derivation, problem: Problem) -> bool:
    """Whether numbers agree; a size that no argument has cannot be computed with."""
    try:
        return disagreement(derivation, problem, seed=1) is None
    except ShapeError:
        assume(False)
        raise


@RELAXED
@given(arrays())
def test_along_directions_by_numbers(problem: Problem) -> None:
    """As printed and as code, it is what the value changes by per step along the directions."""
    found = derived(problem, forward=directions(problem.wrt), verify=False)

    assert agrees(found, problem)


@settings(RELAXED, max_examples=25)
@given(problems(depth=2))
def test_hessian_vector_products_by_numbers(problem: Problem) -> None:
    """It is what the gradient, as it is printed, changes by per step along the directions."""
    found = derived(problem, verify=False).hvp(directions(problem.wrt), verify=False)

    assert agrees(found, problem)


@RELAXED
@given(arrays())
def test_forward_and_upstream_are_adjoint(problem: Problem) -> None:
    """The product of `G` with the change along `V` is that of what `G` hands down with `V`."""
    forward = derived(problem, forward=directions(problem.wrt), verify=False)
    upstream = derived(problem, upstream="G_up", verify=False)
    point = Point.of(problem, forward.typed, 1)
    handed_down = Point.of(problem, upstream.typed, 2).values["G_up"]
    there = Point({**point.values, "G_up": handed_down}, point.sizes)
    try:
        (change,) = there.computed(forward)
        gradients = there.computed(upstream)
    except ShapeError:
        assume(False)
        raise
    assume(np.isfinite(change).all() and all(np.isfinite(g).all() for g in gradients))

    left = float(handed_down.ravel() @ change.ravel())
    right = sum(
        float(gradient.ravel() @ there.values[f"E_{name}"].ravel())
        for name, gradient in zip(upstream.wrt, gradients, strict=True)
    )
    assert np.isclose(left, right, 1e-6, 1e-6 * np.abs(change).max(initial=1))


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "direction"),
    [
        ("sum(diag(Z Z))", "Z", "Z: n x n skew", "V"),
        ("sum(pinv(Z) .* A)", "Z", "Z: n x n skew; A: n x n", "V"),
        ("tr(S S)", "S", "S: n x n symmetric", "V"),
        ("a' S S a", "S,a", "S: n x n symmetric; a: n", "V,v"),
    ],
)
def test_products_where_a_property_shortens_the_gradient(
    expression: str, wrt: str, shapes: str, direction: str
) -> None:
    """The gradient as printed holds where the property does; the check differentiates twice."""
    found = derive(expression, wrt, shapes=shapes, verify=False).hvp(direction)

    assert found.verification is not None
    assert found.verification.level in {"exact", "30 digits"}
