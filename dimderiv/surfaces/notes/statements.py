"""What the formulas of a document say: shapes, definitions, claims about derivatives.

A claim is a derivative with an equals sign; each side of a chain of them is claimed by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Literal

from dimderiv.errors import DimderivError, ParseError
from dimderiv.language import frozen
from dimderiv.sources import (
    Head,
    Relation,
    Side,
    Slope,
    differentials_in,
    head_of,
    mentions_slope,
    relations_of,
    slope_of,
)
from dimderiv.surfaces.notes.document import Document, Formula
from dimderiv.surfaces.notes.spelling import fonts_in

Kind = Literal["declares", "defines", "claims", "says", "says nothing", "unread"]
# A definition says what the logarithm of its name is.
LOGARITHM = "logarithm"
_PROPERTIES = {"succ": "spd", "succeq": "psd"}
# Comparisons say where something holds, and nothing of a derivative.
_CONDITIONS = frozenset({"<", ">", "le", "ge", "ne", "ll", "gg"})
_TRANSPOSED = ("^\\top", "^T", "'", "^{\\top}", "^{T}", "^\\mathsf{T}", "^{\\mathsf T}")


@frozen.record
class Statement:
    """What one formula, or a part of it, says.

    Attributes:
        kind: what it does.
        formula: the formula.
        start: where it begins, in the text of the document.
        end: where it ends.
        text: the LaTeX.
        left: its first side.
        head: the name that is declared, defined or said to have a property.
        slope: the derivative of which something is claimed.
        written: the side that is that derivative.
        values: what is defined, or what is claimed to be equal.
        error: why it is not read.
        fonts: how letters are written in the formula.
        property: what is said of the name, or that nothing is to be said.
        is_claim: whether it is about a derivative, where it is not read.
    """

    kind: Kind
    formula: Formula
    start: int
    end: int
    text: str
    left: Side | None = None
    head: Head | None = None
    slope: Slope | None = None
    written: Side | None = None
    values: tuple[Side, ...] = ()
    error: DimderivError | None = None
    fonts: Mapping[str, str] = field(default_factory=dict)
    property: str = ""
    is_claim: bool = False


def statements_of(document: Document) -> Iterator[Statement]:
    """All statements of a document, in the order in which they are written.

    Args:
        document: a file of notes.
    """
    for formula in document.formulas:
        if document.is_ignored(formula.start, formula.start + 1):
            yield Statement(
                "says nothing", formula, formula.start, formula.end, "", property="ignored"
            )
        else:
            yield from _of_formula(document, formula)


def _of_formula(document: Document, formula: Formula) -> Iterator[Statement]:
    try:
        if formula.error:
            raise formula.error
        relations = relations_of(formula.body.text)
    except DimderivError as error:
        is_claim = "nabla" in formula.body.text or "partial" in formula.body.text
        yield Statement(
            "unread",
            formula,
            formula.start,
            formula.end,
            formula.body.text.strip(),
            error=error,
            is_claim=is_claim,
        )
        return
    fonts = fonts_in(relations)
    for relation in relations:
        yield replace(_of_relation(document, formula, relation), fonts=fonts)


def _of_relation(document: Document, formula: Formula, relation: Relation) -> Statement:
    first, last = relation.sides[0], relation.sides[-1]
    start, end = formula.body.places[first.start], formula.body.places[last.end]
    text = formula.body.text[first.start : last.end]
    made = Statement("says", formula, start, end, text, first)
    if document.is_ignored(start, end):
        return replace(made, kind="says nothing", property="ignored")
    try:
        return _read(made, relation)
    except DimderivError as error:
        return replace(made, kind="unread", error=error, is_claim=True)


def _read(made: Statement, relation: Relation) -> Statement:
    sides, signs = relation.sides, relation.signs
    if not signs:
        return replace(made, kind="says nothing")
    if signs[-1] == "in" and set(signs) == {"in"}:
        return replace(made, kind="declares")
    if signs[0] in _PROPERTIES and sides[1].text.strip() == "0" and (head := head_of(sides[0])):
        return replace(made, head=head, property=_PROPERTIES[signs[0]])
    if signs[0] in _CONDITIONS and not any(map(mentions_slope, sides)):
        head = head_of(sides[0])
        is_positive = signs == (">",) and sides[1].text.strip() == "0" and head
        return (
            replace(made, head=head, property="positive")
            if is_positive
            else replace(made, kind="says nothing")
        )
    if signs[0] != "=":
        is_claim = mentions_slope(sides[0])
        error = ParseError(f"this relation, {signs[0]}, is not read")
        return replace(made, kind="unread", error=error, is_claim=is_claim)
    equal = sides[: next((k for k, each in enumerate(signs) if each != "="), len(signs)) + 1]
    slopes = [slope_of(each) for each in equal]
    if not any(map(differentials_in, equal[1:])):
        # A letter d that no other one answers is a name.
        slopes = [each if each and each.sign != "differential" else None for each in slopes]
    place = next((k for k, each in enumerate(slopes) if each is not None), -1)
    head = head_of(sides[0])
    if place < 0:
        return _defined(made, equal, head)
    others = tuple(each for k, each in enumerate(equal) if k != place)
    return replace(
        made,
        kind="claims",
        head=head if place else None,
        slope=slopes[place],
        written=equal[place],
        values=others,
    )


def _defined(made: Statement, sides: tuple[Side, ...], head: Head | None) -> Statement:
    if head is None:
        if len(sides) == 2 and (name := _symmetric(sides)):
            return replace(made, head=name, property="symmetric")
        if (inside := _inside_logarithm(sides[0])) is not None:
            head = head_of(inside)
            return replace(
                made, kind="defines", left=inside, head=head, values=sides[1:], property=LOGARITHM
            )
        is_claim = mentions_slope(sides[0])
        error = ParseError("on the left of = stands no name, and no derivative that is read")
        return replace(made, kind="unread", error=error, is_claim=is_claim)
    if len(sides) == 2 and (name := _symmetric(sides)):
        return replace(made, head=name, property="symmetric")
    return replace(made, kind="defines", head=head, values=sides[1:])


def _inside_logarithm(side: Side) -> Side | None:
    r"""What a logarithm is defined of: `p(x)` where a text has `\log p(x) = ...`."""
    if side.lexemes[0].text not in {"log", "ln"} or len(side.lexemes) < 2:
        return None
    inside = Side(side.source, side.lexemes[1:])
    return inside if head_of(inside) else None


def _symmetric(sides: tuple[Side, ...]) -> Head | None:
    r"""The matrix that is said to be symmetric by `A = A^\top`."""
    for one, other in (sides, sides[::-1]):
        base, head = one.text.strip(), head_of(one)
        turned = "".join(other.text.split())
        if (
            head
            and not head.is_called
            and turned in {"".join((base + t).split()) for t in _TRANSPOSED}
        ):
            return head
    return None
