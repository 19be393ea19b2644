"""Dimensions and shapes: what an axis is called, and what the user declared of a symbol.

A dimension is a polynomial in named sizes: `m`, `3`, `m n` (an axis of a Kronecker product),
`H - K + 1` (an axis of a valid convolution).  Two different names are two different dimensions.
A quotient rounded down, `(H - 1)//2`, stands in it as a named size does.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from fractions import Fraction
from functools import cached_property, lru_cache, reduce

from dimderiv.errors import ShapeError
from dimderiv.language import frozen
from dimderiv.language.syntax import Add, Binary, Name, Negative, Number, Tree

Monomial = tuple[str, ...]


class Floor(str):
    """A quotient rounded down, whose text is its name: `H//2`, `(H + 1)//2`."""

    dividend: "Dim"
    divisor: int

    @staticmethod
    def of(dividend: "Dim", divisor: int) -> "Floor":
        """The quotient of two sizes, rounded down."""
        floor = Floor(f"{dividend.bracketed}//{divisor}")
        floor.dividend, floor.divisor = dividend, divisor
        return floor

    def evaluate(self, sizes: Mapping[str, int]) -> int:
        """The quotient as a number."""
        return self.dividend.evaluate(sizes) // self.divisor

    def syntax(self) -> Tree:
        """The quotient as an expression of the language."""
        return Binary("//", self.dividend.syntax(), Number(Fraction(self.divisor)))


@frozen.record
class Dim:
    """The size of one axis: a polynomial with integer coefficients in named sizes.

    >>> str(Dim.of("H") - Dim.of("K") + Dim.of(1))
    'H - K + 1'
    >>> (Dim.of("m") * Dim.of("n")).evaluate({"m": 2, "n": 3})
    6
    """

    monomials: tuple[tuple[Monomial, int], ...]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Kept, since plans look up the sizes of each axis again and again."""
        return hash(self.monomials)

    @staticmethod
    @lru_cache
    def of(size: "str | int | Dim") -> "Dim":
        """The dimension of a name, a number, or itself."""
        if isinstance(size, Dim):
            return size
        if isinstance(size, int):
            return Dim((((), size),) if size else ())
        return Dim((((size,), 1),))

    @cached_property
    def names(self) -> frozenset[str]:
        """The named sizes that occur."""
        factors = {name for monomial, _ in self.monomials for name in monomial}
        floors = [factor for factor in factors if isinstance(factor, Floor)]
        return frozenset(factors.difference(floors)).union(*[f.dividend.names for f in floors])

    @cached_property
    def number(self) -> int | None:
        """The size, where no name occurs."""
        if not self.monomials:
            return 0
        return self.monomials[0][1] if self.monomials[0][0] == () else None

    @property
    def is_one(self) -> bool:
        """Whether the size is fixed at 1."""
        return self.monomials == ONE.monomials

    def __add__(self, other: "Dim") -> "Dim":
        return _collected((*self.monomials, *other.monomials))

    def __sub__(self, other: "Dim") -> "Dim":
        return _collected((*self.monomials, *((m, -c) for m, c in other.monomials)))

    def __mul__(self, other: "Dim") -> "Dim":
        return _collected(
            tuple(
                (tuple(sorted(m + n)), c * d) for m, c in self.monomials for n, d in other.monomials
            )
        )

    def __floordiv__(self, divisor: int) -> "Dim":
        """The quotient rounded down: what divides evenly leaves it, so that it has one form."""
        whole = Dim(tuple([(m, c // divisor) for m, c in self.monomials if c // divisor]))
        rest = Dim(tuple([(m, c % divisor) for m, c in self.monomials if c % divisor]))
        match rest.monomials:
            case (((Floor() as inner,), 1), *more) if not more or more[0][0] == ():
                dividend = inner.dividend + (rest - Dim.of(inner)) * Dim.of(inner.divisor)
                return whole + dividend // (inner.divisor * divisor)
        return whole if rest.number is not None else whole + Dim.of(Floor.of(rest, divisor))

    def evaluate(self, sizes: Mapping[str, int]) -> int:
        """The size as a number.

        Args:
            sizes: a number for each name.
        """
        total = 0
        for monomial, coefficient in self.monomials:
            for name in monomial:
                size = name.evaluate(sizes) if isinstance(name, Floor) else sizes[name]
                coefficient *= size
            total += coefficient
        return total

    def syntax(self) -> Tree:
        """The size as an expression of the language."""
        terms = [_monomial_syntax(m, c) for m, c in _shown(self)]
        if not terms:
            return Number(Fraction(0))
        return terms[0] if len(terms) == 1 else Add(tuple(terms))

    @property
    def bracketed(self) -> str:
        """The size as it stands beside another one: in brackets, unless it is a single word.

        >>> (Dim.of("m") + Dim.of("p")).bracketed
        '(m + p)'
        """
        text = str(self)
        return f"({text})" if " " in text else text

    def __str__(self) -> str:
        match self.monomials:
            case ():
                return "0"
            case (((name,), 1),):
                return str(name)
        text = ""
        for monomial, coefficient in _shown(self):
            size = abs(coefficient)
            is_alone = size == 1 and len(monomial) == 1
            body = " ".join([_beside(name, is_alone) for name in monomial])
            if size != 1 or not body:
                body = f"{size} {body}".strip()
            sign = "-" if coefficient < 0 else "+"
            text += f" {sign} {body}" if text else (f"-{body}" if coefficient < 0 else body)
        return text


# No size of an axis is a higher power of another.
MOST_POWER = 8
ONE = Dim((((), 1),))
NOTHING = Dim.of(0)


def _collected(terms: tuple[tuple[Monomial, int], ...]) -> Dim:
    total: dict[Monomial, int] = {}
    for monomial, coefficient in terms:
        total[monomial] = total.get(monomial, 0) + coefficient
    kept = [(m, c) for m, c in total.items() if c]
    kept.sort(key=lambda term: (-len(term[0]), term[1] < 0, term[0]))
    return Dim(tuple(kept))


def _shown(dim: Dim) -> tuple[tuple[Monomial, int], ...]:
    """The terms as people write them: `(H - 1)//2` for `(H + 1)//2 - 1`."""
    if len(dim.monomials) < 2:
        return dim.monomials
    alone = [m[0] for m, c in dim.monomials if c == 1 and len(m) == 1 and isinstance(m[0], Floor)]
    if len(alone) != 1:
        return dim.monomials
    floor = alone[0]
    inside = dict(floor.dividend.monomials)
    taken_in = Dim(tuple([(m, c) for m, c in dim.monomials if c < 0 and m in inside]))
    dividend = floor.dividend + taken_in * Dim.of(floor.divisor)
    kept = [(m, c) for m, c in (dim - taken_in).monomials if m != (floor,)]
    return ((Floor.of(dividend, floor.divisor),), 1), *kept


def _beside(name: str, is_alone: bool) -> str:
    """A factor as it stands in a product: a quotient in brackets."""
    return f"({name})" if isinstance(name, Floor) and not is_alone else name


def _monomial_syntax(monomial: Monomial, coefficient: int) -> Tree:
    factors: list[Tree] = [
        _factor_syntax(name)
        if count == 1
        else Binary("^", _factor_syntax(name), Number(Fraction(count)))
        for name, count in Counter(monomial).items()
    ]
    if abs(coefficient) != 1 or not factors:
        factors.insert(0, Number(Fraction(abs(coefficient))))
    product = factors[0]
    for factor in factors[1:]:
        product = Binary("*", product, factor)
    return Negative(product) if coefficient < 0 else product


def _factor_syntax(name: str) -> Tree:
    return name.syntax() if isinstance(name, Floor) else Name(name)


def size_of(node: Tree, names: Container[str] | None = None) -> Dim:
    """The dimension that a size in a text is.

    Args:
        node: names of dimensions, whole numbers, and sums, products and powers of them, and
            quotients by whole numbers that are rounded down.
        names: those of the dimensions, if not every name may be one.

    Raises:
        ShapeError: it is something else.

    >>> str(size_of(Binary("*", Name("m"), Name("n"))))
    'm n'
    """
    match node:
        case Number(value) if value.denominator == 1:
            return Dim.of(int(value))
        case Name(name) if names is None or name in names:
            return Dim.of(name)
        case Negative(operand):
            return Dim.of(0) - size_of(operand, names)
        case Add(terms):
            return reduce(Dim.__add__, [size_of(term, names) for term in terms])
        case Binary("*", left, right):
            return size_of(left, names) * size_of(right, names)
        case Binary("^", base, Number(power)) if power in range(1, MOST_POWER + 1):
            return reduce(Dim.__mul__, [size_of(base, names)] * int(power))
        case Binary("//", left, Number(divisor)) if divisor >= 1 and divisor.denominator == 1:
            return size_of(left, names) // int(divisor)
    raise ShapeError("this is not the size of an axis", span=node.span)


class Shape(tuple[Dim, ...]):
    """The axes of an array: rows and columns, and for an array with more axes all of them.

    A column vector is `n x 1`, a row vector `1 x n`, a scalar `1 x 1`; no shape has fewer than two
    axes.
    """

    __slots__ = ()

    def __new__(cls, *axes: Dim) -> "Shape":
        """The shape with these axes, two or more."""
        return tuple.__new__(cls, axes)

    def __getnewargs__(self) -> tuple[Dim, ...]:
        return tuple(self)

    @staticmethod
    def of(axes: Iterable[Dim]) -> "Shape":
        """The shape of an array with these axes; a single one makes a column."""
        given = tuple(axes)
        return Shape(*given, *(ONE, ONE)[len(given) :])

    @property
    def rows(self) -> Dim:
        """The first axis."""
        return self[0]

    @property
    def cols(self) -> Dim:
        """The second axis."""
        return self[1]

    @property
    def has_more_axes(self) -> bool:
        """Whether there are more axes than rows and columns."""
        return len(self) > 2

    @property
    def is_scalar(self) -> bool:
        """Whether both axes have size 1."""
        return self[0].is_one and self[1].is_one and len(self) == 2

    @property
    def is_column(self) -> bool:
        """Whether this is the shape of a column vector."""
        return self[1].is_one and not self[0].is_one and len(self) == 2

    @property
    def is_row(self) -> bool:
        """Whether this is the shape of a row vector."""
        return self[0].is_one and not self[1].is_one and len(self) == 2

    @property
    def is_matrix(self) -> bool:
        """Whether there are two axes, neither of size 1."""
        return len(self) == 2 and not self[0].is_one and not self[1].is_one

    @property
    def transposed(self) -> "Shape":
        """Rows and columns exchanged."""
        rows, cols = self
        return Shape(cols, rows)

    @property
    def axes(self) -> tuple[Dim, ...]:
        """The dimensions of the axes whose size is not fixed at 1."""
        return tuple([dim for dim in self if not dim.is_one])

    @property
    def entries(self) -> Dim:
        """How many entries there are."""
        return reduce(Dim.__mul__, self, ONE)

    def __str__(self) -> str:
        if self.is_scalar:
            return "scalar"
        sizes = [dim.bracketed for dim in self]
        return sizes[0] if self.is_column else " x ".join(sizes)

    def __repr__(self) -> str:
        return f"Shape({', '.join(map(repr, self))})"


SCALAR = Shape(ONE, ONE)
# Sizes that the surroundings tell, as those of `vector` and `matrix`; no name has such letters.
OPEN = (Dim.of("?"), Dim.of("??"), Dim.of("???"), Dim.of("????"))
