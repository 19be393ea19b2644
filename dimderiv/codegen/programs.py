"""The programs of one function as graphs, and the plans that compute them."""

from collections.abc import Iterator, Mapping, Sequence

from dimderiv.codegen.axes import laid_out
from dimderiv.codegen.lowering import CodeBuilder, Gathered, conflicts, needed
from dimderiv.codegen.plan import AT_ONCE, Late, Operation, Plan
from dimderiv.codegen.planner import Planner
from dimderiv.codegen.variants import Variant
from dimderiv.graph import Key
from dimderiv.infer import Typed
from dimderiv.language.syntax import IndexForm
from dimderiv.language.syntax import Node as Tree
from dimderiv.rules import Rulebook
from dimderiv.shapes import Shape

Layout = tuple[Shape, Shape]


class Programs:
    """What one function computes: a value, derivatives, or both.

    Args:
        programs: the value, if any, and the answers.
        layouts: for each the shape of what is differentiated, and of the variable.
        rulebook: the rules in use.
        late: the symbols that arrive later than others.
    """

    def __init__(
        self,
        programs: Sequence[Typed],
        layouts: Sequence[Layout],
        rulebook: Rulebook,
        late: Late = AT_ONCE,
    ) -> None:
        self.programs = programs
        self.layouts = layouts
        self.late = late
        self.gathered: Gathered = {}
        self.lowered = [CodeBuilder(typed, rulebook, self.gathered).lowered() for typed in programs]
        self.nodes = [
            laid_out(each.value, of, wrt, isinstance(typed.program.statements[-1].value, IndexForm))
            for each, typed, (of, wrt) in zip(self.lowered, programs, layouts, strict=True)
        ]

    def expressions(self) -> Iterator[Tree]:
        """The expressions of each program that its value needs."""
        for lowered, node, typed in zip(self.lowered, self.nodes, self.programs, strict=True):
            *definitions, last = typed.program.statements
            names = {definition.name for definition in needed(lowered, node)}
            yield from (each.value for each in definitions if each.name in names)
            yield last.value

    def planned(self, sizes: Mapping[str, int]) -> Variant:
        """The operations that compute the results, and the names of the user's intermediates.

        Args:
            sizes: the sizes that the plan is made for.
        """
        plan = Plan(sizes, self.late)
        planner = Planner(plan, self.gathered)
        names: dict[Operation, str] = {}
        defined: dict[str, Key] = {}
        results = []
        for lowered, node in zip(self.lowered, self.nodes, strict=True):
            if conflicts(defined, lowered.definitions):
                names = {**planner.names, **names}
                planner = Planner(plan, self.gathered)
            defined |= {each.name: each.value.key for each in lowered.definitions}
            for definition in needed(lowered, node):
                planner.value(definition)
            results.append(planner.result(node))
        return Variant(results, {**planner.names, **names})
