"""Why factors are arranged as they are, one sentence for each letter of a labelled product.

A letter that two factors share and the result lacks is where they meet; one that the result has too
makes the product elementwise; one that a single factor has is summed; one that only the result has
is repeated.  A reason is the key of a sentence in `dimderiv/messages` and what fills its fields.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from dimderiv.explain.record.orders import Chain, Link
from dimderiv.graph import Index, letters_of
from dimderiv.language import Dim, Node


@dataclass(frozen=True)
class Equation:
    """Formulas that are equal, from left to right."""

    sides: tuple[Node, ...]


@dataclass(frozen=True)
class Several:
    """Formulas that are listed, with a word before the last."""

    parts: tuple[Node | Equation, ...]


Field: TypeAlias = Node | Equation | Several


@dataclass(frozen=True)
class Reason:
    """A sentence: its key, and what fills its fields."""

    key: str
    fields: Mapping[str, Field]


class Placed(NamedTuple):
    """An array among the factors.

    Attributes:
        tree: how it is written.
        indices: one for each axis.
        has_unit_rows: whether its rows sum to 1.
        is_symmetric: whether it equals its transpose.
    """

    tree: Node
    indices: tuple[Index, ...]
    has_unit_rows: bool
    is_symmetric: bool


class Bag(NamedTuple):
    """Factors with letters.

    Attributes:
        arrays: the factors that have axes.
        result: the indices of what they come to.
        axes: how each letter is written.
        operand: what the derivative is by.
        has_seed: whether the result has the axes of the value before those of the operand.
    """

    arrays: tuple[Placed, ...]
    result: tuple[Index, ...]
    axes: Mapping[int, Node]
    operand: Node
    has_seed: bool


def reasons(bag: Bag, right: Chain | None) -> tuple[Reason, ...]:
    """Why the factors of a bag are arranged as they are."""
    if right is not None and len(right) > 1:
        return tuple(_of_chain(bag, right))
    return tuple(_of_letters(bag))


def _of_chain(bag: Bag, chain: Chain) -> Iterator[Reason]:
    places = _in_order(bag, chain)
    for k in range(len(chain) - 1):
        left, right = places[k], places[k + 1]
        letter = _meeting(left, right, set(letters_of(bag.result)))
        if letter is None:
            yield Reason("outer", {"left": left.tree, "right": right.tree, "operand": bag.operand})
            continue
        fields: dict[str, Field] = {"axis": bag.axes[letter], "operand": bag.operand}
        turned = [
            (placed.tree, other.tree)
            for placed, other, link in ((left, right, chain[k]), (right, left, chain[k + 1]))
            if link.is_turned and len(placed.indices) == 2
        ]
        if len(turned) == 1:
            yield Reason("turned", fields | {"factor": turned[0][0], "other": turned[0][1]})
        else:
            fields |= {"left": left.tree, "right": right.tree}
            yield Reason("both_turned" if turned else "met", fields)


def _in_order(bag: Bag, chain: Chain) -> tuple[Placed, ...]:
    """The arrays in the order of the chain; of equal ones, each where it meets its neighbours."""
    first = letters_of(bag.result[:1])[0] if bag.result and _ends(chain[0]).left else None
    order = _walked(chain, bag.arrays, first)
    return tuple(_as_listed(chain, bag.arrays) if order is None else order)


class _Ends(NamedTuple):
    """Whether a factor of a chain has an axis on its left, and one on its right."""

    left: bool
    right: bool


def _ends(link: Link) -> _Ends:
    rows, cols = link.facing
    return _Ends(not rows.is_one, not cols.is_one)


def _walked(
    chain: Sequence[Link], arrays: Sequence[Placed], wanted: int | None
) -> list[Placed] | None:
    """The arrays in the order of a chain, from the letter that the first of them has on its left.

    Nearly always the letter leaves one choice: so this takes time in proportion, where trying each
    order of equal factors would not.
    """
    if not chain:
        return []
    link, *rest = chain
    for k, placed in enumerate(arrays):
        if placed.tree != link.tree or placed in arrays[:k]:
            continue
        for left, right in _letters_beside(placed, link):
            if wanted is None or wanted == left:
                others = (*arrays[:k], *arrays[k + 1 :])
                found = _walked(rest, others, right)
                if found is not None:
                    return [placed, *found]
    return None


def _letters_beside(placed: Placed, link: Link) -> Iterator[tuple[int | None, int | None]]:
    """The letters that an array may have on its left and on its right, in its place in a chain."""
    letters = letters_of(placed.indices)
    has_left, has_right = _ends(link)
    if len(letters) == 1 and has_left != has_right:
        yield (letters[0], None) if has_left else (None, letters[0])
    elif len(letters) == 2 and has_left and has_right:
        straight, turned = (letters[0], letters[1]), (letters[1], letters[0])
        yield turned if link.is_turned else straight
        if placed.is_symmetric:
            yield turned


def _as_listed(chain: Chain, arrays: Sequence[Placed]) -> list[Placed]:
    """The arrays in the order of the chain, equal ones as they come."""
    left = list(arrays)
    return [left.pop(next(k for k, p in enumerate(left) if p.tree == x.tree)) for x in chain]


def slid(arrays: Sequence[tuple[Node, Dim, bool]], operand: Node, size: Dim) -> Reason:
    """Which of two arrays slides over the other in a convolution, in sizes of the first axis."""
    shifted = [(tree, dim) for tree, dim, is_shifted in arrays if is_shifted]
    plain = [(tree, dim) for tree, dim, is_shifted in arrays if not is_shifted]
    if shifted:
        (left, first), (right, second) = shifted[0], plain[0]
        key = "slid_inside"
    else:
        (left, first), (right, second) = plain[-1], plain[0]
        key = "slid_across"
    fields: dict[str, Field] = {"left": left, "right": right, "operand": operand}
    sizes = {"first": first.syntax(), "second": second.syntax(), "size": size.syntax()}
    return Reason(key, {**fields, **sizes})


def _meeting(left: Placed, right: Placed, shown: set[int]) -> int | None:
    """The letter along which two neighbours meet."""
    shared = set(letters_of(left.indices)) & set(letters_of(right.indices)) - shown
    return min(shared, default=None)


def _of_letters(bag: Bag) -> Iterator[Reason]:
    shown = list(letters_of(bag.result))
    used = [letter for placed in bag.arrays for letter in letters_of(placed.indices)]
    groups: dict[tuple[str, tuple[Node, ...]], list[Node]] = {}
    for letter in dict.fromkeys([*used, *shown]):
        holders = [placed for placed in bag.arrays if letter in letters_of(placed.indices)]
        key = _key(letter, holders, used.count(letter), shown.count(letter))
        if key == "diagonal" and bag.has_seed:
            key = "one_to_one"
        if key is not None:
            trees = tuple(dict.fromkeys(placed.tree for placed in holders))
            groups.setdefault((key, trees), []).append(bag.axes[letter])
    for (key, trees), axes in groups.items():
        everyone = tuple(dict.fromkeys((*trees, bag.operand)))
        yield Reason(
            key,
            {
                "axes": Several(tuple(axes)),
                "factors": Several(trees),
                "all": Several(everyone),
                "operand": bag.operand,
            },
        )
    keys = {key for key, _ in groups}
    if keys == {"elementwise"}:
        yield from _broadcast(bag, shown)
    for placed in bag.arrays if not groups else ():
        if placed.indices != bag.result and not placed.is_symmetric:
            yield Reason("reversed", {"factor": placed.tree, "operand": bag.operand})


def _broadcast(bag: Bag, shown: Sequence[int]) -> Iterator[Reason]:
    """What is repeated along an axis that it lacks and another factor has."""
    for placed in bag.arrays:
        missing = [letter for letter in shown if letter not in letters_of(placed.indices)]
        if missing:
            axes = Several(tuple(bag.axes[letter] for letter in missing))
            yield Reason("broadcast", {"factor": placed.tree, "axes": axes})


def _key(letter: int, holders: Sequence[Placed], uses: int, shown: int) -> str | None:
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
