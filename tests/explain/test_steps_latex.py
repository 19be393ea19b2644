"""The steps in LaTeX: one formula that KaTeX accepts, in every language."""

import pytest
from explain.test_steps import CASES
from explain.test_steps_of_arrays import CASES as OF_ARRAYS
from render.test_katex import Check, check, katex_folder

from dimderiv import derive

__all__ = ["check", "katex_folder"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_steps_compile(language: str, check: Check) -> None:
    """The steps of many expressions render, with Chinese sentences too."""
    check([case.derived().explain(language, markup="latex") for case in CASES])


def test_entries_of_four_axes_compile(check: Check) -> None:
    """Steps that are told entry by entry render."""
    derivations = [derive(source, "X", verify=False) for source in ("A X B", "X' X", "inv(X)")]
    check([derivation.explain(markup="latex") for derivation in derivations])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_steps_beyond_gradients_compile(language: str, check: Check) -> None:
    """Hessians, Kronecker products, layouts and what is handed down render."""
    derivations = [
        derive("||Xw-y||^2", "w", order=2, verify=False),
        derive("tr(A X B X')", "X", order=2, verify=False),
        derive("exp(c x' y)", "c,x", shapes="c: scalar", order=2, verify=False),
        derive("A X' B", "X", verify=False),
        derive("softmax(A X)", "X", verify=False),
        derive("X W", "W", upstream="G", verify=False),
        derive("A x", "x", layout="denominator", verify=False),
        derive("sum(relu(W1 relu(W2 x)))", "W1,W2", verify=False),
    ]
    check([derivation.explain(language, markup="latex") for derivation in derivations])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_steps_by_letters_compile(language: str, check: Check) -> None:
    """Steps of arrays with any number of axes render."""
    check([case.derived().explain(language, markup="latex") for case in OF_ARRAYS])
