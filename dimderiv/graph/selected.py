"""Selections that meet on an axis: a slice of a slice is one, and a slice of a block is the block.

`X[a] S[a,i]` takes places of an axis, and `X[i] S[a,i]` puts an array there among zeros.  Where
both meet, `X[i] S[a,i] S[a,j]`, what is taken is what was put there, a part of it, or nothing.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dimderiv.graph.letters import are_letters
from dimderiv.graph.matching import uses
from dimderiv.graph.nodes import (
    ONCE,
    Factor,
    Index,
    Merged,
    Node,
    Product,
    Selection,
    Shifted,
    Sum,
    are_ordinary,
    is_never_negative,
    letters_of,
    selection,
)
from dimderiv.graph.numbering import all_indices
from dimderiv.language import NOTHING, ONE, Dim


class Meeting(NamedTuple):
    """Selections among factors, and what they are together.

    Attributes:
        gone: the selections.
        new: what takes their place; nothing where they are ones.
        ends: two indices that become one; none where the letters stay as they are.
        spent: a letter that is summed with them.
    """

    gone: tuple[Factor, ...]
    new: Factor | None = None
    ends: tuple[Index, Index] | None = None
    spent: Index | None = None


def meetings(
    factors: Sequence[Factor], result: Sequence[Index], dims: Sequence[Dim]
) -> Iterator[Meeting]:
    """The ways to have fewer selections in a product, or plainer ones.

    Args:
        factors: of the product.
        result: its indices.
        dims: the size of each letter.
    """
    chosen = _selections(factors)
    places = [*all_indices(factors), *result] if chosen else []
    yield from (_solved(factor, dims) for factor in factors if _slides(factor))
    for k, (factor, node) in enumerate(chosen):
        place, *letters = factor.indices
        if _is_whole(node):
            yield Meeting((factor,), ends=(place, letters[0]))
        if uses(place, places) == 1 and is_within(node):
            yield Meeting((factor,), spent=place)
        met = [(other, inner) for other, inner in chosen if other is not factor]
        for other, inner in met if uses(place, places) == 2 and is_within(node) else ():
            if _is_single(inner) and place == other.indices[1]:
                yield _of_selected((other, inner), (factor, node))
        for other, inner in chosen[k + 1 :]:
            if other.indices[0] != place:
                continue
            if inner.key == node.key and _is_single(node):
                yield Meeting((factor,), ends=(letters[0], other.indices[1]))
            if uses(place, places) == 2:
                yield from _composed((factor, node), (other, inner))


def takes_nothing(factors: Sequence[Factor]) -> bool:
    """Whether the places that are taken lie outside of an axis, or are never the same ones.

    Args:
        factors: of a product.
    """
    chosen = _selections(factors)
    return any(
        _are_apart(_ends(node), (NOTHING, node.axes[0] - ONE))
        or any(
            factor.indices[0] == other.indices[0] and _are_apart(_ends(node), _ends(inner))
            for other, inner in chosen[k + 1 :]
        )
        for k, (factor, node) in enumerate(chosen)
    )


def laps_over(node: Node) -> bool:
    """Whether a product, or one in a sum, takes some of the places that it takes elsewhere."""
    if isinstance(node, Sum):
        return any(laps_over(term) for _, term in node.terms)
    factors = node.factors if isinstance(node, Product) else ()
    places = [factor.indices[0] for factor, inner in _selections(factors) if _is_single(inner)]
    return len({*places}) < len(places)


def is_within(node: Selection) -> bool:
    """Whether every place that is taken is known to lie on the axis."""
    first, last = _ends(node)
    return is_never_negative(first) and is_never_negative(node.axes[0] - ONE - last)


def _selections(factors: Sequence[Factor]) -> list[tuple[Factor, Selection]]:
    if are_ordinary(factors):
        return []
    return [
        (factor, factor.node)
        for factor in factors
        if isinstance(factor.node, Selection) and factor.power > 0 and are_letters(factor.indices)
    ]


def _slides(factor: Factor) -> bool:
    """Whether a place that is selected, or what selects it, is a sum of letters."""
    kinds = {*map(type, factor.indices)}
    return isinstance(factor.node, Selection) and Shifted in kinds and Merged not in kinds


def _solved(factor: Factor, dims: Sequence[Dim]) -> Meeting:
    """A selection at a sum of letters as one at a letter: `i = o + k - 1` for `o + k = i + 1`."""
    node, (place, *inner) = factor.node, factor.indices
    assert isinstance(node, Selection)
    letters = [letter for index in inner for letter in letters_of((index,))]
    pairs = zip(node.steps, inner, strict=True)
    steps = [step for step, index in pairs for _ in letters_of((index,))]
    first, *others = letters_of((place,))
    offset = node.offset
    if others and steps == [1]:
        first, letters, steps = letters[0], [first, *others], [1, *(1 for _ in others)]
        offset = NOTHING - offset
    else:
        letters, steps = [*letters, *others], [*steps, *(-1 for _ in others)]
    axes = tuple([dims[letter] for letter in (first, *letters)])
    return Meeting((factor,), Factor(selection(axes, tuple(steps), offset), (first, *letters)))


def _is_single(node: Selection) -> bool:
    return len(node.steps) == 1


def _is_whole(node: Selection) -> bool:
    """Whether the places are those of the axis, each once and in order."""
    return node.steps == (1,) and node.offset == NOTHING and node.axes[0] == node.axes[1]


def _ends(node: Selection) -> tuple[Dim, Dim]:
    """The first and the last place."""
    first = last = node.offset
    for step, size in zip(node.steps, node.axes[1:], strict=True):
        reach = Dim.of(step) * (size - ONE)
        first, last = (first, last + reach) if step > 0 else (first + reach, last)
    return first, last


def _are_apart(one: tuple[Dim, Dim], other: tuple[Dim, Dim]) -> bool:
    return any(is_never_negative(a[0] - b[1] - ONE) for a, b in ((one, other), (other, one)))


def _of_selected(one: tuple[Factor, Selection], other: tuple[Factor, Selection]) -> Meeting:
    """What is taken of places that are taken of an axis: a slice of a slice."""
    (outer, whole), (inner, node) = one, other
    steps = tuple([whole.steps[0] * step for step in node.steps])
    offset = whole.offset + Dim.of(whole.steps[0]) * node.offset
    new = selection((whole.axes[0], *node.axes[1:]), steps, offset)
    indices = (outer.indices[0], *inner.indices[1:])
    return Meeting((outer, inner), Factor(new, indices), spent=inner.indices[0])


def _composed(one: tuple[Factor, Selection], other: tuple[Factor, Selection]) -> Iterator[Meeting]:
    """What is taken of neighbouring places, counted from the first of them."""
    for (factor, node), (near, inner) in ((one, other), (other, one)):
        if inner.steps == (1,) and is_within(inner):
            axes = (inner.axes[1], *node.axes[1:])
            new = selection(axes, node.steps, node.offset - inner.offset)
            # What only laps over would be cut off where nothing says so: `x[i-1]` for `[0; x]`.
            if _is_single(new) and not is_within(new):
                continue
            indices = (near.indices[1], *factor.indices[1:])
            yield Meeting((factor, near), Factor(new, indices, ONCE), spent=near.indices[0])
