"""The command line: `dimderiv "||Xw-y||^2" --wrt w`.

The answer goes to standard output, alone, so that it can be piped; what was assumed and how the
answer was checked go to standard error.  Only long options exist, so that an expression may begin
with a minus: click would look for one-letter options inside `-x'Ax`.
"""

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise, takewhile
from typing import Any

import click

from dimderiv.codegen import TARGETS
from dimderiv.derivation import FORMS, check_rules, derive
from dimderiv.explain import LANGUAGES, layout_in_words
from dimderiv.rulebook import load_rules, rule_table
from dimderiv.surfaces import cli
from dimderiv.surfaces.cli import options
from dimderiv.surfaces.cli.code_output import files, write
from dimderiv.surfaces.cli.output import answer_text
from dimderiv.surfaces.cli.process import FAILED, confess, exit_status, note, patience
from dimderiv.surfaces.cli.request import Request
from dimderiv.surfaces.translation import assumed, labelled, translated

NARROWEST, WIDEST = 80, 100
# Where the words of the command stand, for a file to say what made it.
WORDS = "dimderiv.words"
# The variable by which a shell asks how to complete a word.
COMPLETE = "_DIMDERIV_COMPLETE"


def print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print which version is installed, and end."""
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
    epilog="""\b
    dimderiv "||Xw-y||^2" --wrt w
    dimderiv "softmax(X W)" --wrt W --upstream G --steps
    dimderiv "logdet(S)" --wrt S --shape "S: n x n spd" --code torch
    dimderiv "mean(-logsoftmax(X W)[i, y[i]])" --wrt W --shape "y: N labels C"

    The expression may begin with a minus, be LaTeX or a piece of NumPy, JAX or PyTorch, and come
    from standard input, as -.  Exit status: 0, 1 if the answer failed its check, 2 for
    bad input.  `dimderiv rules` lists what can be differentiated, and `dimderiv rules --check`
    proves it.  In bash, `eval "$(_DIMDERIV_COMPLETE=bash_source dimderiv)"` completes options;
    zsh and fish likewise.""",
)
@click.argument("words", metavar="EXPR", nargs=-1)
@click.option("--file", metavar="FILE", help="The file that the expression is in.")
@options.SOURCE
@options.WRT
@click.option(
    "--shape", metavar="TEXT", multiple=True, help='Shapes, such as "X: m x n; w: n; c: scalar".'
)
@click.option(
    "--order", metavar="N", type=int, default=1, help="1, 2 for the Hessian of a scalar, up to 5."
)
@options.UPSTREAM
@options.FORWARD
@click.option("--hvp", metavar="V", help="The product of the Hessian with V: a name, or v,V.")
@options.LAYOUT
@click.option("--all-layouts", is_flag=True, help="Print the answer in every layout.")
@click.option("--stationary", is_flag=True, help="Print where the gradient vanishes instead.")
@click.option(
    "--subject-to", metavar="EQUATION", multiple=True, help='With --stationary: such as "A x = b".'
)
@click.option("--structured", is_flag=True, help="Let entries that a property ties move together.")
@click.option("--curvature", is_flag=True, help="Say whether it is convex or concave, and why.")
@click.option("--steps", is_flag=True, help="Print the steps before the answer.")
@click.option("--latex", is_flag=True, help="Print LaTeX.")
@click.option("--markdown", is_flag=True, help="Print Markdown, for notes and notebooks.")
@click.option("--code", type=click.Choice(list(TARGETS)), help="Print a function that computes it.")
@click.option("--form", type=click.Choice(FORMS), default="dense", help="Form of what it returns.")
@click.option("--layer", is_flag=True, help="Code with a forward and a backward pass.")
@click.option("--value", is_flag=True, help="Code that returns the value too.")
@click.option("--sizes", metavar="TEXT", help='Sizes that code suits best, such as "m=1000, n=10".')
@click.option("--test", is_flag=True, help="A test beside the code, by central differences.")
@click.option("--output", metavar="FILE", help="Write the code to a file, and print nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print everything that is known, as JSON.")
@options.LANG
@click.option("--no-verify", is_flag=True, help="Skip the check.")
@click.option(
    "--verify",
    type=click.Choice(["points", "sympy"]),
    default="points",
    help="Check at points, by default, or have sympy prove every entry.",
)
@click.option("--inline", is_flag=True, help="Write the answer without names.")
@options.RULES
@click.option("--verbose", is_flag=True, help="Say what was assumed and checked, also into a pipe.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=print_version,
    help="Print the version.",
)
def derive_command(**given: Any) -> int:
    """Differentiate EXPR by the variables NAMES, in matrix notation."""
    request = Request(**given)
    expression = request.expression
    request.refuse_contradictions()
    if request.stationary:
        return cli.print_stationary(request)
    lang = request.lang
    with patience(lang=lang):
        derivation = derive(
            expression,
            ",".join(request.wrt),
            shapes=";".join(request.shape),
            order=request.order,
            upstream=request.upstream,
            forward=request.forward,
            layout=request.layout,
            structured=request.structured,
            verify=request.check if request.hvp is None else False,
            rules=request.rules,
            inline=request.inline,
            source=request.source,
        )
        if request.hvp is not None:
            derivation = derivation.hvp(request.hvp, verify=request.check)
    if derivation.read_as:
        note(labelled("note", derivation.read_as, lang), verbose=True)
    assumptions = [each for each in derivation.assumptions if each != derivation.read_as]
    if assumptions:
        note(assumed(assumptions, lang), request.verbose)
    for form in derivation.forms(lang):
        note(form, verbose=True)
    for doubt in derivation.doubts:
        note(labelled("note", doubt, lang), verbose=True)
    for each in derivation.notes(lang):
        note(each, request.verbose)
    if request.verbose:
        note(labelled("layout", layout_in_words(derivation.layout, lang), lang), verbose=True)
    if request.output is None:
        click.echo(answer_text(derivation, request))
    else:
        words = click.get_current_context().meta[WORDS]
        for file, text in files(derivation, request).items():
            write(text, file, words)
            note(translated(f"written to {file}", lang), request.verbose)
    verification = derivation.verification
    if verification is None:
        note(translated("not checked, as you asked", lang), request.verbose)
    elif verification.level == "unchecked":
        note(translated(str(verification), lang), verbose=True)
    else:
        note(labelled("checked", str(verification), lang), request.verbose)
    return 0


@click.command(name="dimderiv rules", context_settings={"max_content_width": WIDEST})
@click.option("--check", is_flag=True, help="Prove each rule instead, entry by entry.")
@options.RULES
@options.LANG
def rules_command(check: bool, rules: tuple[str, ...], lang: str) -> int:
    """List the rules: what can be differentiated, how, where it holds, and who says so."""
    rulebook = load_rules(*rules)
    if not check:
        import shutil  # slow to import

        width = shutil.get_terminal_size(fallback=(WIDEST, 24)).columns
        click.echo(rule_table(rulebook, width=min(max(width, NARROWEST), WIDEST)))
        return 0
    total = failed = 0
    for report in check_rules(rulebook):
        total += 1
        failed += not report.passed
        said = translated(report.message, lang)
        click.echo(f"{'ok  ' if report.passed else 'FAIL'} {report.name}: {said}")
    click.echo(translated(f"{total} rules, {failed} failed", lang))
    return FAILED if failed else 0


# Those that are asked for less often are loaded when they are.
COMMANDS: Mapping[str, Callable[[], click.Command]] = {
    "rules": lambda: rules_command,
    "check": lambda: cli.check_command,
    "graph": lambda: cli.graph_command,
    "notes": lambda: cli.notes_command,
    "page": lambda: cli.page_command,
}


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
    if COMPLETE in os.environ:
        from click.shell_completion import shell_complete  # slow to import

        return shell_complete(derive_command, {}, "dimderiv", COMPLETE, os.environ[COMPLETE])
    lang = language_of(words)
    return exit_status(lambda: run(words, lang), lang)


def language_of(words: Sequence[str]) -> str:
    """The language that the words of the command line ask for, before they are read.

    >>> language_of(["--help", "--lang", "zh"]), language_of(["--lang=zh"]), language_of([])
    ('zh', 'zh', 'en')
    """
    found = "en"
    for word, following in pairwise([*takewhile(lambda word: word != "--", words), ""]):
        option, _, value = word.partition("=")
        if option == "--lang":
            found = value or following
    return found if found in LANGUAGES else "en"


def run(words: list[str], lang: str) -> int:
    """Carry out a command."""
    refuse_unreadable(words)
    command: click.Command = derive_command
    if words[:1] and words[0] in COMMANDS:
        command, words = COMMANDS[words[0]](), words[1:]
    if any(isinstance(each, click.Argument) for each in command.params):
        words = words or ["--help"]
        refuse_misspelled(words, command)
    if lang != "en":
        command = cli.in_language(command, lang)
    given = list(words)
    with command.make_context(command.name, words) as context:
        context.meta[WORDS] = given
        status: int = command.invoke(context)
        return status


def refuse_unreadable(words: list[str]) -> None:
    """Refuse bytes of a command line that are no text."""
    for word in words:
        if any("\ud800" <= character <= "\udfff" for character in word):
            shown = word.encode("utf-8", "backslashreplace").decode()
            raise click.UsageError(f"this word of the command line is no text: {shown}")


def refuse_misspelled(words: list[str], command: click.Command) -> None:
    """Refuse an option that does not exist, which click would take for an expression."""
    takes_value = {"--help": False} | {
        option: not getattr(parameter, "is_flag", False)
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--")
    }
    given = list(takewhile(lambda word: word != "--", words))
    for word in given:
        option = word.partition("=")[0]
        if re.match("--[A-Za-z]", word) and option not in takes_value:
            from difflib import get_close_matches  # slow to import

            nearest = get_close_matches(option, takes_value, n=1, cutoff=0.0)[0]
            raise click.UsageError(
                f"there is no option {option}; the nearest is {nearest}"
                " (an expression that begins with -- goes last, after a lone --)"
            )
    for word, following in pairwise(given):
        if takes_value.get(word) and following in takes_value:
            raise click.UsageError(f"the option {word} has no value before {following}")
