"""Arrays given entry by entry: `[i:m, j:n] A[i,k] B[k,j]`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from dimderiv.errors import ShapeError
from dimderiv.language import Add, Binary, Call, Entry, Group, Name, Negative, Number, Tree
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.evaluate.arithmetic import ONE, ZERO, Arithmetic, Scalar
from dimderiv.verify.evaluate.functions import ELEMENTWISE, power
from dimderiv.verify.evaluate.unsized import ANY_SIZE, Expected, Unsized, Value
from dimderiv.verify.layout import Form, FormEntries, indexed, is_single, size_of

Places = Mapping[str, int]


class _Stage(NamedTuple):
    """A letter to sum over, and the factors that are known once it has a value.

    The sum is the same for the same places of the letters that it and what follows need.
    """

    letter: str
    length: int
    factors: list[Tree]
    needed: tuple[str, ...]
    sums: dict[tuple[int, ...], Scalar]


@dataclass
class IndexReader:
    """Reads one index form.

    Attributes:
        form: the form.
        arithmetic: the arithmetic of the entries.
        value: gives the value of an operand, for what is known of its size.
        operands: values of operands that were needed already, by identity.
    """

    form: Form
    arithmetic: Arithmetic
    value: Callable[[Tree, Expected], Value]
    operands: dict[int, Value] = field(default_factory=dict)

    def entries(self) -> FormEntries:
        """All entries of the form."""
        extents = self.form.extents
        terms = [self._prepared(term) for term in self.form.terms]
        entries = []
        for place in product(*map(range, extents.values())):
            self.arithmetic.tick()
            bound = dict(zip(extents, place, strict=True))
            entries.append(self.arithmetic.total([self._term(term, bound) for term in terms]))
        return FormEntries(self.form.lengths, entries)

    def _prepared(self, term: Tree) -> list[_Stage]:
        """The order in which letters are summed over: those of a factor that is mostly 0 first."""
        ranges = self.form.summed(term, self._lengths)
        factors = list(_factors(term))
        letters_of = {id(factor): self.form.letters_of(factor) for factor in factors}
        waiting = [
            (f, [letter for letter in ranges if letter in letters_of[id(f)]]) for f in factors
        ]
        order = [("", [factor for factor, letters in waiting if not letters])]
        while waiting := [(factor, letters) for factor, letters in waiting if letters]:
            _, (letter, *_) = min(waiting, key=lambda one: (not _is_sparse(one[0]), len(one[1])))
            known = [factor for factor, letters in waiting if letters == [letter]]
            order.append((letter, sorted(known, key=_is_sparse, reverse=True)))
            waiting = [(f, [each for each in letters if each != letter]) for f, letters in waiting]
        stages: list[_Stage] = []
        needed, bound = set[str](), {*self.form.extents, *(letter for letter, _ in order)}
        for letter, known in reversed(order):
            needed = needed.union(*(letters_of[id(f)] & bound for f in known)) - {letter}
            length = ranges.get(letter, 1)
            stages.insert(0, _Stage(letter, length, known, tuple(sorted(needed)), {}))
        return stages

    def _term(self, stages: Sequence[_Stage], bound: dict[str, int]) -> Scalar:
        """The sum of the products of all factors, without those in which one is 0."""
        stage, *later = stages
        key = tuple(bound[letter] for letter in stage.needed)
        if key not in stage.sums:
            values = []
            for place in range(stage.length):
                self.arithmetic.effort.spent += 1
                bound[stage.letter] = place
                value = self._product(stage.factors, bound)
                if later and not _is_zero(value):
                    value = self.arithmetic.mul(value, self._term(later, bound))
                values.append(value)
            stage.sums[key] = self.arithmetic.total(values)
        return stage.sums[key]

    def _product(self, factors: Sequence[Tree], places: Places) -> Scalar:
        result: Scalar = ONE
        for factor in factors:
            result = self.arithmetic.mul(result, self._entry_value(factor, places))
            if _is_zero(result):
                break
        return result

    def _lengths(self, entry: Entry) -> tuple[int | None, int | None]:
        value = self._entries_of(entry)
        return (value.rows, value.cols) if isinstance(value, Unsized) else size_of(value)

    def _entries_of(self, entry: Entry) -> Value:
        """The operand of an entry, whose letters may say how large it is."""
        letters = [index.name if isinstance(index, Name) else "" for index in entry.indices]
        known = [self.form.extents.get(letter) for letter in letters]
        return self._operand(entry.operand, Expected(*known) if len(known) <= 2 else ANY_SIZE)

    def _operand(self, node: Tree, expected: Expected = ANY_SIZE) -> Value:
        if id(node) not in self.operands:
            self.operands[id(node)] = self.value(node, expected)
        return self.operands[id(node)]

    def _entry_value(self, node: Tree, places: Places) -> Scalar:
        match node:
            case Entry():
                return self._entry(node, places)
            case Group(operand):
                return self._entry_value(operand, places)
            case Negative(operand):
                return self.arithmetic.negative(self._entry_value(operand, places))
            case Add(terms):
                return self.arithmetic.total([self._entry_value(term, places) for term in terms])
            case Binary() if next(indexed(node), None) is not None:
                return self._binary(node, places)
            case Call(name, (argument,), None) if name in ELEMENTWISE:
                return ELEMENTWISE[name](self.arithmetic, self._entry_value(argument, places))
        value = self._operand(node)
        if isinstance(value, Unsized) or not is_single(value):
            raise ShapeError("an index form is made of scalars and entries", span=node.span)
        return value[0][0]

    def _binary(self, node: Binary, places: Places) -> Scalar:
        left = self._entry_value(node.left, places)
        match node.operator:
            case "*" | ".*":
                if left is ZERO:
                    return ZERO
                return self.arithmetic.mul(left, self._entry_value(node.right, places))
            case "/" | "./":
                return self.arithmetic.div(left, self._entry_value(node.right, places))
            case "^" | ".^":
                return power(self.arithmetic, left, self._entry_value(node.right, places))
        raise NotVerifiableError("a comparison inside an index form", span=node.span)

    def _entry(self, entry: Entry, places: Places) -> Scalar:
        value = self._entries_of(entry)
        if isinstance(value, Unsized):
            return value.on if len(set(self.form.indices(entry, places))) == 1 else value.off
        place = self.form.place(entry, places, size_of(value))
        return ZERO if place is None else value[place[0]][place[1]]


def _factors(term: Tree) -> Iterator[Tree]:
    """The factors of a product; one without entries is a scalar as a whole."""
    if next(indexed(term), None) is None:
        yield term
        return
    match term:
        case Group(operand) if not isinstance(operand, Add):
            yield from _factors(operand)
        case Negative(operand):
            yield Negative(Number(ONE))
            yield from _factors(operand)
        case Binary("*" | ".*", left, right):
            yield from _factors(left)
            yield from _factors(right)
        case _:
            yield term


def _is_zero(x: Scalar) -> bool:
    return type(x) is Fraction and not x


def _is_sparse(factor: Tree) -> bool:
    """Whether most entries of a factor are 0."""
    if not isinstance(factor, Entry):
        return False
    operand = factor.operand
    return operand == Name("I") or (isinstance(operand, Call) and operand.function == "eye")
