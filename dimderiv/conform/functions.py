"""How functions are written: at an argument as it stands or transposed, whichever is shorter."""

from collections.abc import Sequence

from dimderiv.conform import notation
from dimderiv.conform.notation import Form, TwoWay
from dimderiv.graph import MATRIX_POWER, Function, Map, is_symmetric, is_triangle, transposed
from dimderiv.language import COMPARISONS, EXTREMES, Binary, Call, Signature, Tree
from dimderiv.rulebook import is_linear, turns

# How the functions of two entries are written that share a name with a reduction.
WRITTEN = {rule: written for written, rule in EXTREMES.items()}


def applied(node: Map, forms: Sequence[Form]) -> Form:
    """A function of each entry, a comparison, or a power with an exponent that varies."""
    if node.function in COMPARISONS:
        tree = Binary(node.function, forms[0].tree, forms[1].tree)  # type: ignore[arg-type]
        return Form(tree, forms[0].cost + forms[1].cost + 1)
    if node.function == "power":
        return notation.joined(".^" if node.axes else "^", forms[0], forms[1])
    return notation.call(written_name(node), *forms)


def written_name(node: Map | Function) -> str:
    """The name before the brackets: `max`, of one array and of two."""
    return WRITTEN.get(node.function, node.function)


def called(node: Function, given: Sequence[Tree]) -> Tree:
    """A function of whole arrays as it is called; a power by its operator."""
    if node.function == MATRIX_POWER:
        base, exponent = given
        return Binary("^", base, exponent)
    return Call(written_name(node), tuple(given))


def function(node: Function, pieces: Sequence[TwoWay]) -> TwoWay:
    """A function of whole arrays, of rows, or a reduction."""
    if is_triangle(node):
        upright, transposed = pieces[0]
        return TwoWay(notation.call("tril", upright), notation.call("triu", transposed))
    argument = node.arguments[0]
    if node.declared is not None:
        return _of_unknown(node, node.declared, pieces)
    if not node.axes and (not node.over or len(node.over) == len(argument.axes)):
        shortest = notation.shorter(*pieces[0])
        if node.function in {"max", "min"}:
            shortest = pieces[0].upright
        return notation.symmetric(notation.call(node.function, shortest))
    if not node.over:
        return _of_matrices(node, pieces)
    if len(node.axes) == len(argument.axes):
        return _along(node, pieces[0])
    reduced = notation.call(node.function, pieces[0].upright, axis=node.over[0])
    if node.over[0] == 1:
        return notation.column(reduced)
    return notation.column(reduced).other_way


def _of_matrices(node: Function, pieces: Sequence[TwoWay]) -> TwoWay:
    """A function of whole matrices, at its arguments or at their transposes."""
    if node.function == MATRIX_POWER:
        return _power(node, pieces)
    upright = notation.call(node.function, *(piece.upright for piece in pieces))
    if node.function == "onehot":
        return notation.column(upright)
    if _is_lyapunov(node):
        first, _, last = pieces
        return TwoWay(*[notation.call("lyap", first.upright, each) for each in last])
    if is_symmetric(node):
        return notation.symmetric(upright)
    if len(node.axes) == 1:
        return notation.column(upright)
    whole = notation.primed(upright)
    if not turns(node.function) and not is_linear(node.function):
        return TwoWay(upright, whole)
    turned = notation.call(node.function, *(each.transposed for each in _turned(node, pieces)))
    ways = (whole, turned)
    if len(pieces) > 1 and not _is_of_symmetric(node):
        # A map is better read as the adjoint one than transposed: `dexpm(A', G)`.
        is_short = turned.cost < whole.cost + len(pieces) - 1
        ways = (turned, turned if is_short else whole)
    upright = notation.shorter(upright, notation.primed(turned))
    return TwoWay(upright, notation.shorter(*ways))


def _turned(node: Function, pieces: Sequence[TwoWay]) -> Sequence[TwoWay]:
    """The arguments of the function of which the transpose is a function of their transposes.

    A function of several matrices that is linear in the last one has the others in reverse order.
    """
    places = [k for k, each in enumerate(node.arguments) if len(each.axes) == 2][:-1]
    if not is_linear(node.function) or len(places) < 2:
        return pieces
    turned = list(pieces)
    for place, other in zip(places, reversed(places), strict=True):
        turned[place] = pieces[other]
    return turned


def _is_of_symmetric(node: Function) -> bool:
    """Whether a map is made of several matrices, which are symmetric: it is its own adjoint."""
    bases = [each for each in node.arguments[:-1] if each.axes]
    return len(bases) > 1 and all(is_symmetric(base) for base in bases)


def _is_lyapunov(node: Function) -> bool:
    """Whether a Sylvester equation is one of Lyapunov: `A X + X A' = C`."""
    if node.function != "sylvester" or len(node.arguments) < 3:
        return False
    left, right, _ = node.arguments
    return right.key == transposed(left).key


def _power(node: Function, pieces: Sequence[TwoWay]) -> TwoWay:
    """A power of a matrix, which is transposed at the base: `A'^k`."""
    base, exponent = pieces
    upright = notation.joined("^", base.upright, exponent.upright)
    if is_symmetric(node):
        return notation.symmetric(upright)
    return TwoWay(upright, notation.joined("^", base.transposed, exponent.upright))


def _along(node: Function, piece: TwoWay) -> TwoWay:
    """A function of rows: of a matrix the upright form, of a vector either."""
    over = node.over[0] if len(node.over) == 1 else node.over
    axis = None if over == len(node.axes) - 1 else over
    upright = notation.call(node.function, piece.upright, axis=axis)
    if len(node.axes) == 1:
        transposed = notation.call(node.function, piece.transposed)
        return notation.two_way(upright, notation.shorter(notation.primed(upright), transposed))
    return notation.column(upright)


def _of_unknown(node: Function, declared: Signature, arguments: Sequence[TwoWay]) -> TwoWay:
    """A declared function, or a derivative of it, whose arguments lie as they were declared."""
    lying = zip(arguments, declared.arguments, strict=True)
    forms = [piece.transposed if shape.is_row else piece.upright for piece, shape in lying]
    value = notation.call(node.function, *forms)
    if not node.axes or is_symmetric(node):
        return notation.symmetric(value)
    is_row = declared.shape_of(node.function).is_row
    return notation.column(value).other_way if is_row else notation.column(value)
