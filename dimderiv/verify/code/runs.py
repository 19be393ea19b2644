"""How generated code is run: on arrays of the symbols, and on what arrives later."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = "NDArray[np.float64]"
Arrays: TypeAlias = Mapping[str, FloatArray]
# Computes what code returns, given the symbols, and sizes and functions by their names.
Run: TypeAlias = Callable[[Arrays, Mapping[str, Any]], Sequence[Any]]


def dense(function: Callable[..., Any], names: Sequence[str], *, value: bool) -> Run:
    """How a function is run that returns derivatives, or the value and derivatives."""

    def run(arrays: Arrays, others: Mapping[str, Any]) -> Sequence[Any]:
        returned = _called(function, [arrays[name] for name in names], others)
        if not value:
            return _several(returned)
        first, derivatives = returned
        return [first, *_several(derivatives)]

    return run


def operator(
    function: Callable[..., Any], names: Sequence[str], method: str, arriving: Sequence[str]
) -> Run:
    """How a function is run that returns an operator, of which one method is called."""

    def run(arrays: Arrays, others: Mapping[str, Any]) -> Sequence[Any]:
        made = _called(function, [arrays[name] for name in names], others)
        return _several(getattr(made, method)(*[arrays[name] for name in arriving]))

    return run


def layer(made: Callable[[], Any], names: Sequence[str], upstream: str) -> Run:
    """How a layer is run, forward and backward."""

    def run(arrays: Arrays, others: Mapping[str, Any]) -> Sequence[Any]:
        one = made()
        value = _called(one.forward, [arrays[name] for name in names], others)
        return [value, *_several(one.backward(arrays[upstream]))]

    return run


def _called(
    function: Callable[..., Any], arrays: Sequence[FloatArray], others: Mapping[str, Any]
) -> Any:
    wanted = list(inspect.signature(function).parameters)[len(arrays) :]
    return function(*arrays, **{name: others[name.rstrip("_")] for name in wanted})


def _several(returned: Any) -> Sequence[Any]:
    return returned if isinstance(returned, tuple) else (returned,)
