"""Tests that are written beside code: they pass for it, and fail where it has a mistake."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradchecks import fails, mutants, run

from dimderiv import codegen, derive
from dimderiv.derivation.gradcheck import gradcheck
from dimderiv.errors import DimderivError, LimitError, NotDifferentiableError, VerificationError
from dimderiv.language.properties import PROPERTIES as DECLARED

LAYER = "X W + b"
LAYER_SHAPES = "X: N x d; W: d x c; b: 1 x c"
CASES: Mapping[str, tuple[str, str, str, dict[str, Any], dict[str, Any]]] = {
    "gradients": ("||X w - y||^2", "X,w", "", {}, {}),
    "the value too": ("||X w - y||^2", "X,w", "", {}, {"value": True}),
    "a keyword": ("lambda x'x", "lambda", "x: n", {}, {}),
    "a Jacobian": ("tanh(A x)", "x", "", {}, {}),
    "a Hessian": ("||U V' - T||^2", "U,V", "U: m x 2; V: n x 2", {"order": 2}, {}),
    "handed down": (LAYER, "W,b", LAYER_SHAPES, {"upstream": "G"}, {}),
    "along a direction": ("inv(X)", "X", "X: n x n", {"forward": "E"}, {}),
    "an operator": ("tanh(A x)", "x", "", {}, {"form": "operator"}),
    "a Hessian operator": ("||U V' - T||^2", "U", "", {"order": 2}, {"form": "operator"}),
    "a layer": (LAYER, "X,W,b", LAYER_SHAPES, {}, {"layer": True}),
    "free entries": ("logdet(S)", "S", "S: n x n spd", {}, {}),
    "tied entries": ("a'S b", "S", "S: n x n symmetric", {"structured": True}, {}),
    "labels": ("mean(-logsoftmax(Z)[i, y[i]])", "Z", "y: N labels C", {}, {}),
    "a size that is asked for": ("c ones(n, 1)", "c", "c: scalar", {}, {}),
    "a domain": ("sum(log(x) .* sqrt(1 - x))", "x", "x: n", {}, {}),
    "branches": ("||P - A B'||^2", "B", "A: m x r; B: n x r", {}, {}),
}


def written(name: str, target: str = "numpy") -> str:
    """The code of a case with its test."""
    expression, wrt, shapes, asked, options = CASES[name]
    d = derive(expression, wrt, shapes=shapes, verify=False, **asked)
    return d.code(target, test=True, **options)


@pytest.mark.parametrize("name", CASES)
def test_a_test_passes_for_the_code_and_fails_for_mistakes(name: str) -> None:
    """Whatever is computed, in whatever form; one operation is changed at a time."""
    if "operator" in name:
        pytest.importorskip("scipy.sparse.linalg")
    text = written(name)
    wrong = list(islice(mutants(text), 8))

    run(text)
    assert wrong
    assert [mutant for mutant in wrong if not fails(mutant)] == []


@pytest.mark.parametrize("name", ["gradients", "a Hessian operator", "a layer", "labels"])
@pytest.mark.parametrize("target", ["array_api", "torch", "jax"])
def test_every_target_has_such_tests(target: str, name: str) -> None:
    """Arrays are made by numpy, and what comes back is compared by it."""
    pytest.importorskip(target if target != "array_api" else "array_api_strict")
    text = written(name, target)

    run(text)


PROPERTIES: Mapping[str, Callable[[Any], bool]] = {
    "symmetric": lambda a: np.array_equal(a, a.T),
    "skew": lambda a: np.array_equal(a, -a.T),
    "spd": lambda a: np.linalg.eigvalsh(a).min() > 0,
    "psd": lambda a: np.linalg.eigvalsh(a).min() > -1e-12,
    "diagonal": lambda a: np.array_equal(a, np.diag(np.diag(a))),
    "lower": lambda a: np.array_equal(a, np.tril(a)),
    "upper": lambda a: np.array_equal(a, np.triu(a)),
    "orthogonal": lambda a: np.allclose(a.T @ a, np.eye(len(a))),
    "positive": lambda a: a.min() > 0,
    "nonnegative": lambda a: a.min() >= 0,
    "probability": lambda a: np.allclose(a.sum(axis=1), 1) and bool(a.min() > 0),
    "onehot": lambda a: set(a.ravel()) == {0, 1} and np.allclose(a.sum(axis=1), 1),
    "binary": lambda a: set(a.ravel()) == {0, 1},
    "symmetric binary": lambda a: set(a.ravel()) == {0, 1} and np.array_equal(a, a.T),
}


def test_every_property_is_drawn() -> None:
    """A new one has a line in what is drawn; whole numbers are scalars."""
    assert {*DECLARED} - {"integer"} <= PROPERTIES.keys()


@pytest.mark.parametrize("word", PROPERTIES)
def test_arrays_have_their_properties(word: str) -> None:
    """Those that are declared."""
    text = derive("tr(A B)", "B", shapes=f"A: n x n {word}", verify=False).code(test=True)
    sample = codegen.function(text, "sample")

    assert all(PROPERTIES[word](sample(size)["A"]) for size in (2, 3))


def test_code_that_is_wrong_has_no_test() -> None:
    """A test is run before it is handed out, also for sizes that lead elsewhere."""
    d = derive("||P - A B'||^2", "B", shapes="A: m x r; B: n x r", verify=False)
    # What is left where m n is not less than m r + n r.
    above, _, below = d.code().rpartition("dB *= 2")
    code = f"{above}dB *= 3{below}"
    given: dict[str, Any] = {"value": False, "layer": False, "sizes": None, "module": None}

    with pytest.raises(VerificationError, match="no arrays were found"):
        gradcheck(d.derived, [], "numpy", code, **given)


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "asked", "error", "told"),
    [
        ("f(A x)", "x", "f: m -> scalar", {}, NotDifferentiableError, "is not known: f"),
        ("eigmax(A)", "A", "", {}, NotDifferentiableError, "no test of eigmax by a symmetric"),
        ("||x - stop(x)||^2", "x", "x: n", {}, NotDifferentiableError, r"no test of stop\(x\)"),
        ("sum(x.^4)", "x", "x: n", {"order": 3}, NotDifferentiableError, "the order is 3"),
        ("sum(X.^2)", "X", "X: 100 x 50", {}, LimitError, "which are 5000 here"),
    ],
)
def test_what_has_no_test_is_refused_by_name(
    expression: str,
    wrt: str,
    shapes: str,
    asked: dict[str, Any],
    error: type[DimderivError],
    told: str,
) -> None:
    """With the reason, and what to do."""
    d = derive(expression, wrt, shapes=shapes, verify=False, **asked)

    with pytest.raises(error, match=told):
        d.code(test=True)


def test_a_test_in_a_file_of_its_own(tmp_path: Path) -> None:
    """It imports the code, brings what the code has not, and runs by itself."""
    d = derive("||X w - y||^2", "w", verify=False)
    (tmp_path / "squares.py").write_text(d.code(), encoding="utf-8")
    file = tmp_path / "test_squares.py"
    file.write_text(d.code(test="squares"), encoding="utf-8")
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=True)

    assert "from squares import floats, gradient, misfit\n" in file.read_text(encoding="utf-8")
    assert "gradient agrees with central differences of the value\n" == done.stdout
