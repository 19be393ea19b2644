"""Selections that meet on an axis."""

import pytest

from dimderiv.graph import (
    ONCE,
    Factor,
    Index,
    Node,
    Shifted,
    is_zero,
    laps_over,
    product,
    selection,
    show,
    symbol,
)
from dimderiv.language import ONE, Dim

M, N, P = (Dim.of(name) for name in "mnp")
WHOLE = M + N
X = symbol("X", (M,))
Y = symbol("Y", (N,))
FIRST = selection((WHOLE, M), (1,))
LAST = selection((WHOLE, N), (1,), M)


def times(*factors: tuple[Node, tuple[Index, ...]], result: int, dims: list[Dim]) -> Node:
    """A product of factors with their indices."""
    return product(ONCE, [Factor(*factor) for factor in factors], (result,), dims)


def test_a_slice_of_a_block_is_the_block() -> None:
    """What is placed and taken again is itself."""
    found = times((X, (0,)), (FIRST, (1, 0)), (FIRST, (1, 2)), result=2, dims=[M, WHOLE, M])

    assert X.key == found.key


def test_a_slice_of_another_block_is_zero() -> None:
    """Places that are never the same ones give nothing."""
    found = times((X, (0,)), (FIRST, (1, 0)), (LAST, (1, 2)), result=2, dims=[M, WHOLE, N])

    assert is_zero(found)


def test_a_slice_of_a_slice_is_one_slice() -> None:
    """Its offset is the sum of both."""
    inner = selection((N, N - ONE), (1,), ONE)
    whole = symbol("Z", (WHOLE,))
    found = times(
        (whole, (0,)), (LAST, (0, 1)), (inner, (1, 2)), result=2, dims=[WHOLE, N, N - ONE]
    )
    expected = times(
        (whole, (0,)),
        (selection((WHOLE, N - ONE), (1,), M + ONE), (0, 1)),
        result=1,
        dims=[WHOLE, N - ONE],
    )

    assert expected.key == found.key


def test_the_places_of_a_slice_sum_to_ones() -> None:
    """Each of them is one place of the axis."""
    found = times((Y, (0,)), (LAST, (1, 0)), result=0, dims=[N, WHOLE])

    assert Y.key == found.key


def test_a_slice_that_begins_inside_of_a_block_is_left() -> None:
    """What it takes of the block has no shorter name."""
    later = selection((WHOLE, M), (1,), ONE)
    found = times((X, (0,)), (FIRST, (1, 0)), (later, (1, 2)), result=2, dims=[M, WHOLE, M])

    assert laps_over(found)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (selection((M + P - ONE, N), (1,), ONE), "X[i] R[j,i,k] -> [k,j]\nR = S(1, 1)"),
        (selection((M + P - ONE, N), (2,)), "X[i] R[i,j,k] -> [k,j]\nR = S(2, -1)"),
    ],
)
def test_a_place_that_is_a_sum_of_letters_is_solved_for_one(chosen: Node, expected: str) -> None:
    """A convolution of an array among zeros indexes the array itself."""
    factors = [Factor(X, (0,)), Factor(chosen, (Shifted((0, 1)), 2))]
    found = product(ONCE, factors, (1, 2), (M, P, N))

    assert expected == show(found)
