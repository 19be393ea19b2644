"""What the steps record: each kind of step, and what it is made of, as data for a renderer.

What is told only where a name or a rule occurs for the first time is not compared.
"""

from collections.abc import Mapping
from dataclasses import field, fields
from functools import partial, reduce
from typing import Any, Literal, NamedTuple, TypeAlias, cast

from dimderiv.explain.record.orders import Order
from dimderiv.language import Binary, Entry, IndexForm, Name, Shape, Statement, Tree, frozen


@frozen.record
class Equation:
    """Formulas that are equal, from left to right.

    Attributes:
        sides: the formulas.
        is_summed: whether letters that the first one lacks are summed, which LaTeX shows.
    """

    sides: tuple[Tree, ...]
    is_summed: bool = field(default=False, compare=False)


def defined(name: Name, value: Tree) -> Equation:
    """What a name stands for; entry by entry where it is an array that is given so."""
    if not isinstance(value, IndexForm):
        return Equation((name, value))
    places = [[Name(letter) for letter, _ in letters] for letters in value.axes]
    indices = [reduce(partial(Binary, "*"), own[1:], cast(Tree, own[0])) for own in places]
    return Equation((Entry(name, tuple(indices)) if indices else name, value.body), True)


@frozen.record
class Several:
    """Formulas that are listed, with a word before the last."""

    parts: "tuple[Tree | Equation | IndexOf, ...]"


class Slope(NamedTuple):
    """The derivative of one scalar formula by another, and what it is."""

    over: Tree
    under: Tree
    value: Tree


class MatrixPlace(NamedTuple):
    """The place along an axis that runs over several letters, the first one slowest."""

    letters: tuple[Tree, ...]


class IndexOf(NamedTuple):
    """An index, as it stands between brackets."""

    tree: Tree


@frozen.record
class Sentence:
    """A sentence: its key in `dimderiv/explain/messages`, and what fills its fields."""

    key: str
    fields: "Mapping[str, Field]"


class Holds(NamedTuple):
    """Where a rule holds: its words, and what the parameters in them are here."""

    words: str
    arguments: tuple[tuple[str, Tree], ...]


Field: TypeAlias = (
    Tree
    | Statement
    | Equation
    | Several
    | Slope
    | MatrixPlace
    | IndexOf
    | Shape
    | Sentence
    | Holds
    | int
    | str
)


class LetteredArray(NamedTuple):
    """An array among the factors of a product that is told by letters: an index for each axis."""

    tree: Tree
    indices: tuple[Tree, ...]


Sizes: TypeAlias = tuple[Sentence, ...]


@frozen.record
class StepTerm:
    """A product of the factors that the scalar rule gives, and how it is arranged.

    Attributes:
        letters: the product entry by entry.
        prefix: the number and the scalars before the arrays, where they are not 1.
        factors: the arrays in scalar order, each with its shape.
        order: what their shapes say about that order; nothing where matrices are not multiplied.
        value: the arrangement; nothing where matrix notation does not reach it.
        reasons: why it is arranged so, or what becomes of each letter.
        is_lettered: whether it is told by letters.
        lettered: where it is, the arrays in scalar order with theirs.
        sizes: where indices depend on several letters, what their sizes say, for each of them.
    """

    letters: Equation
    prefix: Tree | None = None
    factors: tuple[tuple[Tree, Shape], ...] = ()
    order: Order | None = None
    value: Tree | None = None
    reasons: tuple[Sentence, ...] = ()
    is_lettered: bool = False
    lettered: tuple[LetteredArray, ...] = ()
    sizes: tuple[Sizes, ...] = ()


@frozen.record
class Operand:
    """What a step differentiates by.

    Attributes:
        tree: the operand, under its short name if it has one.
        definition: what the short name stands for, where it occurs for the first time.
        name: the name of the derivative by it; empty if it has none.
        is_shared: whether it enters the value in several ways, of which this is one.
        occurrence: which of several equal factors this is, counted from 1; 0 where it is the only.
    """

    tree: Tree
    definition: Tree | None = field(compare=False)
    name: str = field(compare=False)
    is_shared: bool
    occurrence: int = 0

    @property
    def introduced(self) -> Equation | Tree:
        """The operand; where its short name occurs for the first time, with what that is for."""
        if self.definition is None:
            return self.tree
        assert isinstance(self.tree, Name), "only a name stands for something else"
        return defined(self.tree, self.definition)


class Recorded:
    """A step; it is short to look at, since its formulas are trees."""

    def __repr__(self) -> str:
        own = {each.name: getattr(self, each.name) for each in fields(cast(Any, self))}
        words = {key: value for key, value in own.items() if value and isinstance(value, str)}
        if isinstance(own.get("operand"), Operand) and own["operand"].name:
            words["by"] = own["operand"].name
        inside = ", ".join(f"{key}={value!r}" for key, value in words.items())
        return f"{type(self).__name__}({inside})"


class Received(NamedTuple):
    """What an operand receives, and how the derivative by it is written, if it has a name."""

    operand: Operand
    left: Tree | None
    value: Tree


PassageKind: TypeAlias = Literal["sum", "product", "transpose", "name"]


@frozen.record
class Passed(Recorded):
    """An operation that hands on what arrives, times a constant or transposed at most.

    Attributes:
        kind: what it is.
        operation: the operation.
        where: what other short names stand for that occur in it for the first time.
        received: what each operand receives.
    """

    kind: PassageKind
    operation: Equation
    where: tuple[Equation, ...] = field(compare=False)
    received: tuple[Received, ...]


class Origin(NamedTuple):
    """Where the rule of a function comes from; empty is what there is nothing to say of.

    Attributes:
        reference: where it can be looked up.
        domain: where it holds; as words of the rule, where those cannot be told of the arguments.
        kink: what is assumed where there is no derivative.
        parameter: what the argument is called in them.
    """

    reference: str
    domain: Holds | str
    kink: str
    parameter: str


@frozen.record
class Differentiated(Recorded):
    """An operation differentiated by one operand.

    Attributes:
        operation: the operation.
        where: what other short names stand for that occur in it for the first time.
        kind: how it works: `product`, `elementwise`, `reduction`, `rows` or `matrix`.
        function: the name of the function, where it is one.
        origin: where its rule comes from, the first time that it is used.
        operand: the operand.
        arriving: what arrives from above and its shape, if it has at most two axes; else with its
            letters, if they are told; nothing where the derivative of the value by itself arrives.
        slope: the derivative as if everything were scalars.
        entries: the operation entry by entry, where it is a product.
        rule: for a function of rows or matrices, the derivative of an entry by an entry.
        along: for a function of an array with more axes than a matrix, the letters of the axes that
            it works along.
        terms: the products that the derivative consists of.
        shape: the shape of the derivative, if it has at most two axes.
        has_seed: whether it has the axes of the value before those of the operand.
        left: how the derivative is written, if it has a name.
        value: the derivative, and after it a simpler form, if there is one.
    """

    operation: Equation
    where: tuple[Equation, ...] = field(compare=False)
    kind: str
    function: str
    origin: Origin | None = field(compare=False)
    operand: Operand
    arriving: tuple[Tree, Shape | None] | None
    slope: Slope
    entries: Tree | None
    rule: Slope | None
    along: tuple[Tree, ...]
    terms: tuple[StepTerm, ...]
    shape: Shape | None
    has_seed: bool
    left: Tree | None
    value: Equation


@frozen.record
class Added(Recorded):
    """The ways in which something enters the value, added up.

    Attributes:
        operand: what enters in several ways.
        left: how the derivative by it is written.
        ways: in how many.
        value: the sum, and after it a simpler form, if there is one.
    """

    operand: Tree
    left: Tree
    ways: int
    value: Equation


@frozen.record
class Vanished(Recorded):
    """An intermediate the derivative by which is zero for what it stands for.

    Attributes:
        operand: its name.
    """

    operand: Tree


@frozen.record
class Changed(Recorded):
    """How an operation changes along the directions of the variables.

    Attributes:
        operation: the operation, after its name if it has one.
        operand: the name, if it has one.
        tangent: the name of the change, if the operation has a name.
        value: the change, after its name if it has one.
    """

    operation: Equation
    operand: Name | None
    tangent: Name | None
    value: Equation


BlockKind: TypeAlias = Literal["derived", "equal", "transposed", "zero"]


@frozen.record
class HessianBlock(Recorded):
    """The gradient by one variable, as it was found, which is differentiated by another one next.

    Attributes:
        kind: whether steps follow that derive it; or it equals the block with the variables
            exchanged, or the transpose of that; or it is zero.
        gradient: the name of the gradient.
        first: the variable that the gradient is by.
        second: the variable of the second differentiation.
        name: the name of the block.
        mirror: the name of the block with the variables exchanged.
        has_axes: whether the gradient has axes.
    """

    kind: BlockKind
    gradient: Name
    first: Name
    second: Name
    name: Name
    mirror: Name
    has_axes: bool


@frozen.record
class Stacked(Recorded):
    """A derivative with more than two axes, made a matrix: columns stacked on both sides.

    Attributes:
        operand: the variable.
        entry: the derivative entry by entry.
        row: where it stands: the letters of a row.
        column: the letters of a column.
        terms: its terms, and why each is arranged so.
        value: the matrix.
    """

    operand: Tree
    entry: Tree
    row: MatrixPlace
    column: MatrixPlace
    terms: tuple[Sentence, ...]
    value: Equation


Step: TypeAlias = Passed | Differentiated | Added | Vanished | Stacked | HessianBlock | Changed
