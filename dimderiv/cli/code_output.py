"""What was asked for of generated code on the command line, and the file that it is written to."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from dimderiv.derivation import Derivation

# The first line of a file that may be overwritten, up to the command that made it.
MADE_BY = "# Made by dimderiv: "
_SIZE = re.compile(r"\s*([A-Za-z]\w*)\s*=\s*([1-9][0-9]*)\s*")


@dataclass(frozen=True)
class CodeRequest:
    """What was asked for of generated code.

    Attributes:
        target: the target, if code was asked for.
        form: dense, or an operator.
        layer: whether it is to be a layer.
        value: whether it returns the value too.
        sizes: sizes that the code is to be the best at, such as `m=1000, n=10`.
        file: the file that it is written to, if any.
    """

    target: str | None
    form: str
    layer: bool
    value: bool
    sizes: str | None
    file: str | None

    def refuse_contradictions(self, beside: Sequence[str], order: int) -> None:
        """Check what click cannot."""
        given = list(self._given())
        if given and self.target is None:
            raise click.UsageError(f"{given[0]} is about code; ask for that too: --code numpy")
        if self.layer and self.form != "dense":
            raise click.UsageError(f"--layer and --form {self.form} are two kinds of code")
        own = "--layer" if self.layer else f"--form {self.form}"
        if (self.layer or self.form != "dense") and self.value:
            why = "a layer returns it anyway" if self.layer else "an operator has no value"
            raise click.UsageError(f"{own} and --value: {why}; leave out --value")
        if self.layer and order == 2:
            raise click.UsageError("--layer has first derivatives; leave out --order 2")
        for option in beside if self.layer or self.form != "dense" else ():
            raise click.UsageError(f"{own} takes directions later; leave out {option}")

    def _given(self) -> Iterator[str]:
        """The options that are given and make sense beside `--code` alone."""
        yield from ["--form"] * (self.form != "dense")
        yield from ["--layer"] * self.layer
        yield from ["--value"] * self.value
        yield from ["--sizes"] * (self.sizes is not None)
        yield from ["--output"] * (self.file is not None)

    def source(self, derivation: Derivation) -> str:
        """The code."""
        assert self.target is not None, "whoever asks for code names a target"
        sizes = self._sizes(derivation)
        return derivation.code(
            self.target, value=self.value, form=self.form, layer=self.layer, sizes=sizes
        )

    def _sizes(self, derivation: Derivation) -> dict[str, int] | None:
        if self.sizes is None:
            return None
        found: dict[str, int] = {}
        for part in self.sizes.split(","):
            read = _SIZE.fullmatch(part)
            if read is None:
                raise click.UsageError(f'--sizes has no size in {part!r}; write "m=1000, n=10"')
            found[read[1]] = int(read[2])
        known = sorted(derivation.typed.sizes)
        for name in found:
            if name not in known:
                raise click.UsageError(f"no axis has the size {name}; there are {', '.join(known)}")
        return found

    def write(self, source: str, words: Sequence[str]) -> None:
        """Write the code to the file, which runs without dimderiv."""
        assert self.file is not None, "whoever writes names a file"
        path = Path(self.file)
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
