"""Square brackets: index statements, entries, slices, blocks, reductions by letter and `einsum`."""

import pytest

from dimderiv import derive
from dimderiv.errors import ParseError
from dimderiv.language import (
    Add,
    Binary,
    Blocks,
    Call,
    Entry,
    IndexForm,
    Name,
    Negative,
    Number,
    Slice,
    Tree,
    parse_program,
)
from dimderiv.language.syntax import Statement
from dimderiv.render import text


def program_of(source: str, names: str = "", sizes: str = "") -> tuple[Statement, ...]:
    """The statements of a text with these declared names, some of them sizes."""
    return parse_program(source, names=(names + sizes).split(), sizes=sizes.split()).statements


def value(source: str, names: str = "", sizes: str = "") -> Tree:
    """The value of a text."""
    return program_of(source, names, sizes)[-1].value


def number(value: int) -> Number:
    """A whole number."""
    found = parse_program(str(value)).statements[0].value
    assert isinstance(found, Number)
    return found


A, B, C, D, x, y, s = (Name(name) for name in "ABCDxys")
i, j, k = (Name(letter) for letter in "ijk")


def test_a_left_side_has_letters() -> None:
    """It is an index form with a name; a size may stand beside a letter."""
    first, last = program_of("Y[i, t:9] = X[i,t]; Y")

    form = IndexForm((("i", None), ("t", number(9))), Entry(Name("X"), (i, Name("t"))))
    assert Statement("Y", form) == first
    assert Name("Y") == last.value


def test_a_left_side_may_merge_letters() -> None:
    """The axis of several letters has them in brackets, with or without commas."""
    spaced, with_commas = value("Y[n, (h d)] = X[n,h,d]"), value("Y[n, (h, d)] = X[n,h,d]")

    assert spaced == with_commas
    assert isinstance(spaced, IndexForm)
    assert (1, 2) == spaced.groups


@pytest.mark.parametrize(
    ("index", "tree"),
    [
        ("2i+j-1", Add((Binary("*", number(2), i), j, Negative(number(1))))),
        ("2 i", Binary("*", number(2), i)),
        ("-1", Negative(number(1))),
        ("1:", Slice(number(1))),
        (":-1", Slice(None, Negative(number(1)))),
        (":", Slice()),
        ("0:m", Slice(number(0), Name("m"))),
        ("m-i", Add((Name("m"), Negative(i)))),
        ("y[i]", Entry(y, (i,))),
        ("e", Name("e")),
        ("2e+1", Add((Binary("*", number(2), Name("e")), number(1)))),
    ],
)
def test_indices(index: str, tree: Tree) -> None:
    """Letters with whole numbers, slices, sizes and labels."""
    found = value(f"[i,j,e] x[{index}]", "x y", " m")

    assert isinstance(found, IndexForm)
    assert Entry(x, (tree,)) == found.body


@pytest.mark.parametrize("source", ["x[0]", "x[1:] - x[:-1]", "X[:, 0:k]", "(A B)[0,:]'"])
def test_entries_stand_outside_of_index_statements(source: str) -> None:
    """Numbers and slices need no head."""
    assert source == text(value(source, sizes="k"))


def test_blocks() -> None:
    """Commas go along a row, semicolons to the next one; `hcat` and `vcat` are the same."""
    assert Binary("*", Blocks(((A, B), (C, D))), x) == value("[A, B; C, D] x")
    assert Add((s, Negative(Blocks(((number(0),), (s,)))))) == value("s - [0; s]")
    assert value("[A, B]") == value("hcat(A, B)")
    assert value("[x; y]") == value("vcat(x, y)")


@pytest.mark.parametrize(
    ("source", "names", "is_form"),
    [
        ("[i,j] A[i,j]", "A", True),
        ("[i,w] A[i,w]", "A w", True),
        ("[x, w] A", "A w x", False),
        ("[x; w]", "", False),
        ("[x, w] - A", "A", False),
        ("[i,w] -A[i,w]", "A w", True),
        ("[A, B] x", "", False),
    ],
)
def test_heads_are_told_from_blocks(source: str, names: str, is_form: bool) -> None:
    """By their letters: nobody declares them, or later indices have them."""
    assert is_form == isinstance(value(source, names), IndexForm)


def test_a_reduction_takes_the_product_after_it() -> None:
    """Not the sum."""
    inner = Call("max", (Binary("*", Entry(x, (k,)), Entry(y, (k,))),), over=(("k", None),))

    assert Add((inner, s)) == value("max[k] x[k] y[k] + s")
    assert Binary("*", number(2), inner) == value("2 max[k] x[k] y[k]")


@pytest.mark.parametrize(
    ("written", "axis"),
    [("-1", -1), ("2", 2), ("j", "j"), ("(n, h)", ("n", "h")), ("(0, -1)", (0, -1)), ("(j)", "j")],
)
def test_axes(written: str, axis: object) -> None:
    """By number, from the end, by letter, and several."""
    found = value(f"sum(X, axis={written})")

    assert isinstance(found, Call)
    assert axis == found.axis
    assert found == value(text(found))


@pytest.mark.parametrize(
    ("source", "statement"),
    [
        ('einsum("bij,jk->bik", A, B)', "[b,i,k] A[b,i,j] B[j,k]"),
        ("einsum('ij, j', A, x)", "[i] A[i,j] x[j]"),
        ('einsum("BA,A->B", A, x)', "[i] A[i,j] x[j]"),
        ('einsum("ii->", A)', "[] A[i,i]"),
        ('einsum(",i->i", c, x)', "[i] c x[i]"),
        ('einsum("mk,k->m", A, x)', "[i] A[i,k] x[k]"),
    ],
)
def test_einsum_is_an_index_statement(source: str, statement: str) -> None:
    """Its letters are those of the pattern, unless they are capitals or names of sizes."""
    assert value(statement, sizes=" m") == value(source, sizes=" m")


def test_letters_of_einsum_are_apart_from_symbols() -> None:
    """The letter b of a batch is not the bias b."""
    names = "X W b"

    assert value("[k,j] X[k,i] W[i,j]", names) == value('einsum("bi,ij->bj", X, W)', names)


@pytest.mark.parametrize(
    "source",
    ["E[y,:]", "E[i,y]", "[i] E[i,y]", "sum(E[2y+1])", "E[l[i],y]", "[i] l[y] E[i]", "sum_i E_iy"],
)
def test_a_symbol_is_no_letter_that_nothing_names(source: str) -> None:
    """The rows of E at labels are another question than their sum."""
    with pytest.raises(ParseError) as caught:
        value(source, names="E y l")

    assert str(caught.value).startswith("y has a meaning already, and is neither a size nor labels")
    assert "try: declare labels, such as y: N labels K; or take another letter" in str(caught.value)


@pytest.mark.parametrize("source", ["[n, (c r:2 s:2)] X[n,c,r,s]", "Y[(i:m j:n)] = X[i,j]; Y"])
def test_letters_after_a_size_want_a_comma(source: str) -> None:
    """The s of `r:2 s:2` would be a factor of the 2."""
    with pytest.raises(ParseError) as caught:
        value(source)

    assert str(caught.value).startswith("the letter after a size would be a factor of the size")


@pytest.mark.parametrize("source", ["[i,y] E[i,y]", "sum[y] E[i,y]", "H[y] = E[y,i]; H"])
def test_a_symbol_may_be_a_letter_that_is_named(source: str) -> None:
    """A head, a left side or a reduction says so."""
    assert value(source, names="E y") == value(source, names="E")


@pytest.mark.parametrize(
    "source",
    [
        'einsum("ij,jk->iik", A, B)',
        'einsum("ij->ik", A)',
        'einsum("...i->i", A)',
        'einsum("ij", A, B)',
        "einsum(A, B)",
        'exp("i", A)',
        "conv2d(X, stride=2, W)",
        "conv2d(X)",
        "conv2d(X, W, output_padding=1)",
        "conv2d(X, W, stride=0)",
        "conv2d(X, W, stride=(1, 2, 3))",
        "conv2d(X, W, stride=0.5)",
        "conv2d(X, W, stride=9999)",
        "maxpool2d(X, 3, 2)",
        "maxpool2d(X, k)",
        "maxpool2d(X, 3, padding=1)",
        "hcat(A, B, stride=1)",
        "hcat(A, B, axis=1)",
        "exp(x, padding=1)",
    ],
)
def test_calls_with_other_arguments_are_refused(source: str) -> None:
    """By name, with what to write."""
    with pytest.raises(ParseError) as caught:
        parse_program(source)

    assert caught.value.hint


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[n,c] X[n,c]", "n, c are declared, so they cannot be letters in brackets"),
        ("[i:n, k] X[i,k]", "k is declared as a size or as labels, so it cannot be a letter"),
        ("sum[(n c)] X[n,c]", "n, c are declared, so they cannot be letters in brackets"),
    ],
)
def test_sizes_that_stand_as_letters_are_named_all_at_once(source: str, expected: str) -> None:
    """The sizes of letters are none of them."""
    with pytest.raises(ParseError) as caught:
        value(source, names="X", sizes=" n c k")

    assert str(caught.value).startswith(expected)


@pytest.mark.parametrize(
    ("source", "statement"),
    [
        ("conv2d(X, W)", "[n,o,i,j] X[n,c,i+r,j+s] W[o,c,r,s]"),
        ("conv1d(X, W, b, stride=2)", "[n,o,i] X[n,c,2i+r] W[o,c,r] + b[o]"),
        ("conv2d(X, W, dilation=(1, 3))", "[n,o,i,j] X[n,c,i+r,j+3s] W[o,c,r,s]"),
        ("maxpool2d(X, 2)", "[n,c,i,j] max[r:2, s:2] X[n,c,2i+r,2j+s]"),
        ("avg_pool1d(X, 3, stride=1)", "[n,c,i] mean[r:3] X[n,c,i+r]"),
        (
            "conv2d(conv2d(X, W), W)",
            "[k,l,q,t] ([n,o,i,j] X[n,c,i+r,j+s] W[o,c,r,s])[k,p,q+u,t+v] W[l,p,u,v]",
        ),
    ],
)
def test_convolutions_without_padding(source: str, statement: str) -> None:
    """They run as far as every entry lies inside."""
    assert value(statement) == value(source)


@pytest.mark.parametrize(
    ("source", "body", "sizes"),
    [
        (
            "conv1d(X, W, stride=2, padding=1)",
            "X[n,c,2i+r-1] W[o,c,r]",
            {"i": "(size(X, 2) - size(W, 2) + 2)//2 + 1"},
        ),
        (
            "conv1d(X, W, padding=2, dilation=3)",
            "X[n,c,i+3r-2] W[o,c,r]",
            {"i": "size(X, 2) - 3 (size(W, 2) - 1) + 4"},
        ),
        (
            "meanpool1d(X, 3, padding=1)",
            "mean[r:3] X[n,c,3i+r-1]",
            {"i": "(size(X, 2) - 1)//3 + 1"},
        ),
        (
            "conv_transpose1d(X, W)",
            "X[n,c,a-r] W[c,o,r]",
            {"a": "size(X, 2) + size(W, 2) - 1"},
        ),
        (
            "conv_transpose1d(X, W, stride=2, padding=1)",
            "X[n,c,i] W[c,o,a-2i+1]",
            {"a": "2 (size(X, 2) - 1) + size(W, 2) - 2"},
        ),
        (
            "conv_transpose1d(X, W, stride=2, dilation=3, output_padding=1)",
            "X[n,c,i] W[c,o,r] I[a, 2i+3r]",
            {"a": "2 (size(X, 2) - 1) + 3 (size(W, 2) - 1) + 2"},
        ),
    ],
)
def test_padding_and_transposed_convolutions_say_sizes(
    source: str, body: str, sizes: dict[str, str]
) -> None:
    """In terms of those of the operands, as PyTorch computes them."""
    form = value(source)

    assert isinstance(form, IndexForm)
    assert body == text(IndexForm(form.letters, form.body)).partition("] ")[2]
    assert sizes == {
        letter: text(size).replace(" // ", "//") for letter, size in form.letters if size
    }


def test_letters_of_convolutions_are_no_names_of_sizes() -> None:
    """Another letter stands for the axis then."""
    form = value("conv2d(X, W)", sizes=" n r")

    assert isinstance(form, IndexForm)
    assert {"n", "r"}.isdisjoint(letter for letter, _ in form.letters)
    assert "n" not in text(form) and "r" not in text(form)


@pytest.mark.parametrize(
    ("source", "same"),
    [
        ("max(0, S - S[i, y[i]] + 1)", "max(0, S - ([i] S[i, y[i]]) + 1)"),
        ("X W - (X W)[i, y[i]]", "X W - ([i] (X W)[i, y[i]])"),
        # Nothing of S stands beside its entries here.
        ("mean(-S[i, y[i]])", "mean(mean[i] (-S[i, y[i]]))"),
        ("S[i, y[i]] + sum(S)", "(sum[i] S[i, y[i]]) + sum(S)"),
    ],
)
def test_entries_by_labels_beside_their_array_are_a_column(source: str, same: str) -> None:
    """One for each row of the array."""
    assert value(same, "S X W y", " y") == value(source, "S X W y", " y")


def test_an_answer_says_the_sizes_of_convolutions() -> None:
    """Those of their operands are no part of an answer that is read back."""
    found = derive(
        "Y = conv2d(X, W, padding=1); sum(Y.^2)",
        "W",
        shapes="X: N x 3 x H x L; W: 4 x 3 x 3 x 3",
    )

    assert "Y[n, o, i:H, j:L] = X[n,c,i+r-1,j+s-1] W[o,c,r,s]" == str(found).partition(";")[0]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A[:, j]", ("j is summed: sum[j] A[:, j]",)),
        ("X[i,j]", ("i and j are summed: sum[i,j] X[i,j]",)),
        ("u = -A[:, j]; u", ("j is summed: sum[j] A[:, j]",)),
        ("[i] A[i,k]", ()),
        ("A[i,i]", ()),
        ("S[i,y[i]]", ()),
        ("A[i,k] x[k]", ()),
        ("sum(X[i,j])", ()),
        ("sum[j] A[:, j]", ()),
        ("A[:, 0]", ()),
    ],
)
def test_an_entry_that_is_summed_alone_is_told(source: str, expected: tuple[str, ...]) -> None:
    """A part of the array may have been meant, where nothing else has the letter."""
    assert expected == parse_program(source, names=["A", "X", "S", "y"], sizes=["y"]).assumptions
