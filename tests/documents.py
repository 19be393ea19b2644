"""Reading Markdown: the code blocks and the tables of a document."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CELL = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"`([^`]+)`")


class Table(NamedTuple):
    """A table: the heading above it, the heads of its columns, and its rows."""

    heading: str
    heads: list[str]
    rows: list[list[str]]


def text_of(name: str) -> str:
    """A document of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(document: str, language: str) -> list[str]:
    """The contents of the code blocks in one language."""
    return [match[2] for match in _BLOCK.finditer(document) if match[1] == language]


def commands(document: str) -> list[tuple[str, str]]:
    """Each command of the console blocks, with the output that is shown."""
    found = []
    for block in blocks(document, "console"):
        for part in block.split("$ ")[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def tables(document: str) -> list[Table]:
    """All tables of a document."""
    found: list[Table] = []
    heading, previous = "", ""
    for line in document.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        if line.startswith("| ---"):
            found.append(Table(heading, _cells(previous), []))
        elif line.startswith("|") and previous.startswith("|"):
            found[-1].rows.append(_cells(line))
        previous = line
    return found


def _cells(line: str) -> list[str]:
    return [cell.strip().replace(r"\|", "|") for cell in _CELL.split(line)[1:-1]]


def code(cell: str) -> list[str]:
    """The pieces of code in a cell of a table."""
    return _CODE.findall(cell)
