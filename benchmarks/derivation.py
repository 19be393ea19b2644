"""How long a derivation takes: over depth and width, and against sympy and jax."""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.libraries import Jax
from benchmarks.timing import median, seconds
from dimderiv import Derivation, derive

GOLDEN = Path(__file__).parent.parent / "tests" / "cases"
DEPTHS = (1, 10, 100, 1000)
WIDTHS = (1, 10, 100)
# A depth is left out if it would take longer than this, growing as the square of the depth.
LONGEST = 60.0


@dataclass(frozen=True)
class Program:
    """What is derived: a text, its variables, the shapes of its symbols, and how often."""

    text: str
    wrt: Sequence[str]
    shapes: dict[str, str]
    order: int = 1

    def derived(self) -> Derivation:
        """The derivation, without a check, and printed."""
        found = derive(self.text, self.wrt, shapes=self.shapes, order=self.order, verify=False)
        str(found)
        return found


@dataclass(frozen=True)
class Growth:
    """How long things take for a program of some depth or width, in seconds.

    Attributes:
        size: how many layers, or terms.
        derive: the derivation by all weights.
        code: the numpy code for it; nothing where it would take too long.
        trace: tracing the same gradients by jax; nothing where jax is not installed.
    """

    size: int
    derive: float
    code: float | None
    trace: float | None


def golden_programs() -> list[Program]:
    """The golden cases of the tests."""
    found = []
    for file in sorted(GOLDEN.glob("*.toml")):
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        for case in document["case"]:
            told = document["setting"][case["of"]] if "of" in case else case
            wrt = [case["wrt"]] if isinstance(case["wrt"], str) else case["wrt"]
            found.append(Program(told["expression"], ",".join(wrt).split(","), told["shapes"]))
    return found


def chain(layers: int) -> Program:
    """A net of named layers, by all of its weights.

    >>> chain(2).text
    'H1 = tanh(X W1); H2 = tanh(H1 W2); sum(H2)'
    """
    names = ["X", *(f"H{k}" for k in range(1, layers + 1))]
    lines = [f"H{k} = tanh({names[k - 1]} W{k})" for k in range(1, layers + 1)]
    weights = [f"W{k}" for k in range(1, layers + 1)]
    shapes = {"X": "N x D", **dict.fromkeys(weights, "D x D")}
    return Program("; ".join([*lines, f"sum(H{layers})"]), weights, shapes)


def traced_chain(jax: Jax, *given: Any) -> Any:
    """The value of `chain`, for jax."""
    H, *weights = given
    for W in weights:
        H = jax.jax.numpy.tanh(H @ W)
    return H.sum()


def terms(count: int) -> Program:
    """A sum of terms that share one variable.

    >>> terms(2).text
    '||X1 w - y1||^2 + ||X2 w - y2||^2'
    """
    numbers = range(1, count + 1)
    shapes = {f"X{k}": f"m{k} x n" for k in numbers} | {f"y{k}": f"m{k}" for k in numbers}
    return Program(" + ".join(f"||X{k} w - y{k}||^2" for k in numbers), ["w"], shapes)


def traced_terms(jax: Jax, *given: Any) -> Any:
    """The value of `terms`, for jax."""
    w, *pairs = given
    return sum(((X @ w - y) ** 2).sum() for X, y in zip(pairs[::2], pairs[1::2], strict=True))


def over_depth(jax: Jax | None, depths: Sequence[int] = DEPTHS) -> Iterator[Growth]:
    """Chains of layers, differentiated by all weights.

    Args:
        jax: the library, where it is installed.
        depths: how many layers.
    """

    def trace(layers: int) -> float:
        assert jax is not None
        given = [np.ones((2, 3)), *(np.ones((3, 3)) for _ in range(layers))]
        return traced(jax, traced_chain, tuple(range(1, layers + 1)), given)

    return _growth(chain, depths, trace if jax else None)


def over_width(jax: Jax | None, widths: Sequence[int] = WIDTHS) -> Iterator[Growth]:
    """Sums of terms, differentiated by the variable that they share.

    Args:
        jax: the library, where it is installed.
        widths: how many terms.
    """

    def trace(count: int) -> float:
        assert jax is not None
        return traced(jax, traced_terms, 0, [np.ones(3), *[np.ones((2, 3)), np.ones(2)] * count])

    return _growth(terms, widths, trace if jax else None)


def traced(jax: Jax, value: Callable[..., Any], by: Any, given: Sequence[Any]) -> float:
    """The time in which jax traces a gradient, without compiling it.

    Args:
        jax: the library.
        value: the function, of the library and arrays.
        by: the positions of the variables.
        given: the arrays.
    """

    def trace() -> object:
        # A new function each time, since jax remembers what it has traced.
        return jax.jax.make_jaxpr(jax.jax.grad(partial(value, jax), by))(*given)

    return median(trace, rounds=3)


def _growth(
    program: Callable[[int], Program],
    sizes: Sequence[int],
    trace: Callable[[int], float] | None,
) -> Iterator[Growth]:
    coded, before = 0.0, 1
    program(1).derived().code()  # so that no time is that of loading modules
    for size in sizes:
        one = program(size)
        derived = median(one.derived, rounds=3)
        code = None
        if coded * (size / before) ** 2 <= LONGEST:
            derivation = one.derived()
            code = coded = seconds(derivation.code)
            before = size
        yield Growth(size, derived, code, trace(size) if trace else None)
