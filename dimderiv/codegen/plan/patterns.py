"""What the planner looks for in a node."""

from collections.abc import Sequence
from fractions import Fraction

from dimderiv.graph import (
    Factor,
    Function,
    Index,
    Key,
    Named,
    Node,
    Product,
    Shifted,
    Sum,
    letters_of,
    product,
    total,
    transposed,
)

MOST_TERMS = 4
MOST_OPENED = 4


def unnamed(node: Node) -> Node:
    """The value of a named intermediate, or the node itself."""
    while isinstance(node, Named):
        node = node.value
    return node


def is_one(node: Node) -> bool:
    """Whether every entry is 1."""
    if not isinstance(node, Product) or node.factors or node.coefficient != 1:
        return False
    return len(set(node.result)) == len(node.result)


def turned(node: Node) -> Node:
    """The transpose of a node as its parts would make it."""
    if isinstance(node, Sum):
        return total([(c, turned(term)) for c, term in node.terms], node.axes[::-1])
    return transposed(node)


def serves_less(term: tuple[Fraction, Node]) -> tuple[bool, bool]:
    """The order of terms: an inverse by itself can serve all others, a matrix its own sums."""
    node = term[1]
    is_inverse = isinstance(node, Function) and node.function == "inv"
    return not is_inverse, is_flat(node)


def is_flat(node: Node) -> bool:
    """Whether an array is constant along an axis, such as a column of ones times a row."""
    if not isinstance(node, Product):
        return False
    held = {letter for f in node.factors for letter in letters_of(f.indices)}
    return not {*letters_of(node.result)} <= held


def opposite(node: Node) -> Node | None:
    """Minus a short sum as it would be written: `Y - X` for `X - Y`."""
    if not isinstance(node, Sum) or len(node.terms) > MOST_TERMS:
        return None
    terms = sorted([(-c, term) for c, term in node.terms], key=lambda term: term[0] < 0)
    return total(terms, node.axes) if terms and terms[0][0] > 0 > terms[-1][0] else None


def parts_of(node: Node) -> frozenset[Key]:
    """What a node and its transpose are both made of, by which one may be told from others."""
    terms = [term for _, term in node.terms] if isinstance(node, Sum) else [node]
    keys: list[Key] = []
    for term in terms:
        if isinstance(term, Product):
            keys += [factor.node.key for factor in term.factors]
        else:
            keys.append(term.key)
    return frozenset(keys)


def is_scattered(node: Node) -> bool:
    """Whether a term has entries on a diagonal only."""
    if not isinstance(node, Product):
        return False
    letters = letters_of(node.result)
    return len(set(letters)) < len(letters) and all(isinstance(i, int) for i in node.result)


def sum_to_open(node: Product) -> int | None:
    """The place of a matrix that is a short sum and is multiplied by a matrix, or scaled."""
    for place, factor in enumerate(node.factors):
        inner = unnamed(factor.node)
        if not isinstance(inner, Sum) or factor.power != 1 or len(inner.terms) > MOST_TERMS:
            continue
        if [f.node.key for f in node.factors].count(factor.node.key) > 1:
            continue  # `(x - m)' (x - m)` opened loses all digits where x is near m
        summed = {*letters_of(factor.indices)} - {*letters_of(node.result)}
        others = [f for k, f in enumerate(node.factors) if k != place]
        meets = any(summed & {*letters_of(f.indices)} for f in others)
        is_scaled = node.coefficient != 1 or others
        is_alone = is_scaled and not any(f.indices for f in others)
        if len(factor.indices) == 2 and (meets or is_alone):
            return place
    return None


def without_cancelling(node: Product) -> Node | None:
    """A sum over an axis of which one term remains, since the others are of centred arrays.

    Where two terms remain, none is taken apart: their difference may be small beside them.
    """
    for _ in range(MOST_OPENED):
        place = _summed_alone(node)
        if place is None:
            return None
        factor, rest = node.factors[place], [*node.factors[:place], *node.factors[place + 1 :]]
        inner = unnamed(factor.node)
        if isinstance(inner, Sum):
            found = total(
                [(c, _with(node, rest, factor, term)) for c, term in inner.terms], node.axes
            )
            return None if isinstance(found, Sum) and found.terms else found
        opened = _with(node, rest, factor, inner) if isinstance(inner, Product) else None
        if not isinstance(opened, Product) or opened.key == node.key:
            return None
        node = opened
    return None


def _with(node: Product, rest: Sequence[Factor], factor: Factor, term: Node) -> Node:
    """A product with another node in place of that of one factor."""
    return product(node.coefficient, [*rest, factor._replace(node=term)], node.result, node.dims)


def _summed_alone(node: Product) -> int | None:
    """The place of a sum or product with a name that alone is summed over an axis."""
    for place, factor in enumerate(node.factors):
        others = [f for k, f in enumerate(node.factors) if k != place]
        beside = {*letters_of(node.result), *(i for f in others for i in letters_of(f.indices))}
        if factor.power == 1 and not beside.issuperset(letters_of(factor.indices)):
            return place
    return None


def images(node: Product) -> list[Factor]:
    """The two matrices of a full convolution, the sum over `G[i-k, j-l] K[k,l]`."""
    arrays = [factor for factor in node.factors if factor.indices]
    if len(arrays) != 2 or len(node.result) != 2:
        return []
    if any(len(factor.indices) != 2 or factor.power != 1 for factor in arrays):
        return []
    pairs = [index.letters for index in node.result if isinstance(index, Shifted)]
    across = list(zip(*(factor.indices for factor in arrays), strict=True))
    return (
        arrays
        if [sorted(pair) for pair in pairs] == [sorted(map(_letter, p)) for p in across]
        else []
    )


def _letter(index: Index) -> int:
    return index if isinstance(index, int) else -1
