"""A part of blocks is the block, also inside of what is made of the blocks."""

import pytest

from dimderiv import derive

WHOLE = "A: m x n; B: p x n; C: q x n"
QUARTERS = "A: m x p; B: m x q; C: n x p; D: n x q"


@pytest.mark.parametrize(
    ("source", "wrt", "shapes", "expected"),
    [
        ("sum([A, B; C, D].^2)", "A", QUARTERS, "2 A"),
        ("sum([A, B; C, D].^2)", "D", QUARTERS, "2 D"),
        ("sum([A; B].^3)", "B", WHOLE, "3 B.^2"),
        ("||[A; B] x - [b; c]||^2", "A", WHOLE, "2 (A x - b) x'"),
        ("||[x; y]||", "y", "x: m; y: n", "y / ||[x; y]||"),
        ("tr([A, B; C, D]^2)", "B", "A: m x m; B: m x n; C: n x m; D: n x n", "2 C'"),
        ("sum([A; B] .* [F; G])", "A", "A: m x n; B: p x n; F: m x n; G: p x n", "F"),
        ("sum(exp([A, B; C, D]))", "C", QUARTERS, "exp(C)"),
        ("cross_entropy([A; B], Y)", "B", f"{WHOLE}; Y: (m + p) x n",
         "(softmax(B) - Y[m:, :]) / (m + p)"),
        ("sum(logsumexp([A; B], axis=1))", "A", WHOLE, "softmax(A)"),
        ("sum([A; B; C][m:m+p, :].^2)", "B", WHOLE, "2 B"),
        ("sum([A; B; C][m:, :].^2)", "A", WHOLE, "0 ones(m, n)"),
        ("[a; b][4]^2", "b", "a: 3; b: 3", "2 b[1] [0; 1; 0]"),
        ("||x[1:][1:]||^2", "x", "x: n", "2 [0 ones(2, 1); x[2:]]"),
        ("x' [A, 0; 0, B] x", "A", "A: m x m; B: n x n; x: (m+n)", "x[:m] x[:m]'"),
    ],
)  # fmt: skip
def test_a_part_within_a_block_is_of_that_block(
    source: str, wrt: str, shapes: str, expected: str
) -> None:
    """What lies in one block is read off it, and nothing is left of the other blocks."""
    found = derive(source, wrt, shapes=shapes)

    assert expected == str(found)
    assert found.verification is not None
    assert str(found.verification.level) in {"exact", "30 digits", "partial"}


def test_a_softmax_along_the_cut_axis_keeps_all_blocks() -> None:
    """Its entries depend on those of the other blocks."""
    assert "softmax([a; b])[:m]" == str(derive("logsumexp([a; b])", "a", shapes="a: m; b: n"))


def test_what_begins_inside_of_a_block_stays_a_slice() -> None:
    """A difference of neighbours is read more easily than a second difference."""
    found = derive("||[0; x] - [x; 0]||^2", "x", shapes="x: n", verify=False)

    assert "r = [0; x] - [x; 0]; 2 (r[1:] - r[:-1])" == str(found)
