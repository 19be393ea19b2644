"""Arrays of more than two axes among operands: what is stretched, multiplied, and refused."""

from collections.abc import Sequence
from itertools import zip_longest

from dimderiv.infer.clashes import Axes, ClashError, product_misfit
from dimderiv.infer.indexed import array_refusals as refusals
from dimderiv.infer.scope import SCALAR_AXES, Scope
from dimderiv.infer.unify import MismatchError, SizeTerm
from dimderiv.language import ONE, Binary, Tree


def stretched(scope: Scope, node: Tree, parts: Sequence[Tree], axes: Sequence[Axes]) -> Axes:
    """The axes that arrays have together: as many each, or a matrix along the last two.

    A vector beside an array with more axes is refused: NumPy puts it along the last one, and here
    it is a column.
    """
    count = max(map(len, axes))
    whole: Axes = ()
    for part, own in zip(parts, axes, strict=True):
        if own == SCALAR_AXES:
            continue
        if len(own) != count and (len(own) > 2 or own[1] is ONE):
            raise ClashError(node, refusals.stretch_refused(part))
        whole = _together(scope, node, parts, whole, own)
    return whole


def _together(scope: Scope, node: Tree, parts: Sequence[Tree], left: Axes, right: Axes) -> Axes:
    """Axes that end together, where one of size 1 stretches."""
    sizes: list[SizeTerm] = []
    for known, size in zip_longest(reversed(left), reversed(right), fillvalue=ONE):
        if known is not ONE and size is not ONE:
            try:
                scope.unify(known, size, node)
            except MismatchError as misfit:
                write = refusals.stretched_misfit(parts)
                raise ClashError(node, write, misfit.sizes) from None
        sizes.append(size if known is ONE else known)
    return tuple(reversed(sizes))


def stacked_product(scope: Scope, node: Binary, left: Axes, right: Axes) -> Axes:
    """`A @ B` multiplies the last two axes; the others are stretched."""
    if "@" not in scope.source[node.left.span[1] : node.right.span[0]]:
        raise ClashError(node, refusals.product_refused)
    scope.agree(left[-1], right[-2], node, product_misfit)
    before = _together(scope, node, (node.left, node.right), left[:-2], right[:-2])
    return (*before, left[-2], right[-1])
