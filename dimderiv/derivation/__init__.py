"""What is called: `derive`, and what it returns."""

from dimderiv.derivation.api import LAYOUTS, derive, parse
from dimderiv.derivation.coding import FORMS
from dimderiv.derivation.derivation import Derivation
from dimderiv.derivation.proofs import check_rules
from dimderiv.derivation.result import Result

__all__ = ["FORMS", "LAYOUTS", "Derivation", "Result", "check_rules", "derive", "parse"]
