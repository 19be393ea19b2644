"""Concrete functions in the place of declared ones, for numbers to be computed with.

They share nothing with those that the verifier puts there: sines, and a cube that couples entries.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any
from zlib import crc32

import numpy as np

from dimderiv.language.declared import Signature
from dimderiv.language.function_names import places_of, spelled_out
from dimderiv.language.shapes import ONE, Dim, Shape

Array = np.ndarray
OF_VECTOR = Signature((Shape(Dim.of("n"), ONE),))


class Concrete:
    """One function of arrays, with its first and second derivatives.

    Args:
        name: each name has coefficients of its own.
        signature: what it takes and returns.
        sizes: a number for each dimension of the value.
    """

    def __init__(
        self, name: str, signature: Signature = OF_VECTOR, sizes: Mapping[str, int] | None = None
    ) -> None:
        self.name, self.signature, self.sizes = name, signature, sizes or {}

    @property
    def value(self) -> tuple[int, ...]:
        """How many entries the value has along each of its axes, as code has it."""
        return self.lengths(self.signature.value)

    def lengths(self, shape: Shape) -> tuple[int, ...]:
        """How many entries an array has along each of its axes, as code has it."""
        axes = tuple(shape) if shape.is_row else shape.axes
        return tuple(dim.evaluate(self.sizes) for dim in axes)

    def call(self, function: str, *arguments: Any) -> Array:
        """The value of the function, or of a derivative of it, at arrays as code has them."""
        if self.signature.is_elementwise:
            entries = [self.whole(function, (entry,)) for entry in np.ravel(arguments[0])]
            return np.array(entries).reshape(np.shape(arguments[0]))
        return self.whole(function, arguments)

    def whole(self, function: str, arguments: tuple[Any, ...]) -> Array:
        """The same of whole arrays."""
        given = [np.shape(argument) for argument in arguments]
        ends = np.cumsum([0, *map(np.size, arguments)])
        places = places_of(function)
        found = self.slopes(np.concatenate([np.ravel(x) for x in arguments]))[len(places)]
        for axis, place in enumerate(places, start=1):
            found = found.take(range(ends[place], ends[place + 1]), axis)
        axes = [given[place] for place in places]
        if self.value or len(places) > 1:  # only a gradient has the shape of a row
            axes = [shape[1:] if shape[:1] == (1,) else shape for shape in axes]
        value = self.value[1:] if places and self.signature.value.is_row else self.value
        return found.reshape(sum(axes, value))

    def slopes(self, flat: Array) -> tuple[Array, Array, Array]:
        """Value, first and second derivatives: an axis for the entries of the value in front."""
        count = int(np.prod(self.value))
        every = [_slopes(f"{self.name}{entry or ''}", flat) for entry in range(count)]
        value, first, second = (np.array(each) for each in zip(*every, strict=True))
        found = value, first, second
        return _squared(*found) if self.signature.properties else found


def _slopes(name: str, flat: Array) -> tuple[Array, Array, Array]:
    """A number, its gradient and its Hessian."""
    draw = np.random.default_rng(crc32(name.encode()))
    a, b, c = draw.uniform(0.3, 1.3, (3, flat.size))
    return (
        np.asarray(a @ np.sin(flat + c) + (b @ flat) ** 3 / 9 + 4),
        a * np.cos(flat + c) + (b @ flat) ** 2 / 3 * b,
        np.diag(-a * np.sin(flat + c)) + 2 / 3 * (b @ flat) * np.outer(b, b),
    )


def _squared(value: Array, first: Array, second: Array) -> tuple[Array, Array, Array]:
    """The same of a matrix times its transpose, and the identity: it is positive definite."""
    n, count = round(len(value) ** 0.5), first.shape[1]
    factor, slopes = value.reshape(n, n), first.reshape(n, n, count)
    bends = second.reshape(n, n, count, count)
    half = np.einsum("ikp,jk->ijp", slopes, factor)
    bent = np.einsum("ikpq,jk->ijpq", bends, factor) + np.einsum("ikp,jkq->ijpq", slopes, slopes)
    return (
        (factor @ factor.T + np.eye(n)).reshape(-1),
        (half + half.swapaxes(0, 1)).reshape(n * n, count),
        (bent + bent.swapaxes(0, 1)).reshape(n * n, count, count),
    )


def handed_in(
    function: Callable[..., Any],
    declared: Mapping[str, Signature] | Iterable[str],
    sizes: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """What a generated function wants to be handed in.

    Args:
        function: the generated function.
        declared: the declared functions, or the names of some that make a number of a vector.
        sizes: a number for each dimension.
    """
    wanted = inspect.signature(function).parameters
    known = declared if isinstance(declared, Mapping) else dict.fromkeys(declared, OF_VECTOR)
    given = {
        spelled_out(each): partial(Concrete(name, signature, sizes).call, each)
        for name, signature in known.items()
        for each in signature.derivatives(name)
    }
    return {name: value for name, value in given.items() if name in wanted}
