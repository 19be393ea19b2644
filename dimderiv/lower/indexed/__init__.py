"""What only entries, index statements, blocks and rearranged arrays need."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.lower.indexed.entries import entries_of
    from dimderiv.lower.indexed.index_forms import compared, laid_out, no_value
    from dimderiv.lower.indexed.placing import commutation, onehot, permuted, placed, reshaped
else:
    __getattr__ = late(
        __name__,
        entries="entries_of",
        index_forms="compared laid_out no_value",
        placing="commutation onehot permuted placed reshaped",
    )

__all__ = [
    "commutation",
    "compared",
    "entries_of",
    "laid_out",
    "no_value",
    "onehot",
    "permuted",
    "placed",
    "reshaped",
]
