"""Entries of an elementwise function, taken where its arguments are made.

The entries of `kron(I, C)` in a block on the diagonal are those of `C`, so those of its exponential
there are `exp(C)`; on the diagonal of `exp(diag(a))` stands `exp(a)`, and `exp(x 1')` has the
entries of `exp(x)` in each column.  So are those of a sum of stacked matrices the sum of theirs.
"""

from collections.abc import Callable, Iterator, Sequence

from dimderiv.graph import (
    ONCE,
    Factor,
    Index,
    Key,
    Map,
    Merged,
    Node,
    Product,
    Sum,
    all_indices,
    apply_map,
    are_letters,
    letters_of,
    part,
    product,
    total,
)
from dimderiv.language import COMPARISONS, Dim

Simplify = Callable[[Node], Node]


def entries_inside(node: Product, simplify: Simplify) -> Node | None:
    """A product with entries of its functions and powers taken inside, where they are plainer.

    Args:
        node: the product.
        simplify: what shortens the arguments of functions.
    """
    for place, factor in enumerate(node.factors):
        # What is stacked in the result may be stacked before as well.
        is_stacked = any(not isinstance(i, int) and i in node.result for i in factor.indices)
        new = None if is_stacked else _inside(factor, node.dims, simplify)
        if new is not None:
            factors = [*node.factors[:place], new, *node.factors[place + 1 :]]
            return product(node.coefficient, factors, node.result, node.dims)
    return None


def _inside(factor: Factor, dims: Sequence[Dim], simplify: Simplify) -> Factor | None:
    """A factor with its entries taken inside, and repeated along what they do not depend on."""
    is_map = isinstance(factor.node, Map)
    if not factor.indices:
        return None
    if factor.power == 1 and not is_map:
        return _apart(factor, dims, simplify)
    knots = [leaf for leaf in _leaves(factor.node) if _is_knot(leaf)]
    if not is_map and not knots:
        return None
    # Both sides of a comparison are rounded alike only as long as both stay as they are.
    if isinstance(factor.node, Map) and factor.node.function in COMPARISONS:
        return None
    inside, letters = factor.node, tuple(dict.fromkeys(letters_of(factor.indices)))
    if letters != factor.indices:
        entries = _Entries(factor.indices, letters, dims, simplify)
        if all(_is_knot(entries.of(knot)) for knot in knots):
            return None
        inside = entries.of(factor.node)
    kept = tuple([k for k in range(len(letters)) if not _is_constant(inside, k)])
    if len(kept) < len(letters):
        once = Factor(_along(inside, kept), kept, factor.power)
        return Factor(product(ONCE, [once], range(len(letters)), inside.axes), letters)
    return None if inside is factor.node else Factor(inside, letters, factor.power)


def _apart(factor: Factor, dims: Sequence[Dim], simplify: Simplify) -> Factor | None:
    """A sum of what is stacked with an axis for each letter: `vec(X) - vec(Y)` as `X - Y`."""
    if not isinstance(factor.node, Sum) or Merged not in map(type, factor.indices):
        return None
    letters = letters_of(factor.indices)
    entries = _Entries(factor.indices, letters, dims, simplify)
    is_plain = len({*letters}) == len(letters)
    if not is_plain or any(_is_knot(entries.of(leaf)) for leaf in _leaves(factor.node)):
        return None
    return Factor(entries.of(factor.node), letters)


class _Entries:
    """The entries of nodes at some indices, along the letters of those.

    Args:
        indices: one for each axis of a node.
        letters: each letter of them, once.
        dims: the size of each letter.
        simplify: what shortens the arguments of functions.
    """

    def __init__(
        self,
        indices: tuple[Index, ...],
        letters: tuple[int, ...],
        dims: Sequence[Dim],
        simplify: Simplify,
    ) -> None:
        self.indices, self.letters, self.dims, self.simplify = indices, letters, dims, simplify

    def of(self, node: Node) -> Node:
        """The entries of a node."""
        match node:
            case Map(function, arguments):
                return self.simplify(apply_map(function, *map(self.of, arguments)))
            case Sum(terms):
                axes = tuple([self.dims[letter] for letter in self.letters])
                return self.simplify(total([(c, self.of(term)) for c, term in terms], axes))
        entries = part(ONCE, [Factor(node, self.indices)], self.letters, self.dims)
        return self.simplify(entries)


def _leaves(node: Node) -> Iterator[Node]:
    """What functions of entries and sums in a node are made of, each once."""
    seen, waiting = set[Key](), [node]
    while waiting:
        each = waiting.pop()
        if each.key in seen:
            continue
        seen.add(each.key)
        match each:
            case Map(_, arguments):
                waiting += arguments
            case Sum(terms) if terms:
                waiting += [term for _, term in terms]
            case _:
                yield each


def _is_knot(node: Node) -> bool:
    """Whether a product has a letter on two of its axes, or several on one axis somewhere."""
    if not isinstance(node, Product):
        return False
    if not _are_distinct(node.result) or not are_letters(all_indices(node.factors)):
        return True
    return any(factor.power != 1 and _is_knot(factor.node) for factor in node.factors)


def _are_distinct(indices: Sequence[Index]) -> bool:
    """Whether each index is a letter of its own."""
    return are_letters(indices) and len({*indices}) == len(indices)


def _is_constant(node: Node, axis: int) -> bool:
    """Whether all entries along an axis are known to be the same."""
    return all(_is_repeated(leaf, axis) for leaf in _leaves(node))


def _is_repeated(leaf: Node, axis: int) -> bool:
    if not isinstance(leaf, Product):
        return False
    places = letters_of((*leaf.result, *all_indices(leaf.factors)))
    index = leaf.result[axis]
    return isinstance(index, int) and places.count(index) == 1


def _along(node: Node, kept: Sequence[int]) -> Node:
    """A node without axes that it is constant along."""
    match node:
        case Map(function, arguments):
            return apply_map(function, *[_along(each, kept) for each in arguments])
        case Sum(terms):
            axes = tuple([node.axes[k] for k in kept])
            return total([(c, _along(term, kept)) for c, term in terms], axes)
        case Product():
            result = [node.result[k] for k in kept]
            return part(node.coefficient, node.factors, result, node.dims)
    raise AssertionError(node)
