"""The programs of one function as graphs, and the plans that compute them."""

from collections.abc import Iterator, Mapping, Sequence

from dimderiv.codegen.plan.demands import Demands
from dimderiv.codegen.plan.low_rank import by_small_systems
from dimderiv.codegen.plan.operations import Operation
from dimderiv.codegen.plan.plan import AT_ONCE, Late, Plan
from dimderiv.codegen.plan.planner import Planner
from dimderiv.codegen.plan.regimes import Regimes
from dimderiv.codegen.plan.variants import Variant
from dimderiv.codegen.read import CodeBuilder, laid_out, named_in
from dimderiv.graph import Function, Key, Map, Named, Node, nodes_of
from dimderiv.infer import Typed
from dimderiv.language import Shape
from dimderiv.rulebook import Rulebook

# How many times as much a large system costs where a small one, which has a difference, is better.
WORTH = 4
# The shapes of what is differentiated and of the variable.
Sides = tuple[Shape, Shape]


class Programs:
    """What one function computes: a value, derivatives, or both.

    Args:
        goals: what is computed of each program: of the value, if any, and of the answers.
        layouts: for each result the shape of what is differentiated, and of the variable.
        late: the symbols that arrive later than others.
    """

    def __init__(
        self, goals: Sequence["Goals"], layouts: Sequence[Sides], late: Late = AT_ONCE
    ) -> None:
        self.goals = goals
        self.layouts = layouts
        self.sizes = sorted({name for each in goals for name in each.sizes})
        self.late = late
        plain = [(each, *value) for each in goals for value in each.values]
        self.results = [
            (goals, node if is_found else laid_out(node, of, wrt))
            for (goals, node, is_found), (of, wrt) in zip(plain, layouts, strict=True)
        ]

    def functions(self) -> Iterator[str]:
        """The functions that results call."""
        inner = nodes_of(node for _, node in self.results)
        return (node.function for node in inner if isinstance(node, (Function, Map)))

    def planned(self, every: Sequence[Mapping[str, int]]) -> Variant:
        """The operations that compute the results, and the names of the user's intermediates.

        Args:
            every: the sizes that the plan is made for, as far as it would be the same.
        """
        sizes, nodes = Regimes(every), [node for _, node in self.results]
        plain, small = self._planned(every, nodes), by_small_systems(nodes, sizes)
        taken = plain
        if small is not None:
            other = self._planned(every, small)
            other = Variant(other.outputs, other.names, other.others, WORTH)
            if sizes.decided(lambda at: other.cost(at) < plain.cost(at)):
                taken = other
        left = sizes.left_out
        others = [each for each in every[1:] if each in taken.others or each in left]
        return Variant(taken.outputs, taken.names, others, taken.worth)

    def _planned(self, every: Sequence[Mapping[str, int]], nodes: Sequence[Node]) -> Variant:
        """The plan of results in a certain form."""
        demands = Demands(nodes)
        plan = Plan(every[0], every[1:], self.late, has_more_axes=demands.has_more_axes)
        planner = Planner(plan, demands, self.goals[0].rulebook)
        names: dict[Operation, str] = {}
        defined: dict[str, Key] = {}
        done: dict[Goals, set[str]] = {}
        outputs: dict[int, Operation] = {}
        for place in self._order():
            goals, node = self.results[place][0], nodes[place]
            if goals not in done:
                own = {each.name: each.value.key for each in goals.definitions}
                if any(defined.get(name, key) != key for name, key in own.items()):
                    names = {**planner.names, **names}
                    planner = Planner(plan, demands, self.goals[0].rulebook)
                defined |= own
            for definition in goals.needed(node, done.setdefault(goals, set())):
                planner.value(definition)
            outputs[place] = planner.result(node)
        results = [outputs[place] for place in sorted(outputs)]
        return Variant(results, {**planner.names, **names}, plan.sizes.left_out)

    def _order(self) -> list[int]:
        """The results of each program, vectors first: what is summed for them may serve others."""
        return sorted(
            range(len(self.results)),
            key=lambda k: (self.goals.index(self.results[k][0]), len(self.results[k][1].axes)),
        )


class Goals:
    """What is computed of a program: its value, or some of its definitions.

    Args:
        typed: the program.
        rulebook: the rules in use.
        names: the names of the definitions; none where it is the value.
        nodes: the results as they were found, for what is written entry by entry.

    Attributes:
        sizes: the named sizes of the program.
        rulebook: the rules.
        definitions: every definition of the program, in the order written.
        values: each result as a node, and whether it is as it was found.
    """

    def __init__(
        self,
        typed: Typed,
        rulebook: Rulebook,
        names: Sequence[str] = (),
        nodes: Sequence[Node] = (),
    ) -> None:
        self.sizes, self.rulebook = typed.sizes, rulebook
        wanted: Sequence[str | None] = names or [None]
        builder = CodeBuilder(typed, rulebook, dict(zip(wanted, nodes, strict=False)))
        lowered = builder.lowered()
        self.definitions = lowered.definitions
        self._places = {each.name: k for k, each in enumerate(lowered.definitions)}
        values = [self._defined(name) for name in names] or [lowered.value]
        self.values = [
            (value, name in builder.unread) for name, value in zip(wanted, values, strict=True)
        ]
        self._named: dict[Node, set[str]] = {}

    def _defined(self, name: str) -> Node:
        return self.definitions[self._places[name]].value

    def needed(self, node: Node, done: set[str]) -> list[Named]:
        """The definitions that a result needs besides those that are done, in the order written."""
        places, waiting = list[int](), [node]
        while waiting:
            value = waiting.pop()
            if value not in self._named:
                self._named[value] = named_in(value)
            new = self._named[value] - done
            done |= new
            places += [self._places[name] for name in new]
            waiting += map(self._defined, new)
        return [self.definitions[place] for place in sorted(places)]
