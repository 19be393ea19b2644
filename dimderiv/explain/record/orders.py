"""Orders and transposes of factors, and which of them conform by their shapes alone.

Goes in: factors with their shapes, in the order in which a scalar derivative would have them.
Comes out: where that order breaks, and how many of all orders and transposes do not.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import partial, reduce
from itertools import pairwise
from math import factorial, prod
from typing import NamedTuple

from dimderiv.language import Binary, Group, Negative, Number, Shape, Transpose, Tree, frozen

MOST_FACTORS = 5


class Link(NamedTuple):
    """One factor of a matrix product: how it is written, its shape, whether it is transposed."""

    tree: Tree
    shape: Shape
    is_symmetric: bool = False
    is_transposed: bool = False

    @property
    def facing(self) -> Shape:
        """The shape that the neighbours meet."""
        return self.shape.transposed if self.is_transposed else self.shape

    @property
    def written(self) -> Tree:
        """The factor as it is used."""
        if not self.is_transposed:
            return self.tree
        return self.tree.operand if isinstance(self.tree, Transpose) else Transpose(self.tree)


Chain = tuple[Link, ...]


class Count(NamedTuple):
    """How many orders and transposes of some factors conform and have a given shape.

    Attributes:
        total: how many there are.
        conforming: how many of them do.
        other: one that does, other than the one that is right.
    """

    total: int
    conforming: int
    other: Tree | None


@frozen.record
class Order:
    """What the shapes of some factors say about the order in which to multiply them.

    Attributes:
        mismatch: the shapes of two neighbours that do not meet in the scalar order.
        as_is: the shape of the scalar order, where it conforms.
        right: the right arrangement, where it is a plain product of the factors.
        count: how many arrangements conform.
    """

    mismatch: tuple[Shape, Shape] | None = None
    as_is: Shape | None = None
    right: Chain | None = None
    count: Count | None = None

    @property
    def is_told_by_shapes(self) -> bool:
        """Whether the shapes alone say which arrangement is right, without the entries."""
        if self.right is None:
            return False
        return self.count is None or self.count.conforming == 1 < self.count.total

    @staticmethod
    def of(links: Sequence[Link], target: Shape, right: Chain | None) -> "Order":
        """The order of factors, of which there is at least one.

        Args:
            links: the factors in scalar order.
            target: the shape that the product must have.
            right: the right arrangement, where it is a plain product of the factors.
        """
        misfit = _mismatch(links)
        as_is = _shape_of(links) if misfit is None else None
        return Order(misfit, as_is, right, _count(links, target, right))

    @property
    def is_right_as_is(self) -> bool:
        """Whether the scalar order is the right arrangement."""
        return (
            self.right is not None
            and self.as_is is not None
            and not any(link.is_transposed for link in self.right)
        )


def _mismatch(links: Sequence[Link]) -> tuple[Shape, Shape] | None:
    pairs = pairwise([link.facing for link in links])
    return next(((left, right) for left, right in pairs if left.cols != right.rows), None)


def _count(links: Sequence[Link], target: Shape, right: Chain | None) -> Count | None:
    """How many conform; equal factors are not told apart, symmetric ones not counted twice."""
    if not 2 <= len(links) <= MOST_FACTORS:
        return None
    repeats = [sum(x.tree == link.tree for x in links[: k + 1]) for k, link in enumerate(links)]
    orders = factorial(len(links)) // prod(repeats)
    transposes = prod(1 if link.is_symmetric else 2 for link in links)
    found = [chain for chain in _chains(tuple(links)) if _shape_of(chain) == target]
    other = next((chain for chain in found if chain != right), None)
    factors = [link.written for link in other or ()]
    tree = reduce(partial(Binary, "*"), factors) if factors else None
    return Count(orders * transposes, len(found), tree)


def _shape_of(chain: Sequence[Link]) -> Shape:
    return Shape(chain[0].facing.rows, chain[-1].facing.cols)


def _chains(left: Chain, so_far: Chain = ()) -> Iterator[Chain]:
    """Every order and choice of transposes in which neighbours conform."""
    if not left:
        yield so_far
        return
    for k, link in enumerate(left):
        if link in left[:k]:
            continue
        for is_transposed in (False,) if link.is_symmetric else (False, True):
            used = link._replace(is_transposed=is_transposed)
            if not so_far or so_far[-1].facing.cols == used.facing.rows:
                yield from _chains((*left[:k], *left[k + 1 :]), (*so_far, used))


def as_chain(tree: Tree, links: Sequence[Link], scalars: Collection[Tree] = ()) -> Chain | None:
    """The factors of a tree in order, where it is a plain product of just these factors."""
    left, chain = list(links), []
    for factor in _factors(tree):
        link = next((x for x in left if factor in (x.tree, _transposed(x).written)), None)
        if link is not None:
            left.remove(link)
            chain.append(link if factor == link.tree or link.is_symmetric else _transposed(link))
        elif not isinstance(factor, Number) and factor not in scalars:
            return None
    return None if left or not chain or _mismatch(chain) else tuple(chain)


def _transposed(link: Link) -> Link:
    return link._replace(is_transposed=True)


def _factors(tree: Tree) -> list[Tree]:
    """The factors of a product; what is below a line is a scalar and left out."""
    match tree:
        case Binary("*", left, right):
            return [*_factors(left), *_factors(right)]
        case Binary("/", over, _) | Negative(over) | Group(over):
            return _factors(over)
        case Binary("^", base, Number(value)) if value.denominator == 1 and value > 0:
            return [base] * int(value)
        case _:
            return [tree]
