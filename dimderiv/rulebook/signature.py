"""Signatures in letters: `A[i,k], B[k,j] -> Y[i,j]` says which axes of which arguments agree."""

import re
from collections.abc import Iterable
from functools import cache
from itertools import chain

from dimderiv.language import frozen
from dimderiv.lazy import pattern


class Sliding(tuple[str, ...]):
    """An axis along which letters slide: `o+k`, whose place is the sum of theirs."""

    __slots__ = ()


Axis = str | tuple[str, ...]

_ARRAY = pattern(r"(\w+)\s*(?:\[([^]]*)\])?")
_ORDERED = pattern(r"([a-z])\s*>=\s*([a-z])")
_AXIS = pattern(r"\([^)]*\)|[^,]+")


@frozen.record
class Signature:
    """The names of the arguments, and the axes of these and of the value.

    An axis of an argument is a letter, or `("o", "k")` for `o+k`.  An axis of the value is a
    letter, or `("j", "i")` for the axis that runs over both, `(j,i)`, or slides as well.  Where two
    letters are `ordered`, entries for which the first is smaller than the second are zero.
    """

    names: tuple[str, ...]
    arguments: tuple[tuple[Axis, ...], ...]
    value: tuple[Axis, ...]
    ordered: tuple[str, str] | None = None

    @property
    def given(self) -> set[str]:
        """The letters of the arguments."""
        return _letters(chain(*self.arguments))

    @property
    def letters(self) -> set[str]:
        """The letters of the arguments and of the value."""
        return self.given | _letters(self.value)

    @property
    def entry(self) -> tuple[Axis, ...]:
        """The letters of an entry of the value: of a square one, `Y[j,j]`, the second is `k`."""
        first, *others = self.value or ("",)
        return (first, "k") if others == [first] else self.value


def _letters(axes: Iterable[Axis]) -> set[str]:
    return {letter for axis in axes for letter in axis}


@cache
def read_signature(text: str) -> Signature:
    """The signature that a text describes.

    Args:
        text: arrays with their letters in brackets, an arrow, the value with its letters; after
            a comma, perhaps, `i >= j`.

    >>> read_signature("V[o+k], K[k] -> Y[o]")
    Signature(names=('V', 'K'), arguments=((('o', 'k'),), ('k',)), value=('o',), ordered=None)
    """
    arguments, _, value = text.partition("->")
    arrays = _ARRAY.findall(arguments)
    return Signature(
        tuple(name for name, _ in arrays),
        tuple(_axes(letters) for _, letters in arrays),
        next((_axes(letters) for _, letters in _ARRAY.findall(value)), ()),
        next(((match[1], match[2]) for match in _ORDERED.finditer(value)), None),
    )


def _axes(text: str) -> tuple[Axis, ...]:
    axes: list[Axis] = []
    for axis in _AXIS.findall(text):
        letters = tuple(re.findall(r"[a-z]\w*", axis))
        several = Sliding(letters) if "+" in axis else letters
        axes.append(letters[0] if len(letters) == 1 else several)
    return tuple(axis for axis in axes if axis)
