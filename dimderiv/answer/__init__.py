"""Questions, and derivatives as programs of the language, with names for what repeats."""

from dimderiv.answer.answer import Answer, Found, write_answer
from dimderiv.answer.derivative import Derivative, Extent, FormName, Variables
from dimderiv.answer.derived import Derived, Record
from dimderiv.answer.latex import latex
from dimderiv.answer.naming import PartKind, name_nested_forms, name_repeats, without_groups
from dimderiv.answer.question import LAYOUTS, Layout, Question

__all__ = [
    "LAYOUTS",
    "Answer",
    "Derivative",
    "Derived",
    "Extent",
    "FormName",
    "Found",
    "Layout",
    "PartKind",
    "Question",
    "Record",
    "Variables",
    "latex",
    "name_nested_forms",
    "name_repeats",
    "without_groups",
    "write_answer",
]
