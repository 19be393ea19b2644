"""`dimderiv notes FILE...`: what notes say of derivatives, checked as by a linter."""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from dimderiv.errors import DimderivError
from dimderiv.surfaces import notes
from dimderiv.surfaces.cli import options
from dimderiv.surfaces.cli.process import BAD_INPUT, FAILED, is_terminal, refuse
from dimderiv.surfaces.translation import translated

# What is listed without being asked for.
_LISTED = frozenset({"wrong", "layout", "open", "unsure", "note", "filled"})


@click.command(
    name="dimderiv notes",
    context_settings={"ignore_unknown_options": False},
    epilog="""\b
    dimderiv notes lecture.md slides.qmd paper.tex course.ipynb
    dimderiv notes lecture.md --fill

    Claims are formulas such as \\nabla_w J = ..., \\frac{\\partial f}{\\partial X} = ...; a right
    side of ? is a blank.  Exit status: 0 if nothing is wrong and no blank is open, 1 otherwise,
    2 if a file cannot be read.  A comment `dimderiv: ignore` leaves out its line, or the next
    formula where it stands alone.""",
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--fill", is_flag=True, help="Write answers into the files, in the place of each ?.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON document.")
@click.option("--unread", is_flag=True, help="List what is not read, and why.")
@options.LANG
def notes_command(files: Sequence[str], fill: bool, as_json: bool, unread: bool, lang: str) -> int:
    """Check what FILEs say of derivatives: Markdown, Quarto, LaTeX, Jupyter notebooks."""
    status = 0
    reports: list[tuple[str, notes.Report]] = []
    for file in files:
        try:
            raw = _read(Path(file))
            with _progress(file) as progress:
                report = notes.checked_notes(
                    raw, notes.kind_of(file), lang=lang, fill=fill, progress=progress
                )
            if report.text != raw:
                _write(Path(file), report.text)
        except DimderivError as error:
            refuse(f"{file}: {translated(error.message, lang)}", BAD_INPUT)
            status = BAD_INPUT
            continue
        except click.ClickException as error:
            refuse(translated(error.format_message(), lang), BAD_INPUT)
            status = BAD_INPUT
            continue
        reports.append((file, report))
        if not as_json:
            _print(file, report, notes.Words(lang), unread=unread)
        status = max(status, 0 if report.is_clean else FAILED)
    if as_json:
        click.echo(json.dumps(_data(reports), indent=2, ensure_ascii=False))
    return status


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file} is no text in UTF-8: byte {error.start}") from None


def _write(file: Path, text: str) -> None:
    """Exchange a file at once, so that none is ever half written."""
    target = file.resolve()
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        made = Path(name)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(text.encode("utf-8"))
            made.chmod(target.stat().st_mode & 0o7777)
            made.replace(target)
        except BaseException:
            made.unlink()
            raise
    except OSError as error:
        raise click.UsageError(f"{file} cannot be written: {error.strerror}") from None


@contextmanager
def _progress(file: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal; click draws none anywhere else."""
    if not is_terminal():
        yield None
        return
    with click.progressbar(length=1, label=Path(file).name, file=sys.stderr) as bar:

        def show(done: int, length: int) -> None:
            bar.length = length
            bar.update(done - bar.pos)

        yield show


def _print(file: str, report: notes.Report, words: notes.Words, *, unread: bool) -> None:
    told: set[str] = set()
    for each in report.findings:
        # What holds of a symbol throughout is told once.
        is_told = each.kind == "note" and each.says in told
        told.add(each.says)
        if (each.kind in _LISTED and not is_told) or (unread and each.kind == "unread"):
            click.echo(_line(file, each, words))
            if each.fix:
                click.echo(f"    {each.fix}")
    for convention in report.conventions:
        click.echo(f"{file}: {convention}")
    click.echo(words.summary(file, report))


def _line(file: str, found: notes.Finding, words: notes.Words) -> str:
    place = found.place
    parts = [f"{file}:{place.line}:{place.column}: {found.kind}:"]
    if place.cell:
        number, line, column = place.cell
        parts.append(f"{words.said('cell', number=number, line=line, column=column)}:")
    return " ".join([*parts, words.quoted(found)])


def _data(reports: Sequence[tuple[str, notes.Report]]) -> dict[str, Any]:
    total: dict[str, int] = {}
    for _, report in reports:
        for key, count in report.counts.items():
            total[key] = total.get(key, 0) + count
    return {
        "findings": [each.data(file) for file, report in reports for each in report.findings],
        "conventions": [
            {"file": file, "says": says} for file, report in reports for says in report.conventions
        ],
        "files": [{"file": file, "counts": report.counts} for file, report in reports],
        "counts": total,
    }
