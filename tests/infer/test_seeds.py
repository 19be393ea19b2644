"""A derivative that is handed down."""

import pytest

from dimderiv import derive
from dimderiv.errors import UnknownNameError


@pytest.mark.parametrize(
    ("expression", "wrt", "expected"),
    [
        ("A X B", "X", "A' G B'"),
        ("X W + b", "b", "sum(G, axis=0)"),
        ("y = x.^2 + 2", "x", "2 G .* x"),
        ("inv(A)", "A", "-inv(A)' G inv(A)'"),
        ("softmax(S)", "S", "softmax(S) .* (G - sum(G .* softmax(S), axis=1))"),
        ("||x||", "x", "G x / ||x||"),
        ("P = softmax(S); P V", "V", "P = softmax(S); P' G"),
    ],
)
def test_vector_jacobian_product(expression: str, wrt: str, expected: str) -> None:
    """What a backward pass multiplies by, in matrix notation, checked."""
    found = derive(expression, wrt, upstream="G")

    assert expected == str(found)
    assert found.verification is not None
    assert found.verification.level in {"exact", "30 digits"}


def test_it_has_the_shape_of_the_value() -> None:
    """The upstream derivative becomes a symbol, and is no assumption."""
    found = derive("X W", "W", shapes="X: N x D; W: D x C", upstream="dY")

    assert "N x C" == found.shapes["dY"]
    assert () == found.assumptions


@pytest.mark.parametrize("name", ["X", "S", "N"])
def test_a_name_that_means_something(name: str) -> None:
    """A symbol, an intermediate and a dimension keep their meaning."""
    with pytest.raises(UnknownNameError, match=f"{name} cannot be the upstream derivative"):
        derive("S = X W; tanh(S)", "W", shapes="X: N x D", upstream=name)
