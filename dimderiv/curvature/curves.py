"""How a part curves in the variables, by rules of composition.

Each entry of an array is looked at as a function of all variables together (Grant, Boyd and Ye,
Disciplined Convex Programming, 2006); products of affine parts that are convex, as a quadratic form
is, stand in `quadratic`, and positive parts whose logarithm curves in `logarithmic`.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from dimderiv.curvature.atoms import of_matrices, root_of_product
from dimderiv.curvature.bounds import NORMS, bounds, sign_of
from dimderiv.curvature.context import Context, number
from dimderiv.curvature.fact import Fact, Says, Strict, union
from dimderiv.curvature.logarithmic import exponential, log_curve
from dimderiv.curvature.quadratic import (
    POSITIVE,
    entropy,
    over_linear,
    quadratic,
    root_of_quadratic,
)
from dimderiv.curvature.scalar_functions import composed, of_rule, power
from dimderiv.language import Add, Binary, Call, Name, Negative, Number, Transpose, Tree

# Functions that put entries elsewhere, or add them up.
LINEAR = frozenset({"sum", "mean", "tr", "diag", "vec", "tril", "triu", "cumsum"})
OF_TWO = frozenset({"max", "min", "maximum", "minimum"})
# The sign of the reciprocal of what has a sign and a value.
DIVISORS: dict[Says, Says] = {
    "positive": "positive",
    "nonnegative": "positive",
    "negative": "negative",
    "nonpositive": "negative",
}
ONE = Number(Fraction(1))
# What a step calls that of which there is a multiple; what does not move is affine too.
_KINDS = {"constant": "affine", "affine": "affine", "convex": "convex", "concave": "concave"}
SIDES: dict[Says, Says] = {"convex": "concave", "concave": "convex"}


def curve(known: Context, node: Tree) -> Fact | None:
    """Whether each entry of a part is convex, concave or both, as a step of a certificate.

    Args:
        known: the expression, and the variables.
        node: a part of it.
    """
    if id(node) not in known.curves:
        known.kept.append(node)
        # A part that is asked for again on its own way is not decided by that.
        known.curves[id(node)] = None
        moves = known.depends(node)
        known.curves[id(node)] = (
            _curve(known, node) if moves else Fact(node, "constant", "constant")
        )
    return known.curves[id(node)]


def _curve(known: Context, node: Tree) -> Fact | None:
    match node:
        case Name(name):
            return _of_name(known, node, name)
        case Transpose(operand):
            return _same(node, curve(known, operand), "transpose")
        case Negative(operand):
            return _scaled(node, curve(known, operand), "negative", (), "minus")
        case Add(terms):
            return _sum(known, node, terms)
        case Binary("*" | ".*"):
            return (
                quadratic(known, node, curve)
                or entropy(known, node, curve)
                or _product(known, node)
            )
        case Binary("/" | "./", left, right):
            return _quotient(known, node, left, right)
        case Binary("^" | ".^"):
            return quadratic(known, node, curve) or _power(known, node)
        case Call():
            return _call(known, node)
    return None


def _of_name(known: Context, node: Name, name: str) -> Fact | None:
    if name in known.definitions:
        return curve(known, known.definitions[name])
    return Fact(node, "affine", "variable", strict={name: ()})


def _same(node: Tree, inner: Fact | None, why: str, strict: Strict | None = None) -> Fact | None:
    if inner is None:
        return None
    kept = inner.strict if strict is None else strict
    return Fact(node, inner.says, why, (inner,), kept)


def _scaled(
    node: Tree, inner: Fact | None, sign: Says | None, given: tuple[Fact, ...], why: str
) -> Fact | None:
    """A part times something constant of a sign."""
    if inner is None or (sign is None and not inner.is_affine):
        return None
    turned = sign in {"negative", "nonpositive"}
    says = SIDES.get(inner.says, inner.says) if turned else inner.says
    strict = inner.strict if sign in {"positive", "negative"} else {}
    return Fact(node, says, f"{why}_{_KINDS[inner.says]}", (inner, *given), strict)


def _sum(known: Context, node: Tree, terms: Sequence[Tree]) -> Fact | None:
    found = [curve(known, term) for term in terms]
    facts = [fact for fact in found if fact is not None]
    moving = tuple([fact for fact in facts if fact.says != "constant"])
    if len(facts) < len(terms):
        return None
    curved = {fact.says for fact in moving} - {"affine"}
    if len(curved) > 1:
        return None
    if not curved:
        strict = moving[0].strict if len(moving) == 1 else {}
        return Fact(node, "affine", "sum_of_affine", moving, strict)
    strict = {}
    for fact in moving:
        strict = union(strict, fact.strict if fact.says != "affine" else {})
    (says,) = curved
    return Fact(node, says, f"sum_of_{says}", moving, strict)


def _product(known: Context, node: Binary) -> Fact | None:
    """A product with a constant factor, of numbers, of entries or of matrices."""
    left, right = node.left, node.right
    if known.depends(left) and known.depends(right):
        return log_curve(known, node, curve, as_value=True)
    moving, fixed = (left, right) if known.depends(left) else (right, left)
    inner, sign = curve(known, moving), sign_of(known, fixed)
    if inner is None:
        return None
    is_number = known.is_scalar(fixed) or known.is_scalar(moving) or node.operator == ".*"
    given = () if sign is None or inner.is_affine or number(fixed) is not None else (sign,)
    says = None if sign is None else sign.says
    if is_number:
        own = _scaled(node, inner, says, given, "multiple")
        is_same_shape = known.shape(node) == known.shape(moving)
        return own if own is None or is_same_shape else Fact(node, own.says, own.why, own.given)
    found = _scaled(node, inner, says, given, "linear_map")
    if found is None:
        return None
    return Fact(node, found.says, found.why, found.given, _through(known, inner, node, fixed, says))


def _through(known: Context, inner: Fact, node: Binary, fixed: Tree, sign: Says | None) -> Strict:
    """In what a product is strict with a matrix that has full rank, or with positive entries."""
    if not inner.is_affine:
        return inner.strict if sign in {"positive", "negative"} else {}
    side = "columns" if fixed is node.left else "rows"
    rows, cols = known.shape(fixed)
    many, few = (cols, rows) if side == "columns" else (rows, cols)
    if few.is_one and not many.is_one:
        return {}
    own = known.properties(fixed)
    if own & {"spd", "orthogonal"}:
        return inner.strict
    return {name: (*needed, (fixed, side)) for name, needed in inner.strict.items()}


def _quotient(known: Context, node: Binary, left: Tree, right: Tree) -> Fact | None:
    if not known.depends(right):
        sign = sign_of(known, right)
        given = () if sign is None or number(right) is not None else (sign,)
        says = None if sign is None else DIVISORS.get(sign.says)
        return _scaled(node, curve(known, left), says, given, "quotient")
    if known.depends(left):
        return over_linear(known, node, left, right, curve) or log_curve(
            known, node, curve, as_value=True
        )
    sign = sign_of(known, left)
    found = _reciprocal(known, Binary(node.operator, ONE, right), right)
    if found is None or sign is None:
        return None
    if number(left) == 1:
        return Fact(node, found.says, found.why, found.given, found.strict, found.words)
    given = () if number(left) is not None else (sign,)
    return _scaled(node, found, sign.says, given, "multiple")


def _reciprocal(known: Context, node: Tree, right: Tree) -> Fact | None:
    """One over a part."""
    function, inner = power(Fraction(-1)), curve(known, right)
    if function is None or inner is None:
        return None
    return composed(node, function, inner, bounds(known, right), sign_of(known, right))


def _power(known: Context, node: Binary) -> Fact | None:
    base, exponent = node.left, node.right
    if node.operator == "^" and not known.is_scalar(base):
        return None
    mean = root_of_product(known, node, curve)
    if mean is not None:
        return mean
    if not known.depends(base):
        return exponential(known, node, curve, "convex")
    value = number(exponent)
    if value is None:
        return log_curve(known, node, curve, as_value=True)
    function, inner = power(value), curve(known, base)
    if function is None or inner is None:
        return None
    return composed(node, function, inner, bounds(known, base), sign_of(known, base))


def _call(known: Context, node: Call) -> Fact | None:
    if node.over or not node.arguments:
        return None
    name, first = node.function, node.arguments[0]
    special = of_matrices(known, node, curve)
    if special is not None:
        return special
    if name in OF_TWO and len(node.arguments) > 1:
        return _extreme(known, node, node.arguments)
    if name in {"max", "min", "logsumexp"}:
        return _largest(known, node, first)
    if name in NORMS:
        return _norm(known, node, first)
    if name in LINEAR and len(node.arguments) == 1:
        return _entries(known, node, first)
    if name == "logsoftmax":
        inner = curve(known, first)
        return Fact(node, "concave", "logsoftmax", (inner,)) if inner and inner.is_affine else None
    return _of_rule(known, node, first)


def _entries(known: Context, node: Call, first: Tree) -> Fact | None:
    """Sums of entries, or entries in other places."""
    inner = curve(known, first)
    if inner is None:
        return None
    kind = "sum" if node.function in {"sum", "mean", "tr", "cumsum"} else "entries"
    return _same(node, inner, f"{kind}_of_{_KINDS[inner.says]}", _kept(node, inner))


def _kept(node: Call, inner: Fact) -> Strict:
    """In what a sum stays strict: of what is affine entries are lost, of what curves none."""
    if inner.is_affine and node.function != "vec":
        return {}
    return inner.strict if node.function in {"sum", "mean", "vec"} and node.axis is None else {}


def _of_rule(known: Context, node: Call, first: Tree) -> Fact | None:
    rule = known.rule(node)
    if rule is None:
        return None
    if node.function == "sqrt":
        root = root_of_quadratic(known, node, first, curve)
        if root is not None:
            return root
    body = known.body(node)
    if body is not None:
        found = curve(known, body)
        return _same(node, found, "by_definition")
    if rule.kind != "elementwise" or len(node.arguments) > 1:
        return log_curve(known, node, curve, as_value=True)
    inner, function = curve(known, first), of_rule(rule)
    found = None
    if inner is not None:
        found = composed(node, function, inner, bounds(known, first), sign_of(known, first))
    if found is None and node.function == "log":
        found = log_curve(known, first, curve, of=node)
    return found or log_curve(known, node, curve, as_value=True)


def _extreme(known: Context, node: Call, arguments: Sequence[Tree]) -> Fact | None:
    """The larger of convex parts, or the smaller of concave ones."""
    found = [curve(known, argument) for argument in arguments]
    facts = tuple([fact for fact in found if fact is not None])
    is_max = node.function in {"max", "maximum"}
    fits: Callable[[Fact], bool] = (lambda f: f.is_convex) if is_max else (lambda f: f.is_concave)
    if len(facts) < len(found) or not all(map(fits, facts)):
        return None
    says: Says = "convex" if is_max else "concave"
    moving = tuple([fact for fact in facts if fact.says != "constant"])
    return Fact(node, says, f"extreme_of_{says}", moving)


def _largest(known: Context, node: Call, first: Tree) -> Fact | None:
    inner = curve(known, first)
    if inner is None or not (inner.is_concave if node.function == "min" else inner.is_convex):
        return None
    says: Says = "concave" if node.function == "min" else "convex"
    why = "log-sum-exp" if node.function == "logsumexp" else f"extreme_of_{says}"
    return Fact(node, says, why, (inner,))


def _norm(known: Context, node: Call, first: Tree) -> Fact | None:
    """A norm of what is affine, or of convex entries that are not negative."""
    inner = curve(known, first)
    if inner is None:
        return None
    if inner.is_affine:
        return Fact(node, "convex", "norm_of_affine", (inner,))
    sign = sign_of(known, first)
    # The nuclear norm does not increase in the entries.
    if sign is None or node.function == "normN":
        return None
    if inner.says == "convex" and sign.says in POSITIVE:
        return Fact(node, "convex", "norm_of_nonnegative", (inner, sign))
    if inner.says == "concave" and sign.says in {"negative", "nonpositive"}:
        return Fact(node, "convex", "norm_of_nonpositive", (inner, sign))
    return None
