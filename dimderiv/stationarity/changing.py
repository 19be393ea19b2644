"""Equations that become affine: multiplied by what divides them, or in another unknown.

`n / v - s / v^2 = 0` times `v^2` is affine in `v`; `n inv(S) - inv(S) M inv(S) = 0` is so after a
multiplication by `S` from both sides (Anderson, An Introduction to Multivariate Statistical
Analysis (2003), lemma 3.2.2), and `M - inv(P) = 0` is affine in `inv(P)`.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import TypeGuard

from dimderiv.graph import (
    Factor,
    Function,
    Key,
    LabelledProduct,
    Map,
    Node,
    Symbol,
    apply_map,
    is_positive,
    nodes_of,
    symbol,
    total,
)
from dimderiv.language import frozen, unused_name
from dimderiv.lower import inverse
from dimderiv.stationarity.affine import NotAffineError, products_of
from dimderiv.stationarity.isolating import computed
from dimderiv.stationarity.sides import Simplify
from dimderiv.stationarity.substituting import depends, substituted

# What undoes a function of each entry.
OPPOSITE = {"log": "exp", "exp": "log"}


@frozen.record
class Change:
    """Another equation with the same solutions.

    Attributes:
        key: the sentence that says how it was made.
        nodes: what fills the sentence.
        equation: the new equation.
        unknown: its unknown.
        recovered: the old unknown, by the value of the new one.
    """

    key: str
    nodes: Mapping[str, Node]
    equation: Node
    unknown: Symbol
    recovered: Callable[[Node], Node]


def changes(equation: Node, unknown: Symbol, simplify: Simplify) -> Iterator[Change]:
    """Equations with the same solutions, of which some may be affine.

    Args:
        equation: a node that is to be zero.
        unknown: a symbol in it.
        simplify: makes nodes shorter.
    """
    yield from _cleared(equation, unknown)
    yield from _of_function(equation, unknown)
    if len(unknown.axes) == 2:
        yield from _sandwiched(equation, unknown, simplify)


def _cleared(equation: Node, unknown: Symbol) -> Iterator[Change]:
    """The equation times what all of its terms are divided by, or without what all have."""
    try:
        terms = products_of(equation, unknown)
    except NotAffineError:
        return
    for base in _bases(terms, unknown):
        least = min(_power(term, base) for term in terms)
        if not least or (least > 0 and not is_positive(base)):
            continue
        new = [(term.coefficient, _times(term, base, -least)) for term in terms]
        key = "cleared" if least < 0 else "dropped"
        factor = _times(LabelledProduct(Fraction(1), (), (), ()), base, abs(least), is_alone=True)
        yield Change(key, {"factor": factor}, total(new, equation.axes), unknown, _same)


def _same(node: Node) -> Node:
    return node


def _bases(terms: list[LabelledProduct], unknown: Symbol) -> list[Node]:
    """What multiplies or divides whole terms, or each of their entries."""
    found: dict[Key, Node] = {}
    for term in terms:
        for factor in term.factors:
            if factor.indices in ((), term.result) and depends(factor.node, unknown):
                found.setdefault(factor.node.key, factor.node)
    return list(found.values())


def _power(term: LabelledProduct, base: Node) -> Fraction:
    """The power of a base in a term."""
    powers = [f.power for f in term.factors if f.node.key == base.key and _is_whole(f, term)]
    return sum(powers, Fraction(0))


def _is_whole(factor: Factor, term: LabelledProduct) -> bool:
    return factor.indices in ((), term.result)


def _times(term: LabelledProduct, base: Node, power: Fraction, *, is_alone: bool = False) -> Node:
    """A term without its number, times a power of a base, entry by entry."""
    if is_alone:
        places = tuple(range(len(base.axes)))
        alone = (Factor(base, places, power),)
        return LabelledProduct(Fraction(1), alone, places, base.axes).node
    indices = term.result if base.axes else ()
    factors = (*term.factors, Factor(base, indices, power))
    return term._replace(coefficient=Fraction(1), factors=factors).node


def _of_function(equation: Node, unknown: Symbol) -> Iterator[Change]:
    """The equation in a function of the unknown, where it has the unknown nowhere else."""
    for part in nodes_of([equation]):
        is_inverse = _is_inverse(part)
        is_map = isinstance(part, Map) and part.function in OPPOSITE
        if not (is_inverse or is_map) or [a.key for a in _arguments(part)] != [unknown.key]:
            continue
        names = {each.name for each in nodes_of([equation]) if isinstance(each, Symbol)}
        name = unused_name(f"{unknown.name}_new", names)
        words = unknown.properties & {"symmetric", "spd"} if is_inverse else ()
        new = symbol(name, unknown.axes, row=unknown.row, properties=words)
        changed = substituted(equation, {part.key: new})
        if not depends(changed, unknown):
            yield Change("changed", {"unknown": part}, changed, new, _undo(part))


def _is_inverse(node: Node) -> TypeGuard[Function]:
    return isinstance(node, Function) and node.function == "inv"


def _arguments(part: Node) -> tuple[Node, ...]:
    return part.arguments if isinstance(part, (Function, Map)) else ()


def _undo(part: Node) -> Callable[[Node], Node]:
    """What gives the unknown back by the value of a function of it."""
    if isinstance(part, Map):
        opposite = OPPOSITE[part.function]
        return lambda value: apply_map(opposite, value)
    return inverse


def _sandwiched(equation: Node, unknown: Symbol, simplify: Simplify) -> Iterator[Change]:
    """The equation times the unknown from both sides, where its inverse is in it."""
    parts = nodes_of([equation])
    if any(_is_inverse(each) and each.arguments[0].key == unknown.key for each in parts):
        turned = "S * G * S" if unknown.symmetric else "S' * G * S'"
        terms = products_of(equation, unknown)
        new = [
            (term.coefficient, computed(turned, _same, S=unknown, G=_bare(term))) for term in terms
        ]
        yield Change("sandwiched", {"matrix": unknown}, total(new, equation.axes), unknown, _same)


def _bare(term: LabelledProduct) -> Node:
    return term._replace(coefficient=Fraction(1)).node
