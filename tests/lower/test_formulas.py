"""Formulas of rules, as nodes: entry by entry, in matrices, and definitions in a call."""

from pathlib import Path

import pytest
from nodes import RULEBOOK, written

from dimderiv import derive
from dimderiv.errors import LimitError, NotDifferentiableError, ShapeError
from dimderiv.graph.nodes import symbol
from dimderiv.language.shapes import Dim
from dimderiv.lower.formulas import entrywise, formula

N = Dim.of("n")
EXP, INV = RULEBOOK["exp"], RULEBOOK["inv"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x^2 y", "x.^2 .* y"),
        ("1 - y^2", "1 - y.^2"),
        ("exp(-x) / y", "exp(-x) ./ y"),
        ("x > 0", "x > 0"),
        ("sqrt(x)", "sqrt(x)"),
        ("x^y", "x.^y"),
        ("2", "2 ones(n, 1)"),
    ],
)
def test_a_scalar_formula_is_applied_entry_by_entry(text: str, expected: str) -> None:
    """Products and powers become those of entries; a constant fills the axes."""
    known = {"x": symbol("x", (N,)), "y": symbol("y", (N,))}

    assert expected == written(entrywise(EXP, text, known, (N,), RULEBOOK))


def test_a_scalar_formula_has_no_transposes() -> None:
    """What is no scalar operation is refused."""
    with pytest.raises(NotDifferentiableError, match=r"^a scalar formula cannot contain"):
        entrywise(EXP, "x'", {"x": symbol("x", (N,))}, (N,), RULEBOOK)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A B' - I", "A B' - I"),
        ("(I + A) B", "(I + A) B"),
        ("inv(2 I - A)^2 / det(B)", "inv(2 I - A)^2 / det(B)"),
        ("1 / (1 + exp(A))", "1 / (1 + exp(A))"),
    ],
)
def test_a_formula_of_matrices_is_as_it_is_written(text: str, expected: str) -> None:
    """An identity has the size of what stands beside it; nothing is recognised."""
    axes = () if "exp" in text else (N, N)
    known = {name: symbol(name, axes) for name in "AB"}

    assert expected == written(formula(RULEBOOK.formula(INV, text), known, RULEBOOK))


RULES = """
[twice]
kind = "composite"
signature = "data -> Y"
definition = "{definition}"
reference = "none"

[bent]
kind = "elementwise"
definition = "x^3"
derivative = "3 square(x)"
reference = "none"

[square]
kind = "elementwise"
definition = "x^2"
derivative = "2 x"
reference = "none"
"""


@pytest.mark.parametrize(
    ("definition", "text", "expected"),
    [
        ("vector(1)", "sum(twice(x) .* y .* x)", "y"),
        ("data * vector(1)", "sum(twice(x) .* y)", "sum(y)"),
        ("vector(1)' * data", "twice(x) + sum(twice(X))", "ones(m, 1)"),
        ("logdet(data + I)", "twice(x x') + twice(Y)", None),
    ],
)
def test_a_definition_has_the_sizes_of_each_call(
    definition: str, text: str, expected: str | None, tmp_path: Path
) -> None:
    """Also those that only what stands around the call tells."""
    file = tmp_path / "own.toml"
    file.write_text(RULES.replace("{definition}", definition), encoding="utf-8")
    derivative = derive(text, "x", rules=file)

    assert derivative.verification is not None
    assert expected in {None, derivative.text()}


def test_a_name_in_a_definition_is_none_of_the_program(tmp_path: Path) -> None:
    """The I of a rule is the identity, also where a symbol is called I."""
    file = tmp_path / "own.toml"
    file.write_text(RULES.replace("{definition}", "tr(data (data + I))"), encoding="utf-8")
    derivative = derive("twice(X) + tr(I X)", "X", rules=file, shapes="I: n x n; X: n x n")

    assert "(2 X + eye(n) + I)'" == derivative.text()


def test_a_derivative_may_use_functions_of_the_same_file(tmp_path: Path) -> None:
    """As a definition may."""
    file = tmp_path / "own.toml"
    file.write_text(RULES.replace("{definition}", "data"), encoding="utf-8")

    assert "3 square(x)" == derive("sum(bent(x))", "x", rules=file).text()


def test_an_error_in_a_definition_is_shown_at_the_call(tmp_path: Path) -> None:
    """The text of the definition is not the one that the reader has before him."""
    file = tmp_path / "own.toml"
    file.write_text(RULES.replace("{definition}", "tr(data^40)"), encoding="utf-8")
    with pytest.raises(LimitError) as caught:
        derive("tr(X) + twice(X)", "X", rules=file)

    assert (8, 16) == caught.value.span


def test_a_derivative_that_does_not_conform_is_told_as_one_of_a_rule() -> None:
    """With what is known of its arguments."""
    with pytest.raises(ShapeError, match=r"^a formula of a rule does not conform: ") as caught:
        formula(RULEBOOK.formula(INV, "A A"), {"A": symbol("A", (Dim.of("m"), N))}, RULEBOOK)

    assert ("A: m x n (declared)",) == caught.value.known


def test_a_number_of_a_rule_is_not_written_as_in_the_rule() -> None:
    """The text of a rule is not the reader's: 0.5 is shorter than a quotient."""
    derivative = derive("sum(gelu(x))", "x", shapes="x: n; pi: scalar")

    assert derivative.text().startswith("0.5 + 0.5 erf(")
