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
