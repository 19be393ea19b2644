"""Arrays with more axes than a matrix, as they stand."""

from dimderiv import derive


def test_a_sum_along_an_axis_of_an_array_is_no_product_with_ones() -> None:
    """In LaTeX as little as in the text."""
    derived = derive("m = sum(X, axis=0); sum(exp(X - m))", "X", shapes="X: a x b x c")

    assert "m = sum(X, axis=0); exp(X - m) - sum(exp(X - m), axis=0)" == str(derived)
    assert r"\mathbf{1}" not in derived.latex()
    assert r"\operatorname{sum}_{\mathrm{axis}=0}(\exp(X - m))" in derived.latex()
