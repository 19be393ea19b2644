"""Exponentials that must not overflow: their exponents are kept apart, and cancel first.

An array is a mantissa of moderate size times the exponential of an exponent.  A product adds
exponents, a sum or a reduction takes out the largest, a logarithm adds its exponent, and in a
quotient exponents are subtracted before anything is exponentiated.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

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
    is_definite,
    is_nonnegative,
    is_one,
    is_zero,
    letters_of,
    nodes_of,
    product,
    scaled,
    stable,
    total,
    unnamed,
    zero,
)
from dimderiv.graph import (
    exponent as argument_of_exp,
)
from dimderiv.language import Dim

# The exponential of what is at most 0, or near it, by how it was made; it is not taken apart again.
SMALL = "exp_of_small"
# A largest exponent that is to be subtracted, as it is from rows of minus infinity too.
FINITE = "finite"
MOST_NESTED = 4
KEPT = 4096
Letters = tuple[int, ...]


class Part(NamedTuple):
    """A summand of an exponent, with those axes of an array along which it changes."""

    node: Node
    along: Letters


class Scaled(NamedTuple):
    """An array as its mantissa times the exponential of a sum of parts."""

    mantissa: Node
    parts: tuple[Part, ...]

    @property
    def along(self) -> Letters:
        """The axes along which the exponent changes."""
        return tuple(sorted({axis for part in self.parts for axis in part.along}))

    def exponent(self, along: Letters | None = None) -> Node:
        """The exponent with some axes of the array, or with all."""
        every = self.mantissa.axes
        along = tuple(range(len(every))) if along is None else along
        axes = tuple(every[k] for k in along)
        spreads = [_spread(p.node, tuple(map(along.index, p.along)), axes) for p in self.parts]
        return total([(ONCE, each) for each in spreads], axes)


@lru_cache(KEPT)
def well_scaled(node: Node) -> Node | None:
    """What is equal to a node and overflows only where its value does; nothing if it did so before.

    Args:
        node: any node.
    """
    if (named := stable(node)) is not None:
        return named
    match node:
        case Map("log", (argument,)):
            found = scaled_apart(argument, tails=True)
            if found is not None:
                return add(_logarithm(found.mantissa), found.exponent())
            logarithm = _logarithm(unnamed(argument))
            return None if logarithm.key == node.key else logarithm
        case Function("det" | "inv"):
            found = scaled_apart(node)
            return found and _times_exp(found.mantissa, found.exponent())
        case Function("logdet", (matrix,)):
            balanced = _balanced(matrix)
            if balanced is None:
                return None
            rows, top = balanced
            return add(apply_function("logdet", (rows,), ()), _summed(top))
        case Product() if are_letters(node.result):
            return _cancelled(node)
    return None


@lru_cache(KEPT)
def scaled_apart(node: Node, depth: int = MOST_NESTED, *, tails: bool = False) -> Scaled | None:
    """A node as mantissa and exponent; nothing where no exponential is found in it.

    Args:
        node: any node.
        depth: how many names, one under the other, to look behind.
        tails: whether a sigmoid or a softmax, which are at most 1, count as exponentials.
    """
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
            both = add(_ones(node.axes), apply_map(SMALL, scaled(-2, size)))
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
    if (complement := _complement(node, depth, tails)) is not None:
        return complement
    parts = [(c, term, scaled_apart(term, depth, tails=tails)) for c, term in node.terms]
    if all(found is None for _, _, found in parts):
        return None
    along = tuple(sorted({k for _, _, found in parts if found for k in found.along}))
    axes = tuple(node.axes[k] for k in along)
    exponents = [found.exponent(along) if found else zero(axes) for _, _, found in parts]
    largest = _largest(exponents)
    terms = [
        (
            c,
            _times_exp(
                found.mantissa if found else term,
                _spread(_less(exponent, largest), along, node.axes),
            ),
        )
        for (c, term, found), exponent in zip(parts, exponents, strict=True)
    ]
    return Scaled(total(terms, node.axes), (Part(largest, along),))


def _less_than_one(node: Sum) -> tuple[Fraction, Map] | None:
    """What is subtracted from 1, if it is a function of entries, and what that is a multiple of."""
    if len(node.terms) != 2:
        return None
    for (one, first), (other, second) in (node.terms, node.terms[::-1]):
        below = unnamed(second)
        if one == -other and is_one(first) and isinstance(below, Map):
            return one, below
    return None


def _complement(node: Sum, depth: int, tails: bool) -> Scaled | None:
    """`1 - sigmoid(a)`, which is `sigmoid(-a)`, and `1 - exp(a)`, also where that is near 0."""
    number, below = _less_than_one(node) or (ONCE, node)
    if not isinstance(below, Map) or below.function not in {"sigmoid", "exp"}:
        return None
    (argument,) = below.arguments
    if below.function == "sigmoid":
        other = apply_map("sigmoid", scaled(-1, argument))
        found = scaled_apart(other, depth, tails=tails)
        return found and found._replace(mantissa=scaled(number, found.mantissa))
    near = apply_map("expm1", scaled(-1, apply_map("abs", argument)))
    mantissa = elementwise(number, (apply_map("sign", argument), 1), (near, 1))
    every = tuple(range(len(node.axes)))
    return Scaled(mantissa, (Part(apply_map("relu", argument), every),))


def _of_product(node: Product, depth: int, tails: bool) -> Scaled | None:
    """Factors with their exponents added; what is summed over takes out the largest of them."""
    factors, exponents = _split(node.factors, depth, tails)
    if not exponents:
        return None
    # Of two axes with one letter, as of a diagonal matrix, an exponent runs along the first.
    place = {letter: node.result.index(letter) for letter in letters_of(node.result)}
    parts: list[Part] = []
    for exponent in _gathered(exponents, node.dims):
        letters = letters_of(exponent.indices)
        summed = tuple(k for k, i in enumerate(letters) if i not in place)
        if summed:
            kept = tuple(i for i in letters if i in place)
            axes = tuple(node.dims[i] for i in kept)
            top = apply_map(FINITE, apply_function("max", (exponent.node,), axes, summed))
            spread = _spread(top, tuple(map(letters.index, kept)), exponent.node.axes)
            factors.append(Factor(apply_map(SMALL, _less(exponent.node, spread)), letters))
            exponent = Factor(top, kept)
        parts.append(Part(exponent.node, tuple(place[i] for i in letters_of(exponent.indices))))
    mantissa = product(node.coefficient, factors, node.result, node.dims)
    return Scaled(mantissa, tuple(parts))


def _split(
    factors: Sequence[Factor], depth: int, tails: bool
) -> tuple[list[Factor], list[tuple[Fraction, Factor]]]:
    """Factors with mantissas in place, and the exponents that they leave."""
    plain, exponents = list[Factor](), list[tuple[Fraction, Factor]]()
    for factor in factors:
        is_plain = are_letters(factor.indices)
        found = scaled_apart(factor.node, depth, tails=tails) if is_plain else None
        mantissa = factor.node if found is None else found.mantissa
        plain += [] if is_one(mantissa) else [factor._replace(node=mantissa)]
        if found is not None:
            for part in found.parts:
                indices = tuple(factor.indices[k] for k in part.along)
                exponents.append((factor.power, Factor(part.node, indices)))
    return plain, exponents


def _gathered(exponents: Iterable[tuple[Fraction, Factor]], dims: Sequence[Dim]) -> list[Factor]:
    """Exponents added up: each to one of its own letters, else to the one with fewest others."""
    groups: dict[Letters, list[tuple[Fraction, Node]]] = {}
    for power, factor in sorted(exponents, key=lambda each: -len(set(each[1].indices))):
        own = tuple(dict.fromkeys(letters_of(factor.indices)))
        homes = [letters for letters in groups if set(own) <= set(letters)]
        letters = min(
            homes, key=lambda each: (len(each) > len(own), len(groups[each])), default=own
        )
        axes = tuple(dims[i] for i in letters)
        spread = _spread(factor.node, tuple(map(letters.index, factor.indices)), axes)
        groups.setdefault(letters, []).append((power, spread))
    added = [(total(each, each[0][1].axes), letters) for letters, each in groups.items()]
    return [Factor(node, letters) for node, letters in added if not is_zero(node)]


def _cancelled(node: Product) -> Node | None:
    """A product of several exponentials, some of which may be large or below the line, as one."""
    plain = [f for f in node.factors if are_letters(f.indices)]
    tails = [f for f in plain if scaled_apart(f.node, tails=True)]
    large = [f for f in tails if _divides(f) or scaled_apart(f.node)]
    is_quotient = any(map(_divides, large))
    if len(tails) < 2 or not (is_quotient or (large and _differ(tails))):
        return None
    factors, exponents = _split(node.factors, MOST_NESTED, tails=True)
    small = [
        each._replace(node=apply_map(SMALL, each.node)) for each in _gathered(exponents, node.dims)
    ]
    return product(node.coefficient, [*factors, *small], node.result, node.dims)


def _divides(factor: Factor) -> bool:
    node = unnamed(factor.node)
    return factor.power < 0 or (isinstance(node, Function) and node.function == "inv")


def _differ(factors: Sequence[Factor]) -> bool:
    """Whether one factor may overflow where another one is tiny: not if both are of one number."""
    inner = [[argument_of_exp(each) for each in nodes_of([f.node])] for f in factors]
    arguments = [frozenset(each.key for each in found if each is not None) for found in inner]
    return len(set(arguments)) > 1


def _of_matrix(function: str, matrix: Node, depth: int) -> Scaled | None:
    """Determinant or inverse of a matrix, whose rows are made moderate first."""
    if (balanced := _balanced(matrix, depth)) is None:
        return None
    rows, top = balanced
    if function == "inv":
        return Scaled(apply_function("inv", (rows,), rows.axes), (Part(scaled(-1, top), (1,)),))
    return Scaled(apply_function("det", (rows,), ()), (Part(_summed(top), ()),))


def _summed(node: Node) -> Node:
    return arranged(node, (0,), (), node.axes)


def _balanced(matrix: Node, depth: int = MOST_NESTED) -> tuple[Node, Node] | None:
    """A matrix with rows of moderate size, and the exponent that each row has lost."""
    found = scaled_apart(matrix, depth) and scaled_apart(matrix, depth, tails=True)
    if found is None or is_nonnegative(scaled(-1, found.exponent())):
        return None
    if 1 in found.along:
        top = apply_map(FINITE, apply_function("max", (found.exponent(),), matrix.axes[:1], (1,)))
    else:
        top = found.exponent((0,))
    less = _less(found.exponent(), _spread(top, (0,), matrix.axes))
    return _times_exp(found.mantissa, less), top


def _ones(axes: tuple[Dim, ...]) -> Node:
    return product(ONCE, (), tuple(range(len(axes))), axes)


def _logarithm(node: Node) -> Node:
    """The logarithm of a mantissa; of a determinant, which may be large, by its factors."""
    if is_one(node):
        return zero(node.axes)
    if not isinstance(node, Function) or node.function != "det":
        return apply_map("log", node)
    (matrix,) = node.arguments
    size = apply_function("logdet", (matrix,), ())
    if is_definite(matrix):
        return size
    return add(apply_map("log", apply_function("detsign", (matrix,), ())), size)


def _spread(node: Node, along: Letters, axes: tuple[Dim, ...]) -> Node:
    """An array with more axes, along which it does not change."""
    return arranged(node, along, tuple(range(len(axes))), axes)


def _largest(exponents: Sequence[Node]) -> Node:
    """The largest of exponents, entry by entry."""
    first, *others = {each.key: each for each in exponents}.values()
    for each in others:
        first = apply_map("maximum", first, each)
    return first


def _less(exponent: Node, largest: Node) -> Node:
    return total([(ONCE, exponent), (-ONCE, largest)], exponent.axes)


def _times_exp(mantissa: Node, exponent: Node) -> Node:
    """A mantissa times the exponential of what is at most 0."""
    if is_zero(exponent):
        return mantissa
    return elementwise(1, (mantissa, 1), (apply_map(SMALL, exponent), 1))
