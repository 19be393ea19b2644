"""Partial products that several products need: `E[i,j,k] C[k,r]` serves two gradients of three.

The cheapest order of one product alone may cost more together with others.  So what others need
too costs each of them a part, as long as they are not planned.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import chain, combinations

from dimderiv.graph import Factor, Key, Node, Product, letters_of

# Two factors with numbers for their letters, and which of these stay.
Pair = tuple[tuple[tuple[Key, tuple[int, ...]], ...], tuple[int, ...]]


class Sharing:
    """The pairs of factors that occur in several products.

    Attributes:
        left: the products that have a pair and are not planned.
        pairs: the pairs of each product.
        made: the pairs that are computed.
    """

    def __init__(self) -> None:
        self.left: dict[Pair, set[Key]] = defaultdict(set)
        self.pairs: dict[Key, list[Pair]] = defaultdict(list)
        self.made: set[Pair] = set()

    def note(self, node: Node) -> None:
        """Count the pairs of a product of three arrays or more."""
        for pair in _pairs(node).values() if isinstance(node, Product) else ():
            self.left[pair].add(node.key)
            self.pairs[node.key].append(pair)

    def uses(self, node: Product) -> dict[frozenset[int], int]:
        """How many products need each pair of the factors of one, by their places."""
        pairs = _pairs(node)
        return {places: len(self.left[pair] | {node.key}) for places, pair in pairs.items()}

    def spared(self, node: Product) -> set[frozenset[int]]:
        """The pairs that serve others as well without this product, by their places.

        Each of the others has another pair that is there, or that a third product needs too:
        `E C` serves the gradients by A and B, but so does `E A` those by B and C.
        """
        pairs = _pairs(node)
        return {
            places
            for places, pair in pairs.items()
            if all(self._is_served(each, node.key) for each in self.left[pair] - {node.key})
        }

    def _is_served(self, key: Key, gone: Key) -> bool:
        """Whether a product has a pair that is there or serves another one than what is gone."""
        pairs = self.pairs[key]
        return any(pair in self.made or len(self.left[pair] - {gone}) > 1 for pair in pairs)

    def planned(self, node: Product, made: Collection[frozenset[int]]) -> None:
        """Forget a product that is planned, and remember which of its pairs are computed."""
        for pair in self.pairs.get(node.key, ()):
            self.left[pair].discard(node.key)
        if made:
            self.made.update(pair for places, pair in _pairs(node).items() if places in made)


def _pairs(node: Product) -> dict[frozenset[int], Pair]:
    """The pairs of arrays among the factors of a product, by their places."""
    arrays = [k for k, factor in enumerate(node.factors) if factor.indices]
    if len(arrays) < 3 or any(node.factors[k].power != 1 for k in arrays):
        return {}
    letters = {k: {*letters_of(node.factors[k].indices)} for k in arrays}
    uses = Counter(chain(letters_of(node.result), *letters.values()))
    found = {}
    for one, other in combinations(arrays, 2):
        first, second = letters[one], letters[other]
        needed = {i for i in first | second if uses[i] > (i in first) + (i in second)}
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
