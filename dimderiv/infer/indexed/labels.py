"""Labels: whole numbers below the size of an axis, which they index."""

from dimderiv.infer.along import axes_along
from dimderiv.infer.bound import Place
from dimderiv.infer.clashes import Axes, ClashError
from dimderiv.infer.indexed import index_refusals as refusals
from dimderiv.infer.scope import Scope
from dimderiv.infer.unify import SizeTerm, Variable
from dimderiv.language import ONE, Call, Entry, Name, Tree


def is_labels(scope: Scope, index: Tree) -> bool:
    """Whether an index is labels: a symbol that is no letter, or an entry of one."""
    if isinstance(index, Entry) or _ranks(index):
        return True
    if not isinstance(index, Name) or index.name in (scope.letters or {}):
        return False
    return index.name in scope.declared or scope.meanings.get(index.name) == "symbol"


def labels_along(scope: Scope, place: Place, index: Tree) -> list[SizeTerm]:
    """The axes of labels in place of the one that they index; a single label leaves none."""
    axes = labels_axes(scope, index)
    scope.agree(labels_size(scope, index), place.size, place.entry, refusals.labels_misfit(index))
    return [size for size in axes if size is not ONE] if axes[1:] == (ONE,) else [*axes]


def labels_axes(scope: Scope, node: Tree) -> Axes:
    """The axes of labels, which may be mentioned for the first time."""
    if _ranks(node):
        return scope.visit(node)
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
    ranks = _ranks(node)
    if ranks is not None:
        axes: Axes = scope.visit(ranks)
        along = axes_along(scope, ranks, axes)
        last = -2 if axes[-1] is ONE else -1
        return axes[last if along is None else along[0]]
    name = _symbol(node).name
    if name not in scope.labels:
        declared = scope.declared.get(name)
        scope.labels[name] = declared.labels if declared and declared.labels else Variable()
    return scope.labels[name]


def _ranks(node: Tree) -> Call | None:
    """Where the entries of a row are once it is sorted, of which an index may be an entry."""
    operand = node.operand if isinstance(node, Entry) else node
    return operand if isinstance(operand, Call) and operand.function == "rank" else None


def _symbol(node: Tree) -> Name:
    operand = node.operand if isinstance(node, Entry) else node
    if not isinstance(operand, Name):
        raise ClashError(node, refusals.labels_refused)
    return operand
