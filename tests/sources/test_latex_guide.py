"""Every row of the tables in docs/latex.md is true."""

import pytest
from documents import code, tables, text_of

from dimderiv.derivation import read
from dimderiv.errors import DimderivError
from dimderiv.rulebook import builtin_rules

TABLES = tables(text_of("docs/latex.md"))


def rows(last_head: str) -> list[list[str]]:
    """The rows of all tables whose last column has that head."""
    cells = [row for table in TABLES if table.heads[-1] == last_head for row in table.rows]
    return [[code(cell)[0] for cell in row] for row in cells]


@pytest.mark.parametrize(("latex", "text"), rows("read as"))
def test_a_formula_is_read_as_it_is_shown(latex: str, text: str) -> None:
    """What is said of it is the text beside it."""
    given = read(latex, "latex", {}, (), builtin_rules())

    assert f"read as LaTeX: {text}" == given.read_as


@pytest.mark.parametrize(("latex", "message"), rows("what is wrong"))
def test_what_is_refused_says_what_is_wrong(latex: str, message: str) -> None:
    """With its place in the LaTeX."""
    with pytest.raises(DimderivError) as refused:
        read(latex, "latex", {}, (), builtin_rules())

    assert message == refused.value.message
    assert latex == refused.value.source
