"""How many axes the names of code have by habit, and how far other readings are from that.

Lower case has one axis, upper case two.  The weights are measured against each other alone.
"""

import re
from collections.abc import Mapping

from dimderiv.language import Add, Binary, Negative, Number, Tree, walk
from dimderiv.language import Name as Symbol
from dimderiv.sources.code.values import Array

# A 1-D array beside a number that was computed: it is more likely a number.
WHOLE_TERM = 1.5
# The constant of a linear model of data, `X @ w + b`.
INTERCEPT = 1.5
# A matrix beside a 1-D array that was computed, `X @ w - Y`.
LINE = 1.2
# A 1-D array that multiplies a matrix, of which it would scale the columns.
BESIDE_A_MATRIX = 1.2
# A number of things that is added to an array.
COUNT_ADDED = 1.0
# A reduction of a number.
OF_A_NUMBER = 2.0

_PLAIN = (Symbol, Number, Negative, Add, Binary)
_NUMBERS = re.compile(
    r"(lam|lamb|lambda|lambda_|lmbda|alpha|gamma|eps|epsilon|eta|tau|rho|kappa|delta|nu|lr|reg"
    r"|temp|temperature|scale|momentum|dt|sigma|sigma2|sigma_sq)\d*(_\w+)?"
)
_VECTORS = re.compile(r"([uvwxzhqr]|mu|theta|beta|phi|psi)\d*(_\w+)?")
_ARRAYS = re.compile(
    r"mask|logits?|scores?|targets?|preds?|predictions?|probs?|images?|img|noise|hidden|outputs?"
    r"|residuals?|features|inputs?|embeddings?|data|batch|y_\w+"
)
_EITHER = re.compile(r"[acst]\d*")
_COUNTS = re.compile(r"n|n_\w+|num_\w+|N_\w+|batch_size")
_MAY_COUNT = re.compile(r"[NMTC]")
_TARGETS = re.compile(r"Y|T|Y_\w+")
_DATA = re.compile(r"X\d*|X_\w+|Phi|Z\d*")
_INTERCEPT = re.compile(r"b\d*|b_\w+|bias|beta_?0|intercept")


def candidates(name: str) -> Mapping[int, float]:
    """The numbers of axes that a name may have, each with what it costs to take it.

    Args:
        name: the name, as it stands in the code.

    >>> candidates("X")[2], candidates("w")[1], candidates("lam")[0]
    (0.0, 0.0, 0.0)
    """
    if _NUMBERS.fullmatch(name) or _COUNTS.fullmatch(name):
        return {0: 0.0, 1: 0.8, 2: 2.5}
    if name[0].isupper():
        number = 1.4 if _MAY_COUNT.fullmatch(name) else 2.5
        line = 1.1 if _TARGETS.fullmatch(name) else 1.8
        return {2: 0.0, 0: number, 1: line, 3: 3.0, 4: 3.5}
    if _ARRAYS.fullmatch(name):
        return {1: 0.0, 2: 0.5, 0: 2.2, 3: 2.0, 4: 2.5}
    if _EITHER.fullmatch(name):
        return {1: 0.0, 0: 0.3, 2: 1.9, 3: 3.2, 4: 3.7}
    return {1: 0.0, 0: 2.2 if _VECTORS.fullmatch(name) else 1.0, 2: 1.9, 3: 3.2, 4: 3.7}


def hesitation(left: Array, right: Array, *, is_sum: bool) -> float:
    """How far two operands are from what people write beside each other.

    Args:
        left: the first one.
        right: the second one.
        is_sum: whether they are added, not multiplied or divided.
    """
    pairs = ((left, right), (right, left))
    return sum(_beside(one, other, is_sum) for one, other in pairs if _is_plain(one.tree))


def _beside(one: Array, other: Array, is_sum: bool) -> float:
    """The same of a name and what stands beside it."""
    match one.axes, other.axes:
        case (1 | 2 | 3 | 4, 0) if _is_computed(other.tree) and _are_apart(one, other):
            return WHOLE_TERM
        case (1, 1) if is_sum and _is(one.tree, _INTERCEPT) and _is_data(other.tree):
            return INTERCEPT
        case (2, 1) if not _is_plain(other.tree) and _are_apart(one, other):
            return LINE
        case (1, 2) if not is_sum:
            return BESIDE_A_MATRIX
        case (0, 1 | 2 | 3 | 4) if is_sum and _is(one.tree, _COUNTS):
            return COUNT_ADDED
    return 0.0


def _is(tree: Tree, names: re.Pattern[str]) -> bool:
    return isinstance(tree, Symbol) and bool(names.fullmatch(tree.name))


def _is_data(tree: Tree) -> bool:
    """Whether a tree is a product of data and parameters, `X @ w`."""
    return isinstance(tree, Binary) and tree.operator == "*" and _is(tree.left, _DATA)


def _is_plain(tree: Tree) -> bool:
    """Whether a tree is a name, perhaps with numbers: `n - 1`."""
    parts = list(walk(tree))
    names = [part for part in parts if isinstance(part, Symbol)]
    return len(names) == 1 and all(isinstance(part, _PLAIN) for part in parts)


def _is_computed(tree: Tree) -> bool:
    """Whether a number comes from arrays."""
    return any(not isinstance(part, _PLAIN) for part in walk(tree))


def _are_apart(one: Array, other: Array) -> bool:
    """Whether neither is made of the other: `x - x.mean()` is."""
    first, second = (
        {part.name for part in walk(each.tree) if isinstance(part, Symbol)} for each in (one, other)
    )
    return first.isdisjoint(second)
