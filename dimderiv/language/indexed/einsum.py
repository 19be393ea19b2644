"""`einsum("bij,jk->bik", A, B)` as the index statement that it is: `[b,i,k] A[b,i,j] B[j,k]`."""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import reduce

from dimderiv.errors import ParseError, Span
from dimderiv.language.letters import letters_within
from dimderiv.language.names import unused_letters
from dimderiv.language.syntax import Binary, Entry, IndexForm, Name, Tree

EXAMPLE = 'write it as in einsum("ij,jk->ik", A, B)'
_PATTERN = re.compile(r"([A-Za-z]*(?:,[A-Za-z]*)*)(?:->([A-Za-z]*))?")
_LETTERS = "ijklpqrstuvabcdefghmnowxyz"


def spelled_einsum(
    pattern: str, operands: Sequence[Tree], sizes: Collection[str], span: Span
) -> IndexForm:
    """The index statement of a call.

    Args:
        pattern: the letters of each operand, and of the value after an arrow.
        operands: the operands.
        sizes: names that are no letters.
        span: where the call stands.

    Raises:
        ParseError: the pattern cannot be read, or does not suit the operands.
    """
    read = _PATTERN.fullmatch(pattern.replace(" ", ""))
    if not read:
        hint = "write a letter for each axis" if "." in pattern else EXAMPLE
        raise ParseError(f"the pattern {pattern!r} cannot be read", span=span, hint=hint)
    inputs = read[1].split(",")
    output = _value_of(inputs) if read[2] is None else read[2]
    if len(inputs) != len(operands):
        message = f"the pattern has letters for {len(inputs)} arrays, and {len(operands)} follow"
        raise ParseError(message, span=span, hint=EXAMPLE)
    for letter in output:
        if output.count(letter) > 1 or letter not in read[1]:
            problem = "twice" if output.count(letter) > 1 else "but no array has it"
            message = f"{letter} is a letter of the value, {problem}"
            raise ParseError(message, span=span, hint="each of its letters once, from the arrays")
    taken = {*sizes, *(name for operand in operands for name in letters_within(operand))}
    named = dict(_renamed("".join(dict.fromkeys(read[1].replace(",", ""))), taken))
    factors = [
        Entry(operand, tuple(Name(named[letter]) for letter in letters), operand.span)
        if letters
        else operand
        for letters, operand in zip(inputs, operands, strict=True)
    ]
    body = reduce(lambda left, right: Binary("*", left, right, span), factors)
    return IndexForm(tuple((named[letter], None) for letter in output), body, span=span)


def _value_of(inputs: Sequence[str]) -> str:
    """Without an arrow: the letters that occur once, in the order of the alphabet."""
    every = "".join(inputs)
    return "".join(sorted(letter for letter in {*every} if every.count(letter) == 1))


def _renamed(letters: str, taken: set[str]) -> Iterator[tuple[str, str]]:
    """A letter for each one of a pattern: itself, unless it is a capital or the name of a size."""
    free = [letter for letter in letters if letter.islower() and letter not in taken]
    unused = unused_letters(_LETTERS, {*taken, *free})
    for letter in letters:
        yield letter, letter if letter in free else next(unused)
