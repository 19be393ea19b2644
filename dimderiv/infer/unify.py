"""Which sizes must be equal, and which place in the text says so.

A size is a dimension, a variable that may become any dimension, or is computed from two sizes (an
axis of a Kronecker product, of a convolution).  `Unifier` makes sizes equal, remembers the reason
for each step, and can take the latest steps back.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from math import isqrt
from typing import Literal, NamedTuple, TypeAlias

from dimderiv.language import ONE, Dim, Tree, frozen, unused_letters

_SHORT_NAMES = "mnpqkrsdhltuvw"


class Variable:
    """A size that is not known yet, other than 1; `link` is what it turned out to be."""

    __slots__ = ("link", "rank")

    def __init__(self) -> None:
        self.link: SizeTerm | None = None
        self.rank = 0


@frozen.by_identity
class Computed:
    """The product or the sum of two sizes, or what a valid convolution leaves.

    That is `left - right + 1`.
    """

    operation: Literal["product", "sum", "valid"]
    left: "SizeTerm"
    right: "SizeTerm"


SizeTerm: TypeAlias = Dim | Variable | Computed


class MismatchError(Exception):
    """Two sizes that would have to be equal and cannot be."""

    def __init__(self, left: SizeTerm, right: SizeTerm) -> None:
        super().__init__(left, right)
        self.sizes = (left, right)


class SizeEquation(NamedTuple):
    """Two sizes that are equal because of a place in the text."""

    left: SizeTerm
    right: SizeTerm
    reason: Tree


class Mark(NamedTuple):
    """How far a unifier had come."""

    trail: int
    equations: int
    open: int
    computed: int


class Unifier:
    """Makes sizes equal, with a reason for each step."""

    def __init__(self) -> None:
        self.trail: list[Variable] = []
        self.equations: list[SizeEquation] = []
        self.open: list[SizeEquation] = []
        self.computed: list[tuple[Computed, Tree]] = []
        # The parts that a known sum was made of; none where they were in several orders.
        self.sums: dict[Dim, Computed | None] = {}

    def unify(self, left: SizeTerm, right: SizeTerm, reason: Tree) -> None:
        """Make two sizes equal."""
        a, b = found(left), found(right)
        if a is b:
            return
        if type(a) is Variable:
            self._bind(a, b, left, right)
        elif type(b) is Variable:
            self._bind(b, a, left, right)
        elif isinstance(a, Dim) and isinstance(b, Dim):
            if a != b:
                raise MismatchError(left, right)
            return
        else:
            self._postpone(left, right, reason)
        self.equations.append(SizeEquation(left, right, reason))

    def _bind(self, variable: Variable, value: SizeTerm, left: SizeTerm, right: SizeTerm) -> None:
        if value is ONE or variable in variables(value):
            raise MismatchError(left, right)
        # The shallower tree goes below the deeper one, so that chains of links stay short.
        if isinstance(value, Variable):
            if variable.rank > value.rank:
                variable, value = value, variable
            elif variable.rank == value.rank:
                value.rank += 1
        variable.link = value
        self.trail.append(variable)

    def _postpone(self, left: SizeTerm, right: SizeTerm, reason: Tree) -> None:
        """Compare computed sizes at once where they are known, else in the end."""
        if is_open(left) or is_open(right):
            self.open.append(SizeEquation(left, right, reason))
        elif resolved(left) != resolved(right):
            raise MismatchError(left, right)

    def product(self, left: SizeTerm, right: SizeTerm, reason: Tree) -> SizeTerm:
        """The product of two sizes."""
        if left is ONE or right is ONE:
            return right if left is ONE else left
        return self._compute(Computed("product", left, right), reason)

    def sum(self, left: SizeTerm, right: SizeTerm, reason: Tree) -> SizeTerm:
        """The sum of two sizes."""
        term = Computed("sum", left, right)
        size = self._compute(term, reason)
        if isinstance(size, Dim):
            before = self.sums.setdefault(size, term)
            if before is not None and resolved(before.left) != resolved(left):
                self.sums[size] = None
        return size

    def settle(self, size: SizeTerm, value: Dim, reason: Tree) -> None:
        """Make a size what was computed for it, which may be 1 even where it was left open."""
        variable = found(size)
        value = ONE if value == ONE else value
        if isinstance(variable, Variable):
            variable.link = value
            self.trail.append(variable)
            self.equations.append(SizeEquation(size, value, reason))
        else:
            self.unify(size, value, reason)

    def valid(self, image: SizeTerm, kernel: SizeTerm, reason: Tree) -> SizeTerm:
        """The size that a valid convolution leaves of an image."""
        if kernel is ONE:
            return image
        if image is ONE:
            raise MismatchError(image, kernel)
        return self._compute(Computed("valid", image, kernel), reason)

    def full(self, image: SizeTerm, kernel: SizeTerm, reason: Tree) -> SizeTerm:
        """The size that a full convolution makes of an image."""
        if image is ONE or kernel is ONE:
            return kernel if image is ONE else image
        return self.valid(self.sum(image, kernel, reason), Dim.of(2), reason)

    def _compute(self, term: Computed, reason: Tree) -> SizeTerm:
        if is_open(term):
            self.computed.append((term, reason))
            return term
        return _positive(term)

    def mark(self) -> Mark:
        """How far it has come, for `undo`."""
        return Mark(len(self.trail), len(self.equations), len(self.open), len(self.computed))

    def undo(self, mark: Mark) -> None:
        """Take back everything that was done since a mark."""
        for variable in self.trail[mark.trail :]:
            variable.link = None
        del self.trail[mark.trail :]
        del self.equations[mark.equations :]
        del self.open[mark.open :]
        del self.computed[mark.computed :]

    def solve(self) -> SizeEquation | None:
        """Solve what was postponed, as far as possible."""
        waiting = self.open
        while waiting:
            left_over = []
            for equation in waiting:
                try:
                    if not self._settle(equation):
                        left_over.append(equation)
                except MismatchError:
                    return equation
            if len(left_over) == len(waiting):
                break
            waiting = left_over
        return self._match_parts(waiting)

    def _settle(self, equation: SizeEquation) -> bool:
        """Whether an equation holds now, after solving it for a variable if it has only one."""
        unknown = list(variables(equation.left)) + list(variables(equation.right))
        difference = _polynomial(equation.left, unknown) - _polynomial(equation.right, unknown)
        if not difference.monomials:
            return True
        wanted = [v for v in dict.fromkeys(unknown) if _placeholder(v, unknown) in difference.names]
        if not wanted:
            raise MismatchError(equation.left, equation.right)
        solution = _solution(difference, _placeholder(wanted[0], unknown))
        if len(wanted) > 1 or solution is None:
            return False
        if solution == ONE or (solution.number is not None and solution.number < 1):
            raise MismatchError(equation.left, equation.right)
        self.unify(wanted[0], solution, equation.reason)
        return True

    def _match_parts(self, equations: list[SizeEquation]) -> SizeEquation | None:
        """Take products and sums of unknown sizes to be equal part by part."""
        for equation in equations:
            if self._parts(equation.left) and self._parts(equation.right):
                try:
                    if not self._settle(equation):
                        self._match(*equation)
                except MismatchError:
                    return equation
        return None

    def _match(self, left: SizeTerm, right: SizeTerm, reason: Tree) -> None:
        one, other = self._parts(left), self._parts(right)
        if one is None or other is None:
            self.unify(left, right, reason)
        else:
            self._match(one.left, other.left, reason)
            self._match(one.right, other.right, reason)

    def _parts(self, term: SizeTerm) -> Computed | None:
        """The two sizes that a size is made of, also where it is a known sum."""
        size = found(term)
        if isinstance(size, Dim):
            return self.sums.get(size)
        return size if isinstance(size, Computed) else None

    def refuted(self) -> SizeEquation | None:
        """A postponed equation that does not hold, once every variable has a name."""
        for equation in self.open:
            if resolved(equation.left) != resolved(equation.right):
                return equation
        for term, reason in self.computed:
            size = resolved(term).number
            if size is not None and size < 1:
                return SizeEquation(term.left, term.right, reason)
        return None

    def reasons(self, term: SizeTerm) -> list[Tree]:
        """The places that make a size what it is."""
        if not isinstance(term, Variable):
            return []
        neighbours: dict[int, list[tuple[SizeTerm, Tree]]] = {}
        for left, right, reason in self.equations:
            neighbours.setdefault(id(left), []).append((right, reason))
            neighbours.setdefault(id(right), []).append((left, reason))
        queue: deque[tuple[SizeTerm, list[Tree]]] = deque([(term, [])])
        seen = {id(term)}
        while queue:
            place, path = queue.popleft()
            if not isinstance(place, Variable):
                return path
            for other, reason in neighbours.get(id(place), []):
                if id(other) not in seen:
                    seen.add(id(other))
                    queue.append((other, [*path, reason]))
        return []


_COMPUTE: Mapping[str, Callable[[Dim, Dim], Dim]] = {
    "product": lambda left, right: left * right,
    "sum": lambda left, right: left + right,
    "valid": lambda left, right: left - right + ONE,
}


def found(term: SizeTerm) -> SizeTerm:
    """What a size turned out to be, as far as it is known."""
    while type(term) is Variable:
        link = term.link
        if link is None:
            return term
        term = link
    return term


def resolved(term: SizeTerm) -> Dim:
    """The dimension that a size is, once every variable has a name."""
    term = found(term)
    if isinstance(term, Dim):
        return term
    if isinstance(term, Variable):
        raise ValueError("this size has no name yet")
    size = _COMPUTE[term.operation](resolved(term.left), resolved(term.right))
    return ONE if size == ONE else size


def variables(term: SizeTerm) -> Iterator[Variable]:
    """The variables in a size that are still open."""
    term = found(term)
    if isinstance(term, Variable):
        yield term
    elif isinstance(term, Computed):
        yield from variables(term.left)
        yield from variables(term.right)


def is_open(term: SizeTerm) -> bool:
    """Whether a size is not known yet."""
    return next(variables(term), None) is not None


def name_sizes(
    terms: Iterable[SizeTerm], taken: Collection[str], but: Collection[Variable] = ()
) -> None:
    """Give every open variable a short name of its own, but for those that will be told."""
    unnamed = dict.fromkeys(v for term in terms for v in variables(term) if v not in but)
    # A single size is called n, as in `x: n` and `A: n x n`.
    first = "n" if len(unnamed) == 1 else ""
    names = unused_letters(first + _SHORT_NAMES, taken, more="n")
    for variable, name in zip(unnamed, names, strict=False):
        variable.link = Dim.of(name)


def _positive(term: Computed) -> Dim:
    size = resolved(term)
    if size.number is not None and size.number < 1:
        raise MismatchError(term.left, term.right)
    return size


def _placeholder(variable: Variable, unknown: list[Variable]) -> str:
    return f"?{unknown.index(variable)}"


def _polynomial(term: SizeTerm, unknown: list[Variable]) -> Dim:
    term = found(term)
    if isinstance(term, Variable):
        return Dim.of(_placeholder(term, unknown))
    if isinstance(term, Dim):
        return term
    return _COMPUTE[term.operation](
        _polynomial(term.left, unknown), _polynomial(term.right, unknown)
    )


def _solution(difference: Dim, name: str) -> Dim | None:
    """The size of `name` for which a polynomial is 0, if it is linear in it and divides evenly.

    A square is solved too, where the other side is the square of one product: `vec(I)` in a sum.
    """
    rest = Dim(tuple(item for item in difference.monomials if name not in item[0]))
    terms = [item for item in difference.monomials if name in item[0]]
    if len(terms) == 1 and terms[0][0] == (name, name):
        return _square_root(rest, -terms[0][1])
    if len(terms) != 1 or terms[0][0].count(name) > 1:
        return None
    divisor = [other for other in terms[0][0] if other != name]
    quotient = Dim(())
    for monomial, coefficient in rest.monomials:
        left = list(monomial)
        for factor in divisor:
            if factor not in left:
                return None
            left.remove(factor)
        if coefficient % terms[0][1]:
            return None
        quotient += Dim(((tuple(left), -coefficient // terms[0][1]),))
    return quotient


def _square_root(square: Dim, divisor: int) -> Dim | None:
    """The size whose square is a multiple of a product, if there is one."""
    if len(square.monomials) != 1:
        return None
    (monomial, coefficient), *_ = square.monomials
    number = isqrt(max(coefficient // divisor, 0))
    halves = monomial[::2]
    if halves != monomial[1::2] or number * number * divisor != coefficient:
        return None
    return Dim(((halves, number),))
