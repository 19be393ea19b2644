"""Parts of index expressions: each is written as text and evaluated in PyTorch by the same code.

A part is evaluated with an axis for each letter of its statement, of size 1 where it lacks the
letter.  Nothing of dimderiv is used: a text that is read differently has another value.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

import torch

Tensor: TypeAlias = torch.Tensor


@dataclass(frozen=True)
class Space:
    """The arrays, and the letters of a statement in the order of their axes, with their sizes."""

    arrays: Mapping[str, Tensor]
    letters: Mapping[str, int]

    def axis(self, letter: str) -> int:
        """The axis of a letter."""
        return list(self.letters).index(letter)

    def grid(self, letter: str) -> Tensor:
        """The values of a letter along its axis."""
        shape = [1] * len(self.letters)
        shape[self.axis(letter)] = self.letters[letter]
        return torch.arange(self.letters[letter]).reshape(shape)

    def spread(self, value: Tensor, letters: Sequence[str]) -> Tensor:
        """A value repeated along the letters that it lacks."""
        shape = list(value.shape)
        for letter in letters:
            shape[self.axis(letter)] = self.letters[letter]
        return value.expand(shape)


@dataclass(frozen=True)
class Part:
    """A text with its value; the letters that are left; and how tightly the text binds.

    Attributes:
        text: in the language.
        value: in PyTorch.
        letters: those that the value depends on.
        level: 0 for a sum, 1 for a product, 2 for what needs no brackets.
        anchored: the letters that are an index by themselves.
        names: the arrays that occur.
    """

    text: str
    value: Callable[[Space], Tensor]
    letters: frozenset[str]
    level: int
    anchored: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def at(self, level: int) -> str:
        """The text, in brackets where it binds less tightly."""
        return self.text if self.level >= level else f"({self.text})"


def joined(
    parts: Sequence[Part], text: str, value: Callable[..., Tensor], level: int, without: str = ""
) -> Part:
    """What is made of several parts.

    Args:
        parts: the parts.
        text: the text of the whole.
        value: the value of the whole, of those of the parts.
        level: how tightly the text binds.
        without: letters that are summed.
    """
    letters = frozenset[str]().union(*[part.letters for part in parts]) - set(without)
    return Part(
        text,
        lambda space: value(*[part.value(space) for part in parts]),
        letters,
        level,
        frozenset[str]().union(*[part.anchored for part in parts]),
        frozenset[str]().union(*[part.names for part in parts]),
    )


def product(parts: Sequence[Part]) -> Part:
    """Factors side by side."""
    text = " ".join(part.at(1 if k == 0 else 2) for k, part in enumerate(parts))
    return joined(parts, text, lambda *values: reduce(torch.mul, values), 1)


def summed(parts: Sequence[Part], signs: Sequence[str]) -> Part:
    """Terms with their signs; the first one has none."""
    text = parts[0].text
    for part, sign in zip(parts[1:], signs, strict=True):
        text += f" {sign} {part.at(1)}"

    def value(first: Tensor, *others: Tensor) -> Tensor:
        for other, sign in zip(others, signs, strict=True):
            first = first + other if sign == "+" else first - other
        return first

    return joined(parts, text, value, 0)


def quotient(above: Part, below: Part) -> Part:
    """A part divided by one more than the square of another."""
    text = f"{above.at(1)} / (1 + {below.at(2)}^2)"
    return joined([above, below], text, lambda a, b: a / (1 + b**2), 1)


# Functions of entries with what they are in PyTorch; the argument has a place in the text.
FUNCTIONS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "exp({})": torch.exp,
    "sin({})": torch.sin,
    "tanh({})": torch.tanh,
    "sigmoid({})": torch.sigmoid,
    "relu({})": torch.relu,
    "abs({})": torch.abs,
    "softplus({})": torch.nn.functional.softplus,
    "log(1 + exp({}))": lambda x: torch.log(1 + torch.exp(x)),
    "max(0, {})": torch.relu,
}
POWERS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "{}^2": lambda x: x**2,
    "{}^3": lambda x: x**3,
}


def function(name: str, argument: Part) -> Part:
    """A function of entries, or a power, of a part."""
    if name in POWERS:
        return joined([argument], name.format(argument.at(3)), POWERS[name], 2)
    return joined([argument], name.format(argument.text), FUNCTIONS[name], 2)


def attained_once(extreme: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A maximum or a minimum along axes; no number where it is attained twice.

    The rules assume that it is attained once, and labels that repeat, or zeros outside of an array,
    attain it twice at every point: the judge skips what has no value.
    """

    def reduced(whole: Tensor, axes: tuple[int, ...], *, keepdim: bool) -> Tensor:
        found = extreme(whole, axes, keepdim=keepdim)
        attained = torch.isclose(whole, found, 1e-9, 1e-12).sum(axes, keepdim=keepdim)
        return found * torch.where(attained == 1, 1.0, torch.nan)

    return reduced


REDUCTIONS: Mapping[str, Callable[..., Tensor]] = {
    "sum": torch.sum,
    "mean": torch.mean,
    "max": attained_once(torch.amax),
    "min": attained_once(torch.amin),
    "logsumexp": torch.logsumexp,
}


def reduced(name: str, part: Part, letters: Sequence[str], shown: str | None) -> Part:
    """A reduction over letters.

    Args:
        name: such as `sum`.
        part: what is reduced.
        letters: the letters.
        shown: the letters as they are written, with sizes; a sum need not be written.
    """

    def value(space: Space) -> Tensor:
        whole = space.spread(part.value(space), letters)
        return REDUCTIONS[name](whole, tuple(map(space.axis, letters)), keepdim=True)

    text = part.text if shown is None else f"({name}[{shown}] {part.at(1)})"
    level = part.level if shown is None else 3
    left = part.letters - set(letters)
    return Part(text, value, left, level, part.anchored, part.names)


@dataclass(frozen=True)
class Index:
    """One index of an entry: its text, and its value for each letter."""

    text: str
    value: Callable[[Space], Tensor]
    letters: frozenset[str]
    size: str
    is_alone: bool = False


def letter(name: str, size: str) -> Index:
    """A letter by itself."""
    return Index(name, lambda space: space.grid(name), frozenset(name), size, True)


def group(slow: str, fast: str, size: str) -> Index:
    """An axis of two letters."""

    def value(space: Space) -> Tensor:
        return space.grid(slow) * space.letters[fast] + space.grid(fast)

    return Index(f"({slow} {fast})", value, frozenset({slow, fast}), size)


def affine(terms: Sequence[tuple[int, str]], offset: int, size: str) -> Index:
    """A sum of letters with whole numbers before them."""

    def value(space: Space) -> Tensor:
        return sum((k * space.grid(name) for k, name in terms), torch.tensor(offset))

    text = "".join(
        ("-" if k < 0 else "+" if n else "") + (f"{abs(k)}" if abs(k) > 1 else "") + name
        for n, (k, name) in enumerate(terms)
    )
    text += f"{offset:+d}" if offset else ""
    return Index(text, value, frozenset(name for _, name in terms), size)


def constant(place: int, size: str) -> Index:
    """One place of an axis."""
    return Index(str(place), lambda space: torch.tensor(place), frozenset(), size)


def label(labels: str, name: str, size: str) -> Index:
    """The label of a record."""

    def value(space: Space) -> Tensor:
        return space.arrays[labels][space.grid(name)]

    return Index(f"{labels}[{name}]", value, frozenset(name), size, True)


def entry(name: str, indices: Sequence[Index]) -> Part:
    """An entry of an array, zero outside."""

    def value(space: Space) -> Tensor:
        array = space.arrays[name]
        places = [index.value(space) for index in indices]
        found = array[tuple(p.clamp(0, s - 1) for p, s in zip(places, array.shape, strict=True))]
        for place, size in zip(places, array.shape, strict=True):
            found = torch.where((place >= 0) & (place < size), found, 0.0)
        return found.reshape(found.shape or (1,) * len(space.letters))

    text = f"{name}[{','.join(index.text for index in indices)}]"
    letters = frozenset[str]().union(*[index.letters for index in indices])
    alone = frozenset[str]().union(*[i.letters for i in indices if i.is_alone])
    return Part(text, value, letters, 3, alone, frozenset({name}))
