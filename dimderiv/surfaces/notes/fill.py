"""Blanks filled: a splice for each question mark, and nothing else changes."""

import json
from collections.abc import Sequence

from dimderiv.surfaces.notes.document import Document

_SPELLINGS = ("?", "\\u003f", "\\u003F")


def spliced(document: Document, blanks: Sequence[tuple[int, str]]) -> str:
    """What is in the file, with answers in the place of question marks.

    Args:
        document: the file.
        blanks: where question marks stand in its text, and the answers.
    """
    raw, parts, place = document.raw, list[str](), 0
    for inside, answer in sorted(blanks):
        start = document.text.places[inside]
        spelled = next((each for each in _SPELLINGS if raw.startswith(each, start)), None)
        if spelled is None or start < place:
            continue
        parts += [raw[place:start], _written(document, answer)]
        place = start + len(spelled)
    return "".join([*parts, raw[place:]])


def _written(document: Document, answer: str) -> str:
    """An answer as the file spells it; in a notebook it stands in a string."""
    return json.dumps(answer, ensure_ascii=False)[1:-1] if document.cells else answer
