"""The texts of declarations, apart from each other: from `X: m x n; w: n` a text for each name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from dimderiv.errors import ShapeError, Span
from dimderiv.lazy import pattern

EXAMPLE = 'a shape such as "m x n", "n" or "scalar"'
# A comma ends an entry where another name with a colon follows: `X: m x n, w: n`.
_BETWEEN_ENTRIES = pattern(r"[;\n]|,(?=\s*[^\W\d][^\s,;:]*\s*:)")

Shapes: TypeAlias = "Mapping[str, str | int | Sequence[str | int]] | str | None"


class DeclaredText(NamedTuple):
    """A name, and where its shape lies in a text; also where the name does, if in the same text."""

    name: str
    source: str
    place: Span
    name_span: Span | None = None


def entries(source: Shapes) -> Iterator[DeclaredText]:
    """The declarations in a mapping or in a text, none of them read yet.

    >>> [(entry.name, entry.source[slice(*entry.place)]) for entry in entries("A, B: n x n, x: n")]
    [('A', ' n x n'), ('B', ' n x n'), ('x', ' n')]
    """
    if source is None:
        return
    if isinstance(source, str):
        yield from _of_text(source)
        return
    if not isinstance(source, Mapping) or not all(isinstance(name, str) for name in source):
        raise ShapeError(
            f"the shapes are a text or a mapping of names, not {source!r}",
            hint='"X: m x n; w: n", or {"X": "m x n", "w": "n"}',
        )
    for name, shape in source.items():
        written = _written(name, shape)
        yield DeclaredText(name, written, (0, len(written)))


def _written(name: str, shape: str | int | Sequence[str | int]) -> str:
    """A shape as a text: a tuple holds the size of each axis, and an empty one is a scalar's."""
    sizes = [shape] if isinstance(shape, (str, int)) else shape
    if not isinstance(sizes, Sequence) or not all(isinstance(size, (str, int)) for size in sizes):
        raise ShapeError(
            f"the shape of {name} is no text and no tuple of sizes, but {shape!r}", hint=EXAMPLE
        )
    texts = [str(size) for size in sizes]
    if len(texts) > 1:
        texts = [text if text.isalnum() else f"({text})" for text in texts]
    return " x ".join(texts) if texts else "scalar"


def _of_text(source: str) -> Iterator[DeclaredText]:
    start = 0
    shared: list[Span] = []
    for end in [*(match.start() for match in _BETWEEN_ENTRIES.finditer(source)), len(source)]:
        text = source[start:end]
        if source[end : end + 1] == "," and ":" not in text:
            # `A, B: n x n`: the names before the last one have its shape.
            shared += [
                stripped(source, start + part.start(), start + part.end())
                for part in re.finditer("[^,]+", text)
            ]
        elif text.strip():
            last = _of_entry(source, start, end)
            yield from (DeclaredText(source[slice(*s)], source, last.place, s) for s in shared)
            yield last
            shared = []
        start = end + 1


def _of_entry(source: str, start: int, end: int) -> DeclaredText:
    colon = source.find(":", start, end)
    if colon < 0:
        raise ShapeError(
            f"{source[start:end].strip()!r} declares no shape",
            span=stripped(source, start, end),
            source=source,
            hint="write a name, a colon and a shape: X: m x n",
        )
    name_span = stripped(source, start, colon)
    return DeclaredText(source[slice(*name_span)], source, (colon + 1, end), name_span)


def stripped(source: str, start: int, end: int) -> Span:
    """A place in a text without the spaces at its ends."""
    text = source[start:end]
    return start + len(text) - len(text.lstrip()), max(start, end - len(text) + len(text.rstrip()))
