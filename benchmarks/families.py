"""Families of programs that grow: how much longer does what is longer take?

The exponent is that of the time over the length of question and answer together, since a gradient
of `a' X^k b` has `k` terms of `k` factors: 1 is proportional.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.derivation import Program, chain, terms
from benchmarks.timing import median, seconds


@dataclass(frozen=True)
class Grown:
    """The times of one family at two sizes, in seconds.

    Attributes:
        family: what grows.
        size: the larger size.
        derive: the derivation there.
        slope: the exponent of its time.
        code: the numpy code for it.
        code_slope: the exponent of its time.
    """

    family: str
    size: int
    derive: float
    slope: float
    code: float
    code_slope: float


def nested(depth: int) -> Program:
    """Layers inside each other, without names.

    >>> nested(2).text
    'sum(tanh(A2 tanh(A1 x)))'
    """
    text = "x"
    for k in range(1, depth + 1):
        text = f"tanh(A{k} {text})"
    shapes = {"x": "n", **{f"A{k}": "n x n" for k in range(1, depth + 1)}}
    return Program(f"sum({text})", ["x"], shapes)


def recurrent(steps: int) -> Program:
    """A recurrent net with a loss at every step, by its weights."""
    numbers = range(1, steps + 1)
    lines = [f"h{k} = tanh(W h{k - 1} + U x{k} + b)" for k in numbers]
    losses = " + ".join(f"||V h{k} - y{k}||^2" for k in numbers)
    shapes = {"W": "n x n", "U": "n x d", "b": "n", "V": "q x n", "h0": "n"}
    shapes |= {f"x{k}": "d" for k in numbers} | {f"y{k}": "q" for k in numbers}
    return Program("; ".join([*lines, losses]), ["W", "U", "b", "V"], shapes)


def lstm(steps: int) -> Program:
    """Steps of a cell with four gates, by its twelve weights."""
    lines = []
    for t in range(1, steps + 1):
        for gate, function in zip("ifog", ["sigmoid"] * 3 + ["tanh"], strict=True):
            lines.append(f"{gate}{t} = {function}(W_{gate} x{t} + U_{gate} h{t - 1} + b_{gate})")
        lines.append(f"c{t} = f{t} .* c{t - 1} + i{t} .* g{t}")
        lines.append(f"h{t} = o{t} .* tanh(c{t})")
    kinds = {"W": "n x d", "U": "n x n", "b": "n"}
    weights = {f"{kind}_{gate}": shape for gate in "ifog" for kind, shape in kinds.items()}
    shapes = {**weights, "h0": "n", "c0": "n", "v": "n"}
    shapes |= {f"x{t}": "d" for t in range(1, steps + 1)}
    return Program("; ".join([*lines, f"v' h{steps}"]), list(weights), shapes)


def attention(layers: int) -> Program:
    """Layers of self-attention, by all of their weights."""
    lines, below = [], "X"
    for k in range(1, layers + 1):
        lines += [f"Q{k} = {below} A{k}", f"K{k} = {below} B{k}", f"V{k} = {below} C{k}"]
        lines += [f"P{k} = softmax(Q{k} K{k}' / sqrt(d))", f"Y{k} = P{k} V{k}"]
        below = f"Y{k}"
    weights = [f"{name}{k}" for k in range(1, layers + 1) for name in "ABC"]
    shapes = {"X": "n x d", **dict.fromkeys(weights, "d x d")}
    return Program("; ".join([*lines, f"sum({below})"]), weights, shapes)


def products(count: int) -> Program:
    """The squared norm of a product of matrices, by the one in the middle.

    >>> products(3).text
    '||A1 A2 A3||^2'
    """
    names = [f"A{k}" for k in range(1, count + 1)]
    shapes = dict.fromkeys(names, "n x n")
    return Program(f"||{' '.join(names)}||^2", [names[count // 2]], shapes)


def power(exponent: int) -> Program:
    """A power between vectors, by its matrix."""
    return Program(f"a' X^{exponent} b", ["X"], {"X": "n x n", "a": "n", "b": "n"})


def curved_chain(layers: int) -> Program:
    """A net of named layers, twice by what goes in."""
    lines = [f"h{k} = tanh(W{k} h{k - 1})" for k in range(1, layers + 1)]
    shapes = {"h0": "n", **{f"W{k}": "n x n" for k in range(1, layers + 1)}}
    return Program("; ".join([*lines, f"sum(h{layers})"]), ["h0"], shapes, order=2)


def curved_terms(count: int) -> Program:
    """A sum of terms, twice by what they share."""
    numbers = range(1, count + 1)
    shapes = {"w": "n", **{f"X{k}": f"m{k} x n" for k in numbers}}
    return Program(" + ".join(f"sum(exp(X{k} w))" for k in numbers), ["w"], shapes, order=2)


Family = Callable[[int], Program]
FAMILIES: Mapping[str, tuple[Family, Sequence[int]]] = {
    "named layers, by all weights": (chain, (50, 200)),
    "nested layers without names": (nested, (8, 30)),
    "a recurrent net, steps": (recurrent, (4, 16)),
    "an LSTM cell, steps": (lstm, (2, 8)),
    "self-attention, layers": (attention, (2, 8)),
    "a product of matrices": (products, (8, 32)),
    "a power between vectors": (power, (5, 20)),
    "a sum of terms": (terms, (12, 50)),
    "Hessian of named layers": (curved_chain, (4, 16)),
    "Hessian of a sum of terms": (curved_terms, (10, 40)),
}


def grown(quick: bool) -> Iterator[Grown]:
    """Each family at two sizes.

    Args:
        quick: whether to take a quarter of the sizes.
    """
    for family, (program, sizes) in FAMILIES.items():
        yield _grown(family, program, [max(1, size // 4) for size in sizes] if quick else sizes)


def _grown(family: str, program: Family, sizes: Sequence[int]) -> Grown:
    lengths, derived, coded = [], [], []
    for size in sizes:
        one = program(size)
        derivation = one.derived()
        lengths.append(len(one.text) + len(derivation.text()))
        derived.append(median(one.derived, rounds=3))
        coded.append(seconds(derivation.code))
    longer = math.log(lengths[1] / lengths[0])
    slopes = [math.log(times[1] / times[0]) / longer for times in (derived, coded)]
    return Grown(family, sizes[1], derived[1], slopes[0], coded[1], slopes[1])
