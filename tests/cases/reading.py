"""The files of golden cases, read: a case, what it has from its setting, and how long a text is."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent

Case = Mapping[str, Any]

_TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|\|\||\.[*/^]|[-+*/@^'=]")


def cases_of(text: str) -> list[Case]:
    """The cases of a file, each with what it has from the setting that it names.

    Args:
        text: TOML with an array of tables `case`; a case with the key `of` also has what the table
            `setting` has under that name, where `given` starts its closed form.
    """
    document = tomllib.loads(text)
    return [complete(case, document.get("setting", {})) for case in document["case"]]


def complete(case: Case, settings: Mapping[str, Case]) -> Case:
    """A case with what it has from its setting.

    Args:
        case: with or without the key `of`.
        settings: the settings of its file, by name.
    """
    if "of" not in case:
        return case
    own = {key: value for key, value in case.items() if key != "of"}
    setting = dict(settings[case["of"]])
    given = setting.pop("given", "")
    if "literature" in own:
        own["literature"] = given + own["literature"]
    return {"name": f"{case['of']} by {case['wrt']}", **setting, **own}


def length(text: str) -> int:
    """The number of symbols, numbers and operators: what a reader has to read.

    >>> length("2 X' (X w - y)")
    7
    """
    return len(_TOKEN.findall(text))
