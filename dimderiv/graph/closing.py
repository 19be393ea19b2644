"""Powers of a product, and the same product with its factors open: `A x` beside `1 / (A x)`.

A product with a letter that is summed inside cannot be opened where it is raised to a power.  Its
factors may stand beside it all the same, and then are one more of the same power.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dimderiv.graph.letters import are_letters
from dimderiv.graph.matching import matches, uses
from dimderiv.graph.nodes import ONCE, Factor, Index, Product
from dimderiv.graph.numbering import all_indices


class OpenMatch(NamedTuple):
    """The factors of a product beside a power of that product, and the letters summed in them."""

    closed: Factor
    used: tuple[Factor, ...]
    inner: tuple[Index, ...]


def is_power(factor: Factor) -> bool:
    """Whether a factor is a power of a product with axes.

    Args:
        factor: of a product.
    """
    return factor.power is not ONCE and bool(factor.indices) and isinstance(factor.node, Product)


def open_beside(factors: Sequence[Factor], result: Sequence[Index]) -> Iterator[OpenMatch]:
    """Where the factors of a product stand beside a power of it.

    Args:
        factors: of a product.
        result: its indices.
    """
    places = [*all_indices(factors), *result]
    for closed in filter(is_power, factors):
        node = closed.node
        assert isinstance(node, Product)
        if node.coefficient != 1 or not are_letters((*node.result, *all_indices(node.factors))):
            continue
        outer = dict(zip(node.result, closed.indices, strict=True))
        if len(set(outer.values())) < len(node.result) or not are_letters(closed.indices):
            continue
        for same, used in matches(node.factors, outer, [f for f in factors if f is not closed]):
            inner = {own: place for own, place in same.items() if own not in outer}
            own_places = all_indices(node.factors)
            if all(uses(place, places) == uses(own, own_places) for own, place in inner.items()):
                yield OpenMatch(closed, used, tuple(inner.values()))
