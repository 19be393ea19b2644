"""The steps: recorded, then put into words."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.explain.record import (
        BlockSources,
        Sources,
        Step,
        record_changes,
        record_steps,
    )
    from dimderiv.explain.words import explain, form_in_words, layout_in_words, notes, unused
else:
    __getattr__ = late(
        __name__,
        record="BlockSources Sources Step record_changes record_steps",
        words="explain form_in_words layout_in_words notes unused",
    )

__all__ = [
    "BlockSources",
    "Sources",
    "Step",
    "explain",
    "form_in_words",
    "layout_in_words",
    "notes",
    "record_changes",
    "record_steps",
    "unused",
]
