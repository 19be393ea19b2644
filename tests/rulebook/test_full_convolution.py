"""The full convolution: what a valid one hands back to its image."""

import pytest

from dimderiv import derive


@pytest.mark.parametrize("judge", ["points", "sympy"])
def test_the_image_of_a_valid_convolution_gets_a_full_one(judge: str) -> None:
    """By its own function, which both judges know."""
    found = derive("sum(G .* conv2(V, K))", "V", verify=judge)

    assert "convfull2(G, K)" == str(found)


def test_a_full_convolution_hands_valid_ones_back() -> None:
    """Both arguments are images of the other."""
    found = derive("sum(H .* convfull2(G, K))", "G,K")

    assert "dG = conv2(H, K); dK = conv2(H, G)" == str(found)


def test_an_axis_that_nothing_has_is_no_part_of_it() -> None:
    """What is only repeated along an axis is written entry by entry."""
    found = derive("[k:3] sum[i:3, j:2, l:2] A[l+j]", "A", shapes="A: 3")

    assert "convfull2" not in str(found)
    assert found.verification is not None
