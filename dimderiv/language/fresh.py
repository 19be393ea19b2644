"""Names that mean nothing yet."""

from collections.abc import Container, Iterator
from itertools import chain, count


def unused_name(wanted: str, taken: Container[str]) -> str:
    """A name that means nothing yet and can be read back.

    Args:
        wanted: the name, if it is free.
        taken: names that mean something.

    >>> unused_name("dS", {"S", "dS"})
    'dS_2'
    """
    numbered = (f"{wanted}_{number}" for number in count(2))
    return next(name for name in chain([wanted], numbered) if name not in taken)


def unused_letters(letters: str, taken: Container[str], more: str = "") -> Iterator[str]:
    """Letters that mean nothing yet, then one with numbers, without an end.

    Args:
        letters: what may stand for the thing, the best first.
        taken: names that mean something; it may grow in between.
        more: the letter that gets numbers, if it is not the first one.

    >>> next(unused_letters("EF", {"E"})), next(unused_letters("EF", {"E", "F", "E1"}))
    ('F', 'E2')
    """
    numbered = (f"{more or letters[0]}{number}" for number in count(1))
    return (name for name in chain(letters, numbered) if name not in taken)
