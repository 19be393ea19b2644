"""An answer judged at numbers: central differences of the expression against what was derived."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from dense import Array, Dense
from strategies import SIZES, Problem, values

from dimderiv.derivation import Derivation
from dimderiv.infer import Typed, infer
from dimderiv.language.syntax import Call
from dimderiv.shapes import Shape

STEP = 1e-3
LARGEST = 1e6
TOLERANCE = 1e-6
ANSWER = "the_answer"


@dataclass(frozen=True)
class Slopes:
    """A derivative by central differences, and how far each entry can be trusted."""

    value: Array
    doubt: Array


class Untied(Dense):
    """Evaluates a program; a maximum that is attained twice has no derivative, and no value here."""

    def call(self, node: Call) -> Array:
        """The value of a call."""
        value = super().call(node)
        if node.function in ("max", "min"):
            entries = self.value(node.arguments[0])
            attained = np.isclose(entries, value, 1e-9, 1e-12).sum(axis=node.axis, keepdims=True)
            return np.where(attained == 1, value, np.nan)
        return value


@dataclass(frozen=True)
class Point:
    """Numbers for every symbol of a problem and every size."""

    values: Mapping[str, Array]
    sizes: Mapping[str, int]

    @staticmethod
    def of(problem: Problem, typed: Typed, seed: int) -> "Point":
        """Numbers with the properties that the problem declares."""
        generator = np.random.default_rng(seed)
        sizes = defaultdict(lambda: 3, SIZES)
        arrays = {
            name: values(
                problem.shapes.get(name, ""), *_extent(declared.shape, sizes), generator
            )
            for name, declared in typed.symbols.items()
        }
        return Point(arrays, sizes)

    def value(self, typed: Typed) -> Array:
        """The value of a program."""
        with np.errstate(all="ignore"):
            return Untied(typed, self.values, self.sizes).run()

    def moved(self, name: str, place: tuple[int, ...], step: float) -> "Point":
        """This point with one entry changed."""
        array = self.values[name].copy()
        array[place] += step
        return Point({**self.values, name: array}, self.sizes)

    def slopes(self, typed: Typed, name: str) -> Slopes:
        """The derivative by a symbol, in the shape of the symbol."""
        shape = self.values[name].shape
        value, doubt = np.zeros(shape), np.zeros(shape)
        middle = self.value(typed).item()
        for place in np.ndindex(*shape):
            slopes, bends = [], []
            for step in (STEP, STEP / 2, STEP / 4):
                up, down = (self.moved(name, place, s * step).value(typed).item() for s in (1, -1))
                slopes.append((up - down) / (2 * step))
                bends.append(abs(up - 2 * middle + down) / step)
            finer = [(4 * b - a) / 3 for a, b in pairwise(slopes)]
            kinked = bends[2] > 1e-3 and bends[2] > 0.7 * bends[1]
            value[place], doubt[place] = finer[1], np.inf if kinked else abs(finer[1] - finer[0])
        return Slopes(value, doubt)

    def printed(self, derivation: Derivation, name: str) -> Array:
        """The value of the answer by a symbol as it is printed."""
        program = derivation.read_back(derivation.results[name].text())
        symbols = dict(derivation.typed.symbols)
        # Under a declared name, the last value gets its size where `I` alone does not say it.
        last = replace(program.statements[-1], name=ANSWER)
        program = replace(program, statements=(*program.statements[:-1], last))
        symbols[ANSWER] = symbols[name]
        typed = infer(program, symbols, rulebook=derivation.rulebook, wrt=())
        value = self.value(typed)
        return np.broadcast_to(value, self.values[name].shape)

    def arguments(self, derivation: Derivation) -> dict[str, Any]:
        """What the generated function is called with."""
        arguments: dict[str, Any] = {}
        for name, declared in derivation.typed.symbols.items():
            shape, array = declared.shape, self.values[name]
            column = array.ravel() if shape.is_column else array
            arguments[name] = array.item() if shape.is_scalar else column
        return arguments

    def computed(self, derivation: Derivation) -> dict[str, Array]:
        """What the generated function returns for each variable, as a 2-D array."""
        with np.errstate(all="ignore"):
            returned = derivation.function("numpy")(**self.arguments(derivation))
        found = returned if len(derivation.wrt) > 1 else (returned,)
        return {
            name: np.asarray(array).reshape(self.values[name].shape)
            for name, array in zip(derivation.wrt, found, strict=True)
        }


def _extent(shape: Shape, sizes: Mapping[str, int]) -> tuple[int, int]:
    return shape.rows.evaluate(sizes), shape.cols.evaluate(sizes)


def disagreement(derivation: Derivation, problem: Problem, seed: int) -> str | None:
    """Where an answer is wrong at a random point, in words; nothing where it is right.

    A point where the value has a kink nearby, or is too large to be differentiated in floating
    point, says nothing.
    """
    point = Point.of(problem, derivation.typed, seed)
    value = point.value(derivation.typed)
    if not np.all(np.isfinite(value)) or np.abs(value).max() > LARGEST:
        return None
    computed = point.computed(derivation)
    for name in derivation.wrt:
        slopes = point.slopes(derivation.typed, name)
        printed = point.printed(derivation, name)
        for way, found in (("printed", printed), ("computed", computed[name])):
            if _differs(found, slopes):
                return f"{name}, {way}: {found.tolist()}, not {slopes.value.tolist()}"
        if np.all(np.isfinite(printed)) and not np.allclose(printed, computed[name], 1e-7, 1e-9):
            return f"{name}: printed {printed.tolist()}, computed {computed[name].tolist()}"
    return None


def _differs(found: Array, slopes: Slopes) -> bool:
    scale = 1 + np.abs(slopes.value)
    trusted = np.isfinite(slopes.value) & (slopes.doubt < 1e-4 * scale)
    wrong = ~(np.abs(found - slopes.value) <= TOLERANCE * scale + 100 * slopes.doubt)
    return bool(np.any(wrong & trusted))
