"""Verification: the answer as printed, against the expression as written, entry by entry."""

from dimderiv.verify.check import verify
from dimderiv.verify.claim import Claim, NotVerifiableError, Verification, together
from dimderiv.verify.symbolic import prove

__all__ = ["Claim", "NotVerifiableError", "Verification", "prove", "together", "verify"]
