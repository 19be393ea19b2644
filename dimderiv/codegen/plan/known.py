"""The values that are planned, and trials of ways to compute one, of which the best is kept."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import NamedTuple

from dimderiv.codegen.plan.operations import Operation
from dimderiv.codegen.plan.patterns import parts_of, turned
from dimderiv.codegen.plan.plan import Plan, Tensor
from dimderiv.codegen.plan.regimes import Amount
from dimderiv.graph import Key, Named, Node, Symbol


class Trial(NamedTuple):
    """One way to compute a value.

    Attributes:
        tensor: the value.
        cost: what it costs beyond what was computed already.
        committed: the operations that were committed on the way.
        values: the values that were planned on the way.
    """

    tensor: Tensor
    cost: Amount
    committed: Mapping[Operation, None]
    values: Mapping[Key, Tensor]


class Known:
    """The value of each node that is planned; that of a transpose is a view of it.

    Args:
        plan: the plan that the operations become part of.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._values: dict[Key, Tensor] = {}
        self._unturned: dict[frozenset[Key], list[Node]] = {}

    def get(self, node: Node) -> Tensor | None:
        """The value of a node that is planned, or of which the transpose is."""
        return self._values.get(node.key) or self._known_turned(node)

    def _known_turned(self, node: Node) -> Tensor | None:
        for other in self._unturned.pop(parts_of(node), ()) if len(node.axes) == 2 else ():
            held = self._values[other.key]
            flipped = held._replace(letters=tuple(1 - axis for axis in held.letters))
            self._values.setdefault(turned(other).key, flipped)
        return self._values.get(node.key)

    def note(self, node: Node, tensor: Tensor) -> None:
        """Remember the value of a node."""
        self._values[node.key] = tensor
        if len(node.axes) == 2 and not isinstance(node, (Symbol, Named)):
            self._unturned.setdefault(parts_of(node), []).append(node)

    def tried(self, way: Callable[[], Tensor]) -> Trial:
        """One way to compute a value, after which nothing of it is there for the next one."""
        committed, values = len(self.plan.committed), len(self._values)
        unturned = {parts: [*nodes] for parts, nodes in self._unturned.items()}
        tensor = way()
        new = dict(islice(self.plan.committed.items(), committed, None))
        found = dict(islice(self._values.items(), values, None))
        self.plan.take_back(committed)
        for key in found:
            del self._values[key]
        self._unturned = unturned
        return Trial(tensor, self.plan.extra_cost(tensor.op), new, found)

    def taken(self, trial: Trial) -> Tensor:
        """The value as a trial found it, with all that was decided on the way."""
        self.plan.committed.update(trial.committed)
        self._values.update(trial.values)
        return trial.tensor
