"""Exponentials that must not overflow: their exponents are kept apart.

An array is a mantissa of moderate size times the exponential of an exponent.  A product adds
exponents, and a sum or a reduction takes out the largest.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from dimderiv.codegen.plan.largest import exp_of_small, is_at_most_zero, largest, top
from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Map,
    Named,
    Node,
    Product,
    Sum,
    add,
    apply_function,
    apply_map,
    are_letters,
    arranged,
    elementwise,
    is_nonnegative,
    is_one,
    is_symmetric,
    is_zero,
    letters_of,
    product,
    scaled,
    terms,
    total,
    unnamed,
)
from dimderiv.language import Dim

MOST_NESTED = 4
MOST_APART = 3
KEPT = 4096
Letters = tuple[int, ...]


class Part(NamedTuple):
    """A summand of an exponent, with those axes of an array along which it changes."""

    node: Node
    along: Letters


class Inner(NamedTuple):
    """A sum over letters of factors times the exponential of an exponent with these letters."""

    factors: tuple[Factor, ...]
    exponent: Factor
    outer: Product

    def times_exp(self, less: Node, along: Letters) -> Node | None:
        """The sum times the exponential of minus an exponent, which every exponent takes over.

        Nothing where the exponent changes along other letters: a vector would become a matrix.
        """
        letters = letters_of(self.exponent.indices)
        result = letters_of(self.outer.result)
        taken = tuple(result[axis] for axis in along)
        if not set(taken) <= set(letters):
            return None
        spread = spread_out(less, tuple(map(letters.index, taken)), self.exponent.node.axes)
        small = exp_of_small(add(self.exponent.node, scaled(-1, spread)))
        factors = [*self.factors, Factor(small, letters)]
        return product(self.outer.coefficient, factors, result, self.outer.dims)


class Scaled(NamedTuple):
    """An array as its mantissa times the exponential of a sum of parts."""

    mantissa: Node
    parts: tuple[Part, ...]
    inner: Inner | None = None

    @property
    def along(self) -> Letters:
        """The axes along which the exponent changes."""
        return tuple(sorted({axis for part in self.parts for axis in part.along}))

    def exponent(self, along: Letters | None = None) -> Node:
        """The exponent with some axes of the array, or with all."""
        every = self.mantissa.axes
        along = tuple(range(len(every))) if along is None else along
        axes = tuple(every[k] for k in along)
        spreads = [spread_out(p.node, tuple(map(along.index, p.along)), axes) for p in self.parts]
        return total([(ONCE, each) for each in spreads], axes)

    def less(self, taken: Node, along: Letters) -> Node:
        """The array over the exponential of an exponent that is no smaller than its own."""
        inner = self.inner and self.inner.times_exp(taken, along)
        if inner is not None:
            return inner
        left = add(self.exponent(along), scaled(-1, taken))
        return times_exp(self.mantissa, spread_out(left, along, self.mantissa.axes))


@lru_cache(KEPT)
def scaled_apart(node: Node, depth: int = MOST_NESTED, *, tails: bool = False) -> Scaled | None:
    """A node as mantissa and exponent; nothing where no exponential in it is large.

    Args:
        node: any node.
        depth: how many names, one under the other, to look behind.
        tails: whether what may be tiny counts: exponentials of what is at most 0, sigmoids and
            softmaxes.
    """
    found = _apart(node, depth, tails)
    is_large = found is not None and (tails or not is_at_most_zero(found.exponent()))
    return found if is_large else None


def _apart(node: Node, depth: int, tails: bool) -> Scaled | None:
    every = tuple(range(len(node.axes)))
    match node:
        case Named(value=value):
            return scaled_apart(value, depth - 1, tails=tails) if depth else None
        case Map("exp", (argument,)):
            return Scaled(_ones(node.axes), (Part(argument, every),))
        case Function("softmax", (argument,)) if tails:
            inner = apply_function("logsoftmax", (argument,), node.axes, node.over)
            return Scaled(_ones(node.axes), (Part(inner, every),))
        case Map("sigmoid", (argument,)) if tails:
            lost = scaled(-1, apply_map("softplus", scaled(-1, argument)))
            return Scaled(_ones(node.axes), (Part(lost, every),))
        case Map("cosh", (argument,)):
            size = apply_map("abs", argument)
            both = add(_ones(node.axes), exp_of_small(scaled(-2, size)))
            return Scaled(scaled(Fraction(1, 2), both), (Part(size, every),))
        case Function("det" | "inv", (matrix,)):
            return _of_matrix(node.function, matrix, depth)
        case Sum():
            return _of_sum(node, depth, tails)
        case Product() if are_letters(node.result):
            return _of_product(node, depth, tails)
    return None


def _of_sum(node: Sum, depth: int, tails: bool) -> Scaled | None:
    """Terms over the exponential of the largest of their exponents."""
    if (less_than_one := complement(node)) is not None:
        return _of_complement(*less_than_one, depth, tails)
    if tails and (three := _three_factors(node)) is not None:
        return scaled_apart(three, depth, tails=True)
    parts = [(c, term, scaled_apart(term, depth, tails=tails)) for c, term in node.terms]
    if all(found is None for _, _, found in parts):
        return None
    every = [(c, found or Scaled(term, ())) for c, term, found in parts]
    along = tuple(sorted({axis for _, found in every for axis in found.along}))
    taken = largest([found.exponent(along) for _, found in every])
    whole = total([(c, found.less(taken, along)) for c, found in every], node.axes)
    return Scaled(whole, (Part(taken, along),))


def _three_factors(node: Sum) -> Node | None:
    """`sigmoid(a) - sigmoid(b)`, which is `sigmoid(a) sigmoid(-b) (1 - exp(b - a))`."""
    if len(node.terms) != 2:
        return None
    (c, first), (d, second) = node.terms
    one, other = unnamed(first), unnamed(second)
    if c != -d or not isinstance(one, Map) or not isinstance(other, Map):
        return None
    if one.function != "sigmoid" or other.function != "sigmoid":
        return None
    (a,), (b,) = one.arguments, other.arguments
    gap = apply_map("exp", add(b, scaled(-1, a)))
    below = apply_map("sigmoid", scaled(-1, b))
    return elementwise(c, (one, 1), (below, 1), (add(_ones(node.axes), scaled(-1, gap)), 1))


def complement(node: Node) -> tuple[Fraction, Map] | None:
    """The sigmoid or exponential that is subtracted from 1, and what that is a multiple of.

    Args:
        node: any node.
    """
    if not isinstance(node, Sum) or len(node.terms) != 2:
        return None
    for (one, first), (other, second) in (node.terms, node.terms[::-1]):
        below = unnamed(second)
        if one == -other and is_one(first) and isinstance(below, Map):
            return (one, below) if below.function in {"sigmoid", "exp"} else None
    return None


def _of_complement(number: Fraction, below: Map, depth: int, tails: bool) -> Scaled | None:
    """`1 - sigmoid(a)`, which is `sigmoid(-a)`, and `1 - exp(a)`, also where that is near 0."""
    (argument,), every = below.arguments, tuple(range(len(below.axes)))
    if below.function == "sigmoid":
        other = apply_map("sigmoid", scaled(-1, argument))
        found = scaled_apart(other, depth, tails=tails)
        return found and found._replace(mantissa=scaled(number, found.mantissa))
    if is_nonnegative(scaled(-1, argument)):
        return Scaled(scaled(-number, apply_map("expm1", argument)), ()) if tails else None
    near = apply_map("expm1", scaled(-1, apply_map("abs", argument)))
    mantissa = elementwise(number, (apply_map("sign", argument), 1), (near, 1))
    return Scaled(mantissa, (Part(apply_map("relu", argument), every),))


def _of_product(node: Product, depth: int, tails: bool) -> Scaled | None:
    """Factors with their exponents added; what is summed over takes out the largest of them."""
    # A quotient of what is at most 1 may be large.
    below = [f.node for f in node.factors if f.power < 0 and are_letters(f.indices)]
    tails = tails or any(scaled_apart(each, depth, tails=True) for each in below)
    plain, exponents = split(node.factors, depth, tails)
    if not exponents:
        return None
    # Of two axes with one letter, as of a diagonal matrix, an exponent runs along the first.
    place = {letter: node.result.index(letter) for letter in letters_of(node.result)}
    groups = gathered(exponents, node.dims)
    smaller, left = less_tops(groups, tuple(place))
    parts = [Part(f.node, tuple(place[i] for i in letters_of(f.indices))) for f in left]
    mantissa = product(node.coefficient, [*plain, *smaller], node.result, node.dims)
    is_inner = len(groups) == len(smaller) == 1
    inner = Inner(tuple(plain), groups[0], node) if is_inner else None
    return Scaled(mantissa, tuple(parts), inner)


def less_tops(groups: Sequence[Factor], kept: Letters) -> tuple[list[Factor], list[Factor]]:
    """Exponentials that are summed over, without the largest; and the exponents that are left.

    Args:
        groups: exponents by their letters.
        kept: the letters that are not summed over.
    """
    smaller, left = list[Factor](), list[Factor]()
    for exponent in groups:
        letters = letters_of(exponent.indices)
        over = tuple(k for k, i in enumerate(letters) if i not in kept)
        if over:
            own = tuple(i for i in letters if i in kept)
            taken = top(exponent.node, over)
            spread = spread_out(taken, tuple(map(letters.index, own)), exponent.node.axes)
            small = exp_of_small(add(exponent.node, scaled(-1, spread)))
            smaller.append(Factor(small, letters))
            exponent = Factor(taken, own)
        left.append(exponent)
    return smaller, left


def split(
    factors: Sequence[Factor], depth: int, tails: bool
) -> tuple[list[Factor], list[tuple[Fraction, Factor]]]:
    """Factors with mantissas in place, and the exponents that they leave.

    Args:
        factors: the factors of a product.
        depth: how many names, one under the other, to look behind.
        tails: whether what may be tiny counts.
    """
    plain, exponents = list[Factor](), list[tuple[Fraction, Factor]]()
    for factor in _two_sided(factors):
        is_plain = are_letters(factor.indices)
        found = scaled_apart(factor.node, depth, tails=tails) if is_plain else None
        mantissa = factor.node if found is None else found.mantissa
        plain += [] if is_one(mantissa) else [factor._replace(node=mantissa)]
        if found is not None:
            for part in found.parts:
                indices = tuple(factor.indices[k] for k in part.along)
                exponents.append((factor.power, Factor(part.node, indices)))
    return plain, exponents


def _two_sided(factors: Sequence[Factor]) -> Iterator[Factor]:
    """The factors, the square of a symmetric inverse as two, of which each loses one side."""
    for factor in factors:
        node = unnamed(factor.node)
        is_inverse = isinstance(node, Function) and node.function == "inv" and is_symmetric(node)
        is_square = is_inverse and factor.power == 2 and len(factor.indices) == 2
        for indices in (factor.indices, factor.indices[::-1]) if is_square else ():
            yield Factor(factor.node, indices)
        if not is_square:
            yield factor


def gathered(exponents: Iterable[tuple[Fraction, Factor]], dims: Sequence[Dim]) -> list[Factor]:
    """Exponents added up: each to one of its own letters, else to the one with fewest others.

    Args:
        exponents: exponents with their letters, and how often each is taken.
        dims: the size of each letter.
    """
    groups: dict[Letters, list[tuple[Fraction, Node]]] = {}
    for power, factor in sorted(_one_by_one(exponents), key=lambda e: -len(set(e[1].indices))):
        own = tuple(dict.fromkeys(letters_of(factor.indices)))
        homes = [letters for letters in groups if set(own) <= set(letters)]
        letters = min(
            homes, key=lambda each: (len(each) > len(own), len(groups[each])), default=own
        )
        axes = tuple(dims[i] for i in letters)
        spread = spread_out(factor.node, tuple(map(letters.index, factor.indices)), axes)
        groups.setdefault(letters, []).append((power, spread))
    added = [(_softplus_apart(total(each, each[0][1].axes)), i) for i, each in groups.items()]
    return [Factor(node, letters) for node, letters in added if not is_zero(node)]


def _one_by_one(exponents: Iterable[tuple[Fraction, Factor]]) -> Iterator[tuple[Fraction, Factor]]:
    """Exponents with a power of 2 or 3 that often, so that each may be added to another one."""
    for power, factor in exponents:
        whole = abs(power.numerator) if power.denominator == 1 else 1
        count = whole if whole <= MOST_APART else 1
        yield from [(power / count, factor)] * count


def _softplus_apart(exponent: Node) -> Node:
    """An exponent in which `softplus(a) - softplus(-a)` is `a`."""
    own = {term.key: (c, term) for c, term in terms(exponent)}
    for c, term in own.values():
        if not isinstance(term, Map) or term.function != "softplus":
            continue
        (argument,) = term.arguments
        other, _ = own.get(apply_map("softplus", scaled(-1, argument)).key, (Fraction(0), term))
        if c > 0 > other:
            times = min(c, -other)
            both = add(term, scaled(-1, apply_map("softplus", scaled(-1, argument))))
            left = total([(ONCE, exponent), (-times, both), (times, argument)], exponent.axes)
            return _softplus_apart(left)
    return exponent


def _of_matrix(function: str, matrix: Node, depth: int) -> Scaled | None:
    """Determinant or inverse of a matrix, whose rows are made moderate first."""
    if (found := balanced(matrix, depth)) is None:
        return None
    rows, taken = found
    if function == "inv":
        return Scaled(apply_function("inv", (rows,), rows.axes), (Part(scaled(-1, taken), (1,)),))
    return Scaled(apply_function("det", (rows,), ()), (Part(summed(taken), ()),))


def summed(node: Node) -> Node:
    """The sum of a vector."""
    return arranged(node, (0,), (), node.axes)


def balanced(matrix: Node, depth: int = MOST_NESTED) -> tuple[Node, Node] | None:
    """A matrix with rows of moderate size, and the exponent that each row has lost.

    Of one with an exponent for each entry, as of a kernel, rows would not become moderate.

    Args:
        matrix: a square matrix.
        depth: how many names, one under the other, to look behind.
    """
    found = scaled_apart(matrix, depth) and scaled_apart(matrix, depth, tails=True)
    if found is None or any(len(part.along) > 1 for part in found.parts):
        return None
    taken = top(found.exponent(), (1,)) if 1 in found.along else found.exponent((0,))
    left = add(found.exponent(), scaled(-1, spread_out(taken, (0,), matrix.axes)))
    return times_exp(found.mantissa, left), taken


def _ones(axes: tuple[Dim, ...]) -> Node:
    return product(ONCE, (), tuple(range(len(axes))), axes)


def spread_out(node: Node, along: Letters, axes: tuple[Dim, ...]) -> Node:
    """An array with more axes, along which it does not change.

    Args:
        node: the array.
        along: for each axis of it the number that it gets.
        axes: all axes.
    """
    every = tuple(range(len(axes)))
    return total([(c, arranged(term, along, every, axes)) for c, term in terms(node)], axes)


def times_exp(mantissa: Node, exponent: Node) -> Node:
    """A mantissa times the exponential of what is at most 0.

    Args:
        mantissa: the mantissa.
        exponent: the exponent.
    """
    if is_zero(exponent):
        return mantissa
    return elementwise(1, (mantissa, 1), (exp_of_small(exponent), 1))
