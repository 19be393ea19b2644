"""Operations on arrays, free of any target language.

An operation knows its axes and what it costs at given sizes.  An array has one axis for each axis
of the graph's node, less those along which it is constant.
"""

from collections.abc import Collection, Iterable, Iterator
from fractions import Fraction

from dimderiv.codegen.plan.cost import ARITHMETIC, cost_with
from dimderiv.codegen.plan.details import Detail, Entrywise, Exact, Multiplied, Name
from dimderiv.codegen.plan.kinds import COMPARISONS, FUNCTION, KINDS, OF_MATRICES, VIEWS, Traits
from dimderiv.codegen.plan.regimes import Sizes
from dimderiv.codegen.plan.running import Running, whole
from dimderiv.language import Dim, frozen

# Views that run backwards, or show an entry at several places.
ODD_VIEWS = frozenset({"flip", "windowed", "windows"})


@frozen.by_identity
class Operation:
    """One operation of a plan.

    Attributes:
        kind: what it does, such as `matmul`, `map`, `reduce` or `solve`.
        detail: what it takes besides arrays: the function of a map, the axes of a reduction.
        arguments: the operations whose values it takes.
        dims: the size of each axis of its value; 1 where the axis is there to broadcast.
        repeats: how often it is computed, each time that the results are.
    """

    kind: str
    detail: Detail
    arguments: tuple["Operation", ...]
    dims: tuple[Dim, ...]
    repeats: float = 1.0

    @property
    def traits(self) -> Traits:
        """What is known of its kind."""
        return KINDS.get(self.kind, FUNCTION)

    def cost(self, sizes: Sizes) -> float:
        """What it costs by itself at certain sizes, as often as it is computed."""
        before = [argument.dims for argument in self.arguments]
        once = self.traits.cost(self.detail, before, self.dims, sizes)
        return once if self.repeats == 1 else cost_with(once, self.repeats, self.dims, sizes)

    def running(self) -> Running:
        """The indices of its axes and of those of its arguments."""
        before = [argument.dims for argument in self.arguments]
        return self.traits.run(self.detail, before, self.dims)

    @property
    def rank(self) -> int:
        """The number of axes of the value."""
        return len(self.dims)

    @property
    def is_leaf(self) -> bool:
        """Whether it is there without arguments."""
        return self.traits.value == "given"

    @property
    def is_view(self) -> bool:
        """Whether its value is a view of its argument, which costs nothing."""
        return self.kind in VIEWS

    @property
    def is_plain_view(self) -> bool:
        """Whether it shows its argument with the axes in another order, or with more of them."""
        return self.is_view and self.traits.run is not whole

    @property
    def is_factor(self) -> bool:
        """Whether its value is the factors of a matrix."""
        return self.traits.value == "factors"

    @property
    def is_fresh(self) -> bool:
        """Whether its value is an array of its own, which nobody else holds."""
        return self.traits.value == "fresh"

    @property
    def function(self) -> str:
        """The function that is taken of each entry, if one is."""
        return self.detail.function if isinstance(self.detail, Entrywise) else ""

    @property
    def name(self) -> str:
        """The name of an input or a constant."""
        return self.detail.name if isinstance(self.detail, Name) else ""

    @property
    def number(self) -> Fraction | None:
        """The number that it is, if it is one."""
        return self.detail.value if isinstance(self.detail, Exact) else None

    @property
    def is_gram(self) -> bool:
        """Whether it is the product of a matrix with its own transpose."""
        return isinstance(self.detail, Multiplied) and self.detail.is_gram

    @property
    def is_arithmetic(self) -> bool:
        """Whether it is a function of entries that is computed as quickly as they are read."""
        return self.function in ARITHMETIC

    @property
    def is_truth(self) -> bool:
        """Whether the entries are truth values."""
        return self.function in COMPARISONS or (self.is_view and self.arguments[0].is_truth)


def reachable(ops: Iterable[Operation], known: Collection[Operation] = ()) -> Iterator[Operation]:
    """Operations and what they need, each once and before what needs it.

    Args:
        ops: the operations.
        known: operations that are left out, with what they need.
    """
    passed: set[Operation] = set()
    waiting = [(op, False) for op in reversed(list(ops))]
    while waiting:
        op, is_ready = waiting.pop()
        if is_ready:
            yield op
        elif op not in passed and op not in known:
            passed.add(op)
            waiting.append((op, True))
            waiting.extend((argument, False) for argument in reversed(op.arguments))


def is_of_numbers(op: Operation) -> bool:
    """Whether no array is among what the value is made of."""
    return not op.dims and all(each.kind != "input" and not each.dims for each in reachable([op]))


def beneath_views(op: Operation) -> Operation:
    """What a view is a view of."""
    while op.is_view:
        op = op.arguments[0]
    return op


def is_odd(op: Operation) -> bool:
    """Whether a value is a view that not every library can have."""
    while op.is_view:
        if op.kind in ODD_VIEWS:
            return True
        (op,) = op.arguments
    return False


def is_of_stack(op: Operation) -> bool:
    """Whether an operation is a function of matrices and takes a stack of them."""
    is_of_matrix = op.kind in OF_MATRICES or op.kind not in KINDS
    return is_of_matrix and bool(op.arguments) and op.arguments[0].rank > 2
