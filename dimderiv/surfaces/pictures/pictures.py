"""Pictures of steps as SVG: sides as long as their sizes, a colour for each axis."""

from collections.abc import Iterator, Mapping
from functools import partial

from dimderiv.derivation import Derivation
from dimderiv.errors import NotDifferentiableError
from dimderiv.explain import recorded, sentences
from dimderiv.surfaces.pictures.rows import Row, rows_of
from dimderiv.surfaces.pictures.svg import Axes, drawn


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
    draw = partial(drawn, axes=Axes())
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
    return drawn(rows, Axes())


def _rows(derivation: Derivation, lang: str) -> Iterator[tuple[int, tuple[Row, ...]]]:
    messages = sentences(lang)
    steps = [s for s in derivation.steps if not isinstance(s, recorded.HessianBlock)]
    for number, step in enumerate(steps, 1):
        rows = rows_of(step, messages)
        if rows:
            yield number, rows
