"""Values of the language at numbers: every value a 2-D array, every operation done literally.

A second, slow reading of the syntax tree for tests to compare with.  It shares nothing with the
code generator: no layouts, no reordering, and index forms are loops over entries.
"""

import itertools
import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
from concrete import Concrete

from dimderiv.infer.typed import Typed
from dimderiv.language.names import HESSIAN
from dimderiv.language.syntax import (
    Add,
    Binary,
    Call,
    Entry,
    IndexForm,
    Name,
    Negative,
    Number,
    Transpose,
    Tree,
    children,
    is_extreme_of_two,
)
from dimderiv.language.vocabulary import BUILTIN_FUNCTIONS

Array = np.ndarray

ENTRYWISE: dict[str, Callable[[Array], Array]] = {
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "erf": np.vectorize(math.erf),
    "gelu": lambda x: x / 2 * (1 + np.vectorize(math.erf)(x / np.sqrt(2))),
    "silu": lambda x: x / (1 + np.exp(-x)),
}

OPERATORS: dict[str, Callable[[Array, Array], Array]] = {
    ".*": np.multiply,
    "./": np.divide,
    "/": np.divide,
    ".^": np.power,
    ">": np.greater,
    "<": np.less,
    ">=": np.greater_equal,
    "<=": np.less_equal,
}


def slope(a: Array, e: Array | None) -> Array:
    """The derivative of the power series of exp, term by term; of each unit matrix if of none."""
    if e is None:
        units = np.eye(a.size).reshape(-1, *a.shape)
        return np.array([slope(a, unit.T).ravel(order="F") for unit in units]).T
    power = np.linalg.matrix_power
    terms = [
        power(a, j) @ e @ power(a, k - 1 - j) / math.factorial(k)
        for k in range(1, 30)
        for j in range(k)
    ]
    return np.asarray(reduce(np.add, terms))


def polar(a: Array) -> Array:
    """The matrix with its singular values set to 1, by Newton's iteration on them."""
    for _ in range(100):
        a = (a + np.linalg.pinv(a).T) / 2
    return a


def leading(a: Array) -> Array:
    """The eigenvector of the largest eigenvalue, its largest entry positive."""
    values, vectors = np.linalg.eig(a)
    v = vectors[:, values.real.argmax()].real
    sign = np.sign(v[np.abs(v).argmax()])
    return np.asarray(v[:, None] / np.linalg.norm(v) * sign)


class Dense:
    """Evaluates one program.

    Args:
        typed: the program.
        values: a 2-D array for each symbol.
        sizes: a number for each dimension.
    """

    def __init__(self, typed: Typed, values: Mapping[str, Array], sizes: Mapping[str, int]) -> None:
        self.typed, self.values, self.sizes = typed, dict(values), sizes

    def run(self) -> Array:
        """The value of the last statement."""
        for statement in self.typed.program.statements:
            value = self.value(statement.value)
            if statement.name:
                self.values[statement.name] = value
        return value

    def size(self, node: Tree) -> tuple[int, int]:
        """The numbers of rows and columns of a node."""
        rows, cols = self.typed.shape(node)
        return rows.evaluate(self.sizes), cols.evaluate(self.sizes)

    def value(self, node: Tree) -> Array:
        """The 2-D value of a node; more axes for an index form with more letters."""
        match node:
            case Number(value):
                return np.array([[float(value)]])
            case Name(name):
                return self.name(node, name)
            case Negative(operand):
                return np.asarray(np.negative(self.value(operand)))
            case Add(terms):
                return np.asarray(reduce(np.add, [self.value(term) for term in terms]))
            case Transpose(operand):
                return self.value(operand).T
            case Binary("*", left, right):
                a, b = self.value(left), self.value(right)
                return np.asarray(a * b if 1 in (a.size, b.size) else a @ b)
            case Binary("^", left, right):
                a, b = self.value(left), self.value(right)
                if a.size == 1:
                    return np.asarray(np.power(a, b))
                return np.linalg.matrix_power(a, int(b.item()))
            case Binary(operator, left, right):
                return 1.0 * OPERATORS[operator](self.value(left), self.value(right))
            case IndexForm():
                return self.index_form(node)
            case Call():
                return np.atleast_2d(self.call(node))
        raise AssertionError(node)

    def name(self, node: Tree, name: str) -> Array:
        """The value of a name."""
        if name in self.values:
            return self.values[name]
        if name == "I":
            return np.eye(self.size(node)[0])
        return np.array([[np.pi if name == "pi" else float(self.sizes[name])]])

    def call(self, node: Call) -> Array:
        """The value of a call."""
        if node.function in ("ones", "eye"):
            size = self.size(node)
            return np.ones(size) if node.function == "ones" else np.eye(*size)
        if node.function in ("K", "commutation"):
            return self.commutation(*(int(self.number(size, {})) for size in node.arguments))
        first, *others = [self.value(argument) for argument in node.arguments]
        base = node.function.lstrip(HESSIAN)
        if base not in BUILTIN_FUNCTIONS:
            order = len(node.function) - len(base)
            return Concrete(base).derivative(order)(first)
        if node.function in ENTRYWISE:
            return ENTRYWISE[node.function](first)
        if is_extreme_of_two(node):
            return np.asarray({"max": np.maximum, "min": np.minimum}[node.function](first, *others))
        if node.function in ("sum", "mean", "max", "min", "logsumexp"):
            name = node.function
            if name == "logsumexp":
                return np.asarray(np.log(np.sum(np.exp(first), axis=node.number, keepdims=True)))
            return np.asarray(getattr(np, name)(first, axis=node.number, keepdims=True))
        return self.matrix_function(node, first, *others)

    def matrix_function(self, node: Call, a: Array, b: Array | None = None) -> Array:
        """The value of a function of whole matrices."""
        axis, second = (0 if a.shape[1] == 1 else 1), (a if b is None else b)
        softmax = np.exp(a) / np.exp(a).sum(axis=axis, keepdims=True)
        table: dict[str, Callable[[], Any]] = {
            "vector": lambda: a * np.ones(self.size(node)),
            "matrix": lambda: a * np.ones(self.size(node)),
            "tr": lambda: np.trace(a),
            "det": lambda: np.linalg.det(a),
            "logdet": lambda: np.log(np.linalg.det(a)),
            "inv": lambda: np.linalg.inv(a),
            "pinv": lambda: np.linalg.pinv(a),
            "expm": lambda: reduce(
                np.add, [np.linalg.matrix_power(a, k) / math.factorial(k) for k in range(40)]
            ),
            "dexpm": lambda: slope(a, b),
            "polar": lambda: polar(a),
            "eigmax": lambda: np.linalg.eigvals(a).real.max(),
            "eigvec": lambda: leading(a),
            "diag": lambda: np.diagflat(a) if 1 in a.shape else np.diag(a)[:, None],
            "vec": lambda: a.T.reshape(-1, 1),
            "kron": lambda: np.kron(a, second),
            "softmax": lambda: softmax,
            "logsoftmax": lambda: np.log(softmax),
            "cross_entropy": lambda: -np.sum(second * np.log(softmax), axis=axis).mean(),
            "norm1": lambda: np.abs(a).sum(),
            "norm2": lambda: np.sqrt((a**2).sum()),
            "normF": lambda: np.sqrt((a**2).sum()),
            "normN": lambda: np.linalg.svd(a)[1].sum(),
            "conv2": lambda: self.conv2(a, second),
        }
        if node.function in table:
            return np.asarray(table[node.function]())
        return np.asarray(getattr(np, node.function)(a))

    def commutation(self, rows: int, cols: int) -> Array:
        """The images of the unit vectors: stacked columns to those of the transpose."""
        units = np.eye(rows * cols)
        return np.array([unit.reshape(cols, rows).ravel(order="F") for unit in units]).T

    def conv2(self, v: Array, k: Array) -> Array:
        """The valid cross-correlation, entry by entry."""
        out = np.zeros((v.shape[0] - k.shape[0] + 1, v.shape[1] - k.shape[1] + 1))
        for o, p in np.ndindex(out.shape):
            out[o, p] = (v[o : o + k.shape[0], p : p + k.shape[1]] * k).sum()
        return out

    def index_form(self, form: IndexForm) -> Array:
        """The value of an index form, one entry after the other."""
        names = [letter for letter, _ in form.letters]
        extent = [int(self.number(size, {})) for _, size in form.letters if size]
        out = np.zeros(extent)
        for place in np.ndindex(*extent):
            out[place] = self.summed(form.body, dict(zip(names, place, strict=True)))
        if len(form.axes) <= 2:
            return out.reshape(self.size(form))
        sizes = dict(zip(names, extent, strict=True))
        return out.reshape([math.prod(sizes[letter] for letter, _ in own) for own in form.axes])

    def summed(self, body: Tree, at: Mapping[str, int]) -> float:
        """The value of a body, each term summed over the letters that are not bound."""
        match body:
            case Add(terms):
                return sum(self.summed(term, at) for term in terms)
            case Negative(operand):
                return -self.summed(operand, at)
        extents: dict[str, int] = {}
        for entry in entries(body):
            if entry.operand != Name("I"):
                axes = self.value(entry.operand).shape
                axes = axes if len(entry.indices) == 2 else (max(axes),)
                for index, extent in zip(entry.indices, axes, strict=True):
                    if isinstance(index, Name) and index.name not in at:
                        extents[index.name] = extent
        places = itertools.product(*map(range, extents.values()))
        return sum(self.number(body, {**at, **dict(zip(extents, p, strict=True))}) for p in places)

    def number(self, node: Tree, at: Mapping[str, int], index: bool = False) -> float:
        """The value of a scalar expression, where the letters have values."""
        match node:
            case Name(name) if index and name in at:
                return at[name]
            case Name(name) if name in self.sizes and name not in self.values:
                return self.sizes[name]
            case Negative(operand):
                return -self.number(operand, at, index)
            case Add(terms):
                return sum(self.number(term, at, index) for term in terms)
            case Binary() if not index and not entries(node):
                return float(self.value(node).item())
            case Binary(operator, left, right):
                a, b = self.number(left, at, index), self.number(right, at, index)
                sign = operator.strip(".")
                return a * b if sign == "*" else a / b if sign == "/" else math.pow(a, b)
            case Number(value):
                return float(value)
            case Entry(operand, indices):
                return self.entry(operand, [int(self.number(i, at, True)) for i in indices])
        return float(self.value(node).item())

    def entry(self, operand: Tree, place: list[int]) -> float:
        """One entry, 0 outside."""
        if operand == Name("I"):
            return float(place[0] == place[1])
        array = self.value(operand)
        array = array.ravel() if len(place) == 1 else array
        inside = all(0 <= i < n for i, n in zip(place, array.shape, strict=True))
        return float(array[tuple(place)]) if inside else 0.0


def entries(node: Tree) -> list[Entry]:
    """The entries that occur in a node."""
    if isinstance(node, Entry):
        return [node]
    return [entry for child in children(node) for entry in entries(child)]
