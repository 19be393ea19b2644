"""The record of how a derivative was found: one step for each operation and operand.

Goes in: the visits of the reverse sweep.  Comes out: for each of them what arrived, what the scalar
rule says, in which order its factors conform, and why.  Inner parts without a name get a short one,
so that every formula is small; the derivative by a part `r` is called `dr`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from dimderiv import notation
from dimderiv.arrange import Arranger
from dimderiv.differentiate import Gradients, Visit
from dimderiv.graph import (
    Constant,
    Function,
    Key,
    Map,
    Named,
    Node,
    Product,
    Size,
    Sum,
    Symbol,
    apply_function,
    apply_map,
    is_symmetric,
    is_zero,
    named,
)
from dimderiv.language.syntax import Add, Name, Negative, replaced
from dimderiv.language.syntax import Node as Tree
from dimderiv.partials import Labelled, Partial, operands, partials
from dimderiv.products import product
from dimderiv.rules import Rulebook
from dimderiv.shapes import Shape
from dimderiv.simplify import Simplifier
from dimderiv.steps.handles import Handles
from dimderiv.steps.reasons import Equation
from dimderiv.steps.scalars import as_scalar, multiplied
from dimderiv.steps.terms import Shown, Target, Term, Writer, shape_of
from dimderiv.sums import total

ONCE = Fraction(1)


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

    tree: Tree
    definition: Tree | None
    name: str | None
    is_shared: bool
    occurrence: int = 0


@dataclass(frozen=True)
class Passed:
    """An operation that hands on what arrives, times a number at most.

    Attributes:
        operation: the operation.
        received: each operand, and what it receives.
    """

    operation: Tree | Equation
    received: tuple[tuple[Operand, Tree], ...]


@dataclass(frozen=True)
class Derived:
    """An operation differentiated by one operand.

    Attributes:
        operation: the operation.
        kind: how it works: `product`, `sum`, `elementwise`, `reduction`, `rows` or `matrix`.
        function: the name of the function, where it is one.
        operand: the operand.
        arriving: what arrives from above; nothing for the value itself.
        slope: the derivative as if everything were scalars: the operation, the operand, the result.
        terms: the products that the derivative consists of.
        shape: the shape of the derivative.
        value: the derivative, and after it a simpler form, if there is one.
    """

    operation: Tree | Equation
    kind: str
    function: str
    operand: Operand
    arriving: Shown | None
    slope: tuple[Tree, Tree, Tree]
    terms: tuple[Term, ...]
    shape: Shape
    value: Equation


@dataclass(frozen=True)
class Added:
    """The ways in which something enters the value, added up.

    Attributes:
        operand: what enters in several ways.
        shape: the shape of the derivative by it.
        value: the name of the derivative, the sum, and after it a simpler form, if there is one.
    """

    operand: Tree
    shape: Shape
    value: Equation


Step: TypeAlias = Passed | Derived | Added
