"""Arrays among zeros that are blocks of one whole."""

import pytest

from dimderiv import derive

SQUARES = "A: m x m; B: n x n"
HALF = "A: m x m; B: m x n; D: n x n"
QUARTERS = "A: m x p; B: m x q; C: n x p; D: n x q"


@pytest.mark.parametrize(
    ("source", "wrt", "shapes", "expected"),
    [
        ("w' [A, 0; 0, B] w", "w", SQUARES, "[A + A', 0; 0, B + B'] w"),
        ("v' [A, B; C, D] w", "v", QUARTERS, "[A, B; C, D] w"),
        ("v' [A, B; C, D] w", "w", QUARTERS, "[A, B; C, D]' v"),
        ("c' [A x; B y]", "c", "A: m x p; B: n x q", "[A x; B y]"),
        ("logdet([A, B; B', D] + F)", "D", f"{HALF}; F: (m + n) x (m + n)",
         "inv([A, B; B', D] + F)[m:, m:]'"),
        ("0.5 ||[X; sqrt(l) I] w - y||^2", "w", "X: m x n; l: scalar",
         "[X', sqrt(l) eye(n)] ([X; sqrt(l) eye(n)] w - y)"),
        ("||[0; x] - [x; 0]||^2", "x", "x: n", "r = [0; x] - [x; 0]; 2 (r[1:] - r[:-1])"),
    ],
)  # fmt: skip
def test_blocks_stand_beside_each_other(source: str, wrt: str, shapes: str, expected: str) -> None:
    """Tiles that do not overlap are one whole, those that do are added, and the check agrees."""
    found = derive(source, wrt, shapes=shapes)

    assert expected == str(found)
    assert found.verification is not None
    assert str(found.verification.level) in {"exact", "30 digits"}


def test_minus_signs_go_into_the_blocks() -> None:
    """A tile that is subtracted is a block with a minus sign."""
    assert "[-a; b]" == str(derive("y' [-a; b]", "y", shapes="a: m; b: n", verify=False))
