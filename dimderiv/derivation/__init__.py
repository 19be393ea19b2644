"""What is called: `derive`, and what it returns."""

from dimderiv.derivation.api import derive, parse
from dimderiv.derivation.code import FORMS
from dimderiv.derivation.derivation import Derivation, Result
from dimderiv.derivation.proofs import check_rules

__all__ = ["FORMS", "Derivation", "Result", "check_rules", "derive", "parse"]
