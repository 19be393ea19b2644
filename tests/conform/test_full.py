"""Full convolutions: what a valid one hands back to its image."""

import pytest

from dimderiv import derive


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "expected"),
    [
        ("sum(conv2(V, K) .* G)", "V", "", "convfull2(G, K)"),
        ("sum(conv2(v, k) .* g)", "v", "v: n; k: p", "convfull2(g, k)"),
        ("sum(conv2(V, A B) .* G)", "V", "", "convfull2(G, A B)"),
        ("sum(conv2(V, x y') .* (a b'))", "V", "", "convfull2(a b', x y')"),
        ("||conv2(V, K)||^2", "V", "", "2 convfull2(conv2(V, K), K)"),
        ("sum(conv2(V, K))", "V", "", "convfull2(ones(m - p + 1, n - q + 1), K)"),
        ("||convfull2(A, B)||^2", "A", "", "2 conv2(convfull2(A, B), B)"),
    ],
)
def test_the_image_gets_a_full_convolution(
    expression: str, wrt: str, shapes: str, expected: str
) -> None:
    """The kernel turned by 180 degrees at every place where it meets the image at all."""
    found = derive(expression, wrt, shapes=shapes or None)

    assert expected == found.text()
    assert "matrix" == found.form
    assert found.verification is not None
    assert "exact" == found.verification.level
