"""Multiples of tensors: where a number, a scalar or a sign is multiplied in."""

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce

from dimderiv.codegen.plan.details import Entrywise
from dimderiv.codegen.plan.operations import Operation
from dimderiv.codegen.plan.plan import Plan, Tensor, entrywise_product

# A sign is looked for in factors of factors of factors.
MOST_NESTED = 3


class Scaling:
    """Multiplies tensors by scalars.

    Args:
        plan: the plan that the operations become part of.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def multiple(
        self, coefficient: Fraction, scalars: Sequence[Tensor], tensor: Tensor | None
    ) -> Tensor:
        """A multiple of a tensor, by a number and scalars that are multiplied first."""
        if tensor is not None and tensor.op.number is not None:
            coefficient, tensor = coefficient * tensor.op.number, None
        plan, size = self.plan, abs(coefficient)
        above = [t for t in scalars if not t.below]
        under = [t for t in scalars if t.below]
        if size.numerator != 1:
            above.insert(0, Tensor(plan.number(size.numerator), ()))
        if size.denominator != 1:
            under.insert(0, Tensor(plan.number(size.denominator), (), below=True))
        parts = [self.multiplied(group) for group in (above, under) if group]
        scale = self.multiplied(parts) if parts else None
        if tensor is None:
            tensor = scale or Tensor(plan.number(1), ())
        elif scale is not None:
            tensor = self._rescaled(tensor, scale)
        return self.negated(plan.upright(tensor)) if coefficient < 0 else tensor

    def negated(self, tensor: Tensor) -> Tensor:
        """Minus a tensor: minus its number or its smallest factor, where it is a product."""
        op, plan = tensor.op, self.plan
        if op.number is not None:
            return tensor._replace(op=plan.number(-op.number))
        known = self._known_negative(op, MOST_NESTED)
        if known is not None:
            return tensor._replace(op=known)
        place = self._place_of_sign(op)
        if place is None:
            return tensor._replace(op=plan.map("negative", op))
        inner = self.negated_view(op.arguments[place])
        return tensor._replace(op=plan.remade(op, place, inner))

    def _known_negative(self, op: Operation, depth: int) -> Operation | None:
        """Minus an operation, where that or minus one of its factors is made already."""
        if op.function == "negative":
            return op.arguments[0]
        if op.kind == "input" or op in self.plan.committed:
            return self.plan.known("map", (op,), op.dims, Entrywise("negative"))
        if not _is_product(op, "*/") or op.is_gram or not depth:
            return None
        for place, factor in enumerate(op.arguments):
            known = self._known_negative(factor, depth - 1) if factor.rank else None
            if known is not None:
                return self.plan.remade(op, place, known)
        return None

    def _place_of_sign(self, op: Operation) -> int | None:
        """The place of the factor that a sign goes to best, if it goes to any."""
        if _is_quotient(op):
            return 1
        if not _is_product(op, "*/") or op in self.plan.committed:
            return None
        is_first = op.function == "/" or op.arguments[0].kind == "number"
        return 0 if is_first else self._small_factor(op)

    def _small_factor(self, op: Operation) -> int | None:
        """The place of the factor that is best multiplied instead of the product, if any is."""
        if op.is_gram:
            return None
        count, factors = self.plan.sizes.entries, op.arguments
        least = min(range(len(factors)), key=lambda k: count(factors[k].dims))
        if not factors[least].rank:
            return least if op.rank and not factors[least].is_truth else None
        is_given = not factors[least].arguments and not factors[least].is_truth
        is_entrywise = op.kind == "map" and is_given
        times = 1 if is_entrywise else 4
        return least if times * count(factors[least].dims) <= count(op.dims) else None

    def negated_view(self, op: Operation) -> Operation:
        """Minus an array; of a view, the view of minus what it shows."""
        if op.is_plain_view:
            return self.plan.remade(op, 0, self.negated_view(op.arguments[0]))
        return self.negated(Tensor(op, tuple(range(op.rank)))).op

    def multiplied(self, tensors: Sequence[Tensor]) -> Tensor:
        """The product of tensors that share their letters."""
        return reduce(lambda a, b: entrywise_product(self.plan, a, b, ()), tensors)

    def _rescaled(self, tensor: Tensor, scale: Tensor) -> Tensor:
        """A multiple, taken of a small factor where the product is large."""
        op, plan = tensor.op, self.plan
        if op.kind == "inverse":
            tensor, op = plan.written_out(tensor), plan.make("inv", op.arguments, op.dims)
        if _is_product(op, "*") and op not in plan.committed and not tensor.below:
            place = self._small_factor(op)
            if place is not None:
                inner = self._scaled_view(op.arguments[place], scale)
                return tensor._replace(op=plan.remade(op, place, inner))
        return entrywise_product(plan, scale, tensor, ())

    def _scaled_view(self, op: Operation, scale: Tensor) -> Operation:
        if op.is_plain_view:
            return self.plan.remade(op, 0, self._scaled_view(op.arguments[0], scale))
        if op.number is not None and scale.op.number is not None and not scale.below:
            return self.plan.number(op.number * scale.op.number)
        return entrywise_product(self.plan, scale, Tensor(op, tuple(range(op.rank))), ()).op


def _is_quotient(op: Operation) -> bool:
    """Whether an array is divided by a number, which a sign costs nothing."""
    if op.function != "/" or not op.rank or op.arguments[1].rank:
        return False
    return op.rank > 1 or bool(op.arguments[1].arguments)


def _is_product(op: Operation, signs: str) -> bool:
    """Whether a factor may take over what the whole is multiplied by."""
    if op.kind == "map":
        return op.function in signs
    return op.kind in {"matmul", "tensordot", "einsum"}
