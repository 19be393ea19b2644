"""Trees with letters, built by hand, and what numpy makes of them."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from random import Random

import numpy as np

from dimderiv.language import (
    Binary,
    Call,
    Entry,
    IndexForm,
    Letter,
    Name,
    Number,
    Slice,
    Tree,
    parse_expression,
)
from dimderiv.verify.evaluate import Arithmetic, Evaluator
from dimderiv.verify.layout import Sized, entries, shaped, size_of


def index(text: str) -> Tree:
    """An index as it is written: `2i+r-1`, `:`, `1:`, `(h d)`, `y[i]`."""
    if ":" in text:
        start, stop = text.split(":")
        return Slice(index(start) if start else None, index(stop) if stop else None)
    if "//" in text:
        left, right = text.split("//")
        return Binary("//", index(left), index(right))
    if "[" in text:
        name, inner = text.rstrip("]").split("[")
        return Entry(Name(name), tuple(map(index, inner.split(","))))
    return parse_expression(text, names=["pi"])


def part(array: str | Tree, *indices: str) -> Entry:
    """A part of an array: `part("X", "i", ":")`."""
    operand = Name(array) if isinstance(array, str) else array
    return Entry(operand, tuple(index(text) for text in indices))


def letters(text: str) -> tuple[Letter, ...]:
    """Letters with their sizes: `i:m j:3`."""
    pairs = (each.split(":") for each in text.split())
    return tuple((letter, parse_expression(size, names=[size])) for letter, size in pairs)


def over(function: str, text: str, body: Tree) -> Call:
    """A reduction over letters: `over("sum", "k:p", body)`."""
    return Call(function, (body,), over=letters(text))


def form(text: str, body: Tree) -> IndexForm:
    """An index form: `form("i:m j:n", body)`."""
    return IndexForm(letters(text), body)


def product(*factors: Tree) -> Tree:
    """A product, from left to right."""
    result, *others = factors
    for factor in others:
        result = Binary("*", result, factor)
    return result


def number(value: int) -> Number:
    """A whole number."""
    return Number(Fraction(value))


def drawn(seed: int, *lengths: int) -> Sized:
    """An array of rationals."""
    rng = Random(seed)
    count = int(np.prod(lengths))
    return shaped(lengths, [Fraction(rng.randint(1, 40), 8) - 2 for _ in range(count)])


def floats(value: Sized) -> np.ndarray:
    """An array of numpy, without axes of length 1 behind a column."""
    size = size_of(value)
    kept = size if len(size) > 2 else size[: 2 - (size.cols == 1) - (size == (1, 1))]
    return np.array([float(x) for x in entries(value)]).reshape(kept)


def evaluated(
    tree: Tree,
    names: Mapping[str, Sized],
    sizes: Mapping[str, int],
    classes: Mapping[str, int] | None = None,
) -> Sized:
    """The value of a tree by the verifier's own reading."""
    evaluator = Evaluator(Arithmetic(40), sizes, dict(names), classes=classes or {})
    return evaluator.array(tree)


def same(found: Sized, wanted: np.ndarray | Sequence[float] | float) -> None:
    """Compare an array with one of numpy."""
    np.testing.assert_allclose(floats(found), wanted, rtol=1e-12, atol=1e-12)
