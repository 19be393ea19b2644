"""What was derived: the answer to a question, and the record of how it was found."""

from collections.abc import Collection, Mapping
from dataclasses import field
from functools import cached_property
from typing import NamedTuple, TypedDict, get_args

from dimderiv.answer.answer import Answer, Found, write_answer
from dimderiv.answer.derivative import AnswerForm, Derivative, Extent, Variables
from dimderiv.answer.letters import heads_of, letters_of
from dimderiv.answer.naming import with_names
from dimderiv.answer.question import Question
from dimderiv.answer.solving import with_solutions
from dimderiv.conform import Arranger, symbols
from dimderiv.differentiate import Gradients, Tangents
from dimderiv.graph import Named, Node
from dimderiv.infer import Typed
from dimderiv.language import Call, IndexForm, Program, Shape, Tree, frozen, unused_name
from dimderiv.render import text

# The value has no name of its own: one of these stands for it.
VALUES = ("Y", "F", "Z", "value")
# How many symbols and operators a part may have that is written where it is used, however often.
MOST_INLINE = 3


class Told(TypedDict, total=False):
    """Shapes that are known before an answer is read."""

    told: Mapping[str, Shape]
    value: Shape


class Record(NamedTuple):
    """What the sweeps found on their way.

    Attributes:
        gradients: of the reverse sweep.
        sweeps: for second derivatives, of the sweep over each gradient.
        tangents: for derivatives along directions, of the forward sweep.
    """

    gradients: Gradients = Gradients({}, (), ())
    sweeps: Mapping[str, Gradients] = {}
    tangents: Tangents | None = None


@frozen.record
class Derived:
    """The derivatives of an expression.

    Attributes:
        question: what was asked.
        answer: the derivatives, and the definitions that they share.
        extents: what the axes of each derivative are those of.
        record: how they were found.
        nodes: each derivative as it was found, before it was written.
        first: for second derivatives, or by tied entries, the gradients that they are made of.
    """

    question: Question
    answer: Answer
    extents: Mapping[Variables, Extent]
    record: Record
    nodes: Mapping[Variables, Node] = field(default_factory=dict)
    first: "Derived | None" = None

    @cached_property
    def names(self) -> Mapping[Variables, str]:
        """A name for each derivative: `dX`, `H_xy`, `Hv_x` along `v`, `Y_dot` for a value."""
        typed = self.question.typed
        taken = {*typed.symbols, *typed.functions, *self.answer.definitions}
        names: dict[Variables, str] = {}
        for variables in self.answer.derivatives:
            names[variables] = unused_name(_wanted(self.question, variables), taken)
            taken.add(names[variables])
        return names

    @cached_property
    def program(self) -> Program:
        """The answer: one derivative, or several under names of their own."""
        if len(self.answer.derivatives) == 1:
            return self.answer.program(*self.answer.derivatives)
        return self.answer.together(self.names)

    @cached_property
    def printed(self) -> Program:
        """The answer as it is printed, read again."""
        return self.question.read(text(self.program))

    @cached_property
    def derivatives(self) -> Mapping[Variables, Derivative]:
        """Each derivative by itself."""
        return {
            names: Derivative(**vars(extent), wrt=names, program=self.answer.program(names))
            for names, extent in self.extents.items()
        }

    @cached_property
    def read(self) -> Typed:
        """The answer as it is printed, read again, with its shapes.

        All derivatives are read at once, since each one's definitions are those of the others.
        """
        return self.question.typed_again(self.printed, **self._told)

    @cached_property
    def settled(self) -> Program:
        """The answer as it is printed, read again, with all sums, sizes of letters and axes."""
        return self.question.settled(text(self.program), **self._told)

    @property
    def _told(self) -> Told:
        """What is known of the shapes of the derivatives: of one that of the value, of several all.

        The letters of an index form say its shape, and it may have more than two axes.
        """
        shapes = {name: self.extents[variables].shape for variables, name in self.names.items()}
        if len(shapes) == 1:
            return {"value": next(iter(shapes.values()))}
        forms = {each.name for each in self.program.statements if isinstance(each.value, IndexForm)}
        return {"told": {name: shape for name, shape in shapes.items() if name not in forms}}

    @property
    def form(self) -> AnswerForm:
        """The form that is furthest from matrix notation among those of the derivatives."""
        return max(
            (each.form for each in self.derivatives.values()), key=get_args(AnswerForm).index
        )


@frozen.record
class Inner:
    """A derivative inside the expression that is differentiated.

    Attributes:
        call: the derivative as it is given, such as `grad(D, x)`.
        derived: how it was found.
        value: what is written in its place.
        name: what it is called, if it has a name.
    """

    call: Call
    derived: Derived
    value: Tree
    name: str


def written(
    question: Question,
    found: Found,
    record: Record,
    free: Collection[Named] = (),
    first: Derived | None = None,
    *,
    solving: bool = False,
) -> Derived:
    """What the sweeps found, in matrix notation.

    Args:
        question: what was asked.
        found: the derivatives, by the variables in turn.
        record: how they were found.
        free: by tied entries, the derivatives by free ones that have names.
        first: the gradients that the derivatives are made of.
        solving: whether products with inverses are written as solutions of equations.

    Raises:
        NotDifferentiableError: in the layout that was asked for there is no such answer.
        LimitError: without names, the answer would be too long to read.
    """
    typed, tangents = question.typed, record.tangents
    skew = [name for name, each in typed.symbols.items() if "skew" in each.properties]
    taken = [*typed.symbols, *typed.definitions, *typed.functions]
    letters = letters_of(question)
    arranger = Arranger(taken=taken, skew=skew, sizes=typed.sizes, user=letters)
    heads = {names: heads_of(question, letters, names) for names in found}
    moving, lent = (tangents.named, tangents.lent) if tangents else ((), ())
    named = (*record.gradients.adjoints, *free, *moving)
    answer = write_answer(typed.printed, named, found, arranger, heads)
    given = answer.definitions
    short = [name for name in lent if name in given and symbols(given[name]) <= MOST_INLINE]
    answer = answer.without(short) if short else answer
    answer = with_solutions(question, answer, named, wanted=solving)
    answer = with_names(question, answer.inlined() if question.inline else answer)
    extents = {names: extent for names, (_, extent) in found.items()}
    nodes = {names: node for names, (node, _) in found.items()}
    return Derived(question, answer, extents, record, nodes, first)


def _wanted(question: Question, variables: Variables) -> str:
    first = variables[0]
    if not question.directions:
        letter = "H" if question.order == 2 else f"D{question.order}"
        return f"d{first}" if question.order == 1 else f"{letter}_{''.join(variables)}"
    if question.order == 2:
        return f"H{question.directions[first]}_{first}"
    typed = question.typed
    value = typed.program.statements[-1].name
    taken = {*typed.symbols, *typed.definitions, *typed.functions}
    return f"{value or next(name for name in VALUES if name not in taken)}_dot"
