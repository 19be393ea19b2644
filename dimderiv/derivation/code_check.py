"""The check of generated numpy code: what it returns, beside the answer as it is printed.

Both are computed at the same few points, the code in floats and the answer entry by entry by the
verifier's own evaluator: where sizes are equal, where they are 1, and where all differ, since
code that takes one axis for another may be right at some of these.
"""

import inspect
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dimderiv.derivation.coding import Coder
from dimderiv.derivation.printed_values import DIGITS, Printed, PrintedValues
from dimderiv.errors import DimderivError, VerificationError
from dimderiv.language import GRADIENT, HESSIAN, Shape, spelled_out
from dimderiv.verify import (
    Arithmetic,
    CodeCheck,
    OutOfDomain,
    OutOfTime,
    Table,
    put_in_place,
    sizes_text,
)

Array: TypeAlias = "NDArray[np.float64]"
Arrays: TypeAlias = Mapping[str, Array]
# Computes what code returns, given the symbols, and sizes and functions by their names.
Run: TypeAlias = Callable[[Arrays, Mapping[str, Any]], Sequence[Any]]

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


def check_code(coder: Coder, run: Run, *, value: bool = False) -> CodeCheck:
    """Compare what code returns with the answer as it is printed."""
    printed = PrintedValues(coder, value=value, most=MOST_OPERATIONS)
    comparison = _Comparison(printed, run)
    sizes, entries = list[dict[str, int]](), 0
    for number, each in zip(NUMBERS, printed.assignments(), strict=False):
        compared = comparison.entries(each, number) if printed.count(each) <= MOST_ENTRIES else 0
        entries += compared
        sizes += [each] * bool(compared)
    return CodeCheck(len(sizes), entries, tuple(sizes))


def dense(function: Callable[..., Any], names: Sequence[str], *, value: bool) -> Run:
    """How a function is run that returns derivatives, or the value and derivatives."""

    def run(arrays: Arrays, others: Mapping[str, Any]) -> Sequence[Any]:
        returned = _called(function, [arrays[name] for name in names], others)
        if not value:
            return _several(returned)
        first, derivatives = returned
        return [first, *_several(derivatives)]

    return run


def operator(
    function: Callable[..., Any], names: Sequence[str], method: str, arriving: Sequence[str]
) -> Run:
    """How a function is run that returns an operator, of which one method is called."""

    def run(arrays: Arrays, others: Mapping[str, Any]) -> Sequence[Any]:
        made = _called(function, [arrays[name] for name in names], others)
        return _several(getattr(made, method)(*[arrays[name] for name in arriving]))

    return run


def layer(made: Callable[[], Any], names: Sequence[str], upstream: str) -> Run:
    """How a layer is run, forward and backward."""

    def run(arrays: Arrays, others: Mapping[str, Any]) -> Sequence[Any]:
        one = made()
        value = _called(one.forward, [arrays[name] for name in names], others)
        return [value, *_several(one.backward(arrays[upstream]))]

    return run


def _called(
    function: Callable[..., Any], arrays: Sequence[Array], others: Mapping[str, Any]
) -> Any:
    wanted = list(inspect.signature(function).parameters)[len(arrays) :]
    return function(*arrays, **{name: others[name.rstrip("_")] for name in wanted})


def _several(returned: Any) -> Sequence[Any]:
    return returned if isinstance(returned, tuple) else (returned,)


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
            arrays = self._arrays(point)
            found = self._found(arrays, sizes)
            if found is None or not all(np.isfinite(each.entries).all() for each in wanted):
                # Floats cannot hold the code's steps, or the answer itself.
                continue
            where = _difference(wanted, found)
            empty += not any(map(any, (each.entries for each in wanted)))
            if where is None and not differing and not 0 < empty <= EMPTY:
                return sum(len(each.entries) for each in wanted)
            if where is not None and self._is_trusted(arrays, sizes, found):
                is_finite = all(np.isfinite(each).all() for each in found)
                (differing if is_finite else undefined).append(where)
            if len(differing) == CONFIRMED:
                break
        if len(differing) == CONFIRMED or len(undefined) == DRAWS:
            raise self._error([*differing, *undefined][0], sizes)
        return 0

    def _arrays(self, point: Mapping[str, Table]) -> dict[str, Array]:
        """The symbols as code takes them."""
        shapes = {name: declared.shape for name, declared in self.printed.typed.symbols.items()}
        return {name: _laid(point[name], shape) for name, shape in shapes.items()}

    def _found(self, arrays: Arrays, sizes: Mapping[str, int]) -> list[Array] | None:
        """What the code returns; nothing where floats do not suffice."""
        others = {**sizes, **self._functions()}
        given = {name: array.copy() for name, array in arrays.items()}
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                return [np.asarray(each) for each in self.run(given, others)]
        except (np.linalg.LinAlgError, ImportError):
            return None
        except Exception as error:
            raise self._error(f"it fails: {type(error).__name__}: {error}", sizes) from error

    def _functions(self) -> dict[str, Any]:
        """Something in the place of the functions that are declared only, and their derivatives."""
        unknown = self.printed.rulebook.unknown
        return {
            spelled_out(sign + name): partial(_stood_in, name, order)
            for name in unknown
            for order, sign in enumerate(("", GRADIENT, HESSIAN))
        }

    def _is_trusted(self, arrays: Arrays, sizes: Mapping[str, int], found: list[Array]) -> bool:
        """Whether the code returns about the same for symbols that are almost the same."""
        signs = np.random.default_rng(0)
        moved = {
            name: array * (1 + JITTER * signs.choice([-1.0, 1.0], array.shape))
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


def _laid(table: Table, shape: Shape) -> Array:
    array = np.array([[float(x) for x in row] for row in table])
    return array if shape.is_row else array.reshape(array.shape[: len(shape.axes)])


def _stood_in(name: str, order: int, argument: Any) -> Array:
    """The value of a function that stands in for a declared one, or a derivative of it."""
    given = np.asarray(argument)
    rows = given.shape[0] if given.ndim else 1
    table = put_in_place(name, order, Arithmetic(DIGITS), given.reshape(rows, -1).tolist())
    found = np.array([[float(x) for x in row] for row in table])
    return found.reshape(((), given.shape, given.shape[-1:] * 2)[order])


def _largest(array: Any) -> float:
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max()) if finite.size else 0.0


def _difference(wanted: Sequence[Printed], found: Sequence[Array]) -> str | None:
    """Where the code first differs from the answer, in words."""
    if len(wanted) != len(found):
        return f"it returns {len(found)} arrays for {len(wanted)}"
    for (lengths, entries), array in zip(wanted, found, strict=True):
        if array.shape != lengths:
            return f"it returns an array of shape {array.shape}, not {lengths}"
        expected = np.array(entries).reshape(lengths)
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
