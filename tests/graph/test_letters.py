"""Letters that turn out to be the same."""

from dimderiv.graph.letters import Letters, are_letters, components, moved, reached, touching
from dimderiv.graph.nodes import Factor, Merged, Shifted, symbol
from dimderiv.language.shapes import Dim

M, N = Dim.of("m"), Dim.of("n")


def test_a_letter_is_resolved_through_others() -> None:
    """What was made one with a letter that went away is what that letter became."""
    letters = Letters([N, N, N])

    assert letters.unify(0, 1)
    assert letters.unify(1, 2)
    assert (2, 2, 2) == letters.all_resolved((0, 1, 2))


def test_a_letter_inside_a_merged_index_is_resolved() -> None:
    """A letter that is an index of two letters gives both to the index that it is in."""
    letters = Letters([M * N, M, N, N])

    assert letters.unify(0, Merged((1, 2)))
    assert Merged((1, 2, 3)) == letters.resolved(Merged((0, 3)))


def test_merged_indices_are_one_letter_by_letter() -> None:
    """Where the sizes agree in turn; otherwise nothing is."""
    letters = Letters([M, N, M, N])

    assert letters.unify(Merged((0, 1)), Merged((2, 3)))
    assert (2, 3) == letters.all_resolved((0, 1))
    assert not letters.unify(Merged((2, 3)), Merged((3, 2)))


def test_a_trial_changes_nothing() -> None:
    """Sums of letters cannot be told to be equal, and asking leaves the letters as they are."""
    letters = Letters([N, N, N])

    assert letters.can_unify([(0, 1)])
    assert not letters.can_unify([(0, 1), (Shifted((0, 1)), Shifted((1, 2)))])
    assert {} == letters.same


def test_letters_are_counted_from_another_one() -> None:
    """Also those inside an index of several."""
    assert (3, Merged((4, 5))) == moved((0, Merged((1, 2))), 3)


def test_an_index_of_several_letters_is_no_letter() -> None:
    """No index at all is only letters."""
    assert are_letters((0, 1))
    assert are_letters(())
    assert not are_letters((0, Merged((1, 2))))


def test_letters_hang_together_through_groups() -> None:
    """Whatever the order of the groups; an empty one is by itself."""
    assert [{4}, set(), {0, 1, 2, 3}] == components([(2, 3), (4,), (), (0, 1), (1, 2)])


def test_letters_are_reached_through_factors() -> None:
    """Those to start with, and all that factors join with them."""
    array = symbol("A", (N, N))
    factors = [Factor(array, indices) for indices in ((2, 3), (1, 2), (4, 5))]

    assert {0, 1, 2, 3} == reached({0, 1}, factors)
    assert factors[:2] == touching([2], factors)
