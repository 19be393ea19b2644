"""Properties that are declared of defined names."""

import pytest

from dimderiv import derive
from dimderiv.errors import NotDifferentiableError

SHAPES = "X: n x d; H: m x n; S: n x n spd; R: m x m spd; t: scalar positive; c: scalar; "


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ("K = X X' + t I", "K: n x n spd"),
        ("K = X X' + c I", "K: n x n symmetric"),
        ("K = H S H' + R", "K: m x m spd"),
        ("K = H inv(S) H'", "K: m x m psd"),
        ("K = softmax(X)", "K: n x d probability"),
        ("K = exp(X)", "K: n x d positive"),
        ("K = X.^2 + 1", "K: n x d nonnegative"),
        ("K = X > 0", "K: n x d binary"),
        ("K = t I + S .* I", "K: n x n diagonal"),
    ],
)
def test_what_follows_from_the_value_may_be_said(definition: str, said: str) -> None:
    """It changes no answer."""
    expression = f"{definition}; sum(K .* G)"
    found = derive(expression, "G", shapes=SHAPES + said, verify=False)

    assert f"{definition}; K" in str(found) or "K" not in str(found)


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ("K = X X' + c I", "K: n x n spd"),
        ("K = S M", "K: n x n symmetric"),
        ("K = S - t I", "K: n x n psd"),
        ("K = X", "K: n x d positive"),
        ("K = X", "K: n x d nonnegative"),
        ("K = S", "K: n x n lower"),
    ],
)
def test_what_does_not_follow_is_refused(definition: str, said: str) -> None:
    """By name, with what would make it known."""
    with pytest.raises(NotDifferentiableError, match="not known to follow from its value"):
        derive(f"{definition}; sum(K .* G)", "G", shapes=SHAPES + said, verify=False)


def test_a_definite_sum_of_congruences_is_factorized_as_such() -> None:
    """Kalman's innovation covariance is definite by how it is made."""
    source = derive("K = H S H' + R; v' inv(K) v", "v", shapes=SHAPES).code("numpy")

    assert "cholesky(K)" in source
