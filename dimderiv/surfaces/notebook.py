"""`%dimderiv EXPR by NAMES where SHAPES` in notebooks, after `%load_ext dimderiv`."""

import re
from typing import Protocol

from dimderiv.derivation import Derivation, derive
from dimderiv.errors import ParseError

EXAMPLE = "%dimderiv ||Xw - y||^2 by w where X: m x n"
_LINE = re.compile(
    r"(?P<expr>.*?)\s+by\s+(?P<names>[^;]+?)(?:\s+where\s+(?P<shapes>.*))?", re.DOTALL
)
_CELL = re.compile(r"\s*by\s+(?P<names>.+?)(?:\s+where\s+(?P<shapes>.*))?")


class Shell(Protocol):
    """What of IPython's shell is used."""

    def register_magic_function(
        self, function: object, magic_kind: str = ..., magic_name: str = ...
    ) -> None:
        """Make a magic of a function."""


def magic(line: str, cell: str | None = None) -> Derivation:
    """The derivation that a line, or a cell with the expression below the line, asks for.

    Args:
        line: `EXPR by NAMES where SHAPES`; above a cell `by NAMES where SHAPES`.
        cell: the expression, where it stands in a cell.

    Raises:
        DimderivError: the line is none of these, or `derive` refuses.

    >>> print(magic("x' A x by x where A: n x n symmetric"))
    2 A x
    """
    text = line.strip() if cell is None else line
    found = (_LINE if cell is None else _CELL).fullmatch(text)
    if found is None:
        raise ParseError("the line does not say by what", hint=f"write it as in {EXAMPLE}")
    expression = found["expr"] if cell is None else cell
    return derive(expression, found["names"], shapes=found["shapes"])


def load_ipython_extension(shell: Shell) -> None:
    """Register the magic; IPython calls this for `%load_ext dimderiv`.

    Args:
        shell: IPython's.
    """
    shell.register_magic_function(magic, "line_cell", "dimderiv")
