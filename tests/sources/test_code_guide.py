"""Every row of the tables in docs/code_input.md is true."""

import pytest
from documents import code, tables, text_of

from dimderiv import derive
from dimderiv.errors import DimderivError
from dimderiv.language import read_shapes
from dimderiv.rulebook import load_rules
from dimderiv.sources import read_code
from dimderiv.sources.code.functions import FORMULAS, FUNCTIONS

TABLES = tables(text_of("docs/code_input.md"))
RULES = load_rules()


def cells(last_head: str) -> list[list[str]]:
    """The rows of all tables whose last column has that head, as they stand."""
    return [row for table in TABLES if table.heads[-1] == last_head for row in table.rows]


@pytest.mark.parametrize("row", cells("read as"), ids=lambda row: row[1])
def test_code_is_read_as_it_is_shown(row: list[str]) -> None:
    """The program is the one in the table, and has a derivative."""
    (source,), (wrt, *shapes), (text,) = map(code, row[1:])
    declared = read_shapes(shapes[0] if shapes else None)
    read = read_code(source, declared=declared, rulebook=RULES)

    assert read.text == text
    given = {name: each.text for name, each in declared.items()}
    assert derive(read.program, wrt, shapes={**read.declared, **given}, verify=False)


def test_every_function_that_is_read_is_listed() -> None:
    """By kind; what only our own formulas call is left out."""
    listed = [name for row in cells("functions") for name in code(row[-1])]

    assert sorted(listed) == sorted({*FUNCTIONS, *FORMULAS} - {"reduced", "last_axis"})


@pytest.mark.parametrize("row", cells("assumed"), ids=lambda row: row[1])
def test_what_is_assumed_is_said(row: list[str]) -> None:
    """An assumption of each row."""
    (source,), (assumed,) = map(code, row[1:])

    assert assumed in read_code(source, declared={}, rulebook=RULES).assumptions


@pytest.mark.parametrize("row", cells("what is wrong"), ids=lambda row: row[0])
def test_what_is_refused(row: list[str]) -> None:
    """The first line of the message."""
    (source,), (message,) = map(code, row)
    with pytest.raises(DimderivError) as refused:
        read_code(source, declared={}, rulebook=RULES)

    assert refused.value.message == message
