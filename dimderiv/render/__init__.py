"""Printers: a syntax tree in, text of the language or LaTeX out."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late
from dimderiv.render.precedence import POWER, level
from dimderiv.render.text import shortened, summed, text

if TYPE_CHECKING:
    from dimderiv.render.latex_formula import align, equation, latex
    from dimderiv.render.latex_functions import spellings
    from dimderiv.render.latex_indices import letters_in
    from dimderiv.render.latex_pieces import enclosed, width
else:
    __getattr__ = late(
        __name__,
        latex_formula="align equation latex",
        latex_functions="spellings",
        latex_indices="letters_in",
        latex_pieces="enclosed width",
    )

__all__ = [
    "POWER",
    "align",
    "enclosed",
    "equation",
    "latex",
    "letters_in",
    "level",
    "shortened",
    "spellings",
    "summed",
    "text",
    "width",
]
