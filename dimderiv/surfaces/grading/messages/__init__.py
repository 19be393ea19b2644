"""The sentences of verdicts, one data file a language, all with the same keys."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from dimderiv.errors import UnknownNameError
from dimderiv.explain import LANGUAGES

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
    if language not in LANGUAGES:
        raise UnknownNameError(f"{language!r} is unknown", hint=f"one of {', '.join(LANGUAGES)}")
    return tomllib.loads(Path(__file__).with_name(f"{language}.toml").read_text("utf-8"))
