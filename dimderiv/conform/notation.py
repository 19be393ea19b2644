"""Matrix notation with two faces: every piece as it stands, and transposed.

Building both at once is what finds the orientation with the fewest transposes: `A' B'` as it stands
is `(B A)'`, and the shorter face of each is kept.  A piece with one axis has a column as its
straight face and a row as its flipped one; a scalar has the same face twice.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from dimderiv.errors import LimitError
from dimderiv.graph import ONCE
from dimderiv.language import (
    DIGIT_LIMIT,
    ONE,
    Add,
    Binary,
    Call,
    Dim,
    Group,
    Name,
    Negative,
    Node,
    Number,
    Operator,
    Transpose,
    children,
    decimal_places,
)

BRACKETS = 0.5
HALF = Fraction(1, 2)
# Functions whose value is a scalar, whatever they are given.
TOTALS = frozenset({"sum", "mean", "max", "min", "tr", "det", "logdet", "norm2", "normF", "norm1"})


class Face(NamedTuple):
    """A tree and what it costs to read: symbols, numbers and operators."""

    tree: Node
    cost: float


class Piece(NamedTuple):
    """A value as it stands and transposed."""

    straight: Face
    flipped: Face

    @property
    def turned(self) -> "Piece":
        """The transpose of this piece."""
        return Piece(self.flipped, self.straight)

    @property
    def triangle(self) -> str:
        """The function that makes a triangle of a matrix, where the piece is one of ones."""
        tree = self.straight.tree
        if not isinstance(tree, Call) or tree.function not in {"tril", "triu"}:
            return ""
        (inside,) = tree.arguments
        return tree.function if isinstance(inside, Call) and inside.function == "ones" else ""


def is_compound(tree: Node) -> bool:
    """Whether a tree needs brackets before a postfix operator."""
    return isinstance(tree, (Add, Binary, Negative))


def is_product(tree: Node) -> bool:
    """Whether a tree is a product that is not entry by entry."""
    return isinstance(tree, Binary) and tree.operator == "*"


def transposed(face: Face) -> Face:
    """The transpose of a face, written with a prime."""
    if isinstance(face.tree, Transpose):
        return Face(face.tree.operand, face.cost - 1)
    return Face(Transpose(face.tree), _cost_of_transposed(face))


def _cost_of_transposed(face: Face) -> float:
    """The cost of the transpose; a transposed product is better written factor by factor."""
    tree = face.tree
    if is_product(tree):
        return face.cost + BRACKETS + _length(tree)
    if isinstance(tree, Transpose):
        return face.cost - 1
    return face.cost + 1 + (BRACKETS if is_compound(tree) else 0)


def _length(tree: Node) -> int:
    count = 1
    while isinstance(tree, Binary) and tree.operator == "*":
        tree, count = tree.left, count + 1
    return count


def two_faced(straight: Face, flipped: Face) -> Piece:
    """Both faces, each replaced by the transpose of the other where that is shorter."""
    if _cost_of_transposed(flipped) < straight.cost:
        return Piece(transposed(flipped), flipped)
    if _cost_of_transposed(straight) < flipped.cost:
        return Piece(straight, transposed(straight))
    return Piece(straight, flipped)


def column(face: Face) -> Piece:
    """A piece that is transposed as a whole where no other way is shorter."""
    return two_faced(face, transposed(face))


def shorter(first: Face, second: Face) -> Face:
    """The face that costs less to read; the first where both are the same."""
    return second if second.cost < first.cost else first


def turned_as_a_whole(piece: Piece, *, unless_longer: bool = False) -> Piece:
    """A piece whose longer face is the transpose of the other: `(x - mean(x))'`."""
    straight, flipped = piece
    if straight.cost <= flipped.cost:
        around = transposed(straight)
        return piece if unless_longer and flipped.cost < around.cost else Piece(straight, around)
    around = transposed(flipped)
    return piece if unless_longer and straight.cost < around.cost else Piece(around, flipped)


def scalar(tree: Node, cost: float) -> Piece:
    """A piece without axes."""
    return Piece(Face(tree, cost), Face(tree, cost))


def symmetric(face: Face) -> Piece:
    """A piece that is its own transpose."""
    return Piece(face, face)


def named(name: str, rank: int, *, row: bool = False, is_symmetric: bool = False) -> Piece:
    """A name; of a row vector it is the flipped face."""
    face = Face(Name(name), 1)
    if rank == 0 or is_symmetric:
        return symmetric(face)
    piece = Piece(face, transposed(face))
    return piece.turned if row else piece


def identity(dim: Dim) -> Piece:
    """The identity matrix, which says its size; it costs what it does where it need not."""
    return symmetric(Face(Call("eye", (dim.syntax(),)), 1))


def numeral(value: Fraction) -> Face:
    """A number; one that does not end in decimals is a quotient."""
    if max(abs(value.numerator), value.denominator) >= 10**DIGIT_LIMIT:
        raise LimitError(f"the answer has a number of more than {DIGIT_LIMIT} digits")
    if value < 0:
        inner = numeral(-value)
        return Face(Negative(inner.tree), inner.cost + 1)
    return Face(Number(value), 3 if decimal_places(value) is None else 1)


def call(function: str, *faces: Face, axis: int | None = None) -> Face:
    """A function of faces."""
    cost = 1 + sum(face.cost for face in faces) + (3 if axis is not None else 0)
    return Face(Call(function, tuple(face.tree for face in faces), axis), cost)


def joined(operator: Operator, left: Face, right: Face) -> Face:
    """Two faces with an operator between them; a juxtaposition costs nothing."""
    cost = left.cost + right.cost + (operator != "*")
    return Face(Binary(operator, left.tree, right.tree), cost)


def juxtaposed(faces: Iterable[Face]) -> Face:
    """A product, bracketed from the left as it is read."""
    parts = [part for face in faces for part in _factors(face)]
    product, *others = _with_powers(parts)
    for part in others:
        product = Face(Binary("*", product.tree, part.tree), product.cost + part.cost)
    return product


def _with_powers(parts: list[Face]) -> list[Face]:
    """A matrix beside itself is written as a power."""
    written = [parts[0]]
    for part in parts[1:]:
        last = written[-1]
        (base, before), (other, more) = _base_and_power(last.tree), _base_and_power(part.tree)
        if type(base) is type(other) and base == other:
            tree = Binary("^", base, Number(before + more))
            gone = symbols(last.tree) + symbols(part.tree)
            written[-1] = Face(tree, last.cost + part.cost - gone + symbols(tree))
        else:
            written.append(part)
    return written


def _base_and_power(tree: Node) -> tuple[Node, Fraction]:
    if isinstance(tree, Binary) and tree.operator == "^" and isinstance(tree.right, Number):
        return tree.left, tree.right.value
    return tree, ONCE


def symbols(tree: Node) -> int:
    """The number of symbols, numbers and operators in a tree."""
    return own_symbols(tree) + sum([symbols(child) for child in children(tree)])


def own_symbols(tree: Node) -> int:
    """The number of symbols of a tree that are in none of its operands."""
    if isinstance(tree, Add):
        return len(tree.terms) - 1 - sum([isinstance(t, Negative) for t in tree.terms[1:]])
    is_product = isinstance(tree, Binary) and tree.operator == "*"
    return 0 if is_product or isinstance(tree, Group) else 1


def factors(face: Face) -> list[Node]:
    """The factors of a product, from left to right."""
    trees: list[Node] = []
    tree = face.tree
    while isinstance(tree, Binary) and tree.operator == "*":
        trees.append(tree.right)
        tree = tree.left
    return [tree, *reversed(trees)]


def _factors(face: Face) -> list[Face]:
    if not is_product(face.tree):
        return [face]
    return [Face(tree, face.cost if k == 0 else 0) for k, tree in enumerate(factors(face))]


def matrix_product(pieces: Sequence[Piece]) -> Piece:
    """A product of pieces, first to last; transposed it runs from last to first."""
    if len(pieces) == 1:
        return pieces[0]
    straight, flipped = zip(*pieces, strict=True)
    return two_faced(juxtaposed(straight), juxtaposed(flipped[::-1]))


def power(face: Face, exponent: Fraction, *, entrywise: bool) -> Face:
    """A face raised to a power; a square root is written as one."""
    if exponent is ONCE or exponent == 1:
        return face
    if exponent == HALF:
        return call("sqrt", face)
    return joined(".^" if entrywise else "^", face, numeral(exponent))


def hadamard(over: Sequence[Piece], under: Sequence[Piece]) -> Piece:
    """The pieces above multiplied entry by entry and divided by those below."""
    faces = zip(*over, *under, strict=True)
    return two_faced(*(_entrywise(each[: len(over)], each[len(over) :]) for each in faces))


def triangle_of(ones: Piece, piece: Piece) -> Piece:
    """A matrix entry by entry with a triangle of ones: the triangle of the matrix."""
    lower, upper = ones.triangle, ones.turned.triangle
    return two_faced(call(lower, piece.straight), call(upper, piece.flipped))


def _entrywise(over: Sequence[Face], under: Sequence[Face]) -> Face:
    face = over[0] if over else Face(Number(Fraction(1)), 1)
    for other in over[1:]:
        face = joined(".*", face, other)
    for other in under:
        face = joined("./", face, other)
    return face


def scaled(
    coefficient: Fraction, over: Sequence[Face], under: Sequence[Face], piece: Piece | None
) -> Piece:
    """A positive number and scalars times a piece, divided by scalars."""
    if (coefficient is ONCE or coefficient == 1) and not over and not under and piece is not None:
        return two_faced(*piece)
    top, bottom = coefficient, list(under)
    if (
        coefficient is not ONCE
        and coefficient.denominator != 1
        and (under or decimal_places(coefficient) is None)
    ):
        top = Fraction(coefficient.numerator)
        bottom.insert(0, numeral(Fraction(coefficient.denominator)))

    def face(inner: Face | None) -> Face:
        # Names first: `2 t tr(M C)`, not `2 tr(M C) t`.
        scalars = sorted(over, key=lambda scalar: not isinstance(scalar.tree, Name))
        parts = [*([numeral(top)] if top != 1 else []), *scalars]
        if inner is not None and _is_reciprocal(inner.tree) and (parts or bottom):
            assert isinstance(inner.tree, Binary)
            below = Face(inner.tree.right, inner.cost - 2)
            return joined("./", _product(parts), juxtaposed([*bottom, below]))
        if inner is not None:
            parts = [*_grouped(parts), inner]
        elif len(over) > 1:
            parts = _grouped(parts)
        return _quotient(_product(parts), bottom)

    if piece is None:
        return symmetric(face(None))
    return two_faced(face(piece.straight), face(piece.flipped))


def _product(parts: Sequence[Face]) -> Face:
    return juxtaposed(parts) if parts else Face(Number(Fraction(1)), 1)


def _is_reciprocal(tree: Node) -> bool:
    return isinstance(tree, Binary) and tree.operator == "./" and tree.left == Number(Fraction(1))


def _grouped(scalars: Sequence[Face]) -> list[Face]:
    """Scalars before an array; an inner product among them keeps its brackets: `(x' y) A`."""
    return [
        Face(Group(face.tree), face.cost)
        if is_product(face.tree) and not _is_of_scalars(face.tree)
        else face
        for face in scalars
    ]


def _is_of_scalars(tree: Node) -> bool:
    """Whether every factor of a product is seen to be a scalar: `2 sum(X)`."""
    match tree:
        case Number():
            return True
        case Binary("*", left, right):
            return _is_of_scalars(left) and _is_of_scalars(right)
        case Binary("^", base, _):
            return _is_of_scalars(base)
        case Call(function, _, None):
            return function in TOTALS
        case _:
            return False


def _quotient(face: Face, under: Sequence[Face]) -> Face:
    below = under if len(under) == 1 else _grouped(under)
    return joined("/", face, juxtaposed(below)) if under else face


def ones(rows: Dim, cols: Dim) -> Piece:
    """An array of ones."""
    sizes = rows.syntax(), cols.syntax()
    return Piece(Face(Call("ones", sizes), 3), Face(Call("ones", sizes[::-1]), 3))


def with_ones(piece: Piece | None, axes: Sequence[Dim], present: Sequence[bool]) -> Piece:
    """A piece times ones, so that it has the axes that it lacks."""
    missing = [dim for dim, there in zip(axes, present, strict=True) if not there]
    if missing and len(missing) == len(axes):
        filled = ones(missing[0], (*missing, ONE)[1])
        return filled if piece is None else scaled(ONCE, [piece.straight], [], filled)
    assert piece is not None, "an axis is there only if something has it"
    if not missing:
        return piece
    if present[0]:
        return matrix_product([piece, ones(missing[0], ONE).turned])
    return matrix_product([ones(missing[0], ONE), piece])
