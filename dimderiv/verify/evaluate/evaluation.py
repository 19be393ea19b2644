"""What an evaluation has at hand, and what it remembers; how nodes are computed is elsewhere."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from dimderiv.errors import ShapeError
from dimderiv.language import Program, Tree
from dimderiv.verify.claim import Functions
from dimderiv.verify.evaluate.arithmetic import Arithmetic, Scalar
from dimderiv.verify.evaluate.index_form import IndexReader
from dimderiv.verify.evaluate.rearranged import whole_numbers
from dimderiv.verify.evaluate.unsized import ANY_SIZE, Expected, Unsized, Value, sized
from dimderiv.verify.layout import (
    Key,
    Letters,
    Sized,
    SizedSignature,
    Table,
    entries,
    is_single,
    size_of,
    two_axes,
)


@dataclass
class Evaluation(ABC):
    """Values of nodes.

    Attributes:
        arithmetic: the arithmetic of the entries.
        sizes: a number for each named dimension.
        names: the value of each symbol and of each definition so far.
        functions: what functions mean that are not built in.
        known: values of nodes that need not be computed again, by identity and by the numbers that
            the letters in them stand for.
        keep: whether to add to `known`.
        watched: where the nodes are noted, by identity, whose value carries a perturbation.
        declared: what each function takes and returns that is declared only.
        classes: how many classes there are, for each symbol of labels.
        definitions: what each name is defined by, in the order written.
        depth: how many perturbations there are of derivatives inside the expression.
    """

    arithmetic: Arithmetic
    sizes: Mapping[str, int]
    names: dict[str, Value]
    functions: Functions = field(default_factory=Functions)
    known: dict[Key, Value] = field(default_factory=dict)
    keep: bool = False
    declared: Mapping[str, SizedSignature] = field(default_factory=dict)
    watched: set[int] | None = None
    classes: Mapping[str, int] = field(default_factory=dict)
    definitions: dict[str, Tree] = field(default_factory=dict)
    depth: int = 0
    # Values at places of letters, which are needed again at others.
    _placed: dict[Key, Value] = field(init=False, repr=False)
    _reader: IndexReader = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._placed = {}
        letters = Letters(self.sizes, {}, {}, lambda node: whole_numbers(self.value(node)))
        self._reader = IndexReader(self.arithmetic, letters, self.value)

    def define(self, program: Program) -> None:
        """Evaluate all statements but the last one.

        Args:
            program: whose definitions are added to the names.
        """
        for statement in program.statements[:-1]:
            value = self.value(statement.value, ANY_SIZE)
            if statement.name is not None:
                self.names[statement.name] = value
                self.definitions[statement.name] = statement.value

    def result(self, program: Program, expected: Expected = ANY_SIZE) -> Sized:
        """The value of a program, as an array.

        Args:
            program: its definitions are added to the names.
            expected: what is known of the size of the result.

        Raises:
            ShapeError: sizes do not conform.
            OutOfDomain: there is no value for these entries.
            NotVerifiableError: a function or form that is not known here.
        """
        self.define(program)
        return self.array(program.statements[-1].value, expected)

    def array(self, node: Tree, expected: Expected = ANY_SIZE) -> Sized:
        """The value of a node, with every constant of its full size.

        Args:
            node: what to evaluate.
            expected: what is known of the size.
        """
        return sized(self.value(node, expected), expected)

    def table(self, node: Tree, expected: Expected = ANY_SIZE) -> Table:
        """The value of a node that has two axes, with every constant of its full size.

        Args:
            node: what to evaluate.
            expected: what is known of the size.
        """
        return two_axes(self.array(node, expected))

    def scalar(self, node: Tree) -> Scalar:
        """The value of a node of size 1 x 1.

        Args:
            node: what to evaluate.
        """
        table = self.table(node, Expected(1, 1))
        if not is_single(table):
            raise ShapeError(f"a scalar is needed, not {size_of(table)}", span=node.span)
        return table[0][0]

    def value(self, node: Tree, expected: Expected = ANY_SIZE) -> Value:
        """The value of a node.

        Args:
            node: what to evaluate.
            expected: what is known of the size.
        """
        placed = self._reader.letters.bound
        key = self._reader.letters.key(node) if placed else id(node)
        known = self.known.get(key)
        if known is None and placed:
            known = self._placed.get(key)
        if known is not None:
            return known
        self.arithmetic.tick()
        result = self._computed(node, expected)
        if self.keep:
            self.known[key] = result
        if placed:
            self._placed[key] = result
        if self.watched is not None and self._is_moving(result):
            self.watched.add(id(node))
        return result

    def _is_moving(self, value: Value) -> bool:
        found = [value.on, value.off] if isinstance(value, Unsized) else entries(value)
        return any(map(self.arithmetic.is_moving, found))

    @abstractmethod
    def _computed(self, node: Tree, expected: Expected) -> Value:
        """The value of a node that is not remembered."""
