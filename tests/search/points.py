"""Numbers for a problem: all sizes different, all equal, or 1; and the truth there, by autograd."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch

from dimderiv.language.syntax import Program

from .evaluator import Evaluator, Tensor, TiedError
from .extents import ONE, Extent, Size, known
from .forms import FUNCTIONS
from .problems import Problem

GENERIC = dict(zip("mnpHWhl", (101, 103, 107, 1009, 1013, 11, 13), strict=True))
ACTUAL = {
    "different": dict(zip("mnpHWhl", (2, 3, 4, 5, 6, 3, 2), strict=True)),
    "equal": dict.fromkeys("mnpHWhl", 3),
    "other": dict(zip("mnpHWhl", (3, 2, 1, 4, 3, 2, 1), strict=True)),
    "ones": dict.fromkeys("mnpHWhl", 1),
}
FUNCTION_SEEDS = {"f": 1, "g": 2, "k": 3}


def declared_extent(declared: str, sizes: Mapping[str, Size]) -> Extent:
    """The sizes of a declared shape."""
    rows, *more = declared.split(" x ")
    if rows.startswith("scalar"):
        return ONE, ONE
    named = {**sizes, "1": ONE}
    return named[rows.split()[0]], named[more[0].split()[0]] if more else ONE


def drawn(declared: str, shape: tuple[int, int], generator: np.random.Generator) -> np.ndarray:
    """An array with the property that a declaration ends in."""
    array = generator.normal(scale=0.8, size=shape)
    rows, cols = shape
    match declared.split()[-1]:
        case "symmetric":
            return np.asarray((array + array.T) / 2)
        case "spd":
            return np.asarray(array @ array.T + np.eye(rows))
        case "lower":
            return np.tril(array)
        case "upper":
            return np.triu(array)
        case "diagonal":
            return array * np.eye(rows)
        case "skew":
            return array - array.T
        case "orthogonal":
            return np.linalg.qr(array)[0]
        case "positive":
            return 0.4 + np.abs(array)
        case "binary":
            return (array > 0).astype(float)
        case "probability":
            return np.asarray(np.exp(array) / np.exp(array).sum(axis=1, keepdims=True))
        case "onehot":
            return np.eye(cols)[generator.integers(cols, size=rows)]
    return array


class Declared:
    """A concrete function in the place of a declared one: sines, and a cube that couples entries.

    Args:
        name: each has numbers of its own.
    """

    def __init__(self, name: str) -> None:
        self.seed = FUNCTION_SEEDS[name]

    def numbers(self, count: int) -> list[Tensor]:
        generator = np.random.default_rng(self.seed)
        return [torch.as_tensor(row) for row in generator.uniform(0.3, 1.3, (3, count))]

    def value(self, x: Tensor) -> Tensor:
        flat = x.reshape(-1)
        a, b, c = self.numbers(len(flat))
        return ((a * torch.sin(flat + c)).sum() + (b @ flat) ** 3 / 9 + 4).reshape(1, 1)

    def gradient(self, x: Tensor) -> Tensor:
        flat = x.reshape(-1)
        a, b, c = self.numbers(len(flat))
        return (a * torch.cos(flat + c) + (b @ flat) ** 2 / 3 * b).reshape(x.shape)

    def hessian(self, x: Tensor) -> Tensor:
        flat = x.T.reshape(-1)
        a, b, c = self.numbers(len(flat))
        return torch.diag(-a * torch.sin(flat + c)) + 2 / 3 * (b @ flat) * torch.outer(b, b)


def concrete(names: Mapping[str, str]) -> dict[str, Callable[[Tensor], Tensor]]:
    """The declared functions with their gradients and Hessians, of 2-D tensors."""
    found: dict[str, Callable[[Tensor], Tensor]] = {}
    for name in FUNCTIONS.keys() & names.keys():
        each = Declared(name)
        found |= {name: each.value, f"∇{name}": each.gradient, f"∇²{name}": each.hessian}
    return found


@dataclass
class Point:
    """Numbers for the symbols of a problem, at sizes of one kind.

    Attributes:
        problem: the problem.
        program: its expression, as the parser reads it.
        kind: the kind of sizes.
        directions: the name of the direction of each variable, where there are any.
        upstream: the name of the derivative that is handed down.
        truths: what each result ought to be.
    """

    problem: Problem
    program: Program
    kind: str
    seed: int
    directions: Mapping[str, str] = field(default_factory=dict)
    upstream: str | None = None
    truths: Sequence[Tensor] = ()

    def __post_init__(self) -> None:
        actual = ACTUAL[self.kind]
        generic = GENERIC
        declared = self.problem.shapes
        words = {word for shape in declared.values() for word in shape.split()}
        sizes = {name: known(generic[name], actual[name]) for name in actual}
        self.sizes = {name: size for name, size in sizes.items() if name in words}
        self.functions = concrete(declared)
        generator = np.random.default_rng(self.seed)
        self.symbols: dict[str, Extent] = {}
        self.values: dict[str, Tensor] = {}
        for name, shape in declared.items():
            if name in FUNCTIONS and "->" in shape:
                continue
            self.symbols[name] = declared_extent(shape, self.sizes)
            self._draw(name, shape, generator)
        for name, direction in self.directions.items():
            self.symbols[direction] = self.symbols[name]
            self._draw(direction, "", generator)
        evaluator = self._evaluator(self.values)
        self.value = evaluator.run(self.program)
        self.extent = evaluator.extents.found[id(self.program.statements[-1].value)]
        if self.upstream:
            self.symbols[self.upstream] = self.extent
            self._draw(self.upstream, "", generator)

    def _draw(self, name: str, shape: str, generator: np.random.Generator) -> None:
        rows, cols = self.symbols[name]
        array = drawn(shape or "any", (rows.number, cols.number), generator)
        self.values[name] = torch.as_tensor(array, dtype=torch.float64)

    def _evaluator(self, values: Mapping[str, Tensor]) -> Evaluator:
        return Evaluator(values, self.functions, self.sizes, self.symbols)

    def read(self, program: Program, wanted: Extent) -> tuple[Tensor, Mapping[str, Tensor]]:
        """The value of another program at this point, and those of its definitions."""
        evaluator = self._evaluator(self.values)
        return evaluator.run(program, wanted), evaluator.values

    def scalar_or_value(self, values: Mapping[str, Tensor]) -> Tensor:
        """What is differentiated, as a function of the values of the symbols."""
        value = self._evaluator(values).run(self.program)
        return (value * self.values[self.upstream]).sum() if self.upstream else value

    def jacobian(self, name: str) -> Tensor:
        """The derivative by a variable; the axes of the value, then those of the variable."""

        def of(x: Tensor) -> Tensor:
            return self.scalar_or_value({**self.values, name: x})

        found: Tensor = torch.autograd.functional.jacobian(of, self.values[name])
        return found

    def second(self, first: str, then: str) -> Tensor:
        """The derivative of a gradient by a variable."""

        def gradient(x: Tensor) -> Tensor:
            values = {**self.values, then: x}
            values[first] = x if first == then else values[first].clone().requires_grad_(True)
            if not values[first].requires_grad:
                values[first].requires_grad_(True)
            value = self.scalar_or_value(values).sum()
            if not value.requires_grad:
                return torch.zeros_like(values[first])
            (found,) = torch.autograd.grad(
                value, values[first], create_graph=True, allow_unused=True
            )
            if found is None:
                return torch.zeros_like(values[first])
            if not bool(torch.isfinite(found).all()):
                raise TiedError
            return found

        found: Tensor = torch.autograd.functional.jacobian(gradient, self.values[then])
        return found

    @cached_property
    def largest(self) -> float:
        return float(self.value.abs().max())
