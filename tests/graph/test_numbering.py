"""How the letters of a product lie, told from the letters alone."""

import pytest

from dimderiv.graph.nodes import Factor, Merged, Shifted, symbol
from dimderiv.graph.numbering import pattern_of
from dimderiv.language.shapes import Dim

N = Dim.of("n")
A = symbol("A", (N, N))
X = symbol("x", (N,))


def test_the_letters_of_the_result_come_first() -> None:
    """The others follow as they occur, each once."""
    pattern = pattern_of([Factor(A, (2, 1)), Factor(X, (0,))], (1,))

    assert (1, 2, 0) == pattern.letters
    assert 1 == pattern.shown
    assert not pattern.is_counted


@pytest.mark.parametrize(
    ("factors", "result", "expected"),
    [
        ([Factor(A, (0, 1)), Factor(X, (1,))], (0,), False),
        ([Factor(A, (0, 1)), Factor(X, (2,))], (0,), True),
        ([Factor(X, (0,)), Factor(X, (1,))], (), True),
        ([Factor(A, (0, 1)), Factor(X, (1,))], (), False),
        ([Factor(X, (1,))], (0,), True),
        ([Factor(X, (0,))], (), False),
    ],
)
def test_when_a_scalar_comes_apart(
    factors: list[Factor], result: tuple[int, ...], expected: bool
) -> None:
    """Factors that share no letter with the rest are a scalar, unless that is the whole product."""
    assert expected is pattern_of(factors, result).comes_apart


def test_a_letter_inside_of_an_index_covers_no_axis() -> None:
    """The size of a letter is told by an axis that it is the index of by itself."""
    assert pattern_of([Factor(X, (0,))], (0,)).is_covered
    assert not pattern_of([Factor(X, (Merged((0, 1)),))], (0, 1)).is_covered
    assert not pattern_of([Factor(X, (Shifted((0, 1)),))], (0, 1)).is_covered
    assert not pattern_of([Factor(X, (0,))], (0, 1)).is_covered
