"""What inverses cancel, also beside products that were opened."""

import pytest
from nodes import node, written

SHAPES = (
    "A: n x n; B: n x n; S: n x n symmetric; X: m x n; Y: n x p; w: m; t: scalar; "
    "W: m x m symmetric; P: n x m; C: m x m"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("inv(A) A B", "B"),
        ("B inv(S) S", "B"),
        ("inv(X' X) X' X A", "A"),
        ("A X' X inv(X' X)", "A"),
        ("X inv(X' X) X' X", "X"),
        ("inv(X' diag(w) X) X' diag(w) X Y", "Y"),
        ("inv(2 t X' X) X' X", "I / (2 t)"),
        ("inv(X' W X) X' W X", "I"),
        ("X pinv(X) X", "X"),
        ("pinv(X) X pinv(X)", "pinv(X)"),
        ("X' X pinv(X)", "X'"),
        ("pinv(X)' X' X", "X"),
        ("pinv(X) pinv(X)' X'", "pinv(X)"),
        ("pinv(X)' pinv(X) X", "pinv(X)'"),
        ("C X pinv(X) X A", "C X A"),
        ("pinv(X Y) X Y pinv(X Y)", "pinv(X Y)"),
        ("X Y pinv(X Y) X Y", "X Y"),
        ("X pinv(X) X inv(X' X)", "X inv(X' X)"),
        ("pinv(X) X inv(X' X)", "inv(X' X)"),
        ("X pinv(X) X pinv(X)", "X pinv(X)"),
    ],
)
def test_what_cancels(text: str, expected: str) -> None:
    """An inverse beside its matrix, a projection beside what it projects onto."""
    assert expected == written(node(text, SHAPES))


@pytest.mark.parametrize(
    "text",
    [
        "inv(X' X) X' C X",
        "inv(A)' A",
        "inv(X' X) .* (X' X)",
        "pinv(X) X A",
        "C X pinv(X) C",
        "X pinv(X) C X",
        "(pinv(X) X) .* A",
        "inv(X' diag(w) X) X' X",
        "inv(A) A'",
    ],
)
def test_what_does_not_cancel(text: str) -> None:
    """Matrices that only look alike are left as they are."""
    assert text == written(node(text, SHAPES))


def test_a_projection_is_symmetric() -> None:
    """A matrix times its pseudoinverse is its own transpose."""
    assert node("X pinv(X)", SHAPES).key == node("(X pinv(X))'", SHAPES).key
