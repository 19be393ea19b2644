"""The value of a program at numbers, by torch in 64 bits, so that autograd differentiates it.

It has the parser's tree in common with dimderiv, and nothing else: sizes are its own, every
operation is done literally, and the derivative is autograd's.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import TypeAlias

import numpy as np
import torch
from torch.nn import functional

from dimderiv.language.syntax import (
    Add,
    Binary,
    Blocks,
    Call,
    Entry,
    IndexForm,
    Letter,
    Name,
    Negative,
    Number,
    Program,
    Slice,
    Transpose,
    Tree,
    walk,
)

from .extents import Extent, Extents, Size, UnreadableError, _entries

Tensor: TypeAlias = torch.Tensor
# The letters of an index form, and what each runs over.
Letters: TypeAlias = Mapping[str, range]
# Further than any index reaches at the sizes of the search.
OUTSIDE = 9
torch.set_num_threads(1)


class TiedError(Exception):
    """There is no derivative here, such as where a largest entry is attained twice."""


ENTRYWISE: Mapping[str, Callable[[Tensor], Tensor]] = {
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "sin": torch.sin,
    "cos": torch.cos,
    "tan": torch.tan,
    "sinh": torch.sinh,
    "cosh": torch.cosh,
    "tanh": torch.tanh,
    "arcsin": torch.asin,
    "arccos": torch.acos,
    "arctan": torch.atan,
    "abs": torch.abs,
    "sign": torch.sign,
    "stop": torch.detach,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)),
    "logsigmoid": functional.logsigmoid,
    "erf": torch.erf,
    "gelu": functional.gelu,
    "silu": functional.silu,
}
OPERATORS: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    ".*": torch.mul,
    "./": torch.div,
    "/": torch.div,
    ".^": torch.pow,
    ">": lambda a, b: (a > b).double(),
    "<": lambda a, b: (a < b).double(),
    ">=": lambda a, b: (a >= b).double(),
    "<=": lambda a, b: (a <= b).double(),
}


def eigen(a: Tensor, place: int) -> tuple[Tensor, Tensor]:
    """An eigenvalue of a matrix that is symmetric here, by its place, and its eigenvector.

    Two steps of Newton's method from the solution: they change nothing, but carry the first three
    derivatives, by entries that are free.
    """
    values, vectors = torch.linalg.eigh((a.detach() + a.detach().T) / 2)
    value, vector = values[place].reshape(1).clone(), vectors[:, place].clone()[:, None]
    vector = vector * torch.sign(vector[vector.abs().argmax(), 0])
    for _ in range(2):
        n = len(a)
        system = torch.zeros(n + 1, n + 1, dtype=a.dtype)
        system[:n, :n] = a - value * torch.eye(n, dtype=a.dtype)
        system[:n, n:], system[n:, :n] = -vector, vector.T
        off = torch.cat([a @ vector - value * vector, (vector.T @ vector - 1) / 2])
        step = torch.linalg.solve(system, off)
        vector, value = vector - step[:n], value - step[n, 0]
    return value.reshape(1, 1), vector


def spectrum(a: Tensor, part: int) -> Tensor:
    """All eigenvalues of the symmetric part as a column, or their eigenvectors as columns."""
    return torch.cat([eigen((a + a.T) / 2, place)[part] for place in range(len(a))], part)


def singular(a: Tensor) -> tuple[Tensor, Tensor]:
    """Singular values as a column, descending, and the right vectors as columns."""
    values, vectors = (spectrum(a.T @ a, part).flip(part) for part in (0, 1))
    return torch.sqrt(values), vectors


def slope(a: Tensor, e: Tensor) -> Tensor:
    """The derivative of the exponential of a matrix along a direction."""
    n = len(a)
    blocks = torch.cat([torch.cat([a, e], 1), torch.cat([torch.zeros_like(a), a], 1)])
    return torch.matrix_exp(blocks)[:n, n:]


def slopes(a: Tensor) -> Tensor:
    """The matrix of that derivative, columns stacked."""
    units = torch.eye(a.numel(), dtype=a.dtype).reshape(-1, *a.shape)
    return torch.stack([slope(a, unit.T).T.reshape(-1) for unit in units], 1)


def power_slope(a: Tensor, k: Tensor, e: Tensor | None = None) -> Tensor:
    """The derivative of a power along a direction, or the matrix of that."""
    if e is None:
        units = torch.eye(a.numel(), dtype=a.dtype).reshape(-1, *a.shape)
        return torch.stack([power_slope(a, k, unit.T).T.reshape(-1) for unit in units], 1)
    n = len(a)
    blocks = torch.cat([torch.cat([a, e], 1), torch.cat([torch.zeros_like(a), a], 1)])
    if k.requires_grad or k.item() != int(k.item()):
        return torch.matrix_exp(k * logarithm(blocks))[:n, n:]
    return torch.linalg.matrix_power(blocks, int(k.item()))[:n, n:]


def sylvester(a: Tensor, b: Tensor, c: Tensor | None = None) -> Tensor:
    """The solution of `A X + X B = C`, or the matrix of that map, columns stacked."""
    m, n = len(a), len(b)
    eye = torch.eye
    system = kron(eye(n, dtype=a.dtype), a) + kron(b.T, eye(m, dtype=a.dtype))
    if c is None:
        return torch.linalg.inv(system)
    return torch.linalg.solve(system, c.T.reshape(-1)).reshape(n, m).T


def root(a: Tensor) -> Tensor:
    """The principal square root, by Newton's iteration of a matrix and its inverse."""
    x, y = a, torch.eye(len(a), dtype=a.dtype)
    for _ in range(40):
        x, y = (x + torch.linalg.inv(y)) / 2, (y + torch.linalg.inv(x)) / 2
    return x


def resolvents(a: Tensor) -> list[tuple[float, Tensor]]:
    """Weights and `inv(t (A - I) + I)`, t from 0 to 1: the logarithm is an integral of these."""
    one = torch.eye(len(a), dtype=a.dtype)
    nodes, weights = np.polynomial.legendre.leggauss(60)
    pairs = zip(nodes.tolist(), weights.tolist(), strict=True)
    return [(w / 2, torch.linalg.inv((1 + t) / 2 * (a - one) + one)) for t, w in pairs]


def logarithm(a: Tensor) -> Tensor:
    """The principal logarithm."""
    change = a - torch.eye(len(a), dtype=a.dtype)
    return torch.stack([w * x @ change for w, x in resolvents(a)]).sum(0)


def logarithm_slope(a: Tensor, *directions: Tensor) -> Tensor:
    """The derivative of the logarithm in a direction, or the matrix of that map."""
    every = resolvents(a)
    terms = [w * (x @ directions[0] @ x if directions else kron(x.T, x)) for w, x in every]
    return torch.stack(terms).sum(0)


def kron(a: Tensor, b: Tensor) -> Tensor:
    """The Kronecker product; that of torch takes no matrix whose entries lie far apart."""
    shape = a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]
    return (a[:, None, :, None] * b[None, :, None, :]).reshape(shape)


def polar(a: Tensor) -> Tensor:
    """The matrix with its singular values set to 1."""
    u, _, v = torch.linalg.svd(a, full_matrices=False)
    return u @ v


def reduction(name: str, a: Tensor, axis: int | None) -> Tensor:
    """A reduction that keeps its axes."""
    flat = a.reshape(-1, 1) if axis is None else a
    axis = axis or 0
    if name in ("max", "min"):
        found = (torch.amax if name == "max" else torch.amin)(flat, axis, keepdim=True)
        if bool((torch.isclose(flat, found, 1e-9, 1e-12).sum(axis) > 1).any()):
            raise TiedError
        return found
    work = {"sum": torch.sum, "mean": torch.mean, "logsumexp": torch.logsumexp}[name]
    return work(flat, axis, keepdim=True)


class Evaluator:
    """Evaluates one program.

    Args:
        values: a 2-D tensor for each symbol.
        functions: the declared functions, their gradients and Hessians.
        sizes: the named sizes.
        symbols: the sizes of the symbols.
    """

    def __init__(
        self,
        values: Mapping[str, Tensor],
        functions: Mapping[str, Callable[[Tensor], Tensor]],
        sizes: Mapping[str, Size],
        symbols: Mapping[str, Extent],
    ) -> None:
        self.values, self.functions, self.sizes = dict(values), functions, sizes
        self.extents = Extents(symbols, sizes)

    def run(self, program: Program, wanted: Extent | None = None) -> Tensor:
        """The value of the last statement; the others have theirs in `values` afterwards."""
        self.extents.program(program, wanted)
        for statement in program.statements:
            value = self.value(statement.value)
            if statement.name:
                self.values[statement.name] = value
        return value

    def numbers(self, node: Tree) -> tuple[int, int]:
        """The rows and columns of a part."""
        if id(node) not in self.extents.found:
            raise UnreadableError(f"no sizes are known of {node}")
        rows, cols = self.extents.found[id(node)]
        return rows.number, cols.number

    def value(self, node: Tree) -> Tensor:
        """The value of a part: 2-D, or with more axes for an index form of more."""
        match node:
            case Number(value):
                return torch.full((1, 1), float(value), dtype=torch.float64)
            case Name(name):
                return self._name(node, name)
            case Negative(operand):
                return -self.value(operand)
            case Transpose(operand):
                return self.value(operand).T
            case Add(terms):
                return reduce(torch.add, [self.value(term) for term in terms])
            case Binary("*", left, right):
                a, b = self.value(left), self.value(right)
                return a * b if self._scales(left) or self._scales(right) else a @ b
            case Binary("^", left, right):
                return self._power(self.value(left), self.value(right))
            case Binary(operator, left, right):
                return OPERATORS[operator](self.value(left), self.value(right))
            case IndexForm():
                return self._index_form(node)
            case Entry(operand, indices):
                return self._part(self.value(operand), indices, node)
            case Blocks(rows):
                lines = [torch.cat([self.value(block) for block in row], 1) for row in rows]
                return torch.cat(lines, 0)
            case Call():
                return self._call(node)
        raise UnreadableError(f"no value of its own: {node}")

    def _part(self, array: Tensor, indices: Sequence[Tree], node: Tree) -> Tensor:
        """Some places of each axis; sizes stand for numbers here."""
        places = [
            slice(*(end and self.extents.size(end).number for end in (index.start, index.stop)))
            if isinstance(index, Slice)
            else slice(at := self.extents.size(index).number, at + 1)
            for index in indices
        ]
        return array[tuple(places)].reshape(self.numbers(node))

    def _scales(self, node: Tree) -> bool:
        rows, cols = self.extents.found[id(node)]
        return rows.is_one and cols.is_one

    def _power(self, a: Tensor, b: Tensor) -> Tensor:
        if a.numel() == 1:
            return torch.pow(a, b)
        exponent = b.item()
        if b.requires_grad or 2 * exponent != int(2 * exponent):
            return torch.matrix_exp(b * logarithm(a))
        if exponent != int(exponent):
            return torch.linalg.matrix_power(root(a), int(2 * exponent))
        return torch.linalg.matrix_power(a, int(exponent))

    def _name(self, node: Tree, name: str) -> Tensor:
        if name in self.values:
            return self.values[name]
        if name == "I":
            return torch.eye(self.numbers(node)[0], dtype=torch.float64)
        number = math.pi if name == "pi" else self.sizes[name].number
        return torch.full((1, 1), float(number), dtype=torch.float64)

    def _call(self, node: Call) -> Tensor:
        name = node.function
        if name in ("ones", "eye"):
            make = torch.ones if name == "ones" else torch.eye
            return make(*self.numbers(node), dtype=torch.float64)
        if name in ("K", "commutation"):
            rows, cols = (self.extents.size(each).number for each in node.arguments)
            units = torch.eye(rows * cols, dtype=torch.float64)
            return torch.stack([unit.reshape(cols, rows).T.reshape(-1) for unit in units], 1)
        a, *others = [self.value(argument) for argument in node.arguments]
        if name in ENTRYWISE:
            return ENTRYWISE[name](a)
        if name in self.functions:
            return self.functions[name](a)
        if name in ("max", "min") and others:
            return (
                others[0] + torch.relu(a - others[0])
                if name == "max"
                else a - torch.relu(a - others[0])
            )
        if name in ("sum", "mean", "max", "min", "logsumexp"):
            return reduction(name, a, node.number)
        if name in ("vector", "matrix"):
            return a * torch.ones(*self.numbers(node), dtype=torch.float64)
        is_column = self.extents.found[id(node.arguments[0])][1].is_one
        along = (0 if is_column else 1) if node.number is None else node.number
        return self._matrix_function(name, a, others, along)

    def _matrix_function(self, name: str, a: Tensor, others: list[Tensor], along: int) -> Tensor:
        b = others[0] if others else a
        work: dict[str, Callable[[], Tensor]] = {
            "tr": lambda: torch.trace(a),
            "det": lambda: torch.linalg.det(a),
            "logdet": lambda: torch.log(torch.linalg.det(a)),
            "inv": lambda: torch.linalg.inv(a),
            "pinv": lambda: torch.linalg.pinv(a, rtol=1e-10),
            "expm": lambda: torch.matrix_exp(a),
            "dexpm": lambda: slope(a, b) if others else slopes(a),
            "dpower": lambda: power_slope(a, b, *others[1:]),
            "sylvester": lambda: sylvester(a, b, *others[1:]),
            "lyap": lambda: sylvester(a, a.T, b),
            "logm": lambda: logarithm(a),
            "dlogm": lambda: logarithm_slope(a, *others),
            "sqrtm": lambda: root(a),
            "polar": lambda: polar(a),
            "eigmax": lambda: eigen(a, -1)[0],
            "chol": lambda: torch.linalg.cholesky((a + a.T) / 2),
            "eigmin": lambda: eigen(a, 0)[0],
            "eigvec": lambda: eigen(a, -1)[1],
            "eigvals": lambda: spectrum(a, 0),
            "cond": lambda: (singular(a)[0][0] / singular(a)[0][-1]).reshape(1, 1),
            "svdvals": lambda: singular(a)[0],
            "svdU": lambda: a @ singular(a)[1] / singular(a)[0].T,
            "svdV": lambda: singular(a)[1],
            "eigvecs": lambda: spectrum(a, 1),
            "diag": lambda: torch.diag(a.reshape(-1)) if 1 in a.shape else torch.diag(a)[:, None],
            "tril": lambda: torch.tril(a),
            "triu": lambda: torch.triu(a),
            "vec": lambda: a.T.reshape(-1, 1),
            "kron": lambda: kron(a, b),
            "softmax": lambda: torch.softmax(a, along),
            "logsoftmax": lambda: torch.log_softmax(a, along),
            "cross_entropy": lambda: -(b * torch.log_softmax(a, along)).sum(along).mean(),
            "norm1": lambda: a.abs().sum(),
            "normInf": lambda: a.abs().max(),
            "norm2": lambda: (a * a).sum().sqrt(),
            "normF": lambda: (a * a).sum().sqrt(),
            "normN": lambda: torch.linalg.svdvals(a).sum(),
            "cumsum": lambda: torch.cumsum(a, along),
            "conv2": lambda: functional.conv2d(a[None, None], b[None, None])[0, 0],
            "convfull2": lambda: functional.conv_transpose2d(a[None, None], b[None, None])[0, 0],
        }
        if name not in work:
            raise UnreadableError(f"{name} is not known")
        found = work[name]()
        return found if found.ndim == 2 else found.reshape(1, 1)

    def _index_form(self, form: IndexForm) -> Tensor:
        """All letters at once: an axis for each, those that are summed last."""
        lengths = {letter: self.extents.size(each).number for letter, each in form.letters if each}
        bound = {letter: range(length) for letter, length in lengths.items()}
        found = self._terms(form.body, bound)
        shape = [math.prod(lengths[letter] for letter, _ in axis) for axis in form.axes]
        found = found.reshape(shape)
        return found if len(shape) >= 2 else found.reshape(-1, 1)

    def _terms(self, body: Tree, bound: Letters) -> Tensor:
        match body:
            case Add(terms):
                return reduce(torch.add, [self._terms(term, bound) for term in terms])
            case Negative(operand):
                return -self._terms(operand, bound)
        letters = {**bound, **self._summed(body, bound)}
        found = self._at(body, letters).broadcast_to([len(each) for each in letters.values()])
        summed = list(range(len(bound), len(letters)))
        return found.sum(summed) if summed else found

    def _summed(self, body: Tree, bound: Letters) -> Letters:
        """What the other letters of a term run over.

        That is the axis that a letter stands alone for; where there is none, an entry of the
        identity or one outside its array ends the sum.
        """
        found: dict[str, range] = {}
        free: list[str] = []
        inside = {k for part in walk(body) if isinstance(part, Call) for k, _ in part.over}
        bound = {**bound, **dict.fromkeys(inside, range(0))}
        for entry in _entries(body):
            axes = self._axes(entry)
            for index, extent in zip(entry.indices, axes, strict=True):
                names = [part.name for part in walk(index) if isinstance(part, Name)]
                if isinstance(index, Name) and extent and index.name not in bound:
                    found[index.name] = range(extent)
                free += [n for n in names if n not in bound and n not in self.sizes]
        outside = range(-OUTSIDE, OUTSIDE)
        return {letter: found.get(letter, outside) for letter in dict.fromkeys(free)}

    def _axes(self, entry: Entry) -> tuple[int, ...]:
        if entry.operand == Name("I") and "I" not in self.extents.symbols:
            return (0, 0)
        rows, cols = self.numbers(entry.operand)
        return (rows, cols) if len(entry.indices) == 2 else (max(rows, cols),)

    def _at(self, node: Tree, letters: Letters) -> Tensor:
        """The value of a body at every place."""
        if isinstance(node, Entry):
            return self._entry(node, letters)
        if not _entries(node):
            return self.value(node).reshape(())
        match node:
            case Add(terms):
                return reduce(torch.add, [self._at(term, letters) for term in terms])
            case Negative(operand):
                return -self._at(operand, letters)
            case Binary("*", left, right):
                return self._at(left, letters) * self._at(right, letters)
            case Binary("^", left, right):
                return torch.pow(self._at(left, letters), self._at(right, letters))
            case Binary(operator, left, right):
                return OPERATORS[operator](self._at(left, letters), self._at(right, letters))
            case Call(name, (argument,)) if name in ENTRYWISE:
                return ENTRYWISE[name](self._at(argument, letters))
            case Call("sum", (argument,)) if node.over:
                return self._sum(argument, node.over, letters)
        raise UnreadableError(f"not in an index form: {node}")

    def _sum(self, body: Tree, over: Sequence[Letter], letters: Letters) -> Tensor:
        """A sum over letters, each with its size or as far as an entry in it lets it run."""
        inner = {**letters, **self._summed(body, letters)}
        inner |= {
            name: range(self.extents.size(size).number) for name, size in over if size is not None
        }
        found = self._at(body, inner).broadcast_to([len(each) for each in inner.values()])
        return found.sum([*range(len(letters), len(inner))])

    def _entry(self, entry: Entry, letters: Letters) -> Tensor:
        places = [self._places(index, letters) for index in entry.indices]
        if self._axes(entry) == (0, 0):
            return (places[0] == places[1]).double()
        array = self.value(entry.operand)
        if len(places) == 1:
            array = array.reshape(-1)
        inside = torch.ones((), dtype=torch.bool)
        for place, extent in zip(places, array.shape, strict=True):
            inside = inside & (place >= 0) & (place < extent)
        clamped = [p.clamp(0, n - 1) for p, n in zip(places, array.shape, strict=True)]
        return torch.where(inside, array[tuple(torch.broadcast_tensors(*clamped))], 0.0)

    def _places(self, index: Tree, letters: Letters) -> Tensor:
        match index:
            case Number(value):
                return torch.tensor(int(value))
            case Name(name) if name in letters:
                shape = [1] * len(letters)
                shape[list(letters).index(name)] = -1
                return torch.tensor(letters[name]).reshape(shape)
            case Name(name) if name in self.sizes:
                return torch.tensor(self.sizes[name].number)
            case Negative(operand):
                return -self._places(operand, letters)
            case Add(terms):
                return reduce(torch.add, [self._places(term, letters) for term in terms])
            case Binary("*", left, right):
                return self._places(left, letters) * self._places(right, letters)
        raise UnreadableError(f"no index: {index}")


def numbers_of(tensor: Tensor) -> np.ndarray:
    """The numbers of a tensor."""
    return np.asarray(tensor.detach().numpy())
