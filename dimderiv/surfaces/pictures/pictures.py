"""Pictures of steps as SVG: sides as long as their sizes, a colour for each axis."""

import re
from collections.abc import Iterator, Mapping
from functools import partial

from dimderiv.derivation import Derivation
from dimderiv.errors import NotDifferentiableError
from dimderiv.explain import recorded, sentences
from dimderiv.surfaces.pictures.rows import Row, rows_of
from dimderiv.surfaces.pictures.svg import Axes, drawn

STEP = re.compile(r'(<li value="(\d+)">.*?)</li>', re.DOTALL)


def pictures(derivation: Derivation, lang: str = "en") -> Mapping[int, str]:
    """The pictures of the steps that multiply arrays, under the numbers that `explain` gives them.

    Args:
        derivation: its steps are in the mixed layout.
        lang: `"en"` or `"zh"`.

    Returns:
        SVG for each such step; a step without a picture is left out.

    >>> from dimderiv import derive
    >>> list(pictures(derive("||Xw-y||^2", "w")))
    [3]
    """
    draw = partial(drawn, axes=_axes(derivation))
    return {number: draw(rows) for number, rows in _rows(derivation, lang)}


def picture(derivation: Derivation, lang: str = "en") -> str:
    """The pictures of all steps in one, from the value back to the variables.

    Args:
        derivation: its steps are in the mixed layout.
        lang: `"en"` or `"zh"`.

    Raises:
        NotDifferentiableError: no step multiplies arrays.

    >>> from dimderiv import derive
    >>> picture(derive("||Xw-y||^2", "w")).count("<rect")
    5
    """
    rows = [row for _, own in _rows(derivation, lang) for row in own]
    if not rows:
        raise NotDifferentiableError("no step of this derivation multiplies arrays")
    return drawn(rows, _axes(derivation))


def illustrated(derivation: Derivation, lang: str = "en") -> str:
    """The steps in HTML, each with its picture.

    Args:
        derivation: that is explained.
        lang: `"en"` or `"zh"`.
    """
    found = pictures(derivation, lang)

    def with_picture(step: re.Match[str]) -> str:
        return f"{step[1]}{found.get(int(step[2]), '')}</li>"

    return STEP.sub(with_picture, derivation.explain(lang, markup="html"))


def _axes(derivation: Derivation) -> Axes:
    """The axes in the order in which they were declared or met, so that it is a familiar one."""
    symbols = derivation.typed.symbols.values()
    return Axes(dim for symbol in symbols for dim in symbol.shape)


def _rows(derivation: Derivation, lang: str) -> Iterator[tuple[int, tuple[Row, ...]]]:
    messages = sentences(lang)
    steps = [s for s in derivation.steps if not isinstance(s, recorded.HessianBlock)]
    for number, step in enumerate(steps, 1):
        rows = rows_of(step, messages)
        if rows:
            yield number, rows
