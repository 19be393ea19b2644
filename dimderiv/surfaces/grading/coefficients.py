"""By which numbers some arrays must be multiplied so that they add up to another one."""

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt

# A coefficient that is found must be that near to a fraction with a small denominator.
LARGEST_DENOMINATOR = 24
NEAR = 1e-7
INDEPENDENT = 1e-6

Vector = Sequence[float]


def coefficients(vectors: Sequence[Vector], target: Vector) -> list[Fraction] | None:
    """The fractions by which vectors add up to a target; nothing where they do not, or in doubt.

    Args:
        vectors: linearly independent ones, or nothing is found.
        target: of the same length.

    >>> coefficients([[1, 0, 1], [0, 1, 1]], [2, -1, 1])
    [Fraction(2, 1), Fraction(-1, 1)]
    """
    if not vectors or len(vectors) > len(target):
        return None
    basis: list[list[float]] = []
    triangle: list[list[float]] = []
    for vector in vectors:
        rest, column = _projected(vector, basis)
        size = sqrt(_dot(rest, rest))
        if size <= INDEPENDENT * sqrt(_dot(vector, vector)):
            return None
        basis.append([x / size for x in rest])
        triangle.append([*column, size])
    rest, column = _projected(target, basis)
    if sqrt(_dot(rest, rest)) > NEAR * sqrt(_dot(target, target)):
        return None
    found = [0.0] * len(vectors)
    for k in reversed(range(len(vectors))):
        above = sum(triangle[j][k] * found[j] for j in range(k + 1, len(vectors)))
        found[k] = (column[k] - above) / triangle[k][k]
    fractions = [simple(x) for x in found]
    return None if None in fractions else [x for x in fractions if x is not None]


def simple(x: float) -> Fraction | None:
    """A fraction with a small denominator, if a number is one."""
    near = Fraction(x).limit_denominator(LARGEST_DENOMINATOR)
    return near if abs(float(near) - x) <= NEAR * max(1.0, abs(x)) else None


def ratio(found: Vector, expected: Vector) -> float | None:
    """The factor that makes one vector the other, if there is one that is not 0."""
    size = _dot(found, found)
    factor = _dot(found, expected) / size if size else 0.0
    if not factor:
        return None
    largest = max(map(abs, expected))
    pairs = zip(found, expected, strict=True)
    return factor if all(abs(factor * a - b) <= NEAR * largest for a, b in pairs) else None


def _projected(vector: Vector, basis: Sequence[Vector]) -> tuple[list[float], list[float]]:
    """What is left of a vector, and its parts along orthonormal ones, taken twice."""
    rest, parts = list(vector), [0.0] * len(basis)
    for _ in range(2):
        for k, unit in enumerate(basis):
            part = _dot(rest, unit)
            parts[k] += part
            rest = [x - part * u for x, u in zip(rest, unit, strict=True)]
    return rest, parts


def _dot(a: Vector, b: Vector) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))
