"""The files of the folder `rules/` as they are written: a table for each operation.

The names of the tables are the functions of the language; what else a table says is read by
`rulebook`.

>>> "tanh" in FUNCTIONS, "matmul" in FUNCTIONS
(True, False)
"""

import os
from collections.abc import Mapping
from functools import cache
from os import path
from typing import Any

from dimderiv.errors import ParseError
from dimderiv.language.tables import read_table


def rules_folder() -> str:
    """Where the built-in rules lie: inside the installed package, else beside it."""
    package = path.dirname(path.dirname(__file__))
    packaged = path.join(package, "rules")
    return packaged if path.isdir(packaged) else path.join(path.dirname(package), "rules")


def read_rule_file(file: str) -> Mapping[str, Any]:
    """The tables of a file of the user's rules, by name.

    Args:
        file: the file.

    Raises:
        ParseError: the file cannot be read, or is no TOML.
    """
    import tomllib  # slow to import

    try:
        with open(file, "rb") as read:
            return tomllib.load(read)
    except OSError as error:
        raise ParseError(f"the rule file {file} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParseError(f"the rule file {file} is not TOML: {error}") from error


@cache
def builtin_files() -> Mapping[str, Mapping[str, Any]]:
    """The files that come with dimderiv, with their tables."""
    folder = rules_folder()
    files = [path.join(folder, name) for name in sorted(os.listdir(folder))]
    return {file: read_table(file) for file in files if file.endswith(".toml")}


FUNCTIONS: Mapping[str, Mapping[str, Any]] = {
    name: table
    for tables in builtin_files().values()
    for name, table in tables.items()
    if "operator" not in table
}
