"""Sentences with fields in them, `{} is defined twice`, and the fields of a finished sentence."""

import re
from collections.abc import Sequence
from functools import cached_property

from dimderiv.language import frozen

_FIELD = re.compile(r"\{(\d*)(?::(word|list|name))?\}")
# The braces of a sentence itself are doubled, as in Python.
_BRACES = re.compile(r"\{\{|\}\}|\{[^{}]*\}")
_HIDDEN, _SHOWN = {"{{": "\0", "}}": "\1"}, str.maketrans({"\0": "{", "\1": "}"})
_BRACKETS = (("(", ")"), ("[", "]"))
_HAN, _LATIN = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z0-9]")
_WIDE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def between(text: str) -> tuple[str, ...]:
    """What stands between the fields of an English sentence, one more than there are fields.

    >>> between("{} is {}, not {}")
    ('', ' is ', ', not ', '')
    """
    if "{{" not in text and "}}" not in text:
        return tuple(text.split("{}"))
    return tuple(part.translate(_SHOWN) for part in _hidden(text).split("{}"))


def values(literals: Sequence[str], sentence: str) -> list[str] | None:
    """What stands in the fields of a sentence, as little as possible; nothing if it is another.

    Args:
        literals: what stands between the fields.
        sentence: a finished one.

    >>> values(["", " is ", ""], "A is 3 x 2")
    ['A', '3 x 2']
    """
    first, *inner, last = literals
    if not sentence.startswith(first) or not sentence.endswith(last):
        return None
    found, start, end = list[str](), len(first), len(sentence) - len(last)
    for literal in inner:
        place = _end_of_field(sentence, literal, start, end)
        if place < 0:
            return None
        found.append(sentence[start:place])
        start = place + len(literal)
    return [*found, sentence[start:end]] if start < end else None


def _end_of_field(sentence: str, literal: str, start: int, end: int) -> int:
    """Where a field ends that begins at `start`: outside of its brackets, if they are in pairs."""
    place = first = sentence.find(literal, start + 1, end)
    while place >= 0 and not is_paired(sentence[start:place]):
        place = sentence.find(literal, place + 1, end)
    return first if place < 0 else place


def is_paired(text: str) -> bool:
    """Whether each bracket of a text has its partner in it."""
    return all(text.count(a) == text.count(b) for a, b in _BRACKETS)


@frozen.record
class Template:
    """A sentence that is written with values in its fields: `{}`, or `{0}` for one by its number.

    In a field `{:word}` a value of one word is translated too, which else is taken for a name; in
    `{:list}` the `and` or `or` between names is; in `{:name}` stands a name or a formula, no words.

    >>> Template("{1} 是 {0}").filled(["方阵", "A"])
    'A 是方阵'
    """

    text: str

    @cached_property
    def _parts(self) -> list[str]:
        """What stands between the fields, and the number and the kind of each field."""
        return [(part or "").translate(_SHOWN) for part in _FIELD.split(_hidden(self.text))]

    @cached_property
    def numbers(self) -> list[int]:
        """Which of the values stands in each field."""
        return [int(number or place) for place, number in enumerate(self._parts[1::3])]

    @cached_property
    def kinds(self) -> dict[int, str]:
        """The kinds of the values, by their numbers: `word`, `list`, or nothing."""
        return dict(zip(self.numbers, self._parts[2::3], strict=True))

    def filled(self, values: Sequence[str]) -> str:
        """The sentence; no space stands between two Chinese characters.

        Args:
            values: one for each field.
        """
        text = self._parts[0]
        for number, literal in zip(self.numbers, self._parts[3::3], strict=True):
            text = side_by_side(side_by_side(text, values[number]), literal)
        return text


def _hidden(text: str) -> str:
    return _BRACES.sub(lambda found: _HIDDEN.get(found[0], found[0]), text)


def side_by_side(left: str, right: str) -> str:
    """Two texts as Chinese is set: a space only between a Chinese character and a Latin one.

    >>> side_by_side("形状 ", "相容"), side_by_side("共", "4 个")
    ('形状相容', '共 4 个')
    """
    before, after = left.rstrip(" "), right.lstrip(" ")
    if not before or not after:
        return left + right
    if _WIDE.match(before[-1]) and _WIDE.match(after[0]):
        return before + after
    is_mixed = _HAN.match(before[-1]) and _LATIN.match(after[0])
    is_mixed = is_mixed or (_LATIN.match(before[-1]) and _HAN.match(after[0]))
    return f"{before} {after}" if is_mixed else left + right
