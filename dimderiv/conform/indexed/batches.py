"""Arrays with positions in place of some axes: `A[b]`, and matrix notation for one of a batch.

`inv(A)[b,i,k] G[b,k,j]` is the product of two matrices for each `b`: `(inv(A[b]) G[b])[i,j]`.
"""

from collections.abc import Callable, Mapping, Sequence

from dimderiv.conform.functions import function
from dimderiv.conform.indexed.places import Place
from dimderiv.conform.lettering import UserLetters
from dimderiv.conform.notation import Form, TwoWay, primed, symbols
from dimderiv.graph import (
    Constant,
    Factor,
    Function,
    Index,
    Key,
    LabelledProduct,
    Map,
    Named,
    Node,
    Product,
    Selection,
    Size,
    Sum,
    Symbol,
    apply_function,
    apply_map,
    are_letters,
    labelled,
    symbol,
    total,
)
from dimderiv.graph import part as part_of
from dimderiv.language import ONE, ZERO, Dim, Entry, Name, Signature, Slice, Tree, places_of

MATRIX_AXES = 2


class Batches:
    """Makes nodes with positions in place of axes.

    Args:
        known: how nodes are written, where what is made of names is put down.
        user: the shapes of the names.
        piece_of: what writes nodes of at most two axes.
    """

    def __init__(
        self,
        known: dict[Key, TwoWay],
        user: UserLetters,
        piece_of: Callable[[Node], TwoWay],
    ) -> None:
        self.known, self.user, self.piece_of = known, user, piece_of

    def fixed(self, node: Node, at: Mapping[int, Place]) -> Node | None:
        """A node without some of its axes; nothing where it does not come apart so.

        Args:
            node: the node.
            at: the position along each of those axes.
        """
        if not at:
            return node
        match node:
            case Symbol() | Named():
                return self._part(node, at)
            case Map(function, arguments):
                inner = [self.fixed(each, at) for each in arguments]
                found = [each for each in inner if each is not None]
                return apply_map(function, *found) if len(found) == len(inner) else None
            case Sum(terms):
                kept = [dim for k, dim in enumerate(node.axes) if k not in at]
                parts = [(c, self.fixed(term, at)) for c, term in terms]
                known = [(c, part) for c, part in parts if part is not None]
                return total(known, tuple(kept)) if len(known) == len(parts) else None
            case Product():
                letters: dict[Index, Place] = {node.result[k]: place for k, place in at.items()}
                is_plain = are_letters(node.result) and len({*node.result}) == len(node.result)
                return self.product(labelled(node), letters) if is_plain else None
            case Function():
                return self._function(node, at)
            case Selection() | Size() | Constant():
                return None

    def product(self, part: LabelledProduct, letters: Mapping[Index, Place]) -> Node | None:
        """A product without some of its letters.

        Args:
            part: the product.
            letters: the position that each of those letters is.
        """
        factors = []
        for factor in part.factors:
            if not are_letters(factor.indices):
                return None
            at = {k: letters[i] for k, i in enumerate(factor.indices) if i in letters}
            inner = self.fixed(factor.node, at)
            if inner is None:
                return None
            rest = tuple([index for index in factor.indices if index not in letters])
            factors.append(Factor(inner, rest, factor.power))
        result = [index for index in part.result if index not in letters]
        return part_of(part.coefficient, factors, result, part.dims)

    def _part(self, node: Symbol | Named, at: Mapping[int, Place]) -> Node:
        """A symbol that stands for a part of an array with a name."""
        shape, axes = self.user.shapes.get(node.name), iter(range(len(node.axes)))
        given = shape if shape is not None and shape.has_more_axes else node.axes
        indices: list[Tree] = []
        for dim in given:
            axis = None if dim == ONE else next(axes)
            if axis is None:
                indices.append(ZERO)
            else:
                indices.append(at[axis].tree() if axis in at else Slice())
        while indices and isinstance(indices[-1], Slice):
            indices.pop()
        kept = tuple([dim for k, dim in enumerate(node.axes) if k not in at])
        return self._standing(Entry(Name(node.name), tuple(indices)), kept)

    def _standing(self, tree: Tree, kept: tuple[Dim, ...], *, is_symmetric: bool = False) -> Node:
        """A symbol that stands for a part of an array."""
        standing = symbol(repr(tree), kept, properties=["symmetric"] if is_symmetric else [])
        form = Form(tree, symbols(tree))
        self.known[standing.key] = TwoWay(form, form if is_symmetric or not kept else primed(form))
        return standing

    def _of_declared(self, node: Function, declared: Signature, at: Mapping[int, Place]) -> Node:
        """A part of a declared function or of a derivative of it: the Hessian of an entry."""
        call = function(node, [self.piece_of(each) for each in node.arguments]).upright.tree
        axes, first = range(len(node.axes)), len(declared.value.axes)
        indices = [at[axis].tree() if axis in at else Slice() for axis in axes]
        while indices and isinstance(indices[-1], Slice):
            indices.pop()
        own, places = [k for k in axes if k not in at], places_of(node.function)
        is_hessian = own == [first, first + 1] and len(places) == 2 and places[0] == places[1]
        is_same = own == [0, 1] and first == 2 and bool(declared.properties)
        kept = tuple([node.axes[axis] for axis in own])
        return self._standing(Entry(call, tuple(indices)), kept, is_symmetric=is_hessian or is_same)

    def _function(self, node: Function, at: Mapping[int, Place]) -> Node | None:
        if node.function == "onehot":
            return None
        if node.declared is not None:
            return self._of_declared(node, node.declared, at)
        axes = range(len(node.arguments[0].axes))
        kept = tuple([dim for k, dim in enumerate(node.axes) if k not in at])
        if not node.over:
            if max(at) >= batch_axes(node):
                return None
            moved, over = dict(at), node.over
        else:
            is_reduced = len(node.axes) < len(axes)
            own = [k for k in axes if k not in node.over] if is_reduced else [*axes]
            moved = {own[k]: place for k, place in at.items()}
            if not moved.keys().isdisjoint(node.over):
                return None
            over = tuple([k - sum(gone < k for gone in moved) for k in node.over])
        inner = [self.fixed(each, moved) if each.axes else each for each in node.arguments]
        found = [each for each in inner if each is not None]
        if len(found) < len(inner):
            return None
        return apply_function(node.function, tuple(found), kept, over, node.declared)


def batch_axes(node: Function) -> int:
    """How many axes of the arguments of a matrix function are not those of matrices.

    Args:
        node: a function that runs along no axis of its own.
    """
    axes = [len(each.axes) for each in node.arguments if each.axes]
    return max(0, min(axes, default=0) - MATRIX_AXES)


def sliced_axes(node: Function) -> Sequence[int]:
    """The axes without which a matrix function has one matrix for each place along them.

    Args:
        node: a function that runs along no axis of its own.
    """
    if node.declared is None:
        return range(batch_axes(node))
    first, count = len(node.declared.value.axes), len(node.axes)
    if count <= MATRIX_AXES:
        return ()
    return range(first) if has_hessians(node) else range(first, count)


def has_hessians(node: Function) -> bool:
    """Whether a node has a matrix for each entry of the value of a declared function."""
    first = 0 if node.declared is None else len(node.declared.value.axes)
    return first > 0 and len(node.axes) - first == MATRIX_AXES


def batch_letters(part: LabelledProduct) -> list[int]:
    """The letters along which a product has matrix functions of each array of a batch.

    Args:
        part: the product.

    Returns:
        None of them where there is but one matrix.
    """
    letters = dict[int, None]()
    for node, indices, _ in part.factors:
        if isinstance(node, Function) and not node.over and node.function != "onehot":
            if not are_letters(indices):
                return []
            own = [indices[k] for k in sliced_axes(node)]
            if node.declared is None or has_hessians(node) or {*own} <= {*part.result}:
                letters.update(dict.fromkeys(own))
    inside = [f for f in part.factors if any(index not in letters for index in f.indices)]
    return [*letters] if len(inside) > 1 and _leaves_matrices(part, letters) else []


def summed_slices(part: LabelledProduct) -> list[int]:
    """The letters that are summed, and leave a matrix of each entry of a declared function.

    Args:
        part: the product.
    """
    letters = dict[int, None]()
    for node, indices, _ in part.factors:
        if isinstance(node, Function) and has_hessians(node) and are_letters(indices):
            letters.update(dict.fromkeys([indices[k] for k in sliced_axes(node)]))
    is_summed = letters.keys().isdisjoint(part.result) and are_letters(part.result)
    return [*letters] if is_summed and _leaves_matrices(part, letters) else []


def _leaves_matrices(part: LabelledProduct, letters: Mapping[int, None]) -> bool:
    """Whether nothing has more axes than a matrix without some letters."""
    every: list[Sequence[object]] = [part.result, *(f.indices for f in part.factors)]
    counts = [sum(index not in letters for index in indices) for indices in every]
    return bool(letters) and max(counts) <= MATRIX_AXES
