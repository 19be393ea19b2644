"""Signatures in letters: `A[i,k], B[k,j] -> Y[i,j]` says which axes of which arguments agree."""

import re
from dataclasses import dataclass
from functools import cache

Axis = str | tuple[str, ...]

_ARRAY = re.compile(r"(\w+)\s*\[([^]]*)\]")
_ORDERED = re.compile(r"([a-z])\s*>=\s*([a-z])")
_AXIS = re.compile(r"\([^)]*\)|[^,]+")


@dataclass(frozen=True)
class Signature:
    """The axes of the arguments and of the value.

    An axis of an argument is a letter, or `("o", "k")` for `o+k`.  An axis of the value is a
    letter, or `("j", "i")` for the axis that runs over both, `(j,i)`.  Where two letters are
    `ordered`, entries for which the first is smaller than the second are zero.
    """

    arguments: tuple[tuple[Axis, ...], ...]
    value: tuple[Axis, ...]
    ordered: tuple[str, str] | None = None


@cache
def read_signature(text: str) -> Signature:
    """The signature that a text describes.

    Args:
        text: arrays with their letters in brackets, an arrow, the value with its letters; after
            a comma, perhaps, `i >= j`.

    >>> read_signature("V[o+k], K[k] -> Y[o]")
    Signature(arguments=((('o', 'k'),), ('k',)), value=('o',), ordered=None)
    """
    arguments, _, value = text.partition("->")
    return Signature(
        tuple(_axes(match[2]) for match in _ARRAY.finditer(arguments)),
        next((_axes(match[2]) for match in _ARRAY.finditer(value)), ()),
        next(((match[1], match[2]) for match in _ORDERED.finditer(value)), None),
    )


def _axes(text: str) -> tuple[Axis, ...]:
    axes = []
    for axis in _AXIS.findall(text):
        letters = tuple(re.findall(r"[a-z]\w*", axis))
        axes.append(letters[0] if len(letters) == 1 else letters)
    return tuple(axis for axis in axes if axis)
