"""From letters to matrix notation: reorder and transpose until the shapes conform."""

from dimderiv.conform import notation
from dimderiv.conform.arrange import Arranger, NoMatrixFormError
from dimderiv.conform.functions import written_name
from dimderiv.conform.kronecker import vectorised
from dimderiv.conform.lettering import Heads, UserLetters, user_letters
from dimderiv.conform.notation import Form, own_symbols, symbols

__all__ = [
    "Arranger",
    "Form",
    "Heads",
    "NoMatrixFormError",
    "UserLetters",
    "notation",
    "own_symbols",
    "symbols",
    "user_letters",
    "vectorised",
    "written_name",
]
