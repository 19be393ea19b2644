"""Rules of whole arrays, proved entry by entry: products, matrix functions, rows, reductions."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import product
from typing import TypeAlias

from dimderiv.errors import ShapeError, VerificationError
from dimderiv.language import Binary, Call, IndexForm, Name, Node, Transpose
from dimderiv.verify.evaluate import (
    ZERO,
    OutOfDomain,
    Scalar,
    Size,
    Table,
    combined,
    mixed_slope,
    size_of,
    transposed,
)
from dimderiv.verify.points import perturbed
from dimderiv.verify.rules.letters import Lettered, Signature, Sizes, placements, read_signature
from dimderiv.verify.rules.subject import Subject, Tables, shown

# Where in the value, and where in the argument.
Entry: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]

SMALLEST = 2
SQUARES = (3, 2, 1)
REDUCED = (Size(2, 3), Size(3, 2))
AXES = (None, 0, 1)
PLAIN = ("p", "q")
VALUE = "Y"
SAYS = "the rule says"


def prove_product(subject: Subject) -> str:
    """The sum that the letters of a signature describe is the value of the operation."""
    signature = read_signature(subject.rule.signature)
    compared = 0
    for sizes in _unequal(signature.letters):
        known = {each.name: each.size(sizes) for each in signature.arguments}
        compared += sum(subject.at_points(known, _SumOfProducts(subject, signature, sizes)))
    return f"{compared} entries of the value agree"


@dataclass(frozen=True)
class _SumOfProducts:
    subject: Subject
    signature: Signature
    sizes: Sizes

    def __call__(self, tables: Tables) -> int:
        rule = self.subject.rule
        given = [tables[argument.name] for argument in self.signature.arguments]
        value = self.subject.value if rule.definition else self.subject.meaning
        found = self.signature.summed(given, self.sizes)
        what = f"{rule.name} at {shown(tables)}: the value"
        return self.subject.require_table(what, value(tables), found, "the signature gives")


def _unequal(letters: tuple[str, ...]) -> Iterator[Sizes]:
    """Sizes that are pairwise unequal, in both orders."""
    numbers = range(SMALLEST, SMALLEST + len(letters))
    yield dict(zip(letters, numbers, strict=True))
    yield dict(zip(letters, reversed(numbers), strict=True))


def prove_letters(subject: Subject) -> str:
    """The partial derivatives that a rule gives in letters are those of the definition."""
    signature = read_signature(subject.rule.signature)
    compared = 0
    for sizes, as_column in _cases(subject, signature):
        unknown = set(signature.value.letters) - set(sizes)
        if unknown:
            raise ShapeError(f"the letter {min(unknown)} is on the right side only")
        known = {each.name: each.size(sizes) for each in signature.arguments}
        if as_column:
            known = {name: Size(cols, rows) for name, (rows, cols) in known.items()}
        for argument in signature.arguments:
            if argument.name in subject.rule.derivative:
                check = _Partials(subject, signature, argument, sizes, as_column)
                compared += sum(subject.at_points(known, check))
        if subject.rule.linear:
            check_map = partial(_check_linear_map, subject)
            compared += sum(subject.at_points(known, check_map, count=1))
    return f"{compared} entries of the derivative agree"


def _check_linear_map(subject: Subject, tables: Tables) -> int:
    """The matrix of a function that is linear in an argument: what it does, and its adjoint."""
    rule, evaluator = subject.rule, subject.evaluator(tables)
    first, second = (Name(argument) for argument in rule.arguments)

    def value(*arguments: Node) -> Table:
        return evaluator.table(Call(rule.name, arguments))

    def stacked(node: Node) -> Node:
        return Call("vec", (node,))

    where = f"{rule.name} at {shown(tables)}"
    applied = Binary("*", Call(rule.name, (first,)), stacked(second))
    found = evaluator.table(stacked(Call(rule.name, (first, second))))
    own = subject.require_table(f"{where}: vec", found, evaluator.table(applied), "its matrix says")
    adjoint = transposed(value(Transpose(first)))
    own += subject.require_table(f"{where}: the matrix", value(first), adjoint, "its adjoint says")
    text = subject.read(rule.commuting)
    commuting = subject.evaluator({**tables, rule.linear: tables[first.name]}).table(text)
    what = f"{where}: the value where {rule.linear} = {first.name}"
    return own + subject.require_table(what, value(first, first), commuting, SAYS)


def _cases(subject: Subject, signature: Signature) -> Iterator[tuple[Sizes, bool]]:
    """Sizes of the letters, and whether a row stands for a column vector."""
    letters = tuple(dict.fromkeys(x for array in signature.arguments for x in array.letters))
    if subject.rule.square:
        for size in SQUARES:
            yield dict.fromkeys(letters, size), False
        return
    for sizes in _unequal(letters):
        yield _with_letters_of_rows(subject, signature, sizes), False
    yield _with_letters_of_rows(subject, signature, dict.fromkeys(letters, 1)), False
    if subject.rule.kind == "rows":
        alone = {**dict.fromkeys(letters, 1), letters[-1]: 3}
        yield _with_letters_of_rows(subject, signature, alone), True


def _with_letters_of_rows(subject: Subject, signature: Signature, sizes: Sizes) -> Sizes:
    """A function of rows has a value as long as its argument, with a letter of its own along it."""
    if subject.rule.kind != "rows":
        return sizes
    return {**sizes, signature.value.letters[-1]: sizes[signature.arguments[0].letters[-1]]}


@dataclass(frozen=True)
class _Partials:
    """The partial derivatives by one argument at one point; a column is turned into a row."""

    subject: Subject
    signature: Signature
    argument: Lettered
    sizes: Sizes
    as_column: bool

    def __call__(self, tables: Tables) -> int:
        if not self.subject.is_users:
            self.subject.require_value(tables)
        value = self._value(tables)
        wanted = self.signature.value.size(self.sizes)
        if size_of(value) != wanted:
            raise ShapeError(f"the value is {size_of(value)}, the signature says {wanted}")
        slopes = dict(self._slopes(tables))
        claimed = dict(self._claimed(tables, value))
        for entry, expected in slopes.items():
            self.subject.require(self._label(tables, entry), expected, claimed[entry], SAYS)
        return len(slopes)

    def _label(self, tables: Tables, entry: Entry) -> str:
        above, below = (",".join(map(str, places)) for places in entry)
        derivative = f"dY[{above}]/d{self.argument.name}[{below}]"
        return f"{self.subject.rule.name} at {shown(tables)}: {derivative}"

    def _value(self, tables: Tables) -> Table:
        return self._turned(self.subject.value(tables))

    def _turned(self, table: Table) -> Table:
        return transposed(table) if self.as_column else table

    def _slopes(self, tables: Tables) -> Iterator[tuple[Entry, Scalar]]:
        """The derivative of each entry of the value by each entry of the argument."""
        name, arithmetic = self.argument.name, self.subject.arithmetic
        for at in placements(self.argument.letters, self.sizes):
            row, col = self.argument.place(at, self.sizes)
            place = (col, row) if self.as_column else (row, col)
            varied = self._value({**tables, name: perturbed(arithmetic, tables[name], [place])})
            for above in placements(self.signature.value.letters, self.sizes):
                row, col = self.signature.value.place(above, self.sizes)
                yield (tuple(above.values()), tuple(at.values())), mixed_slope(varied[row][col], 1)

    def _claimed(self, tables: Tables, value: Table) -> Iterator[tuple[Entry, Scalar]]:
        """What the text gives for each of them."""
        own = self.argument.letters
        below = PLAIN if own == ("i", "j") else own
        lengths = [self.sizes[letter] for letter in own]
        sizes = {**self.sizes, **dict(zip(below, lengths, strict=True))}
        above = self.signature.value.letters
        letters = tuple(dict.fromkeys((*above, *below)))
        entries = self._entries(letters, sizes, tables, value)
        for first in placements(above, sizes):
            for second in placements(below, sizes):
                # Entries in different rows do not depend on each other.
                apart = any(first[letter] != second[letter] for letter in {*above} & {*below})
                both = {**first, **second}
                found = ZERO if apart else entries[tuple(both[letter] for letter in letters)]
                yield (tuple(first.values()), tuple(second.values())), found

    def _entries(
        self, letters: tuple[str, ...], sizes: Sizes, tables: Tables, value: Table
    ) -> dict[tuple[int, ...], Scalar]:
        text = self.subject.rule.derivative[self.argument.name]
        brackets = ", ".join(f"{letter}:{sizes[letter]}" for letter in letters)
        form = self.subject.read(f"[{brackets}] {text}", VALUE)
        assert isinstance(form, IndexForm)
        known = {name: self._turned(table) for name, table in tables.items()}
        try:
            array = self.subject.evaluator({**known, VALUE: value}).array(form)
        except OutOfDomain as error:
            raise no_value(self.subject, tables, error) from error
        places = [tuple(at.values()) for at in placements(letters, sizes)]
        return dict(zip(places, array.entries, strict=True))


def no_value(subject: Subject, tables: Tables, error: OutOfDomain) -> VerificationError:
    """The error of a derivative that is undefined where the operation has one."""
    return VerificationError(f"{subject.rule.name} at {shown(tables)}: {SAYS} nothing: {error}")


def prove_reduction(subject: Subject) -> str:
    """The derivative of a reduction, over all entries and along each axis."""
    compared = 0
    for size, axis in product(REDUCED, AXES):
        known = dict.fromkeys(subject.rule.arguments, size)
        compared += sum(subject.at_points(known, partial(_check_reduction, subject, axis)))
    return f"{compared} entries of the derivative agree"


def _check_reduction(subject: Subject, axis: int | None, tables: Tables) -> int:
    (name, table), *_ = tables.items()
    size = size_of(table)
    claimed = _claimed_weights(subject, axis, tables)
    along = "" if axis is None else f", axis={axis}"
    for i, j in product(range(size.rows), range(size.cols)):
        varied = subject.value({name: perturbed(subject.arithmetic, table, [(i, j)])}, axis)
        place = (0 if axis in (None, 0) else i, 0 if axis in (None, 1) else j)
        expected = mixed_slope(varied[place[0]][place[1]], 1)
        what = f"{subject.rule.name}{along} at {shown(tables)}: dY/d{name}[{i},{j}]"
        subject.require(what, expected, claimed[i][j], SAYS)
    return size.rows * size.cols


def _claimed_weights(subject: Subject, axis: int | None, tables: Tables) -> Table:
    """The derivative that the text gives, of the shape of the argument."""
    (name, table), *_ = tables.items()
    size = size_of(table)
    count = size.rows * size.cols if axis is None else size[axis]
    known = {VALUE: subject.value(tables, axis), "count": [[Fraction(count)]], **tables}
    node = subject.read(subject.rule.derivative[name], VALUE, "count")
    try:
        found = subject.evaluator(known).table(node)
    except OutOfDomain as error:
        raise no_value(subject, tables, error) from error
    return combined(found, table, lambda x, _: x)
