"""A test that is run before it is handed out: more strictly, and seen to compare something."""

import sys
import warnings
from collections.abc import Callable
from math import isfinite
from typing import Any

from dimderiv.codegen.functions import function
from dimderiv.codegen.gradcheck.compared import Tested
from dimderiv.codegen.gradcheck.module import test_source

# The test that is handed out allows so many times more.
STRICTER = 10
# Where no entry is as large, hardly anything is compared.
TELLING = 0.01


def attempt(tested: Tested, style: str, seed: int) -> bool:
    """Run the test of numpy code.

    Args:
        tested: the code.
        style: how entries are drawn of which nothing is said.
        seed: of the numbers.

    Returns:
        Whether some entry of each array that was compared is far from 0.

    Raises:
        AssertionError: the code disagrees with differences.
        ArithmeticError: the differences depend on the step, or are not finite.
    """
    run = function(test_source(tested, style, seed), tested.test)
    names = vars(sys.modules[run.__module__])
    names["TOLERANCE"] /= STRICTER
    compare = names["assert_close"]
    expected = _expected(run)
    names["STEP"] *= 2
    for again, once in zip(_expected(run), expected, strict=True):
        try:
            compare(again, once, "the difference")
        except AssertionError as error:
            raise ArithmeticError(f"differences depend on the step: {error}") from error
    names["STEP"] /= 2
    names["assert_close"] = compare
    _quietly(run)
    return min(float(abs(array).max()) for array in expected) > TELLING


def _expected(run: Callable[[], None]) -> list[Any]:
    """What a test compares the code with."""
    found = list[Any]()

    def noted(_: Any, expected: Any, told: str) -> None:
        if not isfinite(abs(expected).max()):
            raise ArithmeticError(f"{told} is not finite")
        found.append(expected)

    vars(sys.modules[run.__module__])["assert_close"] = noted
    _quietly(run)
    return found


def _quietly(run: Callable[[], None]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run()
