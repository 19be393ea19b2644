"""Partial products that several products need: `E[i,j,k] C[k,r]` serves two gradients of three.

The cheapest order of one product alone may cost more together with others.  So what others need
too costs each of them a part, as long as they are not planned.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from dimderiv.graph import Factor, Key, Node, Product, letters_of

# Two factors with numbers for their letters, and which of these stay.
Pair = tuple[tuple[tuple[Key, tuple[int, ...]], ...], tuple[int, ...]]


class Sharing:
    """The pairs of factors that occur in several products.

    Attributes:
        left: the products that have a pair and are not planned.
    """

    def __init__(self) -> None:
        self.left: dict[Pair, set[Key]] = defaultdict(set)

    def note(self, node: Node) -> None:
        """Count the pairs of a product of three arrays or more."""
        for pair in _pairs(node).values() if isinstance(node, Product) else ():
            self.left[pair].add(node.key)

    def uses(self, node: Product) -> dict[frozenset[int], int]:
        """How many products need each pair of the factors of one, by their places."""
        pairs = _pairs(node)
        return {places: len(self.left[pair] | {node.key}) for places, pair in pairs.items()}

    def planned(self, node: Product) -> None:
        """Forget a product that is planned."""
        for pair in _pairs(node).values():
            self.left[pair].discard(node.key)


def _pairs(node: Product) -> dict[frozenset[int], Pair]:
    """The pairs of arrays among the factors of a product, by their places."""
    arrays = [k for k, factor in enumerate(node.factors) if factor.indices]
    if len(arrays) < 3 or any(node.factors[k].power != 1 for k in arrays):
        return {}
    found = {}
    for one, other in combinations(arrays, 2):
        rest = [node.factors[k] for k in arrays if k not in (one, other)]
        needed = {*letters_of(node.result), *_letters(rest)}
        found[frozenset([one, other])] = _pair([node.factors[one], node.factors[other]], needed)
    return found


def _pair(factors: Sequence[Factor], needed: set[int]) -> Pair:
    ordered = sorted(factors, key=lambda factor: factor.node.key)
    place = {i: k for k, i in enumerate(dict.fromkeys(_letters(ordered)))}
    shown = tuple(
        (factor.node.key, tuple(place[i] for i in letters_of(factor.indices))) for factor in ordered
    )
    return shown, tuple(k for i, k in place.items() if i in needed)


def _letters(factors: Iterable[Factor]) -> list[int]:
    return [letter for factor in factors for letter in letters_of(factor.indices)]
