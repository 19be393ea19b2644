"""Verification: the answer as printed, against the expression as written, entry by entry."""

from dimderiv.verify.check import verify, verify_together
from dimderiv.verify.claim import Claim, NotVerifiableError, Verification, together

__all__ = ["Claim", "NotVerifiableError", "Verification", "together", "verify", "verify_together"]
