"""Code in two stages: operators against dense derivatives, layers against gradients."""

import re
import subprocess
import sys
import tracemalloc
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dimderiv import Derivation, derive
from dimderiv.errors import DimderivError, NotDifferentiableError, UnknownNameError

SIZES = {"m": 4, "n": 3, "p": 2, "r": 2, "N": 5, "d": 3, "c": 2}

SCALARS = [
    ("||X w - y||^2", "w", "X: m x n"),
    ("||X w - y||", "w", "X: m x n"),
    ("sum(softplus(-y .* (X w))) + s/2 w'w", "w", "X: m x n; s: scalar"),
    ("x'A x / (x'x)", "x", "A: n x n"),
    ("logsumexp(A x)", "x", "A: m x n"),
    ("||U V' - T||^2", "U", "U: m x r; V: n x r"),
    ("||U V' - T||^2", "U,V", "U: m x r; V: n x r"),
    ("||U V' - T||^2", "V,U", "U: m x r; V: n x r"),
    ("tr(X' A X B)", "X", "X: m x n"),
    ("sum(exp(X .* X))", "X", "X: m x n"),
    ("logdet(A' A + I)", "A", "A: m x n"),
    ("x' inv(A' A + I) x", "x,A", "A: m x n"),
    ("sum(tanh(X w + b))", "w,b", "X: m x n; b: scalar"),
    ("sum(sigmoid(X + b).^2)", "b", "X: m x n; b: 1 x n"),
    ("sum(sigmoid(X + b).^2)", "X,b", "X: m x n; b: 1 x n"),
    ("s^3 x'x", "s", "s: scalar; x: n"),
    ("s^3 x'x", "x,s", "s: scalar; x: n"),
    ("sum(A .* X)", "X", "X: m x n"),
    ("x'x / 2", "x", "x: n"),
    ("S = X W + b; cross_entropy(S, Y)", "W,b", "X: N x d; W: d x c; b: 1 x c"),
    ("mean(X.^3)", "X", "X: m x n"),
]
ARRAYS = [
    ("softmax(W x)", "x", "W: m x n"),
    ("softmax(W x)", "x,W", "W: m x n"),
    ("inv(A' A + I) b", "b", "A: m x n"),
    ("inv(A' A + I) b", "A", "A: m x n"),
    ("A X B", "X", "A: m x n; X: n x p; B: p x r"),
    ("A X B", "A,X,B", "A: m x n; X: n x p; B: p x r"),
    ("tanh(X w + b)", "w,b", "X: m x n; b: scalar"),
    ("X + b", "b", "X: m x n; b: 1 x n"),
    ("sum(X .* X, axis=0)", "X", "X: m x n"),
    ("s x", "s", "s: scalar; x: n"),
    ("relu(W x)", "W", "W: m x n"),
    ("X - mean(X, axis=1)", "X", "X: m x n"),
    ("B", "X", "B: m x n"),
]
NETS = [
    ("X W + b", "X,W,b", "X: N x d; W: d x c; b: 1 x c"),
    ("relu(X W + b)", "X,W,b", "X: N x d; W: d x c; b: 1 x c"),
    ("S = X W + b; relu(S)", "W", "X: N x d; W: d x c; b: 1 x c"),
    ("softmax(X)", "X", "X: N x d"),
    ("S = X W + b; cross_entropy(S, Y)", "W,b", "X: N x d; W: d x c; b: 1 x c"),
    (
        "B = X - mean(X, axis=1); s = sqrt(mean(B.^2, axis=1) + e); Z = B ./ s; gamma .* Z + beta",
        "X,gamma,beta",
        "X: N x d; gamma: 1 x d; beta: 1 x d; e: scalar",
    ),
    (
        "Q = X W_q; K = X W_k; V = X W_v; P = softmax(Q K' / sqrt(c)); P V",
        "W_q,W_k,W_v",
        "X: N x d; c: scalar",
    ),
    ("||X w - y||^2", "w", "X: m x n"),
    ("U V'", "U,V", "U: m x r; V: n x r"),
    ("A x", "A", "A: m x n"),
    ("x + y", "x,y", "x: n"),
]

Arrays = dict[str, np.ndarray[Any, Any]]


def arrays_for(found: Derivation, seed: int = 3) -> Arrays:
    """Positive entries for each symbol, of a small size for each name."""
    generator = np.random.default_rng(seed)
    sizes = dict(SIZES)
    for number, name in enumerate(sorted(found.typed.sizes)):
        sizes.setdefault(name, 2 + number)
    made: Arrays = {}
    for name, declaration in found.typed.symbols.items():
        shape = declaration.shape
        axes = tuple(shape) if shape.is_row else shape.axes
        made[name] = generator.uniform(0.5, 1.5, [dim.evaluate(sizes) for dim in axes])
    return made


def flat(arrays: Sequence[Any]) -> Any:
    """All entries of several arrays."""
    return np.concatenate([np.ravel(array) for array in arrays])


def dense(found: Derivation, arrays: Arrays) -> Any:
    """The Hessian or the Jacobian as a matrix, each variable flattened in C order."""
    result = found.function()(**arrays)
    blocks = result if isinstance(result, tuple) else (result,)
    counts = [arrays[name].size for name in found.wrt]
    if found.order == 1:
        return np.hstack([np.reshape(b, (-1, n)) for b, n in zip(blocks, counts, strict=True)])
    pairs = [(a, b) for a in counts for b in counts]
    shaped = [np.reshape(block, pair) for block, pair in zip(blocks, pairs, strict=True)]
    width = len(counts)
    return np.block([shaped[k : k + width] for k in range(0, len(shaped), width)])


def derived(case: tuple[str, str, str], order: int) -> Derivation:
    """The derivation of a case, not checked: other tests do that."""
    expression, wrt, shapes = case
    return derive(expression, wrt, shapes=shapes, order=order, verify=False)


@pytest.mark.parametrize("case", SCALARS, ids=lambda case: f"{case[0]} by {case[1]}")
def test_a_hessian_as_an_operator_is_the_dense_one(case: tuple[str, str, str]) -> None:
    """On vectors, matrices and arrays of the variables' own shapes; it is symmetric."""
    found = derived(case, 2)
    arrays = arrays_for(found)
    matrix, operator = dense(found, arrays), found.function(form="operator")(**arrays)
    names = found.wrt
    generator = np.random.default_rng(1)
    several = generator.normal(size=(matrix.shape[0], 3))
    counts = [arrays[name].size for name in names]
    ends = [sum(counts[:k]) for k in range(len(counts) + 1)]
    parts = [
        several[a:b, 0].reshape(arrays[name].shape)
        for name, (a, b) in zip(names, pairwise(ends), strict=True)
    ]

    applied = operator.apply(*parts)

    applied = applied if isinstance(applied, tuple) else (applied,)
    assert matrix.shape == operator.shape
    assert matrix.dtype == operator.dtype
    assert [arrays[name].shape for name in names] == [each.shape for each in applied]
    np.testing.assert_allclose(operator @ several, matrix @ several, atol=1e-10)
    np.testing.assert_allclose(operator.rmatvec(several[:, 1]), matrix @ several[:, 1], atol=1e-10)
    np.testing.assert_allclose(flat(applied), matrix @ several[:, 0], atol=1e-10)


@pytest.mark.parametrize("case", ARRAYS, ids=lambda case: f"{case[0]} by {case[1]}")
def test_a_jacobian_as_an_operator_is_the_dense_one(case: tuple[str, str, str]) -> None:
    """From both sides."""
    found = derived(case, 1) if case[0] != "B" else derived(("B .* X", *case[1:]), 1)
    arrays = arrays_for(found)
    matrix, operator = dense(found, arrays), found.function(form="operator")(**arrays)
    generator = np.random.default_rng(2)
    right = generator.normal(size=(matrix.shape[1], 2))
    left = generator.normal(size=(matrix.shape[0], 2))

    assert matrix.shape == operator.shape
    np.testing.assert_allclose(operator @ right, matrix @ right, atol=1e-10)
    np.testing.assert_allclose(operator.H @ left, matrix.T @ left, atol=1e-10)
    np.testing.assert_allclose(operator.rmatvec(left[:, 0]), matrix.T @ left[:, 0], atol=1e-10)


def upstream_like(value: Any, name: str, seed: int = 5) -> Any:
    """A derivative by a value."""
    return np.random.default_rng(seed).normal(size=np.shape(value))


@pytest.mark.parametrize("case", NETS, ids=lambda case: f"{case[0]} by {case[1]}")
@pytest.mark.parametrize("name", [None, "G1"])
def test_a_layer_returns_the_value_and_then_the_gradient(
    case: tuple[str, str, str], name: str | None
) -> None:
    """With the name that was given, or with one that is made."""
    expression, wrt, shapes = case
    found = derive(expression, wrt, shapes=shapes, upstream=name, verify=False)
    reference = derive(expression, wrt, shapes=shapes, upstream="G2", verify=False)
    arrays = {k: v for k, v in arrays_for(found).items() if k != name}
    layer = found.function(layer=True)()

    value = layer.forward(**arrays)
    before = {key: array.copy() for key, array in arrays.items()}
    upstream = upstream_like(value, "G")
    first = layer.backward(**{name or "upstream": upstream})
    second = layer.backward(upstream)

    expected = reference.function()(**arrays, G2=upstream)
    pairs = zip(*([x] if not isinstance(x, tuple) else x for x in (expected, first)), strict=True)
    for wanted, got in pairs:
        assert np.shape(wanted) == np.shape(got)
        np.testing.assert_allclose(got, wanted, atol=1e-12)
    again = second if isinstance(second, tuple) else (second,)
    once = first if isinstance(first, tuple) else (first,)
    np.testing.assert_array_equal(flat(once), flat(again))
    for key, array in arrays.items():
        np.testing.assert_array_equal(array, before[key])
