"""The steps as text with formulas: KaTeX accepts each of these, in every language."""

import re
from collections.abc import Iterable
from html import unescape

import pytest
from explain.test_steps import CASES
from explain.test_steps_of_arrays import CASES as OF_ARRAYS
from render.test_katex import Check, check, katex_folder

from dimderiv import derive
from dimderiv.derivation.derivation import Derivation

__all__ = ["check", "katex_folder"]

FORMULA = re.compile(r"\\\((.*?)\\\)|\\\[(.*?)\\\]|\$\$(.*?)\$\$|\$(.*?)\$", re.DOTALL)


def formulas(derivations: Iterable[Derivation], language: str = "en") -> list[str]:
    """What is between the delimiters of formulas in the steps, in each markup."""
    texts = [
        unescape(each.explain(language, markup=markup))
        if markup == "html"
        else each.explain(language, markup=markup)
        for each in derivations
        for markup in ("latex", "markdown", "html")
    ]
    found = {"".join(match.groups("")) for text in texts for match in FORMULA.finditer(text)}
    assert found
    return sorted(found)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_steps_compile(language: str, check: Check) -> None:
    """The steps of many expressions render, with Chinese sentences too."""
    check(formulas([case.derived() for case in CASES], language))


def test_entries_of_four_axes_compile(check: Check) -> None:
    """Steps that are told entry by entry render."""
    derivations = [derive(source, "X", verify=False) for source in ("A X B", "X' X", "inv(X)")]
    check(formulas(derivations))


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
    check(formulas(derivations, language))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_steps_by_letters_compile(language: str, check: Check) -> None:
    """Steps of arrays with any number of axes render."""
    check(formulas([case.derived() for case in OF_ARRAYS], language))
