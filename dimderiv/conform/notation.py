"""Matrix notation with two forms: every piece as it stands, and transposed.

Building both at once is what finds the orientation with the fewest transposes: `A' B'` as it stands
is `(B A)'`, and the shorter form of each is kept.  A piece with one axis has a column as its
upright form and a row as its transposed one; a scalar has the same form twice.
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
    IndexForm,
    Name,
    Negative,
    Number,
    Operator,
    Transpose,
    Tree,
    children,
    decimal_places,
    walk,
)

BRACKETS = 0.5
HALF = Fraction(1, 2)
# Functions whose value is a scalar, whatever they are given.
TOTALS = frozenset({"sum", "mean", "max", "min", "tr", "det", "logdet", "norm2", "normF", "norm1"})


class Form(NamedTuple):
    """A tree and what it costs to read: symbols, numbers and operators."""

    tree: Tree
    cost: float


class TwoWay(NamedTuple):
    """A value as it stands and transposed."""

    upright: Form
    transposed: Form

    @property
    def other_way(self) -> "TwoWay":
        """The transpose of this piece."""
        return TwoWay(self.transposed, self.upright)

    @property
    def triangle(self) -> str:
        """The function that makes a triangle of a matrix, where the piece is one of ones."""
        tree = self.upright.tree
        if not isinstance(tree, Call) or tree.function not in {"tril", "triu"}:
            return ""
        (inside,) = tree.arguments
        return tree.function if isinstance(inside, Call) and inside.function == "ones" else ""


def is_compound(tree: Tree) -> bool:
    """Whether a tree needs brackets before a postfix operator."""
    return isinstance(tree, (Add, Binary, Negative))


def is_product(tree: Tree) -> bool:
    """Whether a tree is a product that is not entry by entry."""
    return isinstance(tree, Binary) and tree.operator == "*"


def primed(form: Form) -> Form:
    """The transpose of a form, written with a prime."""
    if isinstance(form.tree, Transpose):
        return Form(form.tree.operand, form.cost - 1)
    return Form(Transpose(form.tree), _cost_of_primed(form))


def _cost_of_primed(form: Form) -> float:
    """The cost of the transpose; a transposed product is better written factor by factor."""
    tree = form.tree
    if is_product(tree):
        return form.cost + BRACKETS + len(factors(form))
    if isinstance(tree, Transpose):
        return form.cost - 1
    return form.cost + 1 + (BRACKETS if is_compound(tree) else 0)


def two_way(upright: Form, transposed: Form) -> TwoWay:
    """Both forms, each replaced by the transpose of the other where that is shorter."""
    if _cost_of_primed(transposed) < upright.cost:
        return TwoWay(primed(transposed), transposed)
    if _cost_of_primed(upright) < transposed.cost:
        return TwoWay(upright, primed(upright))
    return TwoWay(upright, transposed)


def column(form: Form) -> TwoWay:
    """A piece that is transposed as a whole where no other way is shorter."""
    return two_way(form, primed(form))


def shorter(first: Form, second: Form) -> Form:
    """The form that costs less to read; the first where both are the same."""
    return second if second.cost < first.cost else first


def transposed_as_a_whole(piece: TwoWay, *, unless_longer: bool = False) -> TwoWay:
    """A piece whose longer form is the transpose of the other: `(x - mean(x))'`."""
    upright, transposed = piece
    if transposed.cost < upright.cost:
        return transposed_as_a_whole(piece.other_way, unless_longer=unless_longer).other_way
    whole = primed(upright)
    return piece if unless_longer and transposed.cost < whole.cost else TwoWay(upright, whole)


def scalar(tree: Tree, cost: float) -> TwoWay:
    """A piece without axes."""
    return TwoWay(Form(tree, cost), Form(tree, cost))


def symmetric(form: Form) -> TwoWay:
    """A piece that is its own transpose."""
    return TwoWay(form, form)


def named(name: str, rank: int, *, row: bool = False, is_symmetric: bool = False) -> TwoWay:
    """A name; of a row vector it is the transposed form."""
    form = Form(Name(name), 1)
    if rank == 0 or is_symmetric:
        return symmetric(form)
    piece = TwoWay(form, primed(form))
    return piece.other_way if row else piece


def identity(dim: Dim) -> TwoWay:
    """The identity matrix, which says its size; it costs what it does where it need not."""
    return symmetric(Form(Call("eye", (dim.syntax(),)), 1))


def numeral(value: Fraction) -> Form:
    """A number; one that does not end in decimals is a quotient."""
    if max(abs(value.numerator), value.denominator) >= 10**DIGIT_LIMIT:
        raise LimitError(f"the answer has a number of more than {DIGIT_LIMIT} digits")
    if value < 0:
        inner = numeral(-value)
        return Form(Negative(inner.tree), inner.cost + 1)
    return Form(Number(value), 3 if decimal_places(value) is None else 1)


def call(function: str, *forms: Form, axis: int | tuple[int, ...] | None = None) -> Form:
    """A function of forms."""
    cost = 1 + sum(form.cost for form in forms) + (3 if axis is not None else 0)
    return Form(Call(function, tuple(form.tree for form in forms), axis), cost)


def joined(operator: Operator, left: Form, right: Form) -> Form:
    """Two forms with an operator between them; a juxtaposition costs nothing."""
    cost = left.cost + right.cost + (operator != "*")
    return Form(Binary(operator, left.tree, right.tree), cost)


def juxtaposed(forms: Iterable[Form]) -> Form:
    """A product, bracketed from the left as it is read."""
    parts = [part for form in forms for part in _factors(form)]
    product, *others = _with_powers(parts)
    for part in others:
        product = Form(Binary("*", product.tree, part.tree), product.cost + part.cost)
    return product


def _with_powers(parts: list[Form]) -> list[Form]:
    """A matrix beside itself is written as a power."""
    written = [parts[0]]
    for part in parts[1:]:
        last = written[-1]
        (base, before), (other, more) = _base_and_power(last.tree), _base_and_power(part.tree)
        if type(base) is type(other) and base == other:
            tree = Binary("^", base, Number(before + more))
            gone = symbols(last.tree) + symbols(part.tree)
            written[-1] = Form(tree, last.cost + part.cost - gone + symbols(tree))
        else:
            written.append(part)
    return written


def _base_and_power(tree: Tree) -> tuple[Tree, Fraction]:
    if isinstance(tree, Binary) and tree.operator == "^" and isinstance(tree.right, Number):
        return tree.left, tree.right.value
    return tree, ONCE


def symbols(tree: Tree) -> int:
    """The number of symbols, numbers and operators in a tree."""
    return own_symbols(tree) + sum([symbols(child) for child in children(tree)])


def own_symbols(tree: Tree) -> int:
    """The number of symbols of a tree that are in none of its operands."""
    if isinstance(tree, Add):
        return len(tree.terms) - 1 - sum([isinstance(t, Negative) for t in tree.terms[1:]])
    return 0 if is_product(tree) or isinstance(tree, Group) else 1


def has_letters(form: Form) -> bool:
    """Whether some part of a form is written entry by entry, or summed over letters."""
    return any(
        isinstance(part, IndexForm) or (isinstance(part, Call) and part.over)
        for part in walk(form.tree)
    )


def factors(form: Form) -> list[Tree]:
    """The factors of a product, from left to right."""
    trees: list[Tree] = []
    tree = form.tree
    while isinstance(tree, Binary) and tree.operator == "*":
        trees.append(tree.right)
        tree = tree.left
    return [tree, *reversed(trees)]


def _factors(form: Form) -> list[Form]:
    if not is_product(form.tree):
        return [form]
    return [Form(tree, form.cost if k == 0 else 0) for k, tree in enumerate(factors(form))]


def matrix_product(pieces: Sequence[TwoWay]) -> TwoWay:
    """A product of pieces, first to last; transposed it runs from last to first."""
    if len(pieces) == 1:
        return pieces[0]
    upright, transposed = zip(*pieces, strict=True)
    return two_way(juxtaposed(upright), juxtaposed(transposed[::-1]))


def power(form: Form, exponent: Fraction, *, entrywise: bool) -> Form:
    """A form raised to a power; a square root is written as one."""
    if exponent is ONCE or exponent == 1:
        return form
    if exponent == HALF:
        return call("sqrt", form)
    return joined(".^" if entrywise else "^", form, numeral(exponent))


def hadamard(over: Sequence[TwoWay], under: Sequence[TwoWay]) -> TwoWay:
    """The pieces above multiplied entry by entry and divided by those below."""
    forms = zip(*over, *under, strict=True)
    return two_way(*(_entrywise(each[: len(over)], each[len(over) :]) for each in forms))


def triangle_of(ones: TwoWay, piece: TwoWay) -> TwoWay:
    """A matrix entry by entry with a triangle of ones: the triangle of the matrix."""
    lower, upper = ones.triangle, ones.other_way.triangle
    return two_way(call(lower, piece.upright), call(upper, piece.transposed))


def _entrywise(over: Sequence[Form], under: Sequence[Form]) -> Form:
    form = _multiplied(over) if over else Form(Number(Fraction(1)), 1)
    return joined("./", form, _multiplied(under)) if under else form


def _multiplied(forms: Sequence[Form]) -> Form:
    form = forms[0]
    for other in forms[1:]:
        form = joined(".*", form, other)
    return form


def over_and_under(coefficient: Fraction, *, has_under: bool) -> tuple[Fraction, Fraction]:
    """What of a number is written above the line, and what below.

    Args:
        coefficient: the number.
        has_under: whether something else stands below the line.
    """
    if coefficient is ONCE or coefficient.denominator == 1:
        return coefficient, ONCE
    if not has_under and decimal_places(coefficient) is not None:
        return coefficient, ONCE
    return Fraction(coefficient.numerator), Fraction(coefficient.denominator)


def scaled(
    coefficient: Fraction, over: Sequence[Form], under: Sequence[Form], piece: TwoWay | None
) -> TwoWay:
    """A positive number and scalars times a piece, divided by scalars."""
    if (coefficient is ONCE or coefficient == 1) and not over and not under and piece is not None:
        return two_way(*piece)
    top, divisor = over_and_under(coefficient, has_under=bool(under))
    bottom = [*([] if divisor == 1 else [numeral(divisor)]), *under]

    def form(inner: Form | None) -> Form:
        # Names first: `2 t tr(M C)`, not `2 tr(M C) t`.
        scalars = sorted(over, key=lambda scalar: not isinstance(scalar.tree, Name))
        parts = [*([numeral(top)] if top != 1 else []), *scalars]
        if inner is not None and _is_reciprocal(inner.tree) and (parts or bottom):
            assert isinstance(inner.tree, Binary)
            below = Form(inner.tree.right, inner.cost - 2)
            return joined("./", _product(parts), juxtaposed([*bottom, below]))
        if inner is not None:
            parts = [*_grouped(parts), inner]
        elif len(over) > 1:
            parts = _grouped(parts)
        return _quotient(_product(parts), bottom)

    if piece is None:
        return symmetric(form(None))
    return two_way(form(piece.upright), form(piece.transposed))


def _product(parts: Sequence[Form]) -> Form:
    return juxtaposed(parts) if parts else Form(Number(Fraction(1)), 1)


def _is_reciprocal(tree: Tree) -> bool:
    return isinstance(tree, Binary) and tree.operator == "./" and tree.left == Number(Fraction(1))


def _grouped(scalars: Sequence[Form]) -> list[Form]:
    """Scalars before an array; an inner product among them keeps its brackets: `(x' y) A`."""
    return [
        Form(Group(form.tree), form.cost)
        if is_product(form.tree) and not _is_of_scalars(form.tree)
        else form
        for form in scalars
    ]


def _is_of_scalars(tree: Tree) -> bool:
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


def _quotient(form: Form, under: Sequence[Form]) -> Form:
    below = under if len(under) == 1 else _grouped(under)
    return joined("/", form, juxtaposed(below)) if under else form


def ones(rows: Dim, cols: Dim) -> TwoWay:
    """An array of ones."""
    sizes = rows.syntax(), cols.syntax()
    return TwoWay(Form(Call("ones", sizes), 3), Form(Call("ones", sizes[::-1]), 3))


def with_ones(piece: TwoWay | None, axes: Sequence[Dim], present: Sequence[bool]) -> TwoWay:
    """A piece times ones, so that it has the axes that it lacks."""
    missing = [dim for dim, there in zip(axes, present, strict=True) if not there]
    if missing and len(missing) == len(axes):
        filled = ones(missing[0], (*missing, ONE)[1])
        return filled if piece is None else scaled(ONCE, [piece.upright], [], filled)
    assert piece is not None, "an axis is there only if something has it"
    if not missing:
        return piece
    if present[0]:
        return matrix_product([piece, ones(missing[0], ONE).other_way])
    return matrix_product([ones(missing[0], ONE), piece])
