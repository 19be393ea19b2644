"""Answers keep to solutions of equations where the user writes such."""

from pathlib import Path

import pytest

from dimderiv import derive


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "expected"),
    [
        ("y' (A \\ B) z", "A", None, "-solve(A', y) solve(A, B z)'"),
        ("c' (A \\ (B \\ d))", "B", "A: n x n", "-solve(B', solve(A', c)) solve(B, d)'"),
        ("y' (S \\ b)", "S", "S: n x n symmetric", "-solve(S, y) solve(S, b)'"),
        ("tr(A \\ B)", "A", None, "-solve(A', solve(A, B)')"),
        ("c (A \\ b)", "b", "c: scalar; A: n x n", "c inv(A)"),
        (
            "u = (K + c I) \\ y; ||u||^2",
            "K",
            "K: n x n; c: scalar",
            "u = solve(K + c I, y); -2 solve(K' + c I, u) u'",
        ),
    ],
)
def test_products_with_inverses_are_solutions(
    expression: str, wrt: str, shapes: str | None, expected: str
) -> None:
    """On either side, as far as the next row, and by the names that they have."""
    assert expected == str(derive(expression, wrt, shapes=shapes))


def test_an_inverse_that_the_user_writes_stays() -> None:
    """Nothing is solved for that was not."""
    assert "-inv(A)' y b' inv(A)'" == str(derive("y' inv(A) b", "A"))


def test_in_latex_a_solution_is_a_product() -> None:
    """As books print it."""
    expected = r"-A^{-\top} y (A^{-1} b)^{\top}"

    assert expected == derive("y' (A \\ b)", "A", verify=False).latex()


def test_a_function_of_the_same_name_is_left_alone(tmp_path: Path) -> None:
    """A rule of the user's own says what `solve` is."""
    file = tmp_path / "rules.toml"
    file.write_text("""
        [solve]
        kind = "composite"
        signature = "b, A -> Y"
        definition = "A b"
        reference = "none"
    """)
    derivation = derive("y' inv(A) b + sum(solve(b, A))", "b", rules=file)

    assert "inv(A)' y + sum(A', axis=1)" == str(derivation)
