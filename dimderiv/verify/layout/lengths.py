"""How many entries an array has along each of its axes: of shapes, and of sizes as written."""

from collections.abc import Callable, Mapping
from math import prod
from operator import mul

from dimderiv.language import Add, Binary, Group, Name, Negative, Number, Shape, Tree
from dimderiv.verify.claim import NotVerifiableError

_OPERATIONS: Mapping[str, Callable[[int, int], int]] = {
    "*": mul,
    "^": lambda base, exponent: base ** max(exponent, 0),
    "//": lambda whole, part: whole // part if part else 0,
}


class Size(tuple[int, ...]):
    """The lengths of the axes: rows and columns, and for an array with more axes all of them."""

    __slots__ = ()

    def __new__(cls, rows: int, cols: int, *more: int) -> "Size":
        """The size with these lengths."""
        return super().__new__(cls, (rows, cols, *more))

    def __getnewargs__(self) -> tuple[int, ...]:
        return tuple(self)

    @property
    def rows(self) -> int:
        """The length of the first axis."""
        return self[0]

    @property
    def cols(self) -> int:
        """The length of the second axis."""
        return self[1]

    @property
    def entries(self) -> int:
        """How many entries there are."""
        return prod(self)

    def __str__(self) -> str:
        return " x ".join(map(str, self))


def size_at(shape: Shape, sizes: Mapping[str, int]) -> Size:
    """A shape in numbers.

    Args:
        shape: the axes, in dimensions.
        sizes: a number for each dimension.
    """
    return Size(*[dim.evaluate(sizes) for dim in shape])


def number_of(node: Tree, sizes: Mapping[str, int]) -> int:
    """A size that is written as an expression in dimensions, as a number.

    Args:
        node: whole numbers, names of dimensions, and sums, products, powers and floors of them.
        sizes: a number for each dimension.

    Raises:
        NotVerifiableError: it is made of something else.
    """
    match node:
        case Number(value) if value.denominator == 1:
            return int(value)
        case Name(name) if name in sizes:
            return sizes[name]
        case Group(operand):
            return number_of(operand, sizes)
        case Negative(operand):
            return -number_of(operand, sizes)
        case Add(terms):
            return sum([number_of(term, sizes) for term in terms])
        case Binary(operator, left, right) if operator in _OPERATIONS:
            return _OPERATIONS[operator](number_of(left, sizes), number_of(right, sizes))
    raise NotVerifiableError("a size that is not made of dimensions", span=node.span)
