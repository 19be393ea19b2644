"""Entries of functions are taken where the arguments are made, and repeated ones are counted."""

import pytest

from dimderiv import derive


@pytest.mark.parametrize(
    ("source", "wrt", "expected"),
    [
        ("sum(exp(kron(eye(n), C')))", "C", "n exp(C)"),
        ("sum(exp(kron(C, eye(3))))", "C", "3 exp(C)"),
        ("sum(kron(eye(n), C).^3)", "C", "3 n C.^2"),
        ("sum(sin(kron(ones(n, 1), C)))", "C", "n cos(C)"),
        ("sum(exp(vec(C)))", "C", "exp(C)"),
        ("sum(exp(kron(x, x)))", "x", "2 exp(x x') x"),
        ("tr(exp(diag(x)))", "x", "exp(x)"),
        ("sum(exp(x ones(1, m)))", "x", "m exp(x)"),
    ],
)
def test_entries_at_known_places_are_those_of_the_argument(
    source: str, wrt: str, expected: str
) -> None:
    """An identity at equal places is 1, and what is repeated has a number of copies."""
    found = derive(source, wrt, shapes="C: m x p; x: k; A: k x m")

    assert expected == str(found)
    assert found.verification is not None
    assert str(found.verification.level) in {"exact", "30 digits"}


@pytest.mark.parametrize(
    ("source", "wrt", "expected"),
    [
        ("||kron(A, B) vec(X) - vec(Y)||^2", "X", "2 B' (B X A' - Y) A"),
        ("||kron(A, B) vec(X) - vec(Y)||^2", "A", "2 (B X A' - Y)' B X"),
        ("||kron(A, B) vec(X) - vec(Y)||^2", "B", "2 (B X A' - Y) A X'"),
        ("||kron(A, B) - kron(C, D)||^2", "A", "2 (||B||_F^2 A - sum(B .* D) C)"),
        ("||vec(X) - vec(Y)||^2", "X", "2 (X - Y)"),
    ],
)
def test_sums_of_what_is_stacked_are_stacked(source: str, wrt: str, expected: str) -> None:
    """Matrices come back, with an axis for each letter."""
    shapes = "A: m x n; B: p x q; C: m x n; D: p x q" if "C" in source else None

    assert expected == str(derive(source, wrt, shapes=shapes))
