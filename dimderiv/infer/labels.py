"""Labels: whole numbers below the size of an axis, which they index."""

from dimderiv.infer import index_refusals as refusals
from dimderiv.infer.bound import Place
from dimderiv.infer.clashes import Axes, ClashError
from dimderiv.infer.scope import Scope
from dimderiv.infer.unify import SizeTerm, Variable
from dimderiv.language import ONE, Entry, Name, Tree


def is_labels(scope: Scope, index: Tree) -> bool:
    """Whether an index is labels: a symbol that is no letter, or an entry of one."""
    if isinstance(index, Entry):
        return True
    if not isinstance(index, Name) or index.name in (scope.letters or {}):
        return False
    return index.name in scope.declared or scope.meanings.get(index.name) == "symbol"


def labels_along(scope: Scope, place: Place, index: Tree) -> list[SizeTerm]:
    """The axis of labels in place of the one that they index; a single label leaves none."""
    axes = labels_axes(scope, index)
    scope.agree(labels_size(scope, index), place.size, place.entry, refusals.labels_misfit(index))
    if len(axes) > 2 or axes[1] is not ONE:
        raise ClashError(index, refusals.labels_refused)
    return [] if axes[0] is ONE else [axes[0]]


def labels_axes(scope: Scope, node: Tree) -> Axes:
    """The axes of labels, which may be mentioned for the first time."""
    name = _symbol(node)
    if name.name not in scope.names and name.name not in scope.declared:
        count = len(node.indices) if isinstance(node, Entry) else 1
        own: list[SizeTerm] = [Variable() for _ in range(count)]
        scope.add(name.name, "symbol", (*own, ONE) if count == 1 else tuple(own))
    axes = scope.visit(node)
    if scope.meanings.get(name.name) != "symbol":
        raise ClashError(node, refusals.labels_refused)
    return axes


def labels_size(scope: Scope, node: Tree) -> SizeTerm:
    """How many labels there are."""
    name = _symbol(node).name
    if name not in scope.labels:
        declared = scope.declared.get(name)
        scope.labels[name] = declared.labels if declared and declared.labels else Variable()
    return scope.labels[name]


def _symbol(node: Tree) -> Name:
    operand = node.operand if isinstance(node, Entry) else node
    if not isinstance(operand, Name):
        raise ClashError(node, refusals.labels_refused)
    return operand
