"""How functions are written: at an argument as it stands or transposed, whichever is shorter."""

from collections.abc import Sequence

from dimderiv.conform import notation
from dimderiv.conform.notation import Face, Piece
from dimderiv.graph import Function, Map, is_symmetric, is_triangle
from dimderiv.language import COMPARISONS, EXTREMES, Binary

# How the functions of two entries are written that share a name with a reduction.
WRITTEN = {rule: written for written, rule in EXTREMES.items()}


def applied(node: Map, faces: Sequence[Face]) -> Face:
    """A function of each entry, a comparison, or a power with an exponent that varies."""
    if node.function in COMPARISONS:
        tree = Binary(node.function, faces[0].tree, faces[1].tree)  # type: ignore[arg-type]
        return Face(tree, faces[0].cost + faces[1].cost + 1)
    if node.function == "power":
        return notation.joined(".^" if node.axes else "^", faces[0], faces[1])
    return notation.call(written_name(node), *faces)


def written_name(node: Map | Function) -> str:
    """The name before the brackets: `max`, of one array and of two."""
    return WRITTEN.get(node.function, node.function)


def function(node: Function, pieces: Sequence[Piece]) -> Piece:
    """A function of whole arrays, of rows, or a reduction."""
    if is_triangle(node):
        straight, flipped = pieces[0]
        return Piece(notation.call("tril", straight), notation.call("triu", flipped))
    argument = node.arguments[0]
    if node.side != "either":
        return _of_unknown(node, pieces[0])
    if not node.axes and (not node.over or len(node.over) == len(argument.axes)):
        shortest = notation.shorter(*pieces[0])
        if node.function in {"max", "min"}:
            shortest = pieces[0].straight
        return notation.symmetric(notation.call(node.function, shortest))
    if not node.over:
        return _of_matrices(node, pieces)
    if len(node.axes) == len(argument.axes):
        return _along(node, pieces[0])
    reduced = notation.call(node.function, pieces[0].straight, axis=node.over[0])
    if node.over[0] == 1:
        return notation.column(reduced)
    return notation.column(reduced).turned


def _of_matrices(node: Function, pieces: Sequence[Piece]) -> Piece:
    """A function of whole matrices, at its arguments or at their transposes."""
    straight = notation.call(node.function, *(piece.straight for piece in pieces))
    if is_symmetric(node):
        return notation.symmetric(straight)
    flipped = notation.call(node.function, *(piece.flipped for piece in pieces))
    if len(node.axes) == 1:
        return notation.column(straight)
    back, around = notation.transposed(straight), notation.transposed(flipped)
    # A map is better read as the adjoint one than transposed: `dexpm(A', G)`.
    turned = notation.shorter(flipped, back) if len(pieces) > 1 else notation.shorter(back, flipped)
    return Piece(notation.shorter(straight, around), turned)


def _along(node: Function, piece: Piece) -> Piece:
    """A function of rows: of a matrix the straight face, of a vector either."""
    straight = notation.call(node.function, piece.straight)
    if len(node.axes) == 1:
        flipped = notation.call(node.function, piece.flipped)
        around = notation.shorter(notation.transposed(straight), flipped)
        return notation.two_faced(straight, around)
    return notation.column(straight)


def _of_unknown(node: Function, argument: Piece) -> Piece:
    """A declared function, or a derivative of it, whose argument lies as it was declared."""
    is_row = node.side == "row"
    value = notation.call(node.function, argument.flipped if is_row else argument.straight)
    if not node.axes or is_symmetric(node):
        return notation.symmetric(value)
    return notation.column(value).turned if is_row else notation.column(value)
