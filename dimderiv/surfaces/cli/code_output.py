"""Generated code as it was asked for on the command line, and the file that it is written to."""

import shlex
from collections.abc import Collection, Sequence
from keyword import iskeyword

import click

from dimderiv.derivation import Derivation
from dimderiv.lazy import pattern
from dimderiv.surfaces.cli.request import Request

# The first line of a file that may be overwritten, up to the command that made it.
MADE_BY = "# Made by dimderiv: "
_SIZE = pattern(r"\s*([A-Za-z]\w*)\s*=\s*([1-9][0-9]*)\s*")


def source(derivation: Derivation, request: Request, test: bool | str | None = None) -> str:
    """The code that was asked for, and its test, or the test of a module alone."""
    assert request.code is not None, "whoever asks for code names a target"
    sizes = None if request.sizes is None else _sizes(request.sizes, derivation.typed.sizes)
    return derivation.code(
        request.code,
        value=request.value,
        form=request.form,
        layer=request.layer,
        sizes=sizes,
        test=request.test if test is None else test,
    )


def files(derivation: Derivation, request: Request) -> dict[str, str]:
    """What is written to files: the code, and beside it a test that imports it."""
    assert request.output is not None, "whoever asks for files names one"
    from pathlib import Path  # slow to import

    path = Path(request.output)
    found = {request.output: source(derivation, request, test=False)}
    if request.test:
        module = path.stem
        if path.suffix != ".py" or not module.isidentifier() or iskeyword(module):
            raise click.UsageError(
                f"--test imports the code, and Python cannot import {path.name}; write layer.py"
            )
        beside = path.with_name(f"test_{path.name}")
        found[str(beside)] = source(derivation, request, test=module)
    return found


def _sizes(text: str, known: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in text.split(","):
        read = _SIZE.fullmatch(part)
        if read is None:
            raise click.UsageError(f'--sizes has no size in {part!r}; write "m=1000, n=10"')
        found[read[1]] = int(read[2])
    for name in found:
        if name not in known:
            there = ", ".join(sorted(known))
            raise click.UsageError(f"no axis has the size {name}; there are {there}")
    return found


def write(source: str, file: str, words: Sequence[str]) -> None:
    """Write code to a file, which runs without dimderiv."""
    from pathlib import Path  # slow to import

    path = Path(file)
    try:
        if path.exists() and not path.read_bytes().startswith(MADE_BY.encode()):
            raise click.UsageError(f"{path} exists, and dimderiv did not make it: another name")
        path.write_text(f"{MADE_BY}{command(words)}\n{source}", encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from error


def command(words: Sequence[str]) -> str:
    r"""A command as one line that a shell understands.

    >>> command(["S = X w\nsum(S)", "--wrt", "w"])
    "dimderiv 'S = X w; sum(S)' --wrt w"
    """
    joined = (
        "; ".join(line.strip() for line in word.split("\n") if line.strip()) for word in words
    )
    return shlex.join(["dimderiv", *(" ".join(word.split("\r")) for word in joined)])
