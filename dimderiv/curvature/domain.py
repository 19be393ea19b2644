"""On which part of the space a certificate holds: what is declared, and where there are values."""

from collections.abc import Iterator
from math import inf
from typing import TypeAlias

from dimderiv.curvature.bounds import bounds
from dimderiv.curvature.context import Context, number
from dimderiv.curvature.scalar_functions import ScalarFunction, of_rule, power
from dimderiv.language import Binary, Call, Name, Tree, children

# The name of a sentence, and what stands in it.
Place: TypeAlias = tuple[str | Tree, ...]
DECLARED = {
    "spd": "definite",
    "positive": "positive",
    "nonnegative": "nonnegative",
    "symmetric": "symmetric",
}


def places(known: Context, value: Tree) -> tuple[Place, ...]:
    """Sentences on where it holds, each by its name and what stands in it.

    Args:
        known: the expression.
        value: what is looked at.
    """
    declared = [
        (DECLARED[word], Name(name))
        for name in sorted(known.variables)
        for word in DECLARED
        if word in known.typed.symbols[name].properties
    ]
    return tuple(dict.fromkeys([*declared, *_of_parts(known, value)]))


def _of_parts(known: Context, node: Tree) -> Iterator[Place]:
    if not known.depends(node):
        return
    if isinstance(node, Name) and node.name in known.definitions:
        yield from _of_parts(known, known.definitions[node.name])
    found = _function(known, node)
    if found is not None:
        yield from _ends(known, *found)
    for part in children(node):
        yield from _of_parts(known, part)


def _function(known: Context, node: Tree) -> tuple[ScalarFunction, Tree] | None:
    """A function of one number, and its argument."""
    match node:
        case Call(_, (argument,)):
            rule = known.rule(node)
            is_entrywise = rule is not None and rule.kind == "elementwise"
            return (of_rule(rule), argument) if rule is not None and is_entrywise else None
        case Binary("^" | ".^", base, exponent):
            value = number(exponent)
            function = None if value is None else power(value)
            return None if function is None else (function, base)
    return None


def _ends(known: Context, function: ScalarFunction, argument: Tree) -> Iterator[Place]:
    own, (low, high) = bounds(known, argument), function.defined
    if low > -inf and not (own.low > low or (own.low == low and own.above)):
        yield ("positive", argument) if low == 0 else ("above", argument, f"{low:g}")
    if high < inf and own.high > high:
        yield ("below", argument, f"{high:g}")
