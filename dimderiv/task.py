"""The derivation of what is typed: sweep, properties, matrix notation, names."""

from collections.abc import Iterable
from dataclasses import dataclass

from dimderiv.answer import Answer, Derivative, Variables, write_answer
from dimderiv.arrange import Arranger
from dimderiv.derivation import Derivation, Layout
from dimderiv.differentiate import Gradients, Hessian, reverse_sweep, second_sweeps
from dimderiv.graph import Key
from dimderiv.graph import Node as GraphNode
from dimderiv.infer import Typed, infer
from dimderiv.language.syntax import Node, Program, Statement
from dimderiv.lower import lower
from dimderiv.naming import Kind, name_nested_forms, name_repeats, without_groups
from dimderiv.partials import operands
from dimderiv.properties import Restorer, binds_entries
from dimderiv.rules import Rulebook
from dimderiv.simplify import Simplifier


@dataclass(frozen=True)
class Task:
    """What is to be derived, once every shape is known.

    Attributes:
        source: the expression as written.
        wrt: the variables.
        typed: the expression with its shapes.
        rulebook: the rules.
        inline: whether to write the answer without names for intermediates.
        layout: the layout convention.
    """

    source: str
    wrt: tuple[str, ...]
    typed: Typed
    rulebook: Rulebook
    inline: bool = False
    layout: Layout = "mixed"

    def derivation(self, order: int) -> Derivation:
        """The first or second derivatives, not checked yet.

        Args:
            order: 1 or 2.

        Raises:
            NotDifferentiableError: an operation has no rule.
            LimitError: the graph or the answer would be too large.
        """
        properties = {name: self.typed.symbols[name].properties for name in self.wrt}
        free = [name for name in self.wrt if binds_entries(properties[name])]
        lowered = lower(self.typed, self.rulebook, free=free)
        simplify = Simplifier(_keys([lowered.value]), lowered.definitions)
        found = reverse_sweep(lowered, self.wrt, self.rulebook, simplify)
        restore = self._restorer(free)
        if order == 1:
            return self._written(restore.gradients(found))
        simplify = Simplifier(_keys([lowered.value, *found.of.values()]), lowered.definitions)
        second = second_sweeps(lowered, found, self.wrt, self.rulebook, simplify)
        # A Hessian is checked as the derivative of the gradient, whose variables are still free.
        first = self._written(found)
        return self._written(restore.gradients(found), restore.hessian(second), first)

    def _restorer(self, free: Iterable[str]) -> Restorer:
        """What gives the free variables their properties back, when all is differentiated."""
        if not free:
            return Restorer((), Simplifier())
        whole = lower(self.typed, self.rulebook)
        return Restorer(whole.symbols.values(), Simplifier(_keys([whole.value]), whole.definitions))

    def _written(
        self, gradients: Gradients, hessian: Hessian | None = None, first: Derivation | None = None
    ) -> Derivation:
        """The derivation of what the sweeps found, in matrix notation."""
        found = self._by_variable(gradients) if hessian is None else self._blocks(hessian)
        symbols = self.typed.symbols
        skew = [name for name, found in symbols.items() if "skew" in found.properties]
        arranger = Arranger(taken=[*symbols, *self.typed.definitions], skew=skew)
        answer = write_answer(self.typed.program, gradients.adjoints, found, arranger)
        return Derivation(
            source=self.source,
            wrt=self.wrt,
            typed=self.typed,
            rulebook=self.rulebook,
            gradients=gradients,
            answer=self._with_names(answer.inlined() if self.inline else answer),
            order=1 if hessian is None else 2,
            first=first,
            layout=self.layout,
        )

    def _by_variable(self, gradients: Gradients) -> dict[Variables, Derivative]:
        value, symbols = self.typed.value, self.typed.symbols
        return {
            (name,): Derivative.laid_out(node, value, symbols[name].shape, self.layout)
            for name, node in gradients.of.items()
        }

    def _blocks(self, hessian: Hessian) -> dict[Variables, Derivative]:
        shapes = {name: found.shape for name, found in self.typed.symbols.items()}
        return {
            (a, b): Derivative.laid_out(node, shapes[a], shapes[b], self.layout)
            for (a, b), node in hessian.of.items()
        }

    def _with_names(self, answer: Answer) -> Answer:
        """The answer with names for its long parts that repeat, unless it is to be without."""
        typed = self.typed

        def kind_of(answer: Answer, part: Node) -> Kind:
            needed = [Statement(s.name, without_groups(s.value)) for s in answer.needed([part])]
            program = Program((*needed, Statement(None, part)))
            known = dict(typed.symbols)
            shape = infer(program, known, rulebook=self.rulebook, sizes=typed.sizes).value
            return "scalar" if shape.is_scalar else "matrix" if shape.is_matrix else "vector"

        taken = {*typed.symbols, *typed.definitions, *typed.sizes, "I"}
        answer = name_nested_forms(answer, typed.definitions, taken, kind_of)
        return answer if self.inline else name_repeats(answer, typed.definitions, taken, kind_of)


def _keys(values: list[GraphNode]) -> set[Key]:
    """The keys of everything that the values are made of."""
    seen: set[Key] = set()
    stack = list(values)
    while stack:
        node = stack.pop()
        if node.key not in seen:
            seen.add(node.key)
            stack.extend(operands(node))
    return seen
