"""Parts of arrays, index forms and reductions over letters, against numpy and torch."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from dimderiv.errors import ShapeError
from dimderiv.language import Add, Binary, Blocks, Call, Group, IndexForm, Name, Negative, Tree
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.evaluate import Arithmetic, Evaluator
from dimderiv.verify.layout import Array, Sized, entries, shaped

from .lettered_trees import (
    drawn,
    evaluated,
    floats,
    form,
    letters,
    number,
    over,
    part,
    product,
    same,
)

SIZES = {"m": 2, "n": 3, "p": 4, "H": 5}
X, W, T = drawn(0, 2, 3, 5, 4), drawn(1, 2, 3, 3, 2), drawn(2, 2, 3, 4)
A, B, S = drawn(3, 2, 3), drawn(4, 3, 4), drawn(5, 2, 3, 3)
x, y = drawn(6, 3), drawn(7, 4)
NAMES: dict[str, Sized] = {"X": X, "W": W, "T": T, "A": A, "B": B, "S": S, "x": x, "y": y}
LABELLED = {
    **NAMES,
    "c": shaped([3], [Fraction(label) for label in (2, 0, 3)]),
    "b": shaped([2, 3], [Fraction(label) for label in (2, 0, 3, 1, 1, 2)]),
    "q": [[Fraction(2)]],
}
TOKENS = np.array([[2, 0, 3], [1, 1, 2]])
XN, WN, TN, AN, BN, SN, xn, yn = map(floats, NAMES.values())
convolved = torch.nn.functional.conv2d

CASES: dict[str, tuple[Tree, np.ndarray | float]] = {
    "matrix product": (
        form("i:m j:p", over("sum", "k:n", product(part("A", "i", "k"), part("B", "k", "j")))),
        AN @ BN,
    ),
    "batch": (
        form("i:m j:n k:p", product(part("A", "i", "j"), part("T", "i", "j", "k"))),
        AN[:, :, None] * TN,
    ),
    "entry of a product": (part(Binary("*", Name("A"), Name("B")), "1", "2"), (AN @ BN)[1, 2]),
    "row as a column": (part("A", "1"), AN[1]),
    "column": (part("A", ":", "2"), AN[:, 2]),
    "matrix of an array": (part("T", ":", "1"), TN[:, 1]),
    "slices": (part("X", "1", ":", "1:", ":-1"), XN[1, :, 1:, :-1]),
    "from the end": (part("x", "-1"), xn[-1]),
    "outside": (form("i:6", part("x", "i-2")), np.array([0, 0, *xn, 0])),
    "mean of each channel": (
        form("c:n", over("mean", "b:m h:H l:p", part("X", "b", "c", "h", "l"))),
        XN.mean((0, 2, 3)),
    ),
    "pooling": (
        form(
            "b:m c:n i:2 j:2",
            over("max", "r:2 s:2", part("X", "b", "c", "2i+r", "2j+s")),
        ),
        torch.nn.functional.max_pool2d(torch.tensor(XN), 2).numpy(),
    ),
    "convolution": (
        form(
            "b:m o:m i:3 j:4",
            over(
                "sum",
                "c:n r:3 s:2",
                product(part("X", "b", "c", "2i+r-1", "j+2s-1"), part("W", "o", "c", "r", "s")),
            ),
        ),
        convolved(
            torch.tensor(XN), torch.tensor(WN), stride=(2, 1), padding=1, dilation=(1, 2)
        ).numpy(),
    ),
    "logsumexp": (
        form("i:m", over("logsumexp", "j:n", part("A", "i", "j"))),
        np.log(np.exp(AN).sum(1)),
    ),
    "product of entries": (over("prod", "i:n", part("x", "i")), xn.prod()),
    "inverses": (
        form("b:m", part(Call("inv", (part("S", "b"),)), ":", ":")),
        np.linalg.inv(SN),
    ),
    "entries of inverses": (
        form("b:m i:n", part(Call("inv", (part("S", "b"),)), "i", "i")),
        np.linalg.inv(SN).diagonal(axis1=1, axis2=2),
    ),
    "sum of inverses": (
        over("sum", "b:m", Call("inv", (part("S", "b"),))),
        np.linalg.inv(SN).sum(0),
    ),
    "distances": (
        form(
            "i:m j:p",
            Binary(
                "^",
                Call("norm2", (Add((part("A", "i", ":"), Negative(part("B", ":", "j")))),)),
                number(2),
            ),
        ),
        ((AN[:, None] - BN.T[None]) ** 2).sum(2),
    ),
    "sum of squares of differences": (
        over(
            "sum",
            "i:m j:n",
            Binary("^", Add((part("A", "i", "j"), Negative(part("x", "j")))), number(2)),
        ),
        ((AN - xn) ** 2).sum(),
    ),
    "letters that a term lacks": (
        over("sum", "i:m j:n", Add((part("x", "j"), part("A", "i", "j")))),
        2 * xn.sum() + AN.sum(),
    ),
    "merged axis": (
        form(
            "i:m j:n k:4", part(Call("reshape", (Name("T"), number(2), number(12))), "i", "(j k)")
        ),
        TN,
    ),
    "grouped axes": (
        IndexForm(letters("i:m j:n k:p"), part("T", "i", "j", "k"), (1, 2)),
        TN.reshape(2, 12),
    ),
    "floor in an index": (form("i:H", part("x", "i//2")), xn[[0, 0, 1, 1, 2]]),
    "a letter as a number": (form("i:n", product(Name("i"), part("x", "i"))), np.arange(3) * xn),
    "mask": (
        form("i:m j:n", product(Group(Binary(">=", Name("i"), Name("j"))), part("A", "i", "j"))),
        np.tril(AN),
    ),
    "gathered entries": (form("i:n", part("B", "i", "c[i]")), BN[range(3), [2, 0, 3]]),
    "gathered columns": (part("T", ":", ":", "c"), TN[:, :, [2, 0, 3]]),
    "one-hot": (Call("onehot", (Name("c"),)), np.eye(4)[[2, 0, 3]]),
    "columns by labels with two axes": (part("B", ":", "b"), BN[:, TOKENS]),
    "entries by labels with two axes": (
        form("i:m j:n", part("T", "i", "j", "b[i,j]")),
        np.take_along_axis(TN, TOKENS[:, :, None], 2)[:, :, 0],
    ),
    "the column of one label": (part("B", ":", "q"), BN[:, 2]),
    "one-hot of a slice of one label": (
        Call("onehot", (part("c", "1:2"), number(4))),
        np.eye(4)[[0]],
    ),
    "one-hot of labels with two axes": (Call("onehot", (Name("b"),)), np.eye(4)[TOKENS]),
    "one-hot of one label": (Call("onehot", (part("c", "0"), number(4))), np.eye(4)[2]),
    "one-hot along more axes": (
        Call("onehot", (Call("rank", (Name("A"),)), number(3))),
        np.eye(3)[np.argsort(np.argsort(AN))],
    ),
    "rank": (Call("rank", (Name("y"),)), np.argsort(np.argsort(yn))),
    "identity": (
        form("a:H", over("sum", "i:2 k:n", product(part("I", "a", "2i+k-1"), part("x", "k")))),
        np.array([xn[1], xn[0] + xn[2], xn[1], xn[2], 0]),
    ),
    "blocks": (
        Blocks(
            (
                (Name("A"), Name("I")),
                (Call("zeros", (number(1), number(3))), part("A", "0:1", "0:2")),
            )
        ),
        np.block([[AN, np.eye(2)], [np.zeros((1, 3)), AN[:1, :2]]]),
    ),
    "stacked columns": (Blocks(((Name("x"),), (Name("y"),))), np.concatenate([xn, yn])),
    "reshape": (Call("reshape", (Name("X"), number(6), number(20))), XN.reshape(6, 20)),
    "permute": (
        Call("permute", (Name("T"), number(2), number(0), number(1))),
        TN.transpose(2, 0, 1),
    ),
    "sum along axes": (Call("sum", (Name("X"),), axis=(0, 3)), XN.sum((0, 3), keepdims=True)),
    "softmax along an axis": (
        Call("softmax", (Name("T"),), axis=1),
        np.exp(TN) / np.exp(TN).sum(1, keepdims=True),
    ),
    "softmax of columns": (
        Call("softmax", (Name("A"),), axis=0),
        np.exp(AN) / np.exp(AN).sum(0, keepdims=True),
    ),
    "broadcasting": (
        Binary(".*", Name("T"), Add((Name("B"), Call("sum", (Name("T"),), axis=(0, 2))))),
        TN * (BN + TN.sum((0, 2), keepdims=True)),
    ),
    "functions of entries": (Call("exp", (Binary("./", Name("T"), number(4)),)), np.exp(TN / 4)),
    "norm": (Call("norm2", (Name("T"),)), (TN**2).sum() ** 0.5),
    "largest of two": (Call("max", (number(0), Name("T"))), np.maximum(TN, 0)),
    "batched product": (Binary("*", Name("S"), Name("B")), SN @ BN),
    "sorted": (Call("sort", (Name("y"),)), np.sort(yn)),
    "by rank": (part("x", "c"), np.array([xn[2], xn[0], 0])),
    "full convolution": (
        Call("convfull2", (Name("A"), Name("B"))),
        np.array(
            [
                [
                    sum(
                        AN[k, q] * BN[i - k, j - q]
                        for k in range(2)
                        for q in range(3)
                        if 0 <= i - k < 3 and 0 <= j - q < 4
                    )
                    for j in range(6)
                ]
                for i in range(4)
            ]
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_agrees_with_numpy(name: str) -> None:
    """What stands in each place is what numpy or torch makes of it."""
    tree, wanted = CASES[name]

    same(evaluated(tree, LABELLED, SIZES, {"c": 4, "b": 4}), wanted)


def test_equality_of_entries() -> None:
    """It holds where two entries are the same number."""
    tree = form("i:n j:p", Binary("==", part("c", "i"), Name("j")))

    same(evaluated(tree, LABELLED, SIZES), np.eye(4)[[2, 0, 3]])


def test_an_array_has_its_entries_in_order() -> None:
    """More than two axes are an array, two are a table."""
    found = evaluated(part("X", "1"), NAMES, SIZES)

    assert isinstance(found, Array)
    assert (3, 5, 4) == found.lengths
    assert entries(X)[60:] == found.entries


@pytest.mark.parametrize(
    "tree",
    [
        part("x", "1:5"),
        part("x", "2:1"),
        Call("reshape", (Name("T"), number(5))),
        Call("permute", (Name("T"), number(0), number(0), number(1))),
        Binary(".*", Name("T"), Name("A")),
        Blocks(((Name("A"), Name("B")),)),
    ],
)
def test_what_does_not_fit_is_an_error(tree: Tree) -> None:
    """Axes that are not there, slices beyond the end, operands of unlike sizes."""
    with pytest.raises(ShapeError):
        evaluated(form("i:1 j:1 k:1 l:1 o:1", tree), NAMES, SIZES)


@pytest.mark.parametrize(
    "tree",
    [
        Call("inv", (Name("T"),)),
        Call("sum", (Name("T"),), axis="j"),
        Binary("^", Name("T"), number(2)),
    ],
)
def test_what_matrices_only_have(tree: Tree) -> None:
    """An array with more axes has no inverse and no whole powers."""
    with pytest.raises(NotVerifiableError):
        evaluated(tree, NAMES, SIZES)


def test_what_letters_do_not_change_is_computed_once() -> None:
    """An inverse in an index form is computed once for each place that it depends on."""
    evaluator = Evaluator(Arithmetic(40), SIZES, dict(NAMES))
    inverse = part(Call("inv", (part("S", "b"),)), "i", "j")
    once, entry = (
        Evaluator(Arithmetic(40), SIZES, dict(NAMES)),
        form("b:m i:n j:n", inverse),
    )
    once.array(form("b:m", inverse.operand))

    evaluator.array(entry)

    assert evaluator.arithmetic.effort.spent < 1.5 * once.arithmetic.effort.spent


def test_the_size_of_an_axis_is_no_letter() -> None:
    """`M[m,j] M[j,i]` takes the row m, for each j."""
    matrix = drawn(5, 3, 3)
    body = over("sum", "j:3", product(part("M", "m", "j"), part("M", "j", "i")))

    found = evaluated(form("i:m", body), {"M": matrix}, {"m": 2})

    same(found, (floats(matrix)[2] @ floats(matrix))[:2])
