"""Sizes that must be equal, and the reasons."""

from fractions import Fraction

import pytest

from dimderiv.infer.unify import (
    MismatchError,
    Unifier,
    Variable,
    found,
    name_sizes,
    resolved,
    variables,
)
from dimderiv.language.shapes import ONE, Dim
from dimderiv.language.syntax import Name, Number

HERE = Name("here")
THERE = Name("there")
M, N = Dim.of("m"), Dim.of("n")


def test_a_variable_becomes_a_dimension() -> None:
    """A variable takes the dimension that it is made equal to, through other variables too."""
    unifier, a, b = Unifier(), Variable(), Variable()
    unifier.unify(a, b, HERE)
    unifier.unify(b, M, HERE)

    assert [M, M] == [resolved(a), resolved(b)]


def test_two_names_are_two_dimensions() -> None:
    """Declared names never become equal, not even through a variable."""
    unifier, a = Unifier(), Variable()
    unifier.unify(a, M, HERE)

    with pytest.raises(MismatchError):
        unifier.unify(a, N, THERE)


def test_a_variable_is_not_1() -> None:
    """Which axes have size 1 is a matter of kinds, not of unification."""
    with pytest.raises(MismatchError):
        Unifier().unify(Variable(), ONE, HERE)


def test_a_size_keeps_its_reasons() -> None:
    """The reasons of a size are the places on the way to a dimension."""
    unifier, a, b, c = Unifier(), Variable(), Variable(), Variable()
    unifier.unify(a, b, HERE)
    unifier.unify(b, c, Name("aside"))
    unifier.unify(M, b, THERE)

    assert [HERE, THERE] == unifier.reasons(a)
    assert [] == unifier.reasons(M)


def test_steps_can_be_undone() -> None:
    """After `undo`, variables are as open as they were."""
    unifier, a, b = Unifier(), Variable(), Variable()
    unifier.unify(a, b, HERE)
    mark = unifier.mark()
    unifier.unify(a, M, HERE)
    unifier.undo(mark)
    unifier.unify(b, N, HERE)

    assert N == resolved(a)


def test_a_long_chain_stays_shallow() -> None:
    """Looking a size up takes few steps, whatever the order of the equations."""
    unifier, sizes = Unifier(), [Variable() for _ in range(256)]
    for left, right in zip(reversed(sizes[:-1]), reversed(sizes[1:]), strict=True):
        unifier.unify(left, right, HERE)
    steps, size = 0, sizes[-1]
    while isinstance(size.link, Variable):
        steps, size = steps + 1, size.link

    assert steps <= 8
    assert found(sizes[0]) is found(sizes[-1])


def test_computed_sizes_are_polynomials() -> None:
    """Products and valid convolutions of known sizes are known."""
    unifier = Unifier()

    assert M * N == unifier.product(M, N, HERE)
    assert M - N + ONE == unifier.valid(M, N, HERE)
    assert unifier.valid(M, M, HERE) is ONE
    assert unifier.product(ONE, N, HERE) is N


def test_a_kernel_larger_than_the_image_is_refused() -> None:
    """A valid convolution leaves at least one entry."""
    with pytest.raises(MismatchError):
        Unifier().valid(Dim.of(2), Dim.of(3), HERE)


@pytest.mark.parametrize(
    ("operation", "known", "total", "expected"),
    [
        ("product", Dim.of(3), Dim.of(6), Dim.of(2)),
        ("product", M, M * N, N),
        ("valid", Dim.of(2), Dim.of(5), Dim.of(6)),
        ("valid", N, M, M + N - ONE),
    ],
)
def test_an_equation_in_one_unknown_is_solved(
    operation: str, known: Dim, total: Dim, expected: Dim
) -> None:
    """A size that was computed from a variable tells the variable in the end."""
    unifier, size = Unifier(), Variable()
    term = getattr(unifier, operation)(size, known, HERE)
    unifier.unify(term, total, HERE)

    assert unifier.solve() is None
    assert expected == resolved(size)


def test_an_equation_without_a_solution_is_reported() -> None:
    """Five is no multiple of two."""
    unifier, size = Unifier(), Variable()
    unifier.unify(unifier.product(size, Dim.of(2), HERE), Dim.of(5), THERE)
    assert unifier.solve() is None
    name_sizes([size], {})
    failed = unifier.refuted()

    assert failed is not None
    assert THERE == failed.reason


def test_a_mismatch_names_the_sizes_that_were_given() -> None:
    """What is raised are the sizes as they were given, so that their places can be found."""
    unifier, size, total = Unifier(), Variable(), Variable()
    unifier.unify(total, unifier.product(size, Dim.of(3), HERE), HERE)
    unifier.unify(size, N, HERE)

    with pytest.raises(MismatchError) as caught:
        unifier.unify(total, M, THERE)
    assert caught.value.sizes[0] is total


def test_products_of_unknown_sizes_are_equal_part_by_part() -> None:
    """A square Kronecker product is taken to be one of square matrices."""
    unifier, (a, b, c, d) = Unifier(), [Variable() for _ in range(4)]
    unifier.unify(unifier.product(a, b, HERE), unifier.product(c, d, HERE), HERE)

    assert unifier.solve() is None
    assert found(a) is found(c)
    assert found(b) is found(d)


def test_open_sizes_get_short_names() -> None:
    """Names are given in order and skip those that are taken; a single size is n."""
    a, b, c = Variable(), Variable(), Variable()
    name_sizes([a, M, b], {"m", "n"})
    name_sizes([c], {"m"})

    assert ["p", "q", "n"] == [str(resolved(size)) for size in (a, b, c)]


def test_names_never_run_out() -> None:
    """After the short names come numbered ones."""
    sizes = [Variable() for _ in range(100)]
    name_sizes(sizes, {"n1"})

    assert len({str(resolved(size)) for size in sizes} - {"n1"}) == 100


def test_an_open_size_has_no_dimension() -> None:
    """Asking too early is a mistake in the program, and is told so."""
    size = Variable()

    assert [size] == list(variables(size))
    with pytest.raises(ValueError, match="no name yet"):
        resolved(size)


def test_reasons_are_syntax_nodes() -> None:
    """Any node can be a reason, such as a number."""
    unifier, size, reason = Unifier(), Variable(), Number(Fraction(2))
    unifier.unify(size, N, reason)

    assert [reason] == unifier.reasons(size)


def test_a_known_sum_is_matched_part_by_part() -> None:
    """Blocks of known heights beside blocks of unknown ones, as many and in their order."""
    unifier, a, b, c = Unifier(), Variable(), Variable(), Variable()
    p = Dim.of("p")
    whole = unifier.sum(unifier.sum(M, N, HERE), p, HERE)
    unifier.unify(whole, unifier.sum(unifier.sum(a, b, THERE), c, THERE), HERE)

    assert unifier.solve() is None
    assert [M, N, p] == [resolved(a), resolved(b), resolved(c)]


def test_a_sum_that_is_known_in_two_orders_is_not_matched() -> None:
    """Which of them the unknown sizes have nothing says."""
    unifier, a, b = Unifier(), Variable(), Variable()
    unifier.sum(M, N, HERE)
    unifier.unify(unifier.sum(N, M, THERE), unifier.sum(a, b, THERE), HERE)
    unifier.solve()

    assert [a, b] == [found(a), found(b)]
