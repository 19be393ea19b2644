"""Write the answers that dimderiv gives now into the golden cases, and into docs/coverage.md.

Run it after a change that is meant to improve answers, then read the difference and keep it only
where every new answer is at least as good:

    python -m tests.cases.refresh
    git diff tests/cases
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dimderiv import derive
from dimderiv.derivation.derivation import Derivation
from dimderiv.errors import DimderivError

from .coverage import write
from .reading import FOLDER, Case, cases_of

# Seconds for a check, so that a busy machine reaches the same level; where torch judges the
# answer too, those that anyone has.
PATIENCE = 60.0
USUAL = 2.0
RECORDED = ("answer", "form", "level", "inferred")


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
    write()


def refreshed(text: str) -> str:
    """The text of a file of cases with what is recorded of each case as it is now.

    Args:
        text: TOML, in which what is recorded of a case stands on lines of its own; what a case
            does not have is not written.
    """
    head, *tables = re.split(r"(?m)^(?=\[\[case\]\])", text)
    pairs = zip(tables, cases_of(text), strict=True)
    return head + "".join(_with(now(case), table) for table, case in pairs)


def _with(recorded: Mapping[str, str | bool], table: str) -> str:
    for key in RECORDED:
        line = f"{key} = {toml(recorded[key])}".replace("\\", r"\\")
        table = re.sub(rf"(?m)^{key} = .*$", line, table)
    return table


def now(case: Case) -> dict[str, str | bool]:
    """What dimderiv says of a case.

    Args:
        case: with `expression`, `wrt` and `shapes`.
    """
    derivation = derived(case)
    level = derivation.verification.level if derivation.verification else "unchecked"
    return {
        "answer": str(derivation),
        "form": derivation.form,
        "level": level,
        "inferred": without_shapes(case) == str(derivation),
    }


def derived(case: Case) -> Derivation:
    """The derivation of a case with the shapes that it declares.

    Args:
        case: with `expression`, `wrt`, `shapes`, and `structured` where entries are tied.
    """
    options = {"structured": case.get("structured", False), **_options(case)}
    found = derive(case["expression"], case["wrt"], shapes=case["shapes"], verify=False, **options)
    return found.verified(budget=USUAL if case.get("torch") else PATIENCE)


def without_shapes(case: Case) -> str:
    """The answer when all shapes are inferred; nothing where that is refused.

    Args:
        case: with `expression` and `wrt`.
    """
    try:
        return str(derive(case["expression"], case["wrt"], verify=False, **_options(case)))
    except DimderivError:
        return ""


def _options(case: Case) -> dict[str, Any]:
    return {"order": case.get("order", 1), "upstream": case.get("upstream") or None}


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
