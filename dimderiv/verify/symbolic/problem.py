"""A claim at given sizes: its expression, its answer and what moves, in either arithmetic."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from dimderiv.errors import ShapeError, VerificationError
from dimderiv.language import Call, Dim, IndexForm, Name, Node, walk
from dimderiv.verify.claim import Claim, NotVerifiableError, sizes_text
from dimderiv.verify.symbolic.arithmetic import AnswerOutside, Arithmetic, Outside
from dimderiv.verify.symbolic.evaluate import Reader
from dimderiv.verify.symbolic.layout import Answer, Layout, Place
from dimderiv.verify.symbolic.sizes import assignments, size_at
from dimderiv.verify.symbolic.tables import Entry, SizeUnknownError, Table, size_of

# An entry of a symbol that moves, and how fast.
Move: TypeAlias = tuple[str, Place, Entry]

_OF_SIZES = frozenset({"ones", "zeros", "eye", "commutation", "K"})
# The entries that move with the one in row i and column j, and how fast.
_TIED: Mapping[str, Callable[[int, int], Mapping[Place, int]]] = {
    "symmetric": lambda i, j: {(i, j): 1, (j, i): 1},
    "skew": lambda i, j: {(i, j): 1, (j, i): -1} if i != j else {},
    "diagonal": lambda i, j: {(i, j): int(i == j)},
    "lower": lambda i, j: {(i, j): int(i >= j)},
    "upper": lambda i, j: {(i, j): int(i <= j)},
}


def sizes_for(claim: Claim) -> list[dict[str, int]]:
    """Sizes for the dimensions of a claim, the best ones first."""
    shapes = [declaration.shape for declaration in claim.symbols.values()]
    inner = [claim.value, *claim.inner, *claim.unknown.values()]
    names = [name for shape in (*shapes, *inner) for dim in shape for name in _names(dim)]
    for node in _nodes(claim):
        names.extend(_sizes_named(node))
        names.extend(n.name for n in walk(node) if isinstance(n, Name) and n.name in claim.sizes)
    return assignments(list(dict.fromkeys(names)), shapes, inner)


def _names(dim: Dim) -> Iterator[str]:
    for monomial, _ in dim.monomials:
        yield from monomial


def _nodes(claim: Claim) -> Iterator[Node]:
    for program in (claim.expression, claim.answer):
        yield from (statement.value for statement in program.statements)
    yield from (body for _, body in claim.definitions.values())
    yield from claim.columns.values()


def _sizes_named(node: Node) -> Iterator[str]:
    """The names that can only be dimensions, by their place."""
    for part in walk(node):
        sizes: Sequence[Node] = ()
        if isinstance(part, IndexForm):
            sizes = [size for _, size in part.letters]
        elif isinstance(part, Call) and part.function in _OF_SIZES:
            sizes = part.arguments
        for size in sizes:
            yield from (each.name for each in walk(size) if isinstance(each, Name))


def distributions(claim: Claim) -> frozenset[str]:
    """The symbols that are the second argument of a cross-entropy: their rows sum to 1."""
    return frozenset(
        part.arguments[1].name
        for node in _nodes(claim)
        for part in walk(node)
        if isinstance(part, Call)
        and part.function == "cross_entropy"
        and len(part.arguments) == 2
        and isinstance(part.arguments[1], Name)
    )


@dataclass(frozen=True)
class Problem:
    """A claim at given sizes.

    Attributes:
        claim: the claim.
        sizes: a number for each dimension.
    """

    claim: Claim
    sizes: Mapping[str, int]

    @cached_property
    def layout(self) -> Layout:
        """Where the derivatives stand."""
        claim = self.claim
        wrt = (1, 1) if claim.along else size_at(claim.symbols[claim.wrt].shape, self.sizes)
        return Layout(claim, size_at(claim.value, self.sizes), wrt)

    def moves(self, place: Place, entries: Mapping[str, Table]) -> list[Move]:
        """What moves with one coordinate of the variable."""
        claim = self.claim
        if claim.along:
            return [
                (name, (i, j), slope)
                for name, direction in claim.along.items()
                for i, row in enumerate(entries[direction])
                for j, slope in enumerate(row)
            ]
        together = _TIED[claim.structure](*place) if claim.structure else {place: 1}
        return [(claim.wrt, each, slope) for each, slope in together.items() if slope]

    def _reader(self, a: Arithmetic, entries: Mapping[str, Table]) -> Reader:
        claim = self.claim
        unknown = {name: size_at(shape, self.sizes) for name, shape in claim.unknown.items()}
        own = (claim.definitions, claim.elementwise, claim.columns, unknown, claim.values)
        return Reader(a, self.sizes, dict(entries), *own)

    def value(self, a: Arithmetic, entries: Mapping[str, Table]) -> Table:
        """The value of the expression."""
        program, size = self.claim.expression, self.layout.value
        reader = self._reader(a, entries)
        try:
            table = reader.table(reader.last(program), size)
        except ShapeError as error:
            raise self.failure("the expression's sizes do not conform", error.message) from error
        if size_of(table) != size:
            raise self.failure(f"the expression is {size_of(table)}, not {size}")
        return table

    def answer(self, a: Arithmetic, entries: Mapping[str, Table]) -> Answer:
        """The entries of the answer."""
        reader = self._reader(a, entries)
        try:
            return self.layout.answer(reader, reader.last(self.claim.answer))
        except (Outside, ZeroDivisionError) as error:
            raise AnswerOutside(*error.args) from error
        except ShapeError as error:
            raise self.failure("the answer's sizes do not conform", error.message) from error
        except SizeUnknownError:
            raise
        except NotVerifiableError as error:
            raise self.failure("the answer has no value", error.message) from error

    def failure(self, message: str, *known: str) -> VerificationError:
        """The error that withholds the answer."""
        sizes = [f"sizes {sizes_text(self.sizes)}"] if self.sizes else []
        return VerificationError(message, known=(*known, *sizes))

    def disagreement(
        self, place: Place, wrt_places: Sequence[Place], expected: str, found: str
    ) -> VerificationError:
        """The error of two values that ought to be equal."""
        return self.failure(
            f"the answer disagrees with the expression at {self.layout.label(place, wrt_places)}",
            f"the derivative of the expression is {expected}",
            f"the answer gives {found}",
        )
