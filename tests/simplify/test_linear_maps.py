"""Where the matrix of a linear map meets its argument."""

import numpy as np
import pytest
from nodes import node, written

from dimderiv import derive
from dimderiv.errors import NotDifferentiableError, VerificationError
from dimderiv.simplify.simplify import Simplifier

SHAPES = "A: n x n; B: n x n; E: n x n; G: n x n; x: n; y: n; t: scalar"


@pytest.mark.parametrize(
    ("text", "wrt", "expected"),
    [
        ("tr(expm(A))", "A", "expm(A)'"),
        ("sum(G .* expm(A))", "A", "dexpm(A', G)"),
        ("x' expm(A) y", "A", "dexpm(A', x y')"),
        ("x' expm(A) y", "x", "expm(A) y"),
        ("expm(t A)", "t", "A expm(t A)"),
        ("expm(A + t B)", "t", "dexpm(A + t B, B)"),
        ("tr(expm(A + t B))", "t", "tr(expm(A + t B) B)"),
        ("expm(t A)' B expm(t A)", "t", "expm(t A)' (A' B + B A) expm(t A)"),
        ("expm(A)", "A", "dexpm(A)"),
        ("expm(A) x", "A", "kron(x', eye(n)) dexpm(A)"),
        ("B expm(A)", "A", "kron(eye(n), B) dexpm(A)"),
        ("expm(A) .* B", "A", "diag(vec(B)) dexpm(A)"),
        ("dexpm(A, E)", "E", "dexpm(A)"),
        ("sum(G .* dexpm(A, E))", "E", "dexpm(A', G)"),
        ("M = t A; tr(B expm(M))", "t", "M = t A; tr(B A expm(M))"),
    ],
)
def test_the_derivative_of_the_exponential(text: str, wrt: str, expected: str) -> None:
    """The scalar one where the direction commutes, on whichever side that is."""
    found = derive(text, wrt, shapes=shapes_of(text))

    assert expected == str(found)
    assert found.verification is not None
    assert "30 digits" == found.verification.level


def shapes_of(text: str) -> dict[str, str]:
    """The declarations of the letters that occur in a text."""
    pairs = (each.split(":") for each in SHAPES.split("; "))
    return {name: shape.strip() for name, shape in pairs if name in text}


def test_second_derivatives() -> None:
    """By a scalar along a line there is one; by a matrix it is refused by name."""
    assert "tr(B A^2 expm(t A))" == str(derive("tr(B expm(t A))", "t", order=2))
    with pytest.raises(NotDifferentiableError, match="dexpm has no derivative by its argument A"):
        derive("tr(B expm(A))", "A", order=2)


def test_a_direction_given_by_the_user_stays() -> None:
    """What is written is not exchanged for something of equal value."""
    given = node("dexpm(A, A)", SHAPES)

    assert "dexpm(A, A)" == written(Simplifier([given.key])(given))


CASES = [
    ("tr(B expm(A) G expm(A'))", "A"),
    ("||expm(t A) x||^2", "t"),
    ("||expm(t A) x||^2", "A"),
    ("sum(exp(expm(A) x))", "A"),
    ("y' expm(A B)' x", "B"),
    ("expm(A) B expm(t A)", "A"),
    ("tr(expm(A + A') B)", "A"),
    ("logdet(expm(t A) + 9 eye(n))", "t"),
    ("||A x y' + B||_* + tr(B polar(A))", "x"),
    ("||A .* B||_*", "A"),
    ("x' pinv(A' B) y", "B"),
    ("||A pinv(A) x - y||^2 + tr(pinv(A) pinv(A)' B)", "A"),
    ("eigmax(A' A + t B' B)", "A"),
    ("eigmax((A + A') / 2) + x' eigvec(B' B)", "B"),
    ("log(eigmax(A A'))", "A"),
]


@pytest.mark.parametrize(("text", "wrt"), CASES)
def test_numbers(text: str, wrt: str) -> None:
    """The answer passes its check, and its code agrees with central differences in numpy."""
    shapes = shapes_of(text)
    found = derive(text, wrt, shapes=shapes)
    assert found.verification is not None
    assert found.verification.level in ("proved", "exact", "30 digits")
    rng = np.random.default_rng(3)
    sizes = {"n x n": (4, 4), "n": (4,), "scalar": ()}
    point = {name: rng.normal(size=sizes[shapes[name]]) / 2 for name in found.shapes}
    slope, step = found.function("numpy")(**point), 1e-5

    value = found.function("numpy", value=True)
    numbers = np.zeros(np.shape(slope))
    for place in np.ndindex(np.shape(point[wrt])):
        moved = []
        for sign in (1, -1):
            there = np.array(point[wrt], dtype=float)
            there[place] += sign * step
            moved.append(value(**{**point, wrt: there})[0])
        numbers[(..., *place)] = (moved[0] - moved[1]) / (2 * step)

    assert np.abs(slope - numbers).max() < 1e-5 * max(1, np.abs(numbers).max())


def test_eigenvalues_need_symmetry() -> None:
    """A symbol is assumed to be symmetric, and said to be; anything else must be known to be."""
    assert "A is symmetric" in derive("eigmax(A)", "A").assumptions
    with pytest.raises(NotDifferentiableError, match="is not known to be symmetric"):
        derive("eigmax(A + t B)", "t")
    symmetric = {"A": "n x n symmetric", "B": "n x n symmetric"}

    assert "v = eigvec(A + t B); v' B v" == str(derive("eigmax(A + t B)", "t", shapes=symmetric))


@pytest.mark.parametrize("text", ["max(A + A')", "max(t ones(n, 1))", "min(kron(x, ones(2, 1)))"])
def test_ties_are_told(text: str) -> None:
    """A maximum that is always attained twice has another derivative than its rule assumes."""
    with pytest.raises(VerificationError) as caught:
        derive(text, text[4] if text[4] != "k" else "x")

    assert "attained more than once" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum[b] sum(expm(S[b]))", "[b,i,j] dexpm(S[b], ones(n, n))[j,i]"),
        ("sum[b] tr(C[b] expm(S[b]))", "[b,i,j] dexpm(S[b], C[b])[j,i]"),
        ("sum[b] tr(expm(S[b]))", "[b,i,j] expm(S[b])[j,i]"),
    ],
)
def test_a_map_of_each_matrix_meets_its_own(text: str, expected: str) -> None:
    """Where there is a matrix for each index, the letters of the index join nothing."""
    found = derive(text, "S", shapes="S: B x n x n; C: B x n x n", verify=False)

    assert expected == str(found)
