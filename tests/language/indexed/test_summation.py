"""Letters that nothing names are summed where Einstein's rule says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dimderiv.errors import ParseError
from dimderiv.language import Program, Tree, parse_program
from dimderiv.language.indexed import explicit
from dimderiv.render import text

# Names that are no letters in square brackets.
SIZES = frozenset({"m", "n"})


def parsed(source: str) -> Program:
    """The program of a text in which m and n are sizes."""
    return parse_program(source, names=SIZES, sizes=SIZES)


def value(source: str) -> Tree:
    """The value of a text."""
    return parsed(source).statements[-1].value


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("[i,j] A[i,k] B[k,j]", "[i,j] sum[k] A[i,k] B[k,j]"),
        ("[i,j] A[i,k] B[k,j] + c[i]", "[i,j] (sum[k] A[i,k] B[k,j]) + c[i]"),
        ("[i] -A[i,k] x[k]", "[i] -sum[k] A[i,k] x[k]"),
        ("[i] A[i,k] x[k] / c", "[i] sum[k] A[i,k] x[k] / c"),
        ("[] A[i,j] B[i,j]", "[] sum[i,j] A[i,j] B[i,j]"),
        ("x[i]^2 + c", "(sum[i] x[i]^2) + c"),
        ("(x[i] - y[i])^2", "sum[i] (x[i] - y[i])^2"),
        ("(A[i,k] B[k,j])^2", "sum[i,j] (sum[k] A[i,k] B[k,j])^2"),
        ("[i] exp(A[i,k] x[k])", "[i] exp(sum[k] A[i,k] x[k])"),
        ("[i] (A[i,k] x[k] + b[i])^2", "[i] ((sum[k] A[i,k] x[k]) + b[i])^2"),
        ("[i] (A[i,k] x[k] + b[i]) c[i]", "[i] ((sum[k] A[i,k] x[k]) + b[i]) c[i]"),
        # A bracketed sum is a part of a product that has the letter too.
        ("G[c] (g[c] z[c] + b[c])", "sum[c] G[c] (g[c] z[c] + b[c])"),
        ("(x[i] + 1) y[i]", "sum[i] (x[i] + 1) y[i]"),
        ("[i] y[i] / (A[i,k] x[k])", "[i] y[i] / (sum[k] A[i,k] x[k])"),
        ("-log(P[i, y[i]])", "-sum[i] log(P[i, y[i]])"),
        ("A[i,i]", "sum[i] A[i,i]"),
        ("X[b, (h d)] y[h]", "sum[b,h,d] X[b, (h d)] y[h]"),
        ("[i] x[i m+k] y[n-1-k]", "[i] sum[k] x[i m+k] y[n-1-k]"),
        ("sum(G[b] .* inv(A[b]))", "sum(sum[b] G[b] .* inv(A[b]))"),
        ("sum(x[i] + 1)", "sum(sum[i] x[i] + 1)".replace("x[i] + 1", "(x[i] + 1)")),
        ("mean(-log(P[i, y[i]]))", "mean(mean[i] (-log(P[i, y[i]])))"),
        ("mean((y[i] - A[i,k] x[k])^2)", "mean(mean[i] (y[i] - sum[k] A[i,k] x[k])^2)"),
        ("[i] x[i] / sum(x[j])", "[i] x[i] / sum(sum[j] x[j])"),
        ("[n0] ([i] x[i]) .* y", "[n0] ([i] x[i]) .* y"),
    ],
)
def test_where_letters_are_summed(source: str, said: str) -> None:
    """A text is the same as the one that says its sums, and is printed without them."""
    assert value(said) == value(source)
    assert text(value(said)) == text(value(source))


@pytest.mark.parametrize(
    ("source", "letter"),
    [
        ("c (x[i] + 1)", "i"),
        ("x[k] sum(S[i,k])", "k"),
        ("exp(x[i] y[i]) z[i]", "i"),
        ("log(A[i,i])", "i"),
        ("mean(A[i,k] x[k])", "i"),
        ("sum((x[i] y[i])^2)", "i"),
        ("(x[i] y[i] + z[i])^2", "i"),
        ("inv(A[b] B[b])[b,j]", "b"),
        ("(A[i,i] + 1)^2", "i"),
        ("[i] A[r] (sum[p] exp(B[r,p] C[r,i]))", "r"),
    ],
)
def test_what_may_be_summed_in_two_places_is_refused(source: str, letter: str) -> None:
    """The error offers to say the sum."""
    with pytest.raises(ParseError) as caught:
        parsed(source)

    assert f"where {letter} is summed is not clear" == caught.value.message
    assert f"sum[{letter}]" in (caught.value.hint or "")


def test_letters_of_rules_stay_open() -> None:
    """Sums are said once: a tree that says them all is not changed."""
    tree = value("[i] exp(A[i,k] x[k]) + sum(x[j])")

    assert tree == explicit(tree, SIZES)


LETTERS = st.sampled_from("ijk")
ENTRIES = st.one_of(
    st.builds("{}[{}]".format, st.sampled_from(("x", "y")), LETTERS),
    st.builds("{}[{},{}]".format, st.sampled_from(("A", "inv(A)")), LETTERS, LETTERS),
    st.builds("A[{}+{},2{}-1]".format, LETTERS, LETTERS, LETTERS),
)


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Products, sums, powers, functions and reductions of smaller parts."""
    return st.one_of(
        st.builds("{} {}".format, inner, inner),
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} - 2)^2".format, inner),
        st.builds("exp({})".format, inner),
        st.builds("{} / ({})".format, inner, inner),
        st.builds("sum({})".format, inner),
        st.builds("(max[{}] {})".format, LETTERS, inner),
        st.builds("(sum[{}] {})".format, LETTERS, inner),
        st.builds("(-{})".format, inner),
    )


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(("", "[i] ", "[i:m, j] ")), st.recursive(ENTRIES, larger, max_leaves=6))
def test_what_is_read_is_printed_and_read_back(head: str, body: str) -> None:
    """Without the sums that are read back, and with the others."""
    try:
        program = parsed(head + body)
    except ParseError:
        return

    printed = text(program)
    assert program == parsed(printed)
    assert printed == text(parsed(printed))


def test_what_stands_beside_a_sum_may_be_inside_of_it() -> None:
    """A sum that is written is linear, so that a letter beside it is summed around both."""
    said = "[i] sum[r] A[r] (sum[p] B[r,p] C[r,i])"

    assert value(said) == value("[i] A[r] (sum[p] B[r,p] C[r,i])")
