"""Values of index statements at numbers, one entry after the other.

A slow reading that shares nothing with what writes them but what the language says of sums.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from dimderiv.language.indexed.summation import explicit
from dimderiv.language.syntax import (
    Add,
    Binary,
    Blocks,
    Call,
    Entry,
    Group,
    IndexForm,
    Name,
    Negative,
    Number,
    Slice,
    Transpose,
    Tree,
    children,
    walk,
)

Array = Any
Values = Mapping[str, Array]
Sizes = Mapping[str, int]

MAPS: dict[str, Callable[..., Array]] = {
    "exp": np.exp,
    "tanh": np.tanh,
    "abs": np.abs,
    "sqrt": np.sqrt,
    "power": np.power,
    ">": lambda a, b: 1.0 * (a > b),
    "max2": np.maximum,
}
OPERATORS: dict[str, Callable[[Array, Array], Array]] = {
    "*": np.multiply,
    ".*": np.multiply,
    "/": np.divide,
    "./": np.divide,
    "^": np.power,
    ".^": np.power,
    ">": lambda a, b: 1.0 * (a > b),
}


def reduced(function: str, value: Array, axis: Any) -> Array:
    """A reduction along axes, which are gone afterwards."""
    if function == "logsumexp":
        return np.log(np.sum(np.exp(value), axis=axis))
    return getattr(np, function)(value, axis=axis)


def softmax(value: Array, axis: int) -> Array:
    """The exponentials over their sums along an axis."""
    return np.exp(value) / np.exp(value).sum(axis=axis, keepdims=True)


class TreeValues:
    """The values of expressions in which a vector is a column.

    Args:
        values: an array for each symbol.
        sizes: a number for each dimension.
    """

    def __init__(self, values: Values, sizes: Sizes) -> None:
        self.values, self.sizes = values, sizes

    def form(self, form: IndexForm) -> Array:
        """The array that an index form is, with an axis for each of its own."""
        extents = {letter: self._extent(letter, size, form.body) for letter, size in form.letters}
        whole = explicit(form, {*self.sizes, *self.values})
        assert isinstance(whole, IndexForm)
        body = whole.body
        out = np.zeros([*extents.values()])
        for place in np.ndindex(*out.shape):
            out[place] = self.number(body, dict(zip(extents, place, strict=True)))
        return out.reshape([int(np.prod([extents[name] for name, _ in own])) for own in form.axes])

    def _extent(self, letter: str, size: Tree | None, body: Tree) -> int:
        if size is not None:
            return int(self.number(size, {}))
        found = set(self._alone(letter, body))
        assert len(found) == 1, f"{letter} runs over {found}"
        return found.pop()

    def _alone(self, letter: str, body: Tree) -> Iterator[int]:
        """The sizes of the axes that a letter indexes by itself, and of groups."""
        parts = list(_outside_of_forms(body))
        equal = [p.indices for p in parts if isinstance(p, Entry) and p.operand == Name("I")]
        for part in parts:
            if isinstance(part, Entry) and part.operand != Name("I"):
                for axis, index in enumerate(part.indices):
                    if index == Name(letter):
                        yield self._extents_of(part.operand)[axis]
        for pair in equal:
            if Name(letter) in pair:
                (other,) = [index for index in pair if index != Name(letter)]
                if isinstance(other, Name):
                    rest = [p for p in parts if isinstance(p, Entry) and p.operand != Name("I")]
                    for part in rest:
                        for axis, index in enumerate(part.indices):
                            if index == other:
                                yield self._extents_of(part.operand)[axis]

    def _extents_of(self, operand: Tree) -> tuple[int, ...]:
        names = {part.name for part in walk(operand) if isinstance(part, Name)}
        letters = names - {*self.values, *self.sizes}
        array = self.entries_of(self._at_letters(operand, dict.fromkeys(letters, 0)))
        return tuple(int(extent) for extent in array.shape)

    def entries_of(self, operand: Tree) -> Array:
        """The array of an operand, a vector with one axis."""
        value = self.value(operand)
        return value.reshape(-1) if value.ndim == 2 and 1 in value.shape else value

    def number(self, tree: Tree, at: Mapping[str, int]) -> float:
        """A scalar expression whose letters have values."""
        match tree:
            case Number(value):
                return float(value)
            case Name(name) if name in at:
                return at[name]
            case Name():
                return float(self.value(tree).item())
            case Negative(operand) | Group(operand):
                return self.number(operand, at) * (-1 if isinstance(tree, Negative) else 1)
            case Add(terms):
                return sum(self.number(term, at) for term in terms)
            case Binary(operator, left, right) if _has_entries(tree) or _has_names(tree, at):
                return float(OPERATORS[operator](self.number(left, at), self.number(right, at)))
            case Entry(operand, indices):
                return self._entry(operand, indices, at)
            case Call(function, arguments, None, over) if over:
                return self._over(tree, at)
            case Call(function) if function not in MAPS and at:
                return float(self.value(_with_numbers(tree, at)).item())
            case Call(function, arguments) if _has_entries(tree):
                name = "max2" if len(arguments) == 2 and function == "max" else function
                return float(MAPS[name](*[self.number(each, at) for each in arguments]))
        return float(self.value(tree).item())

    def _over(self, call: Call, at: Mapping[str, int]) -> float:
        (body,) = call.arguments
        extents = {letter: self._extent(letter, size, body) for letter, size in call.over}
        out = np.zeros([*extents.values()])
        for place in np.ndindex(*out.shape):
            out[place] = self.number(body, {**at, **dict(zip(extents, place, strict=True))})
        return float(reduced(call.function, out, None))

    def _entry(self, operand: Tree, indices: Sequence[Tree], at: Mapping[str, int]) -> float:
        if operand == Name("I"):
            first, second = [self.number(index, at) for index in indices]
            return float(first == second)
        array = self.entries_of(self._at_letters(operand, at))
        places = [int(self.number(index, at)) for index in indices]
        if len(places) < array.ndim:
            return float(array[tuple(places)].item())
        inside = all(0 <= i < n for i, n in zip(places, array.shape, strict=True))
        return float(array[tuple(places)]) if inside else 0.0

    def _at_letters(self, operand: Tree, at: Mapping[str, int]) -> Tree:
        """An operand in which letters are numbers: `A[b]` for one `b`."""
        if not isinstance(operand, (Name, Number)) and any(Name(n) in walk(operand) for n in at):
            return _with_numbers(operand, at)
        return operand

    def value(self, tree: Tree) -> Array:
        """An array in matrix notation."""
        match tree:
            case Number(value):
                return np.array([[float(value)]])
            case Name(name) if name in self.values:
                array = np.asarray(self.values[name], float)
                return array.reshape(*array.shape, *(1, 1)[array.ndim :])
            case Name(name):
                return np.array([[float(self.sizes[name])]])
            case Negative(operand):
                return -self.value(operand)
            case Group(operand):
                return self.value(operand)
            case Transpose(operand):
                return self.value(operand).T
            case Add(terms):
                return sum(self.value(term) for term in terms)
            case Binary("*", left, right):
                a, b = self.value(left), self.value(right)
                return a * b if 1 in (a.size, b.size) else a @ b
            case Binary(operator, left, right):
                return OPERATORS[operator](self.value(left), self.value(right))
            case Entry(operand, indices):
                at = [self._part(index) for index in indices]
                value = self.value(operand)[tuple(at)]
                return (
                    value if value.ndim > 1 else value.reshape(*value.shape, *(1, 1)[value.ndim :])
                )
            case IndexForm():
                return self.form(tree)
            case Blocks(rows):
                return np.block([[self.value(block) for block in row] for row in rows])
            case Call():
                return self._call(tree)
        raise AssertionError(tree)

    def _part(self, index: Tree) -> Any:
        """Places of an axis: one, several from one to another, or those that labels say."""
        if isinstance(index, Slice):
            ends = (index.start, index.stop)
            return slice(*[None if end is None else int(self.number(end, {})) for end in ends])
        if isinstance(index, Name) and index.name in self.values:
            return np.asarray(self.values[index.name]).astype(int)
        return int(self.number(index, {}))

    def _call(self, call: Call) -> Array:
        if call.over:
            return np.array([[self._over(call, {})]])
        if call.function in ("ones", "eye"):
            sizes = [int(self.number(size, {})) for size in call.arguments]
            return np.ones(sizes) if call.function == "ones" else np.eye(sizes[0])
        first, *others = [self.value(each) for each in call.arguments]
        match call.function:
            case "softmax":
                axis = call.axis if call.axis is not None else 1
                return softmax(first, axis)  # type: ignore[arg-type]
            case "inv":
                return np.linalg.inv(first)
            case "det":
                return np.atleast_2d(np.linalg.det(first))
            case "onehot":
                return self.values["onehot"][first.astype(int).reshape(-1)]
            case "logsumexp":
                return np.log(np.sum(np.exp(first), axis=call.axis, keepdims=True))  # type: ignore[arg-type]
            case "norm2" | "normF":
                return np.sqrt(np.sum(first**2)).reshape(1, 1)
            case "sum" | "max":
                whole = getattr(np, call.function)(first, axis=call.axis, keepdims=True)
                return whole.reshape(1, 1) if call.axis is None else whole
        return np.atleast_2d(MAPS[call.function](first, *others))


def _with_numbers(tree: Tree, at: Mapping[str, int]) -> Tree:
    match tree:
        case Name(name) if name in at:
            return Number(Fraction(at[name]))
        case Entry(operand, indices):
            return Entry(_with_numbers(operand, at), tuple(_with_numbers(i, at) for i in indices))
        case Call(function, arguments, axis):
            return Call(function, tuple(_with_numbers(a, at) for a in arguments), axis)
        case Binary(operator, left, right):
            return Binary(operator, _with_numbers(left, at), _with_numbers(right, at))
        case Transpose(operand):
            return Transpose(_with_numbers(operand, at))
        case Add(terms):
            return Add(tuple(_with_numbers(term, at) for term in terms))
        case Negative(operand) | Group(operand):
            inner = _with_numbers(operand, at)
            return Negative(inner) if isinstance(tree, Negative) else inner
    return tree


def _has_entries(tree: Tree) -> bool:
    return any(isinstance(part, Entry) for part in walk(tree))


def _has_names(tree: Tree, at: Mapping[str, int]) -> bool:
    return any(isinstance(part, Name) and part.name in at for part in walk(tree))


def _outside_of_forms(tree: Tree) -> Iterator[Tree]:
    """The parts of a tree that no index form inside of it has, whose letters are its own."""
    if not isinstance(tree, IndexForm):
        yield tree
        for child in children(tree):
            yield from _outside_of_forms(child)
