"""Derivatives of and by matrices: Kronecker products, the commutation matrix, merged axes."""

import numpy as np
import pytest

from dimderiv.derivation.api import derive
from dimderiv.derivation.derivation import Derivation

SIZES = {"m": 2, "n": 3, "p": 4, "q": 5}
STEP = 1e-6

ANSWERS = [
    ("A X B", "X", "", "kron(B', A)"),
    ("X'", "X", "", "K(m, n)"),
    ("A X' B", "X", "", "kron(B', A) K(p, n)"),
    ("K X' B", "X", "", "kron(B', K) commutation(p, n)"),
    ("X .* A", "X", "", "diag(vec(A))"),
    ("tr(X) X", "X", "", "vec(X) vec(eye(n))' + tr(X) I"),
    ("K(m, n) vec(X)", "X", "X: m x n", "K(m, n)"),
    ("commutation(m, n) vec(X)", "X", "X: m x n", "K(m, n)"),
    ("kron(X, Y) vec(Z)", "X", "X: m x n; Y: p x q; Z: q x n", "kron(eye(m), Y Z) K(m, n)"),
    ("b' (vec(A) .* vec(C))", "b", "", "vec(A .* C)"),
    ("b' (vec(A) .* vec(C))", "A", "", "[i:n, j:m] b[j n+i] C[i,j]"),
    ("x' K(m, n) vec(X)", "X", "X: m x n", "[i:m, j:n] x[i n+j]"),
    ("kron(A, B) x", "A", "", "[(i:m, j:p), k:m, l:n] B[j,r] x[l q+r] I[i,k]"),
    ("x' kron(A, B)", "B", "", "[(i:p, j:q), k:n, l:q] x[r n+k] A[r,i] I[j,l]"),
    ("kron(A, B) (x .* x)", "x", "", "2 kron(A, B) diag(x)"),
    ("vec(X) .* vec(X)", "X", "", "2 diag(vec(X))"),
    ("sum(kron(A, B) x .* y)", "y", "", "kron(A, B) x"),
    ("||kron(A, B) x - y||^2", "x", "", "2 kron(A, B)' (kron(A, B) x - y)"),
    ("||kron(A, B) x - y||^2", "y", "", "2 (y - kron(A, B) x)"),
    ("kron(X, A)", "X", "", "[(i:m, j:p), (k:n, l:q), r:m, s:n] A[j,l] I[i,r] I[k,s]"),
    (
        "kron(x x', B)",
        "x",
        "",
        "[(i:m, j:n), (k:m, l:p), q:m] x[k] B[j,l] I[i,q] + x[i] B[j,l] I[k,q]",
    ),
]


@pytest.mark.parametrize(("text", "wrt", "shapes", "expected"), ANSWERS)
def test_the_answer_is_checked_and_runs(text: str, wrt: str, shapes: str, expected: str) -> None:
    """What is printed reads back and agrees, and the code has the axes of value and variable."""
    derivation = derive(text, wrt, shapes=shapes or None)

    assert expected == derivation.text()
    assert derivation.verification is not None
    assert "exact" == derivation.verification.level
    assert_runs(derivation)


@pytest.mark.parametrize(
    ("expression", "wrt"),
    [
        ("sum((exp(vec(A) vec(A)') / sum(exp(vec(A) vec(A)'))).^2)", "A"),
        ("g' softmax(vec(A X B))", "X"),
    ],
)
def test_a_hessian_through_merged_axes_is_checked(expression: str, wrt: str) -> None:
    """What stands beside a map of merged axes keeps them, and its sign."""
    found = derive(expression, wrt, order=2).verification

    assert found is not None
    assert found.level in ("30 digits", "proved")


THROUGH_FUNCTIONS = [
    ("exp(vec(X))", "X", "", 1, "diag(exp(vec(X)))"),
    ("max(vec(X), c)", "X", "X: m x n; c: scalar", 1, "diag(vec(X) > c)"),
    ("softmax(vec(X))", "X", "", 1, "diag(softmax(vec(X))) - softmax(vec(X)) softmax(vec(X))'"),
    ("exp(kron(A, B) x)", "x", "", 1, "exp(kron(A, B) x) .* kron(A, B)"),
    ("sum(exp(kron(A, B) x))", "x", "", 2, "kron(A, B)' diag(exp(kron(A, B) x)) kron(A, B)"),
    ("sum(exp(kron(A, B) x))", "A", "", 1, "[i:m, j:n] exp(kron(A, B) x)[i p+k] B[k,l] x[j q+l]"),
]


@pytest.mark.parametrize(("text", "wrt", "shapes", "order", "expected"), THROUGH_FUNCTIONS)
def test_a_merged_axis_is_one_where_whole_vectors_meet(
    text: str, wrt: str, shapes: str, order: int, expected: str
) -> None:
    """An axis of several letters is one where it passes through a function."""
    derivation = derive(text, wrt, shapes=shapes or None, order=order)

    assert expected == derivation.text()
    assert derivation.verification is not None
    assert "unchecked" != derivation.verification.level


def assert_runs(derivation: Derivation) -> None:
    """The generated function agrees with differences of the generated value."""
    generator, wrt = np.random.default_rng(3), derivation.wrt[0]
    arguments = {}
    for name, declared in derivation.typed.symbols.items():
        extent = [dim.evaluate(SIZES) for dim in declared.shape.axes]
        arguments[name] = generator.normal(size=extent)
    both = derivation.function("numpy", value=True)
    found = both(**arguments)[1]

    value = np.asarray(both(**arguments)[0])
    expected = np.zeros((*value.shape, *arguments[wrt].shape))
    for place in np.ndindex(*arguments[wrt].shape):
        ends = []
        for step in (STEP, -STEP):
            moved = arguments[wrt].copy()
            moved[place] += step
            ends.append(np.asarray(both(**{**arguments, wrt: moved})[0]))
        expected[(..., *place)] = (ends[0] - ends[1]) / (2 * STEP)
    assert expected.shape == np.shape(found)
    np.testing.assert_allclose(found, expected, atol=1e-6)
