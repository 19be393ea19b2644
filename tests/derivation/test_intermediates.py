"""A name that the program defines may be what is differentiated by."""

import pytest

from dimderiv import derive
from dimderiv.errors import NotDifferentiableError

LAYERS = "Z1 = W1 X; A1 = tanh(Z1); Z2 = W2 A1; 0.5 ||Z2 - Y||^2"


@pytest.mark.parametrize(
    ("wrt", "answer"),
    [
        ("Z2", "Z2 - Y"),
        ("A1", "Z2 = W2 A1; W2' (Z2 - Y)"),
        ("Z1", "A1 = tanh(Z1); Z2 = W2 A1; (W2' (Z2 - Y)) .* (1 - A1.^2)"),
    ],
)
def test_a_definition_is_a_variable(wrt: str, answer: str) -> None:
    """What it is defined by is held fixed, and what is defined by it moves; this is said."""
    found = derive(LAYERS, wrt)

    assert answer == str(found)
    assert f"{wrt} is a variable: what it is defined by is held fixed" in found.assumptions


@pytest.mark.parametrize("wrt", ["Z1,Z2", "Z1,W1"])
def test_what_is_made_of_another_variable_is_none_beside_it(wrt: str) -> None:
    """Held fixed, the one would hide the other."""
    with pytest.raises(NotDifferentiableError, match="so they are no variables beside each other"):
        derive(LAYERS, wrt)
