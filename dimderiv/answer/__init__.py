"""Questions, and derivatives as programs of the language, with names for what repeats."""

from dimderiv.answer.answer import Answer, Found
from dimderiv.answer.derivative import AnswerForm, Derivative, Extent, Variables
from dimderiv.answer.derived import Derived, Inner, Record, written
from dimderiv.answer.latex import latex
from dimderiv.answer.letters import letters_of
from dimderiv.answer.question import LAYOUTS, Layout, Question

__all__ = [
    "LAYOUTS",
    "Answer",
    "AnswerForm",
    "Derivative",
    "Derived",
    "Extent",
    "Found",
    "Inner",
    "Layout",
    "Question",
    "Record",
    "Variables",
    "latex",
    "letters_of",
    "written",
]
