"""The sentences of the steps, one data file a language, all with the same keys."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from dimderiv.errors import UnknownNameError

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
    return sentences_in(Path(__file__).parent, language)


@cache
def sentences_in(folder: Path, language: str) -> Mapping[str, str]:
    """The sentences of a language, from a folder with one data file a language.

    Args:
        folder: where the files are.
        language: one of `LANGUAGES`.

    Raises:
        UnknownNameError: there is no such language.
    """
    if language not in LANGUAGES:
        raise UnknownNameError(f"{language!r} is unknown", hint=f"one of {', '.join(LANGUAGES)}")
    return tomllib.loads(folder.joinpath(f"{language}.toml").read_text("utf-8"))
