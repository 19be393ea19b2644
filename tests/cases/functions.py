"""What each operation of the language can do: its value, and its first and second derivatives."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from dimderiv import derive
from dimderiv.errors import LimitError, NotDifferentiableError
from dimderiv.rulebook.rule import Rule
from dimderiv.rulebook.rulebook import builtin_rules

REFUSED, UNCHECKED = "-", "unchecked"
# Where an argument may have any shape.
SHAPES = {"elementwise": "n", "composite": "m x n", "reduction": "m x n"}


class Support(NamedTuple):
    """What was found for one argument of one operation.

    Attributes:
        operation: how it is written.
        by: the argument.
        value: whether it has a value: how that is written, or a dash.
        first: how its derivative is written.
        second: how the second derivative of the sum of its squares is written.
    """

    operation: str
    by: str
    value: str
    first: str
    second: str


@cache
def supported() -> tuple[Support, ...]:
    """A row for each argument of each operation that has a rule."""
    return tuple(row for rule in builtin_rules().rules.values() for row in _rows(rule))


def _rows(rule: Rule) -> Iterator[Support]:
    shapes, call = argument_shapes(rule), written(rule)
    value = _form(f"t ({call})", "t", {**shapes, "t": "scalar"})
    for name in rule.arguments:
        first, second = _form(call, name, shapes), _form(f"sum(({call}).^2)", name, shapes, 2)
        yield Support(call, name, value, first, second)


def written(rule: Rule) -> str:
    """An operation, written with the arguments of its signature."""
    if rule.is_function:
        return f"{rule.name}({', '.join(rule.arguments)})"
    first = re.match(r"(?:[^,(]|\([^)]*\))+", rule.operator)
    assert first is not None
    return first[0]


def argument_shapes(rule: Rule) -> dict[str, str]:
    """A shape for each argument, all sizes different that may be.

    >>> argument_shapes(builtin_rules()["matmul"])
    {'A': 'i x k', 'B': 'k x j'}
    """
    whole = dict.fromkeys(rule.whole, "integer")
    if rule.kind in SHAPES and (rule.kind != "composite" or "[" not in rule.signature):
        return dict.fromkeys(rule.arguments, SHAPES[rule.kind]) | whole
    arguments = re.findall(r"(\w+)\[([^]]*)\]", rule.signature.split("->")[0])
    scalars = {name: "scalar" for name, letters in arguments if not letters}
    arguments = [(name, letters) for name, letters in arguments if letters]
    if rule.square and len({letters for _, letters in arguments}) == 1:
        return dict.fromkeys(rule.arguments, "n x n") | scalars | whole
    sizes = {
        name: " x ".join(_size(letter) for letter in letters.split(","))
        for name, letters in arguments
    }
    squares = {
        name: f"{sizes[name][0]} x {sizes[name][0]}"
        for name in sizes
        if rule.square and name != rule.linear
    }
    return sizes | squares | whole


def _size(letters: str) -> str:
    """The size of an axis; one along which another slides has a size of its own."""
    return letters if letters.isidentifier() else "".join(re.findall(r"\w", letters)).upper()


def _form(expression: str, wrt: str, shapes: dict[str, str], order: int = 1) -> str:
    try:
        found = derive(expression, wrt, shapes=shapes, order=order, verify=False)
    except (LimitError, NotDifferentiableError):
        return REFUSED
    verification = found.verified().verification
    assert verification is not None
    return UNCHECKED if verification.level == UNCHECKED else found.form
