"""What is called: `derive`, and what it returns."""

from dimderiv.derivation.api import derive, parse
from dimderiv.derivation.claims import checked, claim_of, judge_named
from dimderiv.derivation.code import FORMS
from dimderiv.derivation.derivation import Derivation, Result
from dimderiv.derivation.pipeline import derived
from dimderiv.derivation.proofs import check_rules
from dimderiv.derivation.reading import NAMES, read, read_foreign, recognised

__all__ = [
    "FORMS",
    "NAMES",
    "Derivation",
    "Result",
    "check_rules",
    "checked",
    "claim_of",
    "derive",
    "derived",
    "judge_named",
    "parse",
    "read",
    "read_foreign",
    "recognised",
]
