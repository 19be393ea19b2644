"""The golden cases of `tests/cases`, with numbers drawn for their symbols."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import prod
from pathlib import Path
from zlib import crc32

import numpy as np
from cases.reading import FOLDER, cases_of, length
from cases.refresh import derived
from dense import Array
from numeric import Point

from dimderiv.derivation.derivation import Derivation
from dimderiv.language.declared import Declaration

SIZES = (3, 4, 5, 6, 7, 8, 9)


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
        order: 2 for a second derivative, 3 for a third one.
        upstream: the derivative that is handed down, if one is.
        form: how the answer is written.
        note: what is special about it.
        domain: how to draw a symbol, where any numbers will not do.
        sizes: numbers for dimensions, where any unequal ones will not do.
        literature: the closed form that the source has.
        torch: the value of the expression, in PyTorch.
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
    order: int = 1
    upstream: str = ""
    form: str = "matrix"
    note: str = ""
    domain: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    literature: str = ""
    torch: str = ""
    structured: bool = False
    file: str = ""

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"

    @property
    def length_ratio(self) -> float:
        """How long the answer is, measured by the closed form of the literature."""
        return length(self.answer) / length(self.literature)


@cache
def read_cases(folder: Path = FOLDER) -> list[Golden]:
    """All cases, file by file."""
    return [
        Golden(**case, file=file.stem)
        for file in sorted(folder.glob("*.toml"))
        for case in cases_of(file.read_text(encoding="utf-8"))
    ]


@cache
def derivation(name: str) -> Derivation:
    """The derivation of a case, checked once for all tests."""
    case = next(case for case in read_cases() if str(case) == name)
    return derived(vars(case))


def point(case: Golden, derivation: Derivation, *, equal: bool = False) -> Point:
    """A point of the domain.

    Args:
        case: says how to draw.
        derivation: says which shapes the symbols have.
        equal: whether all dimensions get the same size, rather than unequal ones.
    """
    typed = derivation.typed
    named = [dim for each in typed.symbols.values() for dim in (*each.shape, each.labels) if dim]
    named += [dim for each in typed.functions.values() for shape in each.shapes for dim in shape]
    dims = dict.fromkeys(name for dim in named for name in dim.names)
    numbers = iter(SIZES)
    sizes = {name: case.sizes.get(name) or (4 if equal else next(numbers)) for name in dims}
    sizes = {**case.sizes, **sizes}
    rng = np.random.default_rng(crc32(str(case).encode()))
    values = {
        name: _symbol(rng, each, sizes, {case.domain.get(name, "")} | each.properties)
        for name, each in typed.symbols.items()
    }
    return Point(values, sizes)


def _symbol(
    rng: np.random.Generator, declared: Declaration, sizes: Mapping[str, int], kinds: set[str]
) -> Array:
    """Numbers for a symbol: of a kind for each matrix of a batch, or whole ones if it is labels."""
    *batch, rows, cols = (dim.evaluate(sizes) for dim in declared.shape)
    if declared.labels is not None:
        return rng.integers(declared.labels.evaluate(sizes), size=(*batch, rows, cols))
    if not batch:
        return drawn(rng, (rows, cols), kinds)
    matrices = [drawn(rng, (rows, cols), kinds) for _ in range(prod(batch))]
    return np.array(matrices).reshape(*batch, rows, cols)


def drawn(rng: np.random.Generator, size: tuple[int, int], kinds: set[str]) -> Array:
    """A matrix of a kind, such as the words of a domain or of a declaration."""
    normal = rng.standard_normal(size)
    square = normal if size[0] == size[1] else np.zeros((1, 1))
    table = {
        "integer": rng.integers(1, 5, size).astype(float),
        "small": 0.3 * normal,
        "positive": rng.uniform(0.5, 2, size),
        "unit": rng.uniform(0.15, 0.85, size),
        "pm1": rng.choice([-1.0, 1.0], size),
        "onehot_rows": np.eye(size[1])[rng.integers(size[1], size=size[0])],
        "prob": np.exp(normal) / np.exp(normal).sum(),
        "symmetric": square + square.T,
        "binary": (normal > 0).astype(float),
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
