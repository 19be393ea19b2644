"""A problem judged: what is derived, as it is printed and as code, against PyTorch."""

import inspect
import re
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zlib import crc32

import numpy as np
import torch
from numeric import Point, results_of

from dimderiv import derive
from dimderiv.derivation.derivation import Derivation
from dimderiv.errors import DimderivError, VerificationError

from .parts import Tensor
from .problems import Problem

TOLERANCE = 1e-8
LARGEST = 1e6
# A derivative that changes by more where the numbers change by less is at a kink.
JITTER, TRUSTED = 1e-9, 1e-5
Value = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Finding:
    """What is wrong with a problem: its kind, and words that findings of one cause share."""

    problem: Problem
    kind: str
    cause: str
    detail: str = ""

    def __str__(self) -> str:
        p = self.problem
        shapes = "; ".join(f"{name}: {shape}" for name, shape in p.shapes.items())
        question = f"{p.source!r} by {p.wrt}, {p.mode}, {shapes!r}"
        return f"[{self.kind}: {self.cause}]\n    {question}\n    {self.detail}"


@dataclass(frozen=True)
class Truth:
    """Numbers for a problem, and its value and derivative by PyTorch."""

    problem: Problem
    jitter: float = 0.0

    @cached_property
    def arrays(self) -> dict[str, Tensor]:
        """A tensor for each array, of whole numbers for labels."""
        rng = np.random.default_rng(crc32(self.problem.source.encode()))
        found = {}
        for name, declared in self.problem.shapes.items():
            shape, _, classes = declared.partition(" labels ")
            size = [self.size(each) for each in shape.split(" x ")]
            if classes:
                found[name] = torch.tensor(rng.integers(self.size(classes), size=size))
            else:
                found[name] = torch.tensor(rng.normal(scale=0.7, size=size))
                found[name] = found[name] + self.jitter * torch.tensor(rng.normal(size=size))
        return found

    def size(self, text: str) -> int:
        """The number that a size is."""
        spelled = re.sub(r"(?<=\w) (?=\w)", " * ", text)
        return int(eval(spelled, {}, self.problem.sizes))

    def direction(self, like: Tensor, seed: int) -> Tensor:
        """Numbers for a direction, or for a derivative that is handed down."""
        return torch.tensor(np.random.default_rng(seed).normal(size=like.shape))

    def value(self, x: Tensor) -> Tensor:
        """The value, as a function of the variable."""
        return self.problem.value({**self.arrays, self.problem.wrt: x})

    @cached_property
    def derivative(self) -> Tensor:
        """The derivative, by the entries of the value and then of the variable."""
        x = self.arrays[self.problem.wrt]
        jacobian = torch.autograd.functional.jacobian
        match self.problem.mode:
            case "gradient" | "jacobian":
                return jacobian(self.value, x)
            case "upstream":
                return jacobian(lambda x: (self.value(x) * self.upstream).sum(), x)
            case "forward":
                return torch.autograd.functional.jvp(self.value, x, self.direction(x, 2))[1]
            case "second":
                return torch.autograd.functional.hessian(self.value, x)
        return torch.autograd.functional.hvp(self.value, x, self.direction(x, 2))[1]

    @cached_property
    def upstream(self) -> Tensor:
        """The derivative that is handed down."""
        return self.direction(self.value(self.arrays[self.problem.wrt]), 1)

    def is_usable(self) -> bool:
        """Whether the numbers are there and not large, and stay about the same nearby."""
        if not self.value(self.arrays[self.problem.wrt]).isfinite().all():
            return False
        near = Truth(self.problem, JITTER).derivative
        size = float(self.derivative.abs().max()) if self.derivative.numel() else 0.0
        return size < LARGEST and bool((near - self.derivative).abs().max() <= TRUSTED * (1 + size))

    def point(self, derivation: Derivation) -> Point:
        """The numbers as the evaluator of the tests has them: two axes or more."""
        values = {}
        given = (
            {**self.arrays, "Gup": self.upstream}
            if self.problem.mode == "upstream"
            else self.arrays
        )
        for name, each in derivation.typed.symbols.items():
            array = given.get(name)
            if array is None:
                array = self.direction(self.arrays[self.problem.wrt], 2)
            size = tuple(dim.evaluate(self.problem.sizes) for dim in each.shape)
            values[name] = array.numpy().reshape(size)
        return Point(values, self.problem.sizes)


def derived(problem: Problem) -> Derivation:
    """The derivation of a problem, unchecked."""
    options: dict[str, Any] = {}
    if problem.mode == "upstream":
        options["upstream"] = "Gup"
    if problem.mode == "forward":
        options["forward"] = ["Vdir"]
    if problem.mode == "second":
        options["order"] = 2
    found = derive(problem.source, problem.wrt, shapes=problem.shapes, verify=False, **options)
    return found.hvp("Vdir", verify=False) if problem.mode == "hvp" else found


def findings(problem: Problem, check: bool = False, prose: bool = False) -> Iterator[Finding]:
    """What is wrong with a problem.

    Args:
        problem: the problem.
        check: whether dimderiv's own check is run too.
        prose: whether LaTeX and steps are written too.
    """
    truth = Truth(problem)
    if not truth.is_usable():
        return
    try:
        found = derived(problem)
    except DimderivError as error:
        yield Finding(problem, "refused", str(error).splitlines()[0], "")
        return
    except Exception as error:
        yield crash(problem, "derive", error)
        return
    ways: dict[str, Callable[[], str | None]] = {
        "text": lambda: wrong_text(found, truth),
        "code": lambda: wrong_code(found, truth),
    }
    if check:
        ways["check"] = lambda: wrong_check(found)
    if prose:
        ways["prose"] = lambda: f"{found.latex()}{found.explain()}{found.explain('zh')}" and None
    for kind, way in ways.items():
        try:
            wrong = way()
        except DimderivError as error:
            yield Finding(problem, f"{kind} refused", str(error).splitlines()[0], str(found))
        except Exception as error:
            yield crash(problem, kind, error, str(found))
        else:
            if wrong:
                yield Finding(problem, kind, wrong, str(found))


def crash(problem: Problem, kind: str, error: Exception, answer: str = "") -> Finding:
    """A crash, and where."""
    frames = traceback.extract_tb(error.__traceback__)
    inside = [f for f in frames if "dimderiv/" in f.filename or "tests/" in f.filename]
    place = f"{inside[-1].filename.split('/')[-1]}:{inside[-1].lineno}" if inside else ""
    return Finding(
        problem, f"{kind} crash", f"{type(error).__name__} at {place}", f"{error} | {answer}"
    )


def wrong_text(derivation: Derivation, truth: Truth) -> str | None:
    """What is wrong with the printed answer."""
    (result,) = results_of(derivation)
    return differs(truth.point(derivation).printed(derivation, result).ravel(), truth.derivative)


def wrong_code(derivation: Derivation, truth: Truth) -> str | None:
    """What is wrong with the value and the derivative that code gives."""
    function = derivation.function("numpy", value=True)
    wanted = inspect.signature(function).parameters
    given = truth.problem.sizes | truth.point(derivation).arguments(derivation)
    value, derivative = function(**{n: array for n, array in given.items() if n in wanted})
    expected = truth.derivative
    sizes = [[n for n in shape if n > 1] for shape in (np.shape(derivative), expected.shape)]
    if sizes[0] != sizes[1]:
        return f"shape with {len(sizes[0])} axes, not {len(sizes[1])}"
    x = truth.arrays[truth.problem.wrt]
    if truth.problem.mode in ("gradient", "jacobian") and differs(value, truth.value(x)):
        return "wrong value"
    return differs(derivative, expected)


def wrong_check(derivation: Derivation) -> str | None:
    """What is wrong with the check of an answer that is right."""
    try:
        level = derivation.verified().verification
    except VerificationError:
        return "withheld"
    return None if level and level.level != "unchecked" else "unchecked"


def differs(found: object, truth: Tensor) -> str | None:
    """Whether numbers are not the expected ones."""
    array, expected = np.asarray(found, float).ravel(), truth.detach().numpy().ravel()
    if array.shape != expected.shape:
        return f"{array.size} numbers, not {expected.size}"
    scale = 1 + np.abs(expected).max(initial=0)
    return None if np.all(np.abs(array - expected) <= TOLERANCE * scale) else "wrong numbers"
