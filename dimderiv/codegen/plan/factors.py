"""The factors of a labelled product as tensors with the letters of the product."""

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations

from dimderiv.codegen.plan.details import Along
from dimderiv.codegen.plan.operations import Operation
from dimderiv.codegen.plan.plan import Plan, Tensor, distinct, entrywise_product
from dimderiv.codegen.plan.scaling import Scaling
from dimderiv.graph import (
    Factor,
    Index,
    LabelledProduct,
    Merged,
    Node,
    Shifted,
    index_dim,
    letters_of,
)
from dimderiv.language import ONE, Dim

POWERS = {Fraction(2): "square", Fraction(1, 2): "sqrt"}
MOST_MULTIPLIED = 8


class Factors:
    """Reads the factors of products.

    Args:
        plan: the plan that the operations become part of.
        value: gives the value of a node.
    """

    def __init__(self, plan: Plan, value: Callable[[Node], Tensor]) -> None:
        self.plan = plan
        self.value = value
        self.scaling = Scaling(plan)

    def leaves(self, factor: Factor, node: LabelledProduct) -> list[Tensor]:
        """The tensor of a factor; of a square that is summed, two of them."""
        tensor = self._indexed(factor, node.dims)
        power = abs(factor.power)
        if power == 1:
            return [Tensor(tensor.op, tensor.letters, (factor.power < 0) != tensor.below)]
        tensor = self.plan.upright(tensor)
        summed = not set(tensor.letters) <= set(node.result)
        if factor.power == 2 and summed:
            return [tensor, tensor]
        raised = self._raised(self.plan.written_out(tensor).op, power)
        return [Tensor(raised, tensor.letters, factor.power < 0)]

    def _raised(self, op: Operation, power: Fraction) -> Operation:
        """A power of entries: of an array a small whole one by products, since `pow` takes long."""
        if power in POWERS:
            return self.plan.map(POWERS[power], op)
        if power == 1:
            return op
        if not op.rank or power.denominator > 1 or power > MOST_MULTIPLIED:
            return self.plan.map("power", op, self.plan.number(power))
        if power % 2:
            return self.plan.map("*", self._raised(op, power - 1), op)
        return self.plan.map("square", self._raised(op, power / 2))

    def _indexed(self, factor: Factor, dims: Sequence[Dim]) -> Tensor:
        """The value of a factor's node, with the letters that the factor gives its axes."""
        tensor, plan = self.value(factor.node), self.plan
        if not all(isinstance(index, int) for index in factor.indices):
            op = plan.full(self.plan.written_out(tensor), factor.node.axes)
            tensor = self._unfolded(op, factor.indices, dims)
        else:
            letters = tuple(letters_of(factor.indices)[axis] for axis in tensor.letters)
            tensor = tensor._replace(letters=letters)
        return distinct(plan, tensor, dims)

    def _unfolded(self, op: Operation, indices: Sequence[Index], dims: Sequence[Dim]) -> Tensor:
        """An array with an axis for each letter of its indices."""
        shown = [i.letters if isinstance(i, Merged) else (i,) for i in indices]
        first = [i for group in shown for i in group]
        if len(first) > len(indices):
            op = self.plan.make("reshape", (op,), tuple(index_dim(i, dims) for i in first))
        letters = [i if isinstance(i, int) else i.letters[0] for i in first]
        slides = {k: i.letters for k, i in enumerate(first) if isinstance(i, Shifted)}
        for step in range(1, max(map(len, slides.values()), default=1)):
            axes = tuple(k for k, each in slides.items() if len(each) > step)
            windows = [dims[slides[k][step]] for k in axes]
            sizes = list(op.dims)
            for axis, window in zip(axes, windows, strict=True):
                sizes[axis] = sizes[axis] - window + ONE
            op = self.plan.make("windows", (op,), (*sizes, *windows), Along(axes))
            letters += [slides[k][step] for k in axes]
        return Tensor(op, tuple(letters))

    def balanced(
        self, node: LabelledProduct, tensors: list[Tensor], known: set[Operation]
    ) -> list[Tensor]:
        """The root of weights in both factors of `A' diag(w) A`.

        The product of one matrix with its own transpose takes BLAS half the time.
        """
        for pair in combinations(range(len(tensors)), 2):
            first, second = (tensors[place] for place in pair)
            if first.op is not second.op:
                continue
            others = [tensor for place, tensor in enumerate(tensors) if place not in pair]
            weights = _weights(first, second, others, node.result)
            if weights and all(weight.op in known for weight in weights):
                root = self._root(weights)
                sides = [
                    entrywise_product(self.plan, side, root, side.letters)
                    for side in (first, second)
                ]
                return [*sides, *(tensor for tensor in others if tensor not in weights)]
        return tensors

    def _root(self, weights: Sequence[Tensor]) -> Tensor:
        """What gives the product of the weights when it is squared: of `v v w` it is `v w^.5`."""
        counts = Counter(weights)
        halves = [weight for weight in counts for _ in range(counts[weight] // 2)]
        single = [weight for weight in counts if counts[weight] % 2]
        # Of a square either root will do, as both factors have the same one.
        squares = [weight for weight in single if weight.op.function == "square"]
        halves += [weight._replace(op=weight.op.arguments[0]) for weight in squares]
        single = [weight for weight in single if weight not in squares]
        if single:
            rest = self.plan.upright(self.scaling.multiplied(single))
            halves.append(rest._replace(op=self.plan.map("sqrt", rest.op)))
        return self.plan.upright(self.scaling.multiplied(halves))


def _weights(
    first: Tensor, second: Tensor, others: Sequence[Tensor], result: Sequence[Index]
) -> list[Tensor]:
    """The vectors along the axis that two equal matrices share and that is summed."""
    if len(first.letters) != 2:
        return []
    shared = [a for a, b in zip(first.letters, second.letters, strict=True) if a == b]
    if len(shared) != 1 or shared[0] in result:
        return []
    if not {*first.letters, *second.letters} - {*shared} <= {*result}:
        return []  # what meets `A' diag(w) A` is better multiplied by one factor after the other
    weights = [t for t in others if shared[0] in t.letters]
    return weights if all(t.letters == (shared[0],) for t in weights) else []
