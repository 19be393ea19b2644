"""Is my answer right, and if not, what is wrong with it?"""

from dimderiv.surfaces.grading.check import check
from dimderiv.surfaces.grading.verdict import KINDS, Verdict

__all__ = ["KINDS", "Verdict", "check"]
