"""What operations cost, in units of one multiplication in a large matrix product.

The weights are rounded from measurements on one core: a matrix product does some ten operations in
the time in which an elementwise operation writes one entry, and an exponential takes three times
that.
"""

from collections.abc import Iterable, Mapping
from itertools import chain, islice
from typing import Any

from dimderiv.language import Dim

CALL = 8000.0
READ = 6
ENTRY = 10
FUNCTION = 50
# An entry that is kept for many uses weighs as much as some that are written and forgotten.
KEPT = 30
ROW = 500
FREE = frozenset(
    {
        *("input", "number", "size", "constant", "inverse"),
        *("transpose", "expand", "diagonal", "reshape", "windows"),
    }
)
# For each cube of a size; an inverse is made of factors.
OF_MATRIX = {"cholesky": 1.0, "lu": 2.0, "inv": 4.0}
ARITHMETIC = frozenset(
    {"+", "-", "*", "/", "negative", ">", "<", ">=", "<=", "relu", "abs", "maximum", "minimum"}
)

SMALL, MEDIUM, LARGE = 8, 100, 1500


class Sizes:
    """Sizes of axes as numbers.

    Args:
        named: a number for each name.
    """

    def __init__(self, named: Mapping[str, int]) -> None:
        self.named = named
        self._known: dict[Dim, int] = {}

    def __getitem__(self, dim: Dim) -> int:
        found = self._known.get(dim)
        if found is None:
            names = {name: self.named.get(name, MEDIUM) for name in dim.names}
            found = self._known[dim] = max(1, dim.evaluate(names))
        return found

    def entries(self, dims: Iterable[Dim]) -> int:
        """The number of entries of an array with these axes."""
        total = 1
        for dim in dims:
            total *= self[dim]
        return total


def regimes(names: Iterable[str], most: int) -> list[dict[str, int]]:
    """Sizes at which plans are compared: all medium, then each name small or large by itself.

    Args:
        names: the named sizes.
        most: how many to give at most.
    """
    names = sorted(names)
    base = dict.fromkeys(names, MEDIUM)
    alone = chain.from_iterable(({**base, n: SMALL}, {**base, n: LARGE}) for n in names)
    return [base, *islice(alone, most - 1)] if len(names) > 1 else [base]


def cost_of(
    kind: str,
    detail: tuple[Any, ...],
    arguments: tuple[tuple[Dim, ...], ...],
    dims: tuple[Dim, ...],
    sizes: Sizes,
) -> float:
    """What one operation costs."""
    if kind in FREE:
        return 0
    out = sizes.entries(dims)
    read = sum(sizes.entries(axes) for axes in arguments)
    match kind:
        case "matmul" | "tensordot":
            inner = _inner(detail, arguments, sizes)
            return CALL + product_cost(out, read, inner / 2 if detail == ("gram",) else inner)
        case "einsum":
            axes = dict(zip(chain(*detail[0]), chain(*arguments), strict=True))
            return CALL + ENTRY * sizes.entries(axes.values())
        case "inner":
            return CALL + READ * read
        case "map":
            each = ENTRY if detail[0] in ARITHMETIC else FUNCTION
            return CALL / (1 if dims else 10) + each * out
        case "lu" | "cholesky" | "solve" | "inv" | "det" | "logdet" | "expm" | "pinv" | "gap_pinv":
            return CALL + _of_matrix(kind, detail, arguments, sizes)
        case "softmax" | "logsoftmax" | "logsumexp":
            # Each row of an array as it lies costs a loop of its own, whichever axis is reduced.
            rows = sizes.entries(arguments[0][:-1])
            return 4 * CALL + 2 * FUNCTION * read + ROW * rows
    return CALL + READ * read + ENTRY * out


def cost_with(cost: float, repeats: float, dims: tuple[Dim, ...], sizes: Sizes) -> float:
    """What an operation costs that may be computed once for many uses, and then takes up memory."""
    kept = KEPT * sizes.entries(dims) if cost and repeats < 1 else 0
    return repeats * cost + (1 - repeats) * kept


def product_cost(out: int, read: int, inner: float) -> float:
    """The cost of a matrix product."""
    return READ * read + ENTRY * out + (out * inner if out > 1 else 0)


def _inner(detail: tuple[Any, ...], arguments: tuple[tuple[Dim, ...], ...], sizes: Sizes) -> int:
    axes = detail[0][0] if detail and detail != ("gram",) else (-1,)
    return sizes.entries(arguments[0][axis] for axis in axes)


def _of_matrix(
    kind: str, detail: tuple[Any, ...], arguments: tuple[tuple[Dim, ...], ...], sizes: Sizes
) -> float:
    """The cost of a function of a matrix, or of its factors if it is not asked of the whole."""
    rows = float(sizes[arguments[0][0]])
    own = OF_MATRIX["lu"] * rows**3 if detail == ("whole",) else 0.0
    if kind == "solve":
        return own + 4 * sizes.entries(arguments[1]) * rows
    if kind in {"det", "logdet"}:
        return own + FUNCTION * rows
    return own + OF_MATRIX.get(kind, 40.0) * rows**3
