"""Concrete functions in the place of declared ones, for numbers to be computed with.

They share nothing with those that the verifier puts there: sines, and a cube that couples entries.
"""

import inspect
from collections.abc import Callable, Iterable
from typing import Any
from zlib import crc32

import numpy as np

Array = np.ndarray


class Concrete:
    """One function of arrays of any shape, with its gradient and its Hessian.

    Args:
        name: each name has coefficients of its own.
    """

    def __init__(self, name: str) -> None:
        self.seed = crc32(name.encode())

    def coefficients(self, count: int) -> Array:
        """Three numbers for each entry."""
        return np.random.default_rng(self.seed).uniform(0.3, 1.3, (3, count))

    def value(self, x: Any) -> Array:
        """The value, 0-D."""
        flat = np.ravel(x)
        a, b, c = self.coefficients(flat.size)
        return np.asarray(a @ np.sin(flat + c) + (b @ flat) ** 3 / 9 + 4)

    def gradient(self, x: Any) -> Array:
        """The gradient, in the shape of the argument."""
        flat = np.ravel(x)
        a, b, c = self.coefficients(flat.size)
        return np.asarray(a * np.cos(flat + c) + (b @ flat) ** 2 / 3 * b).reshape(np.shape(x))

    def hessian(self, x: Any) -> Array:
        """The Hessian, 0-D for a scalar."""
        flat = np.ravel(x)
        a, b, c = self.coefficients(flat.size)
        found = np.diag(-a * np.sin(flat + c)) + 2 / 3 * (b @ flat) * np.outer(b, b)
        return np.asarray(found[0, 0] if np.ndim(x) == 0 else found)

    def derivative(self, order: int) -> Callable[[Any], Array]:
        """The function, its gradient or its Hessian."""
        return [self.value, self.gradient, self.hessian][order]


def handed_in(function: Callable[..., Any], names: Iterable[str]) -> dict[str, Any]:
    """What a generated function wants to be handed in.

    Args:
        function: the generated function.
        names: the declared functions.
    """
    wanted = inspect.signature(function).parameters
    given = {
        prefix + name: Concrete(name).derivative(order)
        for name in names
        for order, prefix in enumerate(("", "grad_", "hess_"))
    }
    return {name: value for name, value in given.items() if name in wanted}
