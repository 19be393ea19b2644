"""Sums that are divided by how many terms they have, written as means."""

import pytest

from dimderiv import derive
from dimderiv.conform.means import mean_for_sum
from dimderiv.conform.notation import Form
from dimderiv.language.parser import parse_expression
from dimderiv.language.syntax import Add
from dimderiv.render.text import text


def test_only_the_sum_that_is_told_becomes_a_mean() -> None:
    """Sums are told by their identity, not by how they look."""
    first, second = parse_expression("sum(x)"), parse_expression("sum(x)")
    both = Form(Add((first, second)), 5)

    assert "mean(x) + sum(x)" == text(mean_for_sum(both, {id(first)}).tree)
    assert "sum(x) + mean(x)" == text(mean_for_sum(both, {id(second)}).tree)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("c sum(u) / n", "mean(u)"),
        ("c sum(u) sum(v) / n", "mean(u) sum(v)"),
        ("c sum(u) sum(v) / n^2", "sum(u) sum(v) / n^2"),
        ("c sin(sum(u)) sum(u) / n", "sin(sum(u)) mean(u)"),
        ("c exp(sum(u)^2 / n) sum(u)", "exp(sum(u)^2 / n) sum(u)"),
        ("c exp(sum(u) sum(v) / n)", "exp(mean(u) sum(v))"),
        ("c sum((u .* v).^2) / n", "||u .* v||^2 / n"),
    ],
)
def test_the_sum_that_is_divided_is_a_mean(expression: str, expected: str) -> None:
    """The same sum inside of a function beside it stays what it is."""
    found = derive(expression, "c", shapes="u: n; v: n; c: scalar")

    assert expected == found.text()
