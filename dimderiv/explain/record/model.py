"""What a step records: three kinds of steps, each as plain data for a renderer to write."""

from dataclasses import dataclass, fields
from typing import Any, Literal, NamedTuple, TypeAlias, cast

from dimderiv.explain.record.reasons import Equation, Reason
from dimderiv.explain.record.terms import Term
from dimderiv.language import Node, Shape

PassageKind: TypeAlias = Literal["sum", "product", "transpose", "name"]


class Recorded:
    """A step; it is short to look at, since its formulas are trees."""

    def __repr__(self) -> str:
        own = {field.name: getattr(self, field.name) for field in fields(cast(Any, self))}
        words = {key: value for key, value in own.items() if value and isinstance(value, str)}
        if isinstance(own.get("operand"), Operand) and own["operand"].name:
            words["by"] = own["operand"].name
        inside = ", ".join(f"{key}={value!r}" for key, value in words.items())
        return f"{type(self).__name__}({inside})"


@dataclass(frozen=True)
class Operand:
    """What a step differentiates by.

    Attributes:
        tree: the operand, under its short name if it has one.
        definition: what the short name stands for, where it occurs for the first time.
        name: the name of the derivative by it; empty if it has none.
        is_shared: whether it enters the value in several ways, of which this is one.
        occurrence: which of several equal factors this is, counted from 1; 0 where it is the only.
    """

    tree: Node
    definition: Node | None
    name: str
    is_shared: bool
    occurrence: int = 0


class Received(NamedTuple):
    """What an operand receives, and how the derivative by it is written, if it has a name."""

    operand: Operand
    left: Node | None
    value: Node


@dataclass(frozen=True, repr=False)
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
    where: tuple[Equation, ...]
    received: tuple[Received, ...]


class Origin(NamedTuple):
    """Where the rule of a function comes from; empty is what there is nothing to say of.

    Attributes:
        reference: where it can be looked up.
        domain: where it holds.
        kink: what is assumed where there is no derivative.
        parameter: what the argument is called in them.
    """

    reference: str
    domain: str
    kink: str
    parameter: str


@dataclass(frozen=True, repr=False)
class Derived(Recorded):
    """An operation differentiated by one operand.

    Attributes:
        operation: the operation.
        where: what other short names stand for that occur in it for the first time.
        kind: how it works: `product`, `elementwise`, `reduction`, `rows` or `matrix`.
        function: the name of the function, where it is one.
        origin: where its rule comes from, the first time that it is used.
        operand: the operand.
        arriving: what arrives from above and its shape, if it has at most two axes; nothing where
            the derivative of the value by itself arrives.
        slope: the derivative as if everything were scalars: the operation, the operand, the result.
        entries: the operation entry by entry, where it is a product.
        rule: for a function of rows or matrices, the derivative of an entry by an entry.
        terms: the products that the derivative consists of.
        shape: the shape of the derivative, if it has at most two axes.
        has_seed: whether it has the axes of the value before those of the operand.
        left: how the derivative is written, if it has a name.
        value: the derivative, and after it a simpler form, if there is one.
    """

    operation: Equation
    where: tuple[Equation, ...]
    kind: str
    function: str
    origin: Origin | None
    operand: Operand
    arriving: tuple[Node, Shape | None] | None
    slope: tuple[Node, Node, Node]
    entries: Node | None
    rule: tuple[Node, Node, Node] | None
    terms: tuple[Term, ...]
    shape: Shape | None
    has_seed: bool
    left: Node | None
    value: Equation


@dataclass(frozen=True, repr=False)
class Added(Recorded):
    """The ways in which something enters the value, added up.

    Attributes:
        operand: what enters in several ways.
        left: how the derivative by it is written.
        ways: in how many.
        value: the sum, and after it a simpler form, if there is one.
    """

    operand: Node
    left: Node
    ways: int
    value: Equation


@dataclass(frozen=True, repr=False)
class Changed(Recorded):
    """How an operation changes along the directions of the variables.

    Attributes:
        operation: the operation, after its name if it has one.
        operand: the name, if it has one.
        value: the change, after its name if it has one.
    """

    operation: Equation
    operand: Node | None
    value: Equation


BlockKind: TypeAlias = Literal["derived", "equal", "transposed", "zero"]


@dataclass(frozen=True, repr=False)
class Block(Recorded):
    """The gradient by one variable, as it was found, which is differentiated by another one next.

    Attributes:
        kind: whether steps follow that derive it; or it equals the block with the variables
            exchanged, or the transpose of that; or it is zero.
        gradient: the name of the gradient.
        first: the variable that the gradient is by.
        second: the variable of the second differentiation.
        left: the name of the block.
        mirror: the name of the block with the variables exchanged.
    """

    kind: BlockKind
    gradient: Node
    first: Node
    second: Node
    left: Node
    mirror: Node


class StackedTerm(NamedTuple):
    """A term of a derivative with more than two axes.

    Attributes:
        letters: the term entry by entry.
        reason: why it is arranged so, as a matrix.
    """

    letters: Node
    reason: Reason


@dataclass(frozen=True, repr=False)
class Stacked(Recorded):
    """A derivative with more than two axes, made a matrix: columns stacked on both sides.

    Attributes:
        operand: the variable.
        entry: the derivative entry by entry.
        row: the letters of a row, the slow one first.
        column: the letters of a column, the slow one first.
        terms: its terms.
        value: the matrix.
    """

    operand: Node
    entry: Node
    row: tuple[Node, ...]
    column: tuple[Node, ...]
    terms: tuple[StackedTerm, ...]
    value: Equation


Step: TypeAlias = Passed | Derived | Added | Stacked | Block | Changed
