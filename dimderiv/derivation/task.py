"""The derivation of what is typed: sweep, properties, matrix notation, names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, count
from typing import get_args

from dimderiv.answer import (
    Answer,
    Derivative,
    Kind,
    Variables,
    name_nested_forms,
    name_repeats,
    without_groups,
    write_answer,
)
from dimderiv.conform import Arranger
from dimderiv.conform import symbols as symbols_in
from dimderiv.derivation.coding import Stages
from dimderiv.derivation.derivation import Derivation
from dimderiv.derivation.no_gc import without_collecting
from dimderiv.derivation.result import Extent, Layout
from dimderiv.derivation.staged import check_layer, check_operator, layer_code, operator_code
from dimderiv.differentiate import (
    CURVED,
    Gradients,
    Restorer,
    Tangents,
    binding,
    binds_entries,
    forward_sweep,
    operands,
    reverse_sweep,
    second_sweeps,
    structure_of,
    tied,
)
from dimderiv.errors import DimderivError, NotDifferentiableError
from dimderiv.graph import Key, Named, named, transposed
from dimderiv.graph import Node as GraphNode
from dimderiv.infer import (
    Typed,
    handed_down,
    infer,
    unused_directions,
    unused_upstream,
    with_directions,
)
from dimderiv.language import SCALAR, Node, Program, Statement
from dimderiv.lower import Lowered, lower
from dimderiv.rulebook import Rulebook
from dimderiv.simplify import Simplifier

NO_GRADIENTS = Gradients({}, (), ())
# How many symbols a gradient by tied entries saves at least where the one by free entries is named.
LONGER_WITHOUT_NAME = 8
# How many symbols and operators a part may have that is written where it is used, however often.
MOST_INLINE = 3


@dataclass(frozen=True)
class Task:
    """What is to be derived, once every shape is known.

    Attributes:
        source: the expression as written.
        wrt: the variables.
        typed: the expression with its shapes.
        rulebook: the rules.
        order: how often the expression is differentiated.
        inline: whether to write the answer without names for intermediates.
        layout: the layout convention.
        directions: for a derivative along directions, the direction of each variable.
        structured: whether the entries of variables are tied as their properties say.
    """

    source: str
    wrt: tuple[str, ...]
    typed: Typed
    rulebook: Rulebook
    order: int = 1
    inline: bool = False
    layout: Layout = "mixed"
    directions: Mapping[str, str] = field(default_factory=dict)
    structured: bool = False

    @without_collecting()
    def derivation(self) -> Derivation:
        """The derivatives, not checked yet."""
        if self.directions:
            return self._along() if self.order == 1 else self._hessian_along()
        if self.layout != "mixed":
            mixed = replace(self, layout="mixed").derivation()
            return replace(self._by_variables(), mixed=mixed)
        return self._by_variables()

    def hessian_vector(self, names: str | Sequence[str]) -> Derivation:
        """The product of the Hessian with directions of the variables, not checked yet."""
        if self.directions or self.structured:
            kind = "along directions" if self.directions else "of tied entries"
            raise NotDifferentiableError(
                f"a Hessian-vector product is made from gradients, and this is a derivative {kind}",
                hint=f"leave out {'forward' if self.directions else 'structured'}",
            )
        if not self.typed.value.is_scalar:
            raise NotDifferentiableError(
                f"a Hessian is that of a scalar, and the value is {self.typed.value}",
                hint="make a scalar of it, for instance by sum(...)",
            )
        typed, directions = with_directions(self.typed, self.wrt, names, {})
        task = replace(self, typed=typed, directions=directions, order=2, layout="mixed")
        return task.derivation()

    def code_in_stages(
        self,
        dense: Derivation,
        stages: Stages,
        target: str,
        sizes: Mapping[str, int] | None,
    ) -> str:
        """The source of an operator, or of a layer, checked where the derivation was."""
        stages.refuse_contradictions(self.typed, self.order, bool(self.directions))
        if not stages.layer:
            checked = [each.verified() if dense.checks else each for each in self._products()]
            source = operator_code(dense, checked, target, sizes)
            if target == "numpy" and dense.checks is not None:
                check_operator(dense, checked, source)
            return source
        backward = dense if self.typed.upstream is not None else self._handed_down()
        if dense.checks and backward is not dense:
            backward = backward.verified()
        source = layer_code(dense, backward, target, sizes)
        if target == "numpy" and dense.checks is not None:
            check_layer(dense, backward, source)
        return source

    def _products(self) -> list[Derivation]:
        """The products of the Hessian, or of the Jacobian from both sides, not checked yet."""
        names = unused_directions(self.typed, self.wrt)
        if self.order == 2:
            return [self.hessian_vector(names)]
        typed, directions = with_directions(self.typed, self.wrt, names, {})
        along = replace(self, typed=typed, directions=directions, layout="mixed")
        return [along.derivation(), self._handed_down()]

    def _handed_down(self) -> Derivation:
        """The product with a derivative that is handed down, not checked yet."""
        typed = handed_down(self.typed, unused_upstream(self.typed), self.rulebook, self.wrt)
        return replace(self, typed=typed, layout="mixed").derivation()

    def all_layouts(self) -> dict[str, Derivation]:
        """The derivation in each layout that it has, not checked yet."""
        if self.directions:
            raise NotDifferentiableError(
                "a derivative along directions has one layout, the shape of what is differentiated",
                hint="leave out the layouts",
            )
        found: dict[str, Derivation] = {}
        for layout in get_args(Layout):
            try:
                found[layout] = replace(self, layout=layout).derivation()
            except DimderivError:
                if layout == "mixed":
                    raise
        return found

    def by_tied_entries(self) -> Derivation | None:
        """The derivation by tied entries, not checked yet; nothing where it cannot be asked for."""
        properties = [self.typed.symbols[name].properties for name in self.wrt]
        words = {word for own in properties for word in binding(own)}
        gives_gradients = self.order == 1 and self.typed.value.is_scalar and not self.directions
        if not gives_gradients or not words or words & {*CURVED}:
            return None
        return replace(self, structured=True).derivation()

    @cached_property
    def _free(self) -> list[str]:
        """The variables whose properties say something of their entries."""
        return [name for name in self.wrt if binds_entries(self.typed.symbols[name].properties)]

    @cached_property
    def _structures(self) -> dict[str, str]:
        """How the entries of each variable are tied; nothing where they are to be free."""
        properties = {name: self.typed.symbols[name].properties for name in self.wrt}
        if not self.structured:
            return {}
        found = {name: structure_of(name, words) for name, words in properties.items()}
        if not any(found.values()):
            raise NotDifferentiableError(
                f"no entries of {', '.join(self.wrt)} are tied, since no property says so",
                hint='declare one, such as "S: n x n symmetric"',
            )
        return {name: structure for name, structure in found.items() if structure}

    @cached_property
    def _lowered(self) -> Lowered:
        return lower(self.typed, self.rulebook, free=self._free)

    @cached_property
    def _restore(self) -> Restorer:
        """What gives the free variables their properties back, when all is differentiated."""
        if not self._free:
            return Restorer((), Simplifier())
        whole = lower(self.typed, self.rulebook)
        simplify = Simplifier(_keys([whole.value]), whole.definitions, self.rulebook)
        return Restorer(whole.symbols.values(), simplify)

    def _simplifier(self, given: Iterable[GraphNode] = ()) -> Simplifier:
        """What leaves the expression alone, and other nodes that are given."""
        keys = _keys([self._lowered.value, *given])
        return Simplifier(keys, self._lowered.definitions, self.rulebook)

    def _swept(self) -> Gradients:
        simplify = self._simplifier()
        return reverse_sweep(self._lowered, self.wrt, self.rulebook, simplify)

    def _by_variables(self) -> Derivation:
        """The first or second derivatives by the variables."""
        found = self._swept()
        gradients = self._restore.gradients(found)
        value, symbols = self.typed.value, self.typed.symbols
        if self.order == 1:
            of, free = self._tied(gradients)
            blocks: dict[Variables, Derivative] = {
                (name,): self._laid_out(node, Extent(value, symbols[name].shape))
                for name, node in of.items()
            }
            first = self._first(gradients) if self._structures else None
            return self._written(gradients, blocks, free, first=first)
        simplify = self._simplifier(found.of.values())
        second = second_sweeps(self._lowered, found, self.wrt, self.rulebook, simplify)
        blocks = {
            (a, b): self._laid_out(node, Extent(symbols[a].shape, symbols[b].shape))
            for (a, b), node in self._restore.hessian(second).of.items()
        }
        written = self._written(gradients, blocks, first=self._first(found))
        return replace(written, sweeps=second.sweeps)

    def _first(self, found: Gradients) -> Derivation:
        """The gradients by free entries that second derivatives, or tied ones, are made from."""
        task = replace(self, order=1, layout="mixed", directions={}, structured=False)
        symbols = self.typed.symbols
        blocks: dict[Variables, Derivative] = {
            (name,): Derivative(node, self.typed.value, symbols[name].shape)
            for name, node in found.of.items()
        }
        return task._written(found, blocks)

    def _tied(self, found: Gradients) -> tuple[dict[str, GraphNode], list[Named]]:
        """The gradients by tied entries, and names for those by free entries that are long."""
        if not self._structures:
            return dict(found.of), []
        simplify = self._simplifier()
        taken = set(self.typed.names)
        taken |= {adjoint.name for adjoint in found.adjoints}
        gradients, free = dict(found.of), list[Named]()
        for name, structure in self._structures.items():
            node = gradients[name]
            gradients[name] = simplify(tied(node, structure))
            if gradients[name].weight > node.weight + LONGER_WITHOUT_NAME:
                straight, flipped = Arranger().piece(node)
                # Of a gradient and its transpose the sum takes no notice of which is which.
                is_turned = structure == "symmetric" and flipped.cost < straight.cost
                node = transposed(node) if is_turned else node
                free.append(named(_fresh("G", taken), node))
                gradients[name] = simplify(tied(free[-1], structure))
        return gradients, free

    def _laid_out(self, node: GraphNode, extent: Extent) -> Derivative:
        return Derivative.laid_out(node, extent.of, extent.by, self.layout)

    def _along(self) -> Derivation:
        """The derivative of the value along the directions, all variables together."""
        tangents = self._pushed([self._lowered.value], ())
        (node,) = tangents.of
        found = Derivative(node, self.typed.value, SCALAR)
        return self._written(NO_GRADIENTS, {self.wrt: found}, tangents.named, tangents)

    def _hessian_along(self) -> Derivation:
        """The derivative of each gradient along the directions."""
        found = self._swept()
        tangents = self._pushed(list(found.of.values()), found.adjoints)
        blocks: dict[Variables, Derivative] = {
            (name,): Derivative(node, self.typed.symbols[name].shape, SCALAR)
            for name, node in zip(found.of, tangents.of, strict=True)
        }
        gradients = self._restore.gradients(found)
        return self._written(gradients, blocks, tangents.named, tangents, self._first(found))

    def _pushed(self, values: Sequence[GraphNode], adjoints: Iterable[Named]) -> Tangents:
        symbols = self._lowered.symbols
        directions = {symbols[a].key: symbols[b] for a, b in self.directions.items()}
        taken = set(self.typed.names)
        taken |= {adjoint.name for adjoint in adjoints}
        simplify = self._simplifier(values)
        found = forward_sweep(values, directions, self.rulebook, simplify, taken)
        return self._restore.tangents(found)

    def _written(
        self,
        gradients: Gradients,
        found: Mapping[Variables, Derivative],
        intermediates: Sequence[Named] = (),
        tangents: Tangents | None = None,
        first: Derivation | None = None,
    ) -> Derivation:
        """The derivation of what the sweeps found, in matrix notation."""
        symbols = self.typed.symbols
        skew = [name for name, each in symbols.items() if "skew" in each.properties]
        taken = [*symbols, *self.typed.definitions, *self.typed.functions]
        arranger = Arranger(taken=taken, skew=skew, sizes=self.typed.sizes)
        intermediates = (*gradients.adjoints, *intermediates)
        answer = write_answer(self.typed.program, intermediates, found, arranger)
        lent = tangents.lent if tangents else ()
        given = answer.definitions
        short = [n for n in lent if n in given and symbols_in(given[n]) <= MOST_INLINE]
        answer = answer.without(short) if short else answer
        return Derivation(
            source=self.source,
            wrt=self.wrt,
            typed=self.typed,
            rulebook=self.rulebook,
            gradients=gradients,
            answer=self._with_names(answer.inlined() if self.inline else answer),
            order=self.order,
            first=first,
            layout=self.layout,
            extents={names: Extent(d.of, d.by, d.turned) for names, d in found.items()},
            nodes={names: d.node for names, d in found.items()},
            origin=self,
            directions=self.directions,
            tangents=tangents,
            structures=self._structures,
        )

    def _with_names(self, answer: Answer) -> Answer:
        """The answer with names for its long parts that repeat, unless it is to be without."""
        typed = self.typed

        def kind_of(answer: Answer, part: Node) -> Kind:
            needed = [Statement(s.name, without_groups(s.value)) for s in answer.needed([part])]
            program = Program((*needed, Statement(None, part)))
            known = dict(typed.symbols)
            shape = infer(program, known, rulebook=self.rulebook, sizes=typed.sizes).value
            return "scalar" if shape.is_scalar else "matrix" if shape.is_matrix else "vector"

        taken = {*typed.names, "I"}
        answer = name_nested_forms(answer, typed.definitions, taken, kind_of)
        return answer if self.inline else name_repeats(answer, typed.definitions, taken, kind_of)


def _fresh(wanted: str, taken: set[str]) -> str:
    """A name that means nothing yet, noted as taken."""
    numbered = (f"{wanted}{number}" for number in count(1))
    name = next(name for name in chain([wanted], numbered) if name not in taken)
    taken.add(name)
    return name


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
