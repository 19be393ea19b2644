"""Entries of functions that are declared only, and of their derivatives."""

from collections.abc import Sequence
from itertools import product

from dimderiv.language import declared_part, places_of
from dimderiv.verify.layout import SizedSignature, entry_pairs
from dimderiv.verify.symbolic.arithmetic import Arithmetic
from dimderiv.verify.symbolic.tables import Entry


def unknown_entries(
    a: Arithmetic, function: str, known: SizedSignature, given: Sequence[Entry]
) -> list[Entry]:
    """The entries by those of the value, then by those of each argument in turn.

    Args:
        a: the arithmetic of the entries.
        function: the function, or a derivative of it.
        known: what it takes and returns.
        given: the entries of all arguments.
    """
    name, first = declared_part(function)[0], known.first_entries()
    counts = [size.entries for size in known.arguments]
    moved = [range(first[k], first[k] + counts[k]) for k in places_of(function)]
    pairs = entry_pairs(known.value, is_symmetric=bool(known.signature.properties))
    names = [name if known.signature.value.is_scalar else f"{name}_{i}_{j}" for i, j in pairs]
    return [a.declared(each, places, given) for each in names for places in product(*moved)]
