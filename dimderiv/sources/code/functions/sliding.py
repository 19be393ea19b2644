"""Convolutions and pooling of PyTorch, with batch and channels first."""

from collections.abc import Callable, Mapping

from dimderiv.language import IndexForm, Tree, indexed
from dimderiv.sources.code.values import Array, Place, Value

_OPTIONS = ("stride", "padding", "dilation", "output_padding")
_AXES = {"1d": 3, "2d": 4}
_POOLINGS = {"max_pool": "maxpool", "avg_pool": "meanpool"}


def _numbers(at: Place, value: Value) -> tuple[int, ...]:
    """The whole numbers of an option: one, or one for each axis that slides."""
    given = value if isinstance(value, tuple) else (value,)
    wholes = [whole for each in given if (whole := at.array(each, 0).whole) is not None]
    if len(wholes) < len(given):
        at.refuse("stride, padding and dilation are whole numbers here")
    return tuple(wholes)


def _slid(at: Place, function: str, operands: list[Tree], options: Mapping[str, Value]) -> Array:
    numbers = {name: _numbers(at, value) for name, value in options.items() if value is not None}
    form = indexed.spelled_convolution(function, operands, numbers, at.taken, at.span)
    summed = indexed.explicit(form, at.taken)
    assert isinstance(summed, IndexForm)
    return Array(summed, len(summed.letters))


def _convolution(function: str) -> Callable[..., Array]:
    axes = _AXES[function[-2:]]

    def read(
        at: Place, a: Value, weight: Value, bias: Value = None, *steps: Value, **options: Value
    ) -> Array:
        operands = [at.array(a, axes).tree, at.array(weight, axes).tree]
        operands += [] if bias is None else [at.array(bias, 1).column]
        if set(options) - set(_OPTIONS) or len(steps) > 2:
            at.refuse(f"{function} is not read with these options", ", ".join(_OPTIONS))
        named = dict(zip(_OPTIONS, steps, strict=False))
        return _slid(at, function, operands, {**named, **options})

    return read


def _pooling(name: str, sides: str) -> Callable[..., Array]:
    def read(
        at: Place, a: Value, kernel_size: Value, stride: Value = None, padding: Value = None
    ) -> Array:
        operands = [at.array(a, _AXES[sides]).tree, at.array(kernel_size, 0).tree]
        options = {"stride": stride, "padding": padding}
        return _slid(at, f"{_POOLINGS[name]}{sides}", operands, options)

    return read


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    **{
        f"{name}{sides}": _convolution(f"{name}{sides}")
        for name in ("conv", "conv_transpose")
        for sides in _AXES
    },
    **{f"{name}{sides}": _pooling(name, sides) for name in _POOLINGS for sides in _AXES},
}
