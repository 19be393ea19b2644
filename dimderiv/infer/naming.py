"""The end of the search: every size that is still open gets a name, or is computed from others."""

from collections.abc import Collection, Iterator

from dimderiv.infer import indexed
from dimderiv.infer.asterisks import refuse_ambiguous_products
from dimderiv.infer.clashes import ClashError, operands_misfit
from dimderiv.infer.kinds import Doubt, settle_kinds
from dimderiv.infer.postponed import postponed_misfit
from dimderiv.infer.progress import Progress, settle_late
from dimderiv.infer.refusals import undetermined
from dimderiv.infer.scope import Scope
from dimderiv.infer.unify import (
    MismatchError,
    Variable,
    is_open,
    name_sizes,
    resolved,
    variables,
)
from dimderiv.language import ONE, Shape


def settle_sizes(progress: Progress, value: Shape | None) -> tuple[Doubt, ...]:
    """Find kinds and sizes, and give every size a name.

    Args:
        progress: the program, of which nothing has been visited.
        value: the shape of the value, where that is known beforehand.

    Raises:
        ShapeError: nothing conforms, or a size is not determined.
        LimitError: too many kinds of symbols would have to be tried.
    """
    scope = progress.scope
    clash, doubts = settle_kinds(progress)
    if clash is None and value is not None:
        clash = _value_clash(progress, value)
    taken = {*scope.names, *scope.declared, *scope.sizes, *scope.rulebook.declared}
    # In brackets a name would be the size, and no longer the letter.
    taken.update(*scope.bound.values())
    if clash is None:
        clash = _named(scope, taken)
    if clash is None:
        _refuse_undetermined(scope)
        refuse_ambiguous_products(scope, progress.program)
        refuted = scope.unifier.refuted()
        if refuted is None:
            return doubts
        clash = ClashError(refuted.reason, postponed_misfit, refuted[:2])
    name_sizes([*scope.named_sizes(), *scope.open_sizes(), *(clash.sizes or ())], taken)
    raise clash.write(scope, clash)


def _value_clash(progress: Progress, value: Shape) -> ClashError | None:
    """Give the value the sizes that are known beforehand."""
    last = progress.program.statements[-1].value
    axes = progress.scope.axes[id(last)]
    # An index form has an axis for each of its own, also where two matrices have four.
    if len(axes) != len(value):
        return None
    try:
        for axis, known in zip(axes, value, strict=True):
            if is_open(axis):
                progress.scope.unifier.unify(axis, known, last)
    except MismatchError as misfit:
        return ClashError(last, operands_misfit, misfit.sizes)
    return None


def _named(scope: Scope, taken: set[str]) -> ClashError | None:
    """Name what is open, the letters last whose sizes may follow from others, and compute those."""
    if not scope.late:
        name_sizes(scope.named_sizes(), taken)
        return None
    try:
        for told in _told_by_others(scope):
            name_sizes(scope.named_sizes(), taken, told)
            settle_late(scope)
            known = [resolved(size) for size in scope.named_sizes() if not is_open(size)]
            taken.update(*(dim.names for dim in known))
    except ClashError as clash:
        return clash
    for late in scope.late:
        if late.bound is not None and (late.bound.is_untold or is_open(late.bound.known())):
            return ClashError(late.node, indexed.letter_undetermined(late.bound))
    return None


def _told_by_others(scope: Scope) -> Iterator[Collection[Variable]]:
    """The sizes that wait for others: at first all that may, then those that no array has."""
    told = [late for late in scope.late if late.is_told]
    for late in (told, [late for late in told if not (late.bound and late.bound.places)], []):
        yield {variable for each in late for variable in variables(each.size or ONE)}


def _refuse_undetermined(scope: Scope) -> None:
    for node, size in scope.unsized:
        if is_open(size):
            raise undetermined(node, scope.text(node))
