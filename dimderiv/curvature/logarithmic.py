"""Positive parts whose logarithm curves: products and powers, and sums of exponentials.

Sums of log-convex parts are log-convex, and so convex; products and powers of log-concave ones are
log-concave (Boyd and Vandenberghe, Convex Optimization, section 3.5).
"""

from collections.abc import Sequence

from dimderiv.curvature.bounds import sign_of
from dimderiv.curvature.context import Context, number
from dimderiv.curvature.definite import definite
from dimderiv.curvature.fact import Fact, Says
from dimderiv.curvature.quadratic import POSITIVE, Curve
from dimderiv.language import Add, Binary, Call, Transpose, Tree

OF: dict[Says, Says] = {
    "constant": "constant",
    "affine": "affine",
    "log-convex": "convex",
    "log-concave": "concave",
    "log-affine": "affine",
}
INTO: dict[Says, Says] = {
    "constant": "constant",
    "affine": "log-affine",
    "convex": "log-convex",
    "concave": "log-concave",
}
TURNED: dict[Says, Says] = {"log-convex": "log-concave", "log-concave": "log-convex"}


def log_curve(
    known: Context,
    node: Tree,
    curve: Curve,
    *,
    of: Tree | None = None,
    as_value: bool = False,
) -> Fact | None:
    """How the logarithm of a part curves, or the part itself where it is convex by that.

    Args:
        known: the expression.
        node: a part of it.
        curve: what tells how parts curve.
        of: the logarithm of the part.
        as_value: whether the part itself is meant.
    """
    found = logs(known, node, curve)
    if found is None or found.says == "constant":
        return None
    if as_value:
        convex = found.says in {"log-convex", "log-affine"}
        return Fact(node, "convex", "log-convex", (found,)) if convex else None
    assert of is not None, "the logarithm has a node"
    return Fact(of, OF[found.says], "logarithm", (found,), found.strict)


def logs(known: Context, node: Tree, curve: Curve) -> Fact | None:
    """Whether a part is positive, and its logarithm convex, concave or both."""
    node = known.open(node)
    if not known.depends(node):
        sign = sign_of(known, node)
        is_positive = sign is not None and sign.says in POSITIVE
        return Fact(node, "constant", "constant", (sign,)) if sign and is_positive else None
    match node:
        case Transpose(operand):
            inner = logs(known, operand, curve)
            return inner and Fact(node, inner.says, "transpose", (inner,), inner.strict)
        case Call("exp", (argument,)):
            inner = curve(known, argument)
            return inner and Fact(node, INTO[inner.says], "exponential_of", (inner,), inner.strict)
        case Add(terms):
            return _sum(known, node, terms, curve)
        case Call("sum" | "mean", (argument,)):
            return _sum(known, node, [argument], curve)
        case Binary("*", left, right) if _is_weighted(known, node):
            return _weighted(known, node, left, right, curve)
        case Binary("*", left, right) if not (known.is_scalar(left) or known.is_scalar(right)):
            # An entry is a sum of products.
            return _sum(known, node, [left, right], curve)
        case Binary("*" | ".*" | "/" | "./", left, right):
            sides = logs(known, left, curve), logs(known, right, curve)
            return _product(node, sides, turns=node.operator in {"/", "./"})
        case Binary("^" | ".^", base) if not known.depends(base):
            return exponential(known, node, curve, "log-affine")
        case Binary("^" | ".^", base, exponent) if not known.depends(exponent):
            if node.operator == "^" and not known.is_scalar(base):
                return None
            return _power(known, node, base, exponent, curve)
        case Call("sqrt", (argument,)):
            inner = logs(known, argument, curve)
            return inner and Fact(node, inner.says, "power_of_logs", (inner,), inner.strict)
        case Call("prod", (argument,)):
            inner = logs(known, argument, curve)
            return inner and Fact(node, inner.says, "product_of_logs", (inner,), inner.strict)
        case Call("det", (argument,)):
            return _determinant(known, node, argument, curve)
    return _of_values(known, node, curve)


def _is_weighted(known: Context, node: Binary) -> bool:
    """Whether it is a product of matrices of which one does not move."""
    matrices = not (known.is_scalar(node.left) or known.is_scalar(node.right))
    return matrices and not (known.depends(node.left) and known.depends(node.right))


def _sum(known: Context, node: Tree, terms: Sequence[Tree], curve: Curve) -> Fact | None:
    found = [logs(known, term, curve) for term in terms]
    facts = tuple([fact for fact in found if fact is not None])
    if len(facts) < len(terms):
        return None
    fits = all(fact.says in {"log-convex", "log-affine", "constant"} for fact in facts)
    moving = [fact for fact in facts if fact.says != "constant"]
    # log(1 + exp(t)) is strictly convex; log(exp(s) + exp(t)) is not along s = t.
    strict = moving[0].strict if len(moving) == 1 and _has_positive(known, terms) else {}
    return Fact(node, "log-convex", "sum_of_log-convex", facts, strict) if fits else None


def _has_positive(known: Context, terms: Sequence[Tree]) -> bool:
    signs = [sign_of(known, term) for term in terms if not known.depends(term)]
    return any(sign is not None and sign.says == "positive" for sign in signs)


def _weighted(known: Context, node: Tree, left: Tree, right: Tree, curve: Curve) -> Fact | None:
    moving, fixed = (left, right) if known.depends(left) else (right, left)
    inner, sign = logs(known, moving, curve), sign_of(known, fixed)
    if inner is None or inner.says == "log-concave" or sign is None or sign.says not in POSITIVE:
        return None
    return Fact(node, "log-convex", "sum_of_log-convex", (inner, sign))


def _product(node: Tree, sides: tuple[Fact | None, Fact | None], *, turns: bool) -> Fact | None:
    one, other = sides
    if one is None or other is None:
        return None
    second = TURNED.get(other.says, other.says) if turns else other.says
    says = {one.says, second} - {"constant", "log-affine"}
    if len(says) > 1:
        return None
    return Fact(node, says.pop() if says else "log-affine", "product_of_logs", (one, other))


def _power(known: Context, node: Tree, base: Tree, exponent: Tree, curve: Curve) -> Fact | None:
    """A power of a positive part: its logarithm is a multiple."""
    inner, sign = logs(known, base, curve), sign_of(known, exponent)
    own = sign_of(known, base)
    if inner is None or sign is None or own is None or own.says not in POSITIVE:
        return None
    turned = sign.says in {"negative", "nonpositive"}
    says = TURNED.get(inner.says, inner.says) if turned else inner.says
    told = () if number(exponent) is not None else (sign,)
    return Fact(node, says, "power_of_logs", (inner, *told))


def exponential(known: Context, node: Binary, curve: Curve, says: Says) -> Fact | None:
    """A positive number to an affine power, which is convex, and log-affine.

    Args:
        known: the expression.
        node: a power of what does not move.
        curve: what tells how parts curve.
        says: which of both is said.
    """
    inner, sign = curve(known, node.right), sign_of(known, node.left)
    if inner is None or not inner.is_affine or sign is None or sign.says != "positive":
        return None
    if node.operator == "^" and not known.is_scalar(node.left):
        return None
    return Fact(node, says, "exponential", (inner, sign))


def _determinant(known: Context, node: Tree, argument: Tree, curve: Curve) -> Fact | None:
    inner, sign = curve(known, argument), definite(known, argument)
    if inner is None or not inner.is_affine or sign is None or sign.says != "positive definite":
        return None
    return Fact(node, "log-concave", "determinant", (inner, sign), inner.strict)


def _of_values(known: Context, node: Tree, curve: Curve) -> Fact | None:
    """A function whose logarithm is concave by its rule, or a concave part that is positive."""
    if isinstance(node, Call) and len(node.arguments) == 1:
        rule, inner = known.rule(node), curve(known, node.arguments[0])
        if rule is not None and rule.log_concave and inner is not None and inner.is_affine:
            strict = inner.strict if rule.strictly else {}
            why = "log-concave_function"
            return Fact(node, "log-concave", why, (inner,), strict, (rule.name,))
    own, sign = curve(known, node) if not isinstance(node, Binary) else None, sign_of(known, node)
    if own is None or not own.is_concave or sign is None or sign.says != "positive":
        return None
    return Fact(node, "log-concave", "positive_and_concave", (own, sign))
