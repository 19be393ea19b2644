"""Why factors are arranged as they are, one sentence for each letter of a labelled product.

A letter that two factors share and the result lacks is where they meet; one that the result has too
makes the product elementwise; one that a single factor has is summed; one that only the result has
is repeated.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from dimderiv.explain.record.orders import Chain, Link
from dimderiv.explain.record.recorded import Equation, Field, Sentence, Several
from dimderiv.explain.record.scalar_order import is_identity
from dimderiv.graph import (
    Factor,
    Index,
    LabelledProduct,
    Shifted,
    index_dim,
    is_symmetric,
    letters_of,
    rows_sum_to_one,
)
from dimderiv.language import Shape, Tree

# What is said otherwise where the axes are told by letters, of which there may be several.
OF_LETTERS: Mapping[str, str] = {"repeated": "alone", "summed": "lacked"}


class WrittenFactor(NamedTuple):
    """An array among the factors, how it is written, and its shape."""

    factor: Factor
    tree: Tree
    shape: Shape

    @property
    def indices(self) -> tuple[Index, ...]:
        """One for each axis."""
        return self.factor.indices

    @property
    def letters(self) -> tuple[int, ...]:
        """The letters of the indices."""
        return letters_of(self.factor.indices)

    @property
    def is_symmetric(self) -> bool:
        """Whether it equals its transpose."""
        return is_symmetric(self.factor.node)

    @property
    def has_unit_rows(self) -> bool:
        """Whether its rows sum to 1."""
        return self.factor.power == 1 and rows_sum_to_one(self.factor.node)


class LetteredFactors(NamedTuple):
    """Factors with letters.

    Attributes:
        arrays: the factors that have axes.
        result: the indices of what they come to.
        axes: how each letter is written.
        operand: what the derivative is by.
        has_seed: whether the result has the axes of the value before those of the operand.
    """

    arrays: Sequence[WrittenFactor]
    result: tuple[Index, ...]
    axes: Mapping[int, Tree]
    operand: Tree
    has_seed: bool


# How factors meet along an axis that the operand lacks, and along one of the size of one it has.
APART = ("met", "turned", "both_turned")
ALIKE = ("met_alike", "turned_alike", "both_turned_alike")


def reasons(product: LetteredFactors, right: Chain | None) -> tuple[Sentence, ...]:
    """Why factors are arranged as they are."""
    if right is not None and len(right) > 1:
        return tuple(_of_chain(product, right))
    return tuple(_of_letters(product))


class Placed(NamedTuple):
    """A place that the result has: its letter, those it depends on, and how that is written."""

    letter: int
    others: tuple[int, ...]
    equation: Equation

    @property
    def letters(self) -> tuple[int, ...]:
        """All of them."""
        return (self.letter, *self.others)


def letter_reasons(product: LetteredFactors, placed: Sequence[Placed]) -> Iterator[Sentence]:
    """What becomes of each letter, where factors are not arranged.

    Args:
        product: the factors, with the letters that places depend on.
        placed: the places that the result has; what they depend on is summed for each of them.
    """
    places = {letter for each in placed for letter in each.letters}
    unsaid = {"reversed", "broadcast"} if product.has_seed else {"reversed"}
    found = [each for each in _of_letters(product, places) if each.key not in unsaid]
    for sentence in found:
        yield Sentence(OF_LETTERS.get(sentence.key, sentence.key), sentence.fields)
    summed = [product.axes[i] for each in placed for i in each.others if i not in product.result]
    if placed:
        equal = Several(tuple(each.equation for each in placed))
        fields: dict[str, Field] = {"equal": equal, "axes": Several(tuple(dict.fromkeys(summed)))}
        yield Sentence(
            "placed" if summed else "placed_alone", {"operand": product.operand, **fields}
        )
    told = {tree for each in found if each.key == "broadcast" for tree in _axes(each)}
    kept = [
        axis
        for letter in dict.fromkeys(letters_of(product.result))
        if sum(letter in array.letters for array in product.arrays) == 1
        and (axis := product.axes[letter]) not in told
    ]
    if any(is_identity(array.factor.node) for array in product.arrays):
        yield Sentence("identity", {})
    if kept and len(product.arrays) > 1 and not product.has_seed:
        yield Sentence("kept", {"operand": product.operand, "axes": Several(tuple(kept))})


def _axes(sentence: Sentence) -> tuple[object, ...]:
    """The axes that a sentence speaks of."""
    axes = sentence.fields["axes"]
    return axes.parts if isinstance(axes, Several) else (axes,)


def slid(term: LabelledProduct, arrays: Sequence[WrittenFactor]) -> tuple[Sentence, ...]:
    """Which of two arrays slides over the other in a convolution, in sizes of the first axis.

    Where one is alone, and only its sums count, there is nothing to say.
    """
    shifted = [array for array in arrays if isinstance(array.indices[0], Shifted)]
    plain = [array for array in arrays if array not in shifted]
    if len(arrays) < 2 or not plain:
        return ()
    left, right = shifted[0] if shifted else plain[-1], plain[0]
    firsts = {"first": left.indices[0], "second": right.indices[0], "size": term.result[0]}
    sizes = {key: index_dim(index, term.dims).syntax() for key, index in firsts.items()}
    key = "slid_inside" if shifted else "slid_across"
    return (Sentence(key, {"left": left.tree, "right": right.tree, **sizes}),)


def _of_chain(product: LetteredFactors, chain: Chain) -> Iterator[Sentence]:
    pairs = pairwise(zip(_in_order(product, chain), chain, strict=True))
    for (left, before), (right, after) in pairs:
        shared = set(left.letters) & set(right.letters) - set(letters_of(product.result))
        both: dict[str, Field] = {"left": left.tree, "right": right.tree}
        if not shared:
            yield Sentence("outer", both)
            continue
        axis = product.axes[min(shared)]
        transposed = [
            {"axis": axis, "factor": array.tree, "other": other.tree}
            for array, other, link in ((left, right, before), (right, left, after))
            if link.is_transposed and len(array.indices) == 2
        ]
        # The operand may have an axis of the same size, which is another one.
        is_alike = axis in [product.axes[i] for i in letters_of(product.result)]
        met, turned, both_turned = ALIKE if is_alike else APART
        if len(transposed) == 1:
            yield Sentence(turned, transposed[0])
        else:
            yield Sentence(both_turned if transposed else met, {"axis": axis, **both})


def _in_order(product: LetteredFactors, chain: Chain) -> Sequence[WrittenFactor]:
    """The arrays in the order of the chain; of equal ones, each where it meets its neighbours."""
    has_left, _ = _sides(chain[0])
    first = letters_of(product.result[:1])[0] if product.result and has_left else None
    order = _walked(chain, product.arrays, first)
    return _as_listed(chain, product.arrays) if order is None else order


def _sides(link: Link) -> tuple[bool, bool]:
    """Whether a factor of a chain has an axis on its left, and one on its right."""
    rows, cols = link.facing
    return not rows.is_one, not cols.is_one


def _walked(
    chain: Sequence[Link], arrays: Sequence[WrittenFactor], wanted: int | None
) -> list[WrittenFactor] | None:
    """The arrays in the order of a chain, from the letter that the first of them has on its left.

    Nearly always the letter leaves one choice: so this takes time in proportion, where trying each
    order of equal factors would not.
    """
    if not chain:
        return []
    link, *rest = chain
    for k, array in enumerate(arrays):
        if array.tree != link.tree or array in arrays[:k]:
            continue
        for left, right in _letters_beside(array, link):
            if wanted is None or wanted == left:
                found = _walked(rest, (*arrays[:k], *arrays[k + 1 :]), right)
                if found is not None:
                    return [array, *found]
    return None


def _letters_beside(array: WrittenFactor, link: Link) -> Iterator[tuple[int | None, int | None]]:
    """The letters that an array may have on its left and on its right, in its place in a chain."""
    has_left, has_right = _sides(link)
    match array.letters:
        case (letter,) if has_left != has_right:
            yield (letter, None) if has_left else (None, letter)
        case (first, second) if has_left and has_right:
            yield (second, first) if link.is_transposed else (first, second)
            if array.is_symmetric:
                yield second, first


def _as_listed(chain: Chain, arrays: Sequence[WrittenFactor]) -> list[WrittenFactor]:
    """The arrays in the order of the chain, equal ones as they come."""
    left = list(arrays)
    return [left.pop(next(k for k, a in enumerate(left) if a.tree == x.tree)) for x in chain]


def _of_letters(
    product: LetteredFactors, bound: Collection[int] = frozenset()
) -> Iterator[Sentence]:
    shown = letters_of(product.result)
    used = [letter for array in product.arrays for letter in array.letters]
    groups: dict[tuple[str, tuple[Tree, ...]], list[Tree]] = {}
    for letter in dict.fromkeys([*used, *shown]):
        if letter in bound:
            continue
        holders = [array for array in product.arrays if letter in array.letters]
        key = _key(letter, holders, used.count(letter), shown.count(letter))
        if key == "diagonal" and product.has_seed:
            key = "one_to_one"
        if key is not None:
            trees = tuple(dict.fromkeys(array.tree for array in holders))
            groups.setdefault((key, trees), []).append(product.axes[letter])
    for (key, trees), axes in groups.items():
        everyone = Several(tuple(dict.fromkeys((*trees, product.operand))))
        listed = {"axes": Several(tuple(axes)), "factors": Several(trees), "all": everyone}
        yield Sentence(key, listed)
    if {key for key, _ in groups} == {"elementwise"}:
        yield from _broadcast(product, shown)
    for array in product.arrays if not groups else ():
        if array.indices != product.result and not array.is_symmetric:
            yield Sentence("reversed", {"factor": array.tree})


def _broadcast(product: LetteredFactors, shown: Sequence[int]) -> Iterator[Sentence]:
    """What is repeated along an axis that it lacks and another factor has."""
    for array in product.arrays:
        missing = [product.axes[letter] for letter in shown if letter not in array.letters]
        if missing:
            yield Sentence("broadcast", {"factor": array.tree, "axes": Several(tuple(missing))})


def _key(letter: int, holders: Sequence[WrittenFactor], uses: int, shown: int) -> str | None:
    """Which sentence a letter calls for."""
    if shown > 1:
        return "diagonal"
    if shown and len(holders) > 1:
        return "elementwise"
    if shown:
        return {0: "repeated", 1: None}.get(uses, "own_diagonal")
    if len(holders) > 1:
        return "contracted"
    if uses > 1:
        return "trace"
    return "unit" if holders[0].has_unit_rows and holders[0].indices[-1] == letter else "summed"
