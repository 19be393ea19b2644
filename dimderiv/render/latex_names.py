r"""Spells names in LaTeX: `W1` is `W_{1}`, `lambda` is `\lambda`, `dS2` is `\mathrm{d}S_{2}`."""

import re
from collections.abc import Collection

from dimderiv.language import GREEK_NAMES, canonical_name

_ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}
_PARTS = re.compile(r"(.*?)([0-9]*)(?:_(.*))?", re.DOTALL)


def spelled_name(name: str, known: Collection[str] = ()) -> str:
    r"""A name in LaTeX, with what follows its letters as a subscript.

    >>> spelled_name("x_i"), spelled_name("score"), spelled_name("db1", known=["b1"])
    ('x_{i}', '\\mathrm{score}', '\\mathrm{d}b_{1}')
    >>> spelled_name("beta_hat_1")
    '\\hat{\\beta}_{1}'
    """
    name = canonical_name(name)
    if _is_derivative(name, known):
        return r"\mathrm{d}" + spelled_name(name[1:], known)
    match = _PARTS.fullmatch(name)
    stem, digits, rest = (match[1], match[2], match[3]) if match else (name, "", "")
    subscripts = [part for part in [digits, *(rest or "").split("_")] if part]
    if (len(stem) == 1 or stem in GREEK_NAMES) and subscripts and subscripts[0] in _ACCENTS:
        stem += subscripts.pop(0)
    subscript = ",".join(part if part.isdigit() else spelled_name(part) for part in subscripts)
    return _spelled_stem(stem) + (f"_{{{subscript}}}" if subscript else "")


def _is_derivative(name: str, known: Collection[str]) -> bool:
    rest = name[1:]
    if name[:1] != "d" or not rest or name in GREEK_NAMES:
        return False
    stem = re.split(r"[0-9_]", rest, maxsplit=1)[0]
    return rest in known or (len(stem) == 1 and stem.isupper()) or stem in GREEK_NAMES


def _spelled_stem(stem: str) -> str:
    if len(stem) <= 1 and stem.isascii():
        return stem
    if stem in GREEK_NAMES:
        return "\\" + stem
    for word, accent in _ACCENTS.items():
        plain = stem.removesuffix(word)
        if plain != stem and (len(plain) == 1 or plain in GREEK_NAMES):
            return f"{accent}{{{_spelled_stem(plain)}}}"
    return rf"\mathrm{{{stem}}}" if stem.isascii() else rf"\text{{{stem}}}"
