"""A rule on trial: its texts read, its definition evaluated, points of its domain found."""

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from dimderiv.errors import DimderivError, ShapeError, VerificationError
from dimderiv.language import (
    BUILTIN_FUNCTIONS,
    Call,
    Declaration,
    Dim,
    Name,
    Node,
    Shape,
    children,
    parse_expression,
    rules_folder,
)
from dimderiv.rulebook import Rule, Rulebook
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.evaluate import (
    Arithmetic,
    Definitions,
    Effort,
    Evaluator,
    OutOfDomain,
    Scalar,
    Size,
    Table,
    size_of,
)
from dimderiv.verify.points import AGREED_DIGITS, WORKING_DIGITS, drawn_points

T = TypeVar("T")
Tables = Mapping[str, Table]

SECONDS = 10.0


def _arithmetic() -> Arithmetic:
    return Arithmetic(WORKING_DIGITS, Effort(deadline=time.perf_counter() + SECONDS))


@dataclass(frozen=True)
class Subject:
    """A rule to be proved.

    Attributes:
        rule: the rule.
        rulebook: all rules, for what the texts of this one use.
        arithmetic: the arithmetic to compute in, with a deadline.
    """

    rule: Rule
    rulebook: Rulebook
    arithmetic: Arithmetic = field(default_factory=_arithmetic)

    @property
    def is_users(self) -> bool:
        """Whether the rule is the user's own, so that its definition is all it means."""
        return _is_users(self.rule)

    @cached_property
    def definitions(self) -> Definitions:
        """The user's functions but for this one."""
        return self.defined(_is_users)

    def defined(self, wanted: Callable[[Rule], bool]) -> Definitions:
        """Arguments and definition of some functions, but for this one.

        Those that cannot be read have reports of their own; those that are defined by themselves,
        such as `exp`, are left to whoever knows them.
        """
        found: dict[str, tuple[tuple[str, ...], Node]] = {}
        for name, rule in self.rulebook.rules.items():
            if name != self.rule.name and rule.is_function and rule.definition and wanted(rule):
                with suppress(DimderivError):
                    found[name] = (rule.arguments, self._read(rule.definition, rule.arguments))
        return {name: each for name, each in found.items() if not _calls(each[1], name)}

    def read(self, text: str, *names: str) -> Node:
        """A text of the rule."""
        return self._read(text, (*self.rule.arguments, *names))

    def _read(self, text: str, names: Collection[str]) -> Node:
        functions = BUILTIN_FUNCTIONS | self.rulebook.functions
        return parse_expression(text, names=names, functions=functions)

    def evaluator(self, tables: Tables) -> Evaluator:
        """An evaluator of texts of the rule."""
        elementwise = [name for name in self.definitions if _is_elementwise(self.rulebook[name])]
        own = (self.definitions, elementwise, self.columns)
        return Evaluator(self.arithmetic, {}, dict(tables), *own)

    @cached_property
    def columns(self) -> Mapping[str, Node]:
        """What the user's functions but for this one are of a column vector."""
        rules = [self.rulebook[name] for name in self.definitions]
        return {rule.name: self._read(rule.column, rule.arguments) for rule in rules if rule.column}

    def value(self, tables: Tables, axis: int | None = None) -> Table:
        """The value of the operation: by its definition, or what the verifier knows it to be."""
        text = self.rule.definition
        if not text:
            return self.meaning(tables, axis)
        rows, cols = size_of(tables[self.rule.arguments[0]])
        if self.rule.column and cols == 1 < rows:
            text = self.rule.column
        return self.evaluator(tables).table(self.read(text))

    def meaning(self, tables: Tables, axis: int | None = None) -> Table:
        """The value that the verifier gives the operation."""
        name, arguments = self.rule.name, self.rule.arguments
        if self.rule.operator:
            node = self.read(self.rule.operator)
        else:
            node = Call(name, tuple(Name(argument) for argument in arguments), axis)
        return self.evaluator(tables).table(node)

    def at_points(
        self, sizes: Mapping[str, Size], check: Callable[[Tables], T], *, count: int = 2
    ) -> list[T]:
        """The outcome of a check at points of the domain."""
        return [self._at_point(sizes, check, number) for number in range(count)]

    def _at_point(self, sizes: Mapping[str, Size], check: Callable[[Tables], T], number: int) -> T:
        reason = "nothing was drawn"
        distributions, symmetric = self.rule.rows_sum_to_one, self.rule.symmetric
        for tables in drawn_points(_declared(sizes, symmetric), {}, distributions, number):
            try:
                return check(tables)
            except OutOfDomain as error:
                reason = str(error)
        raise NotVerifiableError(f"no point of the domain was found: {reason}")

    def require_value(self, tables: Tables) -> int:
        """Compare the definition with what the verifier knows the operation to be."""
        expected, found = self.meaning(tables), self.value(tables)
        where = f"{self.rule.name} at {shown(tables)}"
        return self.require_table(f"{where}: the value", expected, found, "its definition gives")

    def require_table(self, what: str, expected: Table, found: Table, says: str) -> int:
        """Compare two tables."""
        if size_of(expected) != size_of(found):
            raise ShapeError(f"{what} is {size_of(expected)}, {says} {size_of(found)}")
        for i, (row, other) in enumerate(zip(expected, found, strict=True)):
            for j, (x, y) in enumerate(zip(row, other, strict=True)):
                self.require(f"{what} [{i},{j}]", x, y, says)
        return size_of(found).rows * size_of(found).cols

    def require(self, what: str, expected: Scalar, found: Scalar, says: str) -> None:
        """Compare two numbers."""
        if not agree(self.arithmetic, expected, found):
            raise VerificationError(f"{what} is {_number(expected)}, {says} {_number(found)}")


def _calls(node: Node, function: str) -> bool:
    if isinstance(node, Call) and node.function == function:
        return True
    return any(_calls(child, function) for child in children(node))


def _is_users(rule: Rule) -> bool:
    return Path(rule.file).parent != rules_folder()


def _is_elementwise(rule: Rule) -> bool:
    return rule.kind == "elementwise"


def agree(arithmetic: Arithmetic, expected: Scalar, found: Scalar) -> bool:
    """Whether two numbers are equal, as rationals or to 30 digits."""
    if type(expected) is Fraction and type(found) is Fraction:
        return expected == found
    a, b = arithmetic.inexact(expected), arithmetic.inexact(found)
    # Entries are of the order of 1, so what cancels to zero may be off by that much.
    return bool(abs(a - b) <= max(1, abs(a), abs(b)) / 10**AGREED_DIGITS)


def shown(tables: Tables) -> str:
    """A point, as a reader may type it in.

    >>> shown({"A": [[Fraction(1, 2), Fraction(3)]], "x": [[Fraction(-1, 4)]]})
    'A = [1/2, 3], x = -1/4'
    """
    return ", ".join(f"{name} = {_table(table)}" for name, table in tables.items())


def _table(table: Table) -> str:
    rows = ["[" + ", ".join(map(_number, row)) + "]" for row in table]
    if size_of(table) == Size(1, 1):
        return _number(table[0][0])
    return rows[0] if len(rows) == 1 else "[" + ", ".join(rows) + "]"


def _number(x: Scalar) -> str:
    return str(x) if type(x) is Fraction else f"{float(x):.12g}"


def _declared(sizes: Mapping[str, Size], symmetric: Collection[str]) -> dict[str, Declaration]:
    return {
        name: Declaration(
            Shape(Dim.of(rows), Dim.of(cols)),
            frozenset({"symmetric"} if name in symmetric else ()),
        )
        for name, (rows, cols) in sizes.items()
    }
