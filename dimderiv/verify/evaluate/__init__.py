"""The check's own reading of the language: values of programs, entry by entry."""

from dimderiv.verify.evaluate.arithmetic import (
    ONE,
    ZERO,
    Arithmetic,
    Jet,
    OutOfDomain,
    Scalar,
    leading,
    mixed_slope,
)
from dimderiv.verify.evaluate.calls import KNOWN
from dimderiv.verify.evaluate.declared import put_in_place
from dimderiv.verify.evaluate.effort import Branches, Effort, OutOfTime
from dimderiv.verify.evaluate.evaluate import Evaluator
from dimderiv.verify.evaluate.matrices import inverse
from dimderiv.verify.evaluate.tables import SingularMatrix, combined, diagonal, matrix_product
from dimderiv.verify.evaluate.unsized import ANY_SIZE, Expected, Value

__all__ = [
    "ANY_SIZE",
    "KNOWN",
    "ONE",
    "ZERO",
    "Arithmetic",
    "Branches",
    "Effort",
    "Evaluator",
    "Expected",
    "Jet",
    "OutOfDomain",
    "OutOfTime",
    "Scalar",
    "SingularMatrix",
    "Value",
    "combined",
    "diagonal",
    "inverse",
    "leading",
    "matrix_product",
    "mixed_slope",
    "put_in_place",
]
