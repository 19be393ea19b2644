"""Code at hostile inputs: `python -m tests.hostile --count 20000 --seed 1`.

Random expressions of exponentials, logarithms, sums, products and quotients are differentiated,
once and, as the product of the Hessian with a vector, twice, and run at entries up to 900 in size.
Wherever the value and the derivatives are doubles, the code's have to be, and as exact as the
expression itself is in arithmetic of 53 bits with exponents that have no end: what that loses by
cancellation, code may lose too.
"""

import argparse
import inspect
import random
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import mpmath
import numpy as np

from dimderiv import derive
from dimderiv.errors import DimderivError

SIZE = 3
# Beside an exponential of 900 the entries of a matrix keep theirs.
DIGITS = 1000
NAMES = ("x", "y")
SHAPES = "x: n; y: n; B: n x n; v: n"
# Sizes of entries: usual ones, where exp(exp(x)) is large, where exp(x) is, far beyond that.
SCALES = (1.0, 6.0, 40.0, 200.0, 900.0)
# Values that are neither so small nor so large that a double loses digits.
LEAST, MOST = 1e-290, 1e300
# How wrong each operation may be, relative to its result.
NOISE = 1e-11


class Dual(NamedTuple):
    """A number and its derivative by each entry of x; how both change along the direction v."""

    value: mpmath.mpf
    slope: tuple[mpmath.mpf, ...]
    rate: mpmath.mpf
    bend: tuple[mpmath.mpf, ...]


class Share(NamedTuple):
    """What a result owes to an operand: the factor in the chain rule, and how that changes."""

    factor: mpmath.mpf
    rate: mpmath.mpf
    part: Dual


Entries = list[Dual]
Noise = Callable[[mpmath.mpf], mpmath.mpf]
# A function of a number: its value, its derivative and its second one.
Function = Callable[[mpmath.mpf, Noise], tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]]
ZERO, ONE = mpmath.mpf(0), mpmath.mpf(1)


@dataclass(frozen=True)
class Term:
    """An expression: its text, whether it is one number, and how it is computed."""

    text: str
    is_scalar: bool
    run: Callable[["Machine"], Entries]


class Machine:
    """Computes with duals, every operation slightly wrong.

    Args:
        inputs: the entries of each symbol.
        noise: what a result becomes.
    """

    def __init__(self, inputs: dict[str, np.ndarray], noise: Noise) -> None:
        self.inputs = inputs
        self.noise = noise

    def symbol(self, name: str) -> Entries:
        """The entries of a vector."""
        return [self.entry(name, at) for at in range(SIZE)]

    def entry(self, name: str, at: int) -> Dual:
        """One entry of a vector."""
        slope = tuple(mpmath.mpf(int(name == "x" and k == at)) for k in range(SIZE))
        rate = mpmath.mpf(float(self.inputs["v"][at])) if name == "x" else ZERO
        return Dual(mpmath.mpf(float(self.inputs[name][at])), slope, rate, (ZERO,) * SIZE)

    def number(self, value: float) -> Entries:
        """A constant."""
        return [Dual(mpmath.mpf(value), (ZERO,) * SIZE, ZERO, (ZERO,) * SIZE)]

    def chained(self, value: mpmath.mpf, shares: Sequence[Share]) -> Dual:
        """A value whose derivative is that of its operands, each times a factor."""
        noise = self.noise

        def total(terms: Iterable[mpmath.mpf]) -> mpmath.mpf:
            return noise(sum((noise(each) for each in terms), ZERO))

        slope = tuple(total(f * part.slope[k] for f, _, part in shares) for k in range(SIZE))
        bend = tuple(
            total(t for f, r, p in shares for t in (r * p.slope[k], f * p.bend[k]))
            for k in range(SIZE)
        )
        return Dual(noise(value), slope, total(f * part.rate for f, _, part in shares), bend)

    def map(self, function: Function, a: Entries) -> Entries:
        """A function of each entry."""
        made = []
        for each in a:
            value, first, second = function(each.value, self.noise)
            made.append(
                self.chained(
                    value, [Share(self.noise(first), self.noise(second * each.rate), each)]
                )
            )
        return made

    def pair(self, function: str, a: Entries, b: Entries) -> Entries:
        """An operation of the entries of two arrays, or of an array and a number."""
        count = max(len(a), len(b))
        left, right = (each * count if len(each) < count else each for each in (a, b))
        return [self.two(function, one, other) for one, other in zip(left, right, strict=True)]

    def two(self, function: str, a: Dual, b: Dual) -> Dual:
        """An operation of two numbers."""
        match function:
            case "+":
                return self.chained(a.value + b.value, [Share(ONE, ZERO, a), Share(ONE, ZERO, b)])
            case "-":
                return self.chained(a.value - b.value, [Share(ONE, ZERO, a), Share(-ONE, ZERO, b)])
            case "*":
                shares = [Share(b.value, b.rate, a), Share(a.value, a.rate, b)]
                return self.chained(a.value * b.value, shares)
        value, below = a.value / b.value, b.value
        of_value = self.noise(a.rate / below) - self.noise(value * b.rate / below)
        of_factor = self.noise(value * b.rate / below**2) - self.noise(of_value / below)
        shares = [Share(1 / below, -b.rate / below**2, a), Share(-value / below, of_factor, b)]
        return self.chained(value, shares)

    def sum(self, a: Entries) -> Entries:
        """The sum of the entries."""
        return [self.chained(sum((e.value for e in a), ZERO), [Share(ONE, ZERO, e) for e in a])]

    def softmax(self, a: Entries) -> Entries:
        """Exponentials over their sum."""
        powers = self.map(_exp, a)
        return self.pair("/", powers, self.sum(powers))

    def determinant(self, a: Entries) -> Entries:
        """The determinant of a constant matrix with these entries added on its diagonal."""
        matrix = mpmath.matrix(self.inputs["B"].tolist())
        for k in range(SIZE):
            matrix[k, k] += a[k].value
        value, inverse = mpmath.det(matrix), mpmath.inverse(matrix)
        noise, shares = self.noise, []
        for k in range(SIZE):
            # A cofactor is the determinant times an entry of the inverse.
            minors = [
                noise(inverse[k, k] * inverse[j, j] - inverse[k, j] * inverse[j, k]) * a[j].rate
                for j in range(SIZE)
            ]
            rate = value * sum((noise(each) for each in minors), ZERO)
            shares.append(Share(noise(value * inverse[k, k]), noise(rate), a[k]))
        return [self.chained(value, shares)]


def _exp(a: mpmath.mpf, _: Noise) -> tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]:
    if abs(a) > 1e6:
        raise OverflowError
    value = mpmath.exp(a)
    return value, value, value


def _log(a: mpmath.mpf, _: Noise) -> tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]:
    if a <= 0:
        raise ValueError
    return mpmath.log(a), 1 / a, -1 / a**2


def _sigmoid(a: mpmath.mpf, noise: Noise) -> tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]:
    if abs(a) > 1e6:
        raise OverflowError
    value = 1 / (1 + mpmath.exp(-a))
    slope = value * (1 - noise(value))
    return value, slope, slope * (1 - 2 * noise(value))


MAPS = {"exp": _exp, "log": _log, "sigmoid": _sigmoid}


def drawn(rng: random.Random, depth: int, *, is_scalar: bool) -> Term:
    """A random expression."""
    if depth == 0:
        return _leaf(rng, is_scalar)
    if is_scalar and rng.random() < 0.35:
        return _of_vector(drawn(rng, depth - 1, is_scalar=False), rng.random() < 0.2)
    kind = rng.choice([*MAPS, "exp", "log", "softmax", *"++-**//"])
    if kind == "softmax" and is_scalar:
        return drawn(rng, depth, is_scalar=True)
    if kind == "softmax" or kind in MAPS:
        inner = drawn(rng, depth - 1, is_scalar=is_scalar)
        # Nobody writes the logarithm of 1, which is 0 times what overflows.
        return inner if kind == "log" and inner.text == "1" else _mapped(kind, inner)
    # One of the two may be a number where the other is a vector.
    single = [is_scalar or rng.random() < 0.2, is_scalar]
    rng.shuffle(single)
    return _paired(kind, *(drawn(rng, depth - 1, is_scalar=each) for each in single))


def _of_vector(inner: Term, is_determinant: bool) -> Term:
    def run(machine: Machine) -> Entries:
        entries = inner.run(machine)
        return machine.determinant(entries) if is_determinant else machine.sum(entries)

    text = f"det(diag({inner.text}) + B)" if is_determinant else f"sum({inner.text})"
    return Term(text, True, run)


def _mapped(kind: str, inner: Term) -> Term:
    def run(machine: Machine) -> Entries:
        entries = inner.run(machine)
        return machine.softmax(entries) if kind == "softmax" else machine.map(MAPS[kind], entries)

    return Term(f"{kind}({inner.text})", inner.is_scalar, run)


def _paired(kind: str, left: Term, right: Term) -> Term:
    def run(machine: Machine) -> Entries:
        return machine.pair(kind, left.run(machine), right.run(machine))

    spelled = {"*": ".*", "/": "./"}.get(kind, kind)
    return Term(f"({left.text}) {spelled} ({right.text})", left.is_scalar and right.is_scalar, run)


def _leaf(rng: random.Random, is_scalar: bool) -> Term:
    name = rng.choice(("x", "x", "y"))
    vector = Term(name, False, lambda machine: machine.symbol(name))
    if is_scalar and rng.random() < 0.3:
        value = rng.choice([1, 2, 3])
        return Term(str(value), True, lambda machine: machine.number(value))
    if is_scalar:
        return _of_vector(vector, is_determinant=False)
    if rng.random() < 0.2:
        minus = Term("-1", True, lambda machine: machine.number(-1))
        return _paired("*", minus, vector)
    return vector


class Finding(NamedTuple):
    """Code that is further off than it may be."""

    text: str
    inputs: dict[str, np.ndarray]
    what: str
    found: np.ndarray
    true: list[float]


def truth(term: Term, inputs: dict[str, np.ndarray], noise: Noise) -> Dual | None:
    """Value and derivatives of an expression; nothing where there are none."""
    try:
        (found,) = term.run(Machine(inputs, noise))
    except (ValueError, OverflowError, ZeroDivisionError):
        return None
    numbers = (found.value, *found.slope, *found.bend)
    return found if all(map(mpmath.isfinite, numbers)) else None


def judged(term: Term, rng: random.Random) -> Iterator[Finding]:
    """Where the code of an expression is wrong; at most one place."""
    try:
        first = derive(term.text, "x", shapes=SHAPES, verify=False).function(value=True)
        second = derive(term.text, "x", shapes=SHAPES, verify=False).hvp("v").function()
    except DimderivError:
        return
    for scale in SCALES:
        inputs = hostile(rng, scale)
        exact = truth(term, inputs, lambda a: a)
        loose = [truth(term, inputs, noisy(rng)) for _ in range(3)]
        known = [each for each in loose if each is not None]
        if exact is None or len(known) < len(loose):
            continue
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            value, slope = called(first, inputs)
            bend = called(second, inputs)
        for what, found, true, others in (
            ("value", [value], [exact.value], [[each.value] for each in known]),
            ("slope", slope, exact.slope, [each.slope for each in known]),
            ("bend", bend, exact.bend, [each.bend for each in known]),
        ):
            if not agrees(found, true, others):
                yield Finding(term.text, inputs, what, np.array(found), [*map(float, true)])
                return


def called(function: Callable[..., Any], inputs: dict[str, np.ndarray]) -> Any:
    """What a generated function returns; it takes some of the inputs."""
    return function(*[inputs[name] for name in inspect.signature(function).parameters])


def agrees(
    found: Sequence[float],
    true: Sequence[mpmath.mpf],
    others: Sequence[Sequence[mpmath.mpf]],
) -> bool:
    """Whether entries are as near to the true ones as small errors on the way let them be."""
    if any(abs(each) > MOST for each in true):
        return True
    # What underflows is lost beside entries that are large.
    least = LEAST * max(1, *map(abs, true))
    for k, (entry, exact) in enumerate(zip(found, true, strict=True)):
        blur = 30 * max(abs(other[k] - exact) for other in others)
        if blur > max(least, abs(exact)):
            continue
        error = abs(mpmath.mpf(float(entry)) - exact)
        if not error <= blur + abs(exact) * 1e-10 + least:
            return False
    return True


def noisy(rng: random.Random) -> Noise:
    """An error of random size, relative to what it is the error of."""
    return lambda value: value * (1 + mpmath.mpf(rng.uniform(-1, 1)) * NOISE)


def hostile(rng: random.Random, scale: float) -> dict[str, np.ndarray]:
    """Entries up to a size, and a definite matrix."""
    draw = np.random.default_rng(rng.randrange(2**32))
    factor = draw.standard_normal((SIZE, SIZE))
    return {
        "x": draw.uniform(-scale, scale, SIZE),
        "y": draw.uniform(-scale, scale, SIZE),
        "B": factor @ factor.T + np.eye(SIZE),
        "v": draw.standard_normal(SIZE),
    }


def main() -> int:
    """Run the search; the exit status is 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    count = 0
    with mpmath.workdps(DIGITS):
        for number in range(given.count):
            rng = random.Random(f"{given.seed} {number}")
            term = drawn(rng, rng.choice([2, 3, 3, 4]), is_scalar=True)
            for finding in judged(term, rng):
                count += 1
                print(f"{finding.what}: {finding.text}")
                print(f"   {finding.inputs}")
                print(f"   found {finding.found}, true {finding.true}", flush=True)
    print(f"{given.count} expressions, {count} findings")
    return 1 if count else 0


if __name__ == "__main__":
    raise SystemExit(main())
