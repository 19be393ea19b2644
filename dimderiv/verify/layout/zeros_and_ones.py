"""Entries that are 0 or 1, with what else is said of them."""

from collections.abc import Callable, Collection, Mapping
from random import Random

from dimderiv.verify.layout.lengths import Size
from dimderiv.verify.layout.tables import places

# Which entries say what the others are.
_UNTIED: Mapping[str, Callable[[int, int], bool]] = {
    "symmetric": lambda i, j: i >= j,
    "diagonal": lambda i, j: i == j,
    "lower": lambda i, j: i >= j,
    "upper": lambda i, j: i <= j,
}


def zeros_and_ones(rng: Random, size: Size, properties: Collection[str]) -> list[int]:
    """As many zeros as ones, or one more of these, among the entries that nothing ties.

    Args:
        rng: the source of chance.
        size: the lengths of the axes.
        properties: what else is said of a matrix.

    Returns:
        The entries, the last axis fastest; a single one is 0 or 1 by chance.
    """
    tests = [_UNTIED[word] for word in properties if word in _UNTIED]
    untied = [place for place in places(size) if all(is_untied(*place) for is_untied in tests)]
    drawn = [k % 2 for k in range(1, len(untied) + 1)]
    if len(drawn) == 1:
        drawn = [rng.randrange(2)]
    rng.shuffle(drawn)
    known = dict(zip(untied, drawn, strict=True))
    if "symmetric" in properties:
        known |= {place[::-1]: entry for place, entry in known.items()}
    return [known.get(place, 0) for place in places(size)]
