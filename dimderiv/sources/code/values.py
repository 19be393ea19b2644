"""What an expression of code is: an array with a number of axes, or something beside arrays.

A 1-D array is a column in the language, or a row where that is how it came about: `X.mean(axis=0)`.
"""

import ast
from collections.abc import Callable, Mapping, Set
from dataclasses import field
from fractions import Fraction
from typing import NoReturn, TypeAlias

from dimderiv.errors import DimderivError, ParseError, ShapeError, Span
from dimderiv.language import Name, Negative, Number, Shape, Transpose, Tree, frozen, walk


@frozen.record
class Array:
    """An array of NumPy as a tree of the language.

    Attributes:
        tree: the tree; a scalar where there are no axes, a column or a row where there is one.
        axes: how many axes NumPy counts.
        is_row: whether the tree of an array with one axis is a row.
        turned: the same as a column, where that is no mere transpose.
    """

    tree: Tree
    axes: int
    is_row: bool = False
    turned: Tree | None = None

    @property
    def column(self) -> Tree:
        """The tree of an array with one axis, as a column."""
        if not self.is_row:
            return self.tree
        return self.turned or transposed(self.tree)

    @property
    def row(self) -> Tree:
        """The tree of an array with one axis, as a row."""
        return self.tree if self.is_row else transposed(self.tree)

    @property
    def number(self) -> Fraction | None:
        """The number that it is, if it is written as one."""
        match self.tree:
            case Number(value):
                return value
            case Negative(Number(value)):
                return -value
        return None

    @property
    def whole(self) -> int | None:
        """The whole number that it is, if it is written as one."""
        number = self.number
        return int(number) if number is not None and number.denominator == 1 else None

    @property
    def name(self) -> str | None:
        """The name that it is, if it is one."""
        return self.tree.name if isinstance(self.tree, Name) else None


@frozen.record
class Parts:
    """Several values with names, of which only some are read: `sign, logdet = slogdet(A)`."""

    function: str
    values: Mapping[str, "Array | None"]


@frozen.record
class Function:
    """A function of a library: `np.linalg.norm` is `norm` of `numpy`."""

    name: str
    library: str


@frozen.record
class Module:
    """A library, or a part of one."""

    path: str


@frozen.record
class Written:
    """A function that the text itself defines, with the names that it sees around it."""

    name: str
    parameters: ast.arguments
    body: "tuple[ast.stmt, ...] | ast.expr"
    around: "Mapping[str, Value]" = field(compare=False, repr=False)


@frozen.record
class Slope:
    """A derivative of such a function: `jax.grad(D)`.

    Attributes:
        of: the function.
        function: the derivative in the language.
        argument: the place of the argument that it is by.
        with_value: whether the value is returned too.
    """

    of: Written
    function: str
    argument: int
    with_value: bool


@frozen.record
class Kind:
    """The type of the entries of an array, which changes nothing here: `np.float32`."""


@frozen.record
class Counting:
    """The whole numbers below a size, `np.arange(n)`, as an index."""

    size: Array


Value: TypeAlias = (
    "Array | Parts | Function | Module | Written | Slope | Kind | Counting"
    " | str | bool | tuple[Value, ...] | None"
)


@frozen.record
class Claim:
    """What the shape of a part has to be for the reading to be right.

    Attributes:
        holds: whether a shape is such.
        message: what is wrong where it is not.
    """

    holds: Callable[[Shape], bool]
    message: str


# The language takes a column for one row as a whole, and makes a matrix of its entries.
IS_NO_COLUMN = Claim(lambda shape: not shape.is_column, "an axis of size 1 is not read here")
IS_NO_VECTOR = Claim(
    lambda shape: not shape.is_column and not shape.is_row, "an axis of size 1 is not read here"
)
IS_ROW = Claim(lambda shape: shape.rows.is_one, "the axis that is left out has not size 1")
IS_COLUMN = Claim(lambda shape: shape.cols.is_one, "the axis that is left out has not size 1")
IS_NUMBER = Claim(lambda shape: shape.is_scalar, "there is more than one entry")


@frozen.record
class Place:
    """Where a function is called, and what it may ask there.

    Attributes:
        span: the place in the text.
        text: what stands there.
        library: the library that the function is of; empty where that is not known.
        taken: the names that are no letters: of sizes, and all of the text.
        whole: the symbols of which no axis is known to have size 1.
        is_formula: whether a formula of ours is read there.
        size: the size of an axis of an array.
        assume: tells what is assumed.
        hesitate: says how far the reading is from what people write.
        claim: notes what the shape of a part has to be, once it is known.
    """

    span: Span
    text: str
    library: str
    taken: frozenset[str]
    whole: Set[str]
    is_formula: bool
    size: Callable[[Array, int], Array] = field(compare=False, repr=False)
    assume: Callable[[str], None] = field(compare=False, repr=False)
    hesitate: Callable[[float], None] = field(compare=False, repr=False)
    claim: Callable[[Tree, Claim], None] = field(compare=False, repr=False)

    def refuse(
        self, message: str, hint: str | None = None, error: type[DimderivError] = ParseError
    ) -> NoReturn:
        """Say what is not read here."""
        raise error(message, span=self.span, hint=hint)

    def misfit(self, message: str, hint: str | None = None) -> NoReturn:
        """Say that the axes do not fit; other counts of axes may."""
        raise ShapeError(message, span=self.span, hint=hint)

    def has_sign(self, sign: str, left: Tree, right: Tree) -> bool:
        """Whether a sign stands between two operands."""
        start = self.span[0]
        return sign in self.text[max(left.span[1] - start, 0) : max(right.span[0] - start, 0)]

    def array(self, value: Value, axes: int | None = None) -> Array:
        """The array that a value is, with a number of axes where one is asked for."""
        if not isinstance(value, Array):
            self.refuse(f"{described(value)} is no array here")
        if axes is not None and value.axes != axes:
            wanted = f"an array with {counted(axes)} is needed here"
            self.misfit(f"{wanted}, and this one has {counted(value.axes)}")
        return value


# The size of an axis, while nobody knows it; it is told by its identity.
UNKNOWN = Number(Fraction(2))


def is_known(size: Tree) -> bool:
    """Whether a size is known by now."""
    return not any(part is UNKNOWN for part in walk(size))


def transposed(tree: Tree) -> Tree:
    """The transpose; that of a transpose is what it is of."""
    return tree.operand if isinstance(tree, Transpose) else Transpose(tree, tree.span)


def whole_number(number: int, span: Span) -> Tree:
    """A whole number as a tree."""
    tree = Number(Fraction(abs(number)), span)
    return Negative(tree, span) if number < 0 else tree


def counted(axes: int) -> str:
    """A number of axes in words."""
    return "no axes" if axes == 0 else "one axis" if axes == 1 else f"{axes} axes"


def described(value: Value) -> str:
    """What a value is that is no array."""
    match value:
        case Parts(function):
            return f"all that {function} returns"
        case Function(name) | Written(name):
            return f"the function {name}"
        case Module(path):
            return f"the library {path}"
        case Slope(of):
            return f"a derivative of {of.name}"
        case Kind():
            return "a type"
        case Counting():
            return "a range of whole numbers"
        case tuple():
            return "a list of several values"
    return repr(value)
