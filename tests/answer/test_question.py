"""What is asked, and what follows from that alone."""

from typing import Any

import pytest

from dimderiv import derive
from dimderiv.answer.question import Question
from dimderiv.errors import NotDifferentiableError
from dimderiv.render.text import text


def question(expression: str, wrt: str, shapes: str = "", **options: Any) -> Question:
    """A question that can be answered."""
    return derive(expression, wrt, shapes=shapes, verify=False, **options).question


@pytest.mark.parametrize(
    ("expression", "options", "expected"),
    [
        ("x'A x", {}, True),
        ("A x", {}, False),
        ("A x", {"upstream": "G"}, True),
        ("x'A x", {"order": 2}, False),
        ("x'A x", {"forward": "v"}, False),
    ],
)
def test_what_gives_gradients(expression: str, options: dict[str, Any], expected: bool) -> None:
    """First derivatives of a scalar by each entry."""
    assert expected == question(expression, "x", **options).gives_gradients


def test_entries_are_tied_where_that_is_asked() -> None:
    """By the properties of the variables alone."""
    shapes = "S: n x n spd; L: n x n lower"

    assert {} == question("tr(S L)", "S,L", shapes).structures
    tied = question("tr(S L)", "S,L", shapes, structured=True)
    assert {"S": "symmetric", "L": "lower"} == tied.structures
    with pytest.raises(NotDifferentiableError, match="no entries of x are tied"):
        question("x'x", "x", structured=True)


def test_answers_are_read_with_the_names_of_the_question() -> None:
    """Declared names may have several letters, and functions may be declared."""
    asked = question("f(bias) + bias' bias", "bias", "bias: n; f: n -> scalar")

    assert "\u2207f(bias) + 2 bias" == text(asked.read("\u2207f(bias) + 2 bias"))


def test_answers_are_read_with_the_sizes_of_all_that_is_declared() -> None:
    """A place is a size, though no symbol of the expression has it; labels are no letter."""
    assert "u[k] I" == str(derive("u[k] x", "x", shapes="u: n; x: n; a: k"))
    shapes = "z: N labels 4; d: 4; a: 3; g: N"
    answer = str(derive("sum(g .* [d[z]; a; a][0:N])", "d,a,g", shapes=shapes))
    assert answer.startswith("dd = onehot(z)' g" + "; ")
