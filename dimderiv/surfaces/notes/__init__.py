"""Notes that are checked: what a text says of derivatives, and blanks that are filled."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.surfaces.notes.checked import checked_notes
    from dimderiv.surfaces.notes.document import kind_of
    from dimderiv.surfaces.notes.report import Finding, Place, Report
    from dimderiv.surfaces.notes.words import Words
else:
    __getattr__ = late(
        __name__,
        checked="checked_notes",
        document="kind_of",
        report="Finding Place Report",
        words="Words",
    )

__all__ = ["Finding", "Place", "Report", "Words", "checked_notes", "kind_of"]
