"""The steps in LaTeX: one formula that KaTeX accepts, in every language."""

import pytest
from test_katex import Check, check, katex_folder
from test_steps import CASES

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
