"""Functions of entries by others of the same entries that are computed anyway."""

from collections.abc import Collection

from dimderiv.codegen.plan.largest import SMALL
from dimderiv.graph import (
    Key,
    Map,
    Node,
    add,
    apply_map,
    is_nonnegative,
    is_zero,
    keys_of,
    nodes_of,
    scaled,
)
from dimderiv.lower import entrywise
from dimderiv.rulebook import Rulebook


def by_others(node: Map, asked: Collection[Key], rulebook: Rulebook) -> Node | None:
    """A function of entries by one that is asked for too; nothing where it stays as it is.

    Args:
        node: a function of entries.
        asked: all functions of entries that are computed.
        rulebook: the rules, for what functions are defined as.
    """
    match node.function, node.arguments:
        case ">", (above, below) if is_zero(below):
            positive = apply_map("relu", above)
            is_asked = positive.key in asked and positive.key != above.key
            return apply_map(">", positive, below) if is_asked else None
        case "softplus", (argument,):
            return _softplus(argument, asked)
        case ("silu" | "gelu") as function, (argument,):
            rule = rulebook[function]
            known = dict(zip(rule.arguments, node.arguments, strict=True))
            value = entrywise(rule, rule.definition, known, node.axes, rulebook)
            own = keys_of([value]) - keys_of([argument])
            maps = {each.key for each in nodes_of([value]) if isinstance(each, Map)}
            return value if maps & own <= {*asked} else None
    return None


def _softplus(argument: Node, asked: Collection[Key]) -> Node | None:
    """A softplus by what that of minus its argument shares, and by one function less."""
    minus = scaled(-1, argument)
    if is_nonnegative(minus):
        return apply_map("log1p", apply_map(SMALL, argument))
    if apply_map("softplus", minus).key not in asked:
        return None
    size = apply_map("abs", min(argument, minus, key=lambda each: each.key))
    rest = apply_map("softplus", scaled(-1, size))
    return add(apply_map("relu", argument), rest)
