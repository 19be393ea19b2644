"""A text of LaTeX to a reading: lexemes, statements, tokens of the language, its own parser."""

from collections.abc import Iterator, Mapping, Sequence

from dimderiv.errors import DimderivError, LimitError, ParseError
from dimderiv.language import MARK, Declaration, Token, names_in_brackets, parse_tokens, read_shapes
from dimderiv.render import text
from dimderiv.rulebook import Rulebook
from dimderiv.sources.latex.cursor import Shared
from dimderiv.sources.latex.lexemes import Lexeme, lexemes_of
from dimderiv.sources.latex.refusals import unclear_subscript
from dimderiv.sources.latex.settled import settled
from dimderiv.sources.latex.statements import (
    Piece,
    differential,
    in_order,
    pieces_of,
    read_pieces,
    read_shapes_of,
)
from dimderiv.sources.reading import Reading


def read_latex(
    source: str,
    *,
    declared: Mapping[str, Declaration],
    rulebook: Rulebook,
    wrt: Sequence[str] = (),
) -> Reading:
    r"""Read a formula in LaTeX, with what it defines and declares.

    Args:
        source: the text.
        declared: what is known of its symbols.
        rulebook: the functions.
        wrt: the variables, whose names are known.

    Raises:
        DimderivError: the text is no formula, or something in it is not read.

    >>> from dimderiv.rulebook import builtin_rules
    >>> read_latex(r"\|Xw - y\|_2^2", declared={}, rulebook=builtin_rules()).text
    '||X w - y||^2'
    """
    try:
        return _read(source, declared, rulebook, wrt)
    except RecursionError:
        raise LimitError(
            "the formula is nested too deep", source=source, hint="give the inner parts names"
        ) from None
    except DimderivError as error:
        if error.span is not None:
            error.span = min(error.span), max(error.span)
        raise error.located(source)  # noqa: B904  the same error, with its text added


def _read(
    source: str,
    declared: Mapping[str, Declaration],
    rulebook: Rulebook,
    wrt: Sequence[str],
) -> Reading:
    lexemes = lexemes_of(source)
    shared = _shared(lexemes, declared, rulebook, wrt)
    pieces, shapes = read_shapes_of(pieces_of(lexemes), shared)
    if not pieces:
        raise ParseError("there is no formula", span=(0, len(source)), hint=r"\|Xw - y\|^2")
    known = {**read_shapes(shapes), **declared}
    shared.names = _keys([*known, *wrt])
    shared.sizes = set(names_in_brackets(known))
    shared.defined.update(each.lexemes[0].text for each in pieces if each.relates == "=")
    shared.differentials.update(filter(None, map(differential, pieces)))
    read_pieces(pieces, shared)
    shared.letters.update(_letters_on_the_left(pieces, shared))
    for span, letters in shared.shifted.items():
        if letters and letters.isdisjoint(shared.running | shared.heads | shared.sizes):
            raise unclear_subscript(span)
    tokens = [token for piece in in_order(pieces) for token in _statement(piece)]
    end = len(source)
    tokens = [*_with_entries(tokens[1:], shared), Token("end", "", end, end)]
    names = {*known, *shared.sizes, *shared.whole, *wrt}
    program = parse_tokens(tokens, source, names=names, sizes=shared.sizes)
    program = settled(program, shared, known, rulebook)
    return Reading(program, text(program), program.assumptions, shapes)


def _shared(
    lexemes: Sequence[Lexeme],
    declared: Mapping[str, Declaration],
    rulebook: Rulebook,
    wrt: Sequence[str],
) -> Shared:
    """What is known before anything is read."""
    shared = Shared(rulebook.words, _keys([*declared, *wrt]), set(names_in_brackets(declared)))
    for place, lexeme in enumerate(lexemes):
        following = lexemes[place + 1].kind if place + 1 < len(lexemes) else ""
        if lexeme.kind == "command" and following not in {"(", "["}:
            shared.alone.add(lexeme.text)
    return shared


def _keys(names: Sequence[str]) -> dict[str, str]:
    """The names by what is left of them without underscores."""
    return {name.replace("_", ""): name for name in names}


def _statement(piece: Piece) -> list[Token]:
    """The tokens of a statement, with the sign before it."""
    start = piece.span[0]
    return [Token(";", ";", start, start), *piece.tokens]


def _letters_on_the_left(pieces: Sequence[Piece], shared: Shared) -> Iterator[str]:
    """The i of `Y_i = ...`, where the rest of the text has a Y that nothing else defines.

    `Y_i` itself must not occur there, as it does where it is a name.
    """
    for piece in pieces:
        base, _, letters = piece.name.rpartition("_")
        others = {token.text for each in pieces if each is not piece for token in each.tokens}
        own = {token.text for token in piece.tokens[1:]}
        is_array = base in others - own and piece.name not in others
        if is_array and letters.islower() and base not in shared.names.values():
            yield from letters if shared.sizes.isdisjoint(letters) else ""


def _with_entries(tokens: Sequence[Token], shared: Shared) -> list[Token]:
    """The tokens, with entries for the names whose subscripts are letters of other entries.

    Those that a sum runs over the language finds itself.
    """
    made: list[Token] = []
    whole = shared.whole.union(shared.names.values())
    for token in tokens:
        base, _, letters = token.text.rpartition("_") if token.kind == "name" else ("", "", "")
        is_entry = base and shared.letters.issuperset(letters) and token.text not in whole
        if not is_entry or shared.running.issuperset(letters):
            made.append(token)
            continue
        made.append(token._replace(text=base))
        end = token.end
        made.append(Token("[", MARK, end, end))
        for place, letter in enumerate(letters):
            made += [Token(",", ",", end, end)] if place else []
            made.append(Token("name", letter, end, end))
        made.append(Token("]", MARK, end, end))
    return made
