"""What the planner looks for in a node."""

from fractions import Fraction

from dimderiv.graph import (
    Factor,
    Function,
    Index,
    Key,
    Node,
    Product,
    Shifted,
    Sum,
    letters_of,
    total,
    transposed,
)

MOST_TERMS = 4


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
