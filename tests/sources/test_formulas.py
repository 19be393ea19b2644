"""Formulas from notes, books and papers: read as they were meant, or refused."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dimderiv import derive
from dimderiv.derivation import recognised
from dimderiv.derivation.derivation import Derivation
from dimderiv.errors import DimderivError, NotDifferentiableError
from dimderiv.rulebook import builtin_rules
from dimderiv.sources import read_latex

Case = Mapping[str, str]
FILE = Path(__file__).with_name("latex.toml")
PIECES = re.findall(r"\\[A-Za-z]+|\\.|[A-Za-z0-9]+|\S", FILE.read_text(encoding="utf-8"))
CASES: list[Case] = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]


def derived(text: str, case: Case, source: str) -> Derivation:
    """The derivative of a text, or its product with what is handed down where it is an array."""
    by, shapes = case["by"], case.get("shapes")
    try:
        return derive(text, by, shapes=shapes, source=source, verify=False)
    except NotDifferentiableError:
        return derive(text, by, shapes=shapes, source=source, verify=False, upstream="G")


@pytest.mark.parametrize("case", [c for c in CASES if "means" in c], ids=lambda c: c["latex"])
def test_a_formula_is_read_as_it_was_meant(case: Case) -> None:
    """Its derivative is that of the same formula in the language, and what was read is said."""
    found = derived(case["latex"], case, "latex")

    assert str(derived(case["means"], case, "dimderiv")) == str(found)
    assert [said for said in found.assumptions if said.startswith("read as LaTeX: ")]


@pytest.mark.parametrize("case", [c for c in CASES if "refused" in c], ids=lambda c: c["latex"])
def test_what_is_not_read_is_refused_by_name(case: Case) -> None:
    """The error shows the place in the LaTeX."""
    with pytest.raises(DimderivError) as refused:
        derived(case["latex"], case, "latex")

    assert case["refused"] in refused.value.message
    assert refused.value.source == case["latex"]


@settings(max_examples=80, deadline=None, database=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_nothing_ends_in_another_error(text: str) -> None:
    """Whatever is written is read, or refused with a place in it."""
    try:
        read_latex(text, declared={}, rulebook=builtin_rules())
    except DimderivError as refused:
        assert refused.span is None or 0 <= refused.span[0] <= refused.span[1] <= len(text) + 1


def test_a_text_shows_what_it_is() -> None:
    """A command with a backslash is LaTeX; what the text itself declares is known."""
    found = derive(r"\|Xw - y\|^2, X \in \mathbb{R}^{N \times d}", "w", verify=False)

    assert "2 X' (X w - y)" == str(found)
    assert "read as LaTeX: ||X w - y||^2" == found.read_as
    assert "N x d" == found.shapes["X"]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (r"x^\top x", "latex"),
        (r"\|x\|", "latex"),
        ("x^T A x", "dimderiv"),
        ("tr(F.T A)", "dimderiv"),
        ("np.sum(x)", "numpy"),
        ("((X @ w - y)**2).sum()", "numpy"),
        ("F.softmax(x, dim=0)", "numpy"),
        ("def f(x):\n    return x @ x", "numpy"),
        ("lambda x: x @ x", "numpy"),
        ("lambda x' x", "dimderiv"),
        ("A @ x", "dimderiv"),
    ],
)
def test_a_language_is_recognised(text: str, source: str) -> None:
    """By what no text of ours has in it."""
    assert source == recognised(text)


def test_a_source_that_nobody_knows_is_refused() -> None:
    """With those that there are."""
    with pytest.raises(DimderivError, match="the source 'maple' is unknown"):
        derive("x'x", "x", source="maple")


def test_what_does_not_conform_is_shown_in_the_latex() -> None:
    """The caret stands under the text that was given, and the error says what it was read as."""
    latex = r"\mathbf{A}\,\mathbf{x} + \mathbf{B}"

    with pytest.raises(DimderivError) as refused:
        derive(latex, "x", shapes="A: m x n; x: n; B: p x q")

    assert latex == refused.value.source
    assert "the text is read as LaTeX" in refused.value.known


def test_a_function_is_read_by_its_source() -> None:
    """Nothing of it is run."""

    def loss(w: Any, X: Any, y: Any) -> Any:
        return ((X @ w - y) ** 2).sum()

    assert "2 X' (X w - y)" == str(derive(loss, "w", verify=False))


@pytest.mark.parametrize("wrt", [r"\mu", r"\boldsymbol{\mu}", "mu", "μ"])
def test_a_variable_may_be_written_as_in_the_formula(wrt: str) -> None:
    """In LaTeX, in the language, or as the letter itself."""
    found = derive(r"(x - \boldsymbol{\mu})^\top (x - \boldsymbol{\mu})", wrt, verify=False)

    assert "2 (mu - x)" == str(found)
