"""What is equal to a node and overflows only where its value does.

Of a logarithm the exponent is added; in a quotient exponents are subtracted before anything is
exponentiated; functions that are written out are told by name.
"""

from collections.abc import Sequence
from functools import lru_cache

from dimderiv.codegen.plan.exponents import (
    KEPT,
    MOST_NESTED,
    balanced,
    complement,
    gathered,
    less_tops,
    scaled_apart,
    split,
    summed,
    times_exp,
)
from dimderiv.codegen.plan.largest import exp_of_small
from dimderiv.codegen.plan.shifts import without_common
from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Key,
    Map,
    Node,
    Product,
    Sum,
    add,
    apply_function,
    apply_map,
    are_letters,
    arranged,
    fold,
    is_definite,
    is_one,
    is_zero,
    letters_of,
    logaddexp,
    nodes_of,
    product,
    ratio,
    scaled,
    stable,
    total,
    unnamed,
    zero,
)
from dimderiv.graph import (
    exponent as argument_of_exp,
)


@lru_cache(KEPT)
def well_scaled(node: Node) -> Node | None:
    """What is equal to a node and overflows only where its value does; nothing if it did so before.

    Args:
        node: any node.
    """
    instead = stable(node) or _instead(node)
    return None if instead is None or instead.key == node.key else instead


def _instead(node: Node) -> Node | None:
    match node:
        case Map("log", (argument,)):
            return _of_logarithm(argument)
        case Map("logsigmoid", (argument,)):
            return scaled(-1, apply_map("softplus", scaled(-1, argument)))
        case Function("det" | "inv"):
            found = scaled_apart(node)
            return found and times_exp(found.mantissa, found.exponent())
        case Function("softmax" | "logsoftmax" | "logsumexp"):
            return without_common(node)
        case Function("logdet", (matrix,)):
            rows = balanced(matrix)
            return rows and add(apply_function("logdet", (rows[0],), ()), summed(rows[1]))
        case Sum():
            return _with_signs_outside(node)
        case Product() if are_letters(node.result):
            return _named(node) or _with_signs_outside(node) or _cancelled(node)
    return None


def _named(node: Product) -> Node | None:
    """A sigmoid, a softmax or a tanh that is written out."""
    is_quotient = any(factor.power < 0 for factor in node.factors)
    return ratio(node) or fold(node) if is_quotient else None


def _with_signs_outside(node: Product | Sum) -> Node | None:
    """A product or sum in which `log(sigmoid(x))`, which is below 0, is minus another function."""
    inner = [f.node for f in node.factors] if isinstance(node, Product) else _nodes(node)
    instead = [_with_sign(each) for each in inner]
    if all(new is None for new in instead):
        return None
    new = [found or each for found, each in zip(instead, inner, strict=True)]
    if isinstance(node, Sum):
        pairs = zip(node.terms, new, strict=True)
        return total([(c, each) for (c, _), each in pairs], node.axes)
    factors = [f._replace(node=n) for f, n in zip(node.factors, new, strict=True)]
    return product(node.coefficient, factors, node.result, node.dims)


def _nodes(node: Sum) -> list[Node]:
    return [term for _, term in node.terms]


def _with_sign(node: Node) -> Node | None:
    """What is computed instead of a logarithm or a sum, if a number is in front of it."""
    found = None
    if isinstance(node, Map) and node.function in {"log", "logsigmoid"}:
        found = well_scaled(node)
    elif isinstance(node, (Sum, Product)):
        found = _with_signs_outside(node)
    return found if isinstance(found, Product) and found.coefficient < 0 else None


def _of_logarithm(argument: Node) -> Node | None:
    if (both := logaddexp(argument)) is not None:
        return both
    inner = unnamed(argument)
    if isinstance(inner, Product) and (named := _named(inner)) is not None:
        return apply_map("log", named)
    if (less := complement(inner)) is not None and less[0] == 1 and less[1].function == "exp":
        # It has a logarithm where the exponent is below 0, which nothing is taken out of.
        return apply_map("log", scaled(-1, apply_map("expm1", *less[1].arguments)))
    found = scaled_apart(argument, tails=True)
    return add(_logarithm(found.mantissa), found.exponent()) if found else _logarithm(inner)


def _logarithm(node: Node) -> Node:
    """The logarithm of a mantissa; of a determinant, which may be large, by its factors."""
    if is_one(node):
        return zero(node.axes)
    match node:
        case Function("det", (matrix,)):
            size = apply_function("logdet", (matrix,), ())
            if is_definite(matrix):
                return size
            return add(apply_map("log", apply_function("detsign", (matrix,), ())), size)
        case Product(factors=(factor,)) if node.coefficient == 1 and factor.power == -1:
            if set(letters_of(factor.indices)) <= set(letters_of(node.result)):
                below = scaled(-1, apply_map("log", factor.node))
                return arranged(below, factor.indices, node.result, node.dims)
    return apply_map("log", node)


def _cancelled(node: Product) -> Node | None:
    """A product of several exponentials, some of which may be large or below the line, as one."""
    plain = [f for f in node.factors if not are_letters(f.indices) or _is_moderate(f.node)]
    apart = [f for f in node.factors if f not in plain]
    may_be_large = [f for f in apart if _divides(f) or scaled_apart(f.node)]
    large = [f for f in may_be_large if scaled_apart(f.node, tails=True)]
    if not large:
        return None
    tails = [f for f in apart if scaled_apart(f.node, tails=True)]
    if len(tails) < 2 or not (any(map(_divides, large)) or _differ(tails, large)):
        return None
    mantissas, exponents = split(apart, MOST_NESTED, tails=True)
    groups = gathered(exponents, node.dims)
    if groups and (opened := _opened(node)) is not None:
        return opened
    smaller = list[Factor]()
    if len(groups) > 1:
        smaller, left = less_tops(groups, letters_of(node.result))
        groups = gathered([(ONCE, each) for each in left], node.dims)
    small = [each._replace(node=exp_of_small(each.node)) for each in groups]
    factors = [*plain, *mantissas, *smaller, *small]
    return product(node.coefficient, factors, node.result, node.dims)


def _is_moderate(node: Node) -> bool:
    """Whether a sum is neither large nor tiny, whatever its exponentials are."""
    inner = unnamed(node)
    if not isinstance(inner, Sum) or complement(inner) is not None or scaled_apart(inner):
        return False
    found = [scaled_apart(term, tails=True) for _, term in inner.terms]
    return any(each is None or is_zero(each.exponent()) for each in found)


def _opened(node: Product) -> Node | None:
    """A product multiplied out, in which a sum of exponentials is a factor: each cancels alone."""
    for place, factor in enumerate(node.factors):
        inner = unnamed(factor.node)
        is_sum = isinstance(inner, Sum) and factor.power == 1 and complement(inner) is None
        is_sum = is_sum and are_letters(factor.indices) and not _is_moderate(inner)
        if is_sum and scaled_apart(inner, tails=True):
            assert isinstance(inner, Sum)
            others = [*node.factors[:place], *node.factors[place + 1 :]]
            parts = [(c, [*others, factor._replace(node=term)]) for c, term in inner.terms]
            return total(
                [(c, product(node.coefficient, f, node.result, node.dims)) for c, f in parts],
                node.axes,
            )
    return None


def _divides(factor: Factor) -> bool:
    node = unnamed(factor.node)
    return factor.power < 0 or (isinstance(node, Function) and node.function == "inv")


def _differ(factors: Sequence[Factor], large: Sequence[Factor]) -> bool:
    """Whether one factor may overflow where another one is tiny: not if both are of one number."""
    found = {id(f): _exponents(f.node) for f in factors}
    is_quotient = any(not found[id(f)] for f in large) or any(_has_quotient(f) for f in factors)
    return is_quotient or len(set(found.values())) > 1


def _exponents(node: Node) -> frozenset[Key]:
    found = map(argument_of_exp, nodes_of([node]))
    return frozenset(each.key for each in found if each is not None)


def _has_quotient(factor: Factor) -> bool:
    """Whether something inside is divided by what may be large."""
    for node in nodes_of([factor.node]):
        parts = node.factors if isinstance(node, Product) else ()
        if any(each.power < 0 and scaled_apart(each.node) for each in parts):
            return True
        if isinstance(node, Function) and node.function == "inv" and scaled_apart(*node.arguments):
            return True
    return False
