"""The node of a product whose factors have been gathered.

Scalars of their own come apart, the letters are numbered by the structure alone, and what is known
of the whole, as that it is symmetric, is noted.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from dimderiv.graph.cancelling import is_projection
from dimderiv.graph.facts import zero_indices
from dimderiv.graph.letters import components, touching
from dimderiv.graph.matching import uses
from dimderiv.graph.nodes import (
    ONCE,
    Factor,
    Index,
    Key,
    Node,
    Product,
    Shifted,
    are_ordinary,
    digest,
    index_dim,
    is_skew,
    is_zero,
    letters_of,
    zero,
)
from dimderiv.graph.numbering import all_indices, numbered, pattern_of, product_key, reading_order
from dimderiv.graph.polar import is_stretch
from dimderiv.graph.powers import power_symbols
from dimderiv.language import Dim


def exact(value: Fraction | int) -> Fraction:
    """A number as a fraction; 1 is always the same one, which is told without comparing."""
    if value == 1:
        return ONCE
    return value if isinstance(value, Fraction) else Fraction(value)


def times(one: Fraction, other: Fraction) -> Fraction:
    """The product of two numbers, of which nearly always one is 1.

    Args:
        one: a number.
        other: another.
    """
    if other is ONCE:
        return one
    return other if one is ONCE else one * other


# Numbers that are equal may be written differently.
@lru_cache(typed=True)
def number(value: Fraction | int) -> Node:
    """A number as a product without factors."""
    return _node(exact(value), (), (), ())


def without_coefficient(node: Product) -> Node:
    """A product with its coefficient set to 1; one plain factor is that factor."""
    return _with_coefficient(node, ONCE)


def _with_coefficient(node: Product, coefficient: Fraction) -> Node:
    """A product with another coefficient; with none, one plain factor is that factor."""
    is_one = coefficient is ONCE or coefficient == 1
    if is_one and len(node.factors) == 1:
        only = node.factors[0]
        if stands_alone(only, node.result):
            return only.node
    key = product_key(coefficient, node.factors, node.result, node.dims)
    was_one = node.coefficient is ONCE or node.coefficient == 1
    weight = max(node.weight + was_one - is_one, 1)
    # Written out, since `replace` takes longer than all else here.
    return Product(
        coefficient,
        node.factors,
        node.dims,
        node.result,
        node.axes,
        key,
        weight,
        node.symmetric,
        node.is_convolution,
        node.zero_sums,
        node.ordinary,
    )


def rescaled(node: Node, coefficient: Fraction) -> Node:
    """A node as it stands, times a number.

    Args:
        node: any node.
        coefficient: the number.
    """
    if coefficient is ONCE or coefficient == 1 or is_zero(node):
        return node
    if not coefficient:
        return zero(node.axes)
    if isinstance(node, Product):
        return _with_coefficient(node, coefficient * node.coefficient)
    plain = tuple(range(len(node.axes)))
    return _node(coefficient, (Factor(node, plain),), node.axes, plain)


def stands_alone(factor: Factor, result: tuple[Index, ...]) -> bool:
    """Whether a product of one factor is that factor, but for its coefficient."""
    node, indices, power = factor
    if indices != result and not (node.symmetric and indices == result[::-1]):
        return False
    return (power is ONCE or power == 1) and _stand_once(result)


def _stand_once(result: tuple[Index, ...]) -> bool:
    """Whether every letter of a result stands in it once, alone or in a merged axis."""
    letters = letters_of(result)
    return len(set(letters)) == len(letters) and Shifted not in map(type, result)


def with_scalars_apart(
    factors: list[Factor], result: tuple[Index, ...], dims: Sequence[Dim]
) -> list[Factor]:
    """Make one scalar factor of each group of factors that shares no letter with the result."""
    shown = set(letters_of(result))
    groups = components(letters_of(factor.indices) for factor in factors)
    inner = [touching(letters, factors) for letters in groups if letters and not letters & shown]
    scalar_of = {id(group[0]): group for group in inner}
    swallowed = {id(factor) for group in inner for factor in group[1:]}
    powers: dict[Key, Factor] = {}
    for factor in factors:
        if id(factor) in swallowed:
            continue
        group = scalar_of.get(id(factor))
        if group is not None:
            factor = Factor(_node(ONCE, tuple(group), dims, ()), ())
        slot = factor.node.key if not factor.indices else digest(factor.node.key, factor.indices)
        if slot in powers:
            factor = factor._replace(power=factor.power + powers[slot].power)
        powers[slot] = factor
    return [factor for factor in powers.values() if factor.power]


def finished(
    coefficient: Fraction, factors: list[Factor], dims: Sequence[Dim], result: tuple[Index, ...]
) -> Node:
    """The node of a product; one factor as it stands is that factor."""
    if len(factors) == 1:
        node = factors[0].node
        if stands_alone(factors[0], result):
            if coefficient == 1:
                return node
            if isinstance(node, Product) and not node.axes:
                return _node(coefficient * node.coefficient, node.factors, node.dims, ())
    return _node(coefficient, tuple(factors), dims, result)


def _node(
    coefficient: Fraction,
    factors: tuple[Factor, ...],
    dims: Sequence[Dim],
    result: tuple[Index, ...],
) -> Product:
    """The product with its letters numbered: those of the result first, then by structure."""
    pattern = pattern_of(factors, result)
    factors, result, order = numbered(factors, result, pattern)
    is_ordinary = are_ordinary(factors)
    if not is_ordinary:
        coefficient, factors = _with_skew_sorted(coefficient, factors)
    dims = tuple([dims[letter] for letter in order])
    axes = tuple([index_dim(index, dims) for index in result])
    weight = int(coefficient is not ONCE and coefficient != 1)
    for node, _, power in factors:
        weight += node.weight if power is ONCE else node.weight + power_symbols(power)
    key = product_key(coefficient, factors, result, dims, is_covered=pattern.is_covered)
    is_square = len(axes) == 2 and axes[0] == axes[1]
    zeros = () if is_ordinary else _zero_axes(factors, result)
    return Product(
        coefficient,
        factors,
        dims,
        result,
        axes,
        key,
        max(weight, 1),
        is_square and _is_symmetric(key, coefficient, factors, dims, result),
        Shifted in map(type, (*result, *all_indices(factors))),
        zeros,
        not zeros,
    )


def _zero_axes(factors: Sequence[Factor], result: Sequence[Index]) -> tuple[int, ...]:
    """The axes of a product that it has from one factor alone, whose entries cancel along them."""
    centred = zero_indices(factors)
    places = [*all_indices(factors), *result] if centred else []
    return tuple([result.index(i) for i in centred if i in result and uses(i, places) == 2])


def _with_skew_sorted(
    coefficient: Fraction, factors: tuple[Factor, ...]
) -> tuple[Fraction, tuple[Factor, ...]]:
    """The transpose of a skew matrix as minus the matrix."""
    found = []
    for factor in factors:
        if is_skew(factor.node) and reading_order(factor.indices[0]) > reading_order(
            factor.indices[1]
        ):
            factor = factor._replace(indices=factor.indices[::-1])
            coefficient *= (-1) ** (factor.power.numerator % 2)
        found.append(factor)
    return coefficient, tuple(found)


def _is_symmetric(
    key: Key,
    coefficient: Fraction,
    factors: tuple[Factor, ...],
    dims: Sequence[Dim],
    result: tuple[Index, ...],
) -> bool:
    """Whether a product with this key is its own transpose."""
    if _ends(factors, result[0]) == _ends(factors, result[1]):
        pattern = pattern_of(factors, result[::-1])
        swapped, places, order = numbered(factors, result[::-1], pattern)
        if key == product_key(coefficient, swapped, places, [dims[letter] for letter in order]):
            return True
    return is_projection(factors, result) or is_stretch(factors, result)


def _ends(factors: tuple[Factor, ...], index: Index) -> list[tuple[Key, int]]:
    """The factors that have an index, and which of their axes it is where that matters."""
    return sorted(
        [
            (node.key, 0 if node.symmetric or is_skew(node) else axis)
            for node, indices, _ in factors
            for axis, own in enumerate(indices)
            if own == index
        ]
    )
