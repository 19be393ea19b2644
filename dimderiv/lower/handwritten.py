"""Functions that a program writes out: a softmax, a sigmoid, their logarithms, a tanh, a cosh.

They are recognised before anything is differentiated, so that `P = exp(S) ./ sum(exp(S), axis=1)`
and `log(P)` have the derivatives of `softmax(S)` and `logsoftmax(S)`, which are the short ones.
"""

from collections.abc import Sequence

from dimderiv.graph import (
    Function,
    Node,
    Product,
    Sum,
    apply_function,
    fold,
    hyperbolic,
    logarithm_of_sigmoid,
    rest_of_sigmoid,
    tangent,
    terms,
    total,
    unnamed,
)
from dimderiv.lower.arrays import Array


def quotient(value: Array) -> Array:
    """What is written as a quotient, as the function that it is."""
    folded = fold(value.node) if isinstance(value.node, Product) else None
    if folded is None:
        return multiple(value)
    if isinstance(folded, Function) and folded.function == "softmax":
        folded = _unshifted(folded)
    return value.with_node(folded)


def multiple(value: Array) -> Array:
    """Half of two exponentials, as the cosh or the sinh that it is."""
    found = hyperbolic(value.node)
    return value if found is None else value.with_node(found)


def plus(value: Array) -> Array:
    """What is written as a sum, as the function that it is."""
    node = value.node
    found = tangent(node) or rest_of_sigmoid(node) if isinstance(node, Sum) else None
    return value if found is None else value.with_node(found)


def logarithm(argument: Array) -> Array | None:
    """The logarithm of a softmax or of a sigmoid; nothing for that of anything else."""
    of_sigmoid = logarithm_of_sigmoid(argument.node)
    if of_sigmoid is not None:
        return argument.with_node(of_sigmoid)
    node = unnamed(argument.node)
    if not isinstance(node, Function) or node.function != "softmax":
        return None
    found = apply_function("logsoftmax", node.arguments, node.axes, node.over)
    return argument.with_node(found)


def _unshifted(softmax: Function) -> Node:
    """A softmax without what is the same along its axis: `S - max(S, axis=1)` is shifted."""
    (argument,) = softmax.arguments
    over = softmax.over
    kept = [(c, term) for c, term in terms(argument) if not _is_constant_along(term, over)]
    if not isinstance(argument, Sum) or len(kept) == len(argument.terms) or not kept:
        return softmax
    plain = total(kept, argument.axes)
    return apply_function("softmax", (plain,), softmax.axes, over)


def _is_constant_along(term: Node, over: Sequence[int]) -> bool:
    if not isinstance(term, Product):
        return False
    letters = {term.result[axis] for axis in over}
    others = {index for place, index in enumerate(term.result) if place not in over}
    return letters.isdisjoint(others.union(*(factor.indices for factor in term.factors)))
