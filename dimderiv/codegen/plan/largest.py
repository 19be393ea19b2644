"""Largest exponents, which are taken out of sums of exponentials."""

from collections.abc import Iterator, Sequence

from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Map,
    Node,
    Product,
    apply_function,
    apply_map,
    are_letters,
    is_nonnegative,
    is_zero,
    letters_of,
    operands,
    part,
    product,
    scaled,
    terms,
    total,
    zero,
)

# A largest exponent that is to be subtracted, as it is from rows of minus infinity too.
FINITE = "finite"
# The exponential of what is at most 0, or near it, by how it was made; it is not taken apart again.
SMALL = "exp_of_small"
# A bound of a bound of a bound is looked at.
MOST_NESTED = 3
Letters = tuple[int, ...]


def largest(exponents: Sequence[Node]) -> Node:
    """The largest of exponents, entry by entry.

    Args:
        exponents: nodes with the same axes.
    """
    first, *others = {each.key: each for each in exponents}.values()
    for each in others:
        if is_zero(first):
            first, each = each, first
        first = apply_map("relu", first) if is_zero(each) else apply_map("maximum", first, each)
    return first


def top(exponent: Node, over: Letters) -> Node:
    """The largest exponent along axes; what does not change along them stays outside.

    So the largest entry of `A - max(A)` is known to be 0.

    Args:
        exponent: the exponents.
        over: the axes.
    """
    axes = tuple(dim for k, dim in enumerate(exponent.axes) if k not in over)
    found = [(c, term, _along_others(term, over)) for c, term in terms(exponent)]
    still = [(c, inner) for c, _, inner in found if inner is not None]
    moving = [(c, term) for c, term, inner in found if inner is None]
    if moving and not _reaches_zero(whole := total(moving, exponent.axes), over):
        highest = apply_map(FINITE, apply_function("max", (whole,), axes, over))
        still.append((ONCE, highest))
    return total(still, axes) if still else zero(axes)


def _reaches_zero(exponent: Node, over: Letters) -> bool:
    """Whether the largest along axes is 0, or not far below, as of what is less its own largest."""
    if isinstance(exponent, Function) and exponent.function == "logsoftmax":
        return set(exponent.over) <= set(over)
    own = terms(exponent)
    for c, term in own:
        rest = total([each for each in own if each[1] is not term], exponent.axes)
        for bound, along in _bounds(term, exponent) if c == -1 else ():
            if along and set(along) <= set(over) and bound.key == rest.key:
                return True
    return False


def _along_others(term: Node, over: Letters) -> Node | None:
    """A term without axes along which it does not change; nothing if it does."""
    if not isinstance(term, Product) or not are_letters(term.result):
        return None
    result = letters_of(term.result)
    held = {i for factor in term.factors for i in letters_of(factor.indices)}
    kept = [i for k, i in enumerate(result) if k not in over]
    if held.union(kept).intersection(result[k] for k in over):
        return None
    return part(term.coefficient, term.factors, kept, term.dims)


def is_at_most_zero(exponent: Node, depth: int = MOST_NESTED) -> bool:
    """Whether an exponent is known to be at most 0, as one is from which the largest is taken.

    Args:
        exponent: the exponent.
        depth: how many bounds are looked at, one after the other.
    """
    if is_zero(exponent) or is_nonnegative(scaled(-1, exponent)):
        return True
    own = terms(exponent) if depth else []
    if own and all(c > 0 and _is_largest_of_small(term, depth) for c, term in own):
        return True
    for c, term in own:
        rest = [each for each in own if each[1] is not term]
        for bound, _ in _bounds(term, exponent) if c == -1 else ():
            if is_at_most_zero(total([*rest, (-ONCE, bound)], exponent.axes), depth - 1):
                return True
    return False


def _is_largest_of_small(term: Node, depth: int) -> bool:
    inner = term.arguments[0] if isinstance(term, Map) and term.function == FINITE else term
    is_largest = isinstance(inner, Function) and inner.function == "max"
    return is_largest and is_at_most_zero(operands(inner)[0], depth - 1)


def _bounds(term: Node, like: Node) -> Iterator[tuple[Node, Letters]]:
    """What a largest exponent is the largest of, and along which axes."""
    every = tuple(range(len(like.axes)))
    inner = Factor(term, every)
    if isinstance(term, Product):
        if term.coefficient != 1 or len(term.factors) != 1 or not are_letters(term.result):
            return
        (inner,) = term.factors
        if not set(inner.indices) <= set(term.result):
            return
        inner = inner._replace(indices=tuple(map(term.result.index, inner.indices)))
    if not isinstance(inner.node, Map) or inner.power != 1:
        return
    function, arguments = inner.node.function, inner.node.arguments
    match function, arguments[0]:
        case "maximum" | "relu", _:
            for each in arguments:
                yield product(ONCE, [inner._replace(node=each)], every, like.axes), ()
            if function == "relu":
                yield zero(like.axes), ()
        case "finite", Function("max", (whole,), over) if whole.axes == like.axes:
            if inner.indices == tuple(k for k in every if k not in over):
                yield whole, over


def exp_of_small(exponent: Node) -> Node:
    """The exponential of what is at most 0, or near it, by the way it was made.

    Args:
        exponent: the exponent.
    """
    if isinstance(exponent, Function) and exponent.function == "logsoftmax":
        return apply_function("softmax", exponent.arguments, exponent.axes, exponent.over)
    minus = scaled(-1, exponent)
    if isinstance(minus, Map) and minus.function == "softplus":
        return apply_map("sigmoid", scaled(-1, minus.arguments[0]))
    return apply_map(SMALL, exponent)
