"""Sums over subscripts, as mathematics writes them, are index statements."""

import pytest

from dimderiv import derive
from dimderiv.errors import DimderivError, ParseError
from dimderiv.language import Name, Statement, parse_program
from dimderiv.language.indexed import meant
from dimderiv.render import text


def statements(source: str, names: str = "") -> tuple[Statement, ...]:
    """The statements of a text with these declared names, none of them sizes."""
    return parse_program(source, names=names.split(), sizes=()).statements


@pytest.mark.parametrize(
    ("source", "names", "same"),
    [
        ("sum_i (y_i - w' x_i)^2", "X y", "sum[i] (y[i] - w' X[i])^2"),
        ("sum_i (y_i - w' x_i)^2", "x y", "sum[i] (y[i] - w' x[i])^2"),
        ("sum_i (y_i - w' x_i)^2", "", "sum[i] (y[i] - w' X[i])^2"),
        ("sum_{i,j} W_ij ||x_i - x_j||^2", "", "sum[i,j] W[i,j] ||X[i] - X[j]||^2"),
        ("∑_{ij} A_{ij} x_{i} x_j", "x", "sum[i,j] A[i,j] x[i] x[j]"),
        ("∑ᵢ xᵢ yᵢ", "", "sum[i] x[i] y[i]"),
        ("sum_i x_{i+1} x_i", "", "sum[i] x[i+1] x[i]"),
        ("max_i x_i + prod_j x_j", "", "(max[i] x[i]) + prod[j] x[j]"),
        ("1/n sum_i x_i", "", "(1/n) sum[i] x[i]"),
        ("exp(z_i) / sum_j exp(z_j)", "", "[i] exp(z[i]) / sum[j] exp(z[j])"),
        ("p_i = sum_j A_ij x_j; p_i", "", "p[i] = sum[j] A[i,j] x[j]; p"),
        ("e_i = y_i - x_i; sum_i e_i^2", "", "e[i] = y[i] - x[i]; sum[i] e[i]^2"),
        ("sum_i mu_i' Sigma_i mu_i", "mu", "sum[i] mu[i]' Sigma[i] mu[i]"),
        ("sum_i w_new x_i w_1", "", "sum[i] w_new x[i] w_1"),
        ("sum_i x_i y_i", "y_i", "sum[i] x[i] y_i"),
        ("sum_{i=1}^n x_i^2", "", "sum[i:n] x[i]^2"),
        ("∑_{i=1}^{n} x_i^2", "", "sum[i:n] x[i]^2"),
        ("prod_{i=1}^3 x_i", "", "prod[i:3] x[i]"),
        ("sum_{i=0}^{n-1} x_i", "", "sum[i:n] x[i]"),
        ("sum_{k=0}^d w_k x_k", "", "sum[k:d+1] w[k] x[k]"),
        ("sum_{k=0}^2 w_k", "", "sum[k:3] w[k]"),
        ("sum_{i,j=1}^n A_ij", "", "sum[i:n,j:n] A[i,j]"),
        ("sum_{i=1}^{n-1} (x_{i+1} - x_i)^2", "", "sum[i:n-1] (x[i+1] - x[i])^2"),
        ("sum_{i=1}^n x_i + sum_{j=1}^{2m} y_j", "", "sum[i:n] x[i] + sum[j:2m] y[j]"),
        ("sum_{i<j} x_i x_j", "", "sum[i,j] (i < j) x[i] x[j]"),
        ("sum_{i≤j} -x_i x_j", "", "sum[i,j] (i <= j) * -x[i] x[j]"),
        ("sum_{i != j} A_ij", "", "sum[i,j] (1 - (i == j)) A[i,j]"),
        ("sum_{i≠j} A_ij", "", "sum[i,j] (1 - (i == j)) A[i,j]"),
        ("sum_i x_i sum_{j≠i} x_j", "", "sum[i] x[i] sum[j] (1 - (j == i)) x[j]"),
        ("sum_i x_i + sum_{i<j} A_ij", "", "(sum[i] x[i]) + sum[i,j] (i < j) A[i,j]"),
        ("p_i = sum_{j<i} x_j; p", "", "p[i] = sum[j] (j < i) x[j]; p"),
        ("x_i / sum_{j≠i} x_j", "", "[i] x[i] / sum[j] (1 - (j == i)) x[j]"),
        ("sum_ij W_ij^2", "", "sum[i,j] W[i,j]^2"),
        ("sum_ij W_{ij}^2", "", "sum[i,j] W[i,j]^2"),
    ],
)
def test_a_running_subscript_is_an_index(source: str, names: str, same: str) -> None:
    """So is one of the same array that is free, and one on a left side."""
    assert statements(same, names) == statements(source, names)


def test_without_a_sum_subscripts_are_names() -> None:
    """Nothing runs, so `x_i` is a symbol as before."""
    assert (Statement(None, Name("x_i")),) == statements("x_i")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("sum_i x_i + y_i", "i runs in one place and is free in another"),
        ("p_i = sum_j A_ij B_jk", "the left side has no subscript k, and nothing runs over it"),
        ("sum_k pi_k x_k", "pi is a number here, and has no entries"),
        (
            "sum_{i=2}^n x_i",
            "a sum over a subscript runs over a whole axis, from 1 or 0, and here from 2",
        ),
        ("sum_{i=1}^{n!} x_i", "n! is no size that a subscript can run to"),
        (
            "sum_{i=1}^n x_{2i}",
            "the subscript 2i would count from 0, and what runs here counts from 1",
        ),
        (
            "sum_{i=1}^n sum_{j=1}^n x_{i+j}",
            "the subscript i+j would count from 0, and what runs here counts from 1",
        ),
        (
            "sum_{i=1}^n (x_i - x_{1})^2",
            "the subscript 1 would count from 0, and what runs here counts from 1",
        ),
        (
            "sum_{i=1}^n sum_{j=1}^i A_ij",
            "j runs as far as i says, which is a letter itself",
        ),
        ("sum_{i=1} x_i", "sum is a function: write sum(x)"),
        ("sum_{i<j<k} x_i x_j", "sum is a function: write sum(x)"),
        (
            "max_{i<j} A_ij",
            "only a sum runs over letters that are compared, and here it is max",
        ),
        ("min_w ||X w - y||^2", "min_w is not a known name"),
        ("sum_i x", "sum_i is not a known name"),
        ("sum_ij x_i", "sum_ij is not a known name"),
    ],
)
def test_what_cannot_be_read_so_is_refused(source: str, message: str) -> None:
    """With what to write instead, and never as letters."""
    with pytest.raises(DimderivError) as caught:
        parse_program(source)

    assert message == caught.value.message
    assert caught.value.hint


def test_rows_of_what_nobody_declared_are_reported() -> None:
    """Beside a transpose `x_i` is a vector, and so a row of a matrix."""
    assert ("x_i is row i of X",) == parse_program("sum_i (w' x_i)^2").assumptions
    assert () == parse_program("sum_i (w' x_i)^2", names=["X"]).assumptions


def test_two_letters_without_a_comma_are_reported() -> None:
    """Where they are subscripts of something: else `sum_ij` is a name that nobody knows."""
    assert ("sum_ij runs over i and j",) == parse_program("sum_ij W_ij").assumptions
    assert () == parse_program("sum_{ij} W_ij").assumptions


@pytest.mark.parametrize(
    ("name", "array"), [("z_k", "z"), ("x_k", "X"), ("w_k", "w_k"), ("x", "X")]
)
def test_a_variable_may_have_a_subscript(name: str, array: str) -> None:
    """It means the array that has entries in the text."""
    program = parse_program("sum_i z_i exp(w_k' x_i)")

    assert array == meant(name, program)


@pytest.mark.parametrize(
    ("source", "wrt", "shapes", "answer"),
    [
        ("sum_i (y_i - w' x_i)^2", "w", "X: m x n; y: m", "2 X' (X w - y)"),
        ("exp(z_i) / sum_j exp(z_j)", "z_k", None, "diag(softmax(z)) - softmax(z) softmax(z)'"),
        ("max_i x_i", "x", None, "x >= max(x)"),
        ("1/n sum_{i=1}^n (y_i - w' x_i)^2", "w", "X: n x d", "2 X' (X w - y) / n"),
        ("sum_{i≠j} A_ij x_i x_j", "A", "x: n", "(x x') .* (ones(n, n) - I)"),
    ],
)
def test_answers_are_those_of_matrix_notation(
    source: str, wrt: str, shapes: str | None, answer: str
) -> None:
    """Where there is one."""
    assert answer == str(derive(source, wrt, shapes=shapes))


def test_a_limit_that_clashes_is_told_with_both_places() -> None:
    """The size that is written, and that of the axis."""
    with pytest.raises(DimderivError) as caught:
        derive("sum_{i=1}^m x_i^2", "x", shapes="x: n")

    assert (
        "i has size m, as it is written, and runs along x, of size n, so m would have to be n"
        == caught.value.message
    )


def test_braces_in_subscripts_need_something_that_runs() -> None:
    """In any other text they are refused as before."""
    with pytest.raises(ParseError, match="braces are not in the language"):
        parse_program("x_{i} + 1")


def test_the_printed_text_has_square_brackets() -> None:
    """One spelling for what is read."""
    (statement,) = statements("sum_{i,j} W_ij x_i x_j")

    assert "W[i,j] x[i] x[j]" == text(statement.value)
