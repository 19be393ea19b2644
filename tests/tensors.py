"""Nodes with any number of axes at numbers: an evaluator that multiplies everything out, and code.

It shares nothing with the code generator: each labelled product is one `einsum` over arrays in
which also selections and labels are written out with their zeros and ones.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm

from dimderiv.codegen.functions.loaded import function
from dimderiv.codegen.functions.module import Module
from dimderiv.codegen.plan.plan import Late
from dimderiv.codegen.plan.programs import Programs
from dimderiv.codegen.read import axes_of
from dimderiv.codegen.targets import writer_of
from dimderiv.graph.nodes import (
    Constant,
    Factor,
    Function,
    Map,
    Merged,
    Named,
    Node,
    Product,
    Selection,
    Shifted,
    Size,
    Sum,
    Symbol,
    letters_of,
    symbol,
)
from dimderiv.graph.products import product
from dimderiv.graph.walk import nodes_of
from dimderiv.language.declared import Declaration
from dimderiv.language.shapes import SCALAR, Dim, Shape
from dimderiv.rulebook.rulebook import builtin_rules, load_rules

Array = np.ndarray
MAPS: dict[str, Callable[..., Any]] = {
    "exp": np.exp,
    "log": np.log,
    "relu": lambda x: np.maximum(x, 0),
    ">": np.greater,
}
MATRICES: dict[str, Callable[..., Any]] = {
    "expm": expm,
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "logdet": lambda a: np.linalg.slogdet(a)[1],
}


def value_of(node: Node, arrays: Mapping[str, Array], sizes: Mapping[str, int]) -> Array:
    """The value of a node at numbers, every operation done literally."""
    shape = [dim.evaluate(sizes) for dim in node.axes]

    def inner(part: Node) -> Array:
        return value_of(part, arrays, sizes)

    match node:
        case Symbol(name):
            return np.asarray(arrays[name]).reshape(shape)
        case Size(dim):
            return np.asarray(float(dim.evaluate(sizes)))
        case Constant():
            return np.asarray(np.pi)
        case Selection():
            return selected(node, sizes)
        case Named(value=value):
            return inner(value)
        case Sum(terms):
            return np.asarray(sum((float(c) * inner(t) for c, t in terms), np.zeros(shape)))
        case Map(function, arguments):
            return np.asarray(1.0 * MAPS[function](*map(inner, arguments)))
        case Function(function, arguments, over):
            return of_whole(function, inner(arguments[0]), over, shape)
        case Product():
            return multiplied(node, [inner(factor.node) for factor in node.factors], sizes)


def selected(node: Selection, sizes: Mapping[str, int]) -> Array:
    """The ones and zeros of a selection."""
    found = np.zeros([dim.evaluate(sizes) for dim in node.axes])
    offset = node.offset.evaluate(sizes)
    for letters in np.ndindex(*found.shape[1:]):
        place = offset + sum(s * i for s, i in zip(node.steps, letters, strict=True))
        if 0 <= place < len(found):
            found[(place, *letters)] = 1
    return found


def of_whole(name: str, x: Array, over: Sequence[int], shape: Sequence[int]) -> Array:
    """The value of a function of a whole array."""
    axes = tuple(over)
    if name == "onehot":
        return np.asarray(1.0 * (x[..., None] == np.arange(shape[-1])))
    if name == "sort":
        return np.sort(x, axis=axes[0])
    if name == "rank":
        return x.argsort(axis=axes[0]).argsort(axis=axes[0])
    if name in {"max", "min"}:
        return np.asarray(getattr(np, name)(x, axis=axes))
    if name in MATRICES:
        return np.asarray(MATRICES[name](x))
    e = np.exp(x)
    total = e.sum(axis=axes, keepdims=True)
    table = {"softmax": e / total, "logsoftmax": np.log(e / total)}
    return np.asarray(table[name] if name in table else np.log(total).squeeze(axes))


def multiplied(node: Product, arrays: Sequence[Array], sizes: Mapping[str, int]) -> Array:
    """A labelled product, as a loop over the letters that an index adds up or runs together."""
    counts = [dim.evaluate(sizes) for dim in node.dims]
    out = np.zeros([dim.evaluate(sizes) for dim in node.axes])
    if all(isinstance(i, int) for f in node.factors for i in f.indices) and all(
        isinstance(i, int) for i in node.result
    ):
        return _einsum(node, arrays, counts)
    for letters in itertools.product(*map(range, counts)):
        term = float(node.coefficient)
        for factor, array in zip(node.factors, arrays, strict=True):
            term *= float(array[_at(factor.indices, letters, counts)]) ** float(factor.power)
        out[_at(node.result, letters, counts)] += term
    return out


def _einsum(node: Product, arrays: Sequence[Array], counts: Sequence[int]) -> Array:
    given: list[Any] = []
    for factor, array in zip(node.factors, arrays, strict=True):
        given += [array ** float(factor.power), list(factor.indices)]
    for letter, count in enumerate(counts):
        given += [np.ones(count), [letter]]
    distinct = list(dict.fromkeys(letters_of(node.result)))
    core = float(node.coefficient) * np.einsum(*given, distinct)
    if len(distinct) == len(node.result):
        return np.asarray(core)
    out = np.zeros([counts[i] for i in letters_of(node.result)])
    for at in np.ndindex(core.shape):
        place = dict(zip(distinct, at, strict=True))
        out[tuple(place[i] for i in letters_of(node.result))] = core[at]
    return out


def _at(indices: Sequence[Any], letters: Sequence[int], counts: Sequence[int]) -> tuple[int, ...]:
    place = []
    for index in indices:
        match index:
            case Shifted(parts):
                place.append(sum(letters[i] for i in parts))
            case Merged(parts):
                place.append(
                    int(
                        np.ravel_multi_index(
                            [letters[i] for i in parts], [counts[i] for i in parts]
                        )
                    )
                )
            case _:
                place.append(letters[index])
    return tuple(place)


def array(name: str, *sizes: str | int | Dim) -> Symbol:
    """A symbol with axes of these sizes; those of size 1 are left out of its node."""
    dims = [Dim.of(size) for size in sizes]
    return symbol(name, tuple(dim for dim in dims if not dim.is_one))


def letters(spec: str, *nodes: Node, number: int = 1) -> Node:
    """The product with these letters, as `einsum` has them: `letters("ij,jk->ik", A, B)`."""
    body, result = spec.split("->")
    inside = body.split(",")
    every = sorted({*body, *result} - {","})
    sizes = {
        letter: dim
        for word, node in zip(inside, nodes, strict=True)
        for letter, dim in zip(word, node.axes, strict=True)
    }
    factors = [
        Factor(node, tuple(map(every.index, word)))
        for word, node in zip(inside, nodes, strict=True)
    ]
    dims = [sizes[letter] for letter in every]
    return product(Fraction(number), factors, tuple(map(every.index, result)), dims)


class Given:
    """Nodes that are computed as they are, in the place of a program."""

    definitions = ()
    rulebook = builtin_rules()

    def __init__(self, nodes: Sequence[Node], sizes: Sequence[str]) -> None:
        self.values = [(node, True) for node in nodes]
        self.sizes = list(sizes)

    def needed(self, node: Node, done: set[str]) -> list[Named]:
        """No definition is needed."""
        return []


def code_of(
    nodes: Sequence[Node],
    symbols: Mapping[str, Declaration],
    target: str = "numpy",
    sizes: Mapping[str, int] | None = None,
    wrt: Sequence[Shape] = (),
) -> str:
    """The source of a function of symbols that returns the values of nodes."""
    axes = [*(d.shape for d in symbols.values()), *(each.axes for each in nodes_of(nodes))]
    names = sorted({name for dims in axes for dim in dims for name in dim.names})
    given: Any = Given(nodes, names)
    shapes = wrt or [Shape.of(node.axes) for node in nodes]
    programs = Programs([given], [(SCALAR, shape) for shape in shapes], Late())
    module = Module(writer_of(target), programs, symbols, load_rules())
    titles = [f"out{k}" for k in range(len(nodes))]
    return module.source("computed", "Computed.", titles, False, sizes)


def drawn(
    symbols: Mapping[str, Declaration], sizes: Mapping[str, int], seed: int = 0
) -> dict[str, Array]:
    """Numbers for symbols; labels are whole."""
    rng = np.random.default_rng(seed)
    found: dict[str, Array] = {}
    for name, declared in symbols.items():
        shape = [dim.evaluate(sizes) for dim in axes_of(declared.shape)]
        if declared.labels is None:
            found[name] = rng.normal(size=shape)
        else:
            found[name] = rng.integers(0, declared.labels.evaluate(sizes), size=shape)
    return found


def assert_computed(
    nodes: Sequence[Node],
    symbols: Sequence[Symbol] | Mapping[str, Declaration],
    sizes: Mapping[str, int],
    target: str = "numpy",
) -> str:
    """Compare what the code of nodes returns with their values, and give the code.

    Code of a library that is not installed is not run.
    """
    if target in {"jax", "torch"}:
        pytest.importorskip(target)
    if not isinstance(symbols, Mapping):
        symbols = {each.name: Declaration(Shape.of(each.axes)) for each in symbols}
    arrays = drawn(symbols, sizes)
    code = code_of(nodes, symbols, target)
    found = function(code, "computed")(*[each.copy() for each in arrays.values()])
    for each, node in zip(found if isinstance(found, tuple) else (found,), nodes, strict=True):
        expected, array = value_of(node, arrays, sizes), np.asarray(each)
        assert expected.shape == array.shape, code
        np.testing.assert_allclose(array, expected, atol=1e-4, rtol=1e-4, err_msg=code)
    return code
