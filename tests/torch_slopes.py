"""The derivative of a golden case by PyTorch, from the value that the case writes in it."""

from collections.abc import Callable, Mapping
from keyword import iskeyword

import numpy as np
import torch
from dense import Array
from golden import Golden
from numeric import Point

from dimderiv.derivation.derivation import Derivation
from dimderiv.language.declared import Declaration

Value = Callable[[torch.Tensor], torch.Tensor]


def tensor(array: Array, declared: Declaration) -> torch.Tensor:
    """An array as PyTorch has it: vectors with one axis, numbers with none, labels whole."""
    shape = declared.shape
    axes = () if shape.is_scalar else array.shape[:1] if shape.is_column else array.shape
    kind = torch.float64 if declared.labels is None else torch.int64
    return torch.tensor(array.reshape(axes), dtype=kind)


def evaluated(code: str, names: Mapping[str, object]) -> torch.Tensor:
    """The value of an expression, or what statements call `out`."""
    known = {"torch": torch, "F": torch.nn.functional, **names}
    if "out = " not in code:
        found: torch.Tensor = eval(code, known)
        return found
    exec(code, known)
    out: torch.Tensor = known["out"]
    return out


def expected(case: Golden, derivation: Derivation, point: Point) -> Array:
    """The derivative of a case, arranged as slopes are."""
    symbols = derivation.typed.symbols
    given = {name: tensor(point.values[name], each) for name, each in symbols.items()}
    upstream = given.get(case.upstream)

    def value(x: torch.Tensor) -> torch.Tensor:
        names = {f"{n}_" if iskeyword(n) else n: array for n, array in given.items()}
        found = evaluated(case.torch, {**names, case.wrt: x, "sizes": point.sizes})
        return found if upstream is None else (found * upstream.reshape(found.shape)).sum()

    x = given[case.wrt]
    slope: Value = value
    for _ in range(case.order - 1):
        slope = _derivative(slope)
    jacobian = torch.autograd.functional.jacobian(slope, x)
    rows = {1: value(x).numel(), 2: x.numel()}.get(case.order, 1)
    return np.asarray(jacobian.reshape(rows, -1))


def _derivative(value: Value) -> Value:
    return lambda x: torch.autograd.functional.jacobian(value, x, create_graph=True)
