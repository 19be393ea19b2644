"""Answers in the author's LaTeX: fonts as in the text, and names that it has defined."""

import re
from collections.abc import Collection, Iterable, Mapping

from dimderiv import render
from dimderiv.answer import Derived
from dimderiv.errors import DimderivError
from dimderiv.language import Name, Program, names_in_brackets
from dimderiv.sources import Relation

_FONT = re.compile(
    r"\\(?!text)[A-Za-z]+\s*(?:\{\s*\\?(?P<braced>[A-Za-z]+)\s*\}|(?P<bare>[A-Za-z]))"
)


def fonts_in(relations: Iterable[Relation]) -> dict[str, str]:
    r"""The letters of a formula that stand in a font of their own, as they are written there.

    Args:
        relations: those of the formula.

    >>> from dimderiv.sources import relations_of
    >>> fonts_in(relations_of(r"\mathbf{w}^\top \boldsymbol{\mu} = x"))
    {'w': '\\mathbf{w}', 'mu': '\\boldsymbol{\\mu}', 'x': ''}
    """
    found: dict[str, str] = {}
    for relation in relations:
        for side in relation.sides:
            for lexeme in side.lexemes:
                if lexeme.kind != "letter" and not lexeme.font:
                    continue
                written = side.source[lexeme.start : lexeme.end]
                font = _FONT.fullmatch(written)
                is_it = font and lexeme.text in (font["braced"], font["bare"])
                found[lexeme.text] = written if lexeme.font and is_it else ""
    return found


def in_latex(derived: Derived, program: Program, fonts: Mapping[str, str]) -> str:
    """A program as LaTeX, without what the text has defined already.

    Args:
        derived: what was derived, for its names.
        program: an answer.
        fonts: how letters are written.
    """
    question = derived.question
    typed = question.typed
    functions = render.spellings(question.rulebook)
    sizes = typed.sizes | names_in_brackets(typed.symbols)
    names = {name: _spelled(name, fonts) for name in program.names}
    *before, last = program.statements
    parts: list[str] = []
    for each in before:
        if each.name and each.name not in typed.definitions:
            sides = render.equation(
                each.name, each.value, names=names, spellings=functions, sizes=sizes
            )
            parts.append(" = ".join(sides))
    value = render.latex(last.value, names=names, spellings=functions, sizes=sizes)
    return r",\; ".join([*parts, value])


def has_new_names(derived: Derived) -> bool:
    """Whether an answer has names for parts that the text has none for.

    Args:
        derived: the answer.
    """
    known = derived.question.typed.definitions
    return any(each.name not in known for each in derived.program.statements[:-1])


def fix_in_latex(
    derived: Derived, fix: str | None, said: Collection[str], fonts: Mapping[str, str]
) -> str | None:
    """What would be right, in LaTeX; in the language where that cannot be.

    Args:
        derived: what was derived.
        fix: in the language.
        said: definitions of the text, in the language, which need not be repeated.
        fonts: how letters are written.
    """
    if fix is None:
        return None
    own = [each for each in fix.split("; ") if each not in said]
    try:
        return in_latex(derived, derived.question.read("; ".join(own)), fonts)
    except DimderivError:
        return fix


def _spelled(name: str, fonts: Mapping[str, str]) -> str:
    """A name with its letter in the font that it has in the text."""
    base = re.split(r"[_0-9]", name, maxsplit=1)[0]
    of = base[1:] if base[:1] == "d" and base[1:] in fonts else base
    plain, written = render.latex(Name(name)), fonts.get(of)
    return plain.replace(render.latex(Name(of)), written, 1) if written else plain
