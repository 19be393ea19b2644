"""Two terms, of which a comparison says which one counts, as one term.

`x .* (x > y) + y .* (x <= y)` is `max(x, y)`: where the comparison holds the first term is the
larger one, and elsewhere the second.  What both terms have in common stands outside, and an array
beside its absolute value is taken apart: `c sign(r) .* (abs(r) > c) + r .* (abs(r) <= c)` is
`min(abs(r), c) .* sign(r)`.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain, combinations, starmap
from typing import NamedTuple

from dimderiv.graph import (
    ONCE,
    Factor,
    Index,
    LabelledProduct,
    Map,
    Node,
    Sum,
    add,
    all_indices,
    apply_map,
    are_letters,
    content,
    distributed,
    is_one,
    is_zero,
    labelled,
    letters_of,
    part,
    product,
    terms,
    total,
)
from dimderiv.simplify.deciding import decided
from dimderiv.simplify.extremes import extremes
from dimderiv.simplify.factoring import with_terms_replaced
from dimderiv.simplify.masked import with_bounds_apart
from dimderiv.simplify.regions import Fact, difference, fact

# In a longer sum no pairs are looked for.
MOST_TERMS = 8


class Case(NamedTuple):
    """A term of a sum that counts only where a comparison holds.

    Attributes:
        place: where it stands in the sum.
        mask: the comparison.
        said: what it says.
        at: which axes of the sum it has.
        coefficient: the number in front of the term.
        factors: the other factors, with axes of the sum as their indices.
    """

    place: int
    mask: Node
    said: Fact
    at: tuple[Index, ...]
    coefficient: Fraction
    factors: list[Factor]


def gathered(node: Sum) -> Node | None:
    """The sum with two of its terms as one, where that is shorter.

    Args:
        node: the sum.
    """
    if not any(fact(f.node) for _, term in node.terms for f in labelled(term).factors):
        return None
    apart = total(chain.from_iterable(starmap(distributed, node.terms)), node.axes)
    for whole in (node, apart):
        if isinstance(whole, Sum) and len(whole.terms) <= MOST_TERMS:
            shortest = min(_gathered(whole), key=lambda new: new.weight, default=node)
            if shortest.weight < node.weight:
                return shortest
    return None


def _gathered(node: Sum) -> Iterator[Node]:
    for one, other in combinations(_cases(node), 2):
        if one.place != other.place and _are_complementary(one, other):
            for whole in _as_one(node, one, other):
                yield with_terms_replaced(node, {one.place, other.place}, whole)


def _cases(node: Sum) -> Iterator[Case]:
    for k, (coefficient, term) in enumerate(node.terms):
        view = labelled(term)
        if not are_letters(view.result) or len(set(view.result)) < len(view.result):
            continue
        number = coefficient * view.coefficient
        for place, mask in enumerate(view.factors):
            rest = [*view.factors[:place], *view.factors[place + 1 :]]
            bounds = with_bounds_apart(mask)
            for own, beside in ((mask, ()), *zip(bounds, [[b] for b in bounds[::-1]], strict=True)):
                said = fact(own.node) if own.power == 1 else None
                if said is not None and set(own.indices) <= set(view.result):
                    at = _placed(own, view).indices
                    factors = _beside(view, [*rest, *beside])
                    yield Case(k, own.node, said, at, number, factors)


def _placed(factor: Factor, view: LabelledProduct) -> Factor:
    """A factor with axes of the result as its indices."""
    return factor._replace(indices=tuple([view.result.index(i) for i in factor.indices]))


def _beside(view: LabelledProduct, rest: Sequence[Factor]) -> list[Factor]:
    """Factors by axes of the result; those with letters that are summed as one array."""
    kept = [f for f in rest if set(f.indices) <= set(view.result)]
    found = [_placed(factor, view) for factor in kept]
    summed = [f for f in rest if not set(f.indices) <= set(view.result)]
    if summed:
        letters = {*letters_of(all_indices(summed))}
        result = [index for index in view.result if index in letters]
        found.append(_placed(Factor(part(ONCE, summed, result, view.dims), tuple(result)), view))
    return found


def _are_complementary(one: Case, other: Case) -> bool:
    """Whether one comparison holds where the other does not."""
    if one.at != other.at or one.said.strict == other.said.strict:
        return False
    both = [(ONCE, one.said.difference), (ONCE, other.said.difference)]
    return is_zero(total(both, one.said.difference.axes))


def _as_one(node: Sum, one: Case, other: Case) -> Iterator[Node]:
    """Both terms as one, in several ways."""
    number = content([one.coefficient, other.coefficient])
    at, plain = one.at, tuple(range(len(node.axes)))
    for first, second in _pairs(one, other):
        common = [f for f in first if _is_among(f, second) or _holds(f, other)]
        common += [f for f in second if not _is_among(f, common) and _holds(f, one)]
        rests = [[f for f in each if not _is_among(f, common)] for each in (first, second)]
        if any(not set(at).issuperset(f.indices) for rest in rests for f in rest):
            continue
        for signed in (number, -number):
            numbers = (one.coefficient / signed, other.coefficient / signed)
            pairs = zip(numbers, rests, strict=True)
            values = [part(each, rest, at, node.axes) for each, rest in pairs]
            for chosen in _chosen(one, other, *values):
                yield product(signed, [Factor(chosen, at), *common], plain, node.axes)


def _pairs(one: Case, other: Case) -> Iterator[tuple[list[Factor], list[Factor]]]:
    """The factors of both terms, also with what is compared by its size as that and a sign."""
    yield one.factors, other.factors
    for _, term in terms(one.said.difference):
        if isinstance(term, Map) and term.function == "abs":
            (argument,) = term.arguments
            whole = Factor(argument, one.at)
            apart = [Factor(term, one.at), Factor(apply_map("sign", argument), one.at)]
            first, second = (
                [each for f in case.factors for each in (apart if _same(f, whole) else [f])]
                for case in (one, other)
            )
            yield first, second


def _same(one: Factor, other: Factor) -> bool:
    return one.node.key == other.node.key and one[1:] == other[1:]


def _is_among(factor: Factor, others: Sequence[Factor]) -> bool:
    return any(_same(factor, other) for other in others)


def _holds(factor: Factor, case: Case) -> bool:
    """Whether a factor is a comparison that holds wherever that of a term does."""
    return (
        factor.indices == case.at
        and factor.power == 1
        and is_one(decided(factor.node, (case.said,)))
    )


def _chosen(one: Case, other: Case, first: Node, second: Node) -> Iterator[Node]:
    """One array that is the first where its comparison holds, and elsewhere the second."""
    if first.key == second.key:
        yield first
        return
    yield from extremes(first, second, one.said)
    gain = labelled(difference(first, second))
    if not gain.factors and abs(gain.coefficient) == 1:
        step, mask = gain.coefficient, Factor(one.mask, gain.result)
        yield add(second, product(step, [mask], gain.result, gain.dims))
        yield add(first, product(-step, [mask._replace(node=other.mask)], gain.result, gain.dims))
