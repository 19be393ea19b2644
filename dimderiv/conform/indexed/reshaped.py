"""Matrices whose axes come apart: `G[n,k] W[(c h l),k]` is `reshape(G W', N, C, H, L)`."""

from collections.abc import Sequence

from dimderiv.conform.whole_axes import with_whole_axes
from dimderiv.graph import (
    ONCE,
    Index,
    Merged,
    Node,
    Product,
    Sum,
    all_indices,
    are_letters,
    arranged,
    index_dim,
    product,
    total,
)


def as_matrix(node: Node) -> Node | None:
    """A node of at most two axes with the same entries in the same order; nothing if there is none.

    Args:
        node: a node with more axes than a matrix.
    """
    terms = node.terms if isinstance(node, Sum) else ()
    first = terms[0][1] if terms else node
    groups = _groups(first) if isinstance(first, Product) else None
    if groups is None:
        return None
    plain = tuple(range(len(node.axes)))
    dims = [index_dim(group, node.axes) for group in groups]
    parts = []
    for coefficient, term in terms or [(ONCE, node)]:
        turned = arranged(term, plain, groups, node.axes)
        if isinstance(turned, Product):
            whole = with_whole_axes(turned)
            if whole is None:
                return None
            scalars = [factor for factor in turned.factors if not factor.indices]
            factors = [*whole.factors, *scalars]
            turned = product(whole.coefficient, factors, whole.result, whole.dims)
        parts.append((coefficient, turned))
    return total(parts, tuple(dims))


def _groups(node: Product) -> Sequence[Index] | None:
    """The axes of a product as one or two, each alone or several that a factor has as one."""
    merged = [index for index in all_indices(node.factors) if isinstance(index, Merged)]
    if not are_letters(node.result):
        return None
    groups: list[Index] = []
    axis = 0
    while axis < len(node.result):
        here = [m for m in merged if node.result[axis : axis + len(m.letters)] == m.letters]
        count = len(here[0].letters) if here else 1
        groups.append(Merged(tuple(range(axis, axis + count))) if here else axis)
        axis += count
    return groups if len(groups) <= 2 and not are_letters(groups) else None
