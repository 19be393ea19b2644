"""Derivatives judged by numbers: what is printed, against differences of the expression.

Each table is one kind of question that was once answered wrongly, refused, or ended in a crash.
"""

from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np
import pytest
from golden import SIZES, drawn
from numeric import Point, differs, slopes_of

from dimderiv import derive
from dimderiv.derivation.derivation import Derivation

EQUAL = [(size,) * len(SIZES) for size in (3, 1)]

# A sum over all that a part of the derivative has is a scalar in front of the rest.
WITH_A_SUM_IN_FRONT = [
    ("p' (A - mean(A, axis=0))", "A", "p: 4; A: 4 x 30"),
    ("p' (A - mean(A, axis=0))", "A", "p: m; A: m x n"),
    ("(A - mean(A, axis=1)) q", "A", "q: n; A: m x n"),
    ("(y' - x)^2", "y", "x: d; y: d"),
    ("(x - y')^2", "x", "x: d; y: d"),
    ("A sum(X) - X sum(A)", "X", "X: m x n; A: m x n"),
    ("(x + sum(x)) y'", "x", "x: m; y: n"),
]

# What is left of a Kronecker form that is common to the terms is a scalar for some of them.
WITH_A_SCALAR_LEFT = [
    ("sum((A + c).^2, axis=0)", "A", "A: m x n; c: scalar"),
    ("diag((A + c)' (A + c))", "A", "A: m x n; c: scalar"),
    ("A (c W + cos(W))", "W", "A: p x m; W: m x n; c: scalar"),
    ("exp(X + b) + 2 b", "b", "X: m x n; b: 1 x n"),
    ("sum(c W + W.^2, axis=0)", "W", "W: m x n; c: scalar"),
    ("mean(W c + cos(W), axis=1)", "W", "W: m x n; c: scalar"),
    ("B (c X - 2 X A) C", "X", "B: p x m; X: m x n; A: n x n; C: n x q; c: scalar"),
    ("(c X' + 2 A X') B", "X", "X: m x n; A: n x n; B: m x q; c: scalar"),
    ("u'v X B + sin(X) B", "X", "u: m; v: m; X: m x n; B: n x p"),
    ("X B / c + sin(X) B", "X", "X: m x n; B: n x p; c: scalar"),
]

# A sum becomes a mean where it is divided, and nowhere else.
WITH_MEANS = [
    ("sin(mean(u) sum(u))", "u", "u: N"),
    ("sigmoid(sum(u)^2 / N)", "u", "u: N"),
    ("exp(c sum(u) sum(v) / N)", "u", "u: N; v: N; c: scalar"),
    ("sum(A (u mean(u)))^2 / N", "u", "A: M x N; u: N"),
    ("sum(sum(A, axis=0).^2) / M", "A", "A: M x N"),
]

# Axes that are one letter in one place, and several in another.
ALONG_MERGED_AXES = [
    (text, wrt, shapes, 1)
    for text, wrts, shapes in (
        ("kron(A, B) x", "ABx", "A: a x b; B: c x d"),
        ("x' kron(A, B)", "ABx", "A: a x b; B: c x d"),
        ("exp(kron(A, B) x)", "ABx", "A: a x b; B: c x d"),
        ("x' kron(A, B) y", "ABxy", "A: a x b; B: c x d"),
        ("sin(kron(u, v))", "uv", "u: a; v: b"),
        ("x .* kron(u, v)", "uvx", "u: a; v: b"),
        ("sigmoid(vec(X))", "X", "X: a x b"),
        ("softmax(vec(A X))", "AX", "A: a x b; X: b x c"),
        ("C exp(vec(X)) + vec(X)", "CX", "X: a x b"),
    )
    for wrt in wrts
] + [
    (text, wrt, shapes, 2)
    for text, wrts, shapes in (
        ("||kron(A, B) x - y||^2", "ABxy", "A: a x b; B: c x d"),
        ("sum(exp(kron(A, B) x))", "ABx", "A: a x b; B: c x d"),
        ("logsumexp(vec(X))", "X", "X: a x b"),
        ("exp(kron(u, v))' x", "uvx", "u: a; v: b"),
        ("log(1 + vec(X)' M vec(X))", "X", "X: a x b"),
    )
    for wrt in wrts
]

# Images and kernels that are diagonal, triangular or outer products; parts of what comes out.
CONVOLUTIONS = [
    (text, wrt, shapes)
    for text, wrts, shapes in (
        ("tr(conv2(V, K))", "VK", "V: h x h; K: k x k"),
        ("g' diag(conv2(V, K))", "VKg", "V: h x h; K: k x k"),
        ("sum(G .* tril(conv2(V, K)))", "VK", "V: h x w; K: k x l"),
        ("sum(G .* triu(conv2(V, K)))", "VK", "V: h x w; K: k x l"),
        ("||conv2(P, diag(x))||^2", "Px", "x: k; P: h x w"),
        ("||conv2(P, eye(k))||^2", "P", "P: h x w"),
        ("||conv2(P, tril(A))||^2", "PA", "A: k x l; P: h x w"),
        ("||conv2(P, a b')||^2", "Pab", "a: k; b: l; P: h x w"),
        ("||conv2(P, A .* eye(k))||^2", "PA", "A: k x k; P: h x w"),
        ("||conv2(diag(x), A)||^2", "xA", "A: k x l; x: h"),
        ("||conv2(tril(V), A)||^2", "VA", "A: k x l; V: h x h"),
        ("||conv2(x y', A)||^2", "xyA", "A: k x l; x: h; y: w"),
        ("conv2(P, diag(x))", "Px", "x: k; P: h x w"),
        ("x' conv2(V, K) y", "VKxy", "K: k x l; V: h x w"),
        ("sum(kron(A, b) .* conv2(V, K))", "VKAb", "A: k x l; b: 2; K: 2 x 2"),
        ("sum(conv2(kron(A, b), K))", "KAb", "A: h x w; b: 2; K: k x l"),
        ("sum(vec(conv2(V, K)).^2)", "VK", "V: h x w; K: k x l"),
        ("kron(z, conv2(v, x))", "vxz", "v: h; x: k; z: l"),
    )
    for wrt in wrts
]
SMALL: Sequence[Mapping[str, int]] = [
    {"a": 2, "b": 3, "c": 1, "d": 2},
    {"a": 2, "b": 1, "c": 2, "d": 3},
    {"a": 2, "b": 2, "c": 2, "d": 2},
]
OF_IMAGES: Sequence[Mapping[str, int]] = [
    {"h": 5, "w": 6, "k": 2, "l": 3},
    {"h": 4, "w": 4, "k": 2, "l": 2},
    {"h": 3, "w": 3, "k": 1, "l": 1},
    {"h": 3, "w": 3, "k": 3, "l": 3},
]


def names_of(derivation: Derivation) -> list[str]:
    """The names of the sizes."""
    axes = [dim for each in derivation.typed.symbols.values() for dim in each.shape]
    return list(dict.fromkeys(name for dim in axes for name in dim.names))


def point_of(derivation: Derivation, text: str, sizes: Mapping[str, int]) -> Point:
    """Numbers for the symbols at some sizes."""
    rng = np.random.default_rng(crc32(text.encode()))
    values = {}
    for name, each in derivation.typed.symbols.items():
        rows, cols = (dim.evaluate(sizes) for dim in each.shape)
        values[name] = drawn(rng, (rows, cols), set(each.properties))
    return Point(values, sizes)


def assert_right(
    text: str,
    wrt: str,
    shapes: str,
    order: int = 1,
    *,
    at: Sequence[Mapping[str, int]] = (),
) -> None:
    """The printed answer agrees with differences, at unequal sizes, at equal ones and at 1."""
    found = derive(text, wrt, shapes=shapes, order=order)
    (result,) = {id(each): each for each in found.results.values()}.values()
    names = names_of(found)
    for sizes in at or [dict(zip(names, numbers, strict=False)) for numbers in (SIZES, *EQUAL)]:
        here = point_of(found, text, sizes)
        slopes = slopes_of(here, found, result)
        printed = here.printed(found, result)

        assert np.isfinite(printed).all(), found
        assert (slopes.doubt < 1e-4).all(), "the point says something of each entry"
        assert not differs(printed, slopes), f"{found} at {sizes}: not {slopes.value}"


@pytest.mark.parametrize(("text", "wrt", "shapes"), WITH_A_SUM_IN_FRONT)
def test_a_sum_in_front_is_kept(text: str, wrt: str, shapes: str) -> None:
    """A scalar of its own stays in the terms of a sum that is taken apart."""
    assert_right(text, wrt, shapes)


@pytest.mark.parametrize(("text", "wrt", "shapes"), WITH_A_SCALAR_LEFT)
def test_a_scalar_beside_a_matrix_is_a_multiple_of_the_identity(
    text: str, wrt: str, shapes: str
) -> None:
    """A scalar is never added to a matrix entry by entry where a matrix is meant."""
    assert_right(text, wrt, shapes)


@pytest.mark.parametrize(("text", "wrt", "shapes"), WITH_MEANS)
def test_a_mean_stands_only_for_the_sum_that_is_divided(text: str, wrt: str, shapes: str) -> None:
    """The same sum elsewhere in the answer stays one."""
    assert_right(text, wrt, shapes)


@pytest.mark.parametrize(("text", "wrt", "shapes", "order"), ALONG_MERGED_AXES)
def test_merged_axes(text: str, wrt: str, shapes: str, order: int) -> None:
    """Whole axes and their letters meet in any order."""
    assert_right(text, wrt, shapes, order, at=SMALL)


@pytest.mark.parametrize(("text", "wrt", "shapes"), CONVOLUTIONS)
def test_convolutions_of_special_matrices(text: str, wrt: str, shapes: str) -> None:
    """The letters of images and kernels meet along one axis, or in a triangle."""
    assert_right(text, wrt, shapes, at=OF_IMAGES)
