"""Functions of matrices that are convex or concave, of affine arguments (the ruleset of DCP)."""

from dimderiv.curvature.bounds import sign_of
from dimderiv.curvature.context import Context, factors, number
from dimderiv.curvature.definite import ABOVE, congruence, definite, is_symmetric
from dimderiv.curvature.fact import Fact, Says
from dimderiv.curvature.quadratic import Curve, trace_form
from dimderiv.language import Binary, Call, Tree

EXTREME: dict[str, Says] = {"eigmax": "convex", "eigmin": "concave"}


def of_matrices(known: Context, node: Call, curve: Curve) -> Fact | None:
    """A function of a matrix that moves.

    Args:
        known: the expression.
        node: a call.
        curve: what tells how parts curve.
    """
    first = node.arguments[0]
    match node.function:
        case "logdet":
            return _logdet(known, node, first, curve)
        case "eigmax" | "eigmin":
            inner = curve(known, first)
            if inner is None or not inner.is_affine or not is_symmetric(known, first):
                return None
            return Fact(node, EXTREME[node.function], "extreme_eigenvalue", (inner,))
        case "tr":
            return _trace(known, node, first, curve)
        case "exp":
            return _mean_of_logs(known, node, first, curve)
    return None


def _logdet(known: Context, node: Call, first: Tree, curve: Curve) -> Fact | None:
    inner, sign = curve(known, first), definite(known, first)
    if inner is None or not inner.is_affine or sign is None or sign.says != "positive definite":
        return None
    return Fact(node, "concave", "log-determinant", (inner, sign), inner.strict)


def _trace(known: Context, node: Call, first: Tree, curve: Curve) -> Fact | None:
    """The trace of a quadratic form, or of weights times the inverse of what is definite."""
    first = known.open(first)
    parts = factors(first) if isinstance(first, Binary) else [first]
    scalars = [part for part in parts if known.is_scalar(part)]
    chain = [part for part in parts if not known.is_scalar(part)]
    if scalars:
        return None
    return trace_form(known, node, chain, curve) or _trace_of_inverse(known, node, chain, curve)


def _trace_of_inverse(known: Context, node: Call, chain: list[Tree], curve: Curve) -> Fact | None:
    places = [k for k, part in enumerate(chain) if known.depends(part)]
    if len(places) != 1:
        return None
    (at,) = places
    match chain[at]:
        case Call("inv", (matrix,)):
            inner, sign = curve(known, matrix), definite(known, matrix)
        case _:
            return None
    if inner is None or not inner.is_affine or sign is None or sign.says != "positive definite":
        return None
    weights = [*chain[at + 1 :], *chain[:at]]
    if not weights:
        return Fact(node, "convex", "trace_of_inverse", (inner, sign), inner.strict)
    product: Tree = weights[0]
    for part in weights[1:]:
        product = Binary("*", product, part)
    own = definite(known, weights[0]) if len(weights) == 1 else congruence(known, product, weights)
    if own is None:
        return None
    says: Says = "convex" if own.says in ABOVE else "concave"
    strict = inner.strict if own.says in {"positive definite", "negative definite"} else {}
    return Fact(node, says, "weighted_trace_of_inverse", (inner, sign, own), strict)


def _mean_of_logs(known: Context, node: Call, first: Tree, curve: Curve) -> Fact | None:
    """The geometric mean of the entries of what is affine, as `exp(mean(log(x)))`."""
    match first:
        case Call("mean", (Call("log", (argument,)),), None):
            inner = curve(known, argument)
            if inner is not None and inner.is_affine:
                return Fact(node, "concave", "geometric_mean", (inner,))
    return None


def root_of_product(known: Context, node: Binary, curve: Curve) -> Fact | None:
    """The same as `prod(x)^(1/n)`, for positive entries.

    Args:
        known: the expression.
        node: a power.
        curve: what tells how parts curve.
    """
    match node:
        case Binary("^" | ".^", Call("prod", (argument,), None), Binary("/", one, size)):
            inner, sign = curve(known, argument), sign_of(known, argument)
            shape = known.shape(argument)
            is_count = number(one) == 1 and str(shape.rows) == getattr(size, "name", None)
            if not (is_count and shape.is_column and inner and inner.is_affine and sign):
                return None
            if sign.says in {"positive", "nonnegative"}:
                return Fact(node, "concave", "geometric_mean", (inner, sign))
    return None
