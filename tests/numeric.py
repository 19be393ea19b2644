"""An answer judged at numbers: central differences of the expression against what was derived."""

import inspect
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from keyword import iskeyword
from math import prod
from typing import Any

import numpy as np
from concrete import handed_in
from dense import Array, Dense
from strategies import SIZES, Problem, values

from dimderiv.derivation.derivation import Derivation, Result
from dimderiv.infer.typed import Typed, infer
from dimderiv.language.declared import names_in_brackets
from dimderiv.language.indexed.summation import explicit
from dimderiv.language.shapes import Shape
from dimderiv.language.syntax import Call, Tree, is_extreme_of_two

STEP = 1e-3
LARGEST = 1e6
TOLERANCE = 1e-6


def moved_together(size: tuple[int, ...], place: tuple[int, ...], structure: str) -> Array:
    """How fast each entry of a matrix moves where the one at a place does."""
    one = np.zeros(size)
    one[place] = 1
    match structure:
        case "symmetric":
            return np.asarray(np.maximum(one, one.T))
        case "skew":
            return one - one.T
        case "diagonal":
            return np.diag(np.diag(one))
        case "lower":
            return np.tril(one)
        case "upper":
            return np.triu(one)
    return one


@dataclass(frozen=True)
class Slopes:
    """A derivative by central differences, and how far each entry can be trusted.

    Both are matrices, with a row for each entry of the value and a column for each of the variable.
    """

    value: Array
    doubt: Array

    def tied(self, structure: str, size: int) -> "Slopes":
        """The derivatives by entries of a square matrix that move together."""
        places = np.ndindex(size, size)
        moves = [moved_together((size, size), place, structure).ravel() for place in places]
        ties = np.array(moves).T
        # An entry that stays has a slope of zero, however doubtful those beside it are.
        doubt = np.nan_to_num(self.doubt, posinf=LARGEST) @ abs(ties)
        return Slopes(self.value @ ties, doubt)


class Untied(Dense):
    """Evaluates a program; a maximum attained twice has no derivative, and no value here.

    Args:
        held: what is stopped, and its value at the point that moves start from.
    """

    def __init__(self, held: dict[Tree, Array], *args: Any) -> None:
        super().__init__(*args)
        self.held = held

    def call(self, node: Call) -> Array:
        """The value of a call."""
        value = super().call(node)
        if node.function == "stop":
            return self.held.setdefault(node, value)
        if is_extreme_of_two(node):
            first, second = self.aligned([*map(self.value, node.arguments)])
            return np.where(np.isclose(first, second), np.nan, value)
        return value

    def reduced(self, name: str, array: Array, axes: tuple[int, ...]) -> Array:
        """A reduction along axes."""
        value = super().reduced(name, array, axes)
        if name not in ("max", "min"):
            return value
        attained = np.isclose(array, value, 1e-9, 1e-12).sum(axis=axes, keepdims=True)
        return np.where(attained == 1, value, np.nan)


@dataclass(frozen=True)
class Point:
    """Numbers for every symbol of a problem and every size."""

    values: Mapping[str, Array]
    sizes: Mapping[str, int]
    held: dict[Tree, Array] = field(default_factory=dict)

    @staticmethod
    def of(
        problem: Problem, typed: Typed, seed: int, sizes: Mapping[str, int] | None = None
    ) -> "Point":
        """Numbers with the properties that the problem declares."""
        generator = np.random.default_rng(seed)
        sizes = defaultdict(lambda: 3, SIZES) if sizes is None else sizes
        arrays = {
            name: values(problem.shapes.get(name, ""), _extent(declared.shape, sizes), generator)
            for name, declared in typed.symbols.items()
        }
        return Point(arrays, sizes)

    def value(self, typed: Typed) -> Array:
        """The value of a program."""
        with np.errstate(all="ignore"):
            return Untied(self.held, typed, self.values, self.sizes).run()

    def moved(self, name: str, place: tuple[int, ...], step: float) -> "Point":
        """This point with one entry changed."""
        array = self.values[name].copy()
        array[place] += step
        return Point({**self.values, name: array}, self.sizes, self.held)

    def slopes(self, typed: Typed, name: str) -> Slopes:
        """The derivative by a symbol."""
        places = list(np.ndindex(*self.values[name].shape))
        return self._slopes(typed, [partial(self.moved, name, place) for place in places])

    def slopes_along(self, typed: Typed, directions: Mapping[str, str]) -> Slopes:
        """The derivative along the directions of some symbols, all together."""

        def moved(step: float) -> "Point":
            new = {x: self.values[x] + step * self.values[v] for x, v in directions.items()}
            return Point({**self.values, **new}, self.sizes, self.held)

        return self._slopes(typed, [moved])

    def _slopes(self, typed: Typed, moves: Sequence[Callable[[float], "Point"]]) -> Slopes:
        """The derivatives by the step of each way to move."""
        middle = self.value(typed).ravel()
        value = np.zeros((middle.size, len(moves)))
        doubt = np.zeros_like(value)
        for column, move in enumerate(moves):
            slopes, bends = [], []
            for step in (STEP, STEP / 2, STEP / 4):
                up, down = (move(s * step).value(typed).ravel() for s in (1, -1))
                slopes.append((up - down) / (2 * step))
                bends.append(abs(up - 2 * middle + down) / step)
            finer = [(4 * b - a) / 3 for a, b in pairwise(slopes)]
            kinked = (bends[2] > 1e-3) & (bends[2] > 0.7 * bends[1])
            value[:, column] = finer[1]
            doubt[:, column] = np.where(kinked, np.inf, abs(finer[1] - finer[0]))
        return Slopes(value, doubt)

    def printed(self, derivation: Derivation, result: Result) -> Array:
        """The value of an answer as it is printed, arranged as slopes are."""
        return self.written(result.text(), derivation, result)

    def written(self, answer: str, derivation: Derivation, result: Result) -> Array:
        """The value of any text for a result, arranged as slopes are."""
        of, by = (_extent(shape, self.sizes) for shape in (result.of, result.by))
        value = self.value(read_back(answer, derivation, result))
        # The derivative of a scalar or by a scalar; one in entries has every axis.
        if value.ndim > 2 or result.of.is_scalar or result.by.is_scalar:
            whole = by if result.of.is_scalar else of if result.by.is_scalar else value.shape
            return np.asarray(np.broadcast_to(value, whole).reshape(prod(of), -1))
        # Columns are stacked on both sides of `d vec(Y) / d vec(X)'`.
        value = np.broadcast_to(value, (prod(of), prod(by))).reshape(*of[::-1], *by[::-1])
        return value.transpose(1, 0, 3, 2).reshape(prod(of), -1)

    def arguments(self, derivation: Derivation) -> dict[str, Any]:
        """What the generated function is called with."""
        arguments: dict[str, Any] = {}
        for name, declared in derivation.typed.symbols.items():
            shape, array = declared.shape, self.values[name]
            column = array.ravel() if shape.is_column else array
            taken = f"{name}_" if iskeyword(name) else name
            arguments[taken] = array.item() if shape.is_scalar else column
        return arguments

    def sizes_wanted(self, function: Callable[..., Any], derivation: Derivation) -> dict[str, int]:
        """The sizes that a function takes, since none of its arguments has them."""
        wanted = {*inspect.signature(function).parameters} - derivation.typed.symbols.keys()
        return {name: size for name, size in self.sizes.items() if name in wanted}

    def computed(self, derivation: Derivation) -> list[Array]:
        """What the generated function returns for each result, arranged as slopes are."""
        function = derivation.function("numpy")
        others = self.sizes_wanted(function, derivation) | handed_in(
            function, derivation.rulebook.declared, self.sizes
        )
        with np.errstate(all="ignore"):
            returned = function(**self.arguments(derivation), **others)
        results = results_of(derivation)
        found = returned if len(results) > 1 else (returned,)
        return [
            np.asarray(array).reshape(prod(_extent(result.of, self.sizes)), -1)
            for result, array in zip(results, found, strict=True)
        ]


def _extent(shape: Shape, sizes: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(dim.evaluate(sizes) for dim in shape)


def results_of(derivation: Derivation) -> list[Result]:
    """The results, each once, in the order in which they are returned."""
    found = {result.wrt: result for result in derivation.results.values()}
    return list(found.values())


def read_back(answer: str, derivation: Derivation, result: Result) -> Typed:
    """An answer, read as the expression was: with a sum over each letter that nothing names."""
    symbols = derivation.typed.symbols
    read = derivation.read_back(answer)
    known = names_in_brackets(symbols) | derivation.typed.sizes
    statements = [replace(each, value=explicit(each.value, known)) for each in read.statements]
    return infer(
        replace(read, statements=tuple(statements)),
        dict(symbols),
        rulebook=derivation.rulebook,
        value=result.shape,
        sizes=derivation.typed.sizes,
    )


def differentiated(derivation: Derivation, result: Result) -> Typed:
    """What was differentiated last: the expression, or the first derivative as it is printed."""
    if derivation.order == 1:
        return derivation.typed
    assert derivation.first is not None
    first = derivation.first.results[result.wrt[0]]
    return read_back(first.text(), derivation.first, first)


def slopes_of(point: Point, derivation: Derivation, result: Result) -> Slopes:
    """What a result ought to be at a point, by differences."""
    of, name = differentiated(derivation, result), result.wrt[-1]
    if derivation.directions:
        slopes = point.slopes_along(of, derivation.directions)
    else:
        slopes = point.slopes(of, name)
    structure = derivation.structures.get(name)
    return slopes.tied(structure, len(point.values[name])) if structure else slopes


def disagreement(derivation: Derivation, problem: Problem, seed: int) -> str | None:
    """Where an answer is wrong at a random point, in words; nothing where it is right.

    A point where the value has a kink nearby, is too large to be differentiated in floating
    point, or is a norm of zero, says nothing.  A second derivative is compared with differences of
    the first one as it is printed.
    """
    point = Point.of(problem, derivation.typed, seed)
    value = point.value(derivation.typed)
    if not np.all(np.isfinite(value)) or np.abs(value).max() > LARGEST:
        return None
    for result, computed in zip(results_of(derivation), point.computed(derivation), strict=True):
        slopes = slopes_of(point, derivation, result)
        printed = point.printed(derivation, result)
        for way, found in (("printed", printed), ("computed", computed)):
            if differs(found, slopes):
                return f"{result.wrt}, {way}: {found.tolist()}, not {slopes.value.tolist()}"
        if np.isfinite(printed).all() and not np.allclose(printed, computed, 1e-7, 1e-9):
            return f"{result.wrt}: printed {printed.tolist()}, computed {computed.tolist()}"
    return None


def differs(found: Array, slopes: Slopes) -> bool:
    """Whether an array is not the derivative, in an entry that can be trusted."""
    scale = 1 + np.abs(slopes.value)
    trusted = np.isfinite(slopes.value) & np.isfinite(found) & (slopes.doubt < 1e-4 * scale)
    wrong = ~(np.abs(found - slopes.value) <= TOLERANCE * scale + 100 * slopes.doubt)
    return bool(np.any(wrong & trusted))
