"""What is known where a comparison holds: `max(x, y)` is `x` where `x > y`, and `x > y - 1` holds.

A comparison says the sign of a difference.  That of another difference follows where it is a
multiple of the first one, and something that is nowhere negative.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from dimderiv.graph import (
    ONCE,
    Factor,
    Map,
    Node,
    Product,
    Sum,
    apply_map,
    is_nonnegative,
    is_one,
    is_zero,
    product,
    scaled,
    terms,
    total,
    unnamed,
    zero,
)

# What lies nearer to the root of an expression than this is looked at.
DEEPEST = 6


class Fact(NamedTuple):
    """A difference that is positive, or with `strict` unset nowhere negative."""

    difference: Node
    strict: bool

    @property
    def opposite(self) -> "Fact":
        """What holds where this does not."""
        return Fact(scaled(-1, self.difference), not self.strict)


Facts = tuple[Fact, ...]


def difference(first: Node, second: Node) -> Node:
    """One array less another."""
    return total([(ONCE, first), (-ONCE, second)], first.axes)


def fact(node: Node) -> Fact | None:
    """What a comparison says where it holds; nothing of one of equality, or of anything else.

    Args:
        node: any node.
    """
    if not isinstance(node, Map) or node.function not in (">", "<", ">=", "<="):
        return None
    first, second = node.arguments
    if node.function in ("<", "<="):
        first, second = second, first
    return Fact(difference(first, second), "=" not in node.function)


def is_ordered(first: Node, second: Node, known: Facts, *, strict: bool = False) -> bool:
    """Whether one array is known to be nowhere less than another.

    Args:
        first: the larger one.
        second: the smaller one.
        known: what holds here.
        strict: whether it must be larger.
    """
    for function, of_all in (("minimum", all), ("maximum", any)):
        parts = _parts(first, function)
        if parts and of_all(is_ordered(each, second, known, strict=strict) for each in parts):
            return True
    for function, of_all in (("maximum", all), ("minimum", any)):
        parts = _parts(second, function)
        if parts and of_all(is_ordered(first, each, known, strict=strict) for each in parts):
            return True
    wanted = difference(first, second)
    if is_zero(wanted):
        return not strict
    if not strict and is_nonnegative(wanted):
        return True
    return any(_implies(each, wanted) and each.strict >= strict for each in known)


def _parts(node: Node, function: str) -> tuple[Node, ...]:
    """What an array is the least or the largest of."""
    value = unnamed(node)
    is_extreme = isinstance(value, Map) and value.function == function
    return value.arguments if is_extreme and isinstance(value, Map) else ()


def _implies(known: Fact, wanted: Node) -> bool:
    """Whether a difference is a positive multiple of a known one, and what is nowhere negative."""
    ratio = leading_ratio(wanted, known.difference)
    if ratio is None or ratio < 0:
        return False
    rest = total([(ONCE, wanted), (-ratio, known.difference)], wanted.axes)
    return is_zero(rest) or is_nonnegative(rest)


def leading_ratio(node: Node, unit: Node) -> Fraction | None:
    """How many times the first term of an array another has it; nothing, if it lacks it.

    Args:
        node: the other array.
        unit: an array that is not zero.
    """
    for coefficient, lead in terms(unit)[:1]:
        for own, term in terms(node):
            if term.key == lead.key:
                return own / coefficient
    return None


def decided(node: Node, known: Facts, depth: int = DEEPEST) -> Node:
    """A node as what it is where something is known to hold; itself, if that decides nothing.

    Args:
        node: an array.
        known: what holds, at the same places of arrays with its axes.
        depth: how far to look into it.
    """
    value = unnamed(node)
    if not depth or value.axes != known[0].difference.axes:
        return node
    found = value
    match value:
        case Map():
            arguments = [decided(each, known, depth - 1) for each in value.arguments]
            found = _chosen(value.function, arguments, known) or value
            if found is value and _differ(arguments, value.arguments):
                found = apply_map(value.function, *arguments)
        case Sum():
            parts = [decided(term, known, depth - 1) for _, term in value.terms]
            if _differ(parts, [term for _, term in value.terms]):
                coefficients = [c for c, _ in value.terms]
                found = total(zip(coefficients, parts, strict=True), value.axes)
        case Product():
            found = _decided_product(value, known, depth)
    return node if found is value else found


def _differ(new: Iterable[Node], old: Iterable[Node]) -> bool:
    return any(one is not other for one, other in zip(new, old, strict=True))


def _decided_product(node: Product, known: Facts, depth: int) -> Node:
    factors = [
        f._replace(node=decided(f.node, known, depth - 1)) if f.indices == node.result else f
        for f in node.factors
    ]
    if not _differ([f.node for f in factors], [f.node for f in node.factors]):
        return node
    if any(is_zero(f.node) and f.power < 0 for f in factors):
        return node
    return product(node.coefficient, factors, node.result, node.dims)


Choice = Callable[..., Node | None]


def _chosen(function: str, arguments: Sequence[Node], known: Facts) -> Node | None:
    """The value of an elementwise function where the order of its arguments is known."""
    choice = CHOICES.get(function)
    return choice(known, *arguments) if choice is not None else None


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


def ones(like: Node) -> Node:
    """An array of ones with the axes of another."""
    return product(ONCE, (), tuple(range(len(like.axes))), like.axes)


def comparisons(factors: Sequence[Factor]) -> Iterator[tuple[int, Fact]]:
    """The comparisons among factors, by their places, and what each says."""
    for place, factor in enumerate(factors):
        said = fact(factor.node) if factor.power == 1 else None
        if said is not None and len(set(factor.indices)) == len(factor.indices):
            yield place, said
