"""`python -m benchmarks.searched`: plans of random derivatives against the best that is found.

The expressions and their sizes are drawn by seeds that are named.  For the same sizes the planner's
own building blocks are put together in other ways: each product in every order of its factors, and
each sum among them added up first or multiplied out.  All ways are tried where they are few; else
random ones are, and the best is changed one choice at a time.  Work is counted, not timed: a
floating-point operation and a byte that is read or written weigh the same, a call some thousand.
"""

import argparse
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any, cast
from unittest.mock import patch

from dimderiv import Derivation, derive
from dimderiv.codegen.functions.module import Module
from dimderiv.codegen.plan import Operation, Sizes, Variant, is_used
from dimderiv.codegen.plan.contraction import Contraction
from dimderiv.codegen.plan.details import Ends, Subscripts
from dimderiv.codegen.plan.distribute import distributed
from dimderiv.codegen.plan.plan import Tensor
from dimderiv.codegen.plan.planner import MOST_NESTED, Planner

SEEDS = range(100)
MOST = 1.5
# How many ways are tried at random, and how many changes of the best of them.
TRIALS, CHANGES = 60, 240
CALL = 4000.0
SIZES = (3, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass
class Drawn:
    """A random derivative.

    Attributes:
        draw: the source of chance.
        shapes: the shape of each symbol.
    """

    draw: random.Random
    shapes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def matrix(self, rows: str, cols: str, depth: int) -> str:
        """A matrix of that shape."""
        kind = self.draw.choice(("product", "product", "sum", "map", "weights")) if depth else ""
        inner = self.draw.choice("mnpqr")
        match kind:
            case "product":
                first = self.draw.randrange(depth)
                left = self.matrix(rows, inner, first)
                return f"{left} {self.matrix(inner, cols, depth - 1 - first)}"
            case "sum":
                sign = self.draw.choice("+-")
                return f"({self.matrix(rows, cols, depth - 1)} {sign} {self.matrix(rows, cols, 0)})"
            case "map":
                function = self.draw.choice(("tanh", "sigmoid", "sin"))
                return f"{function}({self.matrix(rows, cols, depth - 1)})"
            case "weights":
                return f"({self.matrix(rows, cols, depth - 1)} .* {self.matrix(rows, cols, 0)})"
        return self.symbol(rows, cols)

    def symbol(self, rows: str, cols: str) -> str:
        """A symbol of that shape, perhaps one that is there, or the transpose of one."""
        same = [name for name, shape in self.shapes.items() if shape == (rows, cols)]
        turned = [f"{name}'" for name, shape in self.shapes.items() if shape == (cols, rows)]
        if (same or turned) and self.draw.random() < 0.5:
            return self.draw.choice([*same, *turned])
        name = "ABCDEFGHKLMNPQRSTUVWXYZ"[len(self.shapes)]
        self.shapes[name] = (rows, cols)
        return name

    def scalar(self) -> str:
        """A scalar of such matrices."""
        rows, cols = self.draw.sample("mnpqr", 2)
        depth = self.draw.choice((2, 3, 3, 4))
        match self.draw.choice(("norm", "norm", "sum", "trace", "form", "exp", "logdet")):
            case "norm":
                return f"||{self.matrix(rows, cols, depth)}||^2"
            case "sum":
                return f"sum(tanh({self.matrix(rows, cols, depth)}))"
            case "trace":
                return f"tr({self.matrix(rows, cols, depth)} {self.matrix(cols, rows, 1)})"
            case "form":
                left, right = self.symbol(rows, "1"), self.symbol(cols, "1")
                return f"({left})' ({self.matrix(rows, cols, depth)}) ({right})"
            case "exp":
                return (
                    f"log(sum(exp({self.matrix(rows, cols, depth - 1)} {self.symbol(cols, '1')})))"
                )
        inner = self.matrix(rows, cols, depth - 2)
        return f"logdet(({inner})' ({inner}) + {self.symbol('1', '1')} I)"


def drawn(seed: int) -> tuple[Derivation, dict[str, int]]:
    """A random derivative, and sizes for it.

    Args:
        seed: what determines both.
    """
    each = Drawn(random.Random(seed))
    expression = each.scalar()
    names = [*each.shapes]
    vectors = [name for name in names if each.shapes[name][1] == "1" != each.shapes[name][0]]
    order = 2 if vectors and each.draw.random() < 0.5 else 1
    count = each.draw.choice((1, 1, 2, len(names)))
    wrt = vectors[:1] if order == 2 else each.draw.sample(names, min(count, len(names)))
    shapes = {name: " x ".join(shape) for name, shape in each.shapes.items()}
    sizes = {size: each.draw.choice(SIZES) for size in "mnpqr"}
    return derive(expression, wrt, shapes=shapes, order=order, verify=False), sizes


def flops(op: Operation, sizes: Sizes) -> float:
    """How many floating-point operations an operation takes."""
    before, count = [argument.dims for argument in op.arguments], sizes.entries
    if op.is_view or not before:
        return 0.0
    last = sizes[before[0][-1]] if before[0] else 1
    match op.kind, op.detail:
        case "matmul", _:
            return (1 if op.is_gram else 2) * count(op.dims) * last
        case ("tensordot", Ends(left)):
            return 2.0 * count(op.dims) * count(before[0][axis] for axis in left)
        case (_, Subscripts(left, right)):
            return 2.0 * count(dict(zip(left + right, before[0] + before[1], strict=True)).values())
        case "solve", _:
            return 2.0 * last * count(before[1])
        case "cholesky", _:
            return last**3 / 3
        case (("lu" | "inv" | "logdet" | "det"), _):
            return 0.0 if op.arguments[0].is_factor and op.kind != "inv" else 2 * last**3 / 3
        case "map", _:
            return float(count(op.dims))
    return float(max(map(count, before)))


def work(variant: Variant, sizes: Sizes) -> float:
    """The operations of a plan, and the bytes that they read and write."""
    total = 0.0
    for op in variant.operations():
        if not op.is_view and op.arguments and op.kind != "split":
            arrays = [op.dims, *(each.dims for each in dict.fromkeys(op.arguments))]
            total += CALL + flops(op, sizes) + 8.0 * sum(map(sizes.entries, arrays))
    return total


@dataclass
class Choices:
    """What is chosen, one thing after the other; what is not given is the first of its kind."""

    given: Sequence[int] = ()
    made: list[int] = field(default_factory=list)
    among: list[int] = field(default_factory=list)

    def one(self, count: int) -> int:
        """A number below another one."""
        at = len(self.made)
        self.among.append(count)
        self.made.append(self.given[at] % count if at < len(self.given) else 0)
        return self.made[-1]

    def labelled(self, planner: Any, node: Any) -> Tensor:
        """A product whose sum, if it has one, is multiplied out or not."""
        opened = distributed(node, planner.plan.sizes) if planner._trying < MOST_NESTED else None
        if opened is None or self.one(2):
            return cast(Tensor, planner._contracted(node))
        planner._trying += 1
        found = planner.value(opened)
        planner._trying -= 1
        return cast(Tensor, found)

    def ordered(self, contraction: Any, tensors: Sequence[Tensor]) -> Tensor:
        """The product of tensors in some order."""
        left = list(tensors)
        while len(left) > 1:
            pairs = list(combinations(range(len(left)), 2))
            joined = [(a, b) for a, b in pairs if set(left[a].letters) & set(left[b].letters)]
            a, b = (joined or pairs)[self.one(len(joined or pairs))]
            made = contraction.pair(left[a], left[b], contraction._needed(left, (a, b)))
            contraction.plan.commit(made.op)
            left = [*(each for k, each in enumerate(left) if k not in (a, b)), made]
        return left[0]

    def plan(self, module: Module, sizes: Mapping[str, int]) -> Variant:
        """The plan that is made by these choices."""
        with (
            patch.object(Planner, "_labelled", lambda own, node: self.labelled(own, node)),
            patch.object(Contraction, "_best", lambda own, tensors: self.ordered(own, tensors)),
            patch.object(Contraction, "_greedy", lambda own, tensors: self.ordered(own, tensors)),
        ):
            return module._planned([sizes])


def every_choice(first: Choices) -> Iterator[list[int]]:
    """All ways to choose as often and among as many as was done once."""
    yield from map(list, product(*(range(count) for count in first.among)))


def least(module: Module, sizes: Mapping[str, int], draw: random.Random) -> float:
    """The least work that is found for a derivative at certain sizes."""
    known = Sizes(sizes)
    best, least = Choices(), math.inf

    def tried(given: Sequence[int]) -> None:
        nonlocal best, least
        choices = Choices(given)
        done = work(choices.plan(module, sizes), known)
        if done < least:
            best, least = choices, done

    tried(())
    if math.prod(best.among) <= TRIALS:
        for given in list(every_choice(best)):
            tried(given)
        return least
    for _ in range(TRIALS):
        tried([draw.randrange(1 << 16) for _ in range(200)])
    for _ in range(CHANGES if best.made else 0):
        given = [*best.made]
        given[draw.randrange(len(given))] = draw.randrange(1 << 16)
        tried(given)
    return least


def module_of(derivation: Derivation) -> Module:
    """What writes the numpy code of a derivation."""
    found: list[Module] = []

    def noted(own: Module, *_: object) -> str:
        found.append(own)
        return ""

    with patch.object(Module, "source", noted):
        derivation.code("numpy")
    return found[-1]


def compared(seed: int) -> tuple[Derivation, dict[str, int], float, float]:
    """A random derivative, its sizes, and how many times the least work its plans take.

    Args:
        seed: what determines the derivative.

    Returns:
        The last number is that of the code that was made without these sizes.
    """
    derivation, sizes = drawn(seed)
    module, known = module_of(derivation), Sizes(sizes)
    (own,), _ = module.variants(sizes, ())
    several, condition = module.variants(None, module.arguments.readable)
    taken = next(v for k, v in enumerate(several) if is_used(k, condition, known))
    done = work(own, known), work(taken, known)
    lowest = min(least(module, sizes, random.Random(seed)), *done)
    return derivation, sizes, done[0] / lowest, done[1] / lowest


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the random derivatives whose plans take more work than the best that was found.

    Args:
        arguments: the words of the command line.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.searched", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[*SEEDS], metavar="SEED")
    parser.add_argument("--most", type=float, default=1.1, help="what is not worth a line")
    options = parser.parse_args(arguments)
    own, generic = list[float](), list[float]()
    for seed in options.seeds:
        derivation, sizes, at_sizes, taken = compared(seed)
        own.append(at_sizes)
        generic.append(taken)
        if max(at_sizes, taken) > options.most:
            print(f"{seed}: {at_sizes:.2f} {taken:.2f}  {derivation}  {sizes}", flush=True)
    for name, ratios in (("made for the sizes", own), ("that looks at the sizes", generic)):
        beyond = sum(ratio > MOST for ratio in ratios)
        print(f"code {name}: at most {max(ratios):.2f}, {beyond} of {len(ratios)} above {MOST}")


if __name__ == "__main__":
    main()
