"""Write docs/functions.md: every function and operator, as its rule says it.

    python -m tests.cases.rules

The tables are those of the folder `rules`; nothing in them is written by hand.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from dimderiv.rulebook.rule import Rule
from dimderiv.rulebook.rulebook import builtin_rules

from .coverage import table
from .functions import written
from .reading import FOLDER

DOCUMENT = FOLDER.parent.parent / "docs" / "functions.md"
INTRODUCTION = """# Functions

This file is written by `python -m tests.cases.rules` from the folder `rules`.
[rules/README.md](../rules/README.md) says what a rule is, and how to write one.

`y` and `Y` are the value, and `count` is how many entries a sum runs over.
A function that is marked so takes `axis=0`, down each column, or `axis=1`, along each row.
[names.md](names.md) has the other names under which functions are read.
"""
HEADS = ("written", "definition", "derivative", "holds", "at a kink", "from")


def write() -> None:
    """Write the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")


def document() -> str:
    """The text of the document."""
    lines = [INTRODUCTION]
    for file, rules in groupby(builtin_rules().rules.values(), key=lambda rule: rule.file):
        title = Path(file).stem.replace("_", " ").capitalize()
        lines += [f"## {title}", "", *table(HEADS, [_row(rule) for rule in rules]), ""]
    return "\n".join(lines)


def _row(rule: Rule) -> list[str]:
    axis = ", axis=0 or 1" if rule.kind == "reduction" or rule.along else ""
    definition = rule.definition or (rule.signature if "[" in rule.signature else "")
    return [
        _code(written(rule)) + axis,
        "" if rule.is_primitive else _code(definition),
        "; ".join(_derivatives(rule)),
        rule.domain,
        rule.kink,
        rule.reference,
    ]


def _derivatives(rule: Rule) -> Iterator[str]:
    for argument, derivative in rule.derivative.items():
        by = f"by `{argument}`: " if len(rule.arguments) > 1 else ""
        yield by + _code(derivative)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


if __name__ == "__main__":
    write()
