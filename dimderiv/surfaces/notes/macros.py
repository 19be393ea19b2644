r"""Commands that the author defines: `\newcommand{\R}{\mathbb{R}}` and its relatives.

>>> known, _ = macros_in(r"\newcommand{\norm}[1]{\left\|#1\right\|}")
>>> expanded(Text.whole(r"\norm{x}^2"), known).text
'\\left\\|x\\right\\|^2'
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from dimderiv.errors import LimitError, Span
from dimderiv.surfaces.notes.places import Text

_DEFINITION = re.compile(
    r"\\(?:(?:(?:re)?newcommand|providecommand)\*?\s*(?:\{\s*\\(?P<new>[A-Za-z]+)\s*\}|\\(?P<bare>[A-Za-z]+))"
    r"\s*(?:\[(?P<count>[0-9])\])?\s*(?=\{)"
    r"|DeclareMathOperator(?P<star>\*?)\s*\{?\s*\\(?P<operator>[A-Za-z]+)\s*\}?\s*(?=\{)"
    r"|DeclarePairedDelimiter\s*\{?\s*\\(?P<paired>[A-Za-z]+)\s*\}?\s*(?=\{)"
    r"|def\s*\\(?P<plain>[A-Za-z]+)\s*(?P<places>(?:#[0-9])*)\s*(?=\{))"
)
_COMMAND = re.compile(r"\\(?:([A-Za-z]+)|.)", re.DOTALL)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_PLACE = re.compile(r"#([0-9])")
# How deep macros may use each other, and how long a formula may become.
_DEEPEST, _LONGEST = 24, 8_000
# After so many definitions that are not closed no others are looked for.
_MOST_FAILURES = 100


class Macro(NamedTuple):
    """A command of the author's.

    Attributes:
        arity: how many arguments it takes.
        body: what it stands for, with `#1` for the first of them.
    """

    arity: int
    body: str


# What is usual, and what KaTeX knows without being told.
USUAL: Mapping[str, Macro] = {
    name: Macro(0, r"\mathbb{R}") for name in ("R", "RR", "reals", "Reals")
}


def macros_in(text: str) -> tuple[dict[str, Macro], list[Span]]:
    """The commands that a text defines, and where it does.

    Args:
        text: a file, without its comments.
    """
    known, spans, place, failures = dict(USUAL), list[Span](), 0, 0
    while failures < _MOST_FAILURES and (found := _DEFINITION.search(text, place)):
        place = found.end()
        body, end = _group(text, place)
        if end < 0:
            failures += 1
            continue
        name = found["new"] or found["bare"] or found["plain"]
        if found["operator"]:
            name, macro = found["operator"], Macro(0, rf"\operatorname{{{body}}}")
        elif found["paired"]:
            closing, end = _group(text, end)
            name, macro = found["paired"], Macro(1, rf"\left{body} #1 \right{closing}")
            if end < 0:
                continue
        else:
            macro = Macro(int(found["count"] or len(found["places"] or "") // 2), body)
        known[name] = macro
        spans.append((found.start(), end))
        place = end
    return {name: each for name, each in known.items() if not _is_endless(name, known)}, spans


def _is_endless(name: str, known: Mapping[str, Macro]) -> bool:
    """Whether a command leads back to itself."""
    seen, waiting = set[str](), [name]
    while waiting:
        body = known[waiting.pop()].body
        used = {each[1] for each in _COMMAND.finditer(body)} & known.keys()
        if name in used:
            return True
        waiting += used - seen
        seen |= used
    return False


def expanded(text: Text, macros: Mapping[str, Macro]) -> Text:
    """A formula with what the author's commands stand for, each character in its old place.

    Args:
        text: the formula.
        macros: the commands.

    Raises:
        LimitError: it becomes too long, or goes on for ever.
    """
    for _ in range(_DEEPEST):
        once = _once(text, macros)
        if once is None:
            return text
        text = once
        if len(text.text) > _LONGEST:
            break
    raise LimitError("the commands of this formula make it too long", hint="fewer macros")


def _once(text: Text, macros: Mapping[str, Macro]) -> Text | None:
    """The formula with each command exchanged once; nothing where there is none."""
    source, parts, places, place = text.text, list[str](), list[int](), 0
    for found in _COMMAND.finditer(source):
        if found[1] not in macros or found.start() < place:
            continue
        macro = macros[found[1]]
        arguments, end = _arguments(source, found.end(), macro.arity)
        if end < 0:
            continue
        parts.append(source[place : found.start()])
        places += text.places[place : found.start()]
        here = text.places[found.start()]
        last = 0
        for slot in [*_PLACE.finditer(macro.body), None]:
            literal = macro.body[last : slot.start() if slot else len(macro.body)]
            parts.append(literal)
            places += [here] * len(literal)
            if slot and int(slot[1]) in range(1, len(arguments) + 1):
                first, final = arguments[int(slot[1]) - 1]
                parts.append(source[first:final])
                places += text.places[first:final]
            last = slot.end() if slot else last
        is_letter = macro.body[-1:].isalpha() and source[end : end + 1].isalpha()
        if is_letter and not macro.arity:
            parts.append(" ")
            places.append(here)
        place = end
        if sum(map(len, parts)) > _LONGEST:
            break
    if not parts:
        return None
    parts.append(source[place:])
    places += text.places[place:]
    return Text("".join(parts), places)


def _arguments(source: str, place: int, count: int) -> tuple[list[Span], int]:
    """Where the arguments of a command stand, and where the last one ends; -1 where one lacks."""
    found: list[Span] = []
    if count and source[place : place + 1] == "*":
        place += 1
    for _ in range(count):
        while place < len(source) and source[place].isspace():
            place += 1
        if place == len(source):
            return found, -1
        if source[place] == "{":
            body, end = _group(source, place)
            if end < 0:
                return found, -1
            found.append((place + 1, place + 1 + len(body)))
            place = end
        else:
            command = _COMMAND.match(source, place)
            end = command.end() if command else place + 1
            found.append((place, end))
            place = end
    return found, place


def _group(text: str, place: int) -> tuple[str, int]:
    """What stands in the braces that open at a place, and where they end; -1 if they do not."""
    while place < len(text) and text[place].isspace():
        place += 1
    depth = 0
    for found in _BRACE.finditer(text, place, min(len(text), place + _LONGEST)):
        depth += (found[0] == "{") - (found[0] == "}")
        if not depth and len(found[0]) == 1:
            return text[place + 1 : found.start()], found.end()
    return "", -1
