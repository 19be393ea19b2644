"""Functions along an axis: softmax, its logarithm, and the logarithm of the sum it divides by."""

from dimderiv.codegen.plan.demands import Demands
from dimderiv.codegen.plan.details import Along, Entrywise
from dimderiv.codegen.plan.largest import FINITE
from dimderiv.codegen.plan.operations import Operation
from dimderiv.codegen.plan.plan import Plan, Tensor
from dimderiv.graph import Function, Node


class Rows:
    """Plans functions along an axis of a matrix, which may lie either way, or along a vector.

    Args:
        plan: the plan that the operations become part of.
        demands: what the programs ask of each node.
    """

    def __init__(self, plan: Plan, demands: Demands) -> None:
        self.plan = plan
        self.demands = demands

    def lies_turned(self, node: Node) -> bool:
        """Whether a matrix is computed with its columns as rows: few long rows are reduced."""
        if node.key not in self.demands.upright:
            return False
        rows, cols = node.axes
        return rows != cols and self.plan.sizes[cols] <= self.plan.sizes[rows]

    def value(self, node: Function, tensor: Tensor) -> Tensor:
        """The value of a function along an axis."""
        (argument,) = node.arguments
        if not self.lies_turned(argument) or tensor.letters != (1, 0) or tensor.below:
            every = tuple(range(len(argument.axes)))
            tensor = Tensor(self.plan.full(tensor, argument.axes), every)
        op = tensor.op
        axes = tuple(k for k, letter in enumerate(tensor.letters) if letter in node.over)
        asked = self.demands.along[argument.key, node.over]
        is_shared = len(asked) > 1
        # No library has one of all entries of a matrix together, or along several axes.
        is_several = len(axes) > 1 and (node.function != "logsumexp" or len(axes) < op.rank)
        is_near_zero = node.key in self.demands.divisors
        if is_near_zero and node.function == "logsoftmax":
            made = self._to_last_digit(op, axes)
        elif is_shared or is_several:
            made = self._in_steps(node.function, op, axes, is_finite="logsumexp" not in asked)
        else:
            kept = tuple(dim for k, dim in enumerate(op.dims) if k not in axes)
            dims = kept if node.function == "logsumexp" else op.dims
            made = self.plan.make(node.function, (op,), dims, Along(axes if kept else ()))
        if node.function != "logsumexp":
            return tensor._replace(op=made)
        return Tensor(made, tuple(range(made.rank)))

    def _in_steps(
        self, function: str, op: Operation, axes: tuple[int, ...], *, is_finite: bool
    ) -> Operation:
        """One of several functions of the same array, which share the exponentials."""
        plan, places = self.plan, tuple(k not in axes for k in range(op.rank))
        top = plan.reduced(op, "max", axes)
        known = plan.known("map", (top,), top.dims, Entrywise(FINITE))
        top = known or (top if is_finite else plan.map(FINITE, top))
        shifted = plan.map("-", op, plan.expanded(top, places))
        exponentials = plan.map("exp", shifted)
        total = plan.reduced(exponentials, "sum", axes)
        if function == "softmax":
            return plan.map("/", exponentials, plan.expanded(total, places))
        logarithm = plan.map("log", total)
        if function == "logsumexp":
            return plan.map("+", logarithm, top)
        return plan.map("-", shifted, plan.expanded(logarithm, places))

    def _to_last_digit(self, op: Operation, axes: tuple[int, ...]) -> Operation:
        """The logarithm of a softmax where that is near 0 too, as what is divided by has to be.

        Beside the largest, whose exponential is 1, the others are added up by themselves.
        """
        plan, places = self.plan, tuple(k not in axes for k in range(op.rank))
        top = plan.reduced(op, "max", axes)
        shifted = plan.map("-", op, plan.expanded(top, places))
        smaller = plan.map("*", plan.map("exp", shifted), plan.map("<", shifted, plan.number(0)))
        equal = plan.as_number(plan.map("==", shifted, plan.number(0)))
        # Taken from 1 first: beside it the others might be lost.
        less = plan.map("-", plan.number(1), plan.reduced(equal, "sum", axes))
        others = plan.map("-", plan.reduced(smaller, "sum", axes), less)
        return plan.map("-", shifted, plan.expanded(plan.map("log1p", others), places))
