"""What the built-in rules say of the values of their functions, by the name of a function.

A function of the user's own has no such facts, also one that replaces a built-in rule.
"""

from functools import cache

from dimderiv.rulebook.rule import Rule
from dimderiv.rulebook.rulebook import builtin_rules

# What is known of an operation that has no rule.
_NOTHING = Rule("", "declared", "", ())


def _rule(function: str) -> Rule:
    return builtin_rules().rules.get(function, _NOTHING)


@cache
def range_of(function: str) -> tuple[float, float]:
    """The least and the largest value that an entry can have.

    Args:
        function: a name, also of an operation that has no rule.

    >>> range_of("tanh"), range_of("log")
    ((-1, 1), (-inf, inf))
    """
    return _rule(function).range


@cache
def is_entrywise(function: str) -> bool:
    """Whether each entry of the value is made of the entry of the argument alone.

    Args:
        function: a name, also of an operation that has no rule.
    """
    return _rule(function).kind == "elementwise"


@cache
def turns(function: str) -> bool:
    """Whether the value at a transpose is the transpose of the value; a scalar is its own.

    Args:
        function: a name, also of an operation that has no rule.
    """
    return _rule(function).turns


@cache
def is_linear(function: str) -> bool:
    """Whether a function of matrices is linear in its last argument.

    Args:
        function: a name, also of an operation that has no rule.
    """
    return bool(_rule(function).linear)


@cache
def commutes(function: str) -> bool:
    """Whether the value at a matrix commutes with all that the matrix commutes with.

    Args:
        function: a name, also of an operation that has no rule.
    """
    return _rule(function).commutes
