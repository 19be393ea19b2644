"""The sentences of the steps, one data file a language, all with the same keys."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "zh")


@cache
def sentences(language: str) -> Mapping[str, str]:
    """The sentences of a language, by their keys.

    Args:
        language: one of `LANGUAGES`.

    >>> sentences("en")["answer"]
    'Put together:'
    """
    return tomllib.loads(Path(__file__).with_name(f"{language}.toml").read_text("utf-8"))
