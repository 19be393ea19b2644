"""Verification: the answer as printed, against the expression as written, entry by entry."""

from dimderiv.verify.claim import Claim, NotVerifiableError, Verification, together
from dimderiv.verify.points.check import verify, verify_together
from dimderiv.verify.verdict import JUDGES, Judge, judged

__all__ = [
    "JUDGES",
    "Claim",
    "Judge",
    "NotVerifiableError",
    "Verification",
    "judged",
    "together",
    "verify",
    "verify_together",
]
