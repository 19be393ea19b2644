"""The golden cases of `tests/cases`, with numbers drawn for their symbols."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from keyword import iskeyword
from pathlib import Path
from zlib import crc32

import numpy as np
from cases.refresh import FOLDER, derived
from dense import Array, Dense

from dimderiv.derivation import Derivation
from dimderiv.infer import Typed, infer
from dimderiv.language.parser import parse_program
from dimderiv.language.vocabulary import BUILTIN_FUNCTIONS
from dimderiv.rules import Rulebook
from dimderiv.shapes import Shape

SIZES = (3, 4, 5, 6, 7, 8, 9)
STEP = 1e-5

_TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|\|\||\.[*/^]|[-+*/@^'=]")


@dataclass(frozen=True)
class Golden:
    """A case: what is differentiated, what dimderiv answers, and what the literature has.

    Attributes:
        name: unique in its file.
        source: where the question is from.
        expression: what is differentiated.
        shapes: the declared shapes.
        wrt: the variable.
        answer: what dimderiv prints.
        level: how the answer was verified.
        inferred: whether the answer is the same without declared shapes.
        note: what is special about it.
        domain: how to draw a symbol, where any numbers will not do.
        sizes: numbers for dimensions, where any unequal ones will not do.
        literature: the closed form that the source has.
        structured: whether the entries of the variable are tied.
        file: where the case stands.
    """

    name: str
    source: str
    expression: str
    shapes: Mapping[str, str]
    wrt: str
    answer: str
    level: str
    inferred: bool
    note: str = ""
    domain: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    literature: str = ""
    structured: bool = False
    file: str = ""

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"

    @property
    def length_ratio(self) -> float:
        """How long the answer is, measured by the closed form of the literature."""
        return length(self.answer) / length(self.literature)


def read_cases(folder: Path = FOLDER) -> list[Golden]:
    """All cases, file by file."""
    return [
        Golden(**case, file=file.stem)
        for file in sorted(folder.glob("*.toml"))
        for case in tomllib.loads(file.read_text(encoding="utf-8"))["case"]
    ]


def length(text: str) -> int:
    """The number of symbols, numbers and operators: what a reader has to read."""
    return len(_TOKEN.findall(text))


@cache
def derivation(name: str) -> Derivation:
    """The derivation of a case, checked once for all tests."""
    case = next(case for case in read_cases() if str(case) == name)
    return derived(vars(case))


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
class Point:
    """Numbers for the symbols of a case.

    Attributes:
        typed: the expression with its shapes.
        sizes: a number for each dimension.
        values: a 2-D array for each symbol.
    """

    typed: Typed
    sizes: Mapping[str, int]
    values: Mapping[str, Array]

    def value(self, typed: Typed, **changed: Array) -> Array:
        """The value of a program here, some symbols having other values."""
        return Dense(typed, {**self.values, **changed}, self.sizes).run()

    def slopes(self, wrt: str, structure: str = "") -> Array:
        """The gradient by central differences, of entries that move together."""
        middle = self.values[wrt]
        found = np.zeros_like(middle)
        for place in np.ndindex(*middle.shape):
            step = STEP * moved_together(middle.shape, place, structure)
            above, below = (self.value(self.typed, **{wrt: middle + s}) for s in (step, -step))
            found[place] = (above - below).item() / (2 * STEP)
        return found

    def arguments(self) -> dict[str, Array]:
        """The values as the generated functions take them: columns 1-D, scalars 0-D."""
        found = {}
        for name, value in self.values.items():
            shape = self.typed.symbols[name].shape
            rank = 0 if shape.is_scalar else 1 if shape.is_column else 2
            found[f"{name}_" if iskeyword(name) else name] = value.reshape(value.shape[:rank])
        return found

    def of_text(self, text: str, wrt: str, rulebook: Rulebook) -> Array:
        """The value of another text about the same symbols, which has the shape of one of them."""
        symbols = dict(self.typed.symbols)
        functions = BUILTIN_FUNCTIONS | rulebook.functions
        program = parse_program(text, names=[*symbols, *self.sizes], functions=functions)
        shape = symbols[wrt].shape
        typed = infer(program, symbols, rulebook=rulebook, value=shape, sizes=self.sizes)
        return np.broadcast_to(self.value(typed), self.values[wrt].shape)


def point(case: Golden, derivation: Derivation, *, equal: bool = False) -> Point:
    """A point of the domain.

    Args:
        case: says how to draw.
        derivation: says which shapes the symbols have.
        equal: whether all dimensions get the same size, rather than unequal ones.
    """
    typed = derivation.typed
    dims = dict.fromkeys(
        name for each in typed.symbols.values() for dim in each.shape for name in dim.names
    )
    numbers = iter(SIZES)
    sizes = {name: case.sizes.get(name) or (4 if equal else next(numbers)) for name in dims}
    rng = np.random.default_rng(crc32(str(case).encode()))
    values = {
        name: drawn(rng, _size(each.shape, sizes), {case.domain.get(name, "")} | each.properties)
        for name, each in typed.symbols.items()
    }
    return Point(typed, sizes, values)


def _size(shape: Shape, sizes: Mapping[str, int]) -> tuple[int, int]:
    rows, cols = (dim.evaluate(sizes) for dim in shape)
    return rows, cols


def drawn(rng: np.random.Generator, size: tuple[int, int], kinds: set[str]) -> Array:
    """A matrix of a kind, such as the words of a domain or of a declaration."""
    normal = rng.standard_normal(size)
    square = normal if size[0] == size[1] else np.zeros((1, 1))
    table = {
        "small": 0.3 * normal,
        "positive": rng.uniform(0.5, 2, size),
        "unit": rng.uniform(0.15, 0.85, size),
        "pm1": rng.choice([-1.0, 1.0], size),
        "onehot_rows": np.eye(size[1])[rng.integers(size[1], size=size[0])],
        "prob": np.exp(normal) / np.exp(normal).sum(),
        "symmetric": square + square.T,
        "skew": square - square.T,
        "diagonal": normal * np.eye(*size),
        "lower": np.tril(normal) + 2 * np.eye(*size),
        "upper": np.triu(normal) + 2 * np.eye(*size),
        "spd": square @ square.T + np.eye(len(square)) / 2,
        "well_conditioned": 0.1 * square + np.diag(rng.uniform(1, 2, len(square))),
        "full_rank": np.eye(*size) + 0.2 * normal,
    }
    chosen = [table[kind] for kind in table if kind in kinds]
    return chosen[-1] if chosen else normal
