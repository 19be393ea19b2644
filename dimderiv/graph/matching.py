"""Factors of one product found among those of another, letter by letter."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dimderiv.graph.nodes import Factor, Index, is_symmetric, letters_of


def uses(index: Index, places: Sequence[Index]) -> int:
    """How many indices have a letter of this one.

    Args:
        index: an index of a product.
        places: indices of the same product.
    """
    letters = set(letters_of((index,)))
    return sum(not letters.isdisjoint(letters_of((place,))) for place in places)


def matches(
    wanted: Sequence[Factor], same: Mapping[Index, Index], factors: Sequence[Factor]
) -> Iterator[tuple[Mapping[Index, Index], tuple[Factor, ...]]]:
    """The ways to find factors of a product among others, with the letter that each letter is.

    Args:
        wanted: the factors that are looked for; each shares a letter with one before it.
        same: what some of their letters are.
        factors: those among which they are looked for.
    """
    if not wanted:
        yield same, ()
        return
    first = next((f for f in wanted if not same.keys().isdisjoint(f.indices)), None)
    if first is None:
        return
    rest = [factor for factor in wanted if factor is not first]
    for factor in factors:
        if factor.node.key != first.node.key or factor.power != first.power:
            continue
        turns = {factor.indices}
        if len(factor.indices) == 2 and is_symmetric(factor.node):
            turns.add(factor.indices[::-1])
        others = [other for other in factors if other is not factor]
        for indices in turns:
            joined = _joined(same, zip(first.indices, indices, strict=True))
            if joined is not None:
                for found, used in matches(rest, joined, others):
                    yield found, (factor, *used)


def _joined(
    same: Mapping[Index, Index], pairs: Iterable[tuple[Index, Index]]
) -> Mapping[Index, Index] | None:
    """The letters with some more of them; nothing where one would be two, or two would be one."""
    joined = dict(same)
    for own, place in pairs:
        if joined.setdefault(own, place) != place:
            return None
    return joined if len(set(joined.values())) == len(joined) else None
