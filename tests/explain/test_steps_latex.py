"""The steps as text with formulas: KaTeX accepts each of these, in every language."""

import re
import shutil
import subprocess
from collections.abc import Iterable
from html import unescape
from pathlib import Path

import pytest
from explain.test_steps import CASES
from explain.test_steps_of_arrays import CASES as OF_ARRAYS
from render.test_katex import Check, check, katex_folder

from dimderiv import derive
from dimderiv.derivation.derivation import Derivation
from dimderiv.explain.words.worded import WIDEST
from dimderiv.render import width

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


NET = ("H = relu(X W1 + b1); S = H W2; cross_entropy(S, Y)", "W1,b1,W2", "b1: 1 x h")


def test_no_formula_of_a_paper_is_wider_than_its_page() -> None:
    """What is displayed does not break; the longest formulas stand in lines that do."""
    source, wrt, shapes = NET
    told = derive(source, wrt, shapes=shapes, verify=False).latex(steps=True)
    displayed = re.findall(r"\\\[(.*?)\\\]", told)

    assert displayed
    assert all(width(formula) <= WIDEST for formula in displayed)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_a_paper_takes_the_steps(tmp_path: Path) -> None:
    """The steps of a net compile as they are, and no box is overfull."""
    source, wrt, shapes = NET
    told = derive(source, wrt, shapes=shapes, verify=False).latex(steps=True)
    text = [r"\documentclass{article}\usepackage{amsmath,amssymb}\begin{document}", told]
    (tmp_path / "steps.tex").write_text("\n".join([*text, r"\end{document}"]), encoding="utf-8")
    run = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "steps.tex"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=True)

    assert r"Overfull \hbox" not in done.stdout
