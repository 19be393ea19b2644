"""Numbers for the letters of a product, by where they occur alone: equal products, equal keys.

The letters of the result come first, in its order; the letters that are summed follow in an order
that depends on the factors they occur in, not on how they were numbered before.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from dimderiv.graph import ONCE, Factor, Index, Key, digest, is_skew, letters_of
from dimderiv.shapes import Dim


def all_indices(factors: Iterable[Factor]) -> tuple[Index, ...]:
    """The indices of factors, one after the other."""
    return tuple([index for factor in factors for index in factor.indices])


def numbered(
    factors: tuple[Factor, ...], result: tuple[Index, ...]
) -> tuple[tuple[Factor, ...], tuple[Index, ...], list[int]]:
    """The factors and the result with numbered letters, and the letters in their order."""
    found = dict.fromkeys(letters_of(result))
    outer = len(found)
    for factor in factors:
        found.update(dict.fromkeys(letters_of(factor.indices)))
    letters = list(found)
    if len(letters) < outer + 2 and letters == list(range(len(letters))):
        return factors, result, letters
    order, inner = letters[:outer], letters[outer:]
    order += inner if len(inner) < 2 else _by_structure(factors, order, inner)
    place = {letter: k for k, letter in enumerate(order)}
    moved = []
    for node, indices, power in factors:
        places = [renamed(index, place) for index in indices]
        if len(places) == 2 and node.symmetric:
            places.sort(key=reading_order)
        moved.append(Factor(node, tuple(places), power))
    return tuple(moved), tuple([renamed(index, place) for index in result]), order


def product_key(
    coefficient: Fraction,
    factors: tuple[Factor, ...],
    result: tuple[Index, ...],
    dims: Sequence[Dim],
) -> Key:
    """The key of a product with numbered letters, whatever the order of its factors."""
    parts = [
        (node.key, repr(indices), *((1, 1) if power is ONCE else power.as_integer_ratio()))
        for node, indices, power in factors
    ]
    parts.sort()
    # The axis of a merged index fixes only what the sizes of its letters make together.
    seen = set(all_indices(factors))
    sizes = [dim.monomials for letter, dim in enumerate(dims) if letter not in seen]
    ratio = (1, 1) if coefficient is ONCE else coefficient.as_integer_ratio()
    return digest("product", ratio, parts, result, sizes)


def renamed(index: Index, place: Mapping[int, int]) -> Index:
    """An index with other numbers for its letters."""
    if isinstance(index, int):
        return place[index]
    return type(index)(tuple([place[letter] for letter in index.letters]))


def _by_structure(factors: tuple[Factor, ...], order: list[int], inner: list[int]) -> list[int]:
    """Inner letters in an order that depends on where they occur, not on how they were numbered."""
    colour = {letter: k for k, letter in enumerate(order)}
    colour.update(dict.fromkeys(inner, len(order)))
    at: dict[int, list[Factor]] = {letter: [] for letter in inner}
    for factor in factors:
        for letter in set(letters_of(factor.indices)):
            if letter in at:
                at[letter].append(factor)
    while True:
        marks = {i: (colour[i], _surroundings(i, at[i], colour)) for i in inner}
        unlike = set(marks.values())
        if len(unlike) == len(inner):
            return sorted(inner, key=marks.__getitem__)
        kinds = {mark: k for k, mark in enumerate(sorted(unlike))}
        for letter in inner:
            colour[letter] = len(order) + kinds[marks[letter]]
        if len(kinds) == len({mark[0] for mark in marks.values()}):
            first_tied = min(
                (i for i in inner if sum(colour[j] == colour[i] for j in inner) > 1),
                key=colour.__getitem__,
            )
            colour = {i: 2 * c for i, c in colour.items()}
            colour[first_tied] -= 1


def _surroundings(
    letter: int, factors: Iterable[Factor], colour: dict[int, int]
) -> tuple[tuple[Key, str, tuple[int, ...]], ...]:
    """What the factors at a letter are, and the colours of their other letters."""
    found = []
    for node, indices, power in factors:
        around = [-1 if other == letter else colour[other] for other in letters_of(indices)]
        if len(indices) == 2 and (node.symmetric or is_skew(node)):
            around.sort()
        found.append((node.key, "1" if power is ONCE else str(power), tuple(around)))
    found.sort()
    return tuple(found)


def reading_order(index: Index) -> tuple[int, ...]:
    """The letters of an index, to sort by."""
    return (index,) if isinstance(index, int) else index.letters
