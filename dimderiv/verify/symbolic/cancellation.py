"""Whether two expressions of sympy are equal: by cancellation.

A value is a polynomial in symbols, functions of other values, roots, and the inverses of
denominators.  Functions of different arguments count as independent; where they are not,
cancellation fails, but it never succeeds wrongly: a polynomial without terms is zero whatever its
generators are.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any, TypeAlias

import sympy

from dimderiv.verify.symbolic.arithmetic import TINY, Stopped, TooLarge, Unknown
from dimderiv.verify.symbolic.polynomials import (
    BITS,
    Coefficient,
    Polynomial,
    constant,
    key_of,
    powers_of,
    scaled,
    split,
)
from dimderiv.verify.symbolic.ring import Relation, Ring

Expression: TypeAlias = Any

# The exponential of a quarter of a monomial is a generator, so that roots of it are no new ones.
SHARE = 4


class Cancellation(Ring):
    """Turns expressions into polynomials, and tells whether these are equal.

    Args:
        leaves: what some symbols are replaced by.
        value: the value of an expression at a point, by which branches of roots are told.
        tick: called now and then; it raises where the time is up.
    """

    def __init__(
        self,
        leaves: Mapping[Expression, Expression],
        value: Callable[[Expression], Any],
        tick: Callable[[], None],
    ) -> None:
        super().__init__(tick)
        self.leaves = leaves
        self.value = value
        self.known: dict[Expression, Polynomial] = {}
        # The argument of each logarithm and exponential, by the number of its generator.
        self.logarithms: dict[int, Polynomial] = {}
        self.exponents: dict[int, Polynomial] = {}

    def are_equal(self, one: Expression, other: Expression) -> bool:
        """Whether the difference of two expressions is shown to be zero."""
        difference = [self.polynomial(one), scaled(self.polynomial(other), -1)]
        return self.is_zero(self.total(difference))

    def polynomial(self, expression: Expression) -> Polynomial:
        """An expression as a polynomial."""
        found = self.known.get(expression)
        if found is None:
            found = self.known[expression] = self._polynomial(expression)
        return found

    def _polynomial(self, e: Expression) -> Polynomial:
        if e.is_Rational:
            return constant(Fraction(int(e.p), int(e.q)))
        if e is sympy.E:
            return self._exponential(constant(1))
        if e.is_Symbol or e is sympy.pi:
            return self.polynomial(self.leaves[e]) if e in self.leaves else self.generator(e)
        if e.is_Add:
            return self.total([self.polynomial(term) for term in e.args])
        if e.is_Mul:
            factors = sorted((self.polynomial(f) for f in e.args), key=len)
            return reduce(self.product, factors)
        if isinstance(e, Stopped):
            return self.polynomial(e.args[0])
        if isinstance(e, sympy.exp):
            return self._exponential(self.polynomial(e.args[0]))
        if e.is_Pow:
            return self._raised(e.base, e.exp)
        if isinstance(e, sympy.log):
            return self._logarithm(self.tidy(self.polynomial(e.args[0])))
        if isinstance(e, (sympy.sinh, sympy.cosh, sympy.tanh)):
            return self.polynomial(_by_exponentials(e))
        if isinstance(e, sympy.tan):
            return self.polynomial(sympy.sin(e.args[0]) / sympy.cos(e.args[0]))
        if isinstance(e, sympy.sin):
            cosine = self.polynomial(sympy.cos(e.args[0]))
            square = self.total([constant(1), scaled(self.product(cosine, cosine), -1)])
            return self._function(e, Relation(2, square))
        if isinstance(e, (Unknown, sympy.cos, sympy.asin, sympy.acos, sympy.atan, sympy.erf)):
            return self._function(e)
        raise TooLarge(f"{type(e).__name__} is not known to the cancellation")

    def _function(self, e: Expression, relation: Relation | None = None) -> Polynomial:
        """The generator of a function; of one whose arguments are equal, the same."""
        arguments = [self.tidy(self.polynomial(argument)) for argument in e.args]
        return self.generator((e.func, *map(key_of, arguments)), relation)

    def _raised(self, base: Expression, exponent: Expression) -> Polynomial:
        if exponent.is_Integer:
            return self.power(self.polynomial(base), int(exponent))
        if exponent.is_Rational:
            if base.is_Pow and base.exp.is_Integer:
                # A root of a power of a real number that is not 0.
                sign = self._sign_at_point(base.base)
                if sign > 0 or (sign < 0 and base.exp.is_even):
                    return self._raised(sign * base.base, base.exp * exponent)
            root = self._root(self.tidy(self.polynomial(base)), int(exponent.q))
            return self.power(root, int(exponent.p))
        return self.polynomial(sympy.exp(exponent * sympy.log(base), evaluate=False))

    def _root(self, base: Polynomial, degree: int) -> Polynomial:
        """A root; of a monomial it comes apart where all in it is positive at the point."""
        if len(base) == 1 and (factors := self._positive_factors(base)):
            number, powers = factors
            result = self._root_of(constant(number), degree)
            for generator, power in powers.items():
                result = self.product(result, self._root_of_power(generator, power, degree))
            return result
        return self._root_of(base, degree)

    def _root_of(self, base: Polynomial, degree: int) -> Polynomial:
        if base == {0: 1}:
            return base
        return self.generator(("root", degree, key_of(base)), Relation(degree, base))

    def _root_of_power(self, generator: int, power: int, degree: int) -> Polynomial:
        if generator in self.exponents:
            return self._exponential(scaled(self.exponents[generator], Fraction(power, degree)))
        times, rest = divmod(power, degree)
        single = scaled({1 << (BITS * generator): 1}, self._sign_of(generator))
        return self.product(
            self.power(single, times), self.power(self._root_of(single, degree), rest)
        )

    def _sign_of(self, generator: int) -> int:
        """The sign of a symbol at the point; of an exponential and its like, 1; else 0."""
        key = self.generators[generator]
        if isinstance(key, sympy.Symbol):
            return self._sign_at_point(key)
        return int(generator in self.exponents or self._is_inverse(generator))

    def _sign_at_point(self, e: Expression) -> int:
        """The sign of a real expression, which holds around the point; 0 where it has none."""
        value = self.value(e)
        if value.imag or abs(value) < TINY:
            return 0
        return 1 if value > 0 else -1

    def _positive_factors(self, base: Polynomial) -> tuple[Coefficient, dict[int, int]] | None:
        """A positive number, and the powers of generators, each of which has a sign, in a term."""
        ((monomial, number),) = base.items()
        powers = powers_of(monomial)
        signs = {generator: self._sign_of(generator) for generator in powers}
        for generator, power in powers.items():
            number *= signs[generator] ** power
        return (number, powers) if number > 0 and all(signs.values()) and powers else None

    def power(self, base: Polynomial, exponent: int) -> Polynomial:
        """A whole power, of either sign."""
        if exponent < 0:
            return super().power(self._inverse(base), -exponent)
        return super().power(base, exponent)

    def _inverse(self, base: Polynomial) -> Polynomial:
        """One over a polynomial: denominators inside it come to the top."""
        base, above = self.cleared(self.tidy(base))
        if not base:
            raise ZeroDivisionError
        content, monomial, rest = split(base)
        result = scaled(above, 1 / content)
        for number, power in powers_of(monomial).items():
            single: Polynomial = {1 << (BITS * number): 1}
            inverted = self.generator(("inverse", key_of(single)), Relation(0, single))
            result = self.product(result, self.power(inverted, power))
        if rest == {0: 1}:
            return result
        return self.product(result, self.generator(("inverse", key_of(rest)), Relation(0, rest)))

    def _exponential(self, argument: Polynomial) -> Polynomial:
        """A product of one exponential for each monomial of the argument."""
        result = constant(1)
        for monomial, coefficient in self.tidy(argument).items():
            result = self.product(result, self._exponential_of(monomial, Fraction(coefficient)))
        return result

    def _exponential_of(self, monomial: int, coefficient: Fraction) -> Polynomial:
        powers = powers_of(monomial)
        if list(powers.values()) == [1] and (inner := next(iter(powers))) in self.logarithms:
            base = self.logarithms[inner]
            if coefficient.denominator > 1:
                base = self._root(base, coefficient.denominator)
            return self.power(base, coefficient.numerator)
        below = SHARE if SHARE % coefficient.denominator == 0 else coefficient.denominator
        key = ("exp", monomial, below)
        base = self.generator(key)
        self.exponents[self.numbers[key]] = {monomial: Fraction(1, below)}
        return self.power(base, int(coefficient * below))

    def _logarithm(self, argument: Polynomial) -> Polynomial:
        """A generator; of a monomial, a sum where all in it is positive at the point."""
        if argument == {0: 1}:
            return {}
        if len(argument) == 1 and (factors := self._positive_factors(argument)):
            number, powers = factors
            terms = [self._logarithm_of(generator, k) for generator, k in powers.items()]
            return self.total([self._logarithm(constant(number)), *terms])
        return self._logarithm_itself(argument)

    def _logarithm_itself(self, argument: Polynomial) -> Polynomial:
        key = ("log", key_of(argument))
        found = self.generator(key)
        self.logarithms[self.numbers[key]] = argument
        return found

    def _logarithm_of(self, generator: int, power: int) -> Polynomial:
        """The logarithm of a power of a generator that has a sign."""
        if generator in self.exponents:
            return scaled(self.exponents[generator], power)
        if generator in self.relations:
            return scaled(self._logarithm(self.relations[generator].value), -power)
        single = scaled({1 << (BITS * generator): 1}, self._sign_of(generator))
        return scaled(self._logarithm_itself(single), power)

    def _is_inverse(self, generator: int) -> bool:
        """Whether a generator is one over a sum of exponentials and positive symbols."""
        relation = self.relations.get(generator)
        return (
            relation is not None
            and not relation.degree
            and all(
                c > 0 and all(self._sign_of(n) > 0 for n in powers_of(m))
                for m, c in relation.value.items()
            )
        )


def _by_exponentials(e: Expression) -> Expression:
    x = e.args[0]
    if isinstance(e, sympy.tanh):
        return 1 - 2 / (1 + sympy.exp(2 * x))
    sign = 1 if isinstance(e, sympy.cosh) else -1
    return (sympy.exp(x) + sign * sympy.exp(-x)) / 2
