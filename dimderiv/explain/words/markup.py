"""How the steps are set, and in plain text of 80 columns."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TypeAlias, TypeGuard

from dimderiv.explain.record import recorded
from dimderiv.explain.words.wrap import columns, wrap
from dimderiv.language import (
    Call,
    Entry,
    Name,
    Number,
    Program,
    Shape,
    Statement,
    Tree,
)
from dimderiv.render import POWER, level, summed, text

INDENT = 3
WIDTH = 80
# A space at which no line breaks.
UNBROKEN = "\u00a0"
# A factor, and what stands under it.
Column: TypeAlias = tuple[Tree, Shape | Sequence[Tree] | None]
LONG = 50
# Formulas stand in a sentence as single private signs, so that no line breaks inside them.
FIRST_PRIVATE = 0xE000


class Markup(ABC):
    """Collects paragraphs; a sentence may contain formulas, which stay in one piece.

    Attributes:
        arrow: stands before the value of a function.
    """

    arrow: str

    def __init__(self) -> None:
        self.formulas: dict[str, str] = {}

    def held(self, formula: str) -> str:
        """A sign that stands for a formula in a sentence."""
        sign = chr(FIRST_PRIVATE + len(self.formulas))
        self.formulas[sign] = formula
        return sign

    @abstractmethod
    def say(self, sentence: str, *, level: int = 1, head: str = "") -> None:
        """Add a paragraph."""

    @abstractmethod
    def gap(self) -> None:
        """Add some space."""

    @abstractmethod
    def document(self) -> str:
        """All that was added."""

    def equation(self, equation: recorded.Equation) -> str:
        """Formulas that are equal."""
        return " = ".join(self.formula(side) for side in equation.sides)

    def statement(self, statement: Statement) -> str:
        """A definition, or a value alone."""
        name = () if statement.name is None else (Name(statement.name),)
        return self.equation(recorded.Equation((*name, statement.value)))

    def quotient(self, over: Tree, under: Tree) -> str:
        """The derivative of one formula by another."""
        parts = [self._factor(tree, is_closed=isinstance(tree, Name)) for tree in (over, under)]
        return self._fraction(*parts)

    @abstractmethod
    def formula(self, tree: Tree) -> str:
        """A formula."""

    @abstractmethod
    def shape(self, shape: Shape) -> str:
        """Rows and columns."""

    def letters(self, indices: Sequence[Tree]) -> str:
        """Indices as they stand between the brackets of an entry."""
        return ",".join(self.index(index) for index in indices)

    @abstractmethod
    def index(self, tree: Tree) -> str:
        """An index as it stands between brackets."""

    @abstractmethod
    def table(self, factors: Sequence[Column]) -> None:
        """Add factors side by side, each with its shape or its letters under it."""

    def _under(self, below: Shape | Sequence[Tree]) -> str:
        """What stands under a factor."""
        return self.shape(below) if isinstance(below, Shape) else self.letters(below)

    def _factor(self, tree: Tree, *, is_closed: bool) -> str:
        """A formula, in brackets if it needs them."""
        return self.formula(tree) if is_closed else self._enclosed(self.formula(tree))

    @abstractmethod
    def _enclosed(self, formula: str) -> str: ...

    @abstractmethod
    def _fraction(self, above: str, below: str) -> str: ...


class PlainText(Markup):
    """Text for a terminal; a table is a line of factors, and one of shapes centred below them."""

    arrow = "->"

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def say(self, sentence: str, *, level: int = 1, head: str = "") -> None:
        """Add lines; those after the first stand in behind the head."""
        hanging = 1 if head else 0
        room = WIDTH - INDENT * level
        lines = wrap(head + sentence, room, self._measure, hanging=INDENT * hanging)
        self.lines += [self._line(line, level + hanging * (k > 0)) for k, line in enumerate(lines)]
        self.formulas.clear()

    def gap(self) -> None:
        """Add an empty line."""
        self.lines.append("")

    def document(self) -> str:
        """All lines."""
        return "\n".join(self.lines)

    def _measure(self, line: str) -> int:
        """How wide a line is."""
        return sum(columns(self.formulas.get(sign, sign)) for sign in line)

    def held(self, formula: str) -> str:
        """Signs for the parts of a formula, which is broken only if it is long."""
        if columns(formula) <= LONG:
            return super().held(formula)
        return " ".join(super(PlainText, self).held(word) for word in formula.split())

    def formula(self, tree: Tree) -> str:
        """A formula as it is typed."""
        return text(tree)

    def equation(self, equation: recorded.Equation) -> str:
        """Formulas that are equal; beside what has no letters, sums say which ones are theirs."""
        if any(isinstance(side, Entry) for side in equation.sides):
            return super().equation(equation)
        return " = ".join(
            summed(side) if _is_sum(side) else self.formula(side) for side in equation.sides
        )

    def statement(self, statement: Statement) -> str:
        """A definition as it is typed, or a value alone."""
        return text(Program((statement,)))

    def shape(self, shape: Shape) -> str:
        """Rows x columns."""
        return " x ".join(dim.bracketed for dim in shape)

    def index(self, tree: Tree) -> str:
        """An index as it is typed, without spaces."""
        return text(Entry(Name("i"), (tree,)))[2:-1]

    def table(self, factors: Sequence[Column]) -> None:
        """Add two lines."""
        trees = [self._factor(tree, is_closed=is_closed(tree)) for tree, _ in factors]
        shapes = ["" if below is None else self._under(below) for _, below in factors]
        widths = [max(map(columns, cell)) for cell in zip(trees, shapes, strict=True)]
        for row in (trees, shapes):
            parts = [part.center(width) for part, width in zip(row, widths, strict=True)]
            self.lines.append((" " * INDENT * 2 + "   ".join(parts)).rstrip())

    def _enclosed(self, formula: str) -> str:
        return f"({formula})"

    def _fraction(self, above: str, below: str) -> str:
        return f"d{above}/d{below}"

    def _line(self, line: str, level: int) -> str:
        written = "".join(self.formulas.get(sign, sign) for sign in line)
        return " " * INDENT * level + written.replace(UNBROKEN, " ")


def _is_sum(tree: Tree) -> TypeGuard[Call]:
    """Whether a formula is a sum over letters."""
    return isinstance(tree, Call) and tree.function == "sum" and bool(tree.over)


def is_closed(tree: Tree) -> bool:
    """Whether a factor needs no brackets."""
    return isinstance(tree, Name | Call | Number) or level(tree) >= POWER
