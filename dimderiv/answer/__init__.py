"""Derivatives as programs of the language, with names for what repeats."""

from dimderiv.answer.answer import Answer, Derivative, Variables, write_answer
from dimderiv.answer.naming import Kind, name_nested_forms, name_repeats, without_groups

__all__ = [
    "Answer",
    "Derivative",
    "Kind",
    "Variables",
    "name_nested_forms",
    "name_repeats",
    "without_groups",
    "write_answer",
]
