r"""A text to its statements: definitions, shapes that it declares, and the value.

`-y^\top \log p, \quad p = \operatorname{softmax}(W x)` defines p first.  Commas, rows and wide
spaces separate statements outside of brackets.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field

from dimderiv.errors import ParseError, Span
from dimderiv.language import Token, function_named
from dimderiv.sources.latex.cursor import CLOSES, OPENS, Shared
from dimderiv.sources.latex.formulas import FormulaReader
from dimderiv.sources.latex.lexemes import Lexeme
from dimderiv.sources.latex.refusals import refused
from dimderiv.sources.latex.spaces import declared_shape
from dimderiv.sources.latex.symbols import SEPARATING

_SIGNS = frozenset("+-=<>/*,;_^&") | {"row", "gap"}
_OPERATORS = frozenset(
    {"odot", "oslash", "otimes", "cdot", "times", "in", "le", "ge", "ne", "over"}
)
_CONTINUES = (_SIGNS - {"=", "&", "_", "^"}) | _OPERATORS
_RELATIONS = ("=", "in", "le", "ge", "ne", "<", ">")


@dataclass
class Piece:
    """What stands between two separators.

    Attributes:
        lexemes: what it is made of.
        relation: where in it an equals sign stands outside of brackets, or another relation.
        tokens: what it is in the language.
        name: what it defines.
    """

    lexemes: list[Lexeme]
    relation: int = -1
    tokens: list[Token] = field(default_factory=list)
    name: str = ""

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.lexemes[0].start, self.lexemes[-1].end

    @property
    def relates(self) -> str:
        """The sign of its relation."""
        return sign_of(self.lexemes[self.relation]) if self.relation >= 0 else ""


def pieces_of(lexemes: Sequence[Lexeme]) -> list[Piece]:
    """The statements of a text, none of them read yet.

    Args:
        lexemes: those of the text.

    Raises:
        ParseError: something says what is not read, such as a constraint.
    """
    pieces: list[Piece] = []
    for inside in joined(parted(lexemes)):
        while inside and inside[-1].kind == ".":
            inside.pop()
        if inside:
            pieces.append(Piece(inside, _relation(inside)))
    return pieces


def read_shapes_of(pieces: Sequence[Piece], shared: Shared) -> tuple[list[Piece], dict[str, str]]:
    """The pieces that declare no shape, and the shapes that the others declare.

    Args:
        pieces: all of them.
        shared: what is known of names.
    """
    left: list[Piece] = []
    declared: dict[str, str] = {}
    for piece in pieces:
        if piece.relates != "in":
            left.append(piece)
            continue
        names = [_lone_name(piece.lexemes[: piece.relation], shared)]
        while left and left[-1].relation < 0 and _is_name(left[-1].lexemes):
            # `x, y \in \mathbb{R}^n` declares both.
            names.append(_lone_name(left.pop().lexemes, shared))
        shape = declared_shape(piece.lexemes[piece.relation + 1 :], piece.span)
        declared.update(dict.fromkeys(names, shape))
    return left, declared


def read_pieces(pieces: Sequence[Piece], shared: Shared) -> None:
    """Read what each piece is in the language.

    Args:
        pieces: definitions and values.
        shared: what is known of names; what is found is added.
    """
    for piece in pieces:
        if piece.relation >= 0:
            _refuse_relations(piece)
            left = FormulaReader(piece.lexemes[: piece.relation], shared, piece.span[1])
            head = left_side(left, piece)
            if any(token.kind == "[" for token in head):
                shared.heads.update(token.text for token in head[1:])
            piece.name = head[0].text
            equals = piece.lexemes[piece.relation]
            piece.tokens = [*head, Token("=", "=", equals.start, equals.end)]
        value = piece.lexemes[piece.relation + 1 :]
        reader = FormulaReader(value, shared, piece.span[1])
        piece.tokens += reader.sum()
        if reader.lexeme is not reader.last:
            raise reader.misplaced()


def differential(piece: Piece) -> str:
    r"""What a definition of a differential is of, the W of `\mathrm{d}W = ...`.

    Args:
        piece: a definition, or a value.
    """
    inside = [each for each in piece.lexemes[: max(piece.relation, 0)] if each.kind != "("]
    return inside[1].text if len(inside) > 1 and inside[0].text == "d" else ""


def left_side(reader: FormulaReader, piece: Piece) -> list[Token]:
    """The name that is defined, perhaps with the letters of its entries or an argument.

    Args:
        reader: at the beginning of the left side.
        piece: the definition.
    """
    is_grouped = reader.is_at("(") and reader.matching(reader.place) + 1 < len(reader.lexemes)
    if is_grouped and reader.lexemes[reader.matching(reader.place) + 1].kind == "_":
        inside = reader.matching(reader.place)
        name = reader.within(reader.lexemes[reader.place + 1 : inside], piece.span[1]).named()
        reader.place = inside + 1
        scripts = reader.scripts()
        reader.shared.whole.add(name[0].text)
        return [*name, *reader.entry(scripts.below[0], name[-1].end)]
    word = reader.lexeme.text
    is_function = len(word) > 1 and function_named(word, reader.shared.functions) is not None
    if not reader.is_at_named() or is_function:
        raise next(filter(None, map(refused, reader.lexemes)), None) or _no_name(piece)
    head = reader.named()
    if any(token.kind in {"'", "^", ".^", "function"} for token in head):
        raise _no_name(piece)
    if reader.is_at("("):
        head += _arguments(reader)
    if reader.lexeme is not reader.last:
        raise _no_name(piece)
    return head


def _arguments(reader: FormulaReader) -> list[Token]:
    """The arguments of what is defined; those that are no plain names say nothing here."""
    opening = reader.lexeme
    closing = reader.matching(reader.place)
    inside = reader.lexemes[reader.place + 1 : closing]
    end = reader.lexemes[closing].end if closing < len(reader.lexemes) else opening.end
    reader.place = closing + 1
    tokens = [Token("(", "(", opening.start, opening.end)]
    inner = reader.within(inside, end)
    while inner.is_at_name():
        named = inner.named()
        if len(named) > 1:
            return []
        tokens += named
        if inner.is_at(","):
            comma = inner.advance()
            tokens.append(Token(",", ",", comma.start, comma.end))
    return [*tokens, Token(")", ")", end - 1, end)] if inner.lexeme is inner.last else []


def in_order(pieces: Sequence[Piece]) -> list[Piece]:
    """The definitions before what uses them, and the value last.

    Args:
        pieces: as they stand in the text, each with its tokens.

    Raises:
        ParseError: there are several values.
    """
    names = {each for piece in pieces if piece.name for each in (piece.name, _array(piece.name))}
    uses = {id(piece): _uses(piece) & names for piece in pieces}
    used = set[str]().union(*uses.values())
    values = [piece for piece in pieces if not piece.name]
    values = values or [p for p in pieces if not used.intersection((p.name, _array(p.name)))]
    if len(values) > 1:
        raise ParseError(
            "there are several values here, and one is differentiated",
            span=values[1].span,
            hint="one formula at a time, with the definitions that it uses",
        )
    rest = [piece for piece in pieces if piece not in values]
    ordered: list[Piece] = []
    while rest:
        known = {each for piece in ordered for each in (piece.name, _array(piece.name))}
        following = next((each for each in rest if uses[id(each)] <= known), rest[0])
        ordered.append(following)
        rest.remove(following)
    return [*ordered, *values]


def _uses(piece: Piece) -> set[str]:
    """The names on the right side of a piece; of an entry, the array too."""
    start = next((p for p, token in enumerate(piece.tokens) if token.kind == "="), -1)
    names = {token.text for token in piece.tokens[start + 1 :] if token.kind == "name"}
    return (names | set(map(_array, names))) - {piece.name, _array(piece.name)}


def _array(name: str) -> str:
    """The array that a name with a subscript may be a part of."""
    return name.rpartition("_")[0] or name


def parted(lexemes: Sequence[Lexeme]) -> Iterator[tuple[str, list[Lexeme]]]:
    """What stands between separators outside of brackets, each with the separator before it."""
    depth, before, piece = 0, "", list[Lexeme]()
    for place, lexeme in enumerate(lexemes):
        sign = sign_of(lexeme)
        depth += (sign in OPENS) - (sign in CLOSES)
        if sign == "gap":
            sign = "gap" if not depth and _is_wide(lexemes, place) else ""
            if not sign:
                continue
        elif depth:
            piece.append(lexeme)
            continue
        elif lexeme.kind == "word" and lexeme.text.strip() in SEPARATING:
            sign = ","
        elif sign == "&" and not piece:
            before = "column" if before in {",", ";", "gap"} else before + "&"
            continue
        elif sign == "&":
            # Beside a sign it aligns; between two equations of a row it separates.
            has_relation = any(sign_of(each) in _RELATIONS for each in piece)
            sign = "column" if has_relation and _is_wide(lexemes, place) else ""
            if not sign:
                continue
        if sign in {",", ";", "row", "gap", "column"}:
            yield before, piece
            before, piece = sign, []
        else:
            piece.append(lexeme)
    yield before, piece


def joined(pieces: Iterator[tuple[str, list[Lexeme]]]) -> list[list[Lexeme]]:
    """The pieces, those that go on in the next row with what is in that.

    A row that begins with an equals sign goes on with the equation in the same column.
    """
    found: list[list[Lexeme]] = []
    columns: list[int] = []
    for before, piece in pieces:
        is_row = before.startswith("row") and bool(found)
        is_open = is_row and found[-1] and sign_of(found[-1][-1]) in _CONTINUES | {"="}
        if is_open:
            found[-1] += piece
        elif is_row and piece and sign_of(piece[0]) in _CONTINUES | {"="}:
            column = max(0, before.count("&") - 1) // 2
            found[columns[min(column, len(columns) - 1)]] += piece
        else:
            is_first = before.startswith("row") or not columns
            columns = [] if is_first else columns[:-1] if before != "column" else columns
            columns = [*columns, len(found)]
            found.append(piece)
    return found


def _is_wide(lexemes: Sequence[Lexeme], place: int) -> bool:
    """Whether a wide space stands between two statements, and not beside an operator."""
    if not place or place + 1 == len(lexemes):
        return False
    beside = {sign_of(lexemes[place - 1]), sign_of(lexemes[place + 1])}
    return not beside & (_SIGNS | _OPERATORS)


def _relation(lexemes: Sequence[Lexeme]) -> int:
    return next(outside(lexemes, _RELATIONS), -1)


def outside(lexemes: Sequence[Lexeme], signs: Container[str]) -> Iterator[int]:
    """Where some signs stand outside of brackets; braces around a sign alone are none.

    Args:
        lexemes: a formula, or a part of one.
        signs: those that are looked for.
    """
    depth = 0
    for place, lexeme in enumerate(lexemes):
        sign = sign_of(lexeme)
        depth += (sign in OPENS) - (sign in CLOSES)
        if not depth and sign in signs:
            yield place


def _refuse_relations(piece: Piece) -> None:
    """Refuse two equals signs, and comparisons, which are constraints."""
    after = piece.lexemes[piece.relation + 1 :]
    second = _relation(after)
    if piece.relates != "=" or second >= 0:
        lexeme = after[second] if piece.relates == "=" else piece.lexemes[piece.relation]
        message = "two values follow each other here, and one is differentiated"
        raise ParseError(
            message if sign_of(lexeme) == "=" else "a constraint is not read",
            span=(lexeme.start, lexeme.end),
            hint="one of them" if sign_of(lexeme) == "=" else "the function without it",
        )


def _is_name(lexemes: Sequence[Lexeme]) -> bool:
    reader = FormulaReader(lexemes, Shared(frozenset(), {}, set()), lexemes[-1].end)
    return reader.is_at_name() and len(lexemes) == 1


def _lone_name(lexemes: Sequence[Lexeme], shared: Shared) -> str:
    """The name whose shape is declared."""
    end = lexemes[-1].end if lexemes else 0
    reader = FormulaReader(lexemes, shared, end)
    tokens = reader.named() if reader.is_at_named() else []
    if len(tokens) != 1 or reader.lexeme is not reader.last:
        raise ParseError(
            "the shape of a name is declared, and this is none",
            span=(lexemes[0].start, end) if lexemes else None,
            hint=r"w \in \mathbb{R}^{n}",
        )
    return tokens[0].text


def _no_name(piece: Piece) -> ParseError:
    return ParseError(
        "on the left of = stands no name, so that this is an equation",
        span=(piece.span[0], piece.lexemes[piece.relation].end),
        hint="one side of it alone",
    )


def sign_of(lexeme: Lexeme) -> str:
    """What a lexeme is: a command by its name, anything else by its kind.

    Args:
        lexeme: any.
    """
    return lexeme.text if lexeme.kind == "command" else lexeme.kind
