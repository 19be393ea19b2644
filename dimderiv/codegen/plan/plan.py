"""A plan: the operations made so far, and those that will be computed.

Equal operations are one object, so what several results need is computed once.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from dimderiv.codegen.plan.details import (
    Axes,
    Detail,
    Entrywise,
    Exact,
    Length,
    Multiplied,
    Name,
    Order,
    Pattern,
    Places,
    Reduction,
    Subscripts,
)
from dimderiv.codegen.plan.kinds import COMPARISONS
from dimderiv.codegen.plan.operations import Operation, is_of_numbers
from dimderiv.codegen.plan.regimes import Amount, Regimes, Sizes
from dimderiv.language import ONE, Dim

# Functions of two arrays that give the same with them the other way.
COMMUTING = frozenset({"+", "*", "maximum", "minimum"})
# A plan of more operations is made for one of several sizes only, since planning takes its time.
MOST_OPERATIONS = 80

TensorSlot = tuple[object, ...]


class Tensor(NamedTuple):
    """An operation with a letter for each of its axes.

    Attributes:
        op: the operation.
        letters: the letter of each axis; along any other letter the value is constant.
        below: whether the entries stand below the line of a quotient.
    """

    op: Operation
    letters: tuple[int, ...]
    below: bool = False


class Late(NamedTuple):
    """Inputs that arrive when others have been there for a while, and arrive again and again.

    Attributes:
        names: the symbols.
        early: how often that is computed which needs none of them, each time that they arrive.
    """

    names: frozenset[str] = frozenset()
    early: float = 1.0


AT_ONCE = Late()


class Plan:
    """The operations made so far, at certain sizes.

    Args:
        sizes: a number for each named size, by which costs are compared.
        others: other sizes, which the plan is made for too as far as it would be the same.
        late: the inputs that arrive later than others.
        has_more_axes: whether an input has more axes than a matrix, or is taken in parts: then
            stacks of matrices are multiplied.  Of matrices alone they come from derivatives by
            matrices of matrices only, which are better multiplied entry by entry.

    Attributes:
        committed: the operations that will be computed, in the order in which that was decided.
        shared: among how many products the cost of an operation is divided.
    """

    def __init__(
        self,
        sizes: Mapping[str, int],
        others: Iterable[Mapping[str, int]] = (),
        late: Late = AT_ONCE,
        *,
        has_more_axes: bool = False,
    ) -> None:
        self.sizes = Regimes([sizes, *others])
        self.late = late
        self._made: dict[TensorSlot, Operation] = {}
        self._costs: dict[Sizes, dict[Operation, float]] = {}
        self.committed: dict[Operation, None] = {}
        self.symmetric: set[Operation] = set()
        self.has_more_axes = has_more_axes
        self.shared: dict[Operation, int] = {}

    def make(
        self,
        kind: str,
        arguments: Iterable[Operation] = (),
        dims: tuple[Dim, ...] = (),
        detail: Detail = (),
    ) -> Operation:
        """The operation of that kind on these arguments."""
        arguments = tuple(arguments)
        known = self.known(kind, arguments, dims, detail)
        if known is None:
            early = 1.0 if kind == "input" and detail[0] in self.late.names else self.late.early
            repeats = max([argument.repeats for argument in arguments], default=early)
            known = Operation(kind, detail, arguments, dims, repeats)
            self._made[_slot(kind, arguments, dims, detail)] = known
        return known

    def known(
        self, kind: str, arguments: tuple[Operation, ...], dims: tuple[Dim, ...], detail: Detail
    ) -> Operation | None:
        """The operation of that kind on these arguments if there is one, in either order."""
        known = self._made.get(_slot(kind, arguments, dims, detail))
        if known is None and len(arguments) == 2 and (other := swapped(kind, detail)) is not None:
            known = self._made.get(_slot(kind, arguments[::-1], dims, other))
        return known

    def remade(self, op: Operation, place: int, argument: Operation) -> Operation:
        """An operation with another argument at a place."""
        arguments = (*op.arguments[:place], argument, *op.arguments[place + 1 :])
        return self.make(op.kind, arguments, op.dims, op.detail)

    def symbol(self, name: str, dims: tuple[Dim, ...]) -> Operation:
        """An input."""
        return self.make("input", (), dims, Name(name))

    def number(self, value: Fraction | int) -> Operation:
        """An exact number."""
        return self.make("number", (), (), Exact(Fraction(value)))

    def size(self, dim: Dim) -> Operation:
        """The size of an axis as a number."""
        known = dim.number
        return self.make("size", (), (), Length(dim)) if known is None else self.number(known)

    def map(self, function: str, *arguments: Operation) -> Operation:
        """A function of the entries of arrays that broadcast as in numpy."""
        if function not in COMPARISONS and any(argument.is_truth for argument in arguments):
            # A factor of the floating type makes numbers of truth values; whole numbers do not.
            others = [each for each in arguments if not each.is_truth]
            if function != "*" or all(map(is_of_numbers, others)):
                arguments = tuple(map(self.as_number, arguments))
        rank = max((argument.rank for argument in arguments), default=0)
        padded = [(ONE,) * (rank - len(a.dims)) + a.dims for a in arguments]
        dims = [next((d for d in axis if not d.is_one), ONE) for axis in zip(*padded, strict=True)]
        return self.make("map", arguments, tuple(dims), Entrywise(function))

    def matmul(self, left: Operation, right: Operation, dims: tuple[Dim, ...]) -> Operation:
        """A matrix product; that of a matrix with its own transpose costs half."""
        if left.rank == 1 and right in self.symmetric:
            left, right = right, left
        is_gram = left.rank == 2 and _is_transpose(left, right)
        return self.make("matmul", (left, right), dims, Multiplied(is_gram))

    def as_number(self, op: Operation) -> Operation:
        """Truth values as the numbers 0 and 1."""
        return self.make("cast", (op,), op.dims) if op.is_truth else op

    def transposed(self, op: Operation, order: tuple[int, ...]) -> Operation:
        """The axes in another order."""
        if order == tuple(range(op.rank)) or op.is_gram or op in self.symmetric:
            return op
        if isinstance(op.detail, Order):
            inner = op.detail.axes
            return self.transposed(op.arguments[0], tuple([inner[k] for k in order]))
        return self.make("transpose", (op,), tuple([op.dims[k] for k in order]), Order(order))

    def reduced(self, op: Operation, function: str, axes: Axes) -> Operation:
        """The sum, or the largest or smallest, of the entries along axes."""
        dims = tuple([dim for k, dim in enumerate(op.dims) if k not in axes])
        return self.make("reduce", (op,), dims, Reduction(function, axes))

    def expanded(self, op: Operation, places: tuple[bool, ...]) -> Operation:
        """Axes of size 1 where a place is false; leading ones are left to broadcasting."""
        while places and not places[0]:
            places = places[1:]
        if all(places):
            return op
        own = iter(op.dims)
        dims = tuple([next(own) if held else ONE for held in places])
        return self.make("expand", (op,), dims, Places(places))

    def aligned(self, tensor: Tensor, letters: tuple[int, ...]) -> Operation:
        """An array that broadcasts against others whose axes are these letters, in this order."""
        if tensor.letters == letters:
            return tensor.op
        order = [tensor.letters.index(letter) for letter in letters if letter in tensor.letters]
        op = self.transposed(tensor.op, tuple(order))
        return self.expanded(op, tuple(letter in tensor.letters for letter in letters))

    def full(self, tensor: Tensor, dims: tuple[Dim, ...]) -> Operation:
        """The array with every axis written out; its letters are the numbers of the axes."""
        tensor = self.upright(tensor)
        op = self.as_number(self.aligned(tensor, tuple(range(len(dims)))))
        return op if len(tensor.letters) == len(dims) else self.make("fill", (op,), dims)

    def upright(self, tensor: Tensor) -> Tensor:
        """The entries above the line."""
        if not tensor.below:
            return tensor
        return Tensor(self.map("/", self.number(1), tensor.op), tensor.letters)

    def written_out(self, tensor: Tensor) -> Tensor:
        """The entries of an inverse, where nothing is solved with it."""
        op = tensor.op
        if op.kind != "inverse":
            return tensor
        dense = self.make("inv", op.arguments, op.dims)
        if op in self.symmetric:
            self.symmetric.add(dense)
        return tensor._replace(op=dense)

    def factor(self, op: Operation, *, is_definite: bool) -> Operation:
        """The factors of a square matrix; for a transpose those of what it is the transpose of."""
        matrix = op.arguments[0] if op.kind == "transpose" else op
        kind = "lower" if matrix.kind == "chol" else "cholesky" if is_definite else "lu"
        return self.make(kind, (matrix,), op.dims)

    def extra_cost(self, op: Operation) -> Amount:
        """What an operation costs beyond what is computed already."""
        return self.cost(self.new(op))

    def cost(self, ops: Iterable[Operation]) -> Amount:
        """What operations cost together."""
        return Amount(self.sizes, lambda sizes: self._cost(ops, sizes))

    def _cost(self, ops: Iterable[Operation], sizes: Sizes) -> float:
        costs, total = self._costs.setdefault(sizes, {}), 0.0
        for op in ops:
            if op not in costs:
                costs[op] = op.cost(sizes)
            total += costs[op] / self.shared.get(op, 1)
        return total

    def commit(self, op: Operation) -> None:
        """Note that an operation will be computed, so that others may use it for nothing."""
        self.committed.update(dict.fromkeys(self.new(op)))
        if len(self.committed) > MOST_OPERATIONS:
            self.sizes.others = []

    def new(self, op: Operation) -> list[Operation]:
        """An operation and what it needs, as far as that is not committed."""
        found: dict[Operation, None] = {}
        waiting = [op]
        while waiting:
            each = waiting.pop()
            if each not in self.committed and each not in found:
                found[each] = None
                waiting += each.arguments
        return list(found)

    def take_back(self, count: int) -> None:
        """Forget what was committed, except for so many operations that were first."""
        while len(self.committed) > count:
            self.committed.popitem()


def _is_transpose(left: Operation, right: Operation) -> bool:
    """Whether a matrix is the transpose of another one, as `Plan.transposed` makes it."""
    if left.kind == "transpose":
        return left.arguments[0] is right
    if right.kind == "transpose":
        return right.arguments[0] is left
    return left is right and left.is_gram


def _slot(
    kind: str, arguments: tuple[Operation, ...], dims: tuple[Dim, ...], detail: Detail
) -> TensorSlot:
    return (kind, detail, *map(id, arguments), *[dim.monomials for dim in dims])


def relabelled(left: Axes, right: Axes, kept: Axes) -> Subscripts:
    """The letters of a sum of products, numbered in the order in which they occur."""
    place = {i: k for k, i in enumerate(dict.fromkeys(chain(left, right)))}
    return Subscripts(*(tuple([place[i] for i in each]) for each in (left, right, kept)))


def swapped(kind: str, detail: Detail) -> Detail | None:
    """The detail of an operation of two arguments that gives the same with them the other way."""
    match detail:
        case Subscripts(left, right, kept):
            return relabelled(right, left, kept)
        case Entrywise(function) if function in COMMUTING:
            return detail
    return detail if kind == "inner" else None


def entrywise_product(plan: Plan, a: Tensor, b: Tensor, wanted: tuple[int, ...]) -> Tensor:
    """The product of two tensors entry by entry, or their outer product."""
    large, small = (b, a) if len(b.letters) > len(a.letters) else (a, b)
    letters = large.letters
    extra = tuple(i for i in small.letters if i not in letters)
    if extra:
        every = letters + extra
        letters = tuple(i for i in wanted if i in every)
        letters += tuple(i for i in every if i not in letters)
    sides = [plan.aligned(t, letters) for t in (a, b)]
    if a.below == b.below:
        first, second = sides
        if first.rank and not second.rank:
            first, second = second, first
        if first is second:
            return Tensor(plan.map("square", first), letters, a.below)
        return Tensor(plan.map("*", first, second), letters, a.below)
    above, under = sides if b.below else sides[::-1]
    return Tensor(plan.map("/", above, under), letters)


def side_by_side(plan: Plan, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Tensors of which no two have the same letters: such are multiplied entry by entry.

    Args:
        plan: the plan that the operations become part of.
        tensors: the factors of a product.
    """
    found = dict[frozenset[int], Tensor]()
    for tensor in tensors:
        letters = frozenset(tensor.letters)
        if letters in found:
            known, other = plan.written_out(found[letters]), plan.written_out(tensor)
            tensor = entrywise_product(plan, known, other, known.letters)
        found[letters] = tensor
    return [*found.values()]


def distinct(plan: Plan, tensor: Tensor, dims: Sequence[Dim]) -> Tensor:
    """A tensor with each letter once: the entries where axes with the same letter run together.

    Args:
        plan: the plan that the operations become part of.
        tensor: the tensor.
        dims: the size of each letter.
    """
    letters = tuple(dict.fromkeys(tensor.letters))
    if letters == tensor.letters:
        return tensor
    tensor = plan.written_out(tensor)
    pattern = tuple(letters.index(letter) for letter in tensor.letters)
    sizes = tuple(dims[letter] for letter in letters)
    op = plan.make("diagonal", (tensor.op,), sizes, Pattern(pattern))
    return tensor._replace(op=op, letters=letters)
