"""What undeclared symbols are whose parts stand in brackets."""

import pytest

from dimderiv.errors import NotDifferentiableError, ShapeError
from dimderiv.infer.typed import Typed, infer
from dimderiv.language.declarations import read_shapes
from dimderiv.language.declared import names_in_brackets
from dimderiv.language.parser import parse_program
from dimderiv.language.vocabulary import BUILTIN_FUNCTIONS
from dimderiv.rulebook.rulebook import load_rules

RULES = load_rules()


def typed(text: str, shapes: str = "", *wrt: str) -> Typed:
    """The program that a text is, with its shapes."""
    declared = read_shapes(shapes)
    names = {*declared, *(n for each in declared.values() for d in each.shape for n in d.names)}
    sizes = names_in_brackets(declared)
    program = parse_program(
        text, names=names, functions=RULES.functions | BUILTIN_FUNCTIONS, sizes=sizes
    )
    return infer(program, declared, rulebook=RULES, wrt=wrt)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum[i] (y[i] - w' x[i])^2", "y: m; w: n; x: m x n"),
        ("sum[i] (y[i] - a - b x[i])^2", "y: n; a: scalar; b: scalar; x: n"),
        ("sum[i] ||x[i] - mu||^2", "x: m x n; mu: n"),
        ("sum[i] (x[i] - m)' P (x[i] - m)", "x: n x p; m: p; P: p x p"),
        ("S = sum[i] (x[i] - m) (x[i] - m)'; logdet(S)", "x: n x p; m: p"),
        ("sum[i] log(1 + exp(-y[i] w' x[i]))", "y: m; w: n; x: m x n"),
        ("sum[i] a[i] a[j] y[i] y[j] K[i,j]", "a: n; y: n; K: n x n"),
        ("sum[k] pi[k] exp(-||x - mu[k]||^2)", "pi: m; x: n; mu: m x n"),
        ("sum[b] logdet(S[b])", "S: m x n x n"),
        ("sum[k] x' A[k] x", "x: m; A: n x m x m"),
        ("sum[i] max(0, 1 - y[i] (w' x[i] + b))", "y: m; w: n; x: m x n; b: scalar"),
        ("Z[i] = W x[i] + b; sum[i] ||Z[i] - y[i]||^2", "W: m x n; x: p x n; b: m; y: p x m"),
        ("sum(G[b] .* inv(A[b]))", "G: m x n x n; A: m x n x n"),
        ("Y[b,i,j] = X[b,i,k] W[k,j]; sum(G .* Y)", "X: m x n x p; W: p x q; G: m x n x q"),
        ("[i] a x[i]^2 + b", "a: scalar; x: n; b: scalar"),
        ("[i,j] T[i,j,:]' w", "T: m x n x p; w: p"),
        ("[b,j] X[b,(i j)] y[i]", "X: m x (n p); y: n"),
        ("maxpool2d(X, 2)", "X: m x p x q x k"),
        (
            "sum(G .* conv2d(X, W, stride=2, padding=1))",
            "G: m x p x ((k - h)//2 + 2) x ((d - l)//2 + 2); W: p x q x h x l; X: m x q x k x d",
        ),
    ],
)
def test_symbols_have_the_axes_that_their_parts_need(text: str, expected: str) -> None:
    """An entry of a vector, a row of a matrix, or a matrix of many: what conforms, and is usual."""
    assert expected == "; ".join(typed(text).assumptions)


def test_labels_are_no_variables() -> None:
    """They are whole numbers."""
    for shapes in ("S: N x C", "S: N x C; y: N labels C"):
        with pytest.raises(NotDifferentiableError, match="y is labels"):
            typed("sum(S[i, y[i]])", shapes, "y")


@pytest.mark.parametrize(
    ("text", "shapes", "expected"),
    [
        ("[i:n-1] x[i]", "x: n", "(n - 1)"),
        ("[i:n+2] x[i]", "x: n", "(n + 2)"),
        ("[i:3] x[i+0]", "x: n", "3"),
        ("[i:m, j:n] I[i,j]", "", "m x n"),
        ("[t] S[x[t], y[t]]", "S: V x C; x: T labels V; y: T labels C", "T"),
    ],
)
def test_a_size_that_is_written_may_differ_from_an_axis(
    text: str, shapes: str, expected: str
) -> None:
    """Where the names say that it is less, or more: what lies outside is zero."""
    assert expected == str(typed(text, shapes).value)


def test_a_size_of_another_name_is_refused() -> None:
    """It is more likely a mistake than meant so."""
    with pytest.raises(ShapeError, match="n would have to be m"):
        typed("[i:n] x[i] y[i]", "x: m; y: n")
