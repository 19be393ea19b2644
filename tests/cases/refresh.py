"""Write the answers that dimderiv gives now into the golden cases.

Run it after a change that is meant to improve answers, then read the difference and keep it only
where every new answer is at least as good:

    python -m tests.cases.refresh
    git diff tests/cases
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from dimderiv import derive
from dimderiv.derivation import Derivation
from dimderiv.errors import DimderivError

# Seconds for a check, so that a busy machine reaches the same level.
PATIENCE = 60.0
FOLDER = Path(__file__).parent
RECORDED = ("answer", "level", "inferred")


def main(files: Iterable[Path]) -> None:
    """Refresh files of cases, and say what changed.

    Args:
        files: TOML files with an array of tables `case`.
    """
    for file in files:
        before = file.read_text(encoding="utf-8")
        after = refreshed(before)
        if after != before:
            file.write_text(after, encoding="utf-8")
            print(f"{file.name} changed")


def refreshed(text: str) -> str:
    """The text of a file of cases with what is recorded of each case as it is now.

    Args:
        text: TOML, in which every case has each of the recorded keys on a line of its own.
    """
    recorded = [now(case) for case in tomllib.loads(text)["case"]]
    for key in RECORDED:
        values = iter([toml(each[key]) for each in recorded])
        text = re.sub(rf"(?m)^({key}) = .*$", partial(_line, values), text)
    return text


def _line(values: Iterator[str], match: re.Match[str]) -> str:
    return f"{match[1]} = {next(values)}"


def now(case: Mapping[str, Any]) -> dict[str, str | bool]:
    """What dimderiv says of a case.

    Args:
        case: with `expression`, `wrt` and `shapes`.
    """
    derivation = derived(case)
    level = derivation.verification.level if derivation.verification else "unchecked"
    return {
        "answer": str(derivation),
        "level": level,
        "inferred": without_shapes(case) == str(derivation),
    }


def derived(case: Mapping[str, Any]) -> Derivation:
    """The derivation of a case with the shapes that it declares.

    Args:
        case: with `expression`, `wrt`, `shapes`, and `structured` where entries are tied.
    """
    tied = case.get("structured", False)
    found = derive(
        case["expression"], case["wrt"], shapes=case["shapes"], structured=tied, verify=False
    )
    return found.verified(budget=PATIENCE)


def without_shapes(case: Mapping[str, Any]) -> str:
    """The answer when all shapes are inferred; nothing where that is refused.

    Args:
        case: with `expression` and `wrt`.
    """
    try:
        return str(derive(case["expression"], case["wrt"], verify=False))
    except DimderivError:
        return ""


def toml(value: str | bool) -> str:
    """A value in TOML, which reads the strings of JSON.

    Args:
        value: a string or a truth value.

    >>> print(toml("2 X w"), toml(True))
    "2 X w" true
    """
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or sorted(FOLDER.glob("*.toml")))
