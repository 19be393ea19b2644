"""Statements taken in: what a document declares, defines and says of its symbols."""

import re
from collections.abc import Sequence
from itertools import pairwise

from dimderiv.errors import DimderivError, ParseError
from dimderiv.sources import SIGNS, Side, head_of, shapes_in
from dimderiv.surfaces.notes.claims import substituted
from dimderiv.surfaces.notes.judge import Judge
from dimderiv.surfaces.notes.scope import Definition, Scope
from dimderiv.surfaces.notes.statements import LOGARITHM, Statement

_ONES = re.compile(r"\\(?:mathbf|bm|boldsymbol|mathbb|mathds)\s*\{?\s*1")
# What noise is called.
_NOISE = {"epsilon", "xi"}


def taken_in(statement: Statement, scope: Scope, judge: Judge) -> None:
    """Add to a scope what a statement declares, defines or says.

    Args:
        statement: one that does.
        scope: what is known above it.
        judge: what derives the derivatives in it.

    Raises:
        DimderivError: it cannot be read.
    """
    section = statement.formula.section
    if statement.kind == "declares":
        if _ONES.match(statement.text):
            return
        shapes = shapes_in(statement.text)
        plain = {name: shape.removesuffix(f" {SIGNS}") for name, shape in shapes.items()}
        scope.declare(plain, statement.start, section)
        signed = {name for name, shape in shapes.items() if shape != plain[name]}
        scope.properties.update(dict.fromkeys(signed, (SIGNS, section)))
    elif statement.kind == "defines":
        if statement.property == LOGARITHM and _is_defined(statement, scope):
            return
        define(statement, statement.values, scope, judge)
    elif statement.head is not None:
        scope.properties[statement.head.name] = (statement.property, section)


def define(statement: Statement, values: Sequence[Side], scope: Scope, judge: Judge) -> None:
    """Add a definition to a scope: the first value that can be read.

    Args:
        statement: with the name that is defined.
        values: what it is equal to.
        scope: what is known above it.
        judge: what derives the derivatives in it.

    Raises:
        DimderivError: none of the values can be read; the name means nothing then.
    """
    head = statement.head
    assert head is not None and statement.left is not None, "what is defined has a name"
    doubt = scope.doubt(head.name)
    scope.definitions.pop(head.name, None)
    errors: list[DimderivError] = []
    for side in values:
        try:
            value = scope.plain(substituted(side, scope, statement.formula.section, judge))
            if statement.property == LOGARITHM:
                value = rf"\exp\left( {value} \right)"
            written = f"{statement.left.text} = {value}"
            names, said = scope.read(written)
            written, said = _by_entries(statement.left, value, scope, names) or (written, said)
            if head.name in scope.read(value).names:
                raise ParseError(f"{head.name} stands on both sides")
            if _has_noise(side):
                raise ParseError(f"{head.name} is modelled with noise here, and not defined")
        except DimderivError as error:
            errors.append(error)
            continue
        scope.define(
            Definition(
                head,
                written,
                said,
                statement.left.text,
                names - {head.name},
                statement.start,
                statement.formula.section,
                doubt,
            )
        )
        return
    raise errors[0] if errors else ParseError("nothing is defined here")


def _is_defined(statement: Statement, scope: Scope) -> bool:
    return statement.head is not None and statement.head.name in scope.definitions


def _by_entries(
    left: Side, value: str, scope: Scope, names: frozenset[str]
) -> tuple[str, str] | None:
    """A definition of an entry, `d_i = 1 / b_i`, as one of the whole array."""
    base, _, letter = left.text.rpartition("_")
    letter = letter.strip("{} ")
    if len(letter) != 1 or not letter.islower():
        return None
    if not any(name.endswith(f"_{letter}") for name in names - {_named(left)}):
        return None
    written = f"({base})_{{{letter}}} = {value}"
    try:
        said = scope.read(written).said
    except DimderivError:
        return None
    return (written, said) if said.startswith(f"{_named(left).rpartition('_')[0]}[") else None


def _named(side: Side) -> str:
    head = head_of(side)
    return head.name if head else ""


def _has_noise(side: Side) -> bool:
    r"""Whether a term of a sum is noise, as in `y = X \theta + \varepsilon`."""
    depth = 0
    for one, other in pairwise(side.lexemes):
        depth += (one.kind in "([{") - (one.kind in ")]}")
        if not depth and one.kind in {"+", "-"} and other.text in _NOISE:
            return True
    return False
