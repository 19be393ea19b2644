r"""Derivatives as they are written: `\nabla_w J`, `\frac{\partial f}{\partial X}`, `\partial_x f`.

>>> from dimderiv.sources.latex.relations import relations_of
>>> (relation,) = relations_of(r"\frac{\partial^2 f}{\partial x \partial x^\top} = 2 A")
>>> slope = slope_of(relation.sides[0])
>>> slope.variables, slope.order, slope.subject.text
(('x', 'x'), 2, 'f')
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from dimderiv.errors import DimderivError, ParseError
from dimderiv.language import frozen
from dimderiv.sources.latex.cursor import Cursor, Shared
from dimderiv.sources.latex.lexemes import Lexeme
from dimderiv.sources.latex.names import TRANSPOSES
from dimderiv.sources.latex.relations import Side, head_of

_NAMES, _OPENING = {"letter", "command", "word"}, {"(", "[", "{", "||", "l||", "|", "l|"}
_PRIMES = {"'", "prime"}
_DIFFERENTIALS = frozenset({"partial", "d"})


@frozen.record
class Slope:
    """A derivative as it is written.

    Attributes:
        variables: what it is by, a name each; none where that is not written.
        order: 2 for a second derivative.
        subject: what is differentiated; nothing where that is not written.
        sign: `nabla`, `partial`, `d`, `prime`, or `differential` for the differential of a value.
        layout: `numerator` or `denominator` where a transpose says so.
        start: where it begins.
        end: where it ends.
    """

    variables: tuple[str, ...]
    order: int
    subject: Side | None
    sign: str
    layout: str = ""
    start: int = 0
    end: int = 0


def slope_of(side: Side) -> Slope | None:
    """The derivative that a whole side is, if it is one.

    Args:
        side: of a relation.

    Raises:
        ParseError: it is one of a kind that is not read.
    """
    reader = _Reader(side)
    found = reader.slope(is_whole=True)
    if found is None or reader.lexeme is not reader.last:
        return None
    return found


def slopes_within(side: Side) -> Iterator[Slope]:
    """The derivatives of names that occur in a side.

    Args:
        side: of a relation.
    """
    reader = _Reader(side)
    while reader.lexeme is not reader.last:
        place = reader.place
        try:
            found = reader.slope(is_whole=False)
        except DimderivError:
            found = None
        if found is not None and found.subject is not None:
            yield found
        else:
            reader.place = place + 1


class Differential(NamedTuple):
    r"""The differential of a name, such as `\mathrm{d}X`.

    Attributes:
        name: the name.
        start: where the d stands.
        middle: where the name begins.
        end: where it ends.
    """

    name: str
    start: int
    middle: int
    end: int


def differentials_in(side: Side) -> list[Differential]:
    """The differentials of names in a side.

    Args:
        side: of a relation.
    """
    found: list[Differential] = []
    for place, lexeme in enumerate(side.lexemes[:-1]):
        following = side.lexemes[place + 1]
        is_upright = lexeme.end > lexeme.start + 1
        if not _is_d(lexeme) or not (is_upright or following.start == lexeme.end):
            continue
        reader = _Reader(Side(side.source, side.lexemes[place + 1 :]))
        named = reader.subject(is_whole=False)
        head = head_of(named) if named else None
        if named and head and not head.is_called:
            found.append(Differential(head.name, lexeme.start, named.start, named.end))
    return found


class Primed(NamedTuple):
    r"""A function with a prime and its argument, such as `\sigma'(z)`.

    Attributes:
        name: the function.
        function: how it is written.
        argument: what stands in the brackets.
        start: where the function stands.
        end: where the brackets end.
    """

    name: str
    function: str
    argument: str
    start: int
    end: int


def primed_in(side: Side) -> list[Primed]:
    """The functions with one prime that occur in a side, the outermost ones.

    Args:
        side: of a relation.
    """
    reader, found = _Reader(side), list[Primed]()
    while reader.lexeme is not reader.last:
        function, prime, opening = (reader.ahead(count) for count in range(3))
        closing = reader.matching(reader.place + 2)
        is_primed = _sign(prime) in _PRIMES and opening.kind == "("
        if not is_primed or function.kind not in _NAMES or closing == len(reader.lexemes):
            reader.place += 1
            continue
        end, source = reader.lexemes[closing], side.source
        written = source[function.start : function.end], source[opening.end : end.start]
        found.append(Primed(function.text, *written, function.start, end.end))
        reader.place = closing + 1
    return found


def mentions_slope(side: Side) -> bool:
    """Whether a derivative stands somewhere in a side.

    Args:
        side: of a relation.
    """
    signs = {each.text for each in side.lexemes if each.kind == "command"}
    return bool(signs & {"nabla", "partial"}) or slope_of(side) is not None


class _Reader(Cursor):
    """Reads a derivative at a place."""

    def __init__(self, side: Side) -> None:
        super().__init__(side.lexemes, Shared(frozenset(), {}, set()), side.end)
        self.source = side.source

    def slope(self, *, is_whole: bool) -> Slope | None:
        start = self.lexeme.start
        found: Slope | None = None
        if self.is_at("nabla"):
            found = self.nabla(is_whole)
        elif self.is_at("frac"):
            found = self.fraction(is_whole)
        elif self.is_at("partial") and self.ahead(1).kind == "_":
            self.advance()
            self.advance()
            found = Slope(self.names(self.argument().lexemes), 1, self.subject(is_whole), "partial")
        elif is_whole and _is_sign(self.lexeme):
            found = self.in_line()
        elif is_whole and _sign(self.ahead(1)) in _PRIMES:
            found = self.primed()
        return found and replace(found, start=start, end=self.end)

    def nabla(self, is_whole: bool) -> Slope:
        self.advance()
        variables: tuple[str, ...] = ()
        order = 1
        while self.is_at("_", "^"):
            is_below = self.advance().kind == "_"
            argument = self.argument()
            if is_below:
                variables = self.names(argument.lexemes)
            elif argument.texts == ["2"]:
                order = 2
            else:
                raise _not_read(argument.start, argument.end)
        return Slope(variables, order, self.subject(is_whole), "nabla")

    def fraction(self, is_whole: bool) -> Slope | None:
        self.advance()
        top, bottom = self.argument(), self.argument()
        found = self.quotient(top.lexemes, bottom.lexemes)
        if found is None or found.subject is not None:
            return found
        return replace(found, subject=self.subject(is_whole))

    def primed(self) -> Slope | None:
        """`f'(x)`, of a function of one name."""
        function, *rest = self.lexemes[self.place :]
        order = next(k for k, each in enumerate([*rest, self.last]) if _sign(each) not in _PRIMES)
        end = rest[order - 1].end if order else function.end
        without = self.source[: function.end] + " " * (end - function.end) + self.source[end:]
        subject = Side(without, (function, *rest[order:]))
        head = head_of(subject)
        if head is None or not order or len(head.arguments) != 1 or not head.is_plain:
            return None
        self.place = len(self.lexemes)
        self.end = subject.end
        return Slope(head.arguments, order, subject, "prime")

    def in_line(self) -> Slope | None:
        r"""`\partial f / \partial x`, or the differential of a value, `\mathrm{d} f`."""
        inside = self.lexemes[self.place :]
        cut = next((k for k, each in enumerate(inside) if each.kind == "/"), -1)
        if cut > 0:
            found = self.quotient(inside[:cut], inside[cut + 1 :])
        else:
            found = None
            if _is_d(self.lexeme) and len(inside) > 1 and inside[1].kind in _NAMES | _OPENING:
                found = Slope((), 1, Side(self.source, tuple(inside[1:])), "differential")
        if found is not None:
            self.place = len(self.lexemes)
            self.end = inside[-1].end
        return found

    def quotient(self, top: Sequence[Lexeme], bottom: Sequence[Lexeme]) -> Slope | None:
        if not (top and len(bottom) > 1 and _is_sign(top[0]) and _is_sign(bottom[0])):
            return None
        of, power = _after_power(top[1:])
        layout = ""
        if power in TRANSPOSES:
            of, layout = list(top[1:-1]), "denominator"
        elif top[1:2] and top[1].kind == "^":
            reader = _Reader(Side(self.source, tuple(top[1:])))
            reader.advance()
            argument = reader.argument()
            if argument.texts != ["2"]:
                raise _not_read(argument.start, argument.end)
            of = reader.lexemes[reader.place :]
        else:
            of = list(top[1:])
        variables: list[str] = []
        order = 0
        for each in _differentials(bottom):
            inside, power = _after_power(each)
            if power in TRANSPOSES:
                layout = "numerator"
            elif power == ["2"]:
                variables.append(self.name(inside))
            elif power:
                inside = each
            variables.append(self.name(inside))
        order = len(variables)
        if order > 1:
            layout = ""
        subject = Side(self.source, tuple(of)) if of else None
        return Slope(tuple(variables), order, subject, top[0].text, layout)

    def subject(self, is_whole: bool) -> Side | None:
        """What is differentiated: all that follows, or the name that follows."""
        first = self.place
        if is_whole:
            self.place = len(self.lexemes)
            self.end = self.lexemes[-1].end
        elif self.is_at("("):
            self.place = min(self.matching(self.place) + 1, len(self.lexemes))
            self.end = self.lexemes[self.place - 1].end
        else:
            if self.lexeme.kind not in _NAMES:
                return None
            self.advance()
            while self.is_at("_") or self.is_at("("):
                if self.is_at("("):
                    self.place = self.matching(self.place) + 1
                    break
                self.advance()
                self.argument()
            self.place = min(self.place, len(self.lexemes))
            self.end = self.lexemes[self.place - 1].end
        inside = self.lexemes[first : self.place]
        return Side(self.source, tuple(inside)) if inside else None

    def names(self, lexemes: Sequence[Lexeme]) -> tuple[str, ...]:
        """The variables between commas."""
        names: list[str] = []
        piece: list[Lexeme] = []
        for lexeme in (*lexemes, Lexeme(",", ",", 0, 0)):
            if lexeme.kind == ",":
                names.append(self.name(piece))
                piece = []
            else:
                piece.append(lexeme)
        return tuple(names)

    def name(self, lexemes: Sequence[Lexeme]) -> str:
        """A variable as a name of the language; `vec` around it says nothing here."""
        inside = _within_vec(list(lexemes))
        head = head_of(Side(self.source, tuple(inside))) if inside else None
        if head is None or head.is_called:
            start = lexemes[0].start if lexemes else self.end
            raise _not_read(start, lexemes[-1].end if lexemes else start)
        return head.name


def _within_vec(lexemes: list[Lexeme]) -> list[Lexeme]:
    """What stands in the brackets of `vec`, or the lexemes as they are."""
    is_vec = lexemes and lexemes[0].text == "vec" and lexemes[0].kind in {"word", "command"}
    if not is_vec:
        return lexemes
    inside = lexemes[1:]
    is_bracketed = inside and inside[0].kind in {"(", "["} and inside[-1].kind in {")", "]"}
    return inside[1:-1] if is_bracketed else inside


def _differentials(lexemes: Sequence[Lexeme]) -> Iterator[list[Lexeme]]:
    """What stands after each sign of a differential."""
    piece: list[Lexeme] = []
    for lexeme in lexemes[1:]:
        if _is_sign(lexeme) and piece:
            yield piece
            piece = []
        else:
            piece.append(lexeme)
    yield piece


def _after_power(lexemes: Sequence[Lexeme]) -> tuple[list[Lexeme], list[str]]:
    """Lexemes without the power at their end, and the power."""
    inside = list(lexemes)
    if len(inside) > 1 and inside[-1].kind in {"'", "prime"}:
        return inside[:-1], ["'"]
    if len(inside) > 2 and inside[-2].kind == "^":
        return inside[:-2], [inside[-1].text]
    if len(inside) > 4 and [inside[-1].kind, inside[-3].kind, inside[-4].kind] == ["}", "{", "^"]:
        return inside[:-4], [inside[-2].text]
    return inside, []


def _is_sign(lexeme: Lexeme) -> bool:
    r"""Whether a lexeme is the sign of a differential: `\partial`, or a d."""
    return lexeme.text in _DIFFERENTIALS and lexeme.kind in {"command", "letter"}


def _sign(lexeme: Lexeme) -> str:
    return lexeme.text if lexeme.kind == "command" else lexeme.kind


def _is_d(lexeme: Lexeme) -> bool:
    return lexeme.text == "d" and lexeme.kind == "letter"


def _not_read(start: int, end: int) -> ParseError:
    return ParseError(
        "this derivative is not read",
        span=(start, end),
        hint=r"\nabla_w J, \frac{\partial f}{\partial X} or \nabla_w^2 J",
    )
