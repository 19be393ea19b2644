"""The edge between dimderiv and the shell: exit statuses, messages, closed pipes, no tracebacks."""

import io
import os
import sys
from collections.abc import Callable
from types import TracebackType

import click

from dimderiv.errors import DimderivError, VerificationError

FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130
CLOSED_PIPE = 141


def exit_status(command: Callable[[], int]) -> int:
    """Run a command to its end, whatever the shell does to it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = _reported(command)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        return CLOSED_PIPE
    except KeyboardInterrupt:
        return refuse("interrupted", INTERRUPTED)
    except OSError as error:
        _discard_output()
        return refuse(f"the answer cannot be written: {error.strerror}", FAILED)
    return status


def refuse(message: str, status: int) -> int:
    """Print a message for a person to standard error."""
    click.echo(message, err=True)
    return status


def note(text: str, verbose: bool) -> None:
    """Tell a person something that does not belong to the answer."""
    if verbose or (sys.stderr is not None and sys.stderr.isatty()):
        click.echo(text, err=True)


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


def _reported(command: Callable[[], int]) -> int:
    try:
        return command()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "dimderiv"
        return refuse(f"{error.format_message()}\n\ntry: {path} --help", BAD_INPUT)
    except DimderivError as error:
        return refuse(str(error), FAILED if isinstance(error, VerificationError) else BAD_INPUT)
    except (RecursionError, MemoryError):
        return refuse("the expression is too large", BAD_INPUT)


def _discard_output() -> None:
    """Send what is still buffered nowhere, so that Python does not complain when it ends."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
