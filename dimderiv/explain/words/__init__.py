"""The steps in words: English and Chinese, text and LaTeX."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.explain.words.conventions import forms, layout_in_words, notes
    from dimderiv.explain.words.page import MARKUPS, Compared, explain, markup_named
    from dimderiv.explain.words.sentences import Speaker
    from dimderiv.explain.words.worded import in_markdown
else:
    # What an answer is can be said without the steps.
    __getattr__ = late(
        __name__,
        conventions="forms layout_in_words notes",
        page="MARKUPS Compared explain markup_named",
        sentences="Speaker",
        worded="in_markdown",
    )

__all__ = [
    "MARKUPS",
    "Compared",
    "Speaker",
    "explain",
    "forms",
    "in_markdown",
    "layout_in_words",
    "markup_named",
    "notes",
]
