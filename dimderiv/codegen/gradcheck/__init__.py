"""A test beside generated code: its derivatives, and central differences of the value."""

from dimderiv.codegen.gradcheck.branches import reaching
from dimderiv.codegen.gradcheck.compared import Compared, Tested
from dimderiv.codegen.gradcheck.module import test_source
from dimderiv.codegen.gradcheck.sample import STYLES
from dimderiv.codegen.gradcheck.trial import attempt

__all__ = [
    "STYLES",
    "Compared",
    "Tested",
    "attempt",
    "reaching",
    "test_source",
]
