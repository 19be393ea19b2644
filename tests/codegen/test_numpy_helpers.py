# mypy: disable-error-code="no-untyped-call"
"""The helper functions of numpy code against plain formulas."""

import numpy as np
import pytest
from dense import Array
from numpy.lib.stride_tricks import sliding_window_view

from dimderiv.codegen.targets.helpers.numpy_helpers import (
    conv2,
    conv2_full,
    outer,
    sigmoid,
    softmax,
)

SHAPES = [
    ((12, 12), (3, 3)),
    ((90, 70), (5, 4)),
    ((90, 70), (80, 65)),
    ((300, 40), (9, 9)),
    ((1, 9), (1, 4)),
]


@pytest.mark.parametrize(("image", "kernel"), SHAPES)
@pytest.mark.parametrize("is_turned", [False, True])
def test_correlations_agree_with_their_sum(
    image: tuple[int, int], kernel: tuple[int, int], is_turned: bool
) -> None:
    """By windows, by shifted images in blocks, and by shifted kernels where those are large."""
    generator = np.random.default_rng(7)
    v = generator.normal(size=image)
    v = np.asfortranarray(v) if is_turned else v
    k = generator.normal(size=kernel)[::-1]

    np.testing.assert_allclose(
        np.einsum("opkl,kl->op", sliding_window_view(v, kernel), k), conv2(v, k), atol=1e-10
    )


@pytest.mark.parametrize(("image", "kernel"), SHAPES)
def test_full_convolutions_are_sums_of_shifted_kernels(
    image: tuple[int, int], kernel: tuple[int, int]
) -> None:
    """In whichever order the two are given."""
    generator = np.random.default_rng(8)
    g, k = generator.normal(size=image), generator.normal(size=kernel)
    expected: Array = np.zeros((image[0] + kernel[0] - 1, image[1] + kernel[1] - 1))
    for (i, j), weight in np.ndenumerate(g):
        expected[i : i + kernel[0], j : j + kernel[1]] += weight * k

    np.testing.assert_allclose(expected, conv2_full(g, k), atol=1e-10)
    np.testing.assert_allclose(expected, conv2_full(k, g), atol=1e-10)


def test_a_sigmoid_keeps_its_digits_far_left() -> None:
    """The relative error is small where the value is, and nothing overflows."""
    x = np.array([-700.0, -40.0, 0.0, 40.0, 800.0])

    np.testing.assert_allclose([np.exp(-700), np.exp(-40), 0.5, 1, 1], sigmoid(x), rtol=1e-15)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("shape", [(6, 3), (4, 90)])
def test_softmax_works_along_either_axis(axis: int, shape: tuple[int, int]) -> None:
    """In place where that is asked for, and else not."""
    x = np.random.default_rng(9).normal(size=shape)
    expected = np.exp(x) / np.exp(x).sum(axis=axis, keepdims=True)
    before = x.copy()

    np.testing.assert_allclose(expected, softmax(x, axis))
    np.testing.assert_array_equal(before, x)
    assert softmax(x, axis, out=x) is x
    np.testing.assert_allclose(expected, x)


@pytest.mark.parametrize("length", [3, 200, 3000])
def test_outer_products_of_any_length_are_the_products(length: int) -> None:
    """Either way of computing them keeps single precision."""
    u, v = np.arange(2, dtype=np.float32), np.arange(length, dtype=np.float32)

    assert np.float32 == outer(u, v).dtype
    assert (u[:, None] * v).tolist() == outer(u, v).tolist()
