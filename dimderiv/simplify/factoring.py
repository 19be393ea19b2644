"""Take the common factor of some terms out of a sum: `A x + A' x` is `(A + A') x`.

A factor can be taken out where its letters meet those of the result at the same places in each of
the terms; letters that are summed join it to the rest, once each: `tr(M B) + t tr(M C)` is
`tr(M (B + t C))`.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Index,
    Key,
    LabelledProduct,
    Node,
    Product,
    Selection,
    Sum,
    are_letters,
    is_symmetric,
    labelled,
    letters_of,
    moved,
    nodes_of,
    part,
    product,
    total,
)
from dimderiv.simplify.permuting import is_permutable

# A long sum takes long to factor, and reads better as it is: `A^9 x y' + A^8 x y' A + ...`.
MOST_FACTORS = 2_000
# What a sum along an axis takes to write, beside what is summed: `sum(A, axis=1)`.
SUM_SYMBOLS = 3


class Handle(NamedTuple):
    """One factor of one term, as something that may be taken out of the sum.

    Attributes:
        term: the place of the term in the sum.
        view: the term.
        place: where the factor stands in it.
        factor: the factor.
        inner: its letters that are summed.
    """

    term: int
    view: LabelledProduct
    place: int
    factor: Factor
    inner: tuple[Index, ...]

    @property
    def rest(self) -> list[Factor]:
        """The other factors of the term."""
        return [factor for k, factor in enumerate(self.view.factors) if k != self.place]


Label = tuple[Key, tuple[int | None, ...], bool]


def factored(node: Sum) -> Node | None:
    """The sum with its most worthwhile common factor taken out."""
    if _count_factors(node) > MOST_FACTORS:
        return None
    if node.symmetric and len(node.terms) > 1:
        found = _taken_out_on_both_sides(node)
        if found is not None:
            return found
    groups = [g for g in _groups(node) if _gain(g) > 0 and not _breaks_symmetry(g, node)]
    for group in sorted(groups, key=_gain, reverse=True):
        found = _taken_out(node, group, min((h.factor.power for h in group), key=abs))
        if found is not None:
            return found
    return _with_common_root(node)


def _count_factors(node: Sum) -> int:
    return sum(len(term.factors) for _, term in node.terms if isinstance(term, Product))


def _groups(node: Sum) -> Iterator[list[Handle]]:
    """Factors that stand at the same place in several terms."""
    groups: dict[Label, list[Handle]] = {}
    for handle in _all_handles(node):
        factor = handle.factor
        places = tuple([_place(index, handle.view) for index in factor.indices])
        group = groups.setdefault((factor.node.key, places, factor.power > 0), [])
        if not group or group[-1].term != handle.term:
            group.append(handle)
    return (group for group in groups.values() if len(group) > 1)


def _all_handles(node: Sum) -> Iterator[Handle]:
    for k, (_, term) in enumerate(node.terms):
        view = labelled(term)
        yield from _handles(k, view)
        if not node.axes:
            for place, factor in enumerate(view.factors):
                if isinstance(factor.node, Product) and factor.power == 1:
                    yield from _handles(k, opened(view, place))


def opened(view: LabelledProduct, place: int) -> LabelledProduct:
    """A term with the factors of one of its scalars in place of that scalar."""
    inner = view.factors[place].node
    assert isinstance(inner, Product)
    first = len(view.dims)
    own = [factor._replace(indices=moved(factor.indices, first)) for factor in inner.factors]
    factors = (*view.factors[:place], *own, *view.factors[place + 1 :])
    dims = (*view.dims, *inner.dims)
    return view._replace(
        coefficient=view.coefficient * inner.coefficient, factors=factors, dims=dims
    )


def _handles(term: int, view: LabelledProduct) -> Iterator[Handle]:
    result = view.result
    if not are_letters(result):
        return
    repeated = {index for index in result if result.count(index) > 1}
    is_summed = len(view.dims) > len(result)
    placing = [k for k, f in enumerate(view.factors) if _places(f.node)] if is_summed else []
    for place, factor in enumerate(view.factors):
        indices = factor.indices
        if not are_letters(indices) or not repeated.isdisjoint(indices):
            continue
        inner = tuple([index for index in indices if index not in result])
        if inner and (factor.power != 1 or not _joins(view, place, inner)):
            continue
        if len(set(inner)) == len(inner) and not _takes_places(view, placing, place, inner):
            yield Handle(term, view, place, factor, inner)


def _joins(view: LabelledProduct, place: int, inner: tuple[Index, ...]) -> bool:
    """Whether the summed letters of a factor join it to what can stand in brackets beside it.

    That is one other factor for each letter; for a matrix also vectors, or ones that sum it along
    an axis; for a vector also a product of matrices entry by entry.
    """
    others = [f for k, f in enumerate(view.factors) if k != place]
    met = [[f.indices for f in others if index in f.indices] for index in inner]
    if all(len(each) == 1 and len({*each[0]}) == len(each[0]) for each in met):
        return True
    rank = len(view.factors[place].indices)
    if len(inner) > 1 or rank > 2:
        return False
    (beside,) = met
    if rank == 2:
        return all(len(indices) == 1 for indices in beside)
    return bool(beside) and len(beside[0]) == 2 and len({*map(frozenset, beside)}) == 1


def _places(node: Node) -> bool:
    """Whether a node is constant and says which places of an axis are meant."""
    return isinstance(node, Selection) or (isinstance(node, Function) and node.function == "onehot")


def _takes_places(
    view: LabelledProduct, placing: Sequence[int], place: int, inner: tuple[Index, ...]
) -> bool:
    """Whether a factor and what it meets are a part of an array, such as `x[1:]` or `S[i,y[i]]`.

    Such a part is one thing to the reader, and is not taken apart; nor is what is placed in a
    larger array, as in `[0; A x]`.
    """
    for k in placing if inner else ():
        factor = view.factors[k]
        if isinstance(factor.node, Selection):
            if k != place and factor.indices[0] in view.result:
                return True
            shared = factor.indices[:1] if k == place else factor.indices
        else:
            shared = factor.indices[-1:]
        if not set(shared).isdisjoint(inner):
            return True
    return False


def _place(index: Index, view: LabelledProduct) -> int | None:
    """Where in the result a letter stands; nowhere if it is summed."""
    return view.result.index(index) if index in view.result else None


def _gain(group: list[Handle]) -> int:
    """How many symbols and operators go away."""
    alone = sum(len(handle.view.factors) == 1 for handle in group)
    sums = SUM_SYMBOLS * sum(map(_is_sum, group))
    return (len(group) - 1) * group[0].factor.node.weight - alone + sums


def _is_sum(handle: Handle) -> bool:
    """Whether a term has the sum of a matrix along an axis, as ones beside it would make."""
    return bool(handle.inner) and not any(handle.inner[0] in f.indices for f in handle.rest)


def _taken_out_on_both_sides(node: Sum) -> Node | None:
    """A sum that is its own transpose with a matrix outside: `A' (diag(p) - p p') A`."""
    for lead in node.terms[0][1].factors if isinstance(node.terms[0][1], Product) else ():
        if len(lead.indices) != 2 or lead.power != 1 or is_symmetric(lead.node):
            continue
        for inner, outer in ((0, 1), (1, 0)):
            sides = [_both_sides(term, lead, outer) for _, term in node.terms]
            pairs = [pair for pair in sides if pair is not None]
            if len(pairs) == len(sides):
                return _between(node, lead, inner, pairs)
    return None


def _both_sides(term: Node, lead: Factor, outer: int) -> tuple[int, int] | None:
    """Where a term has a factor at its rows and at its columns, with letters summed inside."""
    view = labelled(term)
    if view.result != (0, 1):
        return None
    places: dict[Index, int] = {}
    for place, factor in enumerate(view.factors):
        if factor.node.key == lead.node.key and factor.power == 1:
            places.setdefault(factor.indices[outer], place)
    outside = [places.get(letter) for letter in view.result]
    rest = [f for k, f in enumerate(view.factors) if k not in outside]
    if None in outside or any({0, 1} & set(letters_of(f.indices)) for f in rest):
        return None
    first, second = (
        view.factors[place].indices[1 - outer] for place in outside if place is not None
    )
    if not isinstance(first, int) or not isinstance(second, int) or {first, second} & {0, 1}:
        return None
    return first, second


def _between(node: Sum, lead: Factor, inner: int, pairs: list[tuple[int, int]]) -> Node:
    """The matrix outside, and what is between as a sum."""
    middles = []
    for (coefficient, term), ends in zip(node.terms, pairs, strict=True):
        view = labelled(term)
        rest = [f for f in view.factors if not {0, 1} & set(letters_of(f.indices))]
        middles.append((coefficient, part(view.coefficient, rest, ends, view.dims)))
    dim = lead.node.axes[inner]
    turn = 1 if inner == 0 else -1
    factors = [
        Factor(lead.node, (2, 0)[::turn]),
        Factor(total(middles, (dim, dim)), (2, 3)),
        Factor(lead.node, (3, 1)[::turn]),
    ]
    return product(ONCE, factors, (0, 1), (*node.axes, dim, dim))


def _breaks_symmetry(group: list[Handle], node: Sum) -> bool:
    """Whether a factor is of one side only, in a sum that is its own transpose."""
    if not group[0].factor.indices or len(group) == len(node.terms):
        return False
    return node.symmetric or is_permutable(node.terms, node.axes)


def _taken_out(node: Sum, group: list[Handle], power: Fraction) -> Node | None:
    """The sum with a power of a factor taken out of some terms, where a matrix is left."""
    first = group[0]
    shared = _shared_axes(node, group, power)
    inner_dims = [first.view.dims[letter] for letter in letters_of(first.inner)]
    own = {_place(index, first.view) for index in first.factor.indices}
    if own.intersection(shared) and any(map(_is_sum, group)):
        return None
    left = len(shared) + len(inner_dims)
    if left > 2 and (left > len(node.axes) or not has_tensors([node])):
        return None
    axes = (*(node.axes[k] for k in shared), *inner_dims)
    rests = [(node.terms[h.term][0], _rest(h, power, shared)) for h in group]
    rank = len(node.axes)
    summed = {index: rank + k for k, index in enumerate(first.inner)}
    places = [summed.get(i, _place(i, first.view)) for i in first.factor.indices]
    letters = (*shared, *summed.values())
    whole = product(
        ONCE,
        [
            Factor(first.factor.node, tuple([p for p in places if p is not None]), power),
            Factor(total(rests, axes), letters),
        ],
        tuple(range(rank)),
        (*node.axes, *inner_dims),
    )
    return with_terms_replaced(node, {handle.term for handle in group}, whole)


def has_tensors(nodes: Iterable[Node]) -> bool:
    """Whether something that nodes are made of has more axes than a matrix by itself.

    Args:
        nodes: sums and products, of which only the parts count.
    """
    parts = nodes_of(nodes, through_names=False)
    return any(len(part.axes) > 2 and not isinstance(part, (Sum, Product)) for part in parts)


def with_terms_replaced(node: Sum, gone: set[int], whole: Node) -> Node:
    """A sum with one term in place of several.

    Args:
        node: the sum.
        gone: the places of those terms.
        whole: the term that stands for them.
    """
    first = min(gone)
    terms = [
        (ONCE, whole) if k == first else term
        for k, term in enumerate(node.terms)
        if k == first or k not in gone
    ]
    return total(terms, node.axes)


def _shared_axes(node: Sum, group: list[Handle], power: Fraction) -> list[int]:
    """The axes of the result that what is left in the brackets still has."""
    used: set[int] = set()
    for handle in group:
        left = [handle.factor] if handle.factor.power != power else []
        letters = {i for factor in (*handle.rest, *left) for i in letters_of(factor.indices)}
        result = handle.view.result
        used.update(k for k, i in enumerate(result) if i in letters or result.count(i) > 1)
    return [axis for axis in range(len(node.axes)) if axis in used]


def _rest(handle: Handle, power: Fraction, shared: list[int]) -> Node:
    """What is left of a term, with the shared axes and the factor's summed letters as its axes."""
    view = handle.view
    factors = list(view.factors)
    left = handle.factor.power - power
    factors[handle.place : handle.place + 1] = [handle.factor._replace(power=left)] if left else []
    result = (*(view.result[k] for k in shared), *handle.inner)
    return part(view.coefficient, factors, result, view.dims)


def _with_common_root(node: Sum) -> Node | None:
    """A root of a scalar taken out of terms where it stands above and below the line."""
    roots: dict[Key, list[Handle]] = {}
    for k, (_, term) in enumerate(node.terms):
        for handle in _handles(k, labelled(term)):
            if not handle.factor.indices and handle.factor.power.denominator > 1:
                roots.setdefault(handle.factor.node.key, []).append(handle)
    for group in roots.values():
        powers = {handle.factor.power for handle in group}
        if len(powers) > 1:
            found = [_taken_out(node, group, power) for power in sorted(powers, reverse=True)]
            shorter = [each for each in found if each is not None and each.weight < node.weight]
            if shorter:
                return min(shorter, key=lambda each: each.weight)
    return None
