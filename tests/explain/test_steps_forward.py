"""The steps of a derivative along directions."""

import pytest

from dimderiv import Derivation, derive
from dimderiv.explain.messages import LANGUAGES
from dimderiv.explain.record.recorded import Changed
from dimderiv.render.text import text


def told(derivation: Derivation) -> list[tuple[str, str]]:
    """Each operation, and how it changes."""
    found = []
    for step in derivation.steps:
        assert isinstance(step, Changed)
        sides = (" = ".join(map(text, each.sides)) for each in (step.operation, step.value))
        found.append((next(sides), next(sides)))
    return found


def test_from_the_variables_to_the_value() -> None:
    """Inner parts get short names, and their changes the same with a dot."""
    assert [
        ("Z = X W", "Z_dot = X E"),
        ("P = softmax(Z)", "P_dot = P .* (Z_dot - sum(P .* Z_dot, axis=1))"),
        ("P V", "P_dot V"),
    ] == told(derive("softmax(X W) V", "W", forward="E"))


def test_definitions_keep_their_names() -> None:
    """What the user named is told under that name."""
    assert [
        ("u = X w", "u_dot = X v"),
        ("r = u - y", "r_dot = u_dot"),
        ("r' r", "2 r' r_dot"),
    ] == told(derive("r = X w - y; r'r", "w", forward="v"))


def test_one_operation() -> None:
    """It needs no names."""
    assert [("inv(X)", "-inv(X) V inv(X)")] == told(derive("inv(X)", "X", forward="V"))


def test_a_value_that_does_not_change() -> None:
    """There is nothing to tell."""
    found = derive("sum(X > 0)", "X", forward="V")

    assert "0" == str(found)
    assert () == found.steps


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("markup", ["text", "latex"])
def test_as_a_page(language: str, markup: str) -> None:
    """In both languages and markups; the directions and the answer are on it."""
    found = derive("C tanh(A x + b)", "x,b", forward="v,u")
    page = found.explain(language, markup=markup)

    assert page.count("v") >= 2
    assert ("z_dot = A v" if markup == "text" else "dot") in page


def test_the_steps_of_a_hessian_vector_product_are_those_of_the_gradient() -> None:
    """The product follows the gradient."""
    page = derive("||Xw-y||^2", "w").hvp("v").explain()

    assert "dw = 2 X' (X w - y)" in page
    assert "Differentiated once more along v:\n   2 X' X v" in page
