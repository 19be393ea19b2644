"""Scalar factors in matrix notation: their powers, roots, norms and means."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from dimderiv.conform import notation
from dimderiv.conform.edges import norm_of, squared
from dimderiv.conform.means import mean_for_sum, summed_size
from dimderiv.conform.notation import HALF, Form, TwoWay
from dimderiv.conform.readable import is_constant
from dimderiv.graph import (
    ONCE,
    Constant,
    Factor,
    Node,
    Product,
    Size,
    all_indices,
    are_letters,
    product,
)
from dimderiv.language import Number, Tree


def scalars(
    factors: Sequence[Factor], pieces: Sequence[TwoWay], piece_of: Callable[[Node], TwoWay]
) -> tuple[list[Form], list[Form]]:
    """The scalars among factors: those above the line, and those below."""
    sides: tuple[list[Form], list[Form]] = ([], [])
    roots: tuple[list[Form], list[Form]] = ([], [])
    sums: dict[int, Tree] = {}
    for factor, piece in zip(factors, pieces, strict=True):
        if factor.indices:
            continue
        is_below = factor.power < 0
        if _is_root_of_number(factor):
            roots[is_below].append(piece.upright)
            continue
        form = _power(factor.node, piece, abs(factor.power), piece_of)
        size = summed_size(factor, form)
        if size is not None:
            sums[len(sides[0])] = size
        sides[is_below].append(form)
    for side, numbers in zip(sides, roots, strict=True):
        if numbers:
            # One root of them all: `sqrt(2 pi)`.
            numbers.sort(key=lambda form: not isinstance(form.tree, Number))
            side.append(notation.call("sqrt", notation.juxtaposed(numbers)))
    over, under = sides
    for place, size in sums.items():
        if size in [form.tree for form in under]:
            under = [form for form in under if form.tree != size]
            over[place] = mean_for_sum(over[place], {id(over[place].tree)})
    return over, under


def _power(node: Node, piece: TwoWay, power: Fraction, piece_of: Callable[[Node], TwoWay]) -> Form:
    root = _root(node) if isinstance(node, Product) else None
    if root is None:
        return notation.power(piece.upright, power, entrywise=False)
    rank, array = len(root.axes), piece_of(root)
    if power == 1:
        return squared(array, rank)
    return notation.power(norm_of(array, rank), 2 * power, entrywise=False)


def _is_root_of_number(factor: Factor) -> bool:
    """Whether a factor is the square root of a number, a constant or a size, above or below."""
    if factor.indices or factor.power is ONCE or abs(factor.power) != HALF:
        return False
    return isinstance(factor.node, (Constant, Size)) or is_constant(factor.node)


def _root(node: Product) -> Node | None:
    """The array whose squares a scalar is the sum of."""
    if node.axes or node.coefficient != 1 or not 1 <= len(node.dims) <= 2:
        return None
    if any(factor.power != 2 or not factor.indices for factor in node.factors):
        return None
    if not are_letters(all_indices(node.factors)):
        return None
    factors = [Factor(factor.node, factor.indices) for factor in node.factors]
    return product(ONCE, factors, tuple(range(len(node.dims))), node.dims)
