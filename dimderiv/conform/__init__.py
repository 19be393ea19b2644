"""From letters to matrix notation: reorder and transpose until the shapes conform."""

from dimderiv.conform import notation
from dimderiv.conform.arrange import Arranger, NoMatrixFormError
from dimderiv.conform.functions import written_name
from dimderiv.conform.kronecker import vectorised
from dimderiv.conform.notation import Form, own_symbols, symbols

__all__ = [
    "Arranger",
    "Form",
    "NoMatrixFormError",
    "notation",
    "own_symbols",
    "symbols",
    "vectorised",
    "written_name",
]
