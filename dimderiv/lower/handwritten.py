"""Functions that a program writes out: a softmax, its logarithm, a sigmoid.

They are recognised before anything is differentiated, so that `P = exp(S) ./ sum(exp(S), axis=1)`
and `log(P)` have the derivatives of `softmax(S)` and `logsoftmax(S)`, which are the short ones.
"""

from dimderiv.graph import Function, Node, Product, Sum, apply_function, fold, terms, total, unnamed
from dimderiv.lower.arrays import Array


def quotient(value: Array) -> Array:
    """What is written as a quotient, as the function that it is."""
    folded = fold(value.node) if isinstance(value.node, Product) else None
    if folded is None:
        return value
    if isinstance(folded, Function) and folded.function == "softmax":
        folded = _unshifted(folded)
    return Array(folded, value.shape)


def logarithm(argument: Array) -> Array | None:
    """The logarithm of a softmax; nothing for that of anything else."""
    node = unnamed(argument.node)
    if not isinstance(node, Function) or node.function != "softmax":
        return None
    found = apply_function("logsoftmax", node.arguments, node.axes, node.over)
    return Array(found, argument.shape)


def _unshifted(softmax: Function) -> Node:
    """A softmax without what is the same along its axis: `S - max(S, axis=1)` is shifted."""
    (argument,) = softmax.arguments
    (axis,) = softmax.over
    kept = [(c, term) for c, term in terms(argument) if not _is_constant_along(term, axis)]
    if not isinstance(argument, Sum) or len(kept) == len(argument.terms) or not kept:
        return softmax
    plain = total(kept, argument.axes)
    return apply_function("softmax", (plain,), softmax.axes, softmax.over)


def _is_constant_along(term: Node, axis: int) -> bool:
    if not isinstance(term, Product):
        return False
    letter = term.result[axis]
    others = [index for place, index in enumerate(term.result) if place != axis]
    return letter not in others and all(letter not in f.indices for f in term.factors)
