"""One function to differentiate: for dimderiv, for automatic differentiation, and by hand."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dimderiv import Derivation, derive
from dimderiv.language.properties import PROPERTIES

Array: TypeAlias = "NDArray[np.float64]"
Arrays: TypeAlias = "dict[str, Array]"
Sizes: TypeAlias = "Mapping[str, int]"
Form: TypeAlias = "Callable[..., Any]"
Draw: TypeAlias = "Callable[[np.random.Generator, tuple[int, ...]], Array]"


@dataclass(frozen=True)
class Case:
    """A derivative that every contender computes.

    Attributes:
        name: what people call it.
        expression: in dimderiv's language.
        wrt: the variables.
        arrays: the shape of each symbol, as dimderiv reads it: `m x n`, `n`, `1 x d`, `scalar`.
        sizes: the sizes named small, medium and large.
        value: the same function on the operations of a library, for automatic differentiation.
        by_hand: closed forms in numpy, by name; all are measured and the best is the reference.
        formula: a closed form in words that numpy, jax and torch share, called with the library.
        limit: makes the work that no form can avoid (products, factorizations), to be run alone.
        draws: how symbols are drawn that are not simply normal.
        order: 2 for Hessians.
        jacobian: whether the value is a vector.
        with_value: whether the value is wanted too, before the derivatives.
        slower: why generated code is slower than the best form by hand, at the sizes where it is.
        without: contenders that lack what it takes, `formula` for the formula in numpy.
    """

    name: str
    expression: str
    wrt: tuple[str, ...]
    arrays: Mapping[str, str]
    sizes: Mapping[str, Sizes]
    value: Callable[..., Any]
    by_hand: Mapping[str, Form]
    limit: Callable[..., Callable[[], object]] | None = None
    formula: "Form | None" = None
    draws: Mapping[str, Draw] = field(default_factory=dict)
    order: int = 1
    jacobian: bool = False
    with_value: bool = False
    slower: str = "not looked into"
    without: Collection[str] = ()

    @property
    def kind(self) -> str:
        """What is computed: a gradient, a Hessian or a Jacobian."""
        if self.jacobian:
            return "Jacobian"
        return "gradient" if self.order == 1 else "Hessian"

    @cached_property
    def derivation(self) -> Derivation:
        """The derivation by dimderiv, not checked: its results are compared by the benchmark."""
        shapes = dict(self.arrays)
        return derive(self.expression, self.wrt, shapes=shapes, order=self.order, verify=False)

    def drawn(self, size: str) -> Arrays:
        """Arrays to call the function with.

        Args:
            size: `"small"`, `"medium"` or `"large"`.
        """
        return self.at(self.sizes[size])

    def at(self, sizes: Sizes) -> Arrays:
        """Arrays of certain sizes to call the function with.

        Args:
            sizes: a number for each named size.
        """
        generator = np.random.default_rng(0)
        found: Arrays = {}
        for name, text in self.arrays.items():
            if " labels " in text:
                found[name] = labels(generator, text, sizes)
            else:
                found[name] = self.draws.get(name, normal)(generator, extents(text, sizes))
        return found


def extents(shape: str, sizes: Sizes) -> tuple[int, ...]:
    """The shape of an array: columns have one axis, scalars none.

    >>> extents("1 x d", {"d": 3})
    (1, 3)
    >>> extents("(h - k + 1) x n spd", {"h": 5, "k": 2, "n": 3})
    (4, 3)
    >>> extents("scalar positive", {})
    ()
    """
    plain, _, word = shape.rpartition(" ")
    if word in PROPERTIES:
        return extents(plain, sizes)
    return () if shape == "scalar" else tuple(extent(axis, sizes) for axis in shape.split(" x "))


def extent(axis: str, sizes: Sizes) -> int:
    """The size of one axis: a number, a name, or a sum of such.

    >>> extent("(h - k + 1)", {"h": 5, "k": 2})
    4
    """
    terms = axis.strip("()").replace("- ", "+ -").split(" + ")
    numbers = {term: sizes.get(term.lstrip("-")) or int(term.lstrip("-")) for term in terms}
    return sum(-number if term.startswith("-") else number for term, number in numbers.items())


def three(*names: str, small: str, medium: str, large: str) -> dict[str, dict[str, int]]:
    """Three sizes: the numbers in the order of the names of the dimensions.

    >>> three("m", "n", small="3 2", medium="30 20", large="300 200")["small"]
    {'m': 3, 'n': 2}
    """
    texts = {"small": small, "medium": medium, "large": large}
    return {
        size: dict(zip(names, map(int, text.split()), strict=True)) for size, text in texts.items()
    }


def normal(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Normal entries, small enough that no long sum of them is large."""
    return np.asarray(generator.standard_normal(shape) / max((1, *shape)) ** 0.25)


def labels(generator: np.random.Generator, text: str, sizes: Sizes) -> Any:
    """Whole numbers below a size.

    Args:
        generator: draws them.
        text: how they are declared, `n labels c`.
        sizes: a number for each named size.
    """
    shape, _, classes = text.partition(" labels ")
    return generator.integers(extent(classes, sizes), size=extents(shape, sizes))


def positive(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Entries between 0.1 and 1."""
    return np.asarray(generator.uniform(0.1, 1.0, shape))


def signs(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Labels that are -1 or 1."""
    return generator.choice([-1.0, 1.0], shape)


def one_hot(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Rows with a single 1."""
    rows, classes = shape
    return np.eye(classes)[generator.integers(classes, size=rows)]


def definite(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """A symmetric positive definite matrix with a small condition number."""
    size = shape[0]
    root = generator.standard_normal((size, size)) / size**0.5
    return np.asarray(root @ root.T + np.eye(size))
