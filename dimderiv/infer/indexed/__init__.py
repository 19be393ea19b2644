"""What only index statements and arrays of more than two axes need; loaded where they occur."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.infer.indexed.affine import is_declared_alone
    from dimderiv.infer.indexed.array_refusals import (
        argument_refused,
        power_refused,
        reshape_misfit,
        transpose_refused,
    )
    from dimderiv.infer.indexed.arrays import stacked_product, stretched
    from dimderiv.infer.indexed.entries import entry_axes
    from dimderiv.infer.indexed.index_refusals import (
        axis_of_entries,
        axis_twice,
        letter_of_no_axis,
        letter_undetermined,
        no_such_axis,
    )
    from dimderiv.infer.indexed.outside import entries_outside, ranges_in_doubt
    from dimderiv.infer.indexed.rearranged import REARRANGED, blocks_axes
    from dimderiv.infer.indexed.statements import index_form_axes, reduction_axes
else:
    __getattr__ = late(
        __name__,
        affine="is_declared_alone",
        array_refusals="argument_refused power_refused reshape_misfit transpose_refused",
        arrays="stacked_product stretched",
        entries="entry_axes",
        index_refusals="axis_of_entries axis_twice letter_of_no_axis letter_undetermined "
        "no_such_axis",
        outside="entries_outside ranges_in_doubt",
        rearranged="REARRANGED blocks_axes",
        statements="index_form_axes reduction_axes",
    )

__all__ = [
    "REARRANGED",
    "argument_refused",
    "axis_of_entries",
    "axis_twice",
    "blocks_axes",
    "entries_outside",
    "entry_axes",
    "index_form_axes",
    "is_declared_alone",
    "letter_of_no_axis",
    "letter_undetermined",
    "no_such_axis",
    "power_refused",
    "ranges_in_doubt",
    "reduction_axes",
    "reshape_misfit",
    "stacked_product",
    "stretched",
    "transpose_refused",
]
