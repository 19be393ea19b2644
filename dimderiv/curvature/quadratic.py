"""Products of affine parts that are convex: squares, quadratic forms, entropies, quotients.

Sums of squares of affine parts have roots that are norms, and quotients by what is positive and
concave that are convex (Boyd and Vandenberghe, Convex Optimization, sections 3.1.5 and 3.2.6).
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from dimderiv.curvature.bounds import sign_of
from dimderiv.curvature.context import Context, factors, number, turned
from dimderiv.curvature.definite import ABOVE, congruence, definite
from dimderiv.curvature.fact import Fact, Says, Strict, union
from dimderiv.language import Add, Binary, Call, Tree

Curve: TypeAlias = Callable[[Context, Tree], Fact | None]
EUCLIDEAN = frozenset({"norm2", "normF"})
POSITIVE = frozenset({"positive", "nonnegative"})


def quadratic(known: Context, node: Binary, curve: Curve) -> Fact | None:
    """A square of an affine part, or a quadratic form of one.

    Args:
        known: the expression.
        node: a product or a power that moves.
        curve: what tells how parts curve.
    """
    match node:
        case Binary("^" | ".^", base, exponent) if number(exponent) == 2:
            if isinstance(base, Call) and base.function in EUCLIDEAN:
                return _of_affine(known, node, base.arguments[0], "sum_of_squares_of_affine", curve)
            if node.operator == ".^" or known.is_scalar(base):
                return _of_affine(known, node, base, "square_of_affine", curve)
            return None
        case Binary(".*", left, right) if left == right:
            return _of_affine(known, node, left, "square_of_affine", curve)
        case Binary("*", left, right) if left == right and known.is_scalar(left):
            return _of_affine(known, node, left, "square_of_affine", curve)
        case Binary("*") if known.is_scalar(node):
            chain = [part for part in factors(node) if not known.is_scalar(part)]
            scalars = [part for part in factors(node) if known.is_scalar(part)]
            if not any(known.depends(part) for part in scalars):
                return _form(known, node, scalars, chain, curve)
    return None


def _of_affine(known: Context, node: Tree, base: Tree, why: str, curve: Curve) -> Fact | None:
    inner = curve(known, base)
    if inner is None or not inner.is_affine:
        return None
    return Fact(node, "convex", why, (inner,), inner.strict)


def _form(
    known: Context, node: Tree, scalars: Sequence[Tree], chain: Sequence[Tree], curve: Curve
) -> Fact | None:
    """`c v' P v` with an affine `v`, and a `P` that does not move or is the inverse of one."""
    found = trace_form(known, node, chain, curve)
    if found is None or not scalars:
        return found
    signs = [sign_of(known, each) for each in scalars]
    facts = tuple([fact for fact in signs if fact is not None])
    if len(facts) < len(signs):
        return None
    turns = sum(fact.says in {"negative", "nonpositive"} for fact in facts) % 2
    says = found.says if not turns else ("concave" if found.says == "convex" else "convex")
    strict = found.strict if all(f.says in {"positive", "negative"} for f in facts) else {}
    told = tuple([fact for fact in facts if number(fact.part) is None])
    return Fact(node, says, found.why, (*found.given, *told), strict, found.words)


def trace_form(known: Context, node: Tree, chain: Sequence[Tree], curve: Curve) -> Fact | None:
    """The trace of `V' P V`, or of `V P V'`, for an affine `V`.

    Args:
        known: the expression.
        node: what the step is about.
        chain: the factors, none of them a scalar.
        curve: what tells how parts curve.
    """
    if len(chain) < 2 or chain[0] != turned(chain[-1]):
        return None
    inner = curve(known, chain[-1])
    if inner is None or not inner.is_affine:
        return None
    middle = chain[1:-1]
    if not middle:
        return Fact(node, "convex", "sum_of_squares_of_affine", (inner,), inner.strict)
    if any(known.depends(part) for part in middle):
        return _over_matrix(known, node, inner, middle, curve)
    weights = _weights(known, middle)
    if weights is None:
        return None
    says: Says = "convex" if weights.says in ABOVE else "concave"
    strict = inner.strict if weights.says in {"positive definite", "negative definite"} else {}
    return Fact(node, says, "quadratic_form", (inner, weights), strict)


def _weights(known: Context, middle: Sequence[Tree]) -> Fact | None:
    """Whether the matrix of a form is definite."""
    if len(middle) == 1:
        return definite(known, middle[0])
    product: Tree = middle[0]
    for part in middle[1:]:
        product = Binary("*", product, part)
    return congruence(known, product, middle)


def _over_matrix(
    known: Context, node: Tree, inner: Fact, middle: Sequence[Tree], curve: Curve
) -> Fact | None:
    """`v' inv(P) v`, convex in both where `P` is affine and positive definite."""
    match middle:
        case [Call("inv", (matrix,))]:
            own, sign = curve(known, matrix), definite(known, matrix)
            if own is not None and own.is_affine and sign and sign.says == "positive definite":
                return Fact(node, "convex", "matrix_fractional", (inner, own, sign))
    return None


def squares(known: Context, node: Tree, curve: Curve) -> Fact | None:
    """A sum of squares of affine parts, and of constants that are not negative.

    Args:
        known: the expression.
        node: a part of it.
        curve: what tells how parts curve.
    """
    node = known.open(node)
    if not known.depends(node):
        sign = sign_of(known, node)
        if sign is None or sign.says not in POSITIVE:
            return None
        return Fact(node, "constant", "constant", (sign,))
    match node:
        case Add(terms):
            return _sum_of_squares(known, node, terms, curve)
        case Binary("*" | ".*" | "^" | ".^"):
            found = quadratic(known, node, curve)
            if found is None:
                return _scaled_squares(known, node, curve)
            return found if found.says == "convex" else None
        case Binary("/" | "./", left, right) if not known.depends(right):
            return _with_sign(known, node, right, squares(known, left, curve))
        case Call("sum" | "mean", (argument,)):
            inner = squares(known, argument, curve)
            return (
                None
                if inner is None
                else Fact(node, "convex", "sum_of_convex", (inner,), inner.strict)
            )
        case Call():
            body = known.body(node)
            return None if body is None else squares(known, body, curve)
    return None


def _sum_of_squares(known: Context, node: Tree, terms: Sequence[Tree], curve: Curve) -> Fact | None:
    found = [squares(known, term, curve) for term in terms]
    facts = tuple([fact for fact in found if fact is not None])
    if len(facts) < len(terms):
        return None
    strict: Strict = {}
    for fact in facts:
        strict = union(strict, fact.strict)
    return Fact(node, "convex", "sum_of_convex", facts, strict)


def _scaled_squares(known: Context, node: Binary, curve: Curve) -> Fact | None:
    for fixed, moving in ((node.left, node.right), (node.right, node.left)):
        if not known.depends(fixed) and (node.operator == ".*" or known.is_scalar(fixed)):
            return _with_sign(known, node, fixed, squares(known, moving, curve))
    return None


def _with_sign(known: Context, node: Tree, fixed: Tree, inner: Fact | None) -> Fact | None:
    sign = sign_of(known, fixed)
    if inner is None or sign is None or sign.says not in POSITIVE:
        return None
    strict = inner.strict if sign.says == "positive" else {}
    told = () if number(fixed) is not None else (sign,)
    return Fact(node, "convex", "multiple_convex", (inner, *told), strict)


def root_of_quadratic(known: Context, node: Tree, first: Tree, curve: Curve) -> Fact | None:
    """The root of a sum of squares, which is a norm; with a positive constant it is strict."""
    found = squares(known, first, curve)
    if found is None or not known.depends(first):
        return None
    strict = found.strict if _has_constant(known, first) else {}
    return Fact(node, "convex", "root_of_squares", (found,), strict)


def _has_constant(known: Context, node: Tree) -> bool:
    terms = node.terms if isinstance(node, Add) else ()
    signs = [sign_of(known, term) for term in terms if not known.depends(term)]
    return any(sign is not None and sign.says == "positive" for sign in signs)


def over_linear(known: Context, node: Tree, left: Tree, right: Tree, curve: Curve) -> Fact | None:
    """A sum of squares over what is positive and concave."""
    over, under, sign = squares(known, left, curve), curve(known, right), sign_of(known, right)
    if over is None or under is None or not under.is_concave or sign is None:
        return None
    if sign.says != "positive":
        return None
    return Fact(node, "convex", "over_linear", (over, under, sign))


def entropy(known: Context, node: Binary, curve: Curve) -> Fact | None:
    """`u log(u)`, or `u log(u / v)` for positive parts, of entries or as a product of vectors."""
    found = _entropy_parts(known, node)
    if found is None:
        return None
    one, argument = found
    inner = curve(known, one)
    if inner is None or not inner.is_affine:
        return None
    if argument == one:
        return Fact(node, "convex", "entropy", (inner,), inner.strict)
    match argument:
        case Binary("/" | "./", over, under) if over == one:
            other, sign = curve(known, under), sign_of(known, under)
            is_positive = sign is not None and sign.says == "positive"
            if other is not None and other.is_affine and sign is not None and is_positive:
                return Fact(node, "convex", "relative_entropy", (inner, other, sign))
    return None


def _entropy_parts(known: Context, node: Binary) -> tuple[Tree, Tree] | None:
    """What stands before a logarithm, and what that is of."""
    for one, other in ((node.left, node.right), (node.right, node.left)):
        match other:
            case Call("log", (argument,)):
                is_dot = node.operator == "*" and not known.is_scalar(one)
                if is_dot and not (known.is_scalar(node) and one is node.left):
                    return None
                return (turned(one) if is_dot else one), argument
    return None
