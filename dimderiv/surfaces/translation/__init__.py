"""What dimderiv says, in another language: errors, assumptions, doubts, reports, help."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.surfaces.translation.lookup import found
    from dimderiv.surfaces.translation.said import (
        assumed,
        labelled,
        translated,
        translated_error,
    )
    from dimderiv.surfaces.translation.wording import Wording
else:
    __getattr__ = late(
        __name__,
        lookup="found",
        said="assumed labelled translated translated_error",
        wording="Wording",
    )

__all__ = ["Wording", "assumed", "found", "labelled", "translated", "translated_error"]
