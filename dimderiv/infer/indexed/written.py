"""Sizes that are written with those of axes: `(size(X, 2) - 3)//2 + 1`."""

from collections.abc import Mapping
from functools import partial

from dimderiv.infer.bound import Late
from dimderiv.infer.clashes import ClashError
from dimderiv.infer.indexed.index_refusals import no_such_axis, written_misfit
from dimderiv.infer.scope import Scope
from dimderiv.infer.sizes import checked, mark_as_scalar, size
from dimderiv.infer.unify import MismatchError, SizeTerm, Variable, is_open, resolved
from dimderiv.language import Call, Dim, Number, Tree, replaced, size_of, walk


def written_size(scope: Scope, node: Tree) -> SizeTerm:
    """The size that an expression is; it is told later where an axis in it is not known yet."""
    if not any(map(_is_axis, walk(node))):
        return size(scope, node)
    mark_as_scalar(scope, node)
    axes = {id(part): _axis(scope, part) for part in walk(node) if _is_axis(part)}
    value = _value(node, axes)
    if value is not None:
        return value
    term = Variable()
    scope.late.append(Late(node, partial(_tell, scope, node, axes, term), term))
    return term


def _is_axis(part: Tree) -> bool:
    return isinstance(part, Call) and part.function == "size" and len(part.arguments) == 2


def _axis(scope: Scope, part: Tree) -> SizeTerm:
    assert isinstance(part, Call)
    operand, number = part.arguments
    axes = scope.visit(operand)
    if not isinstance(number, Number) or number.value not in range(len(axes)):
        raise ClashError(part, no_such_axis)
    return axes[int(number.value)]


def _value(node: Tree, axes: Mapping[int, SizeTerm]) -> Dim | None:
    """The size, once all axes in it are known."""
    if any(map(is_open, axes.values())):
        return None
    return checked(size_of(replaced(node, lambda part: _syntax(axes.get(id(part))))), node)


def _tell(scope: Scope, node: Tree, axes: Mapping[int, SizeTerm], term: Variable) -> bool:
    value = _value(node, axes)
    if value is None:
        return False
    try:
        scope.unifier.settle(term, value, node)
    except MismatchError as misfit:
        raise ClashError(node, written_misfit, misfit.sizes) from None
    return True


def _syntax(size: SizeTerm | None) -> Tree | None:
    return None if size is None else resolved(size).syntax()
