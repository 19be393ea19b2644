"""The rules as a table for the terminal, one group for each file."""

from collections.abc import Iterator
from itertools import groupby, zip_longest
from os import path
from textwrap import wrap

from dimderiv.rulebook.rule import Rule
from dimderiv.rulebook.rulebook import Rulebook

WRITTEN, DERIVATIVE = 19, 32
GAP = "  "
LEGEND = (
    "Columns: how it is written; the derivative, or = the definition that it follows from, or for "
    "a product the letters of its axes; where it holds, and what is assumed at a kink.  x is the "
    "argument and y the value; A and Y where they are matrices.  In brackets: references, below."
)


def rule_table(rulebook: Rulebook, *, width: int) -> str:
    """The rules as a table, readable by a person.

    Args:
        rulebook: the rules.
        width: the number of columns of the terminal.
    """
    references = list(dict.fromkeys(rule.reference for rule in rulebook.rules.values()))
    parts = wrap(LEGEND, width)
    for file, rules in groupby(rulebook.rules.values(), key=lambda rule: rule.file):
        parts += ["", path.basename(file), ""]
        for rule in rules:
            parts += _lines(rule, references.index(rule.reference) + 1, width)
    parts += ["", "References", ""]
    for number, reference in enumerate(references, start=1):
        parts += wrap(f"{GAP}[{number}] {reference}", width, subsequent_indent=GAP * 4)
    return "\n".join(parts)


def _lines(rule: Rule, reference: int, width: int) -> Iterator[str]:
    domain = "; kink: ".join(filter(None, [rule.domain, rule.kink]))
    columns = (
        _wrapped([_written(rule)], WRITTEN),
        _wrapped(_derivative(rule), DERIVATIVE),
        _wrapped([f"{domain} [{reference}]".strip()], width - WRITTEN - DERIVATIVE - 3 * len(GAP)),
    )
    for written, derivative, note in zip_longest(*columns, fillvalue=""):
        line = f"{GAP}{written:{WRITTEN}}{GAP}{derivative:{DERIVATIVE}}{GAP}{note}"
        yield line.rstrip()


def _wrapped(texts: list[str], width: int) -> list[str]:
    return [line for text in texts for line in wrap(text, width, subsequent_indent=GAP)]


def _written(rule: Rule) -> str:
    if rule.is_function:
        return f"{rule.name}({', '.join(rule.arguments)})"
    return f"{rule.name}: {rule.operator}"


def _derivative(rule: Rule) -> list[str]:
    """What the rule says of the derivative, in the fewest words."""
    signature = [rule.signature] if "[" in rule.signature else []
    if rule.kind == "product":
        return signature
    if rule.kind == "composite":
        return [f"= {rule.definition}"]
    if not rule.derivative:
        return [*signature, "no derivative"]
    if len(rule.derivative) == 1:
        return [*signature, *rule.derivative.values()]
    return [*signature, *(f"by {name}: {slope}" for name, slope in rule.derivative.items())]
