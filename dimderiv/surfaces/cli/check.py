"""`dimderiv check EXPR ANSWER --wrt NAMES`: is the answer right, and if not, why?"""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from dimderiv.surfaces import grading
from dimderiv.surfaces.cli import options
from dimderiv.surfaces.cli.process import BAD_INPUT, FAILED, note
from dimderiv.surfaces.translation import assumed, labelled, translated

if TYPE_CHECKING:
    from dimderiv.surfaces.grading import Row, Verdict

STATUS = {"right": 0, "wrong": FAILED, "unreadable": BAD_INPUT}


@click.command(
    name="dimderiv check",
    context_settings={"ignore_unknown_options": True},
    epilog="""Exit status: 0 if the answer is right, 1 if it is wrong, 2 if it or the expression
    cannot be read, or not be judged.  A batch is a CSV file with the columns expr, wrt and answer,
    and shapes and name if wanted; its status is the largest one.""",
)
@click.argument("words", metavar="EXPR ANSWER", nargs=-1)
@options.SOURCE
@options.WRT
@click.option(
    "--shape", "--shapes", metavar="TEXT", multiple=True, help='Shapes, such as "X: m x n; w: n".'
)
@click.option("--order", metavar="N", type=int, default=1, help="2 for a Hessian.")
@options.UPSTREAM
@options.FORWARD
@options.LAYOUT
@click.option("--structured", is_flag=True, help="Entries that a property ties move together.")
@click.option(
    "--stationary", "about", flag_value="stationary", help="ANSWER is where the gradient vanishes."
)
@click.option("--curvature", "about", flag_value="curvature", help='ANSWER is such as "convex".')
@options.RULES
@click.option("--batch", metavar="FILE", help="Judge every answer of a CSV file.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
@options.LANG
def check_command(
    words: Sequence[str],
    wrt: Sequence[str],
    shape: Sequence[str],
    batch: str | None,
    as_json: bool,
    lang: str,
    **given: Any,
) -> int:
    """Judge ANSWER, as the derivative of EXPR by the variables NAMES, or as another claim."""
    if batch is not None:
        _refuse_beside_batch(words, wrt, shape, given.pop("about") or "")
        rows = list(grading.rows_of(batch, lang=lang, **given))
        click.echo(_as_json(rows) if as_json else _as_table(rows))
        return max((STATUS[row.word] for row in rows), default=0)
    expr, answer = _two(words)
    if not wrt:
        raise click.UsageError("no variable is named to differentiate by; write --wrt w")
    given["about"] = given["about"] or "derivative"
    verdict = grading.check(expr, ",".join(wrt), answer, shapes=";".join(shape), lang=lang, **given)
    if verdict.assumptions:
        note(assumed(verdict.assumptions, lang), verbose=False)
    for doubt in verdict.doubts:
        note(labelled("note", doubt, lang), verbose=True)
    if as_json:
        told = {
            name: [translated(each, lang) for each in getattr(verdict, name)]
            for name in ("assumptions", "doubts")
        }
        click.echo(json.dumps(asdict(verdict) | told, indent=2, ensure_ascii=False))
    else:
        click.echo(_in_words(verdict))
    return 0 if verdict.right else FAILED


def _two(words: Sequence[str]) -> tuple[str, str]:
    if len(words) != 2:
        raise click.UsageError(
            f"an expression and an answer are needed, not {len(words)} texts; use quotes"
        )
    return words[0], words[1]


def _refuse_beside_batch(*given: Sequence[str]) -> None:
    if any(given):
        raise click.UsageError(
            "--batch reads expressions, variables and shapes from its file, and judges derivatives"
        )


def _in_words(verdict: "Verdict") -> str:
    lines = [verdict.says]
    if verdict.entry:
        lines.append(verdict.entry)
    if verdict.fix:
        lines += ["", *(f"    {line}" for line in verdict.fix.split("\n"))]
    return "\n".join(lines)


def _fields(row: "Row") -> dict[str, Any]:
    verdict = row.verdict
    return {
        "name": row.name,
        "answer": row.answer,
        "verdict": row.word,
        "kind": verdict.kind if verdict else "",
        "says": verdict.says if verdict else row.error,
        "fix": (verdict and verdict.fix) or "",
    }


def _as_json(rows: Sequence["Row"]) -> str:
    return json.dumps([_fields(row) for row in rows], indent=2, ensure_ascii=False)


def _as_table(rows: Sequence["Row"]) -> str:
    """A table that spreadsheets read."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "answer", "verdict", "kind", "says", "fix"])
    writer.writerows(_fields(row).values() for row in rows)
    return out.getvalue().rstrip("\n")
