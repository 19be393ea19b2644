"""Which values are overwritten by others, and which therefore get a line of their own.

An operation may put its value where one of its arguments was, if that argument is an array which
nobody else holds, and which nothing that comes later needs.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from dimderiv.codegen.plan import Operation, beneath_views

# An operation that is written inside so many others is taken to be read late.
MOST_NESTED = 16


@dataclass(eq=False)
class Overwriting:
    """Where the values of one function are kept.

    Args:
        order: the operations, each after what it needs.
        outputs: those that are returned.
        places: which arguments of an operation the target can overwrite.
        is_held: whether a value has a name, so that it has a line in any case.
        owned: values that are computed already, and may be overwritten.

    Attributes:
        bases: for each operation that overwrites an argument, that argument.
        lined: the operations that have a line of their own.
    """

    order: Sequence[Operation]
    outputs: Sequence[Operation]
    places: Callable[[Operation], Collection[int]]
    is_held: Callable[[Operation], bool]
    owned: Collection[Operation] = ()

    def __post_init__(self) -> None:
        order, outputs = self.order, self.outputs
        self.bases: dict[Operation, Operation] = {}
        self.lined: set[Operation] = set()
        self._returned = {beneath_views(op) for op in outputs}
        self._users = _users(order)
        self._index = {op: k for k, op in enumerate(order)}
        uses = _uses(order, outputs)
        for op in order:
            base = self._base(op)
            if base is not None:
                self.bases[op] = base
                self.lined |= {op, base}
            elif not (op.is_leaf or op.is_view) and _is_lined(op, uses[op] > 1 or self.is_held(op)):
                self.lined.add(op)

    def _base(self, op: Operation) -> Operation | None:
        """The argument that the value of an operation takes the place of.

        Vectors are not overwritten as a whole: expressions are read more easily, and are as fast.
        """
        if op.rank < 2 and op.kind != "inlaid":
            return None
        found = []
        for place in self.places(op):
            base = op.arguments[place]
            if base.dims != op.dims or not base.is_fresh or base.is_truth:
                continue
            if base in self._returned or is_diagonal(base):
                continue
            if base not in self._index and base not in self.owned:
                continue
            if all(self._is_before(user, op) for user in self._users[base]):
                found.append(base)
        # What has a name had better keep it.
        return min(found, key=self.is_held, default=None)

    def _is_before(self, user: Operation, op: Operation) -> bool:
        """Whether an operation has read its arguments when another one overwrites its own."""
        for _ in range(MOST_NESTED):
            if user is op or user in self.lined:
                return self._index[user] <= self._index[op]
            users = self._users[user]
            if user in self._returned or len(users) != 1:
                return False
            (user,) = users
        return False


def _users(order: Sequence[Operation]) -> dict[Operation, list[Operation]]:
    """What takes each value, or a view of it."""
    users: dict[Operation, list[Operation]] = defaultdict(list)
    for op in order:
        if not op.is_view:
            for argument in op.arguments:
                users[beneath_views(argument)].append(op)
    return users


def _uses(order: Sequence[Operation], outputs: Sequence[Operation]) -> Counter[Operation]:
    """How often each value is needed; a view passes its uses on to what it shows."""
    uses = Counter(outputs)
    for op in reversed(order):
        times = uses[op] if op.is_view else 1
        for argument in op.arguments:
            uses[argument] += times
    return uses


def _is_lined(op: Operation, is_needed_again: bool) -> bool:
    if op.kind == "inlaid" or (op.kind == "put" and len(op.arguments) > 2):
        return True
    return not is_diagonal(op) if op.kind == "scatter" else is_needed_again


def is_diagonal(op: Operation) -> bool:
    """Whether the value is the diagonal matrix of a vector, for which numpy has a function."""
    return op.kind == "scatter" and op.rank == 2 and len(op.arguments) == 1
