"""How much the steps of a derivation would tell, and when that is too much to be read."""

from collections.abc import Sequence

from dimderiv.differentiate import Visit
from dimderiv.errors import LimitError

# Each factor of a product is told with all others beside it: this many are some 45 factors.
MOST_FACTORS = 2_000


def refuse_too_long(visits: Sequence[Visit]) -> None:
    """Refuse to tell a product of so many factors that nobody would read it."""
    if max(map(_factors_told, visits), default=0) > MOST_FACTORS:
        raise LimitError(
            "a product has so many factors that its steps would be too long to be read",
            hint="give names to parts of it",
        )


def _factors_told(visit: Visit) -> int:
    """How many factors the steps of one operation show."""
    terms = (term for partial in visit.partials for term in partial.terms)
    return sum(len(term.factors) for term in terms)
