"""Parts of a product that the user has named."""

import pytest
from nodes import lowered, written

from dimderiv import derive
from dimderiv.graph.nodes import Product
from dimderiv.simplify.definitions import bodies, recognised

SHAPES = "X: m x n; G: m x n; s: m; x: n; t: scalar; b: n"


@pytest.mark.parametrize(
    ("definition", "value", "expected"),
    [
        ("Z = X ./ s", "G .* X ./ s.^2", "Z .* G ./ s"),
        ("Z = X ./ s", "sum(G .* X, axis=1) .* X ./ s.^2", "Z .* sum(Z .* G, axis=1)"),
        ("z = x / t", "(b' x) x / t^2", "(z' b) z"),
        ("z = x .* b", "X (x .* b)", "X z"),
        ("Z = 2 X ./ s", "3 X ./ s", "1.5 Z"),
        ("z = X x", "G' X x", "G' z"),
        ("z = X x", "x' X' X x", "z' z"),
        ("z = 2 t X x", "t X x x' X'", "0.5 z x' X'"),
    ],
)
def test_a_part_is_written_by_its_name(definition: str, value: str, expected: str) -> None:
    """Also more than once, and inside inner products."""
    program = lowered(f"{definition}; {value}", SHAPES)
    assert isinstance(program.value, Product)
    found = recognised(program.value, bodies(program.definitions))

    assert found is not None
    assert expected == written(found)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("h = sigmoid(x); sum(b .* h.^2 .* log(h))", "(2 h.^2 .* log(h) + h.^2)"),
        ("h = sigmoid(x); sum(b .* log(1 - h).^2)", "-2 b .* log(1 - h) .* h"),
    ],
)
def test_logarithms_of_a_sigmoid_are_those_of_its_name(expression: str, expected: str) -> None:
    """As the user wrote them, though they are derived as functions of the argument."""
    assert expected in str(derive(expression, "x", shapes=SHAPES, verify=False))


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        ("Z = X ./ s", "G .* X .* s"),
        ("Z = X ./ s", "G ./ s"),
        ("z = X x", "X b"),
        ("z = x + b", "t x"),
        ("z = x .* b", "t x"),
    ],
)
def test_what_is_no_part_of_it(definition: str, value: str) -> None:
    """A power on the other side, a factor that is missing or another one, a sum."""
    program = lowered(f"{definition}; {value}", SHAPES)
    assert isinstance(program.value, Product)

    assert recognised(program.value, bodies(program.definitions)) is None


@pytest.mark.parametrize(
    ("expression", "wrt", "expected"),
    [
        ("r = sqrt(x' x + t); b' x / r", "x", "r = sqrt(x' x + t); (b - (b' x) x / r^2) / r"),
        (
            "r = sqrt(sum(X.^2, axis=1)); sum(G .* X ./ r)",
            "X",
            "r = sqrt(sum(X.^2, axis=1)); (G - sum(G .* X, axis=1) .* X ./ r.^2) ./ r",
        ),
        (
            "B = X - mean(X, axis=0); s = sqrt(mean(B.^2, axis=0) + t); Z = B ./ s; sum(G .* Z)",
            "X",
            "B = X - mean(X, axis=0); s = sqrt(mean(B.^2, axis=0) + t); Z = B ./ s; "
            "dB = (G - Z .* mean(Z .* G, axis=0)) ./ s; dB - mean(dB, axis=0)",
        ),
        (
            "A = X ./ sqrt(sum(X.^2, axis=1)); sum(G .* A)",
            "X",
            "A = X ./ sqrt(sum(X.^2, axis=1)); "
            "(G - A .* sum(A .* G, axis=1)) ./ sqrt(sum(X.^2, axis=1))",
        ),
    ],
)
def test_normalised_arrays(expression: str, wrt: str, expected: str) -> None:
    """A root is differentiated by its value, and never divided by what is under it."""
    shapes = "X: m x n; G: m x n; x: n; b: n; t: scalar"

    assert expected == derive(expression, wrt, shapes=shapes).text()
