"""A finished English sentence, in another language.

English stands in the sources, where it is said.  Beside it stand files of data, as with gettext: a
sentence of the sources with its fields, and what it is in the other language.  A sentence is
looked up by its words; what it has in its fields is translated too where it is made of words.  A
sentence that no file has stays as it is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeAlias

from dimderiv.language import read_table
from dimderiv.surfaces.translation.template import (
    Template,
    between,
    is_paired,
    side_by_side,
    values,
)

Templates: TypeAlias = Sequence[tuple[tuple[str, ...], Template]]

# A longer sentence, and one with more parts, has a text of the user in it.
_LONGEST, _MOST_PARTS = 2_000, 100
# A sentence with fewer fixed signs, such as `{} as {}`, is looked for in the parts of a list.
_STRONG = 7
# Words beside each other, which a name or a formula does not have.
_PROSE = re.compile(
    r"\b[a-z]{3,} [a-z]{2,}\b|\b[a-z]{2,} [a-z]{3,}\b|\b(?:alone|that|the|what|which)\b"
)
# What stands between two sentences, or between the parts of a list.
_AND = " and "
_JOINTS = {
    "; or ": "；或 ",
    ", or ": "，或 ",
    ", and ": "，",
    "; ": "；",
    ": ": "：",
    ", ": "，",
    _AND: "，",
}
_LISTED = {" or ": " 或 ", " and ": " 和 "}


def found(sentence: str, lang: str) -> str:
    """A sentence in a language, or as it is where no file has it.

    Args:
        sentence: in English.
        lang: a language other than English.
    """
    told = _Reading(*catalogue(lang)).told(sentence)
    if told is None:
        return sentence if _PROSE.search(sentence) else _listed(sentence)
    return told


@dataclass
class _Reading:
    """One sentence, taken apart.

    Attributes:
        whole: the sentences without fields.
        strong: those with some.
        weak: those of hardly a word.
        parts: what each part of the sentence is in the other language, if it is a sentence.
    """

    whole: Mapping[str, str]
    strong: Templates
    weak: Templates
    parts: dict[str, str | None] = field(default_factory=dict)

    def told(self, sentence: str) -> str | None:
        """A sentence that the files have, or one that is made of such."""
        if sentence in self.whole:
            return self.whole[sentence]
        if sentence not in self.parts:
            self.parts[sentence] = None
            if len(self.parts) <= _MOST_PARTS:
                self.parts[sentence] = self._taken_apart(sentence)
        return self.parts[sentence]

    def _taken_apart(self, sentence: str) -> str | None:
        if len(sentence) > _LONGEST:
            return self._by_template(sentence, self.strong, with_words=True)
        return (
            self._by_template(sentence, self.strong)
            or self._joined(sentence)
            or self._by_template(sentence, self.weak)
            or self._by_template(sentence, self.strong, with_words=True)
        )

    def _by_template(
        self, sentence: str, templates: Templates, *, with_words: bool = False
    ) -> str | None:
        """A sentence that the files have, perhaps with other words in its fields, as of a user."""
        for literals, other in templates:
            given = values(literals, sentence)
            if given is None:
                continue
            kinds = [other.kinds.get(k, "") for k in range(len(given))]
            told = [self._field(value, kind) for value, kind in zip(given, kinds, strict=True)]
            words = [kind for kind, each in zip(kinds, told, strict=True) if _PROSE.search(each)]
            if not words or (with_words and "name" not in words):
                return other.filled(told)
        return None

    def _field(self, value: str, kind: str) -> str:
        """What stands in a field: words are translated, a name or a formula stays."""
        told = None
        if kind != "name":
            told = self.told(value) if kind == "word" else self._part(value)
        if told is None:
            return _listed(value) if kind == "list" else value
        return told

    def _part(self, text: str) -> str | None:
        """A part of a sentence; a single word is a name."""
        return self.told(text) if " " in text else None

    def _joined(self, sentence: str) -> str | None:
        """Two sentences that the files have, or one of them and a formula or a name."""
        half = None
        for left, joint, right in _halves(sentence):
            told = self._part(left), self._part(right)
            if not any(told):
                continue
            whole = side_by_side(side_by_side(told[0] or left, _JOINTS[joint]), told[1] or right)
            if all(told):
                return whole
            untold = right if told[0] else left
            if half is None and joint != _AND and not _PROSE.search(untold):
                half = whole
        return half


def _halves(sentence: str) -> Iterator[tuple[str, str, str]]:
    """What stands before a joint, the joint, and what stands after it, outside of brackets."""
    for joint in _JOINTS:
        for match in re.finditer(re.escape(joint), sentence):
            left = sentence[: match.start()]
            if is_paired(left):
                yield left, joint, sentence[match.end() :]


def _listed(text: str) -> str:
    """Names or formulas with an `and` or an `or` between them."""
    for joint, other in _LISTED.items():
        text = text.replace(joint, other)
    return text


@cache
def catalogue(lang: str) -> tuple[dict[str, str], Templates, Templates]:
    """The sentences without fields; those with some, the longest first; those of hardly a word.

    Args:
        lang: a language other than English.
    """
    whole: dict[str, str] = {}
    weights: dict[tuple[str, ...], int] = {}
    others = {}
    for file in sorted(Path(__file__).parent.joinpath(lang).glob("*.toml")):
        for english, other in read_table(str(file)).items():
            literals = between(english)
            if len(literals) == 1:
                whole[literals[0]] = Template(other).filled(())
            else:
                others[literals], weights[literals] = Template(other), sum(map(len, literals))
    longest = sorted(others, key=weights.__getitem__, reverse=True)
    strong = sum(weight >= _STRONG for weight in weights.values())
    templates = [(literals, others[literals]) for literals in longest]
    return whole, templates[:strong], templates[strong:]
