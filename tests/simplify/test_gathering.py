"""Two terms of which a comparison says which one counts."""

import pytest
from nodes import node, written

from dimderiv import derive
from dimderiv.simplify.simplify import Simplifier

SHAPES = "x: n; y: n; z: n; c: scalar; p: scalar positive; s: scalar; t: scalar; X: m x n; v: m"


def simplified(text: str) -> str:
    """An expression after simplification."""
    return written(Simplifier()(node(text, SHAPES)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x .* (x > y) + y .* (x <= y)", "max(x, y)"),
        ("x .* (x <= y) + y .* (y < x)", "min(x, y)"),
        ("2 x .* z .* (x > y) + 2 y .* z .* (x <= y)", "2 z .* max(x, y)"),
        ("-x .* (x > y) - y .* (x <= y)", "-max(x, y)"),
        ("z .* (x > y) + z .* (x <= y)", "z"),
        ("z .* (x > y) + z .* (x < y)", "z .* ((x > y) + (x < y))"),
        ("s (s > t) + t (s <= t)", "max(s, t)"),
        ("p (x > p) + x .* (x <= p)", "min(x, p)"),
        ("c (abs(x) > c) .* sign(x) + x .* (abs(x) <= c)", "min(abs(x), c) .* sign(x)"),
        ("p (abs(x) > p) .* sign(x) + x .* (abs(x) <= p)", "clip(x, -p, p)"),
        ("(x > 1) - (x < -1) + x .* (abs(x) <= 1)", "clip(x, -1, 1)"),
        ("x .* (v' X)' .* (x > y) + y .* (v' X)' .* (x <= y)", "max(x, y) .* (X' v)"),
        ("s (x > 0) + (s - 1) (x <= 0)", "s - (x <= 0)"),
        ("c (x > 0) + s (x <= 0)", "c (x > 0) + s (x <= 0)"),
    ],
)
def test_two_terms_are_one(text: str, expected: str) -> None:
    """Where one comparison holds just where the other does not."""
    assert expected == simplified(text)


@pytest.mark.parametrize(
    ("expression", "shapes", "expected"),
    [
        (
            "r = X w - y; sum(where(abs(r) <= c, r.^2 / 2, c (abs(r) - c / 2)))",
            "c: scalar",
            "r = X w - y; X' (min(abs(r), c) .* sign(r))",
        ),
        (
            "r = X w - y; h = min(abs(r), c); sum(h .* (abs(r) - h / 2))",
            "c: scalar positive",
            "r = X w - y; X' clip(r, -c, c)",
        ),
        (
            "r = X w - y; h = min(abs(r), c); sum(h .* (abs(r) - h / 2))",
            "c: scalar",
            "r = X w - y; h = min(abs(r), c); X' (h .* sign(r))",
        ),
        (
            "r = y - X w; sum(max(q r, (q - 1) r))",
            "q: scalar",
            "r = y - X w; X' ((r <= 0) - q)",
        ),
    ],
)
def test_derivatives_of_piecewise_losses(expression: str, shapes: str, expected: str) -> None:
    """They are what books write."""
    assert expected == str(derive(expression, "w", shapes=shapes))


def test_a_clipped_objective_asks_less() -> None:
    """Within the bounds the clipped product is the other one."""
    expected = "a .* ((r .* a < a .* clip(r, 1 - c, 1 + c)) + (abs(r - 1) < c))"
    text = "sum(min(r .* a, clip(r, 1 - c, 1 + c) .* a))"

    assert expected == str(derive(text, "r", shapes="r: n; a: n; c: scalar"))
