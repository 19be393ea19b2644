"""The check of generated numpy code: what it returns, beside the answer as it is printed.

Both are computed at the same few points, the code in floats and the answer entry by entry by the
verifier's own evaluator: where sizes are equal, where they are 1, and where all differ, since
code that takes one axis for another may be right at some of these.
"""

import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from dimderiv.errors import DimderivError, VerificationError
from dimderiv.language import Program, Shape, spelled_out
from dimderiv.verify.claim import Claim, CodeCheck, sizes_text
from dimderiv.verify.code.printed import DIGITS, PrintedValues, laid
from dimderiv.verify.code.runs import Arrays, FloatArray, Run
from dimderiv.verify.evaluate import Arithmetic, OutOfDomain, OutOfTime, put_in_place
from dimderiv.verify.layout import Sized, SizedSignature

TOLERANCE, FLOOR = 1e-6, 1e-9
# Symbols are moved by so much of their size to see whether floats can be trusted at a point.
JITTER, TRUSTED = 1e-9, 1e-4
DRAWS, CONFIRMED = 7, 2
# So many points of nothing but zeros are passed over.
EMPTY = 2
MOST_ENTRIES = 4000
# How many operations the answer may take at one point.
MOST_OPERATIONS = 200_000
# Which point is drawn at each assignment of sizes: scalars have other signs at each.
NUMBERS = (0, 3, 1, 2)


def check_code(
    claims: Sequence[Claim], run: Run, value: tuple[Program, Shape] | None = None
) -> CodeCheck:
    """Compare what code returns with the answers as they are printed.

    Args:
        claims: the derivatives, in the order in which the code returns them, each as a first one.
        run: how the code is run.
        value: the expression and its shape, where the code returns its value too.

    Raises:
        VerificationError: the code fails, or returns something else.
    """
    printed = PrintedValues(claims, value, MOST_OPERATIONS)
    comparison = _Comparison(printed, run)
    sizes, entries = list[dict[str, int]](), 0
    for number, each in zip(NUMBERS, printed.assignments(), strict=False):
        compared = comparison.entries(each, number) if printed.count(each) <= MOST_ENTRIES else 0
        entries += compared
        sizes += [each] * bool(compared)
    reason = "" if sizes else "no point was found for it"
    return CodeCheck(len(sizes), entries, tuple(sizes), reason)


def unequal_sizes(claims: Sequence[Claim]) -> list[dict[str, int]]:
    """Small sizes that differ, for all named sizes, in some orders, then others.

    Args:
        claims: the derivatives, each as a first one.

    Raises:
        ShapeError: no small sizes fit.
    """
    return PrintedValues(claims, None, MOST_OPERATIONS).various()


class _Comparison:
    """A comparison under way.

    Args:
        printed: what the answer is.
        run: runs the code.
    """

    def __init__(self, printed: PrintedValues, run: Run) -> None:
        self.printed, self.run = printed, run

    def entries(self, sizes: dict[str, int], number: int) -> int:
        """How many entries agree at the first point that tells something; 0 if there is none."""
        differing, undefined, empty = list[str](), list[str](), 0
        for point in islice(self.printed.points(sizes, number), DRAWS):
            try:
                wanted = self.printed.at(point, sizes)
            except (OutOfDomain, OverflowError):
                continue
            except (OutOfTime, DimderivError):
                break
            arrays = self._arrays(point, sizes)
            found = self._found(arrays, sizes)
            if found is None or not all(np.isfinite(each).all() for each in wanted):
                # Floats cannot hold the code's steps, or the answer itself.
                continue
            where = _difference(wanted, found)
            empty += not any(each.any() for each in wanted)
            if where is None and not differing and not 0 < empty <= EMPTY:
                return sum(each.size for each in wanted)
            if where is not None and self._is_trusted(arrays, sizes, found):
                is_finite = all(np.isfinite(each).all() for each in found)
                (differing if is_finite else undefined).append(where)
            if len(differing) == CONFIRMED:
                break
        if len(differing) == CONFIRMED or len(undefined) == DRAWS:
            raise self._error([*differing, *undefined][0], sizes)
        return 0

    def _arrays(self, point: Mapping[str, Sized], sizes: Mapping[str, int]) -> dict[str, Any]:
        """The symbols as code takes them; labels are whole numbers."""
        found: dict[str, Any] = {}
        for name, declared in self.printed.symbols.items():
            array = laid(point[name], declared.shape, sizes)
            found[name] = array if declared.labels is None else array.astype(int)
        return found

    def _found(self, arrays: Arrays, sizes: Mapping[str, int]) -> list[FloatArray] | None:
        """What the code returns; nothing where floats do not suffice."""
        others = {**sizes, **self._functions(sizes)}
        given = {name: array.copy() for name, array in arrays.items()}
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                return [np.asarray(each) for each in self.run(given, others)]
        except (np.linalg.LinAlgError, ImportError):
            return None
        except Exception as error:
            raise self._error(f"it fails: {type(error).__name__}: {error}", sizes) from error

    def _functions(self, sizes: Mapping[str, int]) -> dict[str, Any]:
        """Something in the place of the functions that are declared only, and their derivatives."""
        return {
            spelled_out(function): partial(
                _of_entries if signature.is_elementwise else _stood_in,
                function,
                SizedSignature(signature, sizes),
            )
            for name, signature in self.printed.declared.items()
            for function in signature.derivatives(name)
        }

    def _is_trusted(
        self, arrays: Arrays, sizes: Mapping[str, int], found: list[FloatArray]
    ) -> bool:
        """Whether the code returns about the same for symbols that are almost the same."""
        signs = np.random.default_rng(0)
        moved = {
            name: array * (1 + JITTER * signs.choice([-1.0, 1.0], array.shape))
            if array.dtype.kind == "f"
            else array
            for name, array in arrays.items()
        }
        again = self._found(moved, sizes)
        return again is not None and all(
            np.allclose(a, b, TRUSTED, TRUSTED * max(1.0, _largest(a)), equal_nan=True)
            for a, b in zip(found, again, strict=True)
        )

    def _error(self, where: str, sizes: Mapping[str, int]) -> VerificationError:
        told = [f"sizes {sizes_text(sizes)}"] if sizes else []
        return VerificationError(
            f"the numpy code disagrees with the answer: {where}",
            known=told,
            hint="this is a mistake in dimderiv; the answer itself passed its own check",
        )


def _stood_in(function: str, known: SizedSignature, *arguments: Any) -> FloatArray:
    """The value of a function that stands in for a declared one, or a derivative of it."""
    tables = [
        np.asarray(argument, dtype=float).reshape(size).tolist()
        for argument, size in zip(arguments, known.arguments, strict=True)
    ]
    found = put_in_place(function, known, Arithmetic(DIGITS), tables)
    return laid(found, known.signature.shape_of(function), known.sizes)


def _of_entries(function: str, known: SizedSignature, argument: Any) -> FloatArray:
    """The same for each entry."""
    given = np.asarray(argument, dtype=float)
    found = [float(_stood_in(function, known, entry)) for entry in given.flat]
    return np.array(found).reshape(given.shape)


def _largest(array: Any) -> float:
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max()) if finite.size else 0.0


def _difference(wanted: Sequence[FloatArray], found: Sequence[FloatArray]) -> str | None:
    """Where the code first differs from the answer, in words."""
    if len(wanted) != len(found):
        return f"it returns {len(found)} arrays for {len(wanted)}"
    for expected, array in zip(wanted, found, strict=True):
        if array.shape != expected.shape:
            return f"it returns an array of shape {array.shape}, not {expected.shape}"
        error = np.abs(array - expected)
        allowed = FLOOR + TOLERANCE * _largest(expected)
        wrong = np.argwhere(~(error <= allowed))
        if len(wrong):
            place = tuple(map(int, wrong[0]))
            return (
                f"at entry {list(place)} the answer is {expected[place]:.12g} "
                f"and the code gives {array[place]:.12g}"
            )
    return None
