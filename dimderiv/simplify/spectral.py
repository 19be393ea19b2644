"""Eigenvectors around a function of the eigenvalues: `V diag(l.^3) V'` is `A^3`.

Powers, inverses and exponentials of a matrix have a form without its eigenvectors.  Of a matrix
that is not symmetric the eigenvectors are those of its symmetric part.  Singular vectors lie around
the singular values in the same way, an odd function of which is a multiple of the matrix itself:
`U diag(s ./ (1 + s.^2)) V'` is `A inv(I + A' A)`.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import permutations
from typing import NamedTuple

from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Map,
    Node,
    Product,
    Sum,
    letters_of,
    part,
    product,
    total,
    transposed,
    unnamed,
)
from dimderiv.lower import MAX_POWER, function_of, inverse

# What stands before and behind a function of which values.
AROUND = {("eigvecs", "eigvecs"): "eigvals", ("svdU", "svdV"): "svdvals"}
# What a function of the eigenvalues is of the matrix.
OF_MATRIX = {"exp": "expm", "log": "logm"}


class Spectrum(NamedTuple):
    """The eigenvalues of a symmetric matrix, or numbers of which they are powers.

    Attributes:
        values: what the function is called whose values the numbers are.
        argument: of which matrix.
        matrix: the symmetric matrix.
        power: which power of the numbers its eigenvalues are.
    """

    values: str
    argument: Node
    matrix: Node
    power: int = 1

    def has(self, node: Node) -> bool:
        """Whether a node is the vector of the numbers."""
        node = unnamed(node)
        if not isinstance(node, Function) or node.function != self.values:
            return False
        return node.arguments[0].key == self.argument.key


def without_vectors(node: Product) -> Node | None:
    """The product with a function of a matrix in place of its eigenvectors, if there is one."""
    for values, argument, pair in _pairs(node):
        summed = pair[0].indices[1]
        rest = [factor for factor in node.factors if factor not in pair]
        weights = [factor for factor in rest if summed in letters_of(factor.indices)]
        are_vectors = all(weight.indices == (summed,) for weight in weights)
        if summed in letters_of(node.result) or not are_vectors:
            continue
        of_weights = _of_matrix if values == "eigvals" else _of_singular
        value = of_weights(argument, weights)
        if value is None:
            continue
        others = [factor for factor in rest if factor not in weights]
        whole = Factor(value, (pair[0].indices[0], pair[1].indices[0]))
        return part(node.coefficient, [*others, whole], node.result, node.dims)
    return None


def _pairs(node: Product) -> Iterator[tuple[str, Node, tuple[Factor, Factor]]]:
    """Eigenvectors or singular vectors of a matrix, left and right along one letter."""
    vectors = [f for f in node.factors if isinstance(f.node, Function) and f.power == 1]
    for one, other in permutations(vectors, 2):
        left, right = one.node, other.node
        assert isinstance(left, Function) and isinstance(right, Function)
        values = AROUND.get((left.function, right.function))
        is_plain = len(one.indices) == 2 and one.indices[1:] == other.indices[1:]
        if values and is_plain and left.arguments[0].key == right.arguments[0].key:
            yield values, left.arguments[0], (one, other)


def _of_matrix(matrix: Node, weights: Sequence[Factor]) -> Node | None:
    half = ONCE / 2
    symmetric = total([(half, matrix), (half, transposed(matrix))], matrix.axes)
    return _weighted(Spectrum("eigvals", matrix, symmetric), weights)


def _of_singular(matrix: Node, weights: Sequence[Factor]) -> Node | None:
    """The matrix with a function of its singular values in their place, if that has a form."""
    rows, cols = matrix.axes
    gram = product(
        ONCE, [Factor(matrix, (2, 0)), Factor(matrix, (2, 1))], (0, 1), (cols, cols, rows)
    )
    spectrum = Spectrum("svdvals", matrix, gram, power=2)
    values = [weight for weight in weights if spectrum.has(weight.node)]
    others = [weight for weight in weights if weight not in values]
    power = sum((weight.power for weight in values), Fraction(0))
    if not power and not any(weight.indices for weight in others):
        return _behind(function_of("polar", (matrix,), matrix.axes), others)
    # A greater power of an inverse would be one of the Gram matrix, whose condition is squared.
    if power % 2 == 1 and power >= -1:
        front = matrix
        if power < 0:
            front = transposed(function_of("pinv", (matrix,), (cols, rows)))
        even = [values[0]._replace(power=power - 1)] if power > 1 else []
        inner = _weighted(spectrum, [*others, *even])
        if inner is not None:
            return _behind(front, [Factor(inner, (1, 2))])
    return _term_by_term(matrix, weights)


def _behind(front: Node, factors: Sequence[Factor]) -> Node:
    """A matrix times another one, or scalars."""
    rows, cols = front.axes
    ends = (0, 2) if any(factor.indices for factor in factors) else (0, 1)
    return product(ONCE, [Factor(front, (0, 1)), *factors], ends, (rows, cols, cols)[: ends[1] + 1])


def _term_by_term(matrix: Node, weights: Sequence[Factor]) -> Node | None:
    """The same where a weight is a sum of which each term has a form."""
    for weight in weights:
        if isinstance(weight.node, Sum) and weight.indices and weight.power == 1:
            rest = [other for other in weights if other is not weight]
            terms = []
            for coefficient, term in weight.node.terms:
                number, own = _factors(term)
                value = _of_singular(matrix, [*rest, *own])
                if value is None:
                    return None
                terms.append((coefficient * number, value))
            return total(terms, matrix.axes)
    return None


def _factors(term: Node) -> tuple[Fraction, Sequence[Factor]]:
    """A vector as a number and the factors of each of its entries."""
    if isinstance(term, Product) and all(f.indices in ((), (0,)) for f in term.factors):
        return term.coefficient, term.factors
    return ONCE, [Factor(term, (0,))]


def _weighted(spectrum: Spectrum, weights: Sequence[Factor]) -> Node | None:
    """The matrix whose eigenvalues are products of powers of functions of the numbers."""
    chain, scalars = list[Node](), list[Factor]()
    for weight in weights:
        if not weight.indices:
            scalars.append(weight)
            continue
        is_plain = spectrum.has(weight.node)
        value = spectrum.matrix if is_plain else _value(spectrum, weight.node)
        power = weight.power / spectrum.power if is_plain else weight.power
        if value is None or power.denominator != 1 or abs(power) > MAX_POWER:
            return None
        chain += [value if power > 0 else inverse(value)] * abs(int(power))
    size = spectrum.matrix.axes[0]
    if not chain:
        return product(ONCE, scalars, (0, 0), (size,))
    joined = [Factor(each, (k, k + 1)) for k, each in enumerate(chain)]
    return product(ONCE, [*scalars, *joined], (0, len(chain)), (size,) * (len(chain) + 1))


def _value(spectrum: Spectrum, node: Node) -> Node | None:
    """The same function of the matrix as a vector is of the numbers, if it has a form."""
    axes, node = spectrum.matrix.axes, unnamed(node)
    match node:
        case Function() if spectrum.has(node):
            return _weighted(spectrum, [Factor(node, (0,))])
        case Map(function, (argument,)) if function in OF_MATRIX:
            # A singular Gram matrix has no logarithm, though its other eigenvalues have.
            if function == "log" and spectrum.power > 1:
                return None
            inner = _value(spectrum, argument)
            return inner and function_of(OF_MATRIX[function], (inner,), axes)
        case Product(result=(0,)) if all(f.indices in ((), (0,)) for f in node.factors):
            inner = _weighted(spectrum, node.factors)
            return inner and product(node.coefficient, [Factor(inner, (0, 1))], (0, 1), axes)
        case Sum():
            values = [(c, _value(spectrum, term)) for c, term in node.terms]
            known = [(c, value) for c, value in values if value is not None]
            return total(known, axes) if len(known) == len(values) else None
    return None
