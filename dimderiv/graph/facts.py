"""What is known of a node by how it is made: bounds on its entries, their sums, definiteness.

A congruence `H P H'` has no eigenvalue below zero where `P` has none, and `H P H' + R` none at zero
where `R` is definite.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeGuard

from dimderiv.graph.nodes import (
    Constant,
    Factor,
    Function,
    Index,
    Key,
    Map,
    Named,
    Node,
    Product,
    Selection,
    Size,
    Sum,
    Symbol,
    digest,
    is_symmetric,
    letters_of,
)
from dimderiv.language import COMPARISONS
from dimderiv.rulebook import range_of

# Properties of the rows of a matrix, or of a vector, with entries that sum to 1.
DISTRIBUTED = frozenset({"onehot", "probability"})
# Properties of entries that lie below 1, and above 0.
AT_MOST_ONE = DISTRIBUTED | {"binary"}
NONNEGATIVE = AT_MOST_ONE | {"positive", "nonnegative", "integer"}
# A longer chain of names and sums is not followed.
MOST_NESTED = 8
# Functions whose entries are 0 or 1.
BINARY_FUNCTIONS = frozenset({"onehot", "tril", *COMPARISONS})


def named(name: str, value: Node, *, row: bool = False) -> Named:
    """The value under a name, with what is known of its entries."""
    sums_to_one = rows_sum_to_one(value)
    return Named(
        name,
        value,
        row,
        value.axes,
        digest("named", name),
        is_symmetric(value),
        sums_to_one,
        is_nonnegative(value),
        is_at_most_one(value),
        zero_sums(value),
        value.ordinary and not sums_to_one,
    )


def unnamed(node: Node) -> Node:
    """The value of a named intermediate, or the node itself."""
    while isinstance(node, Named):
        node = node.value
    return node


def is_onehot(node: Node) -> TypeGuard[Function]:
    """Whether an array is that of integer labels, one row for each.

    Args:
        node: any node.
    """
    return isinstance(node, Function) and node.function == "onehot"


def selects(node: Node) -> bool:
    """Whether an array only says which place of an axis belongs to which letters.

    Args:
        node: any node.
    """
    return isinstance(node, Selection) or is_onehot(node)


def is_one(node: Node) -> bool:
    """Whether every entry is 1."""
    if not isinstance(node, Product) or node.factors or node.coefficient != 1:
        return False
    return len(set(node.result)) == len(node.result)


def is_binary(node: Node) -> bool:
    """Whether every entry is known to be 0 or 1, so that each is its own power."""
    match node:
        case Symbol():
            words = node.properties
            return "binary" in words or ("onehot" in words and bool(node.axes))
        case Named():
            return is_binary(node.value)
        case Map() | Function():
            return node.function in BINARY_FUNCTIONS
        case Sum(((c, one), (d, other))):
            return c == 1 and d == -1 and is_one(one) and is_binary(other)
        case Product() if node.coefficient == 1 and node.factors:
            return all(_is_binary_factor(factor, node.result) for factor in node.factors)
    return isinstance(node, Selection)


def _is_binary_factor(factor: Factor, result: Sequence[Index]) -> bool:
    """Whether a factor is 0 or 1, and not summed."""
    return set(factor.indices) <= set(result) and factor.power > 0 and is_binary(factor.node)


def rows_sum_to_one(node: Node) -> bool:
    """Whether the entries along the last axis are known to sum to 1."""
    match node:
        case Symbol():
            return not node.properties.isdisjoint(DISTRIBUTED)
        case Named():
            return node.sums_to_one
        case Function("softmax"):
            return node.over == (len(node.axes) - 1,)
        case Product():
            return _is_divided_by_sums(node)
    return isinstance(node, Function) and node.function == "onehot"


def _is_divided_by_sums(node: Product) -> bool:
    """Whether an array is divided by its own sums along the last axis, as in `A ./ (A 1)`."""
    if node.coefficient != 1 or len(node.factors) != 2 or not node.result:
        return False
    for above, below in (node.factors, node.factors[::-1]):
        sums = unnamed(below.node)
        if above.power != 1 or below.power != -1 or not isinstance(sums, Product):
            continue
        if above.indices != node.result or below.indices != node.result[:-1]:
            continue
        if len(sums.factors) == 1 and sums.coefficient == 1:
            own, indices, power = sums.factors[0]
            is_same = unnamed(own).key == unnamed(above.node).key and power == 1
            if is_same and indices[:-1] == sums.result and len(set(indices)) == len(indices):
                return True
    return False


def zero_sums(node: Node) -> tuple[int, ...]:
    """The axes along which the entries are known to sum to 0, as those of a centred array do."""
    return node.zero_sums if isinstance(node, (Sum, Product, Named)) else ()


def zero_indices(factors: Sequence[Factor]) -> list[Index]:
    """The indices along which the entries of a factor cancel."""
    return [
        factor.indices[axis]
        for factor in factors
        for axis in zero_sums(factor.node)
        if factor.power == 1
    ]


def is_nonnegative(node: Node) -> bool:
    """Whether every entry is known to be at least 0."""
    match node:
        case Symbol():
            return not node.properties.isdisjoint(NONNEGATIVE)
        case Size() | Constant() | Selection():
            return True
        case Named():
            return node.nonnegative
        case Sum(((c, one), (d, other))) if c == 1 and d == -1 and is_one(one):
            return is_at_most_one(other)
        case Sum():
            return all(c > 0 and is_nonnegative(term) for c, term in node.terms)
        case Product():
            is_made_so = all(map(_is_nonnegative, node.factors)) or _is_quadratic_form(node)
            return node.coefficient >= 0 and is_made_so
        case Map() | Function():
            return is_binary(node) or range_of(node.function)[0] >= 0


def is_whole(node: Node) -> bool:
    """Whether a scalar is known to be a whole number."""
    match node:
        case Symbol():
            return "integer" in node.properties
        case Size():
            return True
        case Named():
            return is_whole(node.value)
        case Sum():
            return all(c.denominator == 1 and is_whole(term) for c, term in node.terms)
        case Product(axes=()):
            return node.coefficient.denominator == 1 and all(
                not f.indices and f.power > 0 and f.power.denominator == 1 and is_whole(f.node)
                for f in node.factors
            )
    return False


def _is_nonnegative(factor: Factor) -> bool:
    return factor.power % 2 == 0 or is_nonnegative(factor.node)


def is_positive(node: Node) -> bool:
    """Whether every entry is known to be above 0."""
    match unnamed(node):
        case Symbol(properties=properties):
            return not properties.isdisjoint({"positive", "integer"})
        case Size() | Constant() | Map("exp"):
            return True
        case Sum(terms=terms):
            signs = all(c > 0 and is_nonnegative(term) for c, term in terms)
            return signs and any(is_positive(term) for _, term in terms)
        case Product(coefficient=number, factors=factors, result=result):
            each = all(is_positive(f.node) and set(f.indices) <= set(result) for f in factors)
            return number > 0 and (each or (not result and _is_sum_of_definite(factors)))
    return False


def _is_sum_of_definite(factors: Sequence[Factor]) -> bool:
    """Whether factors are a definite matrix alone, all entries of which are summed, or the trace.

    The sum of all entries is the quadratic form of a column of ones.
    """
    if len(factors) != 1:
        return False
    (matrix, indices, power) = factors[0]
    return power == 1 and len(indices) == 2 and is_definite(matrix)


def _is_quadratic_form(node: Product) -> bool:
    """Whether a product is `x' A x` with no eigenvalue of A below zero."""
    matrices = [factor for factor in node.factors if len(factor.indices) == 2]
    vectors = [factor for factor in node.factors if len(factor.indices) == 1]
    if node.axes or len(matrices) != 1 or len(node.factors) != 3 or len(vectors) != 2:
        return False
    (matrix,), (one, other) = matrices, vectors
    same = one.node.key == other.node.key and one.power == other.power
    meets = {*one.indices, *other.indices} == set(matrix.indices)
    return same and meets and matrix.power == 1 and is_semidefinite(matrix.node)


def is_at_most_one(node: Node) -> bool:
    """Whether every entry is known to be at most 1."""
    match node:
        case Named():
            return node.at_most_one
        case Symbol():
            return not node.properties.isdisjoint(AT_MOST_ONE)
        case Map() | Function():
            return is_binary(node) or range_of(node.function)[1] <= 1
        case Selection():
            return True
        case Product() if node.coefficient == 1 and node.factors:
            return all(
                set(factor.indices) <= set(node.result)
                and factor.power > 0
                and is_at_most_one(factor.node)
                and (is_nonnegative(factor.node) or _is_bounded_power(factor))
                for factor in node.factors
            )
    return is_one(node)


def _is_bounded_power(factor: Factor) -> bool:
    """Whether an even power of what lies between -1 and 1 lies below 1."""
    node = unnamed(factor.node)
    return factor.power % 2 == 0 and isinstance(node, Map) and range_of(node.function)[0] >= -1


def is_definite(node: Node, depth: int = MOST_NESTED) -> bool:
    """Whether a matrix is known to be symmetric and positive definite."""
    if len(node.axes) != 2 or not depth:
        return False
    match node:
        case Symbol():
            return "spd" in node.properties
        case Named(value=value) | Function("inv", (value,)):
            return is_definite(value, depth - 1)
        case Sum():
            parts = [term for _, term in node.terms]
            return (
                all(c > 0 for c, _ in node.terms)
                and any(is_definite(part, depth - 1) for part in parts)
                and all(is_semidefinite(part, depth - 1) for part in parts)
            )
        case Product():
            return _is_multiple(node, depth) and all(
                len(factor.indices) == 2 or is_positive(factor.node) for factor in node.factors
            )
    return False


def is_semidefinite(node: Node, depth: int = MOST_NESTED) -> bool:
    """Whether a matrix is known to be symmetric with no eigenvalue below zero."""
    if is_definite(node, depth):
        return True
    match node:
        case _ if not depth:
            return False
        case Symbol():
            return "psd" in node.properties
        case Named(value=value):
            return is_semidefinite(value, depth - 1)
        case Sum():
            return all(c > 0 and is_semidefinite(part, depth - 1) for c, part in node.terms)
        case Product():
            scalars = [f for f in node.factors if not f.indices]
            weights = [f for f in node.factors if len(f.indices) == 1]
            if not all(map(_is_nonnegative, scalars)):
                return False
            is_multiple = all(map(_is_nonnegative, weights)) and _is_multiple(
                node, depth, semi=True
            )
            return is_multiple or _is_congruence(node, depth)
    return False


def _is_multiple(node: Product, depth: int, semi: bool = False) -> bool:
    """Whether a product is a diagonal matrix, or a definite one, times numbers."""
    if node.coefficient <= 0:
        return False
    letters = letters_of(node.result)
    if len(letters) == 2 and letters[0] == letters[1]:
        return all(len(factor.indices) < 2 for factor in node.factors)
    matrices = [factor for factor in node.factors if factor.indices]
    if len(matrices) != 1 or matrices[0].power != 1:
        return False
    (matrix,) = matrices
    known = is_semidefinite if semi else is_definite
    return set(matrix.indices) == set(node.result) and known(matrix.node, depth - 1)


def _is_congruence(node: Product, depth: int) -> bool:
    """Whether a product is `v v'`, `X' X`, or `X' M X` with a semidefinite M, times a number."""
    factors = [factor for factor in node.factors if factor.indices]
    there, back = (_way(factors, index) for index in node.result)
    if node.coefficient <= 0 or [link.seen for link in there] != [link.seen for link in back]:
        return False
    met = {id(link.factor) for link in (*there, *back)}
    if not there or len(met) < len(factors):
        return False
    if len(there) < len(factors):
        return len(there) + len(back) == len(factors)
    if len(there) % 2 == 0:
        return True
    middle = there[len(there) // 2].factor
    if len(middle.indices) == 1:
        return _is_nonnegative(middle)
    return middle.power == 1 and is_semidefinite(middle.node, depth - 1)


class Link(NamedTuple):
    """A factor on the way from one axis of a product towards the other, a matrix or a weight.

    Attributes:
        factor: the factor.
        seen: what it is from the side on which it is met.
    """

    factor: Factor
    seen: tuple[Key, int, Fraction]


def _way(factors: Iterable[Factor], letter: Index) -> list[Link]:
    """The factors in the order in which they are met from a letter, as far as there is one way."""
    left, found = list(factors), list[Link]()
    while True:
        met = sorted([f for f in left if letter in f.indices], key=lambda f: len(f.indices))
        if [len(f.indices) for f in met] not in ([1], [2], [1, 2]):
            return found
        factor = met[0]
        side = factor.indices.index(letter)
        axis = 0 if factor.node.symmetric else side
        found.append(Link(factor, (factor.node.key, axis, factor.power)))
        left.remove(factor)
        letter = factor.indices[side - 1]
