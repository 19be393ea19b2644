"""Between which numbers the entries of a part lie, by what is declared and what the rules carry."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import inf

from dimderiv.curvature.context import Context, factors, number, turned
from dimderiv.curvature.fact import Bounds, End, Fact
from dimderiv.language import Add, Binary, Call, Name, Negative, Transpose, Tree

ANYTHING = Bounds()
NONNEGATIVE = frozenset({"nonnegative", "psd"})
UNIT = frozenset({"binary", "onehot", "probability"})
# Functions whose entries are averages of entries, or some of them.
AVERAGES = frozenset({"mean", "max", "min", "vec", "sort"})
NORMS = frozenset({"norm1", "norm2", "normF", "normInf", "normN"})
EXTREMES = frozenset({"max", "min", "maximum", "minimum"})


def bounds(known: Context, node: Tree) -> Bounds:
    """Between which numbers all entries of a part lie, wherever they have a value.

    Args:
        known: the expression.
        node: a part of it.
    """
    if id(node) not in known.bounds:
        known.kept.append(node)
        known.bounds[id(node)] = _bounds(known, node)
    return known.bounds[id(node)]


def sign_of(known: Context, node: Tree) -> Fact | None:
    """The sign of all entries of a part, as a step of a certificate.

    Args:
        known: the expression.
        node: a part of it.
    """
    return bounds(known, node).fact(node)


def _bounds(known: Context, node: Tree) -> Bounds:
    value = number(node)
    if value is not None:
        return Bounds(value, value, why="number")
    match node:
        case Name():
            return _of_name(known, node)
        case Transpose(operand):
            return bounds(known, operand)
        case Negative(operand):
            return _negated(bounds(known, operand), _given(known, [operand]))
        case Add(terms):
            return _sum(known, terms)
        case Binary():
            return _binary(known, node)
        case Call():
            return _call(known, node)
    return ANYTHING


def _given(known: Context, nodes: Iterable[Tree]) -> tuple[Fact, ...]:
    """The signs of parts that have one and are no numbers."""
    found = [sign_of(known, node) for node in nodes if number(node) is None]
    return tuple([fact for fact in found if fact is not None])


def _of_name(known: Context, node: Name) -> Bounds:
    name = node.name
    if name in known.definitions:
        return bounds(known, known.definitions[name])
    if name in known.typed.symbols:
        return _declared(known.properties(node), known.is_scalar(node))
    meaning = known.typed.meaning(name)
    if meaning == "size":
        return Bounds(1, why="size")
    if meaning == "pi":
        return Bounds(3, 4, why="number")
    return Bounds(0, 1, why="identity") if meaning == "identity" else ANYTHING


def _declared(properties: frozenset[str], is_scalar: bool) -> Bounds:
    if "positive" in properties or (is_scalar and "spd" in properties):
        return Bounds(0, above=True, why="declared_positive")
    if properties & UNIT:
        return Bounds(0, 1, why="declared_between")
    if "nonnegative" in properties or (is_scalar and "psd" in properties):
        return Bounds(0, why="declared_nonnegative")
    return Bounds(-1, 1, why="declared_orthogonal") if "orthogonal" in properties else ANYTHING


def _negated(one: Bounds, given: tuple[Fact, ...]) -> Bounds:
    return Bounds(-one.high, -one.low, one.below, one.above, "negated", given)


def _sum(known: Context, terms: Iterable[Tree]) -> Bounds:
    each = [bounds(known, term) for term in terms]
    low, high = sum(one.low for one in each), sum(one.high for one in each)
    above, below = any(one.above for one in each), any(one.below for one in each)
    return Bounds(low, high, above, below, "sum_of_signs", _given(known, terms))


def _binary(known: Context, node: Binary) -> Bounds:
    left, right = node.left, node.right
    match node.operator:
        case "*":
            return _product(known, node)
        case ".*":
            if left == right:
                return Bounds(0, why="square")
            return _times(known, node)
        case "/" | "./":
            return _quotient(known, node)
        case "^" | ".^":
            return _power(known, node)
        case ">" | "<" | ">=" | "<=" | "==":
            return Bounds(0, 1, why="comparison")
    return ANYTHING


def _product(known: Context, node: Binary) -> Bounds:
    """A product of scalars, a quadratic form, or of matrices whose entries have signs."""
    chain = [part for part in factors(node) if not known.is_scalar(part)]
    if known.is_scalar(node) and _is_form(known, chain):
        why = "sum_of_squares" if len(chain) == 2 else "form"
        scalars = [part for part in factors(node) if known.is_scalar(part)]
        return _times_squares(known, scalars, why)
    if known.is_scalar(node.left) or known.is_scalar(node.right):
        if node.left == node.right:
            return Bounds(0, why="square")
        return _times(known, node)
    one, other = bounds(known, node.left), bounds(known, node.right)
    given = _given(known, (node.left, node.right))
    if min(one.low, other.low) >= 0:
        strict = all(b.sign == "positive" for b in (one, other))
        return Bounds(0, above=strict, why="product_of_signs", given=given)
    return ANYTHING


def _is_form(known: Context, chain: Sequence[Tree]) -> bool:
    """Whether it is `v' v`, or `v' P v` with what is declared semidefinite, or its inverse."""
    if len(chain) not in (2, 3) or chain[0] != turned(chain[-1]):
        return False
    middle = chain[1] if len(chain) == 3 else None
    if isinstance(middle, Call) and middle.function == "inv":
        middle = middle.arguments[0]
    return middle is None or bool(known.properties(middle) & {"spd", "psd"})


def _times_squares(known: Context, scalars: Iterable[Tree], why: str) -> Bounds:
    """Scalars times what is not negative."""
    signs = [bounds(known, each).sign for each in scalars]
    if None in signs:
        return ANYTHING
    turned_signs = sum(sign in {"negative", "nonpositive"} for sign in signs)
    given = _given(known, scalars)
    if turned_signs % 2:
        return Bounds(high=0, why=why, given=given)
    return Bounds(0, why=why, given=given)


def _times(known: Context, node: Binary) -> Bounds:
    """The product of entries: the least and the largest one at the ends of both."""
    one, other = bounds(known, node.left), bounds(known, node.right)
    ends = [_end(a, b) for a in (one.low, one.high) for b in (other.low, other.high)]
    given = _given(known, (node.left, node.right))
    signs = (one.sign, other.sign)
    strict = all(sign in {"positive", "negative"} for sign in signs)
    low, high = min(ends), max(ends)
    return Bounds(low, high, strict and low == 0, strict and high == 0, "product_of_signs", given)


def _end(a: End, b: End) -> End:
    """The product of two ends, where zero times what has no end is zero."""
    return Fraction(0) if 0 in (a, b) else a * b


def _quotient(known: Context, node: Binary) -> Bounds:
    one, other = bounds(known, node.left), bounds(known, node.right)
    given = _given(known, (node.left, node.right))
    signs = {one.sign, other.sign}
    if None in signs or other.sign is None:
        return ANYTHING
    # Where the quotient has a value, what it is divided by is not zero.
    side = _side(one) * _side(other)
    strict = one.sign in {"positive", "negative"}
    if side > 0:
        return Bounds(0, above=strict, why="quotient_of_signs", given=given)
    return Bounds(high=0, below=strict, why="quotient_of_signs", given=given)


def _side(one: Bounds) -> int:
    return 1 if one.sign in {"positive", "nonnegative"} else -1


def _power(known: Context, node: Binary) -> Bounds:
    exponent, base = number(node.right), bounds(known, node.left)
    given = _given(known, (node.left,))
    if node.operator == "^" and not known.is_scalar(node.left):
        is_product = exponent is not None and exponent.denominator == 1 and exponent > 0
        is_known = is_product and base.low >= 0
        return Bounds(0, why="power_of_signs", given=given) if is_known else ANYTHING
    if exponent is not None and exponent.denominator == 1 and exponent % 2 == 0:
        strict = exponent < 0 or base.sign in {"positive", "negative"}
        if exponent < 0 or inf in (-base.low, base.high):
            return Bounds(0, above=strict, why="even_power")
        largest = max(-base.low, base.high)
        below = (base.above or -base.low < largest) and (base.below or base.high < largest)
        high = largest ** int(exponent)
        return Bounds(0, high, strict, below, "even_power", given)
    if base.sign in {"positive", "nonnegative"}:
        strict = base.sign == "positive"
        return Bounds(0, above=strict, why="power_of_signs", given=given)
    # A power that is no whole number has a value for positive entries alone.
    is_root = exponent is not None and exponent.denominator % 2 == 0
    return Bounds(0, why="root") if is_root else ANYTHING


def _call(known: Context, node: Call) -> Bounds:
    if node.function in NORMS:
        return Bounds(0, why="norm")
    if node.over or not node.arguments:
        return ANYTHING
    first = node.arguments[0]
    given = _given(known, node.arguments)
    if node.function in EXTREMES and len(node.arguments) > 1:
        return _extreme(known, node)
    if node.function in AVERAGES:
        return bounds(known, first)._replace(why="average", given=given)
    if node.function in _OF_SIGNS:
        return _OF_SIGNS[node.function](bounds(known, first), given)
    if node.function == "softmax":
        return Bounds(0, 1, above=True, why="softmax")
    if node.function == "logsoftmax":
        return Bounds(high=0, why="logsoftmax")
    rule = known.rule(node)
    if rule is None:
        return ANYTHING
    body = known.body(node)
    if body is not None:
        return bounds(known, body)
    if rule.kind == "elementwise" and len(node.arguments) == 1:
        return _entrywise(known, node, first)
    return ANYTHING


def _entrywise(known: Context, node: Call, argument: Tree) -> Bounds:
    """The range of a function, or that on the side of zero on which its argument lies."""
    rule = known.rule(node)
    assert rule is not None, "the rule was found before"
    low, high = rule.range
    # What rises or falls on the whole line never reaches the ends of its range.
    open_ends = rule.strictly and (-inf, inf) in (rule.increasing, rule.decreasing)
    inner = bounds(known, argument)
    given = _given(known, [argument])
    at_zero = _AT_ZERO.get(node.function)
    if at_zero is not None and rule.increasing[0] <= 0 and rule.increasing[1] == inf:
        if inner.low >= at_zero:
            strict = rule.strictly and (inner.above or inner.low > at_zero)
            return Bounds(max(0, low), high, strict, open_ends, "increasing_from_zero", given)
        if inner.high <= at_zero and rule.increasing[0] <= inner.low:
            strict = rule.strictly and (inner.below or inner.high < at_zero)
            return Bounds(low, 0, open_ends, strict, "increasing_from_zero", given)
    if low == -inf and high == inf:
        return ANYTHING
    return Bounds(low, high, open_ends and low > -inf, open_ends and high < inf, "range")


def _extreme(known: Context, node: Call) -> Bounds:
    each = [bounds(known, argument) for argument in node.arguments]
    pick = max if node.function in {"max", "maximum"} else min
    low, high = pick(one.low for one in each), pick(one.high for one in each)
    given = _given(known, node.arguments)
    above = (any if pick is max else all)(one.sign == "positive" for one in each) and low == 0
    below = (all if pick is max else any)(one.sign == "negative" for one in each) and high == 0
    return Bounds(low, high, above, below, "extreme_of_signs", given)


def _of_sum(one: Bounds, given: tuple[Fact, ...]) -> Bounds:
    low, high = (0 if one.low >= 0 else -inf), (0 if one.high <= 0 else inf)
    return Bounds(low, high, one.sign == "positive", one.sign == "negative", "sum_of_signs", given)


def _with_zeros(one: Bounds, given: tuple[Fact, ...]) -> Bounds:
    return Bounds(min(one.low, 0), max(one.high, 0), why="average", given=given)


_OF_SIGNS: dict[str, Callable[[Bounds, tuple[Fact, ...]], Bounds]] = {
    "sum": _of_sum,
    "tr": _of_sum,
    "prod": lambda one, given: (
        Bounds(0, above=one.sign == "positive", why="product_of_signs", given=given)
        if one.low >= 0
        else ANYTHING
    ),
    "diag": _with_zeros,
    "tril": _with_zeros,
    "triu": _with_zeros,
}
# Where functions that increase on both sides of it, or from it on, are zero.
_AT_ZERO = {
    "sinh": 0,
    "tanh": 0,
    "arctan": 0,
    "asinh": 0,
    "erf": 0,
    "expm1": 0,
    "log1p": 0,
    "log": 1,
    "sqrt": 0,
}
