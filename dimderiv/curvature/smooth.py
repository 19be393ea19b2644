"""Whether a Hessian that is definite everywhere says that a function is convex.

That needs a convex domain and no kinks: `-log(x^2)` has a positive second derivative on both sides
of 0 and is not convex, and that of `-abs(x)` is 0 wherever there is one.
"""

from dimderiv.curvature.bounds import bounds, sign_of
from dimderiv.curvature.context import Context, number
from dimderiv.curvature.curves import LINEAR, curve
from dimderiv.curvature.definite import definite
from dimderiv.curvature.quadratic import EUCLIDEAN
from dimderiv.curvature.scalar_functions import is_smooth_on_convex_domain, of_rule, power
from dimderiv.language import Binary, Call, Name, Tree, children
from dimderiv.rulebook import NOWHERE

SMOOTH = LINEAR | {"logsumexp", "softmax", "logsoftmax", "kron", "dot", "outer", "prod"}
NONZERO = frozenset({"positive", "negative"})


def is_smooth(known: Context, node: Tree) -> bool:
    """Whether a part has second derivatives everywhere on its domain, and that is convex.

    Args:
        known: the expression.
        node: a part of it.
    """
    if not known.depends(node):
        return True
    match node:
        case Name(name):
            inner = known.definitions.get(name)
            return inner is None or is_smooth(known, inner)
        case Binary("^" | ".^", Call(function, (argument,)), exponent) if function in EUCLIDEAN:
            return number(exponent) == 2 and is_smooth(known, argument)
        case Binary():
            return _is_smooth_operation(known, node) and _are_smooth(known, node)
        case Call():
            return _is_smooth_call(known, node)
    return _are_smooth(known, node)


def _are_smooth(known: Context, node: Tree) -> bool:
    return all(is_smooth(known, part) for part in children(node))


def _is_smooth_operation(known: Context, node: Binary) -> bool:
    match node.operator:
        case "*" | ".*":
            return True
        case "/" | "./":
            sign = sign_of(known, node.right)
            return not known.depends(node.right) or (sign is not None and sign.says in NONZERO)
        case "^" | ".^":
            return _is_smooth_power(known, node)
    return False


def _is_smooth_power(known: Context, node: Binary) -> bool:
    exponent, base = number(node.right), node.left
    if exponent is None:
        sign = sign_of(known, base)
        return sign is not None and sign.says == "positive"
    if node.operator == "^" and not known.is_scalar(base):
        return exponent.denominator == 1 and exponent > 0
    function = power(exponent)
    if function is None:
        return True
    return is_smooth_on_convex_domain(function, curve(known, base), bounds(known, base))


def _is_smooth_call(known: Context, node: Call) -> bool:
    rule = known.rule(node)
    if node.over or rule is None:
        return bool(node.over) and node.function == "sum" and _are_smooth(known, node)
    if node.function in SMOOTH:
        return _are_smooth(known, node)
    first = node.arguments[0]
    if node.function in {"inv", "logdet"}:
        inner, sign = curve(known, first), definite(known, first)
        is_definite = sign is not None and sign.says == "positive definite"
        return inner is not None and inner.is_affine and is_definite
    body = known.body(node)
    if body is not None:
        return is_smooth(known, body)
    if rule.kind != "elementwise" or len(node.arguments) > 1 or rule.kink:
        return False
    if rule.defined == NOWHERE or not _are_smooth(known, node):
        return False
    return is_smooth_on_convex_domain(of_rule(rule), curve(known, first), bounds(known, first))
