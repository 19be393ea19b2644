"""The functions of other languages: those that are ours too, and what to write for the others.

>>> ALIASES["expit"], instead("exp2")
('sigmoid', 'exp(log(2) x)')
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from dimderiv.language.rule_files import FUNCTIONS

ALIASES: Mapping[str, str] = MappingProxyType(
    {alias: name for name, table in FUNCTIONS.items() for alias in table.get("aliases", ())}
)
# Under each topic, names side by side and what to write instead of them.
REFUSED: Mapping[str, Mapping[str, str]] = tomllib.loads(
    Path(__file__).with_name("names.toml").read_text("utf-8")
)["refused"]
_INSTEAD = {
    name: written
    for topic in REFUSED.values()
    for names, written in topic.items()
    for name in names.split()
}


def instead(name: str) -> str | None:
    """What to write instead of a function that is not in the language, if it is known elsewhere."""
    return _INSTEAD.get(name) or _INSTEAD.get(name.lower())
