"""Eigenvectors around a function of the eigenvalues: `V diag(l.^3) V'` is `A^3`.

Powers, inverses and exponentials of a matrix have a form without its eigenvectors.  Of a matrix
that is not symmetric the eigenvectors are those of its symmetric part.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

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
)
from dimderiv.lower import MAX_POWER, function_of, inverse

# What a function of the eigenvalues is of the matrix.
OF_MATRIX = {"exp": "expm", "log": "logm"}


def without_vectors(node: Product) -> Node | None:
    """The product with a function of a matrix in place of its eigenvectors, if there is one."""
    for vectors, pair in _pairs(node):
        summed = pair[0].indices[1]
        rest = [factor for factor in node.factors if factor not in pair]
        weights = [factor for factor in rest if summed in letters_of(factor.indices)]
        value = _of_matrix(vectors.arguments[0], weights)
        if value is None or summed in letters_of(node.result):
            continue
        others = [factor for factor in rest if factor not in weights]
        whole = Factor(value, (pair[0].indices[0], pair[1].indices[0]))
        return part(node.coefficient, [*others, whole], node.result, node.dims)
    return None


def _pairs(node: Product) -> Iterator[tuple[Function, tuple[Factor, Factor]]]:
    """Eigenvectors of a matrix, twice along one letter."""
    for one, other in combinations(node.factors, 2):
        vectors = one.node
        if not isinstance(vectors, Function) or vectors.function != "eigvecs":
            continue
        are_plain = one.power == other.power == 1 and one.indices[1:] == other.indices[1:]
        if are_plain and len(vectors.axes) == 2 and other.node.key == vectors.key:
            yield vectors, (one, other)


def _of_matrix(matrix: Node, weights: Sequence[Factor]) -> Node | None:
    """The matrix whose eigenvalues are products of powers of functions of those of another one."""
    chain, scalars = list[Node](), list[Factor]()
    for weight in weights:
        if not weight.indices:
            scalars.append(weight)
            continue
        value = _value(matrix, weight.node)
        power = weight.power
        if value is None or power.denominator != 1 or abs(power) > MAX_POWER:
            return None
        chain += [value if power > 0 else inverse(value)] * abs(int(power))
    if not chain:
        return product(ONCE, scalars, (0, 0), matrix.axes[:1])
    joined = [Factor(each, (k, k + 1)) for k, each in enumerate(chain)]
    size = matrix.axes[0]
    return product(ONCE, [*scalars, *joined], (0, len(chain)), (size,) * (len(chain) + 1))


def _value(matrix: Node, node: Node) -> Node | None:
    """The same function of the matrix as a vector is of its eigenvalues, if it has a form."""
    match node:
        case Function("eigvals", (argument,)):
            return _symmetric_part(matrix) if argument.key == matrix.key else None
        case Map(function, (argument,)) if function in OF_MATRIX:
            inner = _value(matrix, argument)
            return inner and function_of(OF_MATRIX[function], (inner,), matrix.axes)
        case Product(result=(0,)) if all(f.indices in ((), (0,)) for f in node.factors):
            inner = _of_matrix(matrix, node.factors)
            return inner and product(node.coefficient, [Factor(inner, (0, 1))], (0, 1), matrix.axes)
        case Sum():
            values = [(c, _value(matrix, term)) for c, term in node.terms]
            known = [(c, value) for c, value in values if value is not None]
            return total(known, matrix.axes) if len(known) == len(values) else None
    return None


def _symmetric_part(matrix: Node) -> Node:
    half = ONCE / 2
    return total([(half, matrix), (half, transposed(matrix))], matrix.axes)
