"""Values of nodes at numbers: every product a sum over all values of its letters, one by one."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from dimderiv.graph.nodes import (
    Constant,
    Function,
    Index,
    Map,
    Merged,
    Named,
    Node,
    Product,
    Selection,
    Size,
    Sum,
    Symbol,
)

Array = np.ndarray

MAPS: Mapping[str, Callable[..., Array]] = {
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "logsigmoid": lambda x: -np.log(1 + np.exp(-x)),
    "stop": np.positive,
    "power": np.power,
    "maximum": np.maximum,
    "minimum": np.minimum,
    ">": np.greater,
    "<": np.less,
    ">=": np.greater_equal,
    "<=": np.less_equal,
    "==": np.equal,
}


def evaluated(node: Node, values: Mapping[str, Array], sizes: Mapping[str, int]) -> Array:
    """The value of a node.

    Args:
        node: any node.
        values: an array for each symbol, without axes of size 1.
        sizes: a number for each dimension.
    """
    match node:
        case Symbol(name):
            return values[name]
        case Size(dim):
            return np.array(dim.evaluate(sizes))
        case Constant():
            return np.array(math.pi)
        case Named(value=value):
            return evaluated(value, values, sizes)
        case Selection():
            return _selection(node, sizes)
        case Sum():
            terms = [float(c) * evaluated(term, values, sizes) for c, term in node.terms]
            return sum(terms, np.zeros([dim.evaluate(sizes) for dim in node.axes]))
        case Product():
            return _product(node, values, sizes)
        case Map(function):
            inside = [evaluated(argument, values, sizes) for argument in node.arguments]
            return 1.0 * MAPS.get(function, getattr(np, function, np.negative))(*inside)
        case Function():
            inside = [evaluated(argument, values, sizes) for argument in node.arguments]
            return _function(node, inside, sizes)


def _selection(node: Selection, sizes: Mapping[str, int]) -> Array:
    value = np.zeros([dim.evaluate(sizes) for dim in node.axes])
    for place in np.ndindex(*value.shape[1:]):
        steps = zip(node.steps, place, strict=True)
        at = node.offset.evaluate(sizes) + sum(step * letter for step, letter in steps)
        if 0 <= at < len(value):
            value[(at, *place)] = 1
    return value


def _product(node: Product, values: Mapping[str, Array], sizes: Mapping[str, int]) -> Array:
    extents = [dim.evaluate(sizes) for dim in node.dims]
    inside = [evaluated(factor.node, values, sizes) for factor in node.factors]
    out = np.zeros([dim.evaluate(sizes) for dim in node.axes])
    for place in itertools.product(*map(range, extents)):
        entry = float(node.coefficient)
        for factor, value in zip(node.factors, inside, strict=True):
            at = tuple(_place(index, place, extents) for index in factor.indices)
            entry *= value[at] ** float(factor.power)
        out[tuple(_place(index, place, extents) for index in node.result)] += entry
    return out


def _place(index: Index, place: Sequence[int], extents: Sequence[int]) -> int:
    if isinstance(index, int):
        return place[index]
    if not isinstance(index, Merged):
        return sum(place[letter] for letter in index.letters)
    at = 0
    for letter in index.letters:
        at = at * extents[letter] + place[letter]
    return at


def _function(node: Function, inside: Sequence[Array], sizes: Mapping[str, int]) -> Array:
    first, over = inside[0], node.over
    exponentials = np.exp(first)
    match node.function:
        case "onehot":
            return np.array(np.eye(node.axes[-1].evaluate(sizes))[first.astype(int)])
        case "softmax" | "logsoftmax":
            value = exponentials / exponentials.sum(axis=over, keepdims=True)
            return np.asarray(value if node.function == "softmax" else np.log(value))
        case "logsumexp":
            return np.asarray(np.log(exponentials.sum(axis=over)))
        case "max" | "min" | "prod":
            return np.asarray(getattr(np, node.function)(first, axis=over))
        case "argsort":
            return np.asarray(np.argsort(first, axis=over[0]))
        case "tril":
            return np.asarray(np.tril(first))
        case "logdet":
            return np.asarray(np.linalg.slogdet(first)[1])
    return np.asarray(getattr(np.linalg, node.function)(*inside))
