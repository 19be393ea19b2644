"""Is my answer right, and if not, what is wrong with it?"""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.surfaces.grading.batch import Row, rows_of
    from dimderiv.surfaces.grading.grade import approved, check, derived_of, graded
    from dimderiv.surfaces.grading.verdict import KINDS, Verdict
    from dimderiv.surfaces.grading.words import Words
else:
    __getattr__ = late(
        __name__,
        batch="Row rows_of",
        grade="approved check derived_of graded",
        verdict="KINDS Verdict",
        words="Words",
    )

__all__ = [
    "KINDS",
    "Row",
    "Verdict",
    "Words",
    "approved",
    "check",
    "derived_of",
    "graded",
    "rows_of",
]
