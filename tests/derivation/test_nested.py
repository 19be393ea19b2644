"""Derivatives inside an expression are derived first, and checked as they are given."""

import pytest

from dimderiv import derive
from dimderiv.derivation.claims import claims
from dimderiv.errors import DimderivError, NotDifferentiableError, VerificationError
from dimderiv.render import text
from dimderiv.verify import judged

PENALTY = "D = v' tanh(W x); (||grad(D, x)|| - 1)^2"


def program(expression: str, wrt: str, shapes: str | None = None) -> str:
    """What is differentiated, once the derivatives inside are written out."""
    return text(derive(expression, wrt, shapes=shapes, verify=False).typed.program)


@pytest.mark.parametrize(
    ("expression", "wrt", "written"),
    [
        ("D = v' tanh(W x); ||grad(D, x)||", "W", "g = W' (v .* (1 - tanh(W x).^2)); ||g||"),
        ("L = 0.5 ||X w - y||^2; v = w - a grad(L, w); v'v", "w", "v = w - a X' (X w - y); v' v"),
        ("L = sum(exp(-w)); w - a grad(L, w)", "w", "L = sum(exp(-w)); w + a exp(-w)"),
        ("f = A x; div(f, x) + f'f", "A", "f = A x; tr(A) + f' f"),
        ("F = A X B; div(F, X)", "A", "F = A X B; tr(A) tr(B)"),
        ("laplacian(x'A x, x)", "A", "2 tr(A)"),
        ("f = softmax(x); sum(jac(f, x).^2)", "x", "f = softmax(x); J = diag(f) - f f'; sum(J.^2)"),
        ("z = W x; L = exp(z)' y; grad(L, z)' z", "W", "z = W x; L = exp(z)' y; (y .* exp(z))' z"),
        ("L = sum(x.^3); a' hess(L, x) a", "x", "6 a' diag(x) a"),
        ("grad(grad(x' A x, x)' B x, x)' c", "x", "g = (A + A') x; ((A + A') B x + B' g)' c"),
        ("J = jac(A x, x); J' J", "A", "J = A; J' J"),
    ],
)
def test_a_derivative_is_written_in_its_place(expression: str, wrt: str, written: str) -> None:
    """It keeps the name of its statement; it gets one where it is not linear, or used twice."""
    found = program(expression, wrt)

    assert found.endswith(written.partition(";")[2].strip() or written), found


def test_the_whole_is_what_it_is_with_the_gradient_written_out() -> None:
    """By hand, or by `grad`."""
    by_hand = derive("g = W' (v .* (1 - tanh(W x).^2)); (||g|| - 1)^2", "W")

    assert str(by_hand) == str(derive(PENALTY, "W"))


@pytest.mark.parametrize(
    ("expression", "wrt"),
    [
        (PENALTY, "W,v,x"),
        ("f = x + V tanh(W x); logdet(jac(f, x))", "V,W"),
        ("s = V tanh(W x); div(s, x) + 0.5 ||s||^2", "W"),
        ("E = v' softplus(W x); laplacian(E, x) + 0.5 ||grad(E, x)||^2", "v"),
        ("L = ||X w - stop(X w) - y||^2; ||grad(L, w)||^2", "w"),
        ("a = w' A w; b = w - grad(a, w); c = b' B b; d = b - grad(c, b); d'd", "w"),
        ("f = X t; sum(jac(f, t).^2) + div(f, X)", "t"),
    ],
)
def test_the_check_evaluates_what_is_given(expression: str, wrt: str) -> None:
    """It reads `grad(D, x)` itself, and agrees."""
    shapes = "t: scalar; X: m x n" if "X t" in expression else None
    found = derive(expression, wrt, shapes=shapes)

    assert found.verification is not None
    assert found.verification.level in {"exact", "30 digits"}
    assert text(found.typed.asked.program) != text(found.typed.program)


@pytest.mark.parametrize("wrong", ["1 + tanh(W x).^2", "1 - tanh(W x)", "tanh(W x)"])
def test_a_wrong_derivative_inside_is_found(wrong: str) -> None:
    """The answer follows from a gradient that is wrong, and the check sees that it is."""
    other = derive(f"g = W' (v .* ({wrong})); (||g|| - 1)^2", "W", verify=False)
    right = derive(PENALTY, "W", verify=False)
    (claim,) = claims(right.derived).values()
    (false,) = claims(other.derived).values()
    claim = type(claim)(**{**vars(claim), "answer": false.answer})

    with pytest.raises(VerificationError):
        judged([claim], budget=5.0)


def test_a_property_of_the_variable_is_not_used_inside() -> None:
    """`2 S x` has another derivative by the entries of S than `(S + S') x`."""
    found = derive("D = x' S x; a' grad(D, x)", "S", shapes="S: n x n symmetric")

    assert "x a' + a x'" == str(found)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("D = v'x; grad(D, W)", "D does not depend on W, so grad is 0 here"),
        ("grad(x'x, 2 x)", "grad is by a symbol or a name that is defined, and this is neither"),
        ("f = A x; grad(f, x)", "grad is that of a scalar: f is m x 1"),
        ("D = x'x; jac(D, x)", "jac is that of a vector or a matrix: D is a scalar"),
        ("D = x'x; grad(D)", "grad takes two arguments, not one"),
        ("D = x'x; hess(D, x, y)", "hess takes two arguments, not three"),
        ("f = A x; sum(f) div(f, A)", "div needs two of one shape: f is m x 1, and A is m x n"),
        (
            "sum[i] grad(x[i]^2, x)",
            "grad stands in no index statement, in no rule, and has no axis",
        ),
    ],
)
def test_what_has_no_such_derivative_is_refused(expression: str, said: str) -> None:
    """With what to write instead."""
    with pytest.raises(DimderivError) as caught:
        derive(expression, "x", shapes="x: n")

    assert said == caught.value.message
    assert caught.value.hint


def test_a_derivative_without_a_matrix_form_is_refused() -> None:
    """What could only be written entry by entry is not put into an expression."""
    with pytest.raises(NotDifferentiableError, match="grad has no form in matrix notation here"):
        derive("||grad(tr(A kron(B, C)), B)||^2", "C")


def test_the_names_may_be_those_of_symbols() -> None:
    """What is declared or defined hides the function."""
    assert "grad = x + y; 2 grad" == str(derive("grad = x + y; grad' grad", "x"))


def test_the_derivative_inside_is_explained_first() -> None:
    """Then what is differentiated, with the steps counted on."""
    steps = derive(PENALTY, "W").explain()

    assert "First, grad(D, x), where D = v' tanh(W x)." in steps
    assert "So g = grad(D, x) = W' (v .* (1 - tanh(W x).^2))." in steps
    assert "What is differentiated is then (||g|| - 1)^2." in steps
    assert "4. s^2, by s = ||g|| - 1." in steps


def test_code_computes_the_derivative_inside() -> None:
    """From the graph, as ever."""
    assert "g = t2 @ W" in derive(PENALTY, "W").code("numpy")
