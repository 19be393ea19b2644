"""Whether a symmetric matrix is definite, by how it is made."""

from collections.abc import Sequence

from dimderiv.curvature.bounds import sign_of
from dimderiv.curvature.context import Context, factors, number, turned
from dimderiv.curvature.fact import Fact, Says
from dimderiv.language import Add, Binary, Call, Name, Negative, Transpose, Tree

FLIPPED: dict[Says, Says] = {
    "positive definite": "negative definite",
    "positive semidefinite": "negative semidefinite",
    "negative definite": "positive definite",
    "negative semidefinite": "positive semidefinite",
}
STRICT = frozenset({"positive definite", "negative definite"})
ABOVE = frozenset({"positive definite", "positive semidefinite"})
DIAGONAL: dict[Says, Says] = {
    "positive": "positive definite",
    "nonnegative": "positive semidefinite",
    "negative": "negative definite",
    "nonpositive": "negative semidefinite",
}
DISTRIBUTIONS = frozenset({"onehot", "probability"})


def definite(known: Context, node: Tree) -> Fact | None:
    """Whether a part is definite or semidefinite, and so symmetric, as a step of a certificate.

    Args:
        known: the expression.
        node: a part of it; a scalar is a matrix too.
    """
    if id(node) not in known.definite:
        known.kept.append(node)
        known.definite[id(node)] = _definite(known, node)
    return known.definite[id(node)]


def _definite(known: Context, node: Tree) -> Fact | None:
    if known.is_scalar(node):
        sign = sign_of(known, node)
        return None if sign is None else Fact(node, DIAGONAL[sign.says], "scalar", (sign,))
    match node:
        case Name():
            return _of_name(known, node)
        case Transpose(operand):
            return _same(node, definite(known, operand), "transpose")
        case Negative(operand):
            return _flipped(node, definite(known, operand))
        case Add(terms):
            return _sum(known, node, terms)
        case Binary("*"):
            return _product(known, node)
        case Binary(".*", left, right):
            return _entrywise(known, node, left, right)
        case Binary("/" | "./", left, right) if known.is_scalar(right):
            return _scaled(known, node, [right], definite(known, left))
        case Binary("^", left, right):
            return _power(known, node, left, right)
        case Call():
            return _call(known, node)
    return None


def _same(node: Tree, inner: Fact | None, why: str) -> Fact | None:
    return None if inner is None else Fact(node, inner.says, why, (inner,))


def _flipped(node: Tree, inner: Fact | None) -> Fact | None:
    return None if inner is None else Fact(node, FLIPPED[inner.says], "negated", (inner,))


def _of_name(known: Context, node: Name) -> Fact | None:
    if node.name in known.definitions:
        return definite(known, known.definitions[node.name])
    own = known.properties(node)
    if "spd" in own:
        return Fact(node, "positive definite", "declared_definite")
    if "psd" in own:
        return Fact(node, "positive semidefinite", "declared_semidefinite")
    if "diagonal" in own and own & {"positive", "nonnegative"}:
        return Fact(node, "positive semidefinite", "declared_diagonal")
    if known.typed.meaning(node.name) == "identity":
        return Fact(node, "positive definite", "identity")
    return None


def _sum(known: Context, node: Tree, terms: Sequence[Tree]) -> Fact | None:
    """A sum of matrices on one side of zero, or the covariance of a distribution."""
    covariance = _covariance(known, node, terms)
    if covariance is not None:
        return covariance
    found = [definite(known, term) for term in terms]
    facts = tuple([fact for fact in found if fact is not None])
    if len(facts) < len(terms) or len({fact.says in ABOVE for fact in facts}) > 1:
        return None
    strict = any(fact.says in STRICT for fact in facts)
    says = _above(strict) if facts[0].says in ABOVE else FLIPPED[_above(strict)]
    return Fact(node, says, "sum_of_definite", facts)


def _covariance(known: Context, node: Tree, terms: Sequence[Tree]) -> Fact | None:
    """`diag(s) - s s'` for entries that are not negative and sum to 1."""
    match terms:
        case (Call("diag", (one,)), Negative(Binary("*") as square)):
            chain = factors(square)
            if chain == [one, turned(one)] and known.shape(one).is_column:
                weights = distribution(known, one)
                if weights is not None:
                    return Fact(node, "positive semidefinite", "covariance", (weights,))
    return None


def distribution(known: Context, node: Tree) -> Fact | None:
    """That the entries of a column are not negative and sum to 1."""
    value = known.open(node)
    if isinstance(value, Call) and value.function == "softmax" and value.axis is None:
        return Fact(node, "nonnegative", "softmax")
    if known.properties(value) & DISTRIBUTIONS:
        return Fact(node, "nonnegative", "declared_distribution")
    return None


def _product(known: Context, node: Binary) -> Fact | None:
    """A congruence `B' P B` with scalars before it."""
    parts = factors(node)
    scalars = [part for part in parts if known.is_scalar(part)]
    chain = [part for part in parts if not known.is_scalar(part)]
    if len(chain) == 1:
        return _scaled(known, node, scalars, definite(known, chain[0]))
    inner = congruence(known, node, chain)
    return inner if inner is None or not scalars else _scaled(known, node, scalars, inner)


def congruence(known: Context, node: Tree, chain: Sequence[Tree]) -> Fact | None:
    """`B' P B` for a matrix `P` of known sign, or `B' B`; strict where no `B` is.

    Args:
        known: the expression.
        node: the product.
        chain: its factors that are no scalars.
    """
    outer = 0
    while outer < len(chain) // 2 and _are_turned(known, chain[outer], chain[-1 - outer]):
        outer += 1
    middle = chain[outer : len(chain) - outer]
    if len(middle) > 1 or (not outer and not middle):
        return None
    if not middle:
        return Fact(node, "positive semidefinite", "gram")
    inner = definite(known, middle[0])
    if inner is None or not outer:
        return inner
    weak: Says = "positive semidefinite" if inner.says in ABOVE else "negative semidefinite"
    return Fact(node, weak, "weighted_gram", (inner,))


def _are_turned(known: Context, one: Tree, other: Tree) -> bool:
    if one == turned(other) or turned(one) == other:
        return True
    return one == other and is_symmetric(known, one)


def _scaled(known: Context, node: Tree, scalars: Sequence[Tree], inner: Fact | None) -> Fact | None:
    """A matrix times scalars, or divided by one, whose signs are known."""
    if inner is None or not scalars:
        return _same(node, inner, "scalar")
    signs = [sign_of(known, each) for each in scalars]
    facts = [fact for fact in signs if fact is not None]
    if len(facts) < len(signs):
        return None
    says = inner.says
    for fact in facts:
        if fact.says in {"negative", "nonpositive"}:
            says = FLIPPED[says]
    if any(fact.says in {"nonnegative", "nonpositive"} for fact in facts):
        says = "positive semidefinite" if says in ABOVE else "negative semidefinite"
    signs_told = tuple([fact for fact in facts if number(fact.part) is None])
    return Fact(node, says, "scaled", (*signs_told, inner))


def _entrywise(known: Context, node: Tree, left: Tree, right: Tree) -> Fact | None:
    """A scalar multiple, or the product of Schur, of two matrices entry by entry."""
    for scalar, matrix in ((left, right), (right, left)):
        if known.is_scalar(scalar):
            return _scaled(known, node, [scalar], definite(known, matrix))
    one, other = definite(known, left), definite(known, right)
    if one is None or other is None or not {one.says, other.says} <= ABOVE:
        return None
    strict = one.says == other.says == "positive definite"
    return Fact(node, _above(strict), "schur", (one, other))


def _above(strict: bool) -> Says:
    return "positive definite" if strict else "positive semidefinite"


def _power(known: Context, node: Tree, left: Tree, right: Tree) -> Fact | None:
    exponent = number(right)
    inner = definite(known, left)
    if exponent is None:
        return None
    if inner is not None and inner.says in ABOVE and (exponent > 0 or inner.says in STRICT):
        return Fact(node, inner.says, "power_of_definite", (inner,))
    if exponent.denominator == 1 and exponent % 2 == 0 and is_symmetric(known, left):
        return Fact(node, _above(exponent < 0), "square_of_symmetric")
    return None


def _call(known: Context, node: Call) -> Fact | None:
    if node.function == "diag" and not known.shape(node.arguments[0]).is_matrix:
        sign = sign_of(known, node.arguments[0])
        return None if sign is None else Fact(node, DIAGONAL[sign.says], "diagonal", (sign,))
    if node.function == "kron":
        one, other = (definite(known, each) for each in node.arguments)
        if one is None or other is None:
            return None
        says = other.says if one.says in ABOVE else FLIPPED[other.says]
        strict = one.says in STRICT and other.says in STRICT
        if not strict:
            says = "positive semidefinite" if says in ABOVE else "negative semidefinite"
        return Fact(node, says, "kronecker", (one, other))
    if node.function in {"inv", "sqrtm", "expm", "mpower"}:
        return _of_function(known, node)
    body = known.body(node)
    return None if body is None else definite(known, body)


def _of_function(known: Context, node: Call) -> Fact | None:
    inner = definite(known, node.arguments[0])
    if node.function == "expm" and is_symmetric(known, node.arguments[0]):
        return Fact(node, "positive definite", "exponential_of_symmetric")
    if inner is None:
        return None
    if node.function == "inv" and inner.says in STRICT:
        return Fact(node, inner.says, "inverse_of_definite", (inner,))
    if node.function == "sqrtm" and inner.says in ABOVE:
        return Fact(node, inner.says, "power_of_definite", (inner,))
    return None


def is_symmetric(known: Context, node: Tree) -> bool:
    """Whether a matrix is symmetric by what is declared and how it is made."""
    if known.is_scalar(node) or definite(known, node) is not None:
        return True
    match node:
        case Name(name):
            if name in known.definitions:
                return is_symmetric(known, known.definitions[name])
            return bool(known.properties(node) & {"symmetric", "spd", "psd", "diagonal"})
        case Transpose(operand) | Negative(operand):
            return is_symmetric(known, operand)
        case Add(terms):
            return all(is_symmetric(known, term) for term in terms)
        case Binary("*", left, right) if known.is_scalar(left):
            return is_symmetric(known, right)
        case Binary("*" | "/" | "./", left, right) if known.is_scalar(right):
            return is_symmetric(known, left)
        case Binary("*"):
            chain = [part for part in factors(node) if not known.is_scalar(part)]
            return _is_palindrome(known, chain)
        case Call("diag", (inner,)):
            return not known.shape(inner).is_matrix
        case Call("inv" | "expm" | "sqrtm", (inner,)):
            return is_symmetric(known, inner)
    return False


def _is_palindrome(known: Context, chain: Sequence[Tree]) -> bool:
    while len(chain) > 1 and _are_turned(known, chain[0], chain[-1]):
        chain = chain[1:-1]
    return len(chain) == 0 or (len(chain) == 1 and is_symmetric(known, chain[0]))
