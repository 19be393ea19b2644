"""A notebook: cells are small, errors are their message, and the magic asks like `derive`."""

import json

import nbclient
import nbformat
import pytest

from dimderiv import derive
from dimderiv.errors import ParseError
from dimderiv.surfaces.notebook import magic

CELLS = """
%load_ext dimderiv
%dimderiv ||Xw-y||^2 by w
%dimderiv x'A x by x where A: n x n symmetric
%dimderiv logdet(S) by S where S: n x n spd
%dimderiv sum(log(1 + exp(-y .* (X w)))) by w
%dimderiv softmax(W x) by x
%dimderiv tr(A X B X') by X
%dimderiv a' inv(X) b by X
%dimderiv ||A - U V'||_F^2 by U,V
%dimderiv H = relu(X W1); S = H W2; cross_entropy(S, Y) by W1,W2
%dimderiv sum(exp(A x)) by x
%dimderiv mean(-logsoftmax(X W)[i, y[i]]) by W where y: N labels C
%dimderiv sum_i (y_i - w' x_i)^2 by w
%dimderiv S[i,j] = Q[i,d] K[j,d]; P = softmax(S, axis=j); sum(G .* P) by Q,K
%dimderiv sum(G .* conv2d(X, W, padding=1)) by W
%dimderiv sqrt(x'x) by x
%dimderiv det(X) by X
%dimderiv y'(sigma^2 I + X X')^-1 y by sigma
%dimderiv log(sum(exp(x))) by x
%dimderiv ||x||_1 by x
from dimderiv import derive; derive("A x + (", "x")
""".strip().splitlines()
LARGEST = 200_000


@pytest.fixture(scope="module")
def executed() -> nbformat.NotebookNode:
    """The notebook after its cells have run."""
    notebook: nbformat.NotebookNode = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(c) for c in CELLS]
    )
    nbclient.NotebookClient(notebook, allow_errors=True, kernel_name="python3").execute()
    return notebook


def test_twenty_derivations_are_small(executed: nbformat.NotebookNode) -> None:
    """Each with its steps; the last one is an error."""
    *answered, _ = executed.cells[1:]
    shown = [cell.outputs[-1].data["text/markdown"] for cell in answered]

    assert all("<details><summary>steps</summary>" in text for text in shown)
    assert len(json.dumps(executed)) < LARGEST


def test_an_error_is_its_message(executed: nbformat.NotebookNode) -> None:
    """No frame of dimderiv stands above it."""
    (error,) = executed.cells[-1].outputs

    assert ["ParseError: an operand is missing after '('"] == error.traceback[0].splitlines()[:1]
    assert "File" not in "".join(error.traceback)


@pytest.mark.parametrize(
    ("line", "cell", "shapes"),
    [
        ("x' A x by x where A: n x n symmetric", None, "A: n x n symmetric"),
        ("  x' A x  by  x", None, None),
        ("by x where A: n x n symmetric", "x' A x", "A: n x n symmetric"),
        ("by x", "y = A x\nx' y\n", None),
    ],
)
def test_the_magic_asks_like_derive(line: str, cell: str | None, shapes: str | None) -> None:
    """In a line, or with the expression in the cell below it."""
    expression = cell or "x' A x"

    assert str(derive(expression, "x", shapes=shapes)) == str(magic(line, cell))


@pytest.mark.parametrize("line", ["x' A x", "", "by x"])
def test_a_line_that_does_not_say_by_what(line: str) -> None:
    """The error shows how it is written."""
    with pytest.raises(ParseError, match="by what"):
        magic(line)
