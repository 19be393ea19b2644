"""Proofs of rules."""

from dimderiv.verify.rules.proofs import check_rules

__all__ = [
    "check_rules",
]
