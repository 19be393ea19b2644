"""Printers: a syntax tree in, text of the language or LaTeX out."""

from dimderiv.render.latex import align, latex
from dimderiv.render.text import text

__all__ = ["align", "latex", "text"]
