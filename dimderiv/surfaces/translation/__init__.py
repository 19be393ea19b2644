"""What dimderiv says, in another language: errors, assumptions, doubts, notes, help."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.surfaces.translation.translate import (
        assumed,
        labelled,
        translated,
        translated_error,
    )
else:
    __getattr__ = late(__name__, translate="assumed labelled translated translated_error")

__all__ = ["assumed", "labelled", "translated", "translated_error"]
