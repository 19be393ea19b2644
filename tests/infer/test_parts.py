"""Parts of arrays, blocks, labels, and arrays whose entries find other places."""

from fractions import Fraction

import pytest
from statements import at, form, over, size, times, tree, typed

from dimderiv.errors import ShapeError
from dimderiv.language.syntax import (
    Add,
    Binary,
    Blocks,
    Call,
    Name,
    Negative,
    Number,
    Transpose,
    Tree,
)

X, Y = Name("X"), Name("y")


def numbers(*values: int) -> list[Tree]:
    """Whole numbers as trees."""
    return [Number(Fraction(v)) if v >= 0 else Negative(Number(Fraction(-v))) for v in values]


def call(function: str, *arguments: Tree) -> Call:
    """A call."""
    return Call(function, arguments)


def rows(*texts: str) -> Blocks:
    """Blocks, a row in each text."""
    return Blocks(tuple([tuple([tree(block) for block in text.split(", ")]) for text in texts]))


@pytest.mark.parametrize(
    ("part", "shapes", "expected"),
    [
        (at("x", "0"), "x: n", "scalar"),
        (at("x", "-1"), "x: n", "scalar"),
        (at("x", "n - 1"), "x: n", "scalar"),
        (at("x", "1:"), "x: n", "(n - 1)"),
        (at("x", ":-1"), "x: n", "(n - 1)"),
        (at("x", "1:-1"), "x: n", "(n - 2)"),
        (at("x", "-3:"), "x: n", "3"),
        (at("x", "-3:-1"), "x: n", "2"),
        (at("x", "2:5"), "x: 9", "3"),
        (at("x", "-3:8"), "x: 9", "2"),
        (at("x", "4:5"), "x: 9", "scalar"),
        (at("x", "k:n"), "x: n; z: k", "(n - k)"),
        (at("X", ":", "0:k"), "X: m x n; z: k", "m x k"),
        (at("X", "1:", ":-1"), "X: m x n", "(m - 1) x (n - 1)"),
        (at("X", "2"), "X: m x n", "n"),
        (at("X", ":", "2"), "X: m x n", "m"),
        (at("X", "-1", "-1"), "X: m x n", "scalar"),
        (at("b", "2"), "b: 1 x n", "scalar"),
        (at("b", "1:"), "b: 1 x n", "(n - 1)"),
        (at("T", "0"), "T: p x m x n", "m x n"),
        (at("T", "0", "1"), "T: p x m x n", "n"),
        (at("T", "1:"), "T: p x m x n", "(p - 1) x m x n"),
        (at("T", ":", ":", "0"), "T: p x m x n", "p x m"),
        (at("E", "y", ":"), "E: V x d; y: N labels V", "N x d"),
        (at("E", "y"), "E: V x d; y: N labels V", "N x d"),
        (at("E", "y", ":"), "E: V x d; y: N x T labels V", "N x T x d"),
        (at("E", ":", "y"), "E: d x V; y: N x T labels V", "d x N x T"),
        (at("E", "y", ":"), "E: V x d; y: scalar labels V", "d"),
        (at("b", "y"), "b: V; y: N labels V", "N"),
        (at("b", "y"), "b: V; y: N x T labels V", "N x T"),
        (call("onehot", Y), "y: N labels C", "N x C"),
        (call("onehot", Y, tree("4")), "y: N labels 4", "N x 4"),
        (call("onehot", Y), "y: N x T labels C", "N x T x C"),
        (call("onehot", Y), "y: scalar labels C", "C"),
        (Add((call("onehot", Y), Name("S"))), "y: N; S: N x 3", "N x 3"),
        (rows("A, b", "b', c"), "A: m x m; b: m; c: scalar", "(m + 1) x (m + 1)"),
        (rows("A, B"), "A: m x n; B: m x p", "m x (n + p)"),
        (rows("A", "B"), "A: m x n; B: p x n", "(m + p) x n"),
        (rows("1, 2", "3, 4"), "", "2 x 2"),
        (rows("x, y"), "x: n; y: n", "n x 2"),
        (rows("A, 0", "0, B"), "A: m x n; B: p x q", "(m + p) x (n + q)"),
        (call("reshape", X, tree("N"), tree("C H")), "X: N x C x H", "N x (C H)"),
        (call("reshape", X, tree("N"), *numbers(-1)), "X: N x C x H", "N x (C H)"),
        (call("reshape", X, *numbers(2, 3, 4)), "X: 6 x 4", "2 x 3 x 4"),
        (call("reshape", X, *numbers(-1)), "X: 6 x 4", "24"),
        (call("reshape", X, size("X", 1), size("X", 0)), "X: m x n", "n x m"),
        (call("permute", X, *numbers(2, 0, 1)), "X: N x C x H", "H x N x C"),
        (call("permute", X, *numbers(1, 0)), "X: m x n", "n x m"),
        (Binary("==", X, Name("Z")), "X: m x n; Z: m x n", "m x n"),
        (form("i", over("j", at("S", "i", "j"), at(call("onehot", Y), "i", "j"))), "S: N x C", "N"),
        (form("i", at("S", "i", at("y", "i"))), "S: N x C; y: N labels C", "N"),
        (form("n t", at("S", "n", "t", at("y", "n", "t"))), "S: N x T x C", "N x T"),
        (form("i", at("X", "i", "1:")), "X: m x n", "m x (n - 1)"),
        (form("k", at(tree("ones(m, 1)"), "k")), "", "m"),
    ],
)
def test_the_shape_of_parts(part: Tree, shapes: str, expected: str) -> None:
    """Numbers take an axis away, slices shorten it, labels exchange it."""
    assert expected == str(typed(part, shapes=shapes).value)


@pytest.mark.parametrize(
    ("part", "shapes", "expected"),
    [
        (form("i", at("S", "i", at("y", "i"))), "S: N x C", "y: N labels C"),
        (form("i", at("S", "i", at("y", "i"))), "S: N x C; y: N", "y: N labels C"),
        (at("E", "y", ":"), "E: V x d; y: N", "y: N labels V"),
        (Add((call("onehot", Y), Name("S"))), "S: N x 3", "y: N labels 3"),
        (at("A", "2"), "", "A: m x n"),
        (at("x", "2"), "", "x: n"),
        (form("i", at("x", "i", ":")), "", "x: m x n"),
        (form("n", times(Transpose(at("p", "n")), at("q", "n"))), "", "p: m x k"),
        (form("b", call("inv", at("A", "b"))), "", "A: m x n x n"),
        (form("n", call("norm2", at("x", "n"))), "", "x: m x p"),
    ],
)
def test_what_is_assumed_is_told(part: Tree, shapes: str, expected: str) -> None:
    """A symbol in brackets is labels; an array has as many axes as its parts need."""
    assert expected in typed(part, shapes=shapes).assumptions


@pytest.mark.parametrize(
    ("part", "shapes", "message"),
    [
        (at("x", "7"), "x: 5", "lies outside"),
        (at("x", "-6"), "x: 5", "lies outside"),
        (at("x", "n"), "x: n", "lies outside"),
        (at("x", "2:7"), "x: 5", "is no part of"),
        (at("x", "3:3"), "x: n", "is no part of"),
        (at("x", ":n + 1"), "x: n", "is no part of"),
        (at("X", "1", "2", "3"), "X: m x n", "does not take 3 indices"),
        (at("x", "k"), "x: n", "k is no letter here"),
        (at("x", "2.5"), "x: n", "is no index"),
        (at("x", tree("sin(2)")), "x: n", "is no index"),
        (
            form("i", over("j", at("A", "i", "j"), at("B", "i", "j"))),
            "A: m x n; B: m x p",
            "j runs",
        ),
        (form("i:m", at("x", "i")), "x: n", "i has size m, as it is written"),
        (form("k l", at("I", "k", "l")), "", "nothing tells how far k runs"),
        (form("i", over("k", at("x", "i + k"))), "x: n", "how far . runs is not determined"),
        (form("i", at("x", "i - 1")), "x: n", "may lie outside"),
        (form("i", over("k", at("x", "i + 3 k"), at("w", "k"))), "x: 5; w: 4", "may lie outside"),
        (form("i", Name("i")), "", "i is an index letter here"),
        (form("i", at("S", "i", at("y", "i"))), "S: N x C; y: N labels V", "labels below V"),
        (at("S", "y", "z"), "S: N x C; y: N labels N; z: N labels C", "in pairs"),
        (at("S", at(tree("2 y"), "1")), "S: N x C; y: N", "would have to be labels"),
        (form("i", at("x", "0:i")), "x: n", "the ends of a slice"),
        (rows("A, B"), "A: m x n; B: p x n", "side by side have one height"),
        (rows("A", "B"), "A: m x n; B: m x p", "rows of blocks have one width"),
        (rows("A, 0"), "A: m x n", "side by side have one height"),
        (rows("A", "0"), "A: m x n", "rows of blocks have one width"),
        (call("reshape", X, tree("m"), tree("p")), "X: m x n; z: p", "m n entries"),
        (call("permute", X, *numbers(0, 0)), "X: m x n", "each axis once"),
        (call("permute", X, *numbers(1, 0)), "X: m x n x p", "each axis once"),
        (call("reshape", X), "X: m x n", "reshape does not take one argument"),
        (Transpose(X), "X: m x n x p", "only a matrix has a transpose"),
        (times(X, X), "X: n x n x n", "only matrices are multiplied"),
        (Binary("^", X, tree("2")), "X: n x n x n", "only a square matrix has powers"),
        (call("inv", X), "X: B x n x n", "inv takes a matrix"),
        (call("cumsum", X), "X: B x n x n", "cumsum takes a matrix"),
        (Add((X, Name("b"))), "X: N x T x D; b: D", "may run along more than one axis"),
        (Add((X, Name("b"))), "X: N x T x D; b: N x T x C", "D would have to be C"),
        (Call("sum", (X,), axis=3), "X: N x T x D", "an axis that is not there"),
        (Call("sum", (X,), axis=(0, 0)), "X: N x T x D", "runs twice"),
        (Call("softmax", (X,), axis="j"), "X: N x T", "j is not the letter of one axis"),
        (over("i", at("x", "i"), function="exp"), "x: n", "exp does not run over letters"),
    ],
)
def test_what_does_not_fit_is_refused(part: Tree, shapes: str, message: str) -> None:
    """Each by what is wrong with it."""
    with pytest.raises(ShapeError, match=message):
        typed(part, shapes=shapes)


@pytest.mark.parametrize(
    ("part", "shapes", "expected"),
    [
        (Add((X, Name("Z"))), "X: N x T x D; Z: N x T x D", "N x T x D"),
        (Add((X, Name("Z"))), "X: N x T x D; Z: 1 x T x 1", "N x T x D"),
        (Add((X, Name("Z"))), "X: N x T x D; Z: T x D", "N x T x D"),
        (Add((X, Name("b"))), "X: N x T x D; b: 1 x D", "N x T x D"),
        (times(*numbers(2), X), "X: N x T x D", "N x T x D"),
        (call("exp", X), "X: N x T x D", "N x T x D"),
        (call("softmax", X), "X: N x T x D", "N x T x D"),
        (Call("softmax", (X,), axis=0), "X: N x T x D", "N x T x D"),
        (call("sum", X), "X: N x T x D", "scalar"),
        (Call("sum", (X,), axis=-1), "X: N x T x D", "N x T x 1"),
        (Call("mean", (X,), axis=(0, 2)), "X: N x T x D", "1 x T x 1"),
        (Call("std", (X,), axis=(0, -1)), "X: N x T x D", "1 x T x 1"),
        (Call("sum", (X,), axis=(0, 1)), "X: m x n", "scalar"),
        (Call("max", (X,), axis=-1), "X: m x n", "m"),
    ],
)
def test_arrays_of_any_number_of_axes_go_entry_by_entry(
    part: Tree, shapes: str, expected: str
) -> None:
    """Axes of size 1 stretch, a matrix goes along the last two, and a reduced axis stays."""
    assert expected == str(typed(part, shapes=shapes).value)
