"""An array where a comparison holds: `max(x, y)` is `x` where `x > y`."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from dimderiv.graph import (
    Function,
    Map,
    Named,
    Node,
    Product,
    Sum,
    apply_map,
    is_one,
    is_zero,
    product,
    scaled,
    total,
    unnamed,
    zero,
)
from dimderiv.simplify.regions import Facts, is_ordered, ones

# What lies nearer to the root of an expression than this is looked at.
DEEPEST = 6
SIGNS = frozenset({">", "<", ">=", "<="})


def decided(node: Node, known: Facts, depth: int = DEEPEST, *, guarded: bool = True) -> Node:
    """A node as what it is where something is known to hold; itself, if that decides nothing.

    What guards an exponential or a quotient stays, since code multiplies by the comparison:
    `exp(min(x, 0)) .* (x <= 0)` is never infinite.  A comparison is a number in any case.

    Args:
        node: an array.
        known: what holds, at the same places of arrays with its axes.
        depth: how far to look into it.
        guarded: whether it must not become infinite where nothing is known to hold.
    """
    value = unnamed(node)
    if not depth or value.axes != known[0].difference.axes:
        return node
    found = value
    match value:
        case Map() if value.function in CHOICES:
            inside = guarded and value.function not in SIGNS
            arguments = [decided(a, known, depth - 1, guarded=inside) for a in value.arguments]
            chosen = CHOICES[value.function](known, *arguments)
            if chosen is not None and (is_tame(chosen) or not guarded):
                found = chosen
            elif chosen is None and _differ(arguments, value.arguments):
                found = apply_map(value.function, *arguments)
        case Sum():
            parts = [decided(t, known, depth - 1, guarded=guarded) for _, t in value.terms]
            if _differ(parts, [term for _, term in value.terms]):
                coefficients = [c for c, _ in value.terms]
                found = total(zip(coefficients, parts, strict=True), value.axes)
        case Product():
            found = _decided_product(value, known, depth, guarded)
    return node if found is value else found


def is_tame(node: Node) -> bool:
    """Whether every entry is a number wherever the entries of symbols are, and infinite nowhere.

    Args:
        node: any node.
    """
    match node:
        case Named(value=value):
            return is_tame(value)
        case Sum():
            return all(is_tame(term) for _, term in node.terms)
        case Product():
            return all(_is_whole(f.power) and is_tame(f.node) for f in node.factors)
        case Map():
            return node.function in TAME and all(map(is_tame, node.arguments))
    return not isinstance(node, Function)


def _is_whole(power: Fraction) -> bool:
    return power > 0 and power.denominator == 1


def _differ(new: Iterable[Node], old: Iterable[Node]) -> bool:
    return any(one is not other for one, other in zip(new, old, strict=True))


def _decided_product(node: Product, known: Facts, depth: int, guarded: bool) -> Node:
    factors = [
        f._replace(node=decided(f.node, known, depth - 1, guarded=guarded))
        if f.indices == node.result and f.power == 1
        else f
        for f in node.factors
    ]
    if not _differ([f.node for f in factors], [f.node for f in node.factors]):
        return node
    return product(node.coefficient, factors, node.result, node.dims)


# Functions that have a number everywhere.
SMOOTH = frozenset({"sin", "cos", "tanh", "arctan", "sigmoid", "erf", "normcdf"})
TAME = SMOOTH | {"maximum", "minimum", "relu", "abs", "sign", "clip", *SIGNS}

Choice = Callable[..., Node | None]


def _larger(known: Facts, first: Node, second: Node) -> Node | None:
    if is_ordered(first, second, known):
        return first
    return second if is_ordered(second, first, known) else None


def _smaller(known: Facts, first: Node, second: Node) -> Node | None:
    larger = _larger(known, first, second)
    return None if larger is None else second if larger is first else first


def _rectified(known: Facts, argument: Node) -> Node | None:
    return _larger(known, argument, zero(argument.axes))


def _absolute(known: Facts, argument: Node) -> Node | None:
    larger = _rectified(known, argument)
    return None if larger is None else larger if larger is argument else scaled(-1, argument)


def _sign(known: Facts, argument: Node) -> Node | None:
    nothing = zero(argument.axes)
    one = ones(argument)
    if is_ordered(argument, nothing, known, strict=True):
        return one
    return scaled(-1, one) if is_ordered(nothing, argument, known, strict=True) else None


def _clipped(known: Facts, argument: Node, low: Node, high: Node) -> Node | None:
    if is_ordered(argument, high, known):
        return high
    if is_ordered(argument, low, known):
        return _smaller(known, argument, high) or apply_map("minimum", argument, high)
    return low if is_ordered(low, argument, known) and is_ordered(high, low, known) else None


def _taken(known: Facts, condition: Node, first: Node, second: Node) -> Node | None:
    if is_zero(condition):
        return second
    return first if is_one(condition) else None


def _above(known: Facts, first: Node, second: Node) -> Node | None:
    if is_ordered(first, second, known, strict=True):
        return ones(first)
    return zero(first.axes) if is_ordered(second, first, known) else None


def _not_below(known: Facts, first: Node, second: Node) -> Node | None:
    if is_ordered(first, second, known):
        return ones(first)
    return zero(first.axes) if is_ordered(second, first, known, strict=True) else None


CHOICES: Mapping[str, Choice] = {
    "maximum": _larger,
    "minimum": _smaller,
    "relu": _rectified,
    "abs": _absolute,
    "sign": _sign,
    "clip": _clipped,
    "where": _taken,
    ">": _above,
    "<": lambda known, first, second: _above(known, second, first),
    ">=": _not_below,
    "<=": lambda known, first, second: _not_below(known, second, first),
}
