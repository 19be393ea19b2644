"""Products in which merged axes meet as a whole: `kron(A, B) x`, or `diag(s)` of `s = exp(vec(X))`.

An array may have an axis that is several letters elsewhere: `x[(k,l)]` beside `A[i,k] B[j,l]`.
Where the factors with single letters come apart into matrices and vectors along such axes, each of
these axes is one letter, and the product is one of matrix notation.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dimderiv.graph import (
    ONCE,
    Factor,
    Index,
    Merged,
    Product,
    Shifted,
    all_indices,
    components,
    index_dim,
    letters_of,
    part,
)


def with_whole_axes(node: Product) -> Product | None:
    """A product with one letter for each of its merged axes."""
    places = (*node.result, *all_indices(node.factors))
    merged = list(dict.fromkeys(index for index in places if isinstance(index, Merged)))
    if not merged or Shifted in map(type, places):
        return None
    bound = [f for f in node.factors if Merged in map(type, f.indices)]
    alone = {i for i in all_indices(bound) if isinstance(i, Merged) and _is_apart(i, merged, node)}
    for cut in (set[Merged](), alone):
        factors = _along_axes(node, bound, merged, cut)
        if factors is not None:
            return None if _is_the_same(node, factors) else _numbered(node, factors)
    return None


def _is_apart(index: Merged, merged: Iterable[Merged], node: Product) -> bool:
    """Whether no other axis has a letter of a merged one."""
    others = {i for other in merged if other != index for i in other.letters}
    return others.union(i for i in node.result if isinstance(i, int)).isdisjoint(index.letters)


def _along_axes(
    node: Product, bound: list[Factor], merged: Sequence[Merged], cut: set[Merged]
) -> list[Factor] | None:
    """The factors, those with single letters as arrays along whole axes."""
    single = [f for f in node.factors if f.indices and f not in bound]
    shown = {i for i in (*node.result, *all_indices(bound)) if isinstance(i, int)}
    kept = {i for i in node.result if isinstance(i, int)}.union(letters_of(cut))
    factors = list(bound)
    whole = [index.letters for index in merged if index not in cut]
    # Each factor has a letter of its own beside those that it shares, and so is in one group.
    inner = [{*letters_of(f.indices), len(node.dims) + k} - kept for k, f in enumerate(single)]
    for group in components([*whole, *inner]):
        members = [f for f, letters in zip(single, inner, strict=True) if group & letters]
        used = group.union(letters_of(all_indices(members)))
        own = [index for index in merged if not used.isdisjoint(index.letters)]
        if not own:
            factors += members
            continue
        letters = dict.fromkeys(letters_of((*own, *all_indices(members))))
        ends: tuple[Index, ...] = (*own, *(letter for letter in letters if letter in shown))
        if len(ends) > 2:
            return None
        if members or len(ends) == 2:
            factors.append(Factor(part(ONCE, members, ends, node.dims), ends))
    return factors


def _is_the_same(node: Product, factors: Sequence[Factor]) -> bool:
    """Whether a product has not come apart at all."""
    return any(factor.node.key == node.key for factor in factors)


def _numbered(node: Product, factors: Sequence[Factor]) -> Product:
    """The product of factors, with the number of a letter for each index."""
    indices = dict.fromkeys([*node.result, *all_indices(factors)])
    place = {index: k for k, index in enumerate(indices)}
    moved = [f._replace(indices=tuple([place[index] for index in f.indices])) for f in factors]
    dims = tuple([index_dim(index, node.dims) for index in indices])
    return replace(
        node, factors=tuple(moved), dims=dims, result=tuple([place[i] for i in node.result])
    )
