"""Whether an expression of sympy vanishes: by cancellation of polynomials in symbols and functions.

A value is a polynomial with rational coefficients in generators: symbols, functions of other
values, roots, and the inverses of denominators.  Each generator has bits of its own in the whole
number that a monomial is, so that monomials are multiplied by one addition.  Functions of different
arguments count as independent; where they are not, cancellation fails, but it never succeeds
wrongly: a polynomial without terms is zero whatever its generators are.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from operator import or_
from typing import Any, NamedTuple, TypeAlias

import sympy

from dimderiv.verify.symbolic.arithmetic import TINY, TooLarge, Unknown

Number: TypeAlias = Fraction | int
# The coefficient of each monomial.
Polynomial: TypeAlias = dict[int, Number]
Expression: TypeAlias = Any

BITS = 16
MASK = (1 << BITS) - 1
LARGEST_POWER = 1000
# Products of terms.
MOST_WORK = 3_000_000
# The exponential of a quarter of a monomial is a generator, so that roots of it are no new ones.
SHARE = 4


class Relation(NamedTuple):
    """What a generator satisfies: its power `degree` is `value`, or `value` times it is 1."""

    degree: int
    value: Polynomial


class Cancellation:
    """Turns expressions into polynomials, and tells whether these vanish.

    Args:
        leaves: what some symbols are replaced by.
        value: the value of an expression at a point, by which branches of logarithms are told.
        tick: called now and then; it raises where the time is up.
    """

    def __init__(
        self,
        leaves: Mapping[Expression, Expression],
        value: Callable[[Expression], Any],
        tick: Callable[[], None],
    ) -> None:
        self.leaves = leaves
        self.value = value
        self.tick = tick
        self.work = 0
        self.limit = MOST_WORK
        self.known: dict[Expression, Polynomial] = {}
        self.generators: list[Expression] = []
        self.last_bits = 0
        self.numbers: dict[Any, int] = {}
        self.relations: dict[int, Relation] = {}
        # The argument of each logarithm and exponential, by the number of its generator.
        self.logarithms: dict[int, Polynomial] = {}
        self.exponents: dict[int, Polynomial] = {}

    def are_equal(self, one: Expression, other: Expression) -> bool:
        """Whether the difference of two expressions is shown to be zero.

        Args:
            one: an expression.
            other: an expression.

        Raises:
            TooLarge: it would take too much work.
        """
        difference = [self.polynomial(one), _scaled(self.polynomial(other), -1)]
        return self._is_zero(self._sum(difference))

    def polynomial(self, expression: Expression) -> Polynomial:
        """An expression as a polynomial."""
        found = self.known.get(expression)
        if found is None:
            found = self.known[expression] = self._polynomial(expression)
        return found

    def _polynomial(self, e: Expression) -> Polynomial:
        if e.is_Rational:
            return _constant(Fraction(int(e.p), int(e.q)))
        if e is sympy.E:
            return self._exponential(_constant(1))
        if e.is_Symbol or e is sympy.pi:
            return self.polynomial(self.leaves[e]) if e in self.leaves else self._generator(e)
        if e.is_Add:
            return self._sum([self.polynomial(term) for term in e.args])
        if e.is_Mul:
            factors = sorted((self.polynomial(f) for f in e.args), key=len)
            return reduce(self._product, factors)
        if isinstance(e, sympy.exp):
            return self._exponential(self.polynomial(e.args[0]))
        if e.is_Pow:
            return self._raised(e.base, e.exp)
        if isinstance(e, sympy.log):
            return self._logarithm(self._tidy(self.polynomial(e.args[0])))
        if isinstance(e, (sympy.sinh, sympy.cosh, sympy.tanh)):
            return self.polynomial(_by_exponentials(e))
        if isinstance(e, sympy.tan):
            return self.polynomial(sympy.sin(e.args[0]) / sympy.cos(e.args[0]))
        if isinstance(e, sympy.sin):
            cosine = self.polynomial(sympy.cos(e.args[0]))
            square = self._sum([_constant(1), _scaled(self._product(cosine, cosine), -1)])
            return self._function(e, Relation(2, square))
        if isinstance(e, (Unknown, sympy.cos, sympy.asin, sympy.acos, sympy.atan, sympy.erf)):
            return self._function(e)
        raise TooLarge(f"{type(e).__name__} is not known to the cancellation")

    def _generator(self, key: Any, relation: Relation | None = None) -> Polynomial:
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.generators)
            self.generators.append(key)
            self.last_bits |= 1 << (BITS * number + BITS - 1)
            if relation is not None:
                self.relations[number] = relation
        return {1 << (BITS * number): 1}

    def _function(self, e: Expression, relation: Relation | None = None) -> Polynomial:
        """The generator of a function; of one whose arguments are equal, the same."""
        arguments = [self._tidy(self.polynomial(argument)) for argument in e.args]
        return self._generator((e.func, *map(_key, arguments)), relation)

    def _raised(self, base: Expression, exponent: Expression) -> Polynomial:
        if exponent.is_Integer:
            return self._power(self.polynomial(base), int(exponent))
        if exponent.is_Rational:
            if base.is_Pow and base.exp.is_Integer and (sign := self._sign_at_point(base.base)):
                # A root of a power of a real number that is not 0.
                if base.exp.is_even or sign > 0:
                    return self._raised(sign * base.base, base.exp * exponent)
            root = self._root(self._tidy(self.polynomial(base)), int(exponent.q))
            return self._power(root, int(exponent.p))
        return self.polynomial(sympy.exp(exponent * sympy.log(base), evaluate=False))

    def _power(self, base: Polynomial, exponent: int) -> Polynomial:
        if exponent < 0:
            return self._power(self._inverse(base), -exponent)
        if exponent > LARGEST_POWER:
            raise TooLarge("a large power")
        result = _constant(1)
        for _ in range(exponent):
            result = self._product(result, base)
        return result

    def _root(self, base: Polynomial, degree: int) -> Polynomial:
        """A root; of a monomial it comes apart where all in it is positive at the point."""
        if base == {0: 1}:
            return base
        if len(base) == 1 and (factors := self._positive_factors(base)):
            number, powers = factors
            result = self._root_of(_constant(number), degree)
            for generator, power in powers.items():
                result = self._product(result, self._root_of_power(generator, power, degree))
            return result
        return self._root_of(base, degree)

    def _root_of(self, base: Polynomial, degree: int) -> Polynomial:
        if base == {0: 1}:
            return base
        return self._generator(("root", degree, _key(base)), Relation(degree, base))

    def _root_of_power(self, generator: int, power: int, degree: int) -> Polynomial:
        if generator in self.exponents:
            return self._exponential(_scaled(self.exponents[generator], Fraction(power, degree)))
        times, rest = divmod(power, degree)
        single = _scaled({1 << (BITS * generator): 1}, self._sign_of(generator))
        return self._product(
            self._power(single, times), self._power(self._root_of(single, degree), rest)
        )

    def _sign_at_point(self, e: Expression) -> int:
        """The sign of a real expression, which holds around the point; 0 where it has none."""
        value = self.value(e)
        if value.imag or abs(value) < TINY:
            return 0
        return 1 if value > 0 else -1

    def _positive_factors(self, base: Polynomial) -> tuple[Number, dict[int, int]] | None:
        """A positive number, and the powers of generators, each of which has a sign, in a term."""
        ((monomial, number),) = base.items()
        powers = _powers(monomial)
        signs = {generator: self._sign_of(generator) for generator in powers}
        for generator, power in powers.items():
            number *= signs[generator] ** power
        return (number, powers) if number > 0 and all(signs.values()) and powers else None

    def _sign_of(self, generator: int) -> int:
        """The sign of a symbol at the point; of an exponential and its like, 1; else 0."""
        key = self.generators[generator]
        if isinstance(key, sympy.Symbol):
            return self._sign_at_point(key)
        return int(generator in self.exponents or self._is_inverse(generator))

    def _inverse(self, base: Polynomial) -> Polynomial:
        """One over a polynomial: denominators inside it come to the top."""
        base, above = self._cleared(self._tidy(base))
        if not base:
            raise ZeroDivisionError
        content, monomial, rest = _split(base)
        result = _scaled(above, 1 / content)
        for number, power in _powers(monomial).items():
            single = {1 << (BITS * number): 1}
            inverted = self._generator(("inverse", _key(single)), Relation(0, single))
            result = self._product(result, self._power(inverted, power))
        if rest == {0: 1}:
            return result
        return self._product(result, self._generator(("inverse", _key(rest)), Relation(0, rest)))

    def _exponential(self, argument: Polynomial) -> Polynomial:
        """A product of one exponential for each monomial of the argument."""
        result = _constant(1)
        for monomial, coefficient in self._tidy(argument).items():
            result = self._product(result, self._exponential_of(monomial, Fraction(coefficient)))
        return result

    def _exponential_of(self, monomial: int, coefficient: Fraction) -> Polynomial:
        powers = _powers(monomial)
        if list(powers.values()) == [1] and (inner := next(iter(powers))) in self.logarithms:
            base = self.logarithms[inner]
            if coefficient.denominator > 1:
                base = self._root(base, coefficient.denominator)
            return self._power(base, coefficient.numerator)
        below = SHARE if SHARE % coefficient.denominator == 0 else coefficient.denominator
        base = self._generator(("exp", monomial, below))
        self.exponents[self.numbers["exp", monomial, below]] = {monomial: Fraction(1, below)}
        return self._power(base, int(coefficient * below))

    def _logarithm(self, argument: Polynomial) -> Polynomial:
        """A generator; of a monomial, a sum where all in it is positive at the point."""
        if argument == {0: 1}:
            return {}
        if len(argument) == 1 and (factors := self._positive_factors(argument)):
            number, powers = factors
            terms = [self._logarithm_of(generator, k) for generator, k in powers.items()]
            return self._sum([self._logarithm(_constant(number)), *terms])
        found = self._generator(("log", _key(argument)))
        self.logarithms[self.numbers["log", _key(argument)]] = argument
        return found

    def _logarithm_of(self, generator: int, power: int) -> Polynomial:
        """The logarithm of a power of a generator that has a sign."""
        if generator in self.exponents:
            return _scaled(self.exponents[generator], power)
        if generator in self.relations:
            return _scaled(self._logarithm(self.relations[generator].value), -power)
        single = _scaled({1 << (BITS * generator): 1}, self._sign_of(generator))
        found = self._generator(("log", _key(single)))
        self.logarithms[self.numbers["log", _key(single)]] = single
        return _scaled(found, power)

    def _is_inverse(self, generator: int) -> bool:
        """Whether a generator is one over a sum of exponentials and positive symbols."""
        relation = self.relations.get(generator)
        return (
            relation is not None
            and not relation.degree
            and all(
                c > 0 and all(self._sign_of(n) > 0 for n in _powers(m))
                for m, c in relation.value.items()
            )
        )

    def _sum(self, terms: list[Polynomial]) -> Polynomial:
        result: defaultdict[int, int] = defaultdict(int)
        below = lcm(*(c.denominator for term in terms for c in term.values()))
        for term in terms:
            self._work_for(len(term))
            for monomial, c in term.items():
                result[monomial] += c.numerator * (below // c.denominator)
        return _divided(result, below)

    def _product(self, a: Polynomial, b: Polynomial) -> Polynomial:
        self._work_for(len(a) * len(b))
        if len(a) == 1:
            a, b = b, a
        if len(b) == 1:
            ((monomial, c),) = b.items()
            shifted = {m + monomial: k * c for m, k in a.items()}
            self._refuse_overflow(shifted)
            return shifted
        (below_a, a), (below_b, b) = _over_one_denominator(a), _over_one_denominator(b)
        result: defaultdict[int, int] = defaultdict(int)
        for m, k in a.items():
            for n, c in b.items():
                result[m + n] += k * c
        self._refuse_overflow(result)
        return _divided(result, below_a * below_b)

    def _refuse_overflow(self, p: Mapping[int, Number]) -> None:
        """Refuse exponents that have reached the last of their bits, before they spill over."""
        if _present(p) & self.last_bits:
            raise TooLarge("a large power")

    def _work_for(self, products: int) -> None:
        self.work += products
        if self.work > self.limit:
            raise TooLarge("too many terms to cancel")
        self.tick()

    def _tidy(self, p: Polynomial) -> Polynomial:
        """The same value with powers of roots reduced, and what is beside its inverse cancelled."""
        for number in sorted(_powers(_present(p)), reverse=True):
            relation = self.relations.get(number)
            if relation is None:
                continue
            if relation.degree:
                p = self._sum(
                    [
                        _times(part, number, rest)
                        for rest, part in self._residues(p, number, relation).items()
                    ]
                )
            elif len(relation.value) == 1:
                p = self._sum([self._cancelled(m, c, number, relation) for m, c in p.items()])
        return p

    def _cancelled(self, monomial: int, c: Number, number: int, relation: Relation) -> Polynomial:
        (single,) = relation.value
        other = (single.bit_length() - 1) // BITS
        common = min(_exponent(monomial, number), _exponent(monomial, other))
        return {monomial - common * (single + (1 << (BITS * number))): c}

    def _residues(self, p: Polynomial, number: int, relation: Relation) -> dict[int, Polynomial]:
        """The coefficients of a root's powers below its degree."""
        classes: defaultdict[int, list[Polynomial]] = defaultdict(list)
        for exponent, part in _parts(p, number).items():
            times, rest = divmod(exponent, relation.degree)
            classes[rest].append(self._product(part, self._power(relation.value, times)))
        return {rest: self._sum(parts) for rest, parts in classes.items()}

    def _cleared(self, p: Polynomial) -> tuple[Polynomial, Polynomial]:
        """A numerator and a denominator without inverses among their generators."""
        below = _constant(1)
        while (number := self._last_of(p, lambda r: not r.degree)) is not None:
            base = self.relations[number].value
            parts = _parts(p, number)
            most = max(parts)
            p = self._sum(
                [self._product(part, self._power(base, most - k)) for k, part in parts.items()]
            )
            below = self._product(below, self._power(base, most))
        return p, below

    def _last_of(self, p: Polynomial, wanted: Callable[[Relation], bool]) -> int | None:
        numbers = sorted(_powers(_present(p)), reverse=True)
        return next((n for n in numbers if n in self.relations and wanted(self.relations[n])), None)

    def _is_zero(self, p: Polynomial) -> bool:
        """Whether nothing is left once each relation has been used, the last one first."""
        while p and (number := self._last_of(p, lambda _: True)) is not None:
            relation = self.relations[number]
            if relation.degree:
                return all(map(self._is_zero, self._residues(p, number, relation).values()))
            parts = _parts(p, number)
            most = max(parts)
            p = self._sum(
                [
                    self._product(part, self._power(relation.value, most - k))
                    for k, part in parts.items()
                ]
            )
        return not p


def _constant(value: Number) -> Polynomial:
    value = int(value) if value == int(value) else value
    return {0: value} if value else {}


def _over_one_denominator(p: Polynomial) -> tuple[int, dict[int, int]]:
    """A polynomial as whole coefficients over one number."""
    below = lcm(*(c.denominator for c in p.values()))
    return below, {m: c.numerator * (below // c.denominator) for m, c in p.items()}


def _divided(p: Mapping[int, int], below: int) -> Polynomial:
    if below == 1:
        return {monomial: c for monomial, c in p.items() if c}
    return {monomial: Fraction(c, below) for monomial, c in p.items() if c}


def _scaled(p: Polynomial, factor: Number) -> Polynomial:
    return {monomial: c * factor for monomial, c in p.items()} if factor else {}


def _key(p: Polynomial) -> frozenset[tuple[int, Number]]:
    return frozenset(p.items())


def _present(p: Mapping[int, Number]) -> int:
    return reduce(or_, p, 0)


def _exponent(monomial: int, number: int) -> int:
    return (monomial >> (BITS * number)) & MASK


def _powers(monomial: int) -> dict[int, int]:
    """The generators of a monomial, by number, with their exponents."""
    found, number = {}, 0
    while monomial:
        if exponent := monomial & MASK:
            found[number] = exponent
        monomial >>= BITS
        number += 1
    return found


def _parts(p: Polynomial, number: int) -> dict[int, Polynomial]:
    """The coefficient of each power of a generator."""
    parts: defaultdict[int, Polynomial] = defaultdict(dict)
    for monomial, c in p.items():
        exponent = _exponent(monomial, number)
        parts[exponent][monomial - (exponent << (BITS * number))] = c
    return parts


def _times(p: Polynomial, number: int, exponent: int) -> Polynomial:
    return {monomial + (exponent << (BITS * number)): c for monomial, c in p.items()}


def _split(p: Polynomial) -> tuple[Fraction, int, Polynomial]:
    """A number, a monomial, and a polynomial of coprime whole coefficients: their product."""
    below, whole = _over_one_denominator(p)
    top = gcd(*whole.values()) * (1 if p[max(p)] > 0 else -1)
    common = {
        number: min(_exponent(m, number) for m in p) for number in _powers(next(iter(p)))
    }
    monomial = sum(power << (BITS * number) for number, power in common.items())
    return Fraction(top, below), monomial, {m - monomial: c // top for m, c in whole.items()}


def _by_exponentials(e: Expression) -> Expression:
    x = e.args[0]
    if isinstance(e, sympy.tanh):
        return 1 - 2 / (1 + sympy.exp(2 * x))
    sign = 1 if isinstance(e, sympy.cosh) else -1
    return (sympy.exp(x) + sign * sympy.exp(-x)) / 2
