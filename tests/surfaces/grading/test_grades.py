"""A small class is graded: see `tests/grades.py`, which grades a large one."""

from grades import class_of


def test_a_class_is_graded_without_a_false_verdict() -> None:
    """Right answers are right, wrong ones wrong by their names, and every fix is one."""
    figures = class_of(6, seed=1, file="course_notes")

    assert figures.outcomes["false"] == figures.outcomes["refused"] == 0, figures.told
    assert figures.outcomes["named"] == 6, figures.told
