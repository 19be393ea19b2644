"""A product beside a power of itself."""

import pytest
from nodes import labelled, node

from dimderiv.graph.nodes import Product, Symbol

SHAPES = "W: m x k; H: k x n; V: m x n; A: m x n; S: n x n symmetric; x: n; y: m; s: scalar"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("(W H) .* V ./ (W H).^2", "V ./ (W H)"),
        ("(W H) ./ (W H)", "ones(m, n)"),
        ("(W H).^2 ./ (W H)", "W H"),
        ("(A x).^3 .* (A x)", "(A x).^4"),
        ("diag(A x) diag(1 ./ (A x))", "eye(m)"),
        ("(H' W') .* V' ./ (W H)'.^2", "V' ./ (W H)'"),
        ("1 ./ (y .* (A x)) .* (A x)", "1 ./ y"),
        ("1 ./ ((W H) ./ V)", "V ./ (W H)"),
        ("1 ./ (2 s (A x) .* y)", "0.5 (1 ./ y) ./ (A x) / s"),
        ("(A S) .* V ./ (A S).^2", "V ./ (A S)"),
    ],
)
def test_open_factors_join_the_power(first: str, second: str) -> None:
    """They are one more of it, so that equal values have equal keys."""
    assert node(first, SHAPES).key == node(second, SHAPES).key


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("(W H) .* V ./ (W V).^2", 4),
        ("(A x) ./ (A' x)", 3),
        ("A ./ (A x)", 2),
        ("diag(x) A ./ (A x)", 3),
    ],
)
def test_other_products_stay(text: str, count: int) -> None:
    """Factors that are joined otherwise are no more of the power."""
    found = node(text, "W: n x n; H: n x n; V: n x n; A: n x n; x: n")

    assert isinstance(found, Product)
    assert count == len(found.factors)


def test_a_letter_that_something_else_has_keeps_the_factors_open() -> None:
    """The sum inside the power is its own."""
    nodes = {"P": labelled("A[i,k] x[k] -> [i]")}

    beside = labelled("P[i]^-1 A[i,k] x[k] y[k] -> [i]", nodes)

    assert beside.key != labelled("y[k] -> [i]").key
    assert isinstance(beside, Product)
    assert ["A", "x", "y"] == [f.node.name for f in beside.factors if isinstance(f.node, Symbol)]
