"""Formulas from notes, books and papers: read as they were meant, or refused."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from dimderiv import derive
from dimderiv.derivation.derivation import Derivation
from dimderiv.errors import DimderivError, NotDifferentiableError

Case = Mapping[str, str]
FILE = Path(__file__).with_name("latex.toml")
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
