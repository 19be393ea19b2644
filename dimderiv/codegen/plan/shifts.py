"""What all entries of a row have in common: its softmax cancels it, its log-sum-exp adds it."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from dimderiv.graph import (
    Factor,
    Function,
    Index,
    Node,
    Product,
    Sum,
    add,
    apply_function,
    are_letters,
    is_zero,
    part,
    product,
    total,
    zero,
)

Axes = tuple[int, ...]


class Parted(NamedTuple):
    """An array as what changes along some axes and, without these axes, what does not."""

    varying: Node
    common: Node


def without_common(node: Function) -> Node | None:
    """A function of rows of less, where its argument has something in common in each row.

    Args:
        node: a softmax, its logarithm, or a log-sum-exp.
    """
    (argument,) = node.arguments
    varying, common = _parted(argument, node.over)
    if is_zero(common) or is_zero(varying):
        return None
    plain = apply_function(node.function, (varying,), node.axes, node.over)
    return add(plain, common) if node.function == "logsumexp" else plain


def _parted(node: Node, over: Axes) -> Parted:
    kept = tuple(axis for k, axis in enumerate(node.axes) if k not in over)
    whole = Parted(node, zero(kept))
    match node:
        case Sum():
            parts = [(c, _parted(term, over)) for c, term in node.terms]
            common = total([(c, each.common) for c, each in parts], kept)
            if is_zero(common):
                return whole
            return Parted(total([(c, each.varying) for c, each in parts], node.axes), common)
        case Product() if _has_plain_letters(node):
            return _of_product(node, over) or whole
    return whole


def _has_plain_letters(node: Product) -> bool:
    return len({*node.result}) == len(node.result) and all(
        are_letters(indices) for indices in (node.result, *(f.indices for f in node.factors))
    )


def _of_product(node: Product, over: Axes) -> Parted | None:
    """A product of which one factor at most changes along the axes."""
    letters = {node.result[k] for k in over}
    places = [k for k, factor in enumerate(node.factors) if letters & {*factor.indices}]
    if not places:
        return Parted(zero(node.axes), _of_rows(node, node.factors, letters))
    factor = node.factors[places[0]]
    inside = tuple(k for k, letter in enumerate(factor.indices) if letter in letters)
    is_plain = factor.power == 1 and len({*factor.indices}) == len(factor.indices)
    if len(places) > 1 or len(inside) < len(letters) or not is_plain:
        return None
    varying, common = _parted(factor.node, inside)
    if is_zero(common):
        return None
    others = [*node.factors[: places[0]], *node.factors[places[0] + 1 :]]
    outside = tuple(letter for letter in factor.indices if letter not in letters)
    rows = factor._replace(node=common, indices=outside)
    return Parted(
        product(node.coefficient, [*others, factor._replace(node=varying)], node.result, node.dims),
        _of_rows(node, [*others, rows], letters),
    )


def _of_rows(node: Product, factors: Sequence[Factor], gone: Collection[Index]) -> Node:
    """A product of factors that lack some of the letters: over none of these is there a sum."""
    result = [letter for letter in node.result if letter not in gone]
    return part(node.coefficient, factors, result, node.dims)
