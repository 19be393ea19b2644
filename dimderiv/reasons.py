"""Why factors are arranged as they are, one sentence for each letter of a labelled product.

A letter that two factors share and the result lacks is where they meet; one that all have makes
the product elementwise; one that a single factor has is summed; one that only the result has is
repeated.  A reason is the key of a sentence in `dimderiv/messages` and what fills its fields.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from dimderiv.arrangements import Chain
from dimderiv.graph import Index, letters_of
from dimderiv.language.syntax import Node
from dimderiv.shapes import Shape


@dataclass(frozen=True)
class Equation:
    """Formulas that are equal, from left to right."""

    sides: tuple[Node, ...]


Field: TypeAlias = "Node | Equation | Shape | int | str | tuple[Field, ...]"


@dataclass(frozen=True)
class Reason:
    """A sentence: its key, and the formulas in it."""

    key: str
    fields: Mapping[str, Field]


class Placed(NamedTuple):
    """An array among the factors: how it is written, its indices, and what is known of its rows."""

    tree: Node
    indices: tuple[Index, ...]
    has_unit_rows: bool


class Bag(NamedTuple):
    """Factors with letters.

    Attributes:
        arrays: the factors that have axes.
        result: the indices of what they come to.
        axes: how each letter is written.
        operand: what the derivative is by.
    """

    arrays: tuple[Placed, ...]
    result: tuple[Index, ...]
    axes: Mapping[int, Node]
    operand: Node


def reasons(bag: Bag, chain: Chain | None) -> tuple[Reason, ...]:
    """Why the factors of a bag are arranged as they are.

    Args:
        bag: the factors.
        chain: their arrangement, where it is a plain matrix product.
    """
    if chain is not None and len(chain) > 1:
        return tuple(_of_chain(bag, chain))
    return tuple(_of_letters(bag))


def _holders(bag: Bag, letter: int) -> list[Placed]:
    return [placed for placed in bag.arrays if letter in letters_of(placed.indices)]


def _of_chain(bag: Bag, chain: Chain) -> Iterator[Reason]:
    shown = set(letters_of(bag.result))
    places = _in_order(bag, chain)
    for k in range(len(chain) - 1):
        left, right = places[k], places[k + 1]
        shared = set(letters_of(left.indices)) & set(letters_of(right.indices)) - shown
        letter = _meeting(left, right, chain[k].turned, chain[k + 1].turned, shared)
        if letter is None:
            yield Reason("outer", {"left": left.tree, "right": right.tree, "operand": bag.operand})
            continue
        turned = [
            placed.tree
            for placed, link in ((left, chain[k]), (right, chain[k + 1]))
            if link.turned and len(placed.indices) == 2
        ]
        fields: dict[str, Field] = {
            "axis": bag.axes[letter],
            "left": left.tree,
            "right": right.tree,
            "operand": bag.operand,
        }
        if len(turned) == 1:
            fields["other"] = right.tree if turned[0] == left.tree else left.tree
            yield Reason("turned", fields | {"factor": turned[0]})
        else:
            yield Reason("both_turned" if turned else "met", fields)


def _in_order(bag: Bag, chain: Chain) -> list[Placed]:
    left, places = list(bag.arrays), []
    for link in chain:
        placed = next(placed for placed in left if placed.tree == link.tree)
        left.remove(placed)
        places.append(placed)
    return places


def _meeting(
    left: Placed, right: Placed, left_turned: bool, right_turned: bool, shared: set[int]
) -> int | None:
    """The letter along which two neighbours meet."""
    last = left.indices[0 if left_turned else -1]
    first = right.indices[-1 if right_turned else 0]
    if isinstance(last, int) and last == first and last in shared:
        return last
    return next(iter(shared), None)


def _of_letters(bag: Bag) -> Iterator[Reason]:
    shown = list(letters_of(bag.result))
    used = [i for placed in bag.arrays for i in letters_of(placed.indices)]
    groups: dict[tuple[str, tuple[Node, ...]], list[Node]] = {}
    for letter in dict.fromkeys([*used, *shown]):
        holders = _holders(bag, letter)
        key = _key(letter, holders, used.count(letter), shown.count(letter), bag)
        if key is not None:
            trees = tuple(dict.fromkeys(placed.tree for placed in holders))
            groups.setdefault((key, trees), []).append(bag.axes[letter])
    for (key, trees), axes in groups.items():
        yield Reason(key, {"axes": tuple(axes), "factors": trees, "operand": bag.operand})
    if not groups and len(bag.arrays) == 1 and bag.arrays[0].indices != bag.result:
        yield Reason("reversed", {"factor": bag.arrays[0].tree, "operand": bag.operand})


def _key(letter: int, holders: Sequence[Placed], uses: int, shown: int, bag: Bag) -> str | None:
    if shown > 1:
        return "diagonal" if holders else "identity"
    if shown:
        if uses == 0:
            return "repeated"
        if len(holders) > 1:
            return "elementwise"
        return "own_diagonal" if uses > 1 else None
    if len(holders) > 1:
        return "contracted"
    if uses > 1:
        return "trace"
    return "unit" if holders[0].has_unit_rows and holders[0].indices[-1] == letter else "summed"
