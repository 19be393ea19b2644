"""The check of answers about arrays with any number of axes, from trees built by hand."""

from dataclasses import replace
from typing import Any

import pytest

from dimderiv.errors import VerificationError
from dimderiv.language import (
    Add,
    Binary,
    Call,
    Declaration,
    Dim,
    IndexForm,
    Name,
    Negative,
    Program,
    Shape,
    Statement,
    Transpose,
    Tree,
)
from dimderiv.verify.claim import Claim
from dimderiv.verify.layout import Dimensions
from dimderiv.verify.layout.sizes import assignments
from dimderiv.verify.points.check import verify

from .lettered_trees import form, number, over, part, product


def shape(text: str) -> Shape:
    """A shape as it is declared: `N x C x H`."""
    sizes = [each.strip() for each in text.split("x")] if text else []
    return Shape.of([dim(each) for each in sizes])


def dim(text: str) -> Dim:
    """The dimension of a name, a number, or a difference of two names and 1."""
    if "-" in text:
        whole, less = text.split("-")
        return Dim.of(whole) - Dim.of(less) + Dim.of(1)
    return Dim.of(int(text) if text.isdigit() else text)


def claim(
    expression: Tree,
    answer: Tree,
    wrt: str,
    declared: dict[str, str],
    value: str = "",
    **others: Any,
) -> Claim:
    """A claim about one statement; `labels C` after a shape declares labels."""
    symbols = {}
    for name, text in declared.items():
        own, _, classes = text.partition(" labels ")
        symbols[name] = Declaration(shape(own), labels=dim(classes) if classes else None)
    return Claim(
        expression=Program((Statement(None, expression),)),
        answer=Program((Statement(None, answer),)),
        wrt=wrt,
        symbols=symbols,
        value=shape(value),
        **others,
    )


TENSOR = {"x": "m", "T": "p x m x n", "y": "n"}
BILINEAR = form(
    "k:p", over("sum", "i:m j:n", product(part("x", "i"), part("T", "k", "i", "j"), part("y", "j")))
)
IMAGES = {"X": "N x C x H x L", "W": "O x C x R x S", "G": "N x O x H-R x L-S"}
CONVOLUTION = over(
    "sum",
    "n:N o:O i:H-R+1 j:L-S+1 c:C r:R s:S",
    product(
        part("X", "n", "c", "i+r", "j+s"),
        part("W", "o", "c", "r", "s"),
        part("G", "n", "o", "i", "j"),
    ),
)
LOGITS = {"S": "N x C", "y": "N labels C"}
LIKELIHOOD = over("sum", "i:N", part(Call("logsoftmax", (Name("S"),)), "i", "y[i]"))

RIGHT: dict[str, Claim] = {
    "vector by vector": claim(
        BILINEAR,
        form("k:p i:m", over("sum", "j:n", product(part("T", "k", "i", "j"), part("y", "j")))),
        "x",
        TENSOR,
        "p",
    ),
    "vector by array": claim(
        BILINEAR,
        form("k:p l:p i:m j:n", product(part("I", "k", "l"), part("x", "i"), part("y", "j"))),
        "T",
        TENSOR,
        "p",
    ),
    "convolution by its kernel": claim(
        CONVOLUTION,
        form(
            "o:O c:C r:R s:S",
            over(
                "sum",
                "n:N i:H-R+1 j:L-S+1",
                product(part("X", "n", "c", "i+r", "j+s"), part("G", "n", "o", "i", "j")),
            ),
        ),
        "W",
        IMAGES,
    ),
    "convolution by its image": claim(
        CONVOLUTION,
        form(
            "n:N c:C a:H b:L",
            over(
                "sum",
                "o:O r:R s:S",
                product(part("W", "o", "c", "r", "s"), part("G", "n", "o", "a-r", "b-s")),
            ),
        ),
        "X",
        IMAGES,
    ),
    "entrywise": claim(
        Call("sum", (Binary(".^", Name("X"), number(3)),)),
        Binary("*", number(3), Binary(".^", Name("X"), number(2))),
        "X",
        {"X": "N x C x H x L"},
    ),
    "an array by an array, along a direction": claim(
        Binary(".^", Name("X"), number(2)),
        Binary("*", number(2), Binary(".*", Name("X"), Name("V"))),
        "X",
        {"X": "N x C x H", "V": "N x C x H"},
        "N x C x H",
        along={"X": "V"},
    ),
    "an array by a scalar": claim(
        Binary("*", Binary("^", Name("a"), number(2)), Name("X")),
        Binary("*", Binary("*", number(2), Name("a")), Name("X")),
        "a",
        {"a": "", "X": "N x C x H"},
        "N x C x H",
    ),
    "second derivative by an array": claim(
        Call("sum", (Binary(".^", Name("X"), number(3)),)),
        form(
            "a:N b:C c:H d:N e:C f:H",
            product(
                number(6),
                part("X", "a", "b", "c"),
                part("I", "a", "d"),
                part("I", "b", "e"),
                part("I", "c", "f"),
            ),
        ),
        "X",
        {"X": "N x C x H"},
        order=2,
    ),
    "third derivative": claim(
        Call("sum", (Binary(".^", Name("x"), number(4)),)),
        form(
            "i:n j:n k:n",
            product(number(24), part("x", "i"), part("I", "i", "j"), part("I", "j", "k")),
        ),
        "x",
        {"x": "n"},
        order=3,
    ),
    "labels": claim(
        LIKELIHOOD,
        Add((Call("onehot", (Name("y"),)), Negative(Call("softmax", (Name("S"),))))),
        "S",
        LOGITS,
    ),
    "embedding": claim(
        Call("sum", (Binary(".*", Name("G"), part("E", "y", ":")),)),
        Binary("*", Transpose(Call("onehot", (Name("y"),))), Name("G")),
        "E",
        {"E": "V x d", "y": "N labels V", "G": "N x d"},
    ),
    "inverses": claim(
        over("sum", "b:B", Call("tr", (Call("inv", (part("A", "b"),)),))),
        form(
            "b:B i:n j:n",
            Negative(
                part(
                    Binary(
                        "*",
                        Transpose(Call("inv", (part("A", "b"),))),
                        Transpose(Call("inv", (part("A", "b"),))),
                    ),
                    "i",
                    "j",
                )
            ),
        ),
        "A",
        {"A": "B x n x n"},
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_pass(name: str) -> None:
    """Every entry is compared, and some of them are not 0."""
    found = verify(RIGHT[name])

    assert found.level in ("exact", "30 digits")
    assert found.entries
    assert found.nonzero
    assert found.points >= 2


@pytest.mark.parametrize("name", RIGHT)
def test_twice_a_right_answer_is_wrong(name: str) -> None:
    """A factor is found, wherever it stands."""
    (statement,) = RIGHT[name].answer.statements
    doubled = replace(statement, value=twice(statement.value))

    with pytest.raises(VerificationError):
        verify(replace(RIGHT[name], answer=Program((doubled,))))


def twice(tree: Tree) -> Tree:
    """Two times a tree; of an index form its body."""
    if isinstance(tree, IndexForm):
        return replace(tree, body=product(number(2), tree.body))
    return product(number(2), tree)


WRONG: dict[str, Claim] = {
    "an axis beside another": replace(
        RIGHT["convolution by its image"],
        answer=Program(
            (
                Statement(
                    None,
                    form(
                        "n:N c:C a:H b:L",
                        over(
                            "sum",
                            "o:O r:R s:S",
                            product(
                                part("W", "o", "c", "r", "s"), part("G", "n", "o", "a-s", "b-r")
                            ),
                        ),
                    ),
                ),
            )
        ),
    ),
    "letters of the answer in another order": replace(
        RIGHT["vector by array"],
        answer=Program(
            (
                Statement(
                    None,
                    form(
                        "l:p k:p j:n i:m",
                        product(part("I", "k", "l"), part("x", "i"), part("y", "j")),
                    ),
                ),
            )
        ),
    ),
    "the label of another row": claim(
        LIKELIHOOD,
        Add(
            (
                form("i:N c:C", part("I", "y[0]", "c")),
                Negative(Call("softmax", (Name("S"),))),
            )
        ),
        "S",
        LOGITS,
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_answers_are_found(name: str) -> None:
    """Letters that are exchanged, and labels that belong elsewhere."""
    with pytest.raises(VerificationError):
        verify(WRONG[name])


def test_sizes_are_small_and_fit() -> None:
    """Of seven dimensions not all are unlike, but those of one array are at one of two sizes."""
    first, second = Dimensions([RIGHT["convolution by its kernel"]]).assignments()[:2]

    for sizes in (first, second):
        assert sizes["H"] > sizes["R"]
        assert sizes["L"] > sizes["S"]
        assert sizes["N"] * sizes["C"] * sizes["H"] * sizes["L"] <= 400
    for a, b in ("NC", "CH", "HL", "OC", "CR", "RS"):
        assert first[a] != first[b] or second[a] != second[b]


def test_a_part_that_is_never_inside_is_told() -> None:
    """A check that has compared with nothing but zeros beyond an array says so."""
    beyond = form("i:n", Add((part("x", "i"), part("y", "i+50"))))
    found = verify(claim(beyond, Name("I"), "x", {"x": "n", "y": "n"}, "n"))

    assert "partial" == found.level
    assert any("outside" in remark for remark in found.remarks)


def test_labels_that_are_all_the_same_are_told() -> None:
    """With one record nothing tells whose label is whose."""
    lone = {"S": "1 x C", "y": "1 labels C"}
    likelihood = part(Call("logsoftmax", (Name("S"),)), "0", "y[0]")
    answer = Add((Transpose(Call("onehot", (Name("y"),))), Negative(Call("softmax", (Name("S"),)))))
    found = verify(claim(likelihood, answer, "S", lone))

    assert any("labels y" in remark for remark in found.remarks)


@pytest.mark.parametrize("count", [1, 2, 6, 7, 40])
def test_sizes_go_further_where_an_axis_would_have_no_entries(count: int) -> None:
    """An axis such as n - 6 is there at larger sizes; many names have the smallest ones."""
    names = [f"n{k}" for k in range(count)]
    dims = [Dim.of(name) for name in names]
    shorter = dims[0] - Dim.of(6 if count <= 6 else 1)
    found = assignments([*dims, shorter], names)

    assert found
    assert all(shorter.evaluate(sizes) >= 1 for sizes in found)
