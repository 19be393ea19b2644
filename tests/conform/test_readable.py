"""What reads better among equal forms."""

from fractions import Fraction

import pytest
from nodes import labelled, node, written

from dimderiv.conform.readable import (
    can_be_negated,
    factors_of_added,
    is_constant,
    is_identity,
    is_mixed,
    takes_its_sign,
    with_bound_on_the_right,
    with_pairs,
)
from dimderiv.graph.nodes import Map, Product, Sum

SHAPES = "A: n x n; B: n x n; X: m x n; x: n; y: n; t: scalar"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A - B + A'", "A + A' - B"),
        ("2 A + 2 A' + B", "2 (A + A') + B"),
        ("2 A + 3 A' + B", "2 A + 3 A' + B"),
        ("X - 2 X", "-X"),
        ("A + B", "A + B"),
    ],
)
def test_a_term_stands_beside_its_transpose(text: str, expected: str) -> None:
    """And shares its number with it."""
    assert expected == written(node(text, SHAPES))


def test_pairs_keep_every_term() -> None:
    """Coefficients and terms add up to the same."""
    value = node("2 A - B + 2 A' - 3 B'", SHAPES)
    assert isinstance(value, Sum)

    assert [2, -1, -3] == [coefficient for coefficient, _ in with_pairs(value)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 - x > 0", "x < 1"),
        ("-x > 0", "x < 0"),
        ("1 - x - y >= 0", "x + y <= 1"),
        ("x - 1 > 0", "x > 1"),
        ("y - x > 0", "y > x"),
        ("y - x + 1 > 0", "y - x + 1 > 0"),
        ("x + y > 0", "x + y > 0"),
        ("x > y", "x > y"),
    ],
)
def test_a_bound_stands_on_the_right(text: str, expected: str) -> None:
    """What is subtracted stands on the other side; a margin stays one."""
    value = node(text, SHAPES)
    assert isinstance(value, Map)

    assert expected == written(value)
    assert value.key == with_bound_on_the_right(value).key


def test_a_difference_that_stands_once_may_be_turned() -> None:
    """Twice the same one would keep its sign."""
    once, twice = node("(x - y)' A", SHAPES), node("(x - y) (x - y)'", SHAPES)
    assert isinstance(once, Product)
    assert isinstance(twice, Product)
    difference = next(factor for factor in once.factors if isinstance(factor.node, Sum))

    assert isinstance(difference.node, Sum)
    assert is_mixed(difference.node)
    assert can_be_negated(difference, once)
    assert not any(can_be_negated(factor, twice) for factor in twice.factors)


def test_a_term_keeps_its_minus_beside_the_same_difference() -> None:
    """`A (x - y) - B (x - y)` reads better than `A (x - y) + B (y - x)`."""
    first, second = node("A (x - y)", SHAPES), node("B (x - y)", SHAPES)
    added = factors_of_added([(Fraction(1), first), (Fraction(-1), second)])

    assert not takes_its_sign(second, added)
    assert takes_its_sign(node("B (x + t y)", SHAPES), added)
    assert takes_its_sign(node("x", SHAPES), added)


def test_identities_and_constants() -> None:
    """By their letters and factors."""
    assert is_identity(labelled("2 t[] -> [i,i]"))
    assert not is_identity(labelled("x[i] -> [i,i]"))
    assert is_constant(labelled("3 -> [i]"))
    assert not is_constant(labelled("t[] -> [i]"))
