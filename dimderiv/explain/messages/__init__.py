"""The sentences of the steps, one data file a language, all with the same keys."""

from collections.abc import Mapping
from functools import cache
from os import PathLike, path

from dimderiv.errors import UnknownNameError
from dimderiv.language import read_table

__all__ = ["LANGUAGES", "sentences", "sentences_in"]

LANGUAGES = ("en", "zh")


def sentences(language: str) -> Mapping[str, str]:
    """The sentences of a language, by their keys.

    Args:
        language: one of `LANGUAGES`.

    Raises:
        UnknownNameError: there is no such language.

    >>> sentences("en")["answer"]
    'Put together:'
    """
    return sentences_in(path.dirname(__file__), language)


@cache
def sentences_in(folder: str | PathLike[str], language: str) -> Mapping[str, str]:
    """The sentences of a language, from a folder with one data file a language.

    Args:
        folder: where the files are.
        language: one of `LANGUAGES`.

    Raises:
        UnknownNameError: there is no such language.
    """
    if language not in LANGUAGES:
        raise UnknownNameError(f"{language!r} is unknown", hint=f"one of {', '.join(LANGUAGES)}")
    return read_table(path.join(folder, f"{language}.toml"))
