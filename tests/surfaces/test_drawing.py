"""Graphs for Graphviz: what is on the edges forward, and what comes back."""

import re
import shutil
import subprocess

import pytest

from dimderiv import derive
from dimderiv.errors import NotDifferentiableError
from dimderiv.surfaces.cli.command import main
from dimderiv.surfaces.drawing import drawn

NET = "H = relu(X W1 + b1); S = H W2; cross_entropy(S, Y)"


def edges(dot: str) -> set[tuple[str, str, str]]:
    """The labels of both ends of each edge, and that of the edge."""
    labels = dict(re.findall(r'(n\d+) \[label="(.*?)" shape', dot))
    found = re.findall(r'(n\d+) -> (n\d+) \[label="(.*?)"', dot)
    return {(labels[tail], labels[head], label) for tail, head, label in found}


def test_shapes_go_forward_and_derivatives_come_back() -> None:
    """A derivative comes back to what depends on a variable, and to nothing else."""
    found = edges(drawn(derive(NET, "W1,b1,W2", shapes="b1: 1 x h", verify=False)))

    assert {("X", "·", "m x n"), ("W1", "·", "n x h"), ("b1", "+", "1 x h")} <= found
    assert ("cross_entropy", "S", "dS = (softmax(S) - Y) / m") in found
    assert ("·", "W1", "dW1 = X' M") in found
    assert not [label for _, head, label in found if head in {"X", "Y"}]


def test_what_is_given_by_letters_is_one_operation() -> None:
    """Its arrays lead to it; a power has its number in its name."""
    found = edges(drawn(derive("S[i,j] = Q[i,d] K[j,d]; sum(S.^2)", "Q", verify=False)))

    assert {("Q", "[i,j] Q[i,d] K[j,d]", "m x n"), ("S", "^2", "m x p")} <= found


def test_second_derivatives_have_no_graph() -> None:
    """The refusal says which derivatives have one."""
    with pytest.raises(NotDifferentiableError, match="first derivatives"):
        drawn(derive("||x||^2", "x", order=2))


def test_graphviz_reads_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Where it is installed; quotes and backslashes included."""
    assert 0 == main(["graph", "||Xw-y||^2", "--wrt", "w"])
    dot = capsys.readouterr().out
    assert dot.startswith("digraph {") and "dw = 2 X' (X w - y)" in dot
    if shutil.which("dot"):
        subprocess.run(["dot", "-Tsvg"], input=dot, text=True, check=True, capture_output=True)
