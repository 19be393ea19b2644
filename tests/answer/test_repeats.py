"""The parts of an answer are counted by what they are, not by where they stand."""

from dimderiv.answer.repeats import Census
from dimderiv.language.parser import parse_expression
from dimderiv.language.syntax import Add, Binary, Name, Tree
from dimderiv.render.text import text


def test_equal_parts_are_counted_together() -> None:
    """Equal parts have one entry, with all their places."""
    tree = parse_expression("exp(A x) .* (exp(A x) + A x)")
    counted = {
        text(found.part): (found.symbols, found.times) for found in Census().occurrences([tree], 1)
    }
    assert counted["exp(A x)"] == (3, 2)
    assert counted["A x"] == (2, 3)
    assert counted["x"] == (1, 3)


def test_a_short_tree_is_left_out() -> None:
    """A tree below the bound gives no parts, and adds to no count."""
    trees = [parse_expression("A x"), parse_expression("A x + B y")]
    assert {text(found.part) for found in Census().occurrences(trees, 3)} == {
        "A x + B y",
        "A x",
        "B y",
        "A",
        "x",
        "B",
        "y",
    }


def test_what_has_letters_is_not_counted() -> None:
    """An index form is one part, and so is each array in it: letters mean nothing outside."""
    tree = parse_expression("[i:n, j:n, k:n] (A x)[i] (A x)[j] exp((A x)[k])")
    counted = {text(found.part): found.times for found in Census().occurrences([tree], 1)}

    assert {"A x": 3, "A": 3, "x": 3, text(tree): 1} == counted


def test_shared_parts_are_looked_at_once() -> None:
    """The time goes with the parts, not with what they are when written out."""
    part: Tree = Binary("*", Name("A"), Name("x"))
    for _ in range(60):
        part = Add((part, part))
    found = list(Census().occurrences([part], 1))
    assert len(found) == 63
    assert max(each.times for each in found) == 2**60
