"""Names: how letters, marks and small figures are spelled, and names that mean nothing yet."""

import unicodedata
from collections.abc import Container, Iterator, Mapping
from itertools import chain, count
from types import MappingProxyType

_GREEK = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau
    upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
"""
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


def unused_letters(letters: str, taken: Container[str], more: str = "") -> Iterator[str]:
    """Letters that mean nothing yet, then one with numbers, without an end.

    Args:
        letters: what may stand for the thing, the best first.
        taken: names that mean something; it may grow in between.
        more: the letter that gets numbers, if it is not the first one.

    >>> next(unused_letters("EF", {"E"})), next(unused_letters("EF", {"E", "F", "E1"}))
    ('F', 'E2')
    """
    numbered = (f"{more or letters[0]}{number}" for number in count(1))
    return (name for name in chain(letters, numbered) if name not in taken)
