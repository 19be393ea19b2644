"""The judge at points: an answer beside what perturbed entries give."""

from dimderiv.verify.points.bends import NOT_CONVEX, Bend, Bends, Curved
from dimderiv.verify.points.check import verify_together
from dimderiv.verify.points.claimed import Claimed
from dimderiv.verify.points.draw import drawn_points
from dimderiv.verify.points.sampled import Entries, Sample, sample_at, sampled
from dimderiv.verify.points.scalar import slopes_at
from dimderiv.verify.points.setting import DisagreementError, Setting, Trial

__all__ = [
    "NOT_CONVEX",
    "Bend",
    "Bends",
    "Claimed",
    "Curved",
    "DisagreementError",
    "Entries",
    "Sample",
    "Setting",
    "Trial",
    "drawn_points",
    "sample_at",
    "sampled",
    "slopes_at",
    "verify_together",
]
