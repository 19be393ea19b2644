"""What derivatives are called."""

import pytest

from dimderiv import Derivation, derive


def along(expression: str, wrt: str, direction: str) -> Derivation:
    """A derivative along a direction, not checked."""
    return derive(expression, wrt, forward=direction, verify=False)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (derive("x'A y", "x,y", verify=False), "dx = A y; dy = A' x"),
        (
            derive("x'A y + dx'x", "x,y", shapes={"dx": "n"}, verify=False),
            "dx_2 = A y + dx; dy = A' x",
        ),
        (derive("x'A y", "x,y", verify=False).hvp("u,v"), "Hu_x = A v; Hv_y = A' u"),
    ],
)
def test_several_derivatives(found: Derivation, expected: str) -> None:
    """Each has a name of its own, which no symbol has."""
    assert expected == str(found)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (along("S = X W; P = softmax(S); P V", "W", "E"), r"\dot{S} &= X E"),
        (along("S = X W; P = softmax(S); P V", "W", "E"), r"\dot{Y} &= (P \odot"),
        (along("S = X W; P = softmax(S); P Y", "W", "E"), r"\dot{F} &= (P \odot"),
        (along("S = X W; P = softmax(S); L = P V", "W", "E"), r"\dot{L} &= (P \odot"),
        (derive("x'A y", "x,y").hvp("u,v"), r"(\mathrm{H} u)_{x} &= A v"),
        (derive("S = X W; cross_entropy(S, Y)", "W").hvp("E"), r"\dot{S} &= X E"),
    ],
)
def test_in_latex(found: Derivation, expected: str) -> None:
    """What changes has a dot, and a product with the Hessian says so."""
    assert expected in found.latex()
