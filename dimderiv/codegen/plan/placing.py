"""Products with affine indices and labels: entries are taken of arrays, multiplied, and placed."""

from collections.abc import Callable, Sequence

from dimderiv.codegen.plan import labels
from dimderiv.codegen.plan.convolutions import transposed
from dimderiv.codegen.plan.factors import Factors
from dimderiv.codegen.plan.plan import Plan, Tensor, side_by_side
from dimderiv.codegen.plan.scaling import Scaling
from dimderiv.codegen.plan.selections import Chosen, applied, placed, selected
from dimderiv.codegen.plan.spelled import Spelled
from dimderiv.graph import LabelledProduct, Node, letters_of

Take = Callable[[list[Tensor]], list[Tensor]]
# The product of factors, of which entries are taken first, less letters that are no sums.
Multiply = Callable[[LabelledProduct, Take, frozenset[int]], Tensor]
Places = dict[int, Chosen]


class Placing:
    """Plans products whose letters choose places.

    Args:
        plan: the plan that the operations become part of.
        factors: reads factors.
        value: gives the value of a node.
        multiply: plans a product.
    """

    def __init__(
        self, plan: Plan, factors: Factors, value: Callable[[Node], Tensor], multiply: Multiply
    ) -> None:
        self.plan, self.factors, self.value, self.multiply = plan, factors, value, multiply
        self.scaling = Scaling(plan)

    def product(self, found: Spelled) -> Tensor:
        """The value of a product; its letters are the numbers of the axes of the result."""
        result = letters_of(found.product.result)
        total = self._total(found, result)
        return total._replace(letters=tuple(result.index(i) for i in total.letters))

    def _total(self, found: Spelled, result: tuple[int, ...]) -> Tensor:
        for each in found.labels:
            if each.root in result:
                return self._put(found, each, result)
        for each in found.labels:
            if (further := found.further(each, result)) is not None:
                return self._part_of_put(found, each, further, result)
        scattered = found.scattered(self.plan)
        if not scattered:
            held = self._multiplied(found, result, scattered)
            return held._replace(letters=tuple(result[k] for k in held.letters))
        groups = [scattered[i].letters if i in scattered else (i,) for i in result]
        letters = tuple(i for group in groups for i in group)
        known = self._transposed(found, letters, scattered)
        if known is not None:
            return known
        core = self._scattered(found, letters, scattered)
        return placed(self.plan, core, scattered, result, found.product.dims)

    def _scattered(self, found: Spelled, letters: tuple[int, ...], scattered: Places) -> Tensor:
        """What is added up at places on axes of the result."""
        for each in found.labels:
            if each.root in letters:
                left = [c for c in found.chosen if c.root in found.held or c.root not in scattered]
                return self._put(found._replace(chosen=left), each, letters)
        core = self._multiplied(found, letters, scattered)
        return self.plan.upright(core._replace(letters=tuple(letters[k] for k in core.letters)))

    def _part_of_put(
        self, found: Spelled, each: labels.Labels, further: Chosen, result: tuple[int, ...]
    ) -> Tensor:
        """A product with entries at the places that labels say, of which letters choose some."""
        inner, outer = found.apart(each, further, result)
        whole, dims = self._total(inner, letters_of(inner.product.result)), outer.dims

        def take(tensors: list[Tensor]) -> list[Tensor]:
            return applied(self.plan, [further], [*tensors, whole], result, dims)

        core = self.multiply(outer, take, frozenset(range(len(dims))))
        return core._replace(letters=tuple(result[k] for k in core.letters))

    def _put(self, found: Spelled, each: labels.Labels, result: tuple[int, ...]) -> Tensor:
        """A product with entries at the places that labels say."""
        held = self.entries(found, each, result)
        return labels.put(self.plan, self.value, each, held, result, found.product.dims)

    def entries(self, found: Spelled, each: labels.Labels, result: tuple[int, ...]) -> Tensor:
        """What a product puts at the places that labels say.

        Args:
            found: the product.
            each: the labels.
            result: the letters of the result, among them that of the places.
        """
        # What has the places too is taken at the labels.
        letters = (*each.letters, *(i for i in result if i not in each.every))
        inner = found.product._replace(result=letters)
        core = self.product(found._replace(product=inner))
        return self.plan.upright(core._replace(letters=tuple(letters[k] for k in core.letters)))

    def _multiplied(self, found: Spelled, result: tuple[int, ...], scattered: Places) -> Tensor:
        """The product of entries that are taken of arrays."""
        dims = found.product.dims
        now = [each for each in found.chosen if scattered.get(each.root) is not each]
        # The rows of labels are there once entries have been taken at them, the places until then.
        rows = {letter for each in found.labels for letter in each.letters}
        roots = {each.root for each in found.labels}
        late = [c for c in now if not rows.isdisjoint(c.every) and roots.isdisjoint(c.every)]
        early = [each for each in now if each not in late]
        needed = {*result, *roots, *rows, *(i for each in late for i in each.every)}

        def take(tensors: list[Tensor]) -> list[Tensor]:
            tensors = [selected(self.plan, tensor, scattered, dims) for tensor in tensors]
            tensors = applied(self.plan, early, tensors, needed, dims)
            # A part of an array may have come by the letter of such an axis only now.
            tensors = [selected(self.plan, tensor, scattered, dims) for tensor in tensors]
            for each in labels.in_turn(found.labels):
                tensors = labels.taken(self.plan, self.value, each, tensors)
            return applied(self.plan, late, tensors, result, dims) if late else tensors

        return self.multiply(found.product._replace(result=result), take, found.choosing)

    def _transposed(
        self, found: Spelled, letters: tuple[int, ...], scattered: Places
    ) -> Tensor | None:
        """A product that undoes a convolution, if it is one and no other places are chosen."""
        if len(scattered) < len(found.chosen) or found.labels:
            return None
        inner = found.product._replace(result=letters)
        tensors = self._leaves(inner, is_scalar=False)
        if any(not scattered.keys().isdisjoint(tensor.letters) for tensor in tensors):
            return None
        tensors = side_by_side(self.plan, tensors)
        result = letters_of(found.product.result)
        total = transposed(self.plan, tensors, [*scattered.values()], result, inner.dims)
        if total is None:
            return None
        scalars = self._leaves(inner, is_scalar=True)
        return self.plan.upright(self.scaling.multiple(inner.coefficient, scalars, total))

    def _leaves(self, node: LabelledProduct, *, is_scalar: bool) -> Sequence[Tensor]:
        every = [f for f in node.factors if (not f.indices) is is_scalar]
        return [tensor for factor in every for tensor in self.factors.leaves(factor, node)]
