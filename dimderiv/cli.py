"""The command line: `dimderiv "||Xw-y||^2" --wrt w`.

The answer goes to standard output, alone, so that it can be piped; what was assumed and how the
answer was checked go to standard error.  Only long options exist, so that an expression may begin
with a minus: click would look for one-letter options inside `-x'Ax`.
"""

import difflib
import json
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise, takewhile
from typing import Any

import click

from dimderiv.api import LAYOUTS, derive
from dimderiv.derivation import TARGETS, Derivation
from dimderiv.process import FAILED, confess, exit_status, note
from dimderiv.rule_table import rule_table
from dimderiv.rules import load_rules

LANGUAGES = ("en", "zh")
NARROWEST, WIDEST = 80, 100


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    words: tuple[str, ...]
    wrt: tuple[str, ...]
    shape: tuple[str, ...]
    order: int
    upstream: str | None
    layout: str
    steps: bool
    latex: bool
    code: str | None
    as_json: bool
    lang: str
    no_verify: bool
    inline: bool
    rules: tuple[str, ...]
    verbose: bool

    @property
    def expression(self) -> str:
        """The one word that is no option.

        Raises:
            UsageError: there is none, or several.
        """
        if not self.words:
            raise click.UsageError('there is no expression; write one such as "||Xw-y||^2"')
        if len(self.words) > 1:
            shown = ", ".join(repr(word) for word in self.words)
            raise click.UsageError(f"there are {len(self.words)} expressions: {shown}; use quotes")
        return self.words[0]

    def refuse_contradictions(self) -> None:
        """Check what click cannot.

        Raises:
            UsageError: no variable is named, or two forms of the answer are asked for.
        """
        if not self.wrt:
            raise click.UsageError(
                "no variable is named to differentiate by; write --wrt w, or --wrt W1,b1"
            )
        if self.code and not self.as_json and (self.latex or self.steps):
            other = "--latex" if self.latex else "--steps"
            raise click.UsageError(f"--code and {other} are two answers; ask for one, or --json")


def print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print which version is installed, and end.

    Args:
        context: the command's.
        wanted: whether it was asked for.
    """
    if wanted:
        from importlib.metadata import PackageNotFoundError, version  # slow to import

        try:
            click.echo(f"dimderiv {version('dimderiv')}")
        except PackageNotFoundError:
            click.echo("dimderiv, not installed")
        context.exit()


@click.command(
    name="dimderiv",
    context_settings={"ignore_unknown_options": True, "max_content_width": WIDEST},
    epilog="""The expression may begin with a minus.  Exit status: 0, 1 if the answer failed its
    check, 2 for bad input.  `dimderiv rules` lists what can be differentiated, and `dimderiv rules
    --check` proves it.""",
)
@click.argument("words", metavar="EXPR", nargs=-1)
@click.option("--wrt", metavar="NAMES", multiple=True, help="Variables, such as w or W1,b1.")
@click.option(
    "--shape", metavar="TEXT", multiple=True, help='Shapes, such as "X: m x n; w: n; c: scalar".'
)
@click.option("--order", metavar="N", type=int, default=1, help="How often to differentiate.")
@click.option("--upstream", metavar="G", help="The derivative that is handed down.")
@click.option("--layout", type=click.Choice(LAYOUTS), default="mixed", help="Layout convention.")
@click.option("--steps", is_flag=True, help="Print the steps before the answer.")
@click.option("--latex", is_flag=True, help="Print LaTeX.")
@click.option("--code", type=click.Choice(TARGETS), help="Print a function that computes it.")
@click.option("--json", "as_json", is_flag=True, help="Print everything that is known, as JSON.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="Language of the steps.")
@click.option("--no-verify", is_flag=True, help="Skip the check.")
@click.option("--inline", is_flag=True, help="Write no names for parts that repeat.")
@click.option("--rules", metavar="FILE", multiple=True, help="A file with rules of your own.")
@click.option("--verbose", is_flag=True, help="Say what was assumed and checked, also into a pipe.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=print_version,
    help="Print the version.",
)
def derive_command(**options: Any) -> int:
    """Differentiate the scalar EXPR by the variables NAMES, in matrix notation."""
    request = Request(**options)
    expression = request.expression
    request.refuse_contradictions()
    derivation = derive(
        expression,
        ",".join(request.wrt),
        shapes=";".join(request.shape),
        order=request.order,
        upstream=request.upstream,
        layout=request.layout,
        verify=not request.no_verify,
        rules=request.rules,
        inline=request.inline,
    )
    if derivation.assumptions:
        note(f"assumed {', '.join(derivation.assumptions)}", request.verbose)
    click.echo(answer_text(derivation, request))
    verification = derivation.verification
    if verification is None:
        note("not checked, as you asked", request.verbose)
    elif verification.level == "unchecked":
        note(str(verification), verbose=True)
    else:
        note(f"checked: {verification}", request.verbose)
    return 0


@click.command(name="dimderiv rules", context_settings={"max_content_width": WIDEST})
@click.option("--check", is_flag=True, help="Prove each rule instead: entry by entry, by sympy.")
@click.option("--rules", metavar="FILE", multiple=True, help="A file with rules of your own.")
def rules_command(check: bool, rules: tuple[str, ...]) -> int:
    """List the rules: what can be differentiated, how, where it holds, and who says so."""
    rulebook = load_rules(*rules)
    if not check:
        width = shutil.get_terminal_size(fallback=(WIDEST, 24)).columns
        click.echo(rule_table(rulebook, width=min(max(width, NARROWEST), WIDEST)))
        return 0
    from dimderiv.verify.rules import check_rules  # sympy is slow to import

    total = failed = 0
    for report in check_rules(rulebook):
        total += 1
        failed += not report.passed
        click.echo(f"{'ok  ' if report.passed else 'FAIL'} {report.name}: {report.message}")
    click.echo(f"{total} rules, {failed} failed")
    return FAILED if failed else 0


def answer_text(derivation: Derivation, request: Request) -> str:
    """What goes to standard output.

    Args:
        derivation: the derivation.
        request: which form of it is wanted.
    """
    if request.as_json:
        return json.dumps(record(derivation, request), indent=2, ensure_ascii=False)
    if request.code:
        return derivation.code(request.code).rstrip("\n")
    answer = derivation.latex() if request.latex else derivation.text(multiline=True)
    if not request.steps:
        return answer
    markup = "latex" if request.latex else "text"
    return f"{derivation.explain(lang=request.lang, markup=markup).rstrip()}\n\n{answer}"


def record(derivation: Derivation, request: Request) -> dict[str, Any]:
    """What `--json` prints.

    Args:
        derivation: the derivation.
        request: whether the steps and the code belong to it.
    """
    verification = derivation.verification
    found: dict[str, Any] = {
        "source": derivation.source,
        "wrt": list(derivation.wrt),
        "shapes": dict(derivation.shapes),
        "assumptions": list(derivation.assumptions),
        "results": {
            name: {
                "text": result.text(),
                "latex": replace(derivation, wrt=(name,)).latex(),
                "form": result.form,
            }
            for name, result in derivation.results.items()
        },
        "verification": None if verification is None else asdict(verification),
    }
    if request.steps:
        found["steps"] = derivation.explain(lang=request.lang)
    if request.code:
        found["code"] = derivation.code(request.code)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: the words after the program's name; by default those of this process.

    Returns:
        The exit status: 0, 1 if the answer failed its check, 2 for bad input.
    """
    if arguments is None:
        arguments = sys.argv[1:]
        sys.excepthook = confess
    words = list(arguments)
    return exit_status(lambda: run(words))


def run(words: list[str]) -> int:
    """Carry out a command.

    Args:
        words: the words of the command line, after the program's name.

    Returns:
        The exit status.
    """
    refuse_unreadable(words)
    command: click.Command = derive_command
    if words[:1] == ["rules"]:
        command, words = rules_command, words[1:]
    else:
        words = words or ["--help"]
        refuse_misspelled(words)
    with command.make_context(command.name, words) as context:
        status: int = command.invoke(context)
        return status


def refuse_unreadable(words: list[str]) -> None:
    """Refuse bytes of a command line that are no text.

    Args:
        words: the words of the command line.

    Raises:
        UsageError: Python has kept undecodable bytes as surrogates.
    """
    for word in words:
        if any("\ud800" <= character <= "\udfff" for character in word):
            shown = word.encode("utf-8", "backslashreplace").decode()
            raise click.UsageError(f"this word of the command line is no text: {shown}")


def refuse_misspelled(words: list[str]) -> None:
    """Refuse an option that does not exist, which click would take for an expression.

    Args:
        words: the words of the command line.

    Raises:
        UsageError: a word begins like an option, or stands where an option's value should.
    """
    takes_value = {"--help": False} | {
        option: not getattr(parameter, "is_flag", False)
        for parameter in derive_command.params
        for option in parameter.opts
        if option.startswith("--")
    }
    options = list(takewhile(lambda word: word != "--", words))
    for word in options:
        option = word.partition("=")[0]
        if re.match("--[A-Za-z]", word) and option not in takes_value:
            nearest = difflib.get_close_matches(option, takes_value, n=1, cutoff=0.0)[0]
            raise click.UsageError(
                f"there is no option {option}; the nearest is {nearest}"
                " (an expression that begins with -- goes last, after a lone --)"
            )
    for word, following in pairwise(options):
        if takes_value.get(word) and following in takes_value:
            raise click.UsageError(f"the option {word} has no value before {following}")
