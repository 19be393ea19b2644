"""Every inner operation inside every outer context, by each variable, judged by numbers.

    python tests/sweep.py --count 2000 --seed 1

The printed answer is compared with central differences of the expression, with all sizes unequal,
with equal ones, and with sizes 1.  Evaluation is literal (`tests/dense.py`) and shares nothing with
the derivation.  A failure is printed with what repeats it.
"""

import argparse
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from zlib import crc32

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402  found only on this path when run as a script
from golden import drawn  # noqa: E402
from numeric import Point, differs, results_of, slopes_of  # noqa: E402

from dimderiv import derive  # noqa: E402
from dimderiv.derivation.derivation import Derivation  # noqa: E402
from dimderiv.errors import DimderivError  # noqa: E402

# What is put inside, the symbols in it, and what it is.
INNER = """
    A X B        | A: m x p; X: p x q; B: q x n   | matrix
    X + c        | X: m x n; c: scalar            | matrix
    c X          | X: m x n; c: scalar            | matrix
    X + b        | X: m x n; b: 1 x n             | matrix
    X + d        | X: m x n; d: m                 | matrix
    X .* Y       | X: m x n; Y: m x n             | matrix
    X ./ (2 + d.^2) | X: m x n; d: m              | matrix
    X'           | X: n x m                       | matrix
    d b          | d: m; b: 1 x n                 | matrix
    d + b        | d: m; b: 1 x n                 | matrix
    x y'         | x: m; y: n                     | matrix
    sin(X)       | X: m x n                       | matrix
    softmax(X)   | X: m x n                       | matrix
    X - mean(X, axis=0) | X: m x n                | matrix
    X - sum(X, axis=1)  | X: m x n                | matrix
    conv2(V, K)  | V: h x w; K: k x l             | matrix
    conv2(V, x y') | V: h x w; x: k; y: l         | matrix
    kron(x, Y)   | x: p; Y: q x n                 | matrix
    kron(A, B)   | A: m x p; B: q x n             | matrix
    diag(d) X    | d: m; X: m x n                 | matrix
    X + A X      | A: m x m; X: m x n             | matrix
    ones(m, n) c | c: scalar                      | matrix
    A            | A: n x n                       | square
    A + A'       | A: n x n                       | square
    A A'         | A: n x m                       | square
    diag(x)      | x: n                           | square
    A .* I       | A: n x n                       | square
    tril(A)      | A: n x n                       | square
    triu(A)      | A: n x n                       | square
    A^2          | A: n x n                       | square
    inv(A)       | A: n x n                       | square
    c I + A      | A: n x n; c: scalar            | square
    x x' + c I   | x: n; c: scalar                | square
    x y'         | x: n; y: n                     | square
    S            | S: n x n symmetric             | square
    L            | L: n x n lower                 | square
    K            | K: n x n skew                  | square
    D            | D: n x n diagonal              | square
    conv2(V, K)  | V: h x h; K: k x k             | square
    conv2(V, diag(x)) | V: h x h; x: k            | square
    kron(A, B)   | A: m x m; B: p x p             | square
    x + c        | x: n; c: scalar                | column
    A x          | A: m x n; x: n                 | column
    x .* y       | x: n; y: n                     | column
    x - mean(x)  | x: n                           | column
    vec(X)       | X: m x n                       | column
    vec(A X B)   | A: m x p; X: p x q; B: q x n   | column
    kron(x, y)   | x: m; y: n                     | column
    kron(A, B) vec(X) | A: m x p; B: q x n; X: n x p | column
    diag(A)      | A: n x n                       | column
    diag(X Y)    | X: m x n; Y: n x m             | column
    sum(X, axis=1) | X: m x n                     | column
    softmax(x)   | x: n                           | column
    inv(A) x     | A: n x n; x: n                 | column
    conv2(v, k)  | v: n; k: m                     | column
    x' A         | x: m; A: m x n                 | row
    b            | b: 1 x n                       | row
    b + c        | b: 1 x n; c: scalar            | row
    sum(X, axis=0) | X: m x n                     | row
    vec(X)'      | X: m x n                       | row
"""
# What it is put into; `E` is what is inside, and the other names are its own.
OUTER = {
    "matrix": """
        ||E||^2; sum(E); sum(E .* G); g' E z; tr(G' E); sum(sin(E)); logsumexp(E); log(1 + ||E||^2)
        sum(E, axis=0); mean(E, axis=1); sum((E + s).^2); sum((E + s).^2, axis=0); E z; g' E; E M
        M E; E'; diag(E' E); E .* E; E + s E.^2; sin(E); softmax(E); sum(softmax(E).^2, axis=1)
        ||E z||^2; ||E z - g||^2; g' exp(E z); sum(sum(E, axis=1).^2); E - mean(E, axis=0); vec(E)
        sum(vec(E).^2); E .* G + E; (E + s) z; s E + M E; E / sum(E.^2); diag(g) E; E diag(z)
        sum(log(1 + E.^2) .* G); E (s z); E E'; tr(E E'); (s + sum(E)) E; E .* g; E .* r; E + g + r
        mean(E) E; sum(E)^2; sin(mean(E) sum(E)); exp(E) + 2 E; sum(abs(E)); sum(relu(E + 1/3))
        M (s E + cos(E)); logsumexp(E, axis=1); sum(E ./ (1 + sum(E.^2, axis=1)))
    """,
    "square": """
        tr(E); g' E g; g' diag(E); diag(E); E g; tr(E M); E^2; E E; sum(E .* I); tr(E' E); E + E'
        tr(tril(E) G); logdet(I + E' E); inv(E' E + I) z; z' inv(I + E E') z; diag(diag(E)) E
        E .* I; E (I - E); E - s I; (E + s I) z; tr(E) E; sum(tril(E).^2); diag(E E); vec(E)' vec(M)
    """,
    "column": """
        E' E; ||E||; E' g; sum(E.^3); E .* E; E + s; s E; E g'; g E'; M E; diag(E); diag(E) M; E E'
        softmax(E); logsumexp(E); sum(exp(E)); sum(E); E - mean(E); E / sum(E.^2); sin(E) .* g
        g' softmax(E); ||M E - z||^2; exp(E)' M E; kron(E, z); kron(z, E); E'E E; sum(E)^2 / n
        mean(E) sum(sin(E)); (E' - x)^2; sum(E .* g) E; log(1 + E'E); relu(E); max(E); abs(E)
    """,
    "row": """
        E E'; E z; E'; sum(E.^3); E + s; z + E; z E; M + E; M .* E; sum((M + E).^2, axis=0); sin(E)
        softmax(E); sum(softmax(M + E) .* G); ||M + E||^2; E .* E; diag(E'); (E' + E)^2
        exp(M + E) + 2 E; E - mean(E); kron(E, z); sum(E)^2; log(1 + sum(E.^2))
    """,
}
UNEQUAL = {"m": 2, "n": 3, "p": 4, "q": 2, "h": 5, "w": 6, "k": 2, "l": 3}
EQUAL = dict.fromkeys(UNEQUAL, 2) | {"h": 3, "w": 3}
ONES = dict.fromkeys(UNEQUAL, 1)
MODES = ("plain", "plain", "order 2", "upstream", "forward")


@dataclass(frozen=True)
class Question:
    """What is derived: an expression, its declared symbols, a variable, and in which way."""

    text: str
    shapes: str
    wrt: str
    mode: str

    def derived(self) -> Derivation:
        """The derivation, not checked by itself."""
        order = 2 if self.mode == "order 2" else 1
        upstream = "U" if self.mode == "upstream" else None
        forward = "T" if self.mode == "forward" else None
        return derive(
            self.text,
            self.wrt,
            shapes=self.shapes,
            order=order,
            upstream=upstream,
            forward=forward,
            verify=False,
        )


def questions() -> Iterator[Question]:
    """Every inner operation in every context, by each of its symbols and in each way."""
    for line in INNER.strip().splitlines():
        text, shapes, kind = (part.strip() for part in line.split("|"))
        for outer in (*_outer(kind), *(_outer("matrix") if kind == "square" else ())):
            whole = outer.replace("E", f"({text})")
            for wrt in [part.split(":")[0].strip() for part in shapes.split(";")]:
                for mode in dict.fromkeys(MODES):
                    yield Question(whole, _declared(outer, shapes), wrt, mode)


def _declared(outer: str, shapes: str) -> str:
    """The shapes of the symbols inside, and of those that the context has beside columns."""
    own = {"s": "s: scalar", "r": "r: 1 x n"}
    return "; ".join(
        [shapes, *(own[name] for name in own if f" {name}" in f" {outer}".replace("(", " "))]
    )


def _outer(kind: str) -> Sequence[str]:
    return [
        each.strip()
        for line in OUTER[kind].splitlines()
        for each in line.split(";")
        if each.strip()
    ]


def point_of(question: Question, derivation: Derivation, sizes: Mapping[str, int]) -> Point:
    """Numbers for every symbol; inferred sizes that have no number get one."""
    symbols = derivation.typed.symbols
    names = [n for each in symbols.values() for dim in each.shape for n in dim.names]
    extent = {name: 3 if max(sizes.values()) > 1 else 1 for name in names} | dict(sizes)
    rng = np.random.default_rng(crc32(question.text.encode()))
    values = {}
    for name, each in symbols.items():
        rows, cols = (dim.evaluate(extent) for dim in each.shape)
        values[name] = drawn(rng, (rows, cols), set(each.properties))
    return Point(values, extent)


def fault(question: Question) -> str:
    """What is wrong with the answer, in words; nothing where it is right.

    Raises:
        DimderivError: the question is refused.
    """
    try:
        found = question.derived()
    except DimderivError:
        raise
    except Exception:
        return f"crash: {traceback.format_exc().strip().splitlines()[-1]}"
    for sizes in (UNEQUAL, EQUAL, ONES):
        here = point_of(question, found, sizes)
        for result in results_of(found):
            try:
                printed = here.printed(found, result)
            except Exception as error:
                return f"unreadable: {type(error).__name__}: {error}: {found}"
            if differs(printed, slopes_of(here, found, result)):
                return f"wrong at {sizes}: {found}"
    return ""


def main() -> int:
    """Ask some of all questions, or one; how many answers were wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="a part of the expression")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    every = [q for q in questions() if chosen.only in q.text]
    asked = Random(chosen.seed).sample(every, min(chosen.count, len(every)))
    refused: Counter[str] = Counter()
    wrong = 0
    for question in asked:
        try:
            what = fault(question)
        except DimderivError as error:
            refused[f"{type(error).__name__}: {str(error).splitlines()[0]}"] += 1
            continue
        if what:
            wrong += 1
            print(f"{question}\n    {what}", flush=True)
    for reason, times in refused.most_common(12):
        print(f"refused {times} times: {reason}")
    print(f"{len(asked)} of {len(every)} questions, {sum(refused.values())} refused, {wrong} wrong")
    return wrong


if __name__ == "__main__":
    sys.exit(min(main(), 1))
