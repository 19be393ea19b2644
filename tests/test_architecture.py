"""What ARCHITECTURE.md says is true: its rooms, its example, the files that it names."""

import re

import pytest
from architecture import BLOCK, DOCUMENT, walk
from documents import ROOT
from test_layering import ROOMS

TEXT = DOCUMENT.read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in row.split("|")[1:-1]] for row in re.findall(r"^\|.*\|$", TEXT, re.M)
]
NOT_A_ROOM = {"lazy", "errors", "__init__", "__main__"}


def test_the_rooms_are_told_in_reading_order() -> None:
    """The first table is the order that imports keep."""
    told = [cells[0].strip("`") for cells in ROWS[2:] if len(cells[0].split()) == 1]
    rooms = [room for room in ROOMS[""].split() if room not in NOT_A_ROOM]

    assert rooms == told[: len(rooms)]


def test_the_example_is_that_of_the_data() -> None:
    """Each line is what a room hands on; `python -m tests.architecture` writes it."""
    (block,) = BLOCK.findall(TEXT)

    assert walk() == block


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+(?:/|\.\w+))`", TEXT))))
def test_the_files_that_it_names_exist(name: str) -> None:
    """A path is one of the repository or of the package."""
    assert (ROOT / name).exists() or (ROOT / "dimderiv" / name).exists()
