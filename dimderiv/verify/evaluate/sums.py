"""Sums of products over letters, one letter after the other: `sum[k,l] A[i,k] B[k,l] C[l,j]`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import NamedTuple

from dimderiv.language import Add, Binary, Call, Entry, Group, Name, Negative, Number, Tree, walk
from dimderiv.verify.evaluate.arithmetic import ONE, Arithmetic, Scalar
from dimderiv.verify.layout import Letters


class Stage(NamedTuple):
    """A letter to sum over, and the factors that are known once it has a value.

    The sum is the same for the same places of the letters that it and what follows need.
    """

    letter: str
    length: int
    factors: list[Tree]
    needed: tuple[str, ...]
    sums: dict[tuple[int, ...], Scalar]


@dataclass
class Sums:
    """Sums of terms that are products of scalars.

    Attributes:
        arithmetic: the arithmetic of the entries.
        letters: what letters stand for.
        scalar: gives the value of a factor where the letters have their values.
        prepared: the stages of the terms of each sum, by identity.
    """

    arithmetic: Arithmetic
    letters: Letters
    scalar: Callable[[Tree], Scalar]
    prepared: dict[int, list[list[Stage]]] = field(default_factory=dict)

    def total(self, node: Call, ranges: Mapping[str, int]) -> Scalar:
        """The value of a sum.

        Args:
            node: the sum.
            ranges: how far each of its letters runs.
        """
        if id(node) not in self.prepared:
            body = node.arguments[0]
            self.prepared[id(node)] = [self._stages(term, ranges) for term in _terms(body)]
        outer = self.letters.bound
        self.letters.bound = dict(outer)
        try:
            terms = [self._term(stages) for stages in self.prepared[id(node)]]
        finally:
            self.letters.bound = outer
        return self.arithmetic.total(terms)

    def _stages(self, term: Tree, ranges: Mapping[str, int]) -> list[Stage]:
        """The order in which letters are summed over: those of a factor that is mostly 0 first."""
        bound = {*self.letters.bound, *ranges}
        factors = list(_factors(term))
        letters_of = {
            id(factor): {part.name for part in walk(factor) if isinstance(part, Name)} & bound
            for factor in factors
        }
        waiting = [
            (f, [letter for letter in ranges if letter in letters_of[id(f)]]) for f in factors
        ]
        absent = ranges.keys() - {letter for _, letters in waiting for letter in letters}
        repeated = Number(Fraction(prod(ranges[letter] for letter in absent)))
        order = [("", [factor for factor, letters in waiting if not letters])]
        if absent:
            order[0][1].append(repeated)
            letters_of[id(repeated)] = set()
        while waiting := [(factor, letters) for factor, letters in waiting if letters]:
            _, (letter, *_) = min(waiting, key=lambda one: (not _is_sparse(one[0]), len(one[1])))
            known = [factor for factor, letters in waiting if letters == [letter]]
            order.append((letter, sorted(known, key=_is_sparse, reverse=True)))
            waiting = [(f, [each for each in letters if each != letter]) for f, letters in waiting]
        stages: list[Stage] = []
        needed = set[str]()
        for letter, known in reversed(order):
            needed = needed.union(*(letters_of[id(f)] for f in known)) - {letter}
            stages.insert(0, Stage(letter, ranges.get(letter, 1), known, tuple(sorted(needed)), {}))
        return stages

    def _term(self, stages: Sequence[Stage]) -> Scalar:
        """The sum of the products of all factors, without those in which one is 0."""
        stage, *later = stages
        bound = self.letters.bound
        key = tuple([bound[letter] for letter in stage.needed])
        if key not in stage.sums:
            values = []
            for place in range(stage.length):
                self.arithmetic.effort.spent += 1
                bound[stage.letter] = place
                value = self._product(stage.factors)
                if later and not is_zero(value):
                    value = self.arithmetic.mul(value, self._term(later))
                values.append(value)
            stage.sums[key] = self.arithmetic.total(values)
        return stage.sums[key]

    def _product(self, factors: Sequence[Tree]) -> Scalar:
        if not factors:
            return ONE
        result = self.scalar(factors[0])
        for factor in factors[1:]:
            if is_zero(result):
                break
            result = self.arithmetic.mul(result, self.scalar(factor))
        return result


def is_zero(x: Scalar) -> bool:
    """Whether a number is an exact zero.

    Args:
        x: a number or a series.
    """
    return type(x) is Fraction and not x


def _terms(node: Tree) -> Iterator[Tree]:
    """The terms that a body is the sum of."""
    match node:
        case Add(terms):
            for term in terms:
                yield from _terms(term)
        case Group(operand):
            yield from _terms(operand)
        case Negative(operand):
            for term in _terms(operand):
                yield Negative(term)
        case _:
            yield node


def _factors(term: Tree) -> Iterator[Tree]:
    """The factors of a product."""
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


def _is_sparse(factor: Tree) -> bool:
    """Whether most entries of a factor are 0."""
    if not isinstance(factor, Entry):
        return False
    operand = factor.operand
    return operand == Name("I") or (isinstance(operand, Call) and operand.function == "eye")
