"""Matrix products among the factors of an array with more axes: `(A' r)[j] (A' A)[i,k]`."""

from typing import Protocol

from dimderiv.graph import (
    ONCE,
    Factor,
    LabelledProduct,
    Node,
    Product,
    all_indices,
    are_letters,
    labelled,
    letters_of,
    part,
    reached,
    touching,
)
from dimderiv.simplify import parts


class Arrays(Protocol):
    """What knows which arrays matrix notation reaches."""

    def is_of_matrices(self, node: Node) -> bool:
        """Whether a node has matrix notation all through."""


def joined(term: Node, arrays: Arrays) -> LabelledProduct:
    """A node as a product in which what is a matrix or a vector by itself is one factor.

    Args:
        term: the node.
        arrays: what knows which arrays have matrix notation.
    """
    view = labelled(term)
    for own in parts(term):
        indices = tuple([view.result[k] for k in own.places])
        met = touching(reached(letters_of(indices), view.factors), view.factors)
        if len(met) > 1 and _is_matrix_product(own.node) and arrays.is_of_matrices(own.node):
            rest = [factor for factor in view.factors if factor not in met]
            view = view._replace(factors=(*rest, Factor(own.node, indices)))
    return _with_vectors(view)


def _is_matrix_product(node: Node) -> bool:
    """Whether a node has at most two axes, and other letters that are summed."""
    return isinstance(node, Product) and len(node.axes) <= 2 and len(node.dims) > len(node.axes)


def _with_vectors(view: LabelledProduct) -> LabelledProduct:
    """A product in which a matrix meets a vector as the vector that they make: `(A x)[l]`."""
    for letter in range(len(view.dims)):
        met = [f for f in view.factors if letter in letters_of(f.indices)]
        left = {*letters_of(all_indices(met))} - {letter}
        are_plain = are_letters(all_indices(met)) and all(f.power == 1 for f in met)
        if letter not in letters_of(view.result) and len(met) == 2 and len(left) == 1 and are_plain:
            rest = [factor for factor in view.factors if factor not in met]
            whole = part(ONCE, met, (*left,), view.dims)
            view = view._replace(factors=(*rest, Factor(whole, (*left,))))
    return view
