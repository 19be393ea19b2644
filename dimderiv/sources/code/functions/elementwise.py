"""Functions of each entry."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial

from dimderiv.language import Binary, Call, Name, Negative, Number, Operator
from dimderiv.sources.code import operators
from dimderiv.sources.code.functions import shaping
from dimderiv.sources.code.operators import entrywise, extreme
from dimderiv.sources.code.values import Array, Kind, Place, Value

_SAME = """exp log sqrt sin cos tan sinh cosh tanh arcsin arccos arctan abs sign relu sigmoid
    softplus logsigmoid erf silu expm1 log1p log2 log10 asinh acosh atanh erfc erfinv lgamma
    digamma square reciprocal rsqrt"""
# Those that everybody calls so, without a library.
PLAIN = frozenset(_SAME.split())
# What makes copies, or changes the type of the entries.
_NOTHING = """array asarray tensor as_tensor float double copy clone contiguous astype to
    float32 float64 real conj cpu numpy"""
_OTHER = {
    "absolute": "abs",
    "fabs": "abs",
    "acos": "arccos",
    "arccosh": "acosh",
    "arcsinh": "asinh",
    "arctanh": "atanh",
    "asin": "arcsin",
    "atan": "arctan",
    "expit": "sigmoid",
    "gammaln": "lgamma",
    "loggamma": "lgamma",
    "log_expit": "logsigmoid",
    "log_sigmoid": "logsigmoid",
    "psi": "digamma",
    "ndtr": "normcdf",
    "sgn": "sign",
    "detach": "stop",
    "stop_gradient": "stop",
    "swish": "silu",
}
_OF_TWO = {
    "maximum": "max",
    "minimum": "min",
    "fmax": "max",
    "fmin": "min",
    "hypot": "hypot",
    "polygamma": "polygamma",
    "arctan2": "arctan2",
    "atan2": "arctan2",
}
_COMPARISONS: Mapping[str, Operator] = {
    "greater": ">",
    "greater_equal": ">=",
    "less": "<",
    "less_equal": "<=",
    "gt": ">",
    "ge": ">=",
    "lt": "<",
    "le": "<=",
    "equal": "==",
    "eq": "==",
}


def _of_one(function: str) -> Callable[[Place, Value], Array]:
    def read(at: Place, a: Value) -> Array:
        return entrywise(at, function, at.array(a))

    return read


def _of_two(function: str) -> Callable[[Place, Value, Value], Array]:
    def read(at: Place, a: Value, b: Value) -> Array:
        return extreme(at, function, at.array(a), at.array(b))

    return read


Arithmetic = Callable[[Place, Array, Array], Array]


def _operator(apply: Arithmetic) -> Callable[[Place, Value, Value], Array]:
    def read(at: Place, a: Value, b: Value) -> Array:
        return apply(at, at.array(a), at.array(b))

    return read


def _comparison(operator: Operator) -> Callable[[Place, Value, Value], Array]:
    def read(at: Place, a: Value, b: Value) -> Array:
        return operators.compared(at, operator, at.array(a), at.array(b))

    return read


def negative(at: Place, a: Value) -> Array:
    """The negative of each entry."""
    array = at.array(a)
    return Array(Negative(array.tree, at.span), array.axes, array.is_row)


def clip(at: Place, a: Value, min: Value = None, max: Value = None) -> Array:
    """Entries cut off at one end or at both."""
    array = at.array(a)
    if min is not None and max is not None:
        return entrywise(at, "clip", array, at.array(min), at.array(max))
    if min is not None:
        return extreme(at, "max", array, at.array(min))
    return entrywise(at, "min", array, at.array(max))


def where(at: Place, a: Value, b: Value = None, y: Value = None) -> Array:
    """One of two values for each entry."""
    if b is None or y is None:
        at.refuse("where with a condition alone gives places", "np.where(condition, a, b)")
    return entrywise(at, "where", at.array(a), at.array(b), at.array(y))


def logaddexp(at: Place, a: Value, b: Value) -> Array:
    """The logarithm of a sum of exponentials."""
    left, right = at.array(a), at.array(b)
    for one, other in ((left, right), (right, left)):
        if one.number == 0:
            return entrywise(at, "softplus", other)
    exponentials = [entrywise(at, "exp", each) for each in (left, right)]
    return entrywise(at, "log", operators.added(at, *exponentials))


def leaky_relu(at: Place, a: Value, negative_slope: Value = None) -> Array:
    """A rectifier with a slope on the left, 0.01 unless it is given."""
    slope = _number("0.01") if negative_slope is None else at.array(negative_slope)
    return entrywise(at, "leaky_relu", at.array(a), slope)


def elu(at: Place, a: Value, alpha: Value = None) -> Array:
    """The exponential linear unit, of weight 1 unless it is given."""
    weight = _number(1) if alpha is None else at.array(alpha)
    return entrywise(at, "elu", at.array(a), weight)


def gelu(at: Place, a: Value, approximate: Value = None) -> Array:
    """The Gaussian linear unit: exact in PyTorch, by tanh in JAX, unless it says otherwise."""
    array = at.array(a)
    is_exact = approximate in (None, "none", False)
    if is_exact and (at.library != "jax" or approximate is False):
        return entrywise(at, "gelu", array)
    cube = operators.raised(at, array, _number(3))
    inner = operators.added(at, array, operators.multiplied(at, _number("0.044715"), cube))
    ratio = Binary("/", Number(Fraction(2)), Name("pi"), at.span)
    root = Array(Call("sqrt", (ratio,), span=at.span), 0)
    bent = entrywise(at, "tanh", operators.multiplied(at, root, inner))
    half = operators.multiplied(at, _number("0.5"), array)
    return operators.multiplied(at, half, operators.added(at, _number(1), bent))


def _number(value: str | int) -> Array:
    return Array(Number(Fraction(value)), 0)


def same(at: Place, a: Value, b: Value = None) -> Array:
    """The array itself: copies and types of entries change nothing."""
    if b is not None and not isinstance(b, Kind | str):
        at.refuse("this type of entries is not read", "float")
    return shaping.block(at, a) if isinstance(a, tuple) else at.array(a)


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    **{name: _of_one(name) for name in _SAME.split()},
    **{name: _of_one(function) for name, function in _OTHER.items()},
    **{name: _of_two(function) for name, function in _OF_TWO.items()},
    **{name: _comparison(operator) for name, operator in _COMPARISONS.items()},
    **dict.fromkeys(["add", "plus"], _operator(operators.added)),
    **dict.fromkeys(["subtract", "sub"], _operator(partial(operators.added, subtract=True))),
    **dict.fromkeys(["multiply", "mul"], _operator(operators.multiplied)),
    **dict.fromkeys(["divide", "true_divide", "div"], _operator(operators.divided)),
    **dict.fromkeys(["power", "pow", "float_power"], _operator(operators.raised)),
    **dict.fromkeys(["matmul", "mm", "bmm", "mv"], _operator(operators.product)),
    **dict.fromkeys(["negative", "neg"], negative),
    **dict.fromkeys(["clip", "clamp"], clip),
    **dict.fromkeys(_NOTHING.split(), same),
    "where": where,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "gelu": gelu,
    "logaddexp": logaddexp,
}
