"""Products of arrays with more axes as products of stacked matrices.

The letters that both arrays have and that stay count the stack; those that are summed become one
axis, and so do those that one array has alone: `A[b,i,h,d] B[b,j,h,d]` with result `[b,h,i,j]` is a
stack of `b` times `h` products `i x d` by `d x j`.
"""

from collections.abc import Sequence
from functools import reduce
from itertools import accumulate, pairwise
from typing import NamedTuple

from dimderiv.codegen.plan.operations import Operation
from dimderiv.codegen.plan.plan import Plan, Tensor
from dimderiv.language import ONE, Dim

Letters = tuple[int, ...]


class Sides(NamedTuple):
    """The letters of a product of two arrays.

    Attributes:
        stacked: the letters of the stack.
        left: those of the first array alone.
        summed: those that are summed.
        right: those of the second array alone.
    """

    stacked: Letters
    left: Letters
    summed: Letters
    right: Letters

    @property
    def turned(self) -> "Sides":
        """The letters with the arrays the other way round."""
        return self._replace(left=self.right, right=self.left)

    @property
    def result(self) -> Letters:
        """The letters of the product."""
        return self.stacked + self.left + self.right


def sides_of(a: Tensor, b: Tensor, summed: Letters, kept: Sequence[int]) -> Sides:
    """The letters of a product, with those of the stack in the order that is wanted.

    Args:
        a: the first array.
        b: the second array.
        summed: the letters that both have and that are summed.
        kept: the letters of the result in the order that is wanted.
    """
    both = [i for i in a.letters if i in b.letters and i not in summed]
    both.sort(key=lambda i: kept.index(i) if i in kept else len(kept))
    left, right = (tuple(i for i in t.letters if i not in both and i not in summed) for t in (a, b))
    return Sides(tuple(both), left, summed, right)


def stacked_product(plan: Plan, a: Tensor, b: Tensor, sides: Sides, dims: Sequence[Dim]) -> Tensor:
    """The product of two arrays as one of stacked matrices.

    Args:
        plan: the plan that the operations become part of.
        a: the first array.
        b: the second array.
        sides: their letters; neither array lacks letters of its own.
        dims: the size of each letter.
    """
    stack: list[Letters] = [(i,) for i in sides.stacked]
    first = merged(plan, a, [*stack, sides.left, sides.summed])
    second = merged(plan, b, [*stack, sides.summed, sides.right])
    axes = [*stack, sides.left, sides.right]
    product = plan.matmul(first, second, tuple(_size(group, dims) for group in axes))
    if any(len(group) != 1 for group in axes):
        own = tuple(dims[i] for group in axes for i in group)
        product = plan.make("split", (product,), own)
    return Tensor(product, sides.result)


def merged(plan: Plan, tensor: Tensor, groups: Sequence[Letters]) -> Operation:
    """An array with an axis for each group of letters.

    Args:
        plan: the plan that the operations become part of.
        tensor: the array.
        groups: its letters; of several, and of none, one axis is made.
    """
    order = [tensor.letters.index(i) for group in groups for i in group]
    runs = [order[start:end] for start, end in pairwise(accumulate(map(len, groups), initial=0))]
    if all(len(run) == 1 for run in runs):
        return plan.transposed(tensor.op, tuple(order))
    is_view = all(run == list(range(run[0], run[0] + len(run))) for run in runs if run)
    if is_view and all(runs):
        # As it lies, then turned: two that differ in the turn alone are a matrix and its transpose.
        lying = sorted(runs)
        flat = plan.make("reshape", (tensor.op,), tuple(_product(tensor.op, run) for run in lying))
        return plan.transposed(flat, tuple(lying.index(run) for run in runs))
    op = plan.transposed(tensor.op, tuple(order))
    own = iter(op.dims)
    sizes = [reduce(Dim.__mul__, [next(own) for _ in group], ONE) for group in groups]
    return plan.make("reshape" if is_view else "packed", (op,), tuple(sizes))


def _product(op: Operation, run: Sequence[int]) -> Dim:
    return reduce(Dim.__mul__, [op.dims[axis] for axis in run], ONE)


def _size(group: Letters, dims: Sequence[Dim]) -> Dim:
    return reduce(Dim.__mul__, [dims[i] for i in group], ONE)
