"""Polynomials in generators that satisfy relations: roots, and the inverses of denominators."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from math import lcm
from typing import Any, NamedTuple

from dimderiv.verify.symbolic.arithmetic import TooLarge
from dimderiv.verify.symbolic.polynomials import (
    BITS,
    Coefficient,
    Polynomial,
    bits_of,
    constant,
    divided,
    exponent_of,
    over_one_denominator,
    parts_of,
    powers_of,
    times,
)

LARGEST_POWER = 4000
# Products of terms.
MOST_WORK = 3_000_000


class Relation(NamedTuple):
    """What a generator satisfies: its power `degree` is `value`; of degree 0, it is one over it."""

    degree: int
    value: Polynomial


class Ring:
    """Sums and products of polynomials in generators, up to a limit of work.

    A generator's relation is in terms of those before it, so that using each relation, the last one
    first, leaves a polynomial in independent generators.

    Args:
        tick: called now and then; it raises where the time is up.
    """

    def __init__(self, tick: Callable[[], None]) -> None:
        self.tick = tick
        self.work = 0
        self.last_bits = 0
        # What each generator stands for, and its number.
        self.generators: list[Any] = []
        self.numbers: dict[Any, int] = {}
        self.relations: dict[int, Relation] = {}

    def total(self, terms: list[Polynomial]) -> Polynomial:
        """The sum."""
        result: defaultdict[int, int] = defaultdict(int)
        below = lcm(*(c.denominator for term in terms for c in term.values()))
        for term in terms:
            self._work_for(len(term))
            for monomial, c in term.items():
                result[monomial] += c.numerator * (below // c.denominator)
        return divided(result, below)

    def product(self, a: Polynomial, b: Polynomial) -> Polynomial:
        """The product."""
        self._work_for(len(a) * len(b))
        if len(a) == 1:
            a, b = b, a
        if len(b) == 1:
            ((monomial, c),) = b.items()
            shifted = {m + monomial: k * c for m, k in a.items()}
            self._refuse_overflow(shifted)
            return shifted
        (below_a, left), (below_b, right) = over_one_denominator(a), over_one_denominator(b)
        result: defaultdict[int, int] = defaultdict(int)
        for m, i in left.items():
            for n, j in right.items():
                result[m + n] += i * j
        self._refuse_overflow(result)
        return divided(result, below_a * below_b)

    def _refuse_overflow(self, p: Mapping[int, Coefficient]) -> None:
        """Refuse exponents that have reached the last of their bits, before they spill over."""
        if bits_of(p) & self.last_bits:
            raise TooLarge("a large power")

    def _work_for(self, products: int) -> None:
        self.work += products
        if self.work > MOST_WORK:
            raise TooLarge("too many terms to cancel")
        self.tick()

    def power(self, base: Polynomial, exponent: int) -> Polynomial:
        """A power; the exponent is not negative."""
        if exponent > LARGEST_POWER:
            raise TooLarge("a large power")
        result = constant(1)
        while exponent:
            if exponent & 1:
                result = self.product(result, base)
            exponent >>= 1
            if exponent:
                base = self.product(base, base)
        return result

    def generator(self, key: Any, relation: Relation | None = None) -> Polynomial:
        """A generator, the same for the same key."""
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.generators)
            self.generators.append(key)
            self.last_bits |= 1 << (BITS * number + BITS - 1)
            if relation is not None:
                self.relations[number] = relation
        return {1 << (BITS * number): 1}

    def tidy(self, p: Polynomial) -> Polynomial:
        """The same value with powers of roots reduced, and what is beside its inverse cancelled."""
        for number in sorted(powers_of(bits_of(p)), reverse=True):
            relation = self.relations.get(number)
            if relation is None:
                continue
            if relation.degree:
                p = self.total(
                    [
                        times(part, number, rest)
                        for rest, part in self._residues(p, number, relation).items()
                    ]
                )
            elif len(relation.value) == 1:
                p = self.total([self._cancelled(m, c, number, relation) for m, c in p.items()])
        return p

    def _cancelled(
        self, monomial: int, c: Coefficient, number: int, relation: Relation
    ) -> Polynomial:
        (single,) = relation.value
        other = (single.bit_length() - 1) // BITS
        common = min(exponent_of(monomial, number), exponent_of(monomial, other))
        return {monomial - common * (single + (1 << (BITS * number))): c}

    def _residues(self, p: Polynomial, number: int, relation: Relation) -> dict[int, Polynomial]:
        """The coefficients of a root's powers below its degree."""
        classes: defaultdict[int, list[Polynomial]] = defaultdict(list)
        for exponent, part in parts_of(p, number).items():
            times, rest = divmod(exponent, relation.degree)
            classes[rest].append(self.product(part, self.power(relation.value, times)))
        return {rest: self.total(parts) for rest, parts in classes.items()}

    def cleared(self, p: Polynomial) -> tuple[Polynomial, Polynomial]:
        """A numerator and a denominator without inverses among their generators."""
        below = constant(1)
        while (number := self._last_of(p, lambda r: not r.degree)) is not None:
            p, most = self._without(p, number)
            below = self.product(below, self.power(self.relations[number].value, most))
        return p, below

    def _without(self, p: Polynomial, number: int) -> tuple[Polynomial, int]:
        """A polynomial times the power of what a generator is one over that clears it, and that."""
        base, parts = self.relations[number].value, parts_of(p, number)
        most = max(parts)
        terms = [self.product(part, self.power(base, most - k)) for k, part in parts.items()]
        return self.total(terms), most

    def _last_of(self, p: Polynomial, wanted: Callable[[Relation], bool]) -> int | None:
        numbers = sorted(powers_of(bits_of(p)), reverse=True)
        return next((n for n in numbers if n in self.relations and wanted(self.relations[n])), None)

    def is_zero(self, p: Polynomial) -> bool:
        """Whether nothing is left once each relation has been used, the last one first."""
        while p and (number := self._last_of(p, lambda _: True)) is not None:
            relation = self.relations[number]
            if relation.degree:
                return all(map(self.is_zero, self._residues(p, number, relation).values()))
            p, _ = self._without(p, number)
        return not p
