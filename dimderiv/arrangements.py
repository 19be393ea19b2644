"""Orders and transposes of factors, and which of them conform by their shapes alone.

Goes in: factors with their shapes, in the order in which a scalar derivative would have them.
Comes out: where that order breaks, and how many of all orders and transposes do not.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import factorial, prod
from typing import NamedTuple

from dimderiv.language.syntax import Binary, Group, Negative, Node, Number, Transpose
from dimderiv.shapes import Shape

MOST_FACTORS = 5


class Link(NamedTuple):
    """One factor of a matrix product: how it is written, its shape as it stands, how it is used."""

    tree: Node
    shape: Shape
    symmetric: bool = False
    turned: bool = False

    @property
    def facing(self) -> Shape:
        """The shape that the neighbours meet."""
        return self.shape.transposed if self.turned else self.shape

    @property
    def written(self) -> Node:
        """The factor as it is used."""
        if not self.turned:
            return self.tree
        return self.tree.operand if isinstance(self.tree, Transpose) else Transpose(self.tree)


Chain = tuple[Link, ...]


class Mismatch(NamedTuple):
    """Two neighbours whose shapes do not meet."""

    left: Shape
    right: Shape


@dataclass(frozen=True)
class Count:
    """How many orders and transposes of some factors have a given shape.

    Attributes:
        total: how many there are.
        conforming: how many of them conform and have the shape.
        others: some that do, other than the one that is right.
    """

    total: int
    conforming: int
    others: tuple[Node, ...]


def mismatch(links: Sequence[Link]) -> Mismatch | None:
    """The first pair of neighbours that does not conform, if there is one."""
    for left, right in pairwise(links):
        if left.facing.cols != right.facing.rows:
            return Mismatch(left.facing, right.facing)
    return None


def product_shape(links: Sequence[Link]) -> Shape:
    """The shape of a product that conforms."""
    return Shape(links[0].facing.rows, links[-1].facing.cols)


def count(links: Sequence[Link], target: Shape, right: Chain | None) -> Count | None:
    """How many orders and transposes conform by shape alone.

    Equal factors are not told apart, and a symmetric one is not counted twice.

    Args:
        links: the factors, at least two.
        target: the shape that the product must have.
        right: the arrangement that is right, where it is one of these.

    Returns:
        The count; nothing where there are too many factors to try.
    """
    if not 2 <= len(links) <= MOST_FACTORS:
        return None
    equal = [sum(other.tree == link.tree for other in links[:k]) + 1 for k, link in enumerate(links)]
    total = factorial(len(links)) // prod(equal) * prod(1 if x.symmetric else 2 for x in links)
    found = [chain for chain in _chains(tuple(links)) if product_shape(chain) == target]
    others = [chain for chain in found if chain != right]
    return Count(total, len(found), tuple(_juxtaposed(chain) for chain in others[:2]))


def _chains(left: Chain, so_far: Chain = ()) -> Iterator[Chain]:
    """Every order and choice of transposes in which neighbours conform."""
    if not left:
        yield so_far
        return
    for k, link in enumerate(left):
        if link in left[:k]:
            continue
        for turned in (False,) if link.symmetric else (False, True):
            used = link._replace(turned=turned)
            if not so_far or so_far[-1].facing.cols == used.facing.rows:
                yield from _chains((*left[:k], *left[k + 1 :]), (*so_far, used))


def _juxtaposed(chain: Chain) -> Node:
    tree = chain[0].written
    for link in chain[1:]:
        tree = Binary("*", tree, link.written)
    return tree


def as_chain(tree: Node, links: Sequence[Link], scalars: Collection[Node] = ()) -> Chain | None:
    """The factors of a tree in order, where it is a plain product of just these factors.

    Args:
        tree: an arrangement; numbers in it are passed over.
        links: the factors that it is made of.
        scalars: other factors that are passed over.
    """
    left, chain = list(links), []
    for factor in _factors(tree):
        link = next((x for x in left if _is_use(factor, x)), None)
        if link is not None:
            left.remove(link)
            turned = factor != link.tree and not link.symmetric
            chain.append(link._replace(turned=turned))
        elif not isinstance(factor, Number) and factor not in scalars:
            return None
    return None if left or mismatch(chain) else tuple(chain)


def _is_use(factor: Node, link: Link) -> bool:
    return factor in (link.tree, link._replace(turned=True).written)


def _factors(tree: Node) -> list[Node]:
    """The factors of a product of arrays; a scalar below a line is left out."""
    match tree:
        case Binary("*", left, right):
            return [*_factors(left), *_factors(right)]
        case Binary("/", over, _) | Negative(over) | Group(over):
            return _factors(over)
        case Binary("^", base, Number(value)) if value.denominator == 1 and value > 0:
            return [base] * int(value)
        case _:
            return [tree]
