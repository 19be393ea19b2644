# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""Special functions for generated numpy code: those of scipy, and what there is without it.

As in `numpy_helpers`, generated code contains their text.
"""

import math

import numpy as np

try:
    from scipy import special
except ImportError:
    special = None


def logsigmoid(x):
    """The logarithm of sigmoid(x), without overflow."""
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))


def erfc(x):
    """1 - erf(x) of each entry, also where that is tiny."""
    return special.erfc(x) if special else np.vectorize(math.erfc, otypes=[x.dtype])(x)


def erfinv(x):
    """The inverse of the error function: Winitzki's formula, then steps of Halley's method."""
    if special:
        return special.erfinv(x)
    with np.errstate(all="ignore"):
        logarithm, size = np.log1p(-x * x), np.abs(x)
        middle = 2 / (math.pi * 0.147) + logarithm / 2
        y = np.sqrt(np.sqrt(middle * middle - logarithm / 0.147) - middle)
        missing = np.vectorize(
            lambda x, y: x - math.erf(y) if x < 0.5 else math.erfc(y) - (1 - x), otypes=[x.dtype]
        )
        for _ in range(3):
            step = missing(size, y) * np.exp(y * y) * (math.sqrt(math.pi) / -2)
            y = y - step / (1 + y * step)
    return np.copysign(np.where(size == 1, np.inf, y), x)


def lgamma(x):
    """The logarithm of the gamma function of each entry."""
    return special.gammaln(x) if special else np.vectorize(math.lgamma, otypes=[x.dtype])(x)


def digamma(x):
    """The derivative of lgamma: the asymptotic series, from where it has all digits."""
    if special:
        return special.digamma(x)
    below, z = sum(1 / (x + k) for k in range(10)), x + 10
    terms = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)
    tail = sum(term / z ** (2 * k) for k, term in enumerate(terms, 1))
    return np.log(z) - 1 / (2 * z) - tail - below


def polygamma(n, x):
    """The n-th derivative of digamma: a zeta function of Hurwitz, by Euler and Maclaurin."""
    if special:
        return special.polygamma(n, x).astype(x.dtype, copy=False)
    n, last = int(n), 10 + int(n)
    z = x + last
    total = sum(1 / (x + k) ** (n + 1) for k in range(last)) + (1 / n + 1 / (2 * z)) / z**n
    for k, bernoulli in enumerate((1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6), 1):
        rising = math.factorial(n + 2 * k - 1) / math.factorial(n) / math.factorial(2 * k)
        total = total + bernoulli * rising / z ** (n + 2 * k)
    return (-1) ** (n + 1) * math.factorial(n) * total
