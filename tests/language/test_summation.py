"""Where letters are summed that nothing names."""

import pytest

from dimderiv.errors import ParseError
from dimderiv.language.parser import parse_program
from dimderiv.language.syntax import Call, walk


def sums(text: str) -> list[tuple[str, ...]]:
    """The letters of each sum, from the outside in."""
    value = parse_program(text).statements[-1].value
    return [
        tuple(letter for letter, _ in part.over)
        for part in walk(value)
        if isinstance(part, Call) and part.over
    ]


def test_what_stands_beside_a_sum_may_be_inside_of_it() -> None:
    """A sum that is written is linear, so that a letter beside it is summed around both."""
    assert [("r",), ("p",)] == sums("[i] A[r] (sum[p] B[r,p] C[r,i])")


def test_what_stands_beside_a_function_is_refused() -> None:
    """The sum over r may be that inside of the exponential, or around it."""
    with pytest.raises(ParseError, match="where r is summed is not clear"):
        sums("[i] A[r] (sum[p] exp(B[r,p] C[r,i]))")
