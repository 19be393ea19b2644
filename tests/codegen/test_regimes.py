"""Numbers at several sizes at once: what is decided at the first, and where it is not the same."""

import pytest

from dimderiv.codegen.plan.regimes import Amount, Regimes
from dimderiv.language.shapes import Dim

M, N = Dim.of("m"), Dim.of("n")


@pytest.fixture
def regimes() -> Regimes:
    """Three sizes, of which the last has the other axis longer."""
    return Regimes([{"m": 2, "n": 3}, {"m": 4, "n": 6}, {"m": 9, "n": 3}])


def others(regimes: Regimes) -> list[int]:
    """The first axis at the sizes that are left."""
    return [sizes[M] for sizes in regimes.others]


def test_a_comparison_leaves_out_where_it_comes_out_otherwise(regimes: Regimes) -> None:
    """The sizes that are left are those at which everything was decided alike."""
    assert regimes[M] < regimes[N]
    assert [4] == others(regimes)
    assert [{"m": 9, "n": 3}] == regimes.left_out


def test_what_is_decided_alike_everywhere_leaves_out_nothing(regimes: Regimes) -> None:
    """Numbers that are made of amounts are compared as these are."""
    both = regimes.entries([M, N])

    assert 2 * regimes[M] <= both
    assert not both * 0.5 + 2 < regimes[M]
    assert both + regimes[M] <= both * 2 + 5
    assert [4, 9] == others(regimes)


def test_the_smallest_of_several_is_one_decision(regimes: Regimes) -> None:
    """Which of the larger ones is larger does not matter."""
    amounts = [regimes[M] * 10, regimes[N] * 10, Amount(regimes, lambda sizes: 1)]

    assert 2 == regimes.least(amounts)
    assert [4, 9] == others(regimes)
    assert 0 == regimes.least(amounts[:2])
    assert [4] == others(regimes)
    assert 0 == regimes.least(amounts[:1])


def test_the_smallest_pair_is_found_by_comparing(regimes: Regimes) -> None:
    """What Python's own `min` does is noted too."""
    assert regimes[M] is not min(regimes[N], regimes[M] * 5)
    assert regimes[M] <= regimes[N]
    assert [4] == others(regimes)
