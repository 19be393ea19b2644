"""The golden cases: each answer is judged as text, by its verification, and by numbers."""

import numpy as np
import pytest
from cases.reading import cases_of, length
from cases.refresh import refreshed, without_shapes
from golden import Golden, derivation, point, read_cases
from numeric import differs, slopes_of

from dimderiv.derivation.derivation import Derivation

CASES = read_cases()
REFRESH = """
If the new answer is at least as good as the old one, record it and read the difference:

    python -m tests.cases.refresh
    git diff tests/cases
"""
LONG = 1.25
SHARE = 0.9


@pytest.mark.parametrize("case", CASES, ids=str)
def test_answer(case: Golden) -> None:
    """The printed answer is the one that was reviewed, is checked, and has the value of others."""
    found = derivation(str(case))

    assert case.answer == str(found), REFRESH
    assert case.form == found.form, REFRESH
    assert found.verification is not None
    assert case.level == found.verification.level, REFRESH
    assert case.level in ("exact", "30 digits", "numeric")
    if case.literature:
        assert_equal_to_the_literature(case, found)


def assert_equal_to_the_literature(case: Golden, found: Derivation) -> None:
    """The closed form of the source has the value of the answer."""
    here = point(case, found)

    computed = here.written(case.answer, found, found.results[case.wrt])

    expected = here.written(case.literature, found, found.results[case.wrt])
    scale = max(1.0, float(abs(expected).max()))
    assert abs(computed - expected).max() < 1e-9 * scale


# Where a case has its value in PyTorch, `test_torch_cases` compares with that.
@pytest.mark.parametrize("case", [case for case in CASES if not case.torch], ids=str)
@pytest.mark.parametrize("equal", [False, True], ids=["unequal sizes", "equal sizes"])
def test_numbers(case: Golden, equal: bool) -> None:
    """The generated function agrees with central differences of the expression."""
    found = derivation(str(case))
    result = found.results[case.wrt]
    here = point(case, found, equal=equal)

    (computed,) = here.computed(found)

    expected = slopes_of(here, found, result)
    assert np.isfinite(computed).all() and np.isfinite(expected.doubt).all()
    assert computed.shape == expected.value.shape
    assert not differs(computed, expected)


@pytest.mark.parametrize("case", [case for case in CASES if case.inferred], ids=str)
def test_without_shapes(case: Golden) -> None:
    """Where no shapes are declared, inference leads to the same answer."""
    assert case.answer == without_shapes(vars(case)), REFRESH


def test_length() -> None:
    """Most answers are about as short as the closed forms of the literature."""
    ratios = {str(case): case.length_ratio for case in CASES if case.literature}

    short = [name for name, ratio in ratios.items() if ratio <= LONG]
    long = {name: f"{ratio:.2f}" for name, ratio in ratios.items() if ratio > LONG}
    assert len(short) >= SHARE * len(ratios), long


def test_length_of_a_text() -> None:
    """Symbols, numbers and operators count; brackets and commas do not."""
    assert 7 == length("2 X' (X w - y)")
    assert 6 == length("||x||_F^2")
    assert 6 == length("g = sum(a .* b1)")


def test_names_are_unique() -> None:
    """A case is told by its file and its name."""
    assert len(CASES) == len({str(case) for case in CASES})


def test_refresh() -> None:
    """What is recorded of a case is replaced by what is so now, and nothing else is."""
    text = """
# Kept as it is.
[[case]]
name = "residual"
expression = "||X w - y||^2"
shapes = { X = "m x n", w = "n", y = "m" }
wrt = "w"
answer = {answer}
level = {level}
inferred = {inferred}

[[case]]
name = "refused without shapes"
expression = "a x^2"
shapes = { a = "scalar", x = "scalar" }
wrt = "x"
answer = {other}
level = {level}
inferred = {refused}
"""
    old = {"answer": '"X"', "other": '"x"', "level": '"numeric"'}
    new = {"answer": '"2 X\' (X w - y)"', "other": '"2 a x"', "level": '"exact"'}

    expected = filled(text, new | {"inferred": "true", "refused": "false"})
    assert expected == refreshed(filled(text, old | {"inferred": "false", "refused": "true"}))


def test_refresh_of_a_setting() -> None:
    """A case has what its setting has; what a case does not record is not added."""
    text = """
[setting.layer]
source = "notes"
expression = "H = X W; exp(H)"
shapes = { X = "N x d", W = "d x p" }
upstream = "G"
given = "H = X W; "

[[case]]
of = "layer"
wrt = "W"
literature = "X' (G .* exp(H))"
answer = "X"

[[case]]
of = "layer"
wrt = "X"
order = 1
literature = "(G .* exp(H)) W'"
answer = "(G .* exp(H)) W'"
form = "index"
"""
    by_weights, by_data = cases_of(refreshed(text))

    assert "layer by W" == by_weights["name"]
    assert "H = X W; X' (G .* exp(H))" == by_weights["literature"] == by_weights["answer"]
    assert "form" not in by_weights and "expression" in by_weights
    assert "matrix" == by_data["form"]


def filled(text: str, values: dict[str, str]) -> str:
    """A text with values in place of the names in braces."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
