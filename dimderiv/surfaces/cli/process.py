"""The edge between dimderiv and the shell: exit statuses, messages, closed pipes, no tracebacks."""

import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from types import TracebackType

import click

from dimderiv.errors import DimderivError, VerificationError
from dimderiv.surfaces import translation

FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130
CLOSED_PIPE = 141
# After so many seconds a person on a terminal is told that the work goes on.
PATIENCE = 2.0
CLEAR_LINE = "\r\x1b[K"


def exit_status(command: Callable[[], int], lang: str = "en") -> int:
    """Run a command to its end, whatever the shell does to it.

    Args:
        command: the command, which returns its exit status.
        lang: the language of what is said of its end.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = _reported(command, lang)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        return CLOSED_PIPE
    except KeyboardInterrupt:
        return refuse(translation.translated("interrupted", lang), INTERRUPTED)
    except OSError as error:
        _discard_output()
        message = f"the answer cannot be written: {error.strerror}"
        return refuse(translation.translated(message, lang), FAILED)
    return status


def refuse(message: str, status: int) -> int:
    """Print a message for a person to standard error, what is wrong and where in red."""
    first, *others = message.split("\n")
    red = [click.style(first, fg="red")]
    red += [
        click.style(line, fg="red") if re.fullmatch(r" *\^+", line) else line for line in others
    ]
    _tell("\n".join(red))
    return status


def note(text: str, verbose: bool) -> None:
    """Tell a person something that does not belong to the answer."""
    if verbose or is_terminal():
        _tell(click.style(text, dim=True))


def _tell(text: str, *, nl: bool = True) -> None:
    """Write to standard error, with colours on a terminal (https://no-color.org)."""
    click.echo(text, err=True, nl=nl, color=is_terminal() and not os.environ.get("NO_COLOR"))


def is_terminal() -> bool:
    """Whether a person reads standard error."""
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def patience(seconds: float = PATIENCE, *, lang: str = "en") -> Iterator[None]:
    """Say on a terminal that the work goes on, where it takes more than a moment.

    Args:
        seconds: how long that is.
        lang: the language.
    """
    said: list[str] = []

    def say() -> None:
        said.append(translation.translated("deriving and checking ...", lang))
        _tell(said[0], nl=False)

    timer = Timer(seconds, say)
    timer.daemon = True
    if is_terminal():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if said:
            _tell(CLEAR_LINE, nl=False)


def confess(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Report a mistake in dimderiv itself in one line, in place of a traceback."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" ({trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno})" if trace else ""
    refuse(
        f"dimderiv has made a mistake: {kind.__name__}: {error}{place}\n\n"
        "try: report it, together with the expression",
        FAILED,
    )


def _reported(command: Callable[[], int], lang: str) -> int:
    try:
        return command()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "dimderiv"
        message = translation.translated(error.format_message(), lang)
        hint = translation.labelled("try", f"{path} --help", lang)
        return refuse(f"{message}\n\n{hint}", BAD_INPUT)
    except DimderivError as error:
        status = FAILED if isinstance(error, VerificationError) else BAD_INPUT
        return refuse(translation.translated_error(error, lang), status)
    except (RecursionError, MemoryError):
        return refuse(translation.translated("the expression is too large", lang), BAD_INPUT)


def _discard_output() -> None:
    """Send what is still buffered nowhere, so that Python does not complain when it ends."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
