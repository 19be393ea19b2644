"""Every row of the tables in docs/language.md is true."""

from typing import NamedTuple

import pytest
from documents import code, tables, text_of

from dimderiv import derive, parse
from dimderiv.differentiate.tied import FORMULAS, STRUCTURES
from dimderiv.errors import DimderivError
from dimderiv.language.declarations import read_shapes
from dimderiv.language.properties import PROPERTIES

GUIDE = text_of("docs/language.md")
TABLES = tables(GUIDE)


class Row(NamedTuple):
    """An expression, what it is differentiated by, declared shapes, and what comes of it."""

    source: str
    wrt: str
    shapes: str | None
    outcome: str


def rows(last_head: str) -> list[Row]:
    """The rows of all tables whose last column has that head."""
    found = []
    for table in TABLES:
        if table.heads[-1] == last_head:
            for row in table.rows:
                (source,), by, (outcome,) = code(row[-3]), code(row[-2]), code(row[-1])
                found.append(Row(source, by[0], by[1] if len(by) > 1 else None, outcome))
    return found


def cells(last_head: str) -> list[list[str]]:
    """The rows of all tables whose last column has that head, as they stand."""
    return [row for table in TABLES if table.heads[-1] == last_head for row in table.rows]


@pytest.mark.parametrize("row", rows("gradient"), ids=lambda row: row.source)
def test_the_gradient_is_the_one_that_is_shown(row: Row) -> None:
    """Derived, checked and printed."""
    assert row.outcome == str(derive(row.source, row.wrt, shapes=row.shapes))


@pytest.mark.parametrize("row", rows("Jacobian"), ids=lambda row: row.source)
def test_the_jacobian_is_the_one_that_is_shown(row: Row) -> None:
    """The derivative of a vector or a matrix."""
    assert row.outcome == str(derive(row.source, row.wrt, shapes=row.shapes))


@pytest.mark.parametrize("row", cells("denominator"), ids=lambda row: row[1])
def test_the_layouts_are_those_that_are_shown(row: list[str]) -> None:
    """The same derivative, by two conventions."""
    (source,), (wrt,), (numerator,), (denominator,) = map(code, row[1:])

    assert numerator == str(derive(source, wrt, layout="numerator"))
    assert denominator == str(derive(source, wrt, layout="denominator"))


@pytest.mark.parametrize("row", rows("vector-Jacobian product"), ids=lambda row: row.source)
def test_the_vector_jacobian_product_is_the_one_that_is_shown(row: Row) -> None:
    """The derivative times one that is handed down."""
    assert row.outcome == str(derive(row.source, row.wrt, shapes=row.shapes, upstream="G"))


@pytest.mark.parametrize("row", rows("gradient by tied entries"), ids=lambda row: row.source)
def test_the_gradient_by_tied_entries_is_the_one_that_is_shown(row: Row) -> None:
    """The derivative by what a property leaves free."""
    found = derive(row.source, row.wrt, shapes=row.shapes, structured=True)

    assert row.outcome == str(found)


def test_what_becomes_of_a_gradient_where_entries_are_tied() -> None:
    """The formula of each property that ties entries."""
    shown = {code(row[0])[0]: code(row[1])[0] for row in cells("tied")}

    assert {word: FORMULAS[structure] for word, structure in STRUCTURES.items()} == shown


@pytest.mark.parametrize("row", rows("along `V`"), ids=lambda row: row.source)
def test_the_derivative_along_a_direction_is_the_one_that_is_shown(row: Row) -> None:
    """The Jacobian times a direction."""
    assert row.outcome == str(derive(row.source, row.wrt, shapes=row.shapes, forward="V"))


@pytest.mark.parametrize("row", rows("Hessian times `V`"), ids=lambda row: row.source)
def test_the_hessian_vector_product_is_the_one_that_is_shown(row: Row) -> None:
    """The Hessian times a direction."""
    assert row.outcome == str(derive(row.source, row.wrt, shapes=row.shapes).hvp("V"))


@pytest.mark.parametrize("row", rows("Hessian"), ids=lambda row: row.source)
def test_the_hessian_is_the_one_that_is_shown(row: Row) -> None:
    """The second derivative of a scalar."""
    assert row.outcome == str(derive(row.source, row.wrt, shapes=row.shapes, order=2))


@pytest.mark.parametrize("row", cells("same as"), ids=lambda row: row[0])
def test_two_spellings_are_the_same(row: list[str]) -> None:
    """Both are read as one syntax tree."""
    (one,), (other,) = map(code, row)

    assert parse(other).statements == parse(one).statements


@pytest.mark.parametrize("row", rows("what is wrong"), ids=lambda row: row.source)
def test_what_is_refused_says_what_is_wrong(row: Row) -> None:
    """The first sentence of the message is the one that is shown."""
    with pytest.raises(DimderivError) as caught:
        derive(row.source, row.wrt, shapes=row.shapes)

    assert row.outcome == caught.value.message


@pytest.mark.parametrize("row", cells("shape"), ids=lambda row: row[0])
def test_a_shape_can_be_declared_so(row: list[str]) -> None:
    """Each is read."""
    (shape,) = code(row[0])

    assert ["A"] == list(read_shapes({"A": shape}))


def test_all_properties_are_listed() -> None:
    """The properties in the guide are those that exist."""
    assert f"The properties are `{' '.join(PROPERTIES)}`." in GUIDE
