"""The expression that a command is about: a word, a file, or standard input."""

import sys
from collections.abc import Sequence

import click

STANDARD_INPUT = "-"


def given_text(words: Sequence[str], file: str | None) -> str:
    """The expression.

    Args:
        words: those of the command line that are no options; `-` stands for standard input.
        file: the file that it is in, if it is in one.
    """
    if file is not None:
        if words:
            raise click.UsageError(f"--file and {words[0]!r} are two expressions; leave out one")
        return _read(file)
    if not words:
        raise click.UsageError('there is no expression; write one such as "||Xw-y||^2"')
    if len(words) > 1:
        shown = ", ".join(repr(word) for word in words)
        raise click.UsageError(f"there are {len(words)} expressions: {shown}; use quotes")
    if words[0] != STANDARD_INPUT:
        return words[0]
    return sys.stdin.read() if sys.stdin is not None else ""


def _read(file: str) -> str:
    try:
        with open(file, encoding="utf-8") as read:
            return read.read()
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} is no text in UTF-8") from None
