"""The judge at points: an answer beside what perturbed entries give."""

from dimderiv.verify.points.check import verify_together
from dimderiv.verify.points.claimed import Claimed
from dimderiv.verify.points.draw import drawn_points
from dimderiv.verify.points.sampled import Entries, Sample, sample_at, sampled
from dimderiv.verify.points.setting import DisagreementError, Setting, Trial

__all__ = [
    "Claimed",
    "DisagreementError",
    "Entries",
    "Sample",
    "Setting",
    "Trial",
    "drawn_points",
    "sample_at",
    "sampled",
    "verify_together",
]
