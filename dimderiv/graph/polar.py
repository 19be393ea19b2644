"""The positive factor of a polar decomposition: of `A = U H` it is `H = U' A`, and is symmetric.

Higham, Functions of Matrices (2008), theorem 8.1.
"""

from collections.abc import Sequence

from dimderiv.graph.facts import unnamed
from dimderiv.graph.nodes import Factor, Function, Index


def is_stretch(factors: Sequence[Factor], result: Sequence[Index]) -> bool:
    """Whether a product is `polar(A)' A` or `A polar(A)'`, times scalars.

    Args:
        factors: of the product.
        result: its two indices.
    """
    arrays = [factor for factor in factors if factor.indices]
    if len(arrays) != 2 or any(factor.power != 1 for factor in arrays):
        return False
    return any(
        isinstance(unitary, Function)
        and unitary.function == "polar"
        and unnamed(unitary.arguments[0]).key == unnamed(matrix.node).key
        and _meet_once(factor, matrix, result)
        for factor, matrix in (arrays, arrays[::-1])
        for unitary in [unnamed(factor.node)]
    )


def _meet_once(one: Factor, other: Factor, result: Sequence[Index]) -> bool:
    """Whether two matrices share the index of one axis, and have those of the result."""
    if len(one.indices) != 2 or len(other.indices) != 2:
        return False
    return any(
        one.indices[shared] == other.indices[shared]
        and one.indices[shared] not in result
        and {one.indices[1 - shared], other.indices[1 - shared]} == {*result}
        for shared in (0, 1)
    )
