"""The sentences about notes, one data file a language, all with the same keys."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from dimderiv.explain import sentences_in

__all__ = ["sentences"]


@cache
def sentences(language: str) -> Mapping[str, str]:
    """The sentences of a language, by their keys.

    Args:
        language: one of `LANGUAGES`.

    Raises:
        UnknownNameError: there is no such language.

    >>> sentences("en")["right"]
    'Right.'
    """
    return sentences_in(Path(__file__).parent, language)
