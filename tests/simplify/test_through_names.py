"""What is seen once names stand for their values."""

import pytest

from dimderiv import derive

RIDGE = "w = inv(X' X + t I) X' y; ||X w - y||^2 + t ||w||^2"
SHAPES = {"X": "m x n", "y": "m", "t": "scalar", "A": "n x n", "b": "n", "x": "n", "c": "n"}


@pytest.mark.parametrize(
    ("expression", "wrt", "expected"),
    [
        (RIDGE, "t", "w' w"),
        (RIDGE, "y", "2 (y - X w)"),
        (RIDGE, "X", "2 (X w - y) w'"),
        ("z = inv(X' X) X' y; ||X z - y||^2", "X", "2 (X z - y) z'"),
        ("u = mean(b); sum((b - u).^2)", "b", "2 (b - u)"),
        ("u = b' x / (x' x); ||b - u x||^2", "x", "2 u (u x - b)"),
        ("r = y - X b; v = r' r / m; -m log(v) / 2 - r' r / (2 v)", "b", "X' r / v"),
    ],
)
def test_what_cancels_by_a_definition_goes_away(expression: str, wrt: str, expected: str) -> None:
    """The derivative by an optimum, a mean or a length is 0, and names are kept in what is left."""
    assert expected == str(derive(expression, wrt, shapes=SHAPES)).split("; ")[-1]


def test_properties_of_the_variable_count_in_what_is_found() -> None:
    """By free entries the derivative by x is not 0, but it is where A is symmetric."""
    shapes = {**SHAPES, "A": "n x n spd"}
    found = derive("x = inv(A) b; 0.5 x' A x - b' x", "A", shapes=shapes)

    assert "x = inv(A) b; 0.5 x x'" == str(found)


def test_the_derivative_by_such_a_name_is_left_out() -> None:
    """The one by a weighted mean has a name, and is 0 with the properties of S."""
    mean = "u = c' inv(A) b / (c' inv(A) c); (b - u c)' inv(A) (b - u c)"
    found = derive(mean, "A", shapes={**SHAPES, "A": "n x n spd"})

    assert str(found).endswith("; -inv(A) (b - u c) (b - u c)' inv(A)")


def test_steps_say_where_nothing_is_handed_on() -> None:
    """What was added up before is 0 by the definition."""
    said = " ".join(derive(RIDGE, "t", shapes=SHAPES).explain().split())

    assert "With w as it is defined, the derivative by w is 0" in said
