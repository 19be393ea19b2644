"""sympy's derivations of the same expressions: whether they are right, and how long they take."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy
from sympy.core.cache import clear_cache

from benchmarks.case import Array, Arrays, definite, extents
from benchmarks.timing import median, seconds
from dimderiv import derive

SIZES = {"m": 5, "n": 3, "p": 4}
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Twin:
    """An expression in both languages.

    Attributes:
        text: in dimderiv's language.
        wrt: the variable.
        shapes: of the symbols.
        sympy: the same, of sympy's matrix symbols.
    """

    text: str
    wrt: str
    shapes: Mapping[str, str]
    sympy: Callable[..., Any]


@dataclass(frozen=True)
class Duel:
    """What came of one expression.

    Attributes:
        twin: the expression.
        right: whether sympy's answer has the value of dimderiv's, in either layout.
        ours: the seconds of dimderiv's derivation.
        theirs: the seconds of sympy's.
    """

    twin: Twin
    right: bool
    ours: float
    theirs: float = field(default=0.0)


tr = sympy.Trace
TWINS: Sequence[Twin] = (
    Twin("||X w - y||^2", "w", {"X": "m x n", "w": "n", "y": "m"},
         lambda X, w, y: (X * w - y).T * (X * w - y)),
    Twin("x' A x", "x", {"x": "n", "A": "n x n"}, lambda x, A: x.T * A * x),
    Twin("a' X b", "X", {"a": "m", "X": "m x n", "b": "n"}, lambda a, X, b: tr(a.T * X * b)),
    Twin("(x - c)' A (x - c)", "x", {"x": "n", "c": "n", "A": "n x n"},
         lambda x, c, A: (x - c).T * A * (x - c)),
    Twin("A x", "x", {"A": "m x n", "x": "n"}, lambda A, x: A * x),
    Twin("tr(A X)", "X", {"A": "n x m", "X": "m x n"}, lambda A, X: tr(A * X)),
    Twin("tr(X' X)", "X", {"X": "m x n"}, lambda X: tr(X.T * X)),
    Twin("tr(A X B)", "X", {"A": "p x m", "X": "m x n", "B": "n x p"},
         lambda A, X, B: tr(A * X * B)),
    Twin("tr(X' A X)", "X", {"X": "m x n", "A": "m x m"}, lambda X, A: tr(X.T * A * X)),
    Twin("tr(A X B X')", "X", {"A": "m x m", "X": "m x n", "B": "n x n"},
         lambda A, X, B: tr(A * X * B * X.T)),
    Twin("||A X - B||^2", "X", {"A": "p x m", "X": "m x n", "B": "p x n"},
         lambda A, X, B: tr((A * X - B).T * (A * X - B))),
    Twin("||U V' - T||^2", "U", {"U": "m x p", "V": "n x p", "T": "m x n"},
         lambda U, V, T: tr((U * V.T - T).T * (U * V.T - T))),
    Twin("tr(X^3)", "X", {"X": "n x n"}, lambda X: tr(X**3)),
    Twin("tr(inv(X) A)", "X", {"X": "n x n", "A": "n x n"}, lambda X, A: tr(X.I * A)),
    Twin("a' inv(X) b", "X", {"a": "n", "X": "n x n", "b": "n"}, lambda a, X, b: a.T * X.I * b),
    Twin("det(X)", "X", {"X": "n x n"}, lambda X: sympy.Determinant(X)),
    Twin("log(det(X))", "X", {"X": "n x n"}, lambda X: sympy.log(sympy.Determinant(X))),
    Twin("||x||", "x", {"x": "n"}, lambda x: sympy.sqrt(tr(x.T * x))),
    Twin("exp(x' A x)", "x", {"x": "n", "A": "n x n"}, lambda x, A: sympy.exp(tr(x.T * A * x))),
    Twin("sum(exp(X w))", "w", {"X": "m x n", "w": "n"},
         lambda X, w: tr(sympy.OneMatrix(1, X.shape[0]) * (X * w).applyfunc(sympy.exp))),
)  # fmt: skip


def duels() -> Iterator[Duel]:
    """Derive each expression by both, and compare the values of the answers."""
    for twin in TWINS:
        yield duel(twin)


def duel(twin: Twin) -> Duel:
    """Derive one expression by both.

    Args:
        twin: the expression.
    """

    def derived() -> Any:
        found = derive(twin.text, twin.wrt, shapes=dict(twin.shapes), verify=False)
        str(found)
        return found

    ours = median(derived)
    symbols = {name: symbol(name, shape) for name, shape in twin.shapes.items()}

    def differentiated() -> Any:
        return twin.sympy(**symbols).diff(symbols[twin.wrt])

    times = []
    try:
        for _ in range(5):
            clear_cache()  # else only the first of the rounds would derive
            times.append(seconds(differentiated))
        answer = differentiated()
    except (TypeError, ValueError, NotImplementedError):
        return Duel(twin, False, ours)
    arrays = drawn(twin)
    wanted = derived().function("numpy")(**arrays)
    return Duel(twin, is_right(answer, symbols, arrays, wanted), ours, sorted(times)[2])


def symbol(name: str, shape: str) -> Any:
    """A symbol of sympy with symbolic sizes; a vector is a column."""
    axes = [*shape.split(" x "), "1"][:2]
    return sympy.MatrixSymbol(name, *(1 if axis == "1" else sympy.Symbol(axis) for axis in axes))


def drawn(twin: Twin) -> Arrays:
    """Arrays for the symbols; those that may be inverted are well-conditioned."""
    generator = np.random.default_rng(0)
    found: Arrays = {}
    for name, shape in twin.shapes.items():
        extent = extents(shape, SIZES)
        square = len(extent) == 2 and extent[0] == extent[1]
        found[name] = definite(generator, extent) if square else generator.standard_normal(extent)
        if square:
            found[name] += 0.1 * generator.standard_normal(extent)
    return found


def is_right(answer: Any, symbols: Mapping[str, Any], arrays: Arrays, wanted: Array) -> bool:
    """Whether sympy's answer has the right value, in either layout.

    Args:
        answer: an expression of sympy's.
        symbols: its symbols.
        arrays: their values, vectors with one axis.
        wanted: what dimderiv's answer gives.
    """
    sizes = {sympy.Symbol(name): size for name, size in SIZES.items()}
    given = {
        each.subs(sizes): sympy.ImmutableMatrix(arrays[name].reshape(len(arrays[name]), -1))
        for name, each in symbols.items()
    }
    try:
        value = sympy.sympify(answer).subs(sizes).subs(given).doit()
        found = np.asarray(sympy.N(value), dtype=float)
    except (TypeError, ValueError, AttributeError, NotImplementedError):
        return False
    return any(
        found.size == np.size(wanted)
        and np.allclose(turned.reshape(np.shape(wanted)), wanted, rtol=TOLERANCE)
        for turned in (found, found.T)
    )
