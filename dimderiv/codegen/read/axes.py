"""The axes of what generated code returns: those of the value, then those of the variable."""

from dimderiv.graph import ONCE, Factor, Index, Merged, Node, product, terms, total
from dimderiv.language import Dim, Shape


def axes_of(shape: Shape) -> tuple[Dim, ...]:
    """The axes of an array as it is passed and returned: a row is `(1, C)`."""
    return tuple(shape) if shape.is_row else shape.axes


def laid_out(node: Node, of: Shape, wrt: Shape) -> Node:
    """A derivative with an axis for each axis of the value and of the variable, but those of 1.

    Args:
        node: the derivative as a matrix.
        of: the shape of the value that is differentiated.
        wrt: the shape of the variable.
    """
    axes = of.axes + wrt.axes
    if len(axes) <= 2:
        return node
    count = len(of.axes)
    sides = [tuple(range(count)), tuple(range(count, len(axes)))]
    indices = tuple(_stacked(side) for side in sides if side)
    plain = tuple(range(len(axes)))
    parts = [(c, product(ONCE, [Factor(t, indices)], plain, axes)) for c, t in terms(node)]
    return total(parts, axes)


def _stacked(letters: tuple[int, ...]) -> Index:
    """The index of stacked columns: the letter of the columns is the slow one."""
    return letters[0] if len(letters) == 1 else Merged(letters[::-1])
