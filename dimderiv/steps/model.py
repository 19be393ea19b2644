"""What a step records: three kinds of steps, each as plain data for a renderer to write."""

from dataclasses import dataclass
from typing import TypeAlias

from dimderiv.language.syntax import Node
from dimderiv.shapes import Shape
from dimderiv.steps.reasons import Equation
from dimderiv.steps.terms import Shown, Term


@dataclass(frozen=True)
class Operand:
    """What a step differentiates by.

    Attributes:
        tree: the operand, under its short name if it has one.
        definition: what the short name stands for, where it occurs for the first time.
        name: the name of the derivative by it, if it has one.
        is_shared: whether it enters the value in several ways, of which this is one.
        occurrence: which of several equal factors this is, counted from 1; 0 where it is the only.
    """

    tree: Node
    definition: Node | None
    name: str | None
    is_shared: bool
    occurrence: int = 0


@dataclass(frozen=True)
class Passed:
    """An operation that hands on what arrives, times a constant at most.

    Attributes:
        operation: the operation.
        received: each operand, and what it receives.
    """

    operation: Equation
    received: tuple[tuple[Operand, Node], ...]


@dataclass(frozen=True)
class Derived:
    """An operation differentiated by one operand.

    Attributes:
        operation: the operation.
        kind: how it works: `product`, `elementwise`, `reduction`, `rows` or `matrix`.
        function: the name of the function, where it is one.
        operand: the operand.
        arriving: what arrives from above; nothing for the value itself.
        slope: the derivative as if everything were scalars: the operation, the operand, the result.
        terms: the products that the derivative consists of.
        shape: the shape of the derivative.
        value: the derivative, and after it a simpler form, if there is one.
    """

    operation: Equation
    kind: str
    function: str
    operand: Operand
    arriving: Shown | None
    slope: tuple[Node, Node, Node]
    terms: tuple[Term, ...]
    shape: Shape
    value: Equation


@dataclass(frozen=True)
class Added:
    """The ways in which something enters the value, added up.

    Attributes:
        operand: what enters in several ways.
        name: the name of the derivative by it.
        ways: in how many.
        shape: its shape.
        value: the sum, and after it a simpler form, if there is one.
    """

    operand: Node
    name: str
    ways: int
    shape: Shape
    value: Equation


Step: TypeAlias = Passed | Derived | Added
