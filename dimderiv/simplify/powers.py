"""Powers of one matrix beside each other are one power: `A^(k - 1) A` is `A^k`."""

from collections.abc import Iterator

from dimderiv.graph import (
    MATRIX_POWER,
    Factor,
    Function,
    Index,
    Node,
    Product,
    add,
    all_indices,
    is_symmetric,
    letters_of,
    number,
    part,
    scaled,
    unnamed,
)
from dimderiv.lower import power_of


def merged_powers(node: Product) -> Node | None:
    """The product with two powers of one matrix as one; nothing where no two meet.

    Args:
        node: the product.
    """
    powers = [(factor, power) for factor in node.factors if (power := _power(factor.node))]
    for first, (base, exponent) in powers:
        for second in node.factors:
            other = _exponent_of(base, second.node)
            if second is first or other is None or first.power != 1 or second.power != 1:
                continue
            for rows, columns in _joined(node, first, second, base):
                new = Factor(power_of(base, add(exponent, other)), (rows, columns))
                rest = [f for f in node.factors if f is not first and f is not second]
                return part(node.coefficient, [new, *rest], node.result, node.dims)
    return None


def _power(node: Node) -> tuple[Node, Node] | None:
    """The base and the exponent of a power whose exponent is no number."""
    match unnamed(node):
        case Function(function, (base, exponent)) if (
            function == MATRIX_POWER and len(base.axes) == 2
        ):
            return base, exponent
        case Function("inv", (inner,)) if (found := _power(inner)) is not None:
            return found[0], scaled(-1, found[1])
    return None


def _exponent_of(base: Node, node: Node) -> Node | None:
    """Which power of a matrix a factor is."""
    if node.key == base.key:
        return number(1)
    match unnamed(node):
        case Function("inv", (inner,)) if inner.key == base.key:
            return number(-1)
    found = _power(node)
    return found[1] if found is not None and found[0].key == base.key else None


def _joined(
    node: Product, first: Factor, second: Factor, base: Node
) -> Iterator[tuple[Index, Index]]:
    """The outer letters of two factors that meet with nothing else at one letter."""
    places = letters_of([*all_indices(node.factors), *node.result])
    turned = [second.indices, second.indices[::-1]] if is_symmetric(base) else [second.indices]
    for own in turned:
        for left, right in ((first.indices, own), (own, first.indices)):
            inner = left[1]
            if isinstance(inner, int) and inner == right[0] and places.count(inner) == 2:
                yield left[0], right[1]
