"""Expressions without names for their parts."""

import pytest

from dimderiv import derive
from dimderiv.errors import LimitError
from dimderiv.language.inline import without_definitions
from dimderiv.language.parser import parse_program
from dimderiv.render.text import text


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("x' x", "x' x"),
        ("y = A x; z = y + b; z' z", "(A x + b)' (A x + b)"),
        ("y = A x; sum(y) sum(b)", "sum(A x) sum(b)"),
        ("y = A x; z = y' y", "(A x)' (A x)"),
    ],
)
def test_definitions_go_where_their_names_stand(program: str, expected: str) -> None:
    """One after the other; what nothing uses is dropped."""
    assert expected == text(without_definitions(parse_program(program)))


def test_what_doubles_again_and_again_is_refused() -> None:
    """Thirty doublings are a thousand million terms."""
    lines = [f"h{k + 1} = h{k} + h{k}'" for k in range(30)]

    with pytest.raises(LimitError, match="too long"):
        without_definitions(parse_program("; ".join(["h0 = A", *lines, "tr(h30)"])))


@pytest.mark.parametrize(
    ("expression", "wrt", "expected"),
    [
        ("H = C'; sum(H .* C')", "C", "2 C"),
        ("H = u .* q'; u' H", "u", "2 u .* q'"),
        ("G = B' B; tr((Q - Q') G)", "B", "0 ones(m, n)"),
        ("r = X w - y; r' r", "w", "2 X' (X w - y)"),
    ],
)
def test_the_answer_is_that_of_the_one_line_expression(
    expression: str, wrt: str, expected: str
) -> None:
    """What names kept apart cancels, or is collected."""
    shapes = "C: m x n; u: m; q: 1 x m; B: m x n; Q: n x n; X: m x n; w: n; y: m"

    assert expected == derive(expression, wrt, shapes=shapes, inline=True).text()
