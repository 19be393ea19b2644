"""How many axes the names of code have by habit, and how far other readings are from that.

Lower case has one axis, upper case two.  The weights are measured against each other alone.
"""

import re
from collections.abc import Mapping

from dimderiv.language import Binary, Tree
from dimderiv.language import Name as Symbol

# A 1-D array beside a number that was computed: it is more likely a number.
WHOLE_TERM = 1.5
# The constant of a linear model of data, `X @ w + b`.
INTERCEPT = 1.5
# A matrix beside a 1-D array that was computed, `X @ w - Y`.
LINE = 1.2
# A 1-D array that multiplies a matrix, of which it would scale the columns.
BESIDE_A_MATRIX = 1.2
# A reduction of a number.
OF_A_NUMBER = 2.0

_NUMBERS = re.compile(
    r"(lam|lamb|lambda|lambda_|lmbda|alpha|gamma|eps|epsilon|eta|tau|rho|kappa|delta|nu|lr|reg"
    r"|temp|temperature|scale|momentum|dt|sigma|sigma2|sigma_sq)\d*(_\w+)?"
)
_VECTORS = re.compile(r"([uvwxzhqr]|mu|theta|beta|phi|psi)\d*(_\w+)?")
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
    return {1: 0.0, 0: 2.2 if _VECTORS.fullmatch(name) else 1.0, 2: 1.9, 3: 3.2, 4: 3.7}


def is_data(tree: Tree) -> bool:
    """Whether a tree is a product of data and parameters, `X @ w`."""
    match tree:
        case Binary("*", Symbol(name), _):
            return bool(_DATA.fullmatch(name))
    return False


def is_intercept(tree: Tree) -> bool:
    """Whether a tree is a name that people give to the constant of a linear model."""
    return isinstance(tree, Symbol) and bool(_INTERCEPT.fullmatch(tree.name))
