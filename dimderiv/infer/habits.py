"""What people write: their letters, how far other readings are from that, and forms they use.

The weights are measured against each other alone: a reading is taken where the sum of its weights
and of the costs of its kinds is the least.
"""

from collections.abc import Iterator

from dimderiv.infer.clashes import unsigned
from dimderiv.language import Add, Binary, Name, Number, Transpose, Tree
from dimderiv.lazy import pattern

# A vector that multiplies or is added to a whole scalar term, which then is no scalar.
WHOLE_TERM = 2.0
# The same where the term is a plain inner product: `a b' x` may be meant as it stands.
INNER_PRODUCT = 1.6
# A letter for a number of things before a scalar: `N log(sigma)`.
NUMBER = 1.4
NUMBER_LETTERS = pattern(r"[NMKTC]\d*")
# A column and a row that make a matrix.
OUTER = 3.0
# The same where the row is written as the transpose of a column.
TURNED = 0.8
# A column, or a scalar, that is stretched over a matrix, where a row would be a bias.
COLUMN_ON_MATRIX, SCALAR_ON_MATRIX, GREEK_ON_MATRIX = 1.6, 1.0, 0.6
COLUMN_TIMES_MATRIX, SCALAR_TIMES_MATRIX = 1.4, 1.2
# The same where samples are columns, `W X + b`, so that the bias is a column, too.
WEIGHTS = pattern(r"W\d*|W_\w+|Theta\d*")
SAMPLES_IN_COLUMNS = 0.8
# A letter that nobody uses for anything but a bias.
BIAS = pattern(r"b\d*|b_\w+|beta\d*")
NO_BIAS = 1.0
# A scalar where a vector stands beside: `x - mu`.
SCALAR_ON_VECTOR = 0.5
# The constant of a linear model of data, `X w + b`, written as if it were a vector.
DATA = pattern(r"X\d*|X_\w+|Phi|Z")
INTERCEPT = 1.0
# A scalar that is multiplied by itself and not squared, or `S + w' w`: it may be a matrix.
NO_POWER = SQUARE_ON_MATRIX = 1.0
# A capital that multiplies an array as a matrix would.
CAPITAL_SCALAR = 1.5
# What keeps a root or a quotient from 0, and what an entry is cut off at.
REGULARISER = 1.7
TINY = frozenset({"e", "eps", "epsilon", "delta"})
CUT_OFF = 1.7
# A matrix beside an array with more axes, of which each part would be the same.
MATRIX_ON_ARRAY = 2.0
# A margin, `max(0, m - d)`, or a parameter above a line, `a ./ x`, may be a number.
MARGIN, PARAMETER = 0.8, 0.5
MARGINS = frozenset({"m", "c", "t", "k", "delta", "epsilon", "alpha", "gamma", "tau", "theta"})
SCALAR_LETTERS = pattern(r"[a-egk-npst]\d*(_\w+)?")
# The bias of a convolution is one number.
CONVOLUTION = 3.0
# A scalar before or behind a matrix where a row or a column would be a matrix product.
NO_MATRIX_PRODUCT = 1.2
SCALAR_BEHIND = 1.0
# A reduction, a norm or a matrix function of a scalar.
OF_A_SCALAR = 2.0
VECTOR_LETTERS = pattern(r"[huvwxyz]\d*(_\w+)?")
COUNT_LETTERS = pattern(r"[nmpkdNMKD]\d*")


def factors(node: Tree) -> list[Tree]:
    """The factors of a product that is read from left to right, without its divisors."""
    found: list[Tree] = []
    while isinstance(node, Binary) and node.operator in {"*", "/"}:
        if node.operator == "*":
            found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def divisors_of(node: Tree) -> Iterator[Tree]:
    """The divisors of a product that is read from left to right."""
    while isinstance(node, Binary) and node.operator in {"*", "/"}:
        if node.operator == "/":
            yield node.right
        node = node.left


def is_model(node: Tree) -> bool:
    """Whether a product is that of data and parameters: `X w`."""
    first, *others = factors(node)
    return len(others) == 1 and isinstance(first, Name) and bool(DATA.fullmatch(first.name))


def is_constant(node: Tree) -> bool:
    """Whether a part is one name, with numbers added."""
    terms = [unsigned(t) for t in (node.terms if isinstance(node, Add) else (node,))]
    return all(isinstance(term, (Name, Number)) for term in terms)


def squared(node: Tree) -> str | None:
    """The name whose inner product with itself a part is."""
    match node:
        case Binary("*", Transpose(Name(name)), Name(other)) if name == other:
            return name
    return None


def has_weights_first(node: Tree) -> bool:
    """Whether a product is one of weights and of samples that are columns: `W X`."""
    first, *others = factors(node)
    is_first = isinstance(first, Name) and bool(WEIGHTS.fullmatch(first.name))
    last = others[-1] if others else first
    return is_first and isinstance(last, Name) and not WEIGHTS.fullmatch(last.name)
