r"""A formula of notes to its relations: what is equal to what, and what lies in which set.

>>> [[side.text for side in each.sides] for each in relations_of(r"f(x) &= 2 A x = g, \; A \in S")]
[['f(x)', '2 A x', 'g'], ['A', 'S']]
"""

import re
from collections.abc import Sequence

from dimderiv.errors import DimderivError
from dimderiv.language import frozen
from dimderiv.rulebook import load_rules
from dimderiv.sources.latex.cursor import Shared
from dimderiv.sources.latex.formulas import FormulaReader
from dimderiv.sources.latex.lexemes import Lexeme, lexemes_of
from dimderiv.sources.latex.statements import (
    joined,
    outside,
    parted,
    pieces_of,
    read_shapes_of,
    sign_of,
)

# Words in a formula that are none of it; a name or a function is one word that joins nothing.
_PROSE = re.compile(
    r"(?<![_^{])\\(?:text(?:rm|it|normal|bf)?|mbox|intertext|shortintertext)\s*"
    r"\{(?P<inside>[^{}]*)\}"
)
_JOINING = re.compile(
    r"\s*(?:and|or|where|with|so|if|hence|thus|then|let|for|since|because|when|but|as|so that|"
    r"therefore|symmetric|given|is)?\s*[.,;:]?\s*",
    re.IGNORECASE,
)
_SIGNED = (
    r"\\(?:left\s*\\)?\{\s*(?:\\pm\s*1|-\s*1\s*,\s*\+?\s*1|\+?\s*1\s*,\s*-\s*1)\s*"
    r"\\(?:right\s*\\)?\}"
)
# No property of the language: whoever declares it knows what to make of it.
SIGNS = "signs"
_SENTENCE = re.compile(r"[^\W\d_].*\s.*[^\W\d_]|[\u3400-\u9fff]|\$", re.DOTALL)
# Sets of numbers, and what their elements are besides.
_SETS = [
    (re.compile(r"\\(?:left\s*\\)?\{\s*0\s*,\s*1\s*\\(?:right\s*\\)?\}"), "binary"),
    (re.compile(_SIGNED), SIGNS),
]
_ARROWS = {"implies", "impliedby", "iff", "therefore", "because"}
_ARROWS |= {"Rightarrow", "Longrightarrow", "Leftrightarrow", "Longleftrightarrow", "Leftarrow"}
_STACKED = {"stackrel", "overset", "underset"}
_RELATIONS = {"=", "<", ">", "in", "le", "ge", "ne", "ll", "gg", "to", "mapsto", "mid", "perp"}
_RELATIONS |= {"approx", "sim", "simeq", "cong", "propto", "subset", "subseteq", "notin"}
_RELATIONS |= {"succ", "succeq", "prec", "preceq"}


@frozen.record
class Side:
    """One side of a relation.

    Attributes:
        source: the formula.
        lexemes: what it is made of.
    """

    source: str
    lexemes: tuple[Lexeme, ...]

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.lexemes[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.lexemes[-1].end

    @property
    def text(self) -> str:
        """What is written there."""
        return self.source[self.start : self.end]


@frozen.record
class Relation:
    """What stands between two separators.

    Attributes:
        sides: what is related; a formula without a relation is one side.
        signs: the signs between the sides, `=` or the name of a command.
    """

    sides: tuple[Side, ...]
    signs: tuple[str, ...]


@frozen.record
class Head:
    """A name, perhaps with arguments in brackets.

    Attributes:
        name: in the language.
        arguments: the names in the brackets; those that are no plain names are left out.
        is_called: whether there are brackets.
        is_plain: whether all arguments are plain names.
    """

    name: str
    arguments: tuple[str, ...] = ()
    is_called: bool = False
    is_plain: bool = True


def relations_of(source: str) -> list[Relation]:
    """The relations of a formula, each for itself; words between them are left out.

    Args:
        source: LaTeX, without the signs that begin and end the formula.

    Raises:
        DimderivError: the formula cannot be taken apart.
    """
    lexemes = _prepared(lexemes_of(_without_prose(source)))
    pieces = [_trimmed(piece) for piece in joined(parted(lexemes))]
    found: list[Relation] = []
    for piece in filter(None, pieces):
        relation = _related(piece, source)
        while relation is not None and relation.signs[:1] == ("in",) and found:
            before = found[-1]
            if before.signs or head_of(before.sides[0]) is None:
                break
            # `A, B \in \mathbb{R}^{n}` is one declaration.
            found.pop()
            relation = Relation((before.sides[0], *relation.sides), ("in", *relation.signs))
        if relation is not None:
            found.append(relation)
    return found


def shapes_in(source: str) -> dict[str, str]:
    r"""The shapes that a declaration says.

    Args:
        source: such as `A, B \in \mathbb{R}^{m \times n}`.

    Raises:
        DimderivError: it is none.

    >>> shapes_in(r"A, B \in \mathbb{R}^{m \times n}"), shapes_in(r"M \in \{0, 1\}^{m \times n}")
    ({'B': 'm x n', 'A': 'm x n'}, {'M': 'm x n binary'})
    """
    its = ""
    for pattern, meant in _SETS:
        source, count = pattern.subn(r"\\mathbb{R}", source)
        its = meant if count else its
    if its:
        return {name: f"{shape} {its}" for name, shape in shapes_in(source).items()}
    shared = Shared(load_rules().words, {}, set())
    return read_shapes_of(pieces_of(lexemes_of(source)), shared)[1]


def head_of(side: Side) -> Head | None:
    """The name, perhaps with arguments, that a side is; nothing where it is more.

    Args:
        side: of a relation.
    """
    reader = FormulaReader(side.lexemes, Shared(frozenset(), {}, set()), side.end)
    if not reader.is_at_named():
        return None
    try:
        tokens = reader.named()
    except DimderivError:
        return None
    if [token.kind for token in tokens] != ["name"]:
        return None
    name = tokens[0].text
    if reader.lexeme is reader.last:
        return Head(name)
    closing = reader.matching(reader.place)
    if not reader.is_at("(") or closing != len(reader.lexemes) - 1:
        return None
    inside = Side(side.source, tuple(reader.lexemes[reader.place + 1 : closing]))
    arguments = [_alone(part) for part in _between(inside.lexemes)]
    names = tuple(each for each in arguments if each is not None)
    return Head(name, names, is_called=True, is_plain=len(names) == len(arguments))


def _alone(lexemes: Sequence[Lexeme]) -> str | None:
    head = head_of(Side("", tuple(lexemes))) if lexemes else None
    return head.name if head and not head.is_called else None


def _between(lexemes: Sequence[Lexeme]) -> list[list[Lexeme]]:
    """What stands between commas, semicolons and bars."""
    parts: list[list[Lexeme]] = [[]]
    for lexeme in lexemes:
        if lexeme.kind in {",", ";", "|"}:
            parts.append([])
        else:
            parts[-1].append(lexeme)
    return parts


def _without_prose(source: str) -> str:
    """The formula with its words exchanged for a separator of the same length."""

    def cut(found: re.Match[str]) -> str:
        inside = found["inside"]
        joins = bool(inside.strip()) and _JOINING.fullmatch(inside)
        if not joins and not _SENTENCE.search(inside):
            return found[0]
        return ";".ljust(len(found[0]))

    return _PROSE.sub(cut, source)


def _prepared(lexemes: Sequence[Lexeme]) -> list[Lexeme]:
    r"""The lexemes with arrows as separators, and `\stackrel{!}{=}` as the sign below."""
    made: list[Lexeme] = []
    place = 0
    while place < len(lexemes):
        lexeme = lexemes[place]
        place += 1
        if lexeme.kind != "command":
            made.append(lexeme)
        elif lexeme.text in _ARROWS:
            made.append(lexeme._replace(kind=",", text=","))
        elif lexeme.text in _STACKED and place < len(lexemes) and lexemes[place].kind == "{":
            place = _closing(lexemes, place) + 1
            if lexemes[place : place + 1] and lexemes[place].kind == "{":
                closing = _closing(lexemes, place)
                made += lexemes[place + 1 : closing]
                place = closing + 1
        else:
            made.append(lexeme)
    return made


def _closing(lexemes: Sequence[Lexeme], place: int) -> int:
    depth = 0
    for each in range(place, len(lexemes)):
        depth += (lexemes[each].kind == "{") - (lexemes[each].kind == "}")
        if not depth:
            return each
    return len(lexemes)


def _trimmed(piece: list[Lexeme]) -> list[Lexeme]:
    """A piece without the full stop at its end, and without spaces."""
    piece = [each for each in piece if each.kind not in {"&", "row", "gap"}]
    while piece and piece[-1].kind in {".", ":"}:
        piece.pop()
    return piece


def _related(piece: Sequence[Lexeme], source: str) -> Relation | None:
    sides: list[Side] = []
    signs: list[str] = []
    start = 0
    for place in (*outside(piece, _RELATIONS), len(piece)):
        inside = _ungrouped(piece[start:place])
        if not inside:
            return None
        sides.append(Side(source, tuple(inside)))
        if place < len(piece):
            signs.append(sign_of(piece[place]))
        start = place + 1
    return Relation(tuple(sides), tuple(signs))


def _ungrouped(lexemes: Sequence[Lexeme]) -> list[Lexeme]:
    """Lexemes without braces that are closed at once, `{}`, at their beginning."""
    inside = list(lexemes)
    while len(inside) > 1 and inside[0].kind == "{" and inside[1].kind == "}":
        inside = inside[2:]
    return inside
