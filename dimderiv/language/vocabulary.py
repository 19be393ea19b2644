"""What the reader knows beforehand: the functions, the Greek letters and the shape of a token."""

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from dimderiv.errors import Span
from dimderiv.language.foreign import ALIASES
from dimderiv.language.rule_files import FUNCTIONS

_GREEK = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau
    upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
"""

# Those with a rule, and those that make an array of a given size.
BUILTIN_FUNCTIONS = frozenset(FUNCTIONS) | {"ones", "eye", "vector", "matrix", "commutation"}
# Of one argument a reduction, of two a function of each entry, whose rule has this name.
EXTREMES: Mapping[str, str] = MappingProxyType({"max": "maximum", "min": "minimum"})
# The functions that run over all entries, or along an axis.
REDUCTIONS = frozenset(
    name
    for name, table in FUNCTIONS.items()
    if table.get("kind") == "reduction" or table.get("along")
)
COMPARISONS = (">", "<", ">=", "<=")
# Short for `commutation`, where two arguments follow and nothing else has the name; else a symbol.
COMMUTATION = "K"
COMMUTATIONS = frozenset({"commutation", COMMUTATION})
# The number, where all that is done with the letter is to raise it to a power; else a symbol.
EULER = "e"
# The kind of the token of a 1 that is a vector of ones.
ONES = "ones"
# Before the name of a declared function: its gradient and its Hessian, also as `grad_f`, `hess_f`.
GRADIENT, HESSIAN = "∇", "∇²"
SIGNS = ("", GRADIENT, HESSIAN)
SPELLED_OUT = {GRADIENT: "grad_", HESSIAN: "hess_"}
# Functions that are hidden by symbols with their names.
YIELDING = frozenset(name for name, table in FUNCTIONS.items() if table.get("yields"))
RESERVED_WORDS = (BUILTIN_FUNCTIONS - YIELDING) | ALIASES.keys() | {"axis"}

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
# Marks over a letter, and small figures and letters under it, are spelled as subscripts.
MARKS: Mapping[str, str] = {
    "\N{COMBINING CIRCUMFLEX ACCENT}": "hat",
    "\N{COMBINING MACRON}": "bar",
    "\N{COMBINING OVERLINE}": "bar",
    "\N{COMBINING TILDE}": "tilde",
    "\N{COMBINING DOT ABOVE}": "dot",
}
SUBSCRIPTS: Mapping[str, str] = dict(
    zip("₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789aehijklmnoprstuvx", strict=True)
)


class Token(NamedTuple):
    """One token; an operator's kind is its canonical spelling.

    The other kinds are `number`, `name`, `function`, `axis`, `open` and `close` (the bars of a
    norm; the text of `close` is the norm's function), `ones` and `e` (see `constants`) and `end`.
    """

    kind: str
    text: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.start, self.end


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


def canonical_name(name: str) -> str:
    """A name with each Greek letter, mark and small figure spelled out.

    Args:
        name: a name as it stands in a text or in a declaration.

    Returns:
        The name that stands for it in syntax trees.

    >>> canonical_name("λ1"), canonical_name("x̂"), canonical_name("x₁₂")
    ('lambda1', 'x_hat', 'x_12')
    """
    return name if name.isascii() else "".join(spelled_letters(name))


def spelled_letters(name: str) -> list[str]:
    """What each character of a name is spelled as; characters that are no letters stay."""
    found: list[str] = []
    is_under = False
    for character in name:
        if character.isascii():
            found.append(character)
        elif character in SUBSCRIPTS:
            found.append(SUBSCRIPTS[character] if is_under else f"_{SUBSCRIPTS[character]}")
        else:
            found.append(_spelled_letter(character))
        is_under = character in SUBSCRIPTS
    return found


def _spelled_letter(character: str) -> str:
    if character in GREEK_LETTERS:
        return GREEK_LETTERS[character]
    if character in MARKS:
        return f"_{MARKS[character]}"
    plain = unicodedata.normalize("NFD", character)
    letter, mark = plain[0], MARKS.get(plain[1:])
    return f"{GREEK_LETTERS.get(letter, letter)}_{mark}" if mark else character
