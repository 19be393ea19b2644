"""Signatures in letters as labelled products."""

from fractions import Fraction

import pytest

from dimderiv.graph.nodes import Factor, symbol
from dimderiv.graph.products import product
from dimderiv.language.shapes import ONE, Dim, Shape
from dimderiv.lower.arrays import Array
from dimderiv.lower.signatures import by_signature

M, N, P, Q = (Dim.of(name) for name in "mnpq")
A = Array(symbol("A", (M, N)), Shape(M, N))
B = Array(symbol("B", (P, Q)), Shape(P, Q))
X = Array(symbol("x", (N,)), Shape(N, ONE))
ROW = Array(symbol("r", (N,), row=True), Shape(ONE, N))


@pytest.mark.parametrize(
    ("signature", "arguments", "shape"),
    [
        ("A[i,k], B[k,j] -> Y[i,j]", [A, X], Shape(M, ONE)),
        ("A[i,j], B[k,l] -> Y[(i,k),(j,l)]", [A, B], Shape(M * P, N * Q)),
        ("A[i,j], B[k,l] -> Y[(i,k),(j,l)]", [X, B], Shape(N * P, Q)),
        ("A[i,j] -> Y[(j,i)]", [A], Shape(N * M, ONE)),
        ("A[i,j] -> Y[(j,i)]", [ROW], Shape(N, ONE)),
        ("a[i] -> Y[i,i]", [ROW], Shape(N, N)),
        ("V[o+k,p+l], K[k,l] -> Y[o,p]", [A, B], Shape(M - P + ONE, N - Q + ONE)),
        ("A[i,j] -> Y[]", [A], Shape(ONE, ONE)),
    ],
)
def test_shape(signature: str, arguments: list[Array], shape: Shape) -> None:
    """Letters say which axes the value has; an axis of size 1 has none."""
    found = by_signature(signature, arguments)

    assert shape == found.shape
    assert shape.axes == found.node.axes


def test_the_product_is_the_one_in_letters() -> None:
    """A signature is all that a product is made of."""
    found = by_signature("A[i,j], b[j], C[i,j] -> Y[i]", [A, X, A])
    factors = [A.node, X.node, A.node]
    indices = [(0, 1), (1,), (0, 1)]
    expected = product(
        Fraction(1),
        [Factor(node, where) for node, where in zip(factors, indices, strict=True)],
        (0,),
        (M, N),
    )

    assert expected.key == found.node.key
