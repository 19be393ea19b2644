"""Subscripts that nothing runs over are letters of the value: `exp(z_i) / sum_j exp(z_j)`.

Nothing is summed that no sum names, other than in square brackets.
"""

from collections.abc import Collection

from dimderiv.errors import ParseError
from dimderiv.language.indexed.running import runs
from dimderiv.language.letters import free_letters, named_letters
from dimderiv.language.syntax import Entry, IndexForm, Name, Program, Tree, walk


def with_free_subscripts(value: Tree, sizes: Collection[str]) -> Tree:
    """The value of a statement with a head of the subscripts that are free, in their order.

    Args:
        value: the value; that of a left side with letters has a head already.
        sizes: names that are no letters.

    Raises:
        ParseError: a letter runs in one place and is free in another, or the left side lacks it.
    """
    body = value.body if isinstance(value, IndexForm) else value
    free = list(free_letters(body, sizes))
    named = {letter for part in walk(body) for letter in named_letters(part)}
    for letter in named.intersection(free):
        raise ParseError(
            f"{letter} runs in one place and is free in another",
            span=body.span,
            hint=f"brackets around what the sum takes, or another letter in place of one {letter}",
        )
    if isinstance(value, IndexForm):
        head = [letter for letter, _ in value.letters]
        for letter in free:
            if letter not in head:
                raise ParseError(
                    f"the left side has no subscript {letter}, and nothing runs over it",
                    span=body.span,
                    hint=f"write sum_{letter}, or put {letter} on the left side",
                )
        return value
    if not free:
        return value
    if isinstance(value, Entry) and value.indices == tuple(map(Name, free)):
        return value.operand
    return IndexForm(tuple((letter, None) for letter in free), value, span=value.span)


def meant(name: str, program: Program) -> str:
    """The array that a variable such as `z_k` means, where no name in a program is that.

    Args:
        name: the variable.
        program: the program.

    >>> from dimderiv.language.parser import parse_program
    >>> meant("z_k", parse_program("sum_i exp(z_i)"))
    'z'
    """
    base = name.rpartition("_")[0] or name
    is_short = len(name) == 1 and runs(program.source)
    if name in program.names or (base == name and not is_short):
        return name
    entries = {
        part.operand.name
        for part in program.parts
        if isinstance(part, Entry) and isinstance(part.operand, Name)
    }
    return next((each for each in (base, base.upper()) if each in entries), name)
