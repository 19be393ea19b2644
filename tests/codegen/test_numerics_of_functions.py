"""Generated code of functions of entries where formulas lose digits, against 50 digits."""

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from dimderiv import derive
from dimderiv.codegen.targets.helpers import numpy_special_helpers

Array = np.ndarray
mp = mpmath.MPContext()
mp.dps = 50

# A call, where it is hard, its value and its derivative with many digits.
HOSTILE: dict[str, tuple[list[float], Callable[[Any], Any], Callable[[Any], Any]]] = {
    "expm1(x)": ([-50, -1e-20, 1e-300, 1e-9, 3, 700], mp.expm1, mp.exp),
    "log1p(x)": ([-1 + 1e-12, -1e-20, 1e-300, 1e-9, 1e300], mp.log1p, lambda x: 1 / (1 + x)),
    "log2(x)": (
        [1e-300, 1 - 1e-12, 1 + 1e-12, 1e300],
        lambda x: mp.log(x, 2),
        lambda x: 1 / (x * mp.log(2)),
    ),
    "log10(x)": (
        [1e-300, 1 - 1e-12, 1 + 1e-12, 1e300],
        mp.log10,
        lambda x: 1 / (x * mp.log(10)),
    ),
    "asinh(x)": ([-1e150, -1e-10, 1e-300, 0.5, 1e150], mp.asinh, lambda x: 1 / mp.sqrt(x * x + 1)),
    "acosh(x)": ([1 + 1e-12, 1.5, 1e150], mp.acosh, lambda x: 1 / mp.sqrt(x * x - 1)),
    # As the answer is written, `1 - x^2` has the digits that x^2 has beside 1.
    "atanh(x)": ([-1 + 2**-20, 1e-20, 0.5, 1 - 1e-15], mp.atanh, lambda x: 1 / (1 - x * x)),
    "erfc(x)": ([-5, 0, 1e-20, 3, 10, 26], mp.erfc, lambda x: -2 * mp.exp(-x * x) / mp.sqrt(mp.pi)),
    "erfinv(x)": (
        [-1 + 1e-15, -1e-20, 0.5, 1 - 1e-12],
        mp.erfinv,
        lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(mp.erfinv(x) ** 2),
    ),
    "normcdf(x)": ([-37, -10, 0, 8], mp.ncdf, mp.npdf),
    "lgamma(x)": ([1e-300, 1e-9, 0.5, 3, 30, 1e10], mp.loggamma, mp.digamma),
    "digamma(x)": ([1e-5, 0.5, 2, 30, 1e8], mp.digamma, lambda x: mp.psi(1, x)),
    "polygamma(2, x)": ([1e-5, 0.5, 2, 30, 1e4], lambda x: mp.psi(2, x), lambda x: mp.psi(3, x)),
    "hypot(x, 3)": (
        [1e-200, 4, 1e200],
        lambda x: mp.hypot(x, 3),
        lambda x: x / mp.hypot(x, 3),
    ),
    "arctan2(x, -1)": (
        [1e-300, 1e-9, -1e100],
        lambda x: mp.atan2(x, -1),
        lambda x: -1 / (x * x + 1),
    ),
    "leaky_relu(x, 0.1)": (
        [-1e300, -1e-300, 1e-300, 1e300],
        lambda x: x if x > 0 else mp.mpf(0.1) * x,
        lambda x: 1 if x > 0 else mp.mpf(0.1),
    ),
    "elu(x, 2)": (
        [-800, -1e-20, 1e-20, 1e300],
        lambda x: x if x > 0 else 2 * mp.expm1(x),
        lambda x: 1 if x > 0 else 2 * mp.exp(x),
    ),
    "rsqrt(x)": ([1e-200, 1, 1e200], lambda x: 1 / mp.sqrt(x), lambda x: -(x ** mp.mpf(-1.5)) / 2),
    "reciprocal(x)": ([1e-100, -1, 1e100], lambda x: 1 / x, lambda x: -1 / (x * x)),
    "square(x)": ([1e-100, -1, 1e100], lambda x: x * x, lambda x: 2 * x),
}
# The last digits of an exponential of -x^2 are those of x^2.
TOLERANCE = 3e-13


def exact(function: Callable[[Any], Any], points: list[float]) -> Array:
    """A function at exact numbers, rounded to 53 bits."""
    return np.array([float(function(mp.mpf(point))) for point in points])


@pytest.mark.parametrize("call", HOSTILE)
def test_value_and_gradient(call: str) -> None:
    """Neither overflows, nor loses digits where the function is small or steep."""
    points, value, slope = HOSTILE[call]
    made = derive(f"y' {call}", "y", shapes="x: n; y: n").function()
    gradient = derive(f"sum({call})", "x", shapes="x: n").function()
    x = np.array(points, dtype=float)

    np.testing.assert_allclose(made(x=x, y=x), exact(value, points), rtol=TOLERANCE)
    np.testing.assert_allclose(gradient(x=x), exact(slope, points), rtol=TOLERANCE)


@pytest.mark.parametrize(
    "call", ["erfc(x)", "erfinv(x)", "lgamma(x)", "digamma(x)", "polygamma(2, x)"]
)
def test_without_scipy(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numpy alone has as many digits."""
    monkeypatch.setattr(numpy_special_helpers, "special", None)
    points, value, _ = HOSTILE[call]
    helper: Any = getattr(numpy_special_helpers, call.partition("(")[0])
    x = np.array(points, dtype=float)
    found = helper(2, x) if call.startswith("poly") else helper(x)

    np.testing.assert_allclose(found, exact(value, points), rtol=TOLERANCE)


def test_inverse_error_function_at_the_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is infinite there."""
    monkeypatch.setattr(numpy_special_helpers, "special", None)
    helper: Any = numpy_special_helpers.erfinv

    assert [-np.inf, 0.0, np.inf] == list(helper(np.array([-1.0, 0.0, 1.0])))


def test_variance_far_from_zero() -> None:
    """The mean is taken off before squares are summed."""
    x = 1e8 + np.arange(5.0)
    value, gradient = derive("var(x)", "x").function(value=True)(x=x)

    assert 2.0 == value
    np.testing.assert_allclose(gradient, 2 * (np.arange(5.0) - 2) / 5, rtol=1e-15)
