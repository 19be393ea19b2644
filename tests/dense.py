"""Values of the language at numbers: arrays of two axes or more, every operation done literally.

A second, slow reading of the syntax tree for tests to compare with.  It shares nothing with the
code generator: no layouts, no reordering, and an axis for each letter of an index statement.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial, reduce
from typing import Any

import numpy as np
from concrete import Concrete
from lettered import Lettered

from dimderiv.language.function_names import declared_part
from dimderiv.language.rule_files import FUNCTIONS
from dimderiv.language.syntax import (
    Add,
    Binary,
    Blocks,
    Call,
    Entry,
    IndexForm,
    Name,
    Negative,
    Number,
    Transpose,
    Tree,
    is_extreme_of_two,
)
from dimderiv.language.vocabulary import REDUCTIONS

Array = np.ndarray

ENTRYWISE: dict[str, Callable[..., Array]] = {
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "erf": np.vectorize(math.erf),
    "gelu": lambda x: x / 2 * (1 + np.vectorize(math.erf)(x / np.sqrt(2))),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "stop": np.positive,
    "where": lambda c, a, b: np.asarray(np.where(c != 0, a, b)),
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
    "==": np.equal,
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


def raised(a: Array, exponent: float) -> Array:
    """A whole power, half of one, or one by eigenvalues that are all simple."""
    if 2 * exponent == int(2 * exponent):
        is_whole = exponent == int(exponent)
        base, power = (a, int(exponent)) if is_whole else (root(a), int(2 * exponent))
        return np.linalg.matrix_power(base, power)
    values, vectors = np.linalg.eig(a)
    return (vectors * values.astype(complex) ** exponent @ np.linalg.inv(vectors)).real


def power_slope(a: Array, k: Array, e: Array | None) -> Array:
    """The sum of `A^r E A^(k - 1 - r)`, for k of 1 or more; of each unit matrix if of none.

    If k is no whole number, by the slopes between eigenvalues (Daleckii and Krein).
    """
    if e is None:
        units = np.eye(a.size).reshape(-1, *a.shape)
        return np.array([power_slope(a, k, unit.T).ravel(order="F") for unit in units]).T
    exponent = float(k.ravel()[0])
    if exponent != int(exponent):
        values, vectors = np.linalg.eig(a.astype(complex))
        powers, apart = values**exponent, values[:, None] - values + np.eye(len(a))
        slopes = (powers[:, None] - powers) / apart + np.diag(exponent * powers / values)
        back = np.linalg.inv(vectors)
        return np.asarray((vectors @ (slopes * (back @ e @ vectors)) @ back).real)
    power, count = np.linalg.matrix_power, int(exponent)
    return np.asarray(
        reduce(np.add, [power(a, r) @ e @ power(a, count - 1 - r) for r in range(count)])
    )


def sylvester(a: Array, b: Array, c: Array | None) -> Array:
    """The solution of `A X + X B = C`, by a system of its entries, or the matrix of that map."""
    m, n = len(a), len(b)
    system = np.kron(np.eye(n), a) + np.kron(b.T, np.eye(m))
    if c is None:
        return np.linalg.inv(system)
    return np.linalg.solve(system, c.ravel(order="F")).reshape((m, n), order="F")


def root(a: Array) -> Array:
    """The principal square root, by Newton's iteration of a matrix and its inverse."""
    x, y = a, np.eye(len(a))
    for _ in range(60):
        x, y = (x + np.linalg.inv(y)) / 2, (y + np.linalg.inv(x)) / 2
    return x


def resolvents(a: Array) -> Iterator[tuple[float, Array]]:
    """Weights and `inv(t (A - I) + I)`, t from 0 to 1: the logarithm is an integral of these."""
    one = np.eye(len(a))
    for node, weight in zip(*np.polynomial.legendre.leggauss(80), strict=True):
        yield weight / 2, np.linalg.inv((1 + node) / 2 * (a - one) + one)


def logarithm(a: Array) -> Array:
    """The principal logarithm."""
    return np.asarray(reduce(np.add, [w * x @ (a - np.eye(len(a))) for w, x in resolvents(a)]))


def logarithm_slope(a: Array, e: Array | None) -> Array:
    """The derivative of the logarithm in a direction, or the matrix of that map."""
    terms = [w * (np.kron(x.T, x) if e is None else x @ e @ x) for w, x in resolvents(a)]
    return np.asarray(reduce(np.add, terms))


def polar(a: Array) -> Array:
    """The matrix with its singular values set to 1, by Newton's iteration on them."""
    for _ in range(100):
        a = (a + np.linalg.pinv(a).T) / 2
    return a


def columns(a: Array) -> Array:
    """The eigenvectors by ascending eigenvalue, the largest entry of each positive."""
    values, vectors = np.linalg.eig(a)
    found = vectors[:, values.real.argsort()].real
    top = found[np.abs(found).argmax(axis=0), range(len(a))]
    return np.asarray(found / np.linalg.norm(found, axis=0) * np.sign(top))


def right(a: Array) -> Array:
    """The right singular vectors by descending value, the largest entry of each positive."""
    return columns(a.T @ a)[:, ::-1]


class Dense(Lettered):
    """Evaluates one program."""

    def run(self) -> Array:
        """The value of the last statement."""
        for statement in self.typed.program.statements:
            value = self.value(statement.value)
            if statement.name:
                self.values[statement.name] = value
        return value

    def size(self, node: Tree) -> tuple[int, ...]:
        """The numbers of entries along the axes of a node."""
        return tuple(dim.evaluate(self.sizes) for dim in self.typed.shape(node))

    def value(self, node: Tree) -> Array:
        """The value of a node: an axis for each letter, then its own axes, two or more."""
        match node:
            case Number(value):
                return self.lifted([[float(value)]])
            case Name(name):
                return self.lifted(self.name(node, name))
            case Negative(operand):
                return np.asarray(np.negative(self.value(operand)))
            case Add(terms):
                return np.asarray(reduce(np.add, self.aligned([*map(self.value, terms)])))
            case Transpose(operand):
                return self.value(operand).swapaxes(-1, -2)
            case Binary(operator, left, right):
                return self.binary(operator, *self.aligned([self.value(left), self.value(right)]))
            case IndexForm():
                return self.index_form(node)
            case Entry():
                return self.entry(node)
            case Blocks(rows):
                return np.concatenate([np.concatenate(self.row(row), -1) for row in rows], -2)
            case Call(over=over) if over:
                return self.over_letters(node)
            case Call():
                return self.call(node)
        raise AssertionError(node)

    def binary(self, operator: str, a: Array, b: Array) -> Array:
        """The value of an operation of two arrays."""
        count = [math.prod(array.shape[self.depth :]) for array in (a, b)]
        if operator == "*":
            return np.asarray(a * b if 1 in count else a @ b)
        if operator == "^" and count[0] > 1:
            return raised(a, float(b.ravel()[0]))
        return 1.0 * (np.power if operator == "^" else OPERATORS[operator])(a, b)

    def row(self, blocks: Sequence[Tree]) -> list[Array]:
        """Blocks that stand side by side; one that is a number fills its place."""
        lead = (1,) * self.depth
        sizes = [lead + self.size(block) for block in blocks]
        values = [self.value(block) for block in blocks]
        return [
            np.broadcast_to(value, np.broadcast_shapes(value.shape, size))
            for value, size in zip(values, sizes, strict=True)
        ]

    def name(self, node: Tree, name: str) -> Array:
        """The value of a name."""
        if name in self.values:
            return self.values[name]
        if name == "I":
            return np.eye(self.size(node)[0])
        return np.array([[np.pi if name == "pi" else float(self.sizes[name])]])

    def over_letters(self, node: Call) -> Array:
        """The value of a reduction over letters, or of what runs along one."""
        extents = self.extents(node, [letter for letter, _ in node.over])
        with self.bound(extents) as axes:
            value = self.spread(self.value(node.arguments[0]), extents)
            return self.reduced(node.function, value, axes).squeeze(axes)

    def reduced(self, name: str, array: Array, axes: tuple[int, ...]) -> Array:
        """A reduction along axes, which stay with size 1."""
        if name == "logsumexp":
            return np.asarray(np.log(np.sum(np.exp(array), axis=axes, keepdims=True)))
        return np.asarray(getattr(np, name)(array, axis=axes, keepdims=True))

    def axes(self, node: Call, array: Array) -> tuple[int, ...]:
        """The axes that a call runs along, all of them where it says none."""
        along = self.typed.axes_along(node)
        own = range(array.ndim - self.depth) if along is None else along
        return tuple(self.depth + axis for axis in own)

    def call(self, node: Call) -> Array:
        """The value of a call."""
        base = declared_part(node.function)[0]
        if base in self.typed.functions:
            return self.declared(node, base, [self.value(each) for each in node.arguments])
        if node.function in ("ones", "zeros"):
            return self.lifted(np.full(self.size(node), 1.0 * (node.function == "ones")))
        if node.function == "eye":
            rows, cols = self.size(node)
            return self.lifted(np.eye(rows, cols))
        if node.function in ("K", "commutation"):
            sizes = (int(self.integer(size).item()) for size in node.arguments)
            return self.lifted(self.commutation(*sizes))
        if node.function == "onehot":
            labels, classes = self.value(node.arguments[0]), self.size(node)[-1]
            column = self.typed.shape(node.arguments[0]).is_column
            labels = labels if column else labels[..., None]
            return np.asarray(1.0 * (labels == self.lifted(np.arange(classes))))
        first = self.value(node.arguments[0])
        if node.function == "reshape":
            return first.reshape(*first.shape[: self.depth], *self.size(node))
        others = [self.value(argument) for argument in node.arguments[1:]]
        if FUNCTIONS.get(node.function, {}).get("kind") == "elementwise":
            name = node.function
            function = ENTRYWISE[name] if name in ENTRYWISE else getattr(np, name)
            return np.asarray(function(*self.aligned([first, *others])))
        if is_extreme_of_two(node):
            extreme = {"max": np.maximum, "min": np.minimum}[node.function]
            return np.asarray(extreme(*self.aligned([first, *others])))
        if node.function in REDUCTIONS:
            axes = self.axes(node, first)
            found = self.reduced(node.function, first, axes)
            own = found.shape[self.depth :]
            return found if math.prod(own) > 1 else found.reshape(*found.shape[: self.depth], 1, 1)
        if node.function in ("softmax", "logsoftmax"):
            return self.softmax(node, first)
        return self.each(partial(self.matrix_function, node), first, *others)

    def declared(self, node: Call, name: str, arguments: list[Array]) -> Array:
        """The value of a concrete function in the place of a declared one, or of a derivative."""
        signature = self.typed.functions[name]
        concrete = Concrete(name, signature, self.sizes)
        if signature.is_elementwise:
            return concrete.call(node.function, arguments[0])

        def called(*given: Array) -> Array:
            laid = [
                array.reshape(array.shape if shape.is_row else concrete.lengths(shape))
                for array, shape in zip(given, signature.arguments, strict=True)
            ]
            return concrete.call(node.function, *laid).reshape(self.size(node))

        return self.each(called, *arguments)

    def softmax(self, node: Call, array: Array) -> Array:
        """The value of a softmax along an axis, or of its logarithm."""
        along = self.typed.axes_along(node)
        is_column = array.ndim == self.depth + 2 and array.shape[-1] == 1
        own = ((0,) if is_column else (array.ndim - self.depth - 1,)) if along is None else along
        axes = tuple(self.depth + axis for axis in own)
        found = np.exp(array) / np.exp(array).sum(axis=axes, keepdims=True)
        return np.asarray(found if node.function == "softmax" else np.log(found))

    def each(self, function: Callable[..., Any], *arrays: Array) -> Array:
        """A function of matrices for each value of the letters."""
        lead = np.broadcast_shapes(*[array.shape[: self.depth] for array in arrays])
        whole = [np.broadcast_to(a, lead + a.shape[self.depth :]) for a in arrays]
        found = [np.atleast_2d(function(*(a[at] for a in whole))) for at in np.ndindex(*lead)]
        return np.array(found).reshape(*lead, *found[0].shape)

    def matrix_function(
        self, node: Call, a: Array, b: Array | None = None, c: Array | None = None
    ) -> Array:
        """The value of a function of whole matrices."""
        axis, second = (0 if a.shape[1] == 1 else 1), (a if b is None else b)
        table: dict[str, Callable[[], Any]] = {
            "cumsum": lambda: np.cumsum(a, axis if node.axis is None else int(node.axis == 1)),
            "median": lambda: np.median(a),
            "rank": lambda: a.argsort(axis).argsort(axis),
            "vector": lambda: a * np.ones(self.size(node)),
            "matrix": lambda: a * np.ones(self.size(node)),
            "tr": lambda: np.trace(a),
            "det": lambda: np.linalg.det(a),
            "logdet": lambda: np.log(np.linalg.det(a)),
            "inv": lambda: np.linalg.inv(a),
            "pinv": lambda: np.linalg.pinv(a),
            "solve": lambda: np.linalg.solve(a, second),
            "lstsq": lambda: np.linalg.lstsq(a, second)[0],
            "expm": lambda: reduce(
                np.add, [np.linalg.matrix_power(a, k) / math.factorial(k) for k in range(40)]
            ),
            "dexpm": lambda: slope(a, b),
            "dpower": lambda: power_slope(a, second, c),
            "sylvester": lambda: sylvester(a, second, c),
            "lyap": lambda: sylvester(a, a.T, second),
            "logm": lambda: logarithm(a),
            "dlogm": lambda: logarithm_slope(a, b),
            "sqrtm": lambda: root(a),
            "polar": lambda: polar(a),
            "eigmax": lambda: np.linalg.eigvals(a).real.max(),
            "chol": lambda: np.linalg.cholesky((a + a.T) / 2),
            "eigmin": lambda: np.linalg.eigvals(a).real.min(),
            "eigvals": lambda: np.linalg.eigvalsh((a + a.T) / 2)[:, None],
            "cond": lambda: np.linalg.cond(a),
            "svdvals": lambda: np.linalg.svd(a)[1][:, None],
            "svdU": lambda: a @ right(a) / np.linalg.svd(a)[1],
            "svdV": lambda: right(a),
            "eigvecs": lambda: columns((a + a.T) / 2),
            "eigvec": lambda: columns(a)[:, -1:],
            "diag": lambda: np.diagflat(a) if 1 in a.shape else np.diag(a)[:, None],
            "vec": lambda: a.T.reshape(-1, 1),
            "kron": lambda: np.kron(a, second),
            "cross_entropy": lambda: (
                -np.sum(
                    second * np.log(np.exp(a) / np.exp(a).sum(axis=axis, keepdims=True)), axis=axis
                ).mean()
            ),
            "norm1": lambda: np.abs(a).sum(),
            "normInf": lambda: np.abs(a).max(),
            "norm2": lambda: np.sqrt((a**2).sum()),
            "normF": lambda: np.sqrt((a**2).sum()),
            "normN": lambda: np.linalg.svd(a)[1].sum(),
            "conv2": lambda: self.conv2(a, second),
            "convfull2": lambda: self.convfull2(a, second),
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

    def convfull2(self, g: Array, k: Array) -> Array:
        """The full convolution, entry by entry."""
        out = np.zeros((g.shape[0] + k.shape[0] - 1, g.shape[1] + k.shape[1] - 1))
        for o, p in np.ndindex(g.shape):
            out[o : o + k.shape[0], p : p + k.shape[1]] += g[o, p] * k
        return out
