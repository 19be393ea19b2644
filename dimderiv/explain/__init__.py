"""The steps: recorded, then put into words."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.explain.messages import LANGUAGES, sentences, sentences_in
    from dimderiv.explain.record import Step, record_steps, recorded
    from dimderiv.explain.words import (
        MARKUPS,
        Compared,
        Speaker,
        explain,
        forms,
        in_markdown,
        layout_in_words,
        markup_named,
        notes,
    )
else:
    __getattr__ = late(
        __name__,
        messages="LANGUAGES sentences sentences_in",
        record="Step record_steps recorded",
        words="""MARKUPS Compared Speaker explain forms in_markdown layout_in_words markup_named
            notes""",
    )

__all__ = [
    "LANGUAGES",
    "MARKUPS",
    "Compared",
    "Speaker",
    "Step",
    "explain",
    "forms",
    "in_markdown",
    "layout_in_words",
    "markup_named",
    "notes",
    "record_steps",
    "recorded",
    "sentences",
    "sentences_in",
]
