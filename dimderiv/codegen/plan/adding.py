"""Sums of tensors: in which order they are added, and which of them are put into parts."""

from collections.abc import Sequence
from fractions import Fraction

from dimderiv.codegen.plan.inlaying import Inlaying, Term, is_inside
from dimderiv.codegen.plan.operations import Operation
from dimderiv.codegen.plan.plan import Plan, Tensor
from dimderiv.codegen.plan.scaling import Scaling
from dimderiv.language import Dim


class Adding:
    """Adds tensors.

    Args:
        plan: the plan that the operations become part of.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.scaling = Scaling(plan)
        self.inlaying = Inlaying(plan)

    def total(self, terms: Sequence[Term], axes: tuple[Dim, ...]) -> Tensor:
        """The sum of tensors, of which those that lie in parts of it are put there.

        Args:
            terms: the tensors, with what they are multiplied by.
            axes: the size of each axis of the sum.
        """
        boxes, rest = self.inlaying.apart(terms, axes)
        whole = None if rest else self.inlaying.beside_each_other(boxes, axes)
        if whole is None and boxes and all(is_inside(box, axes) for box in boxes):
            base = self.plan.full(self._summed(rest), axes) if rest else None
            whole = self.inlaying.put(base, boxes, axes)
        return Tensor(whole, tuple(range(len(axes)))) if whole else self._summed(terms)

    def _summed(self, tensors: Sequence[Term]) -> Tensor:
        """The sum of tensors, those with fewer axes first, since their sum is cheap."""
        most = max(len(t.letters) for _, t in tensors)
        small = [(c, t) for c, t in tensors if len(t.letters) < most]
        if len(small) > 1:
            large = [(c, t) for c, t in tensors if len(t.letters) == most]
            sign = -1 if small[0][0] < 0 else 1
            together = self._accumulated([(sign * c, t) for c, t in small])
            tensors = [*large, (Fraction(sign), together)]
        return self._accumulated(tensors)

    def _accumulated(self, terms: Sequence[Term]) -> Tensor:
        letters = letters_of_all([tensor for _, tensor in terms])
        total: Operation | None = None
        for coefficient, tensor in sorted(terms, key=lambda term: term[0] < 0):
            scaled = self.scaling.multiple(abs(coefficient), [], tensor)
            op = self.plan.aligned(self.plan.upright(scaled), letters)
            if total is None:
                total = self.scaling.negated_view(op) if coefficient < 0 else op
            else:
                total = self.plan.map("-" if coefficient < 0 else "+", total, op)
        assert total is not None
        return Tensor(total, letters)


def letters_of_all(tensors: Sequence[Tensor]) -> tuple[int, ...]:
    """The letters that tensors have together: those of one that has all, or else in order.

    Args:
        tensors: the tensors.
    """
    held = {letter for tensor in tensors for letter in tensor.letters}
    longest = max((tensor.letters for tensor in tensors), key=len)
    return longest if len(longest) == len(held) else tuple(sorted(held))
