"""A rule of the user's own that has another definition for a column vector."""

from pathlib import Path

import numpy as np
import pytest

from dimderiv import derive
from dimderiv.errors import VerificationError

RULES = """
[share]
kind = "rows"
signature = "A[r,k] -> Y[r,c]"
definition = "exp(A) ./ sum(exp(A), axis=1)"
column = "{column}"
derivative = "Y[r,c] I[c,k] - Y[r,c] Y[r,k]"
reference = "none"

[energy]
kind = "composite"
signature = "A -> Y"
definition = "sum(A.^2, axis=1)"
column = "sum(A.^2)"
reference = "none"
"""


def rules(folder: Path, column: str = "exp(A) / sum(exp(A))") -> Path:
    """A file with the rules."""
    file = folder / "own.toml"
    file.write_text(RULES.replace("{column}", column), encoding="utf-8")
    return file


def test_the_check_reads_the_definition_for_columns(tmp_path: Path) -> None:
    """Of a vector the other definition holds, of a matrix the first one."""
    file = rules(tmp_path)
    column = derive("y' share(x)", "x", rules=file)
    matrix = derive("sum(Y .* share(X))", "X", rules=file)

    assert "share(x) .* (y - y' share(x))" == column.text()
    assert [found.verification is not None for found in (column, matrix)] == [True, True]
    assert "2 x" == derive("energy(x)", "x", rules=file, shapes="x: n").text()


def test_a_wrong_definition_for_columns_is_found_out(tmp_path: Path) -> None:
    """The answer for a vector is withheld, that for a matrix is not."""
    file = rules(tmp_path, column="2 exp(A) / sum(exp(A))")
    with pytest.raises(VerificationError):
        derive("y' share(x)", "x", rules=file)

    assert derive("sum(Y .* share(X))", "X", rules=file).verification is not None


def test_code_has_the_definition_for_columns(tmp_path: Path) -> None:
    """What runs is the vector's own definition."""
    function = derive("y' share(x)", "x", rules=rules(tmp_path)).function()
    x, y = np.array([0.5, -1.0, 2.0]), np.array([1.0, 3.0, -2.0])
    share = np.exp(x) / np.exp(x).sum()

    assert np.allclose(share * (y - y @ share), function(x=x, y=y))


COMPOSITES = {
    "shift": ("A", "A + I", True),
    "addone": ("x", "x + vector(1)", False),
    "filled": ("A", "A + 2 ones(1, 1) - matrix(1)", False),
    "grown": ("A", "expm(A) A", True),
    "spread": ("A", "logdet(A) + det(A)", True),
    "projected": ("A", "pinv(A) A", False),
    "largest": ("A", "eigmax(A + A')", True),
    "damped": ("A", "A inv(A + I)", True),
    "both": ("A", "shift(A) shift(A')", True),
}
CALLS = [
    ("tr(shift(A) B)", "A", "", "B'"),
    ("tr(shift(A) B shift(C) D)", "A", "A: m x m; B: m x n; C: n x n; D: n x m", "D' (C' + I) B'"),
    ("tr(shift(A) B shift(C) D)", "C", "A: m x m; B: m x n; C: n x n; D: n x m", "B' (A' + I) D'"),
    ("shift(shift(A)) x", "A", "", "kron(x', eye(n))"),
    ("tr(both(A) B)", "A", "", "(B + B') (A + I)"),
    ("sum(addone(x).^2) + sum(addone(y).^2)", "y", "x: m; y: n", "2 (y + 1)"),
    ("sum(filled(A).^2)", "A", "", "2 (A + 1)"),
    ("tr(grown(A))", "A", "", "(A expm(A) + expm(A))'"),
    ("spread(A)", "A", "", "(1 + det(A)) inv(A)'"),
    ("largest(A)", "A", "", "v = eigvec(A + A'); 2 v v'"),
    ("x' damped(A) y", "A", "", "inv(A + I)' x y' inv(A + I)'"),
    ("||projected(A)||^2", "A", "", "0 ones(m, n)"),
    ("tr(shift(A)) sum(I)", "A", "I: k x l; A: n x n", "sum(I) eye(n)"),
]


@pytest.mark.parametrize(("expression", "wrt", "shapes", "expected"), CALLS)
def test_a_definition_has_the_shapes_of_each_call(
    expression: str, wrt: str, shapes: str, expected: str, tmp_path: Path
) -> None:
    """What a definition does not say the size of has it from the arguments, call by call."""
    file = tmp_path / "own.toml"
    file.write_text(
        "\n".join(
            f'[{name}]\nkind = "composite"\nreference = "none"\nsignature = "{argument} -> Y"\n'
            f'definition = "{definition}"\nsquare = {str(square).lower()}\n'
            for name, (argument, definition, square) in COMPOSITES.items()
        ),
        encoding="utf-8",
    )
    found = derive(expression, wrt, shapes=shapes or None, rules=file)

    assert expected == found.text()
    assert found.verification is not None
    assert "unchecked" != found.verification.level


def test_a_rule_keeps_a_name_that_is_another_one_of_a_function(tmp_path: Path) -> None:
    """`swish` is `silu` where nobody says otherwise."""
    file = tmp_path / "mine.toml"
    file.write_text(
        '[swish]\nkind = "elementwise"\ndefinition = "x sigmoid(2 x)"\n'
        'derivative = "sigmoid(2 x) + 2 x sigmoid(2 x) (1 - sigmoid(2 x))"\nreference = "a test"\n',
        encoding="utf-8",
    )

    own = derive("sum(swish(x))", "x", rules=file)

    assert "sigmoid(2 x)" in own.text()
    assert derive("sum(silu(x))", "x").text() == derive("sum(swish(x))", "x").text()
