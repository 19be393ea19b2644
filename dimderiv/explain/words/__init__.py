"""The steps in words: English and Chinese, text and LaTeX."""

from dimderiv.explain.words.conventions import forms, layout_in_words, notes
from dimderiv.explain.words.page import Compared, explain

__all__ = ["Compared", "explain", "forms", "layout_in_words", "notes"]
