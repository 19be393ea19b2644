"""A claim at given sizes: its expression, its answer and what moves, in either arithmetic."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from dimderiv.errors import ShapeError, VerificationError
from dimderiv.language import frozen
from dimderiv.verify.claim import Claim, NotVerifiableError, sizes_text
from dimderiv.verify.layout import (
    EntryOf,
    Place,
    Placement,
    Size,
    SizedSignature,
    SizeUnknownError,
    Table,
    size_of,
)
from dimderiv.verify.symbolic.arithmetic import AnswerOutside, Arithmetic, Outside
from dimderiv.verify.symbolic.evaluate import Reader


@frozen.record
class Problem:
    """A claim at given sizes.

    Attributes:
        claim: the claim.
        sizes: a number for each dimension.
    """

    claim: Claim
    sizes: Mapping[str, int]

    @cached_property
    def layout(self) -> Placement:
        """Where the derivatives stand."""
        return Placement(self.claim, self.sizes)

    def _reader(self, a: Arithmetic, entries: Mapping[str, Table]) -> Reader:
        claim = self.claim
        sizes = self.sizes
        declared = {name: SizedSignature(each, sizes) for name, each in claim.declared.items()}
        return Reader(a, self.sizes, dict(entries), claim, declared)

    def value(self, a: Arithmetic, entries: Mapping[str, Table]) -> Table:
        """The value of the expression."""
        program, size = self.claim.expression, self.layout.value
        reader = self._reader(a, entries)
        try:
            table = reader.table(reader.last(program), size)
        except ShapeError as error:
            raise self.failure("the expression's sizes do not conform", error.message) from error
        found = Size(*size_of(table))
        if found != size:
            raise self.failure(f"the expression is {found}, not {size}")
        return table

    def answer(self, a: Arithmetic, entries: Mapping[str, Table]) -> EntryOf:
        """The entries of the answer."""
        reader = self._reader(a, entries)
        try:
            return self.layout.answer(reader.last(self.claim.answer), reader.table, reader.form)
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
