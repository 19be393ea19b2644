"""Search for false claims of curvature: `python -m tests.convexity --count 1000 --seed 1`.

Half of the expressions are those of the search, made scalars by a sum, and half are compositions
of functions that curve.  Each claim is tried against Hessians and chords of an evaluator of its
own, by torch; it has nothing in common with certificates but the parser's tree.
"""

import argparse
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement, count, islice
from pathlib import Path
from random import Random

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parent))
from search.evaluator import Evaluator, Tensor, TiedError
from search.extents import Extent, Size, UnreadableError, known
from search.points import ACTUAL, GENERIC, declared_extent, drawn
from search.problems import random_problems

from dimderiv import derive
from dimderiv.curvature import Curvature
from dimderiv.derivation import Derivation
from dimderiv.errors import DimderivError, VerificationError

SHAPES = {
    "X": "m x n",
    "w": "n",
    "y": "m",
    "v": "m positive",
    "u": "m positive",
    "z": "n positive",
    "t": "scalar positive",
    "a": "scalar",
    "P": "n x n spd",
    "S": "n x n symmetric",
}
AFFINE = (
    "X w",
    "X w - y",
    "v .* (X w)",
    "y - v",
    "u + v",
    "-y",
    "2 v + 1",
    "X z",
    "a y",
    "-v",
    "y",
)
ENTRYWISE = (
    *("exp({})", "log({})", "sqrt({})", "softplus({})", "{}.^2", "{}.^3", "abs({})", "relu({})"),
    *("1 ./ {}", "{}.^-2", "{}.^1.5", "{}.^0.5", "tanh({})", "sigmoid({})", "cosh({})", "-{}"),
    *("log(1 + {})", "log(1 + exp({}))", "sinh({})", "arctan({})", "logsigmoid({})", "2 .^ {}"),
    *("log1p({})", "erf({})", "max({}, 0)", "min({}, 1)", "3 {} - 1", "1 - {}", "sqrt(1 + {}.^2)"),
)
OF_TWO = (
    "{} + {}",
    "{} - {}",
    "{} .* {}",
    "{} ./ {}",
    "max({}, {})",
    "min({}, {})",
    "{} .* log({})",
)
SCALARS = (
    *("sum({})", "max({})", "min({})", "logsumexp({})", "||{}||", "||{}||^2", "mean({})"),
    *("log(sum(exp({})))", "sum({}) / t", "||{}||^2 / t", "-sum({})", "prod({})", "norm1({})"),
    *("sum({})^2", "exp(mean({}))", "sqrt(sum({}))", "y' {}", "v' {}", "log(sum({}))"),
)
OF_MATRICES = (
    *("w'P w", "w'S w", "w'inv(P) w", "tr(inv(P))", "logdet(P)", "logdet(P + t I)", "tr(S P)"),
    *("eigmax(S)", "eigmin(S + P)", "||P||_F^2", "tr(P P)", "log(det(P))", "tr(inv(P) S)", "z'P z"),
    *("log(w'P w)", "exp(w'P w)", "sqrt(w'P w)", "sqrt(1 + w'P w)", "w'P w / t", "1 / (w'P w)"),
)
# A second derivative this small beside the largest may be rounding.
TOLERANCE = 1e-7
DRAWS, MOST = 6, 24


@dataclass(frozen=True)
class Question:
    """An expression, its variables, and what is declared."""

    source: str
    wrt: tuple[str, ...]
    shapes: Mapping[str, str]

    def __str__(self) -> str:
        shapes = "; ".join(f"{name}: {shape}" for name, shape in self.shapes.items())
        return f"{self.source!r} by {','.join(self.wrt)}, {shapes!r}"


def composed(random: Random) -> str:
    """A composition of functions that curve."""
    if random.random() < 0.2:
        one = random.choice(OF_MATRICES)
        return one if random.random() < 0.5 else f"{one} - {random.choice(OF_MATRICES)}"

    def vector(depth: int) -> str:
        if depth == 0:
            return f"({random.choice(AFFINE)})"
        if random.random() < 0.25:
            return f"({random.choice(OF_TWO).format(vector(depth - 1), vector(depth - 1))})"
        return f"({random.choice(ENTRYWISE).format(vector(depth - 1))})"

    one = random.choice(SCALARS).format(vector(random.choice((0, 1, 1, 2, 2, 3))))
    if random.random() < 0.3:
        return f"{one} + {random.choice(SCALARS).format(vector(1))}"
    return one


def questions(seed: int) -> Iterator[Question]:
    """Expressions of both kinds in turn."""
    others = random_problems(seed)
    for number in count():
        random = Random(f"convexity {seed} {number}")
        source = composed(random)
        names = [name for name in SHAPES if name in set(_words(source))]
        wrt = random.sample(names, min(len(names), random.choice((1, 1, 1, 2))))
        shapes = {name: SHAPES[name] for name in names}
        yield Question(source, tuple(wrt), shapes)
        problem = next(others)
        if not problem.names and not problem.one_size:
            *definitions, last = problem.source.split("; ")
            source = "; ".join([*definitions, f"sum({last})"])
            yield Question(source, problem.wrt, problem.shapes)


def _words(source: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in source).split()


class Sampled:
    """The value of a question at drawn points, as a function of the free directions."""

    def __init__(self, question: Question, derivation: Derivation, kind: str) -> None:
        self.question, self.program = question, derivation.typed.program
        words = {word for shape in question.shapes.values() for word in shape.split()}
        self.sizes: dict[str, Size] = {
            name: known(GENERIC[name], ACTUAL[kind][name]) for name in ACTUAL[kind] if name in words
        }
        self.symbols: dict[str, Extent] = {
            name: declared_extent(shape, self.sizes) for name, shape in question.shapes.items()
        }

    def point(self, seed: int) -> dict[str, Tensor]:
        """Numbers for all symbols."""
        generator = np.random.default_rng(seed)
        return {
            name: torch.as_tensor(
                drawn(
                    shape, (self.symbols[name][0].number, self.symbols[name][1].number), generator
                )
            )
            for name, shape in self.question.shapes.items()
        }

    def directions(self) -> list[tuple[str, Tensor]]:
        """A basis in which the variables keep what is declared of them."""
        found = []
        for name in self.question.wrt:
            rows, cols = (extent.number for extent in self.symbols[name])
            kind = self.question.shapes[name].split()[-1]
            for i, j in np.ndindex(rows, cols):
                way = torch.zeros(rows, cols, dtype=torch.float64)
                way[i, j] = 1
                if kind in {"symmetric", "spd"} and i <= j:
                    way[j, i] = 1
                elif kind == "skew" and i < j:
                    way[j, i] = -1
                elif kind == "probability" and j < cols - 1:
                    way[i, cols - 1] = -1
                elif kind in _KEPT and not _KEPT[kind](i, j):
                    continue
                found.append((name, way))
        return found[:MOST]

    def value(self, point: Mapping[str, Tensor]) -> Tensor:
        """The value at a point."""
        return Evaluator(point, {}, self.sizes, self.symbols).run(self.program).reshape(())

    def hessian(self, point: Mapping[str, Tensor]) -> np.ndarray:
        """Second derivatives along the directions."""
        ways = self.directions()

        def along(steps: Tensor) -> Tensor:
            moved = dict(point)
            for step, (name, way) in zip(steps, ways, strict=True):
                moved[name] = moved[name] + step * way
            return self.value(moved)

        start = torch.zeros(len(ways), dtype=torch.float64)
        found = torch.autograd.functional.hessian(along, start)
        return np.asarray(found.detach().numpy())


_KEPT: Mapping[str, Callable[[int, int], bool]] = {
    "symmetric": lambda i, j: i <= j,
    "spd": lambda i, j: i <= j,
    "skew": lambda i, j: i < j,
    "probability": lambda i, j: False,
    "diagonal": lambda i, j: i == j,
    "lower": lambda i, j: i >= j,
    "upper": lambda i, j: i <= j,
}


def contradiction(found: Curvature, question: Question, derivation: Derivation) -> str | None:
    """What another evaluator holds against a claim; an empty text if it could not try it."""
    tried = strict = 0
    for kind, seed in combinations_with_replacement(("different", "equal"), 2):
        sampled = Sampled(question, derivation, kind)
        for draw in range(DRAWS // 2):
            points = [sampled.point(100 * draw + place + len(seed)) for place in (1, 2)]
            try:
                if not torch.isfinite(sampled.value(points[0])):
                    # The slope of a logarithm has a value where the logarithm has none.
                    continue
                hessian = sampled.hessian(points[0])
            except (UnreadableError, TiedError, RuntimeError):
                continue
            if not np.isfinite(hessian).all() or not hessian.size:
                continue
            tried += 1
            values = np.linalg.eigvalsh((hessian + hessian.T) / 2)
            scale = max(abs(values).max(), 1e-300)
            if found.is_convex and values[0] < -TOLERANCE * scale and scale > TOLERANCE:
                return f"an eigenvalue {values[0]:g} beside {values[-1]:g}"
            if found.is_concave and values[-1] > TOLERANCE * scale and scale > TOLERANCE:
                return f"an eigenvalue {values[-1]:g} beside {values[0]:g}"
            strict += abs(values).min() > 1e-13 * scale
            try:
                wrong = _chord(found, sampled, points)
            except TiedError:
                continue
            if wrong:
                return wrong
    if tried and "strictly" in found.verdict and not strict:
        return "no Hessian is definite"
    return None if tried else ""


def _chord(found: Curvature, sampled: Sampled, points: list[dict[str, Tensor]]) -> str | None:
    start, end = points[0], {**points[0]}
    for name in sampled.question.wrt:
        end[name] = points[1][name]
    middle = {name: (start[name] + end[name]) / 2 for name in start}
    low, high, between = (float(sampled.value(each)) for each in (start, end, middle))
    if not np.isfinite([low, high]).all():
        return None
    if not np.isfinite(between):
        return "no value between two values"
    gap, scale = low + high - 2 * between, max(abs(low), abs(high), abs(between), 1.0)
    if (found.is_convex and gap < -TOLERANCE * scale) or (
        found.is_concave and gap > TOLERANCE * scale
    ):
        return f"a chord on the other side, by {gap:g}"
    return None


def main() -> int:
    """Run the search; the exit status is 1 if a claim is false."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument("--show", action="store_true", help="print what is unknown")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    verdicts, judged, false = Counter[str](), Counter[str](), 0
    begin = time.monotonic()
    for question in islice(questions(given.seed), given.start, given.start + given.count):
        if time.monotonic() - begin > given.seconds:
            break
        try:
            derivation = derive(question.source, question.wrt, shapes=question.shapes, verify=False)
            if not derivation.typed.value.is_scalar:
                continue
            found = derivation.curvature()
        except VerificationError as error:
            false += 1
            print(f"[false] {question}: {error.message} {error.known}", flush=True)
            continue
        except DimderivError:
            verdicts["refused"] += 1
            continue
        verdicts[found.verdict] += 1
        if found.verdict == "unknown" and given.show:
            print(f"[unknown] {question}: {str(found).splitlines()[-1]}", flush=True)
        if found.is_convex or found.is_concave:
            wrong = contradiction(found, question, derivation)
            judged["not tried" if wrong == "" else "tried"] += 1
            if wrong:
                false += 1
                print(f"[false] {question}: {found.verdict}, but {wrong}", flush=True)
    total = sum(verdicts.values()) - verdicts["refused"]
    decided = total - verdicts["unknown"]
    print(f"{total} functions: {dict(verdicts)}; {dict(judged)}")
    print(f"decided {decided / max(total, 1):.1%}")
    print(f"{false} false claims, {time.monotonic() - begin:.0f} s")
    return 1 if false else 0


if __name__ == "__main__":
    sys.exit(main())
