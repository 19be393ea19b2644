"""Is my answer right, and if not, what is wrong with it?"""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.surfaces.grading.batch import Row, rows_of
    from dimderiv.surfaces.grading.grade import check
    from dimderiv.surfaces.grading.verdict import KINDS, Verdict
else:
    __getattr__ = late(__name__, batch="Row rows_of", grade="check", verdict="KINDS Verdict")

__all__ = ["KINDS", "Row", "Verdict", "check", "rows_of"]
