"""What is differentiated, from the text that was given: which language it is in, and what it says.

A text of another language is read into one of ours, which everything after that is about: answers,
steps and code quote it.  What is wrong with it is said of the text that was given.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from dimderiv import sources
from dimderiv.errors import DimderivError, UnknownNameError
from dimderiv.infer import infer, refuse_second_meanings
from dimderiv.language import (
    EULER,
    Declaration,
    Program,
    index_names,
    is_one_symbol,
    named_letters,
    names_in_brackets,
    parse_program,
    read_shapes,
)
from dimderiv.lazy import pattern
from dimderiv.rulebook import Rulebook, load_rules

if TYPE_CHECKING:
    from dimderiv.sources import Reading, Source

NAMES: Mapping[str, str] = {"dimderiv": "dimderiv", "latex": "LaTeX", "numpy": "code"}
# What no text of our language has in it.
_LATEX = pattern(r"\\(?:[A-Za-z]{2}|[A-Za-z]\s*\{|[|,;!{])")
_CODE = pattern(
    r"\b(?:np|jnp|numpy|scipy|torch|jax|F|nn)\.(?!T\b)[A-Za-z]"
    r"|[\w)\]]\.(?:sum|mean|dot|pow|exp|log|norm|trace|reshape|transpose|max|min|std|var)\("
    r"|^\s*(?:def\s+\w+\s*\(|for\s+\w+\s+in\b|while\s|import\s+\w|from\s+\w+\s+import\b|return\b)"
    r"|\blambda\s[\w\s,]*:",
    re.MULTILINE,
)
# Names that mean something where nobody declares them.
_CONSTANTS = frozenset({"I", "pi", EULER})


class Given(NamedTuple):
    """What is differentiated.

    Attributes:
        program: in our language.
        declared: what is known of its symbols, with what the text itself declares.
        read_as: for a text of another language, which one it is, and what was read.
    """

    program: Program
    declared: Mapping[str, Declaration]
    read_as: str = ""


def recognised(text: str) -> "Source":
    r"""The language that a text shows to be in.

    Args:
        text: an expression.

    >>> recognised(r"\|Xw - y\|^2"), recognised("np.sum(x)"), recognised("||X w - y||^2")
    ('latex', 'numpy', 'dimderiv')
    """
    if _LATEX.search(text):
        return "latex"
    return "numpy" if _CODE.search(text) else "dimderiv"


def name_read(name: str) -> str:
    r"""A variable, which may be written in LaTeX.

    Args:
        name: such as `w` or a backslash and `mu`.

    >>> name_read(r"\boldsymbol{\mu}"), name_read("w")
    ('mu', 'w')
    """
    if "\\" not in name:
        return name
    text = sources.read_latex(name, declared={}, rulebook=load_rules()).text
    return text if is_one_symbol(text) or text.isidentifier() else name


def read_foreign(
    text: str,
    language: str,
    *,
    declared: Mapping[str, Declaration],
    rulebook: Rulebook,
    wrt: Sequence[str] = (),
) -> "Reading":
    """A text of another language, read by the reader of that.

    Args:
        text: the text.
        language: `"latex"` or `"numpy"`.
        declared: what is known of its symbols.
        rulebook: the functions.
        wrt: the variables.

    Raises:
        DimderivError: the text cannot be read.
    """
    reader = sources.read_latex if language == "latex" else sources.read_code
    return reader(text, declared=declared, rulebook=rulebook, wrt=wrt)


def read(
    text: str,
    source: str | None,
    declared: Mapping[str, Declaration],
    wrt: Sequence[str],
    rulebook: Rulebook,
) -> Given:
    """What a text says, in whatever language it is.

    Args:
        text: an expression.
        source: its language, or nothing where the text shows it.
        declared: what is known of its symbols.
        wrt: the variables.
        rulebook: the functions.

    Raises:
        DimderivError: the text cannot be read.
    """
    language = recognised(text) if source is None else source
    if language not in NAMES:
        raise UnknownNameError(
            f"the source {source!r} is unknown", hint=f"one of {', '.join(NAMES)}"
        )
    if language == "dimderiv":
        return Given(parsed(text, declared, wrt, rulebook), declared)
    try:
        reading = read_foreign(text, language, declared=declared, rulebook=rulebook, wrt=wrt)
        known = {**read_shapes(reading.declared), **declared}
        if language == "latex":
            _refuse_misfits(reading.program, known, rulebook)
    except DimderivError as error:
        if source is None:
            error.known = (*error.known, f"the text is read as {NAMES[language]}")
        raise
    said = f"read as {NAMES[language]}: {reading.text}"
    program = parsed(reading.text, known, wrt, rulebook, known=_names(reading.program))
    return Given(replace(program, assumptions=(said, *reading.assumptions)), known, said)


def _refuse_misfits(
    program: Program, declared: Mapping[str, Declaration], rulebook: Rulebook
) -> None:
    """Refuse shapes that do not conform, and spellings with two meanings, in the given text."""
    try:
        refuse_second_meanings(infer(program, declared, rulebook=rulebook), declared)
    except DimderivError as error:
        raise error.located(program.source)  # noqa: B904  the same error, with its text added


def parsed(
    text: str,
    declared: Mapping[str, Declaration],
    names: Sequence[str],
    rulebook: Rulebook,
    *,
    known: Sequence[str] = (),
) -> Program:
    """The program that a text of our language is.

    Args:
        text: the text.
        declared: what is known of its symbols.
        names: those that are names as if they were declared, if they are words.
        rulebook: the functions.
        known: those that are names in any case.
    """
    words = {name for name in names if name.isidentifier() and not is_one_symbol(name)}
    variables = {EULER}.intersection(names).union(words) - rulebook.words
    sizes = names_in_brackets(declared)
    meant = sizes.union(declared, variables, known)
    return parse_program(text, names=meant, functions=rulebook.words, sizes=sizes)


def _names(program: Program) -> list[str]:
    """The names in a program that are no letters."""
    letters = {letter for part in program.parts for letter in named_letters(part)}
    letters.update(name for part in program.parts for name in index_names(part))
    return sorted(program.names - letters - _CONSTANTS)
