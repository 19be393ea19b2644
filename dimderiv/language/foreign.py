"""The functions of other languages: those that are ours too, and what to write for the others.

>>> ALIASES["expit"], instead("exp2")
('sigmoid', 'exp(log(2) x)')
"""

from collections.abc import Mapping
from functools import cache
from os import path
from types import MappingProxyType

from dimderiv.language.rule_files import FUNCTIONS
from dimderiv.language.structure import ARRANGING, DERIVATIVES, OTHER_NAMES, SPELLED
from dimderiv.language.tables import read_table

ALIASES: Mapping[str, str] = MappingProxyType(
    {alias: name for name, table in FUNCTIONS.items() for alias in table.get("aliases", ())}
    | dict(OTHER_NAMES)
)
_READ = FUNCTIONS.keys() | ALIASES.keys() | ARRANGING | SPELLED | DERIVATIVES


@cache
def refused() -> Mapping[str, Mapping[str, str]]:
    """Under each topic, names side by side and what to write instead of them.

    A name that a rule has made a function is none of them any more.
    """
    names = read_table(path.join(path.dirname(__file__), "names.toml"))
    return {
        topic: {
            " ".join(left): written
            for names, written in instead.items()
            if (left := [name for name in names.split() if name not in _READ])
        }
        for topic, instead in names["refused"].items()
    }


@cache
def _instead() -> Mapping[str, str]:
    return {
        name: written
        for topic in refused().values()
        for names, written in topic.items()
        for name in names.split()
    }


def instead(name: str) -> str | None:
    """What to write instead of a function that is not in the language, if it is known elsewhere."""
    return _instead().get(name) or _instead().get(name.lower())
