"""One problem judged: derived, printed, read back, written as code, checked; what was found."""

import inspect
import math
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path
from typing import Any

import numpy as np
import torch

import dimderiv
from dimderiv import derive
from dimderiv.derivation.derivation import Derivation, Result
from dimderiv.errors import DimderivError, VerificationError
from dimderiv.language.function_names import SIGNS
from dimderiv.language.parser import parse_program
from dimderiv.language.syntax import Program
from dimderiv.language.vocabulary import BUILTIN_FUNCTIONS

from .evaluator import Tensor, TiedError, numbers_of
from .extents import ONE, Extent, UnreadableError
from .forms import FUNCTIONS
from .points import Declared, Point
from .problems import SIZES, Problem

PACKAGE = str(Path(dimderiv.__file__).parent)
KINDS = ("different", "equal", "other", "ones")
TOLERANCE = 1e-6
# Where so small a change of the symbols changes the truth by more, floats do not suffice.
JITTER, TRUSTED = 1e-10, 1e-7
LARGEST = 1e7
# Errors that say that there is nothing to answer.
JUSTIFIED = (
    "does not occur in",
    "has no derivative by its argument",
    "is a second Fréchet derivative",
    "a Hessian is that of a scalar",
    "second derivatives of",
    "has four axes",
    "twice, not three times",
    "too long to be written",
)


@dataclass(frozen=True)
class Finding:
    """What is wrong with one problem.

    Attributes:
        kind: what is wrong, such as `text` or `code numpy`; findings of a kind have a cause that
            may be the same.
        cause: what groups findings further: the place of a crash, the words of a refusal.
        detail: numbers, or the last line of a traceback.
    """

    problem: Problem
    kind: str
    cause: str
    detail: str = ""

    def __str__(self) -> str:
        p = self.problem
        shapes = "; ".join(f"{name}: {shape}" for name, shape in p.shapes.items())
        return (
            f"[{self.kind}: {self.cause}] {p.source!r} by {','.join(map(p.name, p.wrt))}, "
            f"{p.mode}, {shapes!r} {self.detail}"
        )


@dataclass
class Judge:
    """Judges problems.

    Attributes:
        targets: the code targets that are run.
        check: whether the check of dimderiv is judged too.
        prose: whether LaTeX and steps are written too.
        seed: what the numbers depend on.
    """

    targets: Sequence[str] = ("numpy",)
    check: bool = True
    prose: bool = True
    seed: int = 0
    skipped: int = 0
    compared: int = 0

    def findings(self, problem: Problem) -> list[Finding]:
        """Everything that is wrong with a problem."""
        return list(self._findings(problem))

    def _findings(self, problem: Problem) -> Iterator[Finding]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                parsed_once = self._point(problem, "different", {}, None)
            except (UnreadableError, TiedError, RuntimeError, DimderivError):
                # Such as an identity that is added to a scalar.
                self.skipped += 1
                return
            try:
                derivation = self._derived(problem, parsed_once)
            except DimderivError as error:
                text = str(error.message) if hasattr(error, "message") else str(error)
                if not any(words in str(error) for words in JUSTIFIED):
                    yield Finding(problem, "refused", _words(text), str(error).splitlines()[0])
                return
            except Exception as error:
                yield crash(problem, "derive", error)
                return
            points = list(self._points(problem, derivation))
            wrong = list(self._wrong_texts(problem, derivation, points))
            yield from wrong
            for target in self.targets:
                for value in (False, True):
                    yield from self._wrong_code(problem, derivation, points, target, value)
            if self.prose:
                yield from self._prose(problem, derivation)
            if self.check and points:
                yield from self._checked(problem, derivation, bool(wrong))

    def _derived(self, problem: Problem, point: Point) -> Derivation:
        options: dict[str, Any] = {}
        names = [problem.name(name) for name in problem.wrt]
        match problem.mode:
            case "upstream":
                options["upstream"] = "Gup"
            case "forward":
                options["forward"] = [f"V{k}dir" for k in range(len(names))]
            case "second":
                options["order"] = 2
        # Second derivatives of arrays are those of what they give with a derivative handed down.
        wrt = list(dict.fromkeys(names))
        if problem.mode in ("second", "hvp") and not is_scalar(point.extent):
            options["upstream"] = "Gup"
        found = derive(problem.source, wrt, shapes=problem.shapes, verify=False, **options)
        if problem.mode == "hvp":
            found = found.hvp([f"V{k}dir" for k in range(len(names))], verify=False)
        return found

    def _point(
        self, problem: Problem, kind: str, directions: Mapping[str, str], upstream: str | None
    ) -> Point:
        return Point(
            problem, parsed(problem, problem.source), kind, self.seed, directions, upstream
        )

    def _points(self, problem: Problem, derivation: Derivation) -> Iterator[Point]:
        """Where the value and its derivatives are numbers, and not large ones."""
        upstream = "Gup" if "Gup" in derivation.typed.symbols else None
        for kind in KINDS:
            try:
                point = self._point(problem, kind, derivation.directions, upstream)
            except (TiedError, RuntimeError):
                self.skipped += 1
                continue
            if math.isfinite(point.largest) and point.largest < LARGEST:
                truths = self._truths(derivation, point)
                if truths is not None:
                    point.truths = truths
                    yield point
                    continue
            self.skipped += 1

    def _truths(self, derivation: Derivation, point: Point) -> list[Tensor] | None:
        """What each result ought to be."""
        found = []
        try:
            for result in results_of(derivation):
                found.append(self._truth(derivation, result, point))
        except (TiedError, RuntimeError):
            return None
        finite = all(bool(torch.isfinite(t).all()) and t.abs().max() < LARGEST for t in found)
        return found if finite else None

    def _truth(self, derivation: Derivation, result: Result, point: Point) -> Tensor:
        if not derivation.directions:
            first, *then = result.wrt
            return point.second(first, *then) if then else point.jacobian(first)
        if derivation.order == 1:
            parts = [
                torch.einsum("abij,ij->ab", point.jacobian(x), point.values[v])
                for x, v in derivation.directions.items()
            ]
        else:
            parts = [
                torch.einsum("abij,ij->ab", point.second(result.wrt[0], x), point.values[v])
                for x, v in derivation.directions.items()
            ]
        return sum(parts[1:], parts[0])[..., None, None]

    def _is_trusted(self, derivation: Derivation, point: Point) -> bool:
        """Whether the truth is about the same where the symbols are almost the same."""
        moved = copy(point)
        moved.values = {name: jittered(value) for name, value in point.values.items()}
        again = self._truths(derivation, moved)
        return again is not None and not any(
            differs(numbers_of(one), numbers_of(other), TRUSTED)
            for one, other in zip(again, point.truths, strict=True)
        )

    def _wrong_texts(
        self, problem: Problem, derivation: Derivation, points: Sequence[Point]
    ) -> Iterator[Finding]:
        for point in points:
            for result, truth in zip(results_of(derivation), point.truths, strict=True):
                self.compared += 1
                of, by = extents(derivation, result, point)
                try:
                    program = parsed(problem, result.text(), derivation)
                    value, _ = point.read(program, printed_extent(of, by))
                    found = arranged(value, of, by)
                except (UnreadableError, DimderivError) as error:
                    yield Finding(problem, "unreadable", _words(str(error)), result.text())
                    return
                except RuntimeError as error:
                    yield Finding(problem, "unreadable", _words(str(error)), result.text())
                    return
                if differs(found, numbers_of(truth)):
                    if not self._is_trusted(derivation, point):
                        self.skipped += 1
                        break
                    detail = f"{point.kind} sizes: printed {result.text()}"
                    yield Finding(problem, "text", problem.mode, detail)
                    return

    def _wrong_code(
        self,
        problem: Problem,
        derivation: Derivation,
        points: Sequence[Point],
        target: str,
        with_value: bool,
    ) -> Iterator[Finding]:
        kind = f"code {target}" + (" with value" if with_value else "")
        try:
            function = derivation.function(target, value=with_value)
        except DimderivError as error:
            if target != "array_api" or "there is no array_api code for" not in str(error):
                yield Finding(problem, f"{kind} refused", _words(str(error)), "")
            return
        except Exception as error:
            yield crash(problem, kind, error)
            return
        for point in points:
            try:
                given = arguments(function, derivation, point, target)
                before = {n: np.array(a) for n, a in given.items() if not callable(a)}
                returned = function(**given)
            except Exception as error:
                yield crash(problem, kind, error, f"{point.kind} sizes")
                return
            changed = [n for n in before if not np.array_equal(before[n], np.array(given[n]))]
            if changed:
                yield Finding(problem, kind, "an argument is changed", ", ".join(changed))
                return
            wrong = self._differences(derivation, point, returned, with_value)
            if wrong and self._is_trusted(derivation, point):
                yield Finding(problem, kind, wrong, f"{point.kind} sizes")
                return

    def _differences(
        self, derivation: Derivation, point: Point, returned: Any, with_value: bool
    ) -> str | None:
        """What is wrong with what a function returned."""
        if with_value:
            if not isinstance(returned, tuple) or len(returned) != 2:
                return "no pair of a value and a derivative"
            value, returned = returned
            expected = point.value
            if derivation.order == 1 and point.upstream:
                expected = point.value
            if differs(numbers(value).reshape(-1), numbers_of(expected).reshape(-1)):
                scalar = (
                    point.upstream
                    and numbers(value).size == 1
                    and not differs(
                        numbers(value).reshape(-1),
                        numbers_of(point.scalar_or_value(point.values)).reshape(-1),
                    )
                )
                if not scalar:
                    return "wrong value"
        results = results_of(derivation)
        found = returned if len(results) > 1 else (returned,)
        if len(found) != len(results):
            return "not one derivative for each variable"
        for result, truth, each in zip(results, point.truths, found, strict=True):
            array = numbers(each)
            of, by = extents(derivation, result, point)
            shape = (*axes(of), *axes(by))
            if array.shape != shape:
                return (
                    f"wrong shape: {len(array.shape)} axes, not {len(shape)}"
                    if len(array.shape) != len(shape)
                    else "wrong shape"
                )
            if array.dtype != np.float64:
                return f"wrong type: {array.dtype}"
            if differs(array.reshape(-1), numbers_of(truth).reshape(-1)):
                return "wrong derivative"
        return None

    def _prose(self, problem: Problem, derivation: Derivation) -> Iterator[Finding]:
        ways: Mapping[str, Callable[[], str]] = {
            "latex": derivation.latex,
            "steps": lambda: derivation.explain("en"),
            "steps zh": lambda: derivation.explain("zh"),
            "steps latex": lambda: derivation.latex(steps=True),
        }
        for kind, way in ways.items():
            try:
                way()
            except DimderivError as error:
                yield Finding(problem, f"{kind} refused", _words(str(error)), "")
                return
            except Exception as error:
                yield crash(problem, kind, error)
                return

    def _checked(
        self, problem: Problem, derivation: Derivation, is_wrong: bool
    ) -> Iterator[Finding]:
        try:
            verification = derivation.verified().verification
        except VerificationError as error:
            if not is_wrong and "attained" not in str(error):
                yield Finding(problem, "withheld", _words(str(error)), derivation.text())
            return
        except Exception as error:
            yield crash(problem, "check", error)
            return
        assert verification is not None
        if is_wrong and verification.level != "unchecked":
            yield Finding(problem, "passes", verification.level, derivation.text())
        if not is_wrong and verification.level == "unchecked":
            yield Finding(problem, "unchecked", problem.mode, derivation.text())


def parsed(problem: Problem, text: str, derivation: Derivation | None = None) -> Program:
    """A text read by the parser of the language, and by nothing else of dimderiv."""
    functions = {sign + name for name in FUNCTIONS for sign in SIGNS if name in problem.shapes}
    names = set(problem.shapes) - FUNCTIONS.keys()
    names |= {word for shape in problem.shapes.values() for word in shape.split()} & {*SIZES}
    if derivation is not None:
        names |= set(derivation.typed.symbols)
    return parse_program(
        text, names=sorted(names), functions=BUILTIN_FUNCTIONS | functions, sizes=names & {*SIZES}
    )


def results_of(derivation: Derivation) -> list[Result]:
    """The results, each once."""
    return list({result.wrt: result for result in derivation.results.values()}.values())


def extents(derivation: Derivation, result: Result, point: Point) -> tuple[Extent, Extent]:
    """The sizes of what was differentiated last, and of what by."""
    of = point.extent
    if derivation.order == 1 and point.upstream:
        of = ONE, ONE
    if derivation.order == 2:
        of = point.symbols[result.wrt[0]]
    if derivation.directions:
        return of, (ONE, ONE)
    return of, point.symbols[result.wrt[-1]]


def is_scalar(extent: Extent) -> bool:
    """Whether there is one entry, whatever the sizes."""
    return extent[0].is_one and extent[1].is_one


def axes(extent: Extent) -> tuple[int, ...]:
    """The axes of an array of code."""
    rows, cols = extent
    if is_scalar(extent):
        return ()
    return (rows.number,) if cols.is_one else (rows.number, cols.number)


def printed_extent(of: Extent, by: Extent) -> Extent:
    """The rows and columns of a printed derivative, in the mixed layout."""
    if is_scalar(of) or is_scalar(by):
        return by if is_scalar(of) else of
    return of[0].times(of[1]), by[0].times(by[1])


def arranged(value: Tensor, of: Extent, by: Extent) -> np.ndarray:
    """A printed derivative, with the axes of the value and then those of the variable."""
    array = numbers_of(value)
    (a, b), (i, j) = ((s.number for s in extent) for extent in (of, by))
    if array.ndim > 2 or is_scalar(of) or is_scalar(by):
        if array.ndim <= 2:
            array = np.broadcast_to(array, [s.number for s in (by if is_scalar(of) else of)])
        return array.reshape(a, b, i, j)
    array = np.broadcast_to(array, (a * b, i * j)).reshape(b, a, j, i)
    return array.transpose(1, 0, 3, 2)


def numbers(array: Any) -> np.ndarray:
    """An array of any library as one of numpy."""
    if isinstance(array, torch.Tensor):
        return numbers_of(array)
    return np.asarray(array)


def arguments(
    function: Callable[..., Any], derivation: Derivation, point: Point, target: str
) -> dict[str, Any]:
    """What a generated function is called with."""
    given: dict[str, Any] = {}
    for name in derivation.typed.symbols:
        array = point.values[name].numpy().reshape(axes(point.symbols[name]))
        given[f"{name}_" if iskeyword(name) else name] = converted(array, target)
    wanted = inspect.signature(function).parameters
    for name in FUNCTIONS:
        each = Declared(name)
        ways = {"": each.value, "grad_": each.gradient, "hess_": each.hessian}
        for prefix, way in ways.items():
            if prefix + name in wanted and prefix + name not in given:
                given[prefix + name] = handed_in(way, prefix, target)
    for name, size in point.sizes.items():
        if name in wanted and name not in given:
            given[name] = size.number
    return given


def handed_in(way: Callable[[Tensor], Tensor], prefix: str, target: str) -> Callable[[Any], Any]:
    """A declared function for arrays of a library."""

    def called(x: Any) -> Any:
        array = np.asarray(x, dtype=np.float64)
        found = numbers_of(way(torch.as_tensor(array)))
        if prefix == "" or (prefix == "hess_" and array.ndim == 0):
            found = found.reshape(())
        return converted(found, target)

    return called


def converted(array: np.ndarray, target: str) -> Any:
    """An array of the library of a target."""
    match target:
        case "torch":
            return torch.tensor(array)
        case "jax":
            import jax

            jax.config.update("jax_enable_x64", True)
            return jax.numpy.asarray(array)
        case "array_api":
            import array_api_strict

            return array_api_strict.asarray(array.copy())
    return array.copy()


def jittered(value: Tensor) -> Tensor:
    """Numbers that are almost the same."""
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(value.shape, generator=generator, dtype=value.dtype)
    return value * (1 + JITTER * noise)


def differs(found: np.ndarray, truth: np.ndarray, tolerance: float = TOLERANCE) -> bool:
    """Whether numbers are not those they ought to be."""
    scale = 1 + np.abs(truth).max(initial=0)
    return found.size != truth.size or not bool(np.all(np.abs(found - truth) <= tolerance * scale))


def crash(problem: Problem, kind: str, error: Exception, where: str = "") -> Finding:
    """What a crash says, and where."""
    cause = f"{type(error).__name__} {place(error)}"
    return Finding(problem, f"{kind} crash", cause, f"{str(error)[:150]} {where}")


def place(error: BaseException) -> str:
    """Where in dimderiv an error was raised: a file and a function."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if f.filename.startswith((PACKAGE, "<dimderiv"))]
    if not own:
        return "called"
    file, _, _ = own[-1].filename.removeprefix(PACKAGE).partition(" ")
    return f"{file} {own[-1].name}"


def _words(text: str) -> str:
    """The words of a message without what is special to one expression."""
    line = text.strip().splitlines()[0]
    return " ".join(w for w in line.split() if w.isalpha() and len(w) > 2)[:90]
