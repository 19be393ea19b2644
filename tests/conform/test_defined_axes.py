"""Axes of whole arrays by their letters."""

import pytest

from dimderiv.conform.defined_axes import DefinedAxes, along_entry
from dimderiv.language.parser import parse_program
from dimderiv.language.syntax import Entry, Tree

HEADS = {
    "P": (("b",), ("i",), ("j",)),
    "Q": (("b",), ("j",), ("i",)),
    "R": (("b",), ("h", "d"), ("j",)),
}


def _tree(text: str) -> Tree:
    return parse_program(text, names="PQRGST").statements[-1].value


@pytest.mark.parametrize(
    ("value", "axes", "expected"),
    [
        ("P .* G", [2], "j"),
        ("P", [0, 2], ("b", "j")),
        ("G", [2], (2,)),
        ("P .* Q", [2], (2,)),
        ("P .* Q", [0], "b"),
        ("R", [1], (1,)),
        ("[b,p,q] G[b,p,q]", [1], "p"),
    ],
)
def test_an_axis_has_the_letter_that_all_that_defines_the_array_has_for_it(
    value: str, axes: list[int], expected: object
) -> None:
    """Where there is none, or more than one, it has a number."""
    assert expected == DefinedAxes(HEADS).along(_tree(value), axes, 3)


def test_what_is_made_of_definitions_has_their_letters() -> None:
    """A definition without letters of its own is noted with those of what it is made of."""
    axes = DefinedAxes(HEADS)
    axes.note("S", _tree("exp(P) .* G"), 3)
    axes.note("T", _tree("exp(G)"), 3)

    assert "i" == axes.along(_tree("S"), [1], 3)
    assert (1,) == axes.along(_tree("T"), [1], 3)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [("G[b,i,j]", "j"), ("G[b,j,i]", "i"), ("G[i,j,j]", 2), ("G[b,i,2j]", 2)],
)
def test_an_array_that_is_indexed_has_the_letters_of_its_indices(
    entry: str, expected: object
) -> None:
    """Where each of them is a letter, and another one."""
    found = _tree(f"[b,i,j] {entry}").body  # type: ignore[union-attr]
    assert isinstance(found, Entry)

    assert expected == along_entry(found, [2])
