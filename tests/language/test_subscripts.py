"""Sums over subscripts, as mathematics writes them, are index statements."""

import pytest

from dimderiv import derive
from dimderiv.errors import DimderivError, ParseError
from dimderiv.language import Name, Statement, meant, parse_program
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
        ("sum_{i=1}^n x_i", "sum is a function: write sum(x)"),
        ("min_w ||X w - y||^2", "min_w is not a known name"),
        ("sum_i x", "sum_i is not a known name"),
        ("sum_ij x_i", "sum_ij is not a known name"),
        ("sum_{i<j} x_i x_j", "sum is a function: write sum(x)"),
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
    ],
)
def test_answers_are_those_of_matrix_notation(
    source: str, wrt: str, shapes: str | None, answer: str
) -> None:
    """Where there is one."""
    assert answer == str(derive(source, wrt, shapes=shapes))


def test_braces_in_subscripts_need_something_that_runs() -> None:
    """In any other text they are refused as before."""
    with pytest.raises(ParseError, match="braces are not in the language"):
        parse_program("x_{i} + 1")


def test_the_printed_text_has_square_brackets() -> None:
    """One spelling for what is read."""
    (statement,) = statements("sum_{i,j} W_ij x_i x_j")

    assert "W[i,j] x[i] x[j]" == text(statement.value)
