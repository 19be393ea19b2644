"""Pieces of numpy code that know their shape, and the operations that put them together.

Every value of the language has rows and columns; the arrays of the code have fewer axes where a
person would leave them out.  A column vector is 1-D, and so is a row that the code itself makes;
a row that comes in as an argument is `(1, C)`.  What is constant along an axis is held without
that axis until it must be written out, and a diagonal matrix is held as its diagonal, so that
`diag(v) A` becomes `v[:, None] * A` and `A ones(n, 1)` becomes `A.sum(axis=1)`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from dimderiv.shapes import ONE, SCALAR, Dim, Shape

# Python gives `@` the level of `*`; one of its own here keeps the two apart by brackets.
COMPARISON, SUM, PRODUCT, MATMUL, SIGN, POWER, ATOM = range(7)

LEVELS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "@": MATMUL, "**": POWER}


@dataclass(frozen=True, slots=True)
class Code:
    """An expression of numpy, and what it stands for.

    Args:
        text: the expression.
        shape: the shape of the value in the language.
        held: the shape that `text` computes; the value repeats it along the axes that it lacks.
        level: how tightly the outermost operator binds.
        form: whether `text` is the array, its diagonal, the matrix that it is the inverse of, or
            the column of the one in each row of a permutation matrix.
        flat: whether a row is held as a 1-D array.
        kept: an equal expression whose row is `(1, C)`; of a permutation, its inverse.
        truth: whether the entries are truth values.
    """

    text: str
    shape: Shape
    held: Shape
    level: int = ATOM
    form: Literal["array", "diagonal", "inverse", "permutation"] = "array"
    flat: bool = True
    kept: str | None = None
    truth: bool = False

    @property
    def is_spread(self) -> bool:
        """Whether the value repeats what the text computes."""
        return self.form == "array" and self.held != self.shape


def array(text: str, shape: Shape, level: int = ATOM) -> Code:
    """The code of an array that is held as it is."""
    return Code(text, shape, shape, level)


def constant(text: str, shape: Shape, level: int = ATOM) -> Code:
    """The code of an array that has the same number everywhere."""
    return Code(text, shape, SCALAR, level)


def diagonal(vector: Code) -> Code:
    """The diagonal matrix of a column vector."""
    shape = Shape(vector.shape.rows, vector.shape.rows)
    return replace(vector, shape=shape, form="diagonal", kept=None)


def permutation(text: str, inverse: str, size: Dim) -> Code:
    """The matrix whose row r has its one in column `text[r]`.

    Args:
        text: an array of the columns.
        inverse: that of the transpose.
        size: how many rows and columns there are.
    """
    column = Shape(size, ONE)
    return Code(text, Shape(size, size), column, form="permutation", kept=inverse)


def along(matrix: Code) -> Code:
    """The column vector on the diagonal of a matrix that is held so."""
    return replace(matrix, shape=Shape(matrix.shape.rows, ONE), form="array")


def wrapped(code: Code, level: int) -> str:
    """The text, in brackets where it binds less tightly than the level."""
    return code.text if code.level >= level else f"({code.text})"


def indexed(code: Code, suffix: str) -> Code:
    """The code with an index or an attribute after it."""
    return replace(code, text=f"{wrapped(code, ATOM)}{suffix}", level=ATOM, kept=None)


def called(code: Code, function: str, arguments: str = "") -> str:
    """A call of a method, or of numpy's function of that name on what is not an atom."""
    if code.level == ATOM:
        return f"{code.text}.{function}({arguments})"
    return f"np.{function}({code.text}{', ' if arguments else ''}{arguments})"


def infix(left: Code, operator: str, right: Code) -> str:
    """Two texts with an operator between them; equal operators group from the left."""
    if operator == "**":
        exponent = right.text if right.level in (ATOM, SIGN) else f"({right.text})"
        return f"{wrapped(left, ATOM)}**{exponent}"
    level = level_of(operator)
    first, second = wrapped(left, level), wrapped(right, level + (operator != "+"))
    if level == COMPARISON or (operator == "*" and left.level == MATMUL):
        first = wrapped(left, level + 1 if level == COMPARISON else SIGN)
    if level == PRODUCT and right.level == MATMUL and not _scales_matrix(operator, left, right):
        second = f"({right.text})"
    if right.text.startswith("-") and second == right.text:
        second = f"({second})"
    return f"{first} {operator} {second}"


def _scales_matrix(operator: str, left: Code, right: Code) -> bool:
    """Whether `2 * (A @ B)` may be `2 * A @ B`, which costs a vector's product too much."""
    return operator == "*" and left.held.is_scalar and right.held.is_matrix


def level_of(operator: str) -> int:
    """How tightly an operator binds; comparisons bind least."""
    return LEVELS.get(operator, COMPARISON)


def broadcast(left: Shape, right: Shape) -> Shape:
    """The shape of an entrywise operation on two shapes that conform."""
    return Shape(*(b if a.is_one else a for a, b in zip(left, right, strict=True)))


def transposed(code: Code) -> Code:
    """The transpose; that of a 1-D array is the array itself."""
    if code.form == "diagonal":
        return code
    if code.form == "permutation":
        return replace(code, text=code.kept or f"np.argsort({code.text})", kept=code.text)
    turned = replace(
        code, shape=code.shape.transposed, held=code.held.transposed, flat=True, kept=None
    )
    if code.held.is_matrix:
        if code.level == ATOM and code.text.endswith(".T"):
            return replace(turned, text=code.text.removesuffix(".T"))
        return indexed(turned, ".T")
    return turned if code.flat or not code.held.is_row else indexed(turned, "[0]")


def negated(code: Code) -> Code:
    """The code with a minus sign before it."""
    code = as_numbers(code)
    kept = code.kept and f"-{code.kept}"
    if code.level == SUM or code.text.startswith("-"):
        return replace(code, text=f"-({code.text})", level=SIGN, kept=None)
    return replace(code, text=f"-{code.text}", level=min(code.level, SIGN), kept=kept)


def as_numbers(code: Code) -> Code:
    """Truth values as the numbers 0 and 1."""
    if not code.truth:
        return code
    text = f"({code.text}).astype(float)"
    if code.held.is_scalar:
        text = f"float({code.text})"
    return replace(code, text=text, level=ATOM, truth=False, kept=None)


class Arrays:
    """Operations whose code may need the size of a dimension.

    Args:
        size: the code of a dimension as a number.
    """

    def __init__(self, size: Callable[[Dim], Code]) -> None:
        self.size = size

    def full(self, code: Code) -> Code:
        """The code of the whole array, as numbers, with every axis of its shape."""
        code = as_numbers(code)
        if code.form == "inverse":
            return array(f"np.linalg.inv({code.text})", code.shape)
        if code.form == "array":
            return self._repeated(code) if code.is_spread else code
        if code.form == "permutation":
            size = self.size(code.shape.rows).text
            return array(f"np.eye({size})[{code.text}]", code.shape)
        if not code.held.is_scalar:
            return array(f"np.diag({code.text})", code.shape)
        eye = array(f"np.eye({self.size(code.shape.rows).text})", code.shape)
        return self.entrywise("*", constant(code.text, SCALAR, code.level), eye)

    def _repeated(self, code: Code) -> Code:
        rows, cols = (self.size(dim).text for dim in code.shape)
        if code.held.is_column:
            return array(f"np.tile({wrapped(code, ATOM)}[:, None], (1, {cols}))", code.shape)
        if code.held.is_row:
            return array(f"np.tile({code.text}, ({rows}, 1))", code.shape)
        sizes = f"({rows}, {cols})" if code.shape.is_matrix else cols if rows == "1" else rows
        number = f"{code.text}.0" if code.text.isdigit() else code.text
        made = {"0": f"np.zeros({sizes})", "1": f"np.ones({sizes})"}
        return array(made.get(code.text, f"np.full({sizes}, {number})"), code.shape)

    def two_axes(self, code: Code) -> str:
        """The text of the whole array with both axes, whatever its shape."""
        code = self.full(code)
        if code.shape.is_scalar:
            return f"np.reshape({code.text}, (1, 1))"
        if code.shape.is_column:
            return indexed(code, "[:, None]").text
        if code.shape.is_row and code.flat:
            return code.kept or indexed(code, "[None, :]").text
        return code.text

    def from_two_axes(self, text: str, shape: Shape) -> Code:
        """The code of an array that an atom gives with both axes."""
        if shape.is_column:
            return array(f"{text}[:, 0]", shape)
        if shape.is_row:
            return Code(text, shape, shape, flat=False)
        return array(f"{text}[0, 0]" if shape.is_scalar else text, shape)

    def mapped(self, code: Code, function: str) -> Code:
        """A function of each entry; `{}` in its text stands for the argument."""
        code = as_numbers(code) if code.form == "array" else self.full(code)
        kept = code.kept and function.format(code.kept)
        return replace(code, text=function.format(code.text), level=ATOM, kept=kept)

    def entrywise(self, operator: str, left: Code, right: Code) -> Code:
        """Two arrays combined entry by entry, by `+ - * / **` or a comparison."""
        merged = self._on_diagonals(operator, left, right)
        if merged is not None:
            return merged
        left, right = (c if c.form == "array" else self.full(c) for c in (left, right))
        if operator == "*" and right.held.is_scalar and not left.held.is_scalar:
            left, right = right, left
        elif operator == "*" and left.truth and not left.held.is_scalar:
            # A minus before the product would be taken of its first factor.
            left, right = right, left
        shape = broadcast(left.shape, right.shape)
        for one, other in ((left, right), (right, left)):
            if operator == "*" and one.text == "1" and not other.truth:
                return replace(other, shape=shape)
        if operator != "*" or left.truth == right.truth or left.held.is_scalar:
            left, right = as_numbers(left), as_numbers(right)
        return replace(self._combined(operator, left, right), shape=shape)

    def _combined(self, operator: str, left: Code, right: Code) -> Code:
        held = broadcast(left.held, right.held)
        if operator == "*" and held.is_matrix:
            column, row = (left, right) if left.held.is_column else (right, left)
            if column.held.is_column and row.held.is_row:
                return array(f"np.outer({column.text}, {row.text})", held)
        if held.is_matrix:
            left, right = (
                indexed(c, "[:, None]") if c.held.is_column else c for c in (left, right)
            )
        text, kept = self._joined(operator, left, right, held)
        level = level_of(operator)
        flat = not held.is_row or (left.flat and right.flat)
        return Code(text, held, held, level, "array", flat, kept, level == COMPARISON)

    def _joined(
        self, operator: str, left: Code, right: Code, held: Shape
    ) -> tuple[str, str | None]:
        text = infix(left, operator, right)
        if not held.is_row or not (left.kept or right.kept):
            return text, None
        left, right = (replace(c, text=c.kept or c.text) for c in (left, right))
        return text, infix(left, operator, right)

    def _on_diagonals(self, operator: str, left: Code, right: Code) -> Code | None:
        forms = (left.form == "diagonal", right.form == "diagonal")
        if not any(forms):
            return None
        if all(forms) and operator in ("+", "-", "*"):
            return diagonal(self.entrywise(operator, along(left), along(right)))
        if operator == "*" or (operator == "/" and right.shape.is_scalar):
            sides = (
                along(left) if forms[0] else self.diagonal_of(left),
                along(right) if forms[1] else self.diagonal_of(right),
            )
            return diagonal(self.entrywise(operator, *sides))
        return None

    def diagonal_of(self, code: Code) -> Code:
        """The diagonal of a matrix as a column vector; a scalar is left as it is."""
        if code.shape.is_scalar:
            return code
        if code.form == "diagonal":
            return along(code)
        code = self.full(code) if code.form == "permutation" else code
        column = Shape(code.shape.rows, ONE)
        if code.held.is_matrix:
            return array(f"np.diag({self.full(code).text})", column)
        flat = transposed(code) if code.held.is_row else code
        return replace(flat, shape=column)

    def product(self, left: Code, right: Code) -> Code:
        """The matrix product, or a multiple where one side is a scalar."""
        if left.shape.is_scalar or right.shape.is_scalar:
            return self.entrywise("*", left, right)
        if "permutation" in (left.form, right.form):
            return self._permuted(left, right)
        if left.form == "diagonal" and right.form == "diagonal":
            return diagonal(self.entrywise("*", along(left), along(right)))
        if left.form == "diagonal":
            return self.entrywise("*", along(left), right)
        if right.form == "diagonal":
            return self.entrywise("*", left, transposed(along(right)))
        left, right = as_numbers(left), as_numbers(right)
        if "inverse" in (left.form, right.form):
            return self._solved(left, right)
        return self._contracted(left, right)

    def _permuted(self, left: Code, right: Code) -> Code:
        """A product with a permutation matrix: the rows or the columns in another order."""
        if left.form == "permutation":
            return indexed(self.full(right), f"[{left.text}]")
        moved, order = self.full(left), transposed(right).text
        is_flat = moved.shape.is_row and moved.flat
        return indexed(moved, f"[{order}]" if is_flat else f"[:, {order}]")

    def _solved(self, left: Code, right: Code) -> Code:
        shape = Shape(left.shape.rows, right.shape.cols)
        if left.form == "inverse" and right.form != "inverse":
            return array(f"np.linalg.solve({left.text}, {self.full(right).text})", shape)
        if left.shape.is_row and left.form != "inverse":
            vector, matrix = transposed(self.full(left)), transposed(right)
            return array(f"np.linalg.solve({matrix.text}, {vector.text})", shape)
        return self._contracted(self.full(left), self.full(right))

    def _contracted(self, left: Code, right: Code) -> Code:
        shape = Shape(left.shape.rows, right.shape.cols)
        if right.held.rows.is_one and not right.shape.rows.is_one:
            row = replace(right, shape=Shape(ONE, shape.cols))
            return self.entrywise("*", self.total(left, 1), row)
        if left.held.cols.is_one and not left.shape.cols.is_one:
            column = replace(left, shape=Shape(shape.rows, ONE))
            return self.entrywise("*", column, self.total(right, 0))
        if left.is_spread or right.is_spread:
            bare = (replace(c, shape=c.held) for c in (left, right))
            return replace(self.product(*bare), shape=shape)
        if left.shape.is_column:
            return self.entrywise("*", left, right)
        if shape.is_scalar and not left.flat:
            left = transposed(left)
        text, kept = self._joined("@", left, right, shape)
        flat = not shape.is_row or left.flat
        return Code(text, shape, shape, MATMUL, flat=flat, kept=kept)

    def total(self, code: Code, axis: int | None) -> Code:
        """The sum over all entries, or along one axis."""
        if code.form == "diagonal" and axis is not None:
            return transposed(along(code)) if axis == 0 else along(code)
        code = along(code) if code.form == "diagonal" else code
        code = self.full(code) if code.form == "permutation" else code
        result = self.reduced(code, "sum", axis)
        for number in (0, 1) if axis is None else (axis,):
            if code.held[number].is_one and not code.shape[number].is_one:
                times = constant(self.size(code.shape[number]).text, SCALAR, ATOM)
                result = self.entrywise("*", times, result)
        return result

    def reduced(self, code: Code, function: str, axis: int | None) -> Code:
        """One of `sum mean max min` of what is held, along one axis or all."""
        code = as_numbers(code) if code.form == "array" else self.full(code)
        axes = [n for n in (0, 1) if axis in (None, n)]
        shape, held = (
            Shape(*(ONE if n in axes else s[n] for n in (0, 1))) for s in (code.shape, code.held)
        )
        if held == code.held:
            return replace(code, shape=shape)
        if held.is_scalar:
            return Code(called(code, function), shape, held)
        kept = called(code, function, f"axis={axis}, keepdims=True") if axis == 0 else None
        return Code(called(code, function, f"axis={axis}"), shape, held, kept=kept)
