"""The steps in words: English and Chinese, text and LaTeX."""

from dimderiv.explain.words.conventions import form_in_words, layout_in_words, notes, unused
from dimderiv.explain.words.page import explain

__all__ = [
    "explain",
    "form_in_words",
    "layout_in_words",
    "notes",
    "unused",
]
