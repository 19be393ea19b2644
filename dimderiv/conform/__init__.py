"""From letters to matrix notation: reorder and transpose until the shapes conform."""

from dimderiv.conform import notation
from dimderiv.conform.arrange import Arranger, NoMatrixFormError
from dimderiv.conform.functions import written_name
from dimderiv.conform.kronecker import vectorised
from dimderiv.conform.notation import Form, own_symbols, symbols
from dimderiv.conform.sums import negated

__all__ = [
    "Arranger",
    "Form",
    "NoMatrixFormError",
    "negated",
    "notation",
    "own_symbols",
    "symbols",
    "vectorised",
    "written_name",
]
