"""What the reader knows beforehand: the functions, the Greek letters and the shape of a token."""

from collections.abc import Container, Mapping
from itertools import chain, count
from types import MappingProxyType
from typing import NamedTuple

_FUNCTIONS = """
    exp log sqrt sin cos tan sinh cosh tanh arcsin arccos arctan abs sign relu sigmoid softplus
    erf gelu silu tr det logdet inv pinv expm dexpm polar eigmax eigvec diag tril triu vec kron
    sum mean max min logsumexp softmax logsoftmax cross_entropy
    norm1 norm2 normF normN conv2 ones eye vector matrix commutation
"""
_GREEK = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau
    upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
"""

BUILTIN_FUNCTIONS = frozenset(_FUNCTIONS.split())
ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "norm": "norm2",
        "trace": "tr",
        "ln": "log",
        "asin": "arcsin",
        "acos": "arccos",
        "atan": "arctan",
    }
)
# Of one argument a reduction, of two a function of each entry, whose rule has this name.
EXTREMES: Mapping[str, str] = MappingProxyType({"max": "maximum", "min": "minimum"})
COMPARISONS = (">", "<", ">=", "<=")
# Short for `commutation`, where two arguments follow and nothing else has the name; else a symbol.
COMMUTATION = "K"
COMMUTATIONS = frozenset({"commutation", COMMUTATION})
# Before the name of a declared function: its gradient and its Hessian, also as `grad_f`, `hess_f`.
GRADIENT, HESSIAN = "∇", "∇²"
SIGNS = ("", GRADIENT, HESSIAN)
SPELLED_OUT = {GRADIENT: "grad_", HESSIAN: "hess_"}
RESERVED_WORDS = BUILTIN_FUNCTIONS | ALIASES.keys() | {"axis"}

GREEK_NAMES = tuple(_GREEK.split())
GREEK_LETTERS: Mapping[str, str] = MappingProxyType(
    dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", GREEK_NAMES, strict=True))
    | {
        "\N{GREEK LUNATE EPSILON SYMBOL}": "epsilon",
        "\N{GREEK THETA SYMBOL}": "theta",
        "\N{GREEK KAPPA SYMBOL}": "kappa",
        "\N{GREEK RHO SYMBOL}": "rho",
        "\N{GREEK SMALL LETTER FINAL SIGMA}": "sigma",
        "\N{GREEK PHI SYMBOL}": "phi",
        "\N{MICRO SIGN}": "mu",
    }
)
_SPELLED_OUT = str.maketrans(dict(GREEK_LETTERS))


class Token(NamedTuple):
    """One token; an operator's kind is its canonical spelling.

    The other kinds are `number`, `name`, `function`, `axis`, `open` and `close` (the bars of a
    norm; the text of `close` is the norm's function) and `end`.
    """

    kind: str
    text: str
    start: int
    end: int


def spelled_out(function: str) -> str:
    """The name of a declared function, its gradient or its Hessian in ASCII.

    Args:
        function: such as `f`, `∇f` or `∇²f`.

    >>> spelled_out("∇²f")
    'hess_f'
    """
    for sign in (HESSIAN, GRADIENT):
        if function.startswith(sign):
            return SPELLED_OUT[sign] + function.removeprefix(sign)
    return function


def unused_name(wanted: str, taken: Container[str]) -> str:
    """A name that means nothing yet and can be read back.

    Args:
        wanted: the name, if it is free.
        taken: names that mean something.

    >>> unused_name("dS", {"S", "dS"})
    'dS_2'
    """
    numbered = (f"{wanted}_{number}" for number in count(2))
    return next(name for name in chain([wanted], numbered) if name not in taken)


def canonical_name(name: str) -> str:
    """A name with each Greek letter spelled out.

    Args:
        name: a name as it stands in a text or in a declaration.

    Returns:
        The name that stands for it in syntax trees.

    >>> canonical_name("λ1")
    'lambda1'
    """
    return name if name.isascii() else name.translate(_SPELLED_OUT)
