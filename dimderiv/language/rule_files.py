"""The files of the folder `rules/` as they are written: a table for each operation.

The names of the tables are the functions of the language; what else a table says is read by
`rulebook`.

>>> "tanh" in FUNCTIONS, "matmul" in FUNCTIONS
(True, False)
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from dimderiv.errors import ParseError


def rules_folder() -> Path:
    """Where the built-in rules lie: inside the installed package, else beside it."""
    package = Path(__file__).parent.parent
    packaged = package / "rules"
    return packaged if packaged.is_dir() else package.parent / "rules"


def read_rule_file(file: Path) -> Mapping[str, Any]:
    """The tables of a file of rules, by name.

    Args:
        file: the file.

    Raises:
        ParseError: the file cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParseError(f"the rule file {file} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParseError(f"the rule file {file} is not TOML: {error}") from error


@cache
def builtin_files() -> Mapping[Path, Mapping[str, Any]]:
    """The files that come with dimderiv, with their tables."""
    return {file: read_rule_file(file) for file in sorted(rules_folder().glob("*.toml"))}


FUNCTIONS: Mapping[str, Mapping[str, Any]] = {
    name: table
    for tables in builtin_files().values()
    for name, table in tables.items()
    if "operator" not in table
}
