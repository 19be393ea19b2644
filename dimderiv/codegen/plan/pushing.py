"""The smaller of two systems of equations: `A inv(A' A + b I)` is `inv(A A' + b I) A`.

Where the one matrix has an inverse and the other one is smaller, that has an inverse too: its
eigenvalues are among those of the larger one.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from dimderiv.codegen.plan.regimes import Regimes
from dimderiv.graph import (
    Factor,
    Function,
    Node,
    Product,
    Sum,
    apply_function,
    letters_of,
    product,
    total,
)
from dimderiv.language import Dim

DIAGONAL, SQUARE = (0, 0), (0, 1)


class Gram(NamedTuple):
    """The product of a matrix with its own transpose, and a multiple of the identity.

    Attributes:
        matrix: the matrix.
        axis: its axis along which the product has rows and columns.
        coefficient: what the product is multiplied by.
        scalars: also these.
        multiple: the other term, and the number that it is multiplied by.
    """

    matrix: Node
    axis: int
    coefficient: Fraction
    scalars: Sequence[Factor]
    multiple: tuple[Fraction, Product]

    @property
    def outer(self) -> Dim:
        """How many rows and columns it has."""
        return self.matrix.axes[self.axis]

    @property
    def inner(self) -> Dim:
        """How many the same of the transpose has."""
        return self.matrix.axes[1 - self.axis]

    def turned(self) -> Node:
        """The same of the transpose."""
        matrix, own = self.matrix, self.inner
        sides = [Factor(matrix, (2, k) if self.axis == 0 else (k, 2)) for k in SQUARE]
        gram = product(
            self.coefficient,
            [*self.scalars, *sides],
            SQUARE,
            (own, own, self.outer),
        )
        coefficient, node = self.multiple
        identity = product(node.coefficient, node.factors, DIAGONAL, (own,))
        return total([(Fraction(1), gram), (coefficient, identity)], (own, own))


def pushed(node: Product, sizes: Regimes) -> Node | None:
    """A product with an inverse on the other side of a matrix, where it is smaller there.

    Args:
        node: the product.
        sizes: the sizes that it is planned for.
    """
    for place, factor in enumerate(node.factors):
        inverse = factor.node
        if isinstance(inverse, Function) and inverse.function == "inv":
            gram = gram_of(inverse.arguments[0])
            moved = gram and moved_past(node, place, gram)
            if gram and moved:
                return moved if sizes[gram.inner] < sizes[gram.outer] else None
    return None


def gram_of(matrix: Node) -> Gram | None:
    """A matrix as such a sum, if it is one.

    Args:
        matrix: a matrix with as many rows as columns.
    """
    if not isinstance(matrix, Sum) or len(matrix.terms) != 2:
        return None
    for (c, one), (d, other) in (matrix.terms, matrix.terms[::-1]):
        if isinstance(one, Product) and isinstance(other, Product) and _is_multiple(other):
            arrays = [each for each in one.factors if each.indices]
            scalars = [each for each in one.factors if not each.indices]
            axis = _axis(arrays) if one.result == SQUARE else None
            if axis is not None:
                return Gram(arrays[0].node, axis, c * one.coefficient, scalars, (d, other))
    return None


def _is_multiple(node: Product) -> bool:
    """Whether a term is a multiple of the identity."""
    return node.result == DIAGONAL and not any(factor.indices for factor in node.factors)


def _axis(arrays: Sequence[Factor]) -> int | None:
    """The axis of a matrix that two factors have apart, if they have the other one together."""
    if len(arrays) != 2 or arrays[0].node.key != arrays[1].node.key:
        return None
    first, second = (each.indices for each in arrays)
    if any(each.power != 1 or len(each.indices) != 2 for each in arrays):
        return None
    apart = [axis for axis in SQUARE if first[axis] != second[axis]]
    return (
        apart[0] if len(apart) == 1 and {first[apart[0]], second[apart[0]]} == {*SQUARE} else None
    )


def _meeting(node: Product, factor: Factor, matrix: Factor, gram: Gram) -> int | None:
    """The letter that an inverse shares with that matrix alone, if it meets it."""
    if matrix.node.key != gram.matrix.key or matrix.power != 1:
        return None
    letter = matrix.indices[gram.axis]
    if not isinstance(letter, int) or factor.indices.count(letter) != 1:
        return None
    users = sum(letters_of(each.indices).count(letter) for each in node.factors)
    return letter if users == 2 and letter not in letters_of(node.result) else None


def moved_past(node: Product, place: int, gram: Gram) -> Node | None:
    """A product with an inverse on the other side of a matrix, if it meets that matrix.

    Args:
        node: the product.
        place: the place of the inverse among its factors.
        gram: what it is the inverse of.
    """
    inverse, own = node.factors[place], gram.inner
    if inverse.power != 1:
        return None
    for other, matrix in enumerate(node.factors):
        letter = _meeting(node, inverse, matrix, gram)
        if letter is None:
            continue
        (outer,) = (i for i in inverse.indices if i != letter)
        indices = list(matrix.indices)
        end, indices[gram.axis], indices[1 - gram.axis] = indices[1 - gram.axis], outer, letter
        smaller = Factor(apply_function("inv", (gram.turned(),), (own, own)), (letter, end))
        moved = {place: smaller, other: matrix._replace(indices=tuple(indices))}
        factors = [moved.get(k, factor) for k, factor in enumerate(node.factors)]
        dims = [own if k == letter else dim for k, dim in enumerate(node.dims)]
        return product(node.coefficient, factors, node.result, dims)
    return None
