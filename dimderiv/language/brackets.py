"""What brackets after a name mean: a product, a function, an entry, or the head of a definition.

`A(B + C)` and `2(x - y)` are products.  `f(x) = ...` defines f.  `K(m, n)` is a commutation matrix.
`f(x)` of an f that nobody declared, and that is no factor anywhere else, is a question, and `x(1)`
would be an entry.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from dimderiv.errors import ParseError, UnknownNameError
from dimderiv.language.vocabulary import COMMUTATION, GREEK_NAMES, Token

ENTRIES = (
    "entries are not in the language: give the entry a name of its own, such as x_1, or multiply "
    "by a unit vector: e'x with e: n"
)
_OPENS = frozenset({"(", "[", "⟨"})
_CLOSES = frozenset({")", "]", "⟩"})
# Letters that are functions more often than factors, also with a space before the bracket.
_CUSTOMARY = frozenset({"f", "g", "h", "phi", "psi", "sigma"})
_LONGEST_ENTRY = 10
_IN_AN_ENTRY = frozenset({"number", ",", ":"})


class Brackets(NamedTuple):
    """Round brackets that are closed in the statement where they open."""

    closing: int
    commas: int


def brackets_of(tokens: Sequence[Token]) -> dict[int, Brackets]:
    """Where each round bracket closes, by the place where it opens, and its commas.

    Args:
        tokens: all tokens of a text.
    """
    found: dict[int, Brackets] = {}
    opened: list[list[int]] = []
    for place, token in enumerate(tokens):
        if token.kind in _OPENS:
            opened.append([place, 0])
        elif token.kind == ";":
            opened.clear()
        elif token.kind == "," and opened:
            opened[-1][1] += 1
        elif token.kind in _CLOSES and opened:
            start, commas = opened.pop()
            if tokens[start].kind == "(":
                found[start] = Brackets(place, commas)
    return found


def with_defined_functions(tokens: list[Token]) -> list[Token]:
    """The tokens, with `f` for each `f(x)` of a text that defines `f(x) = ...`.

    Args:
        tokens: all tokens of a text.

    Raises:
        ParseError: such an f before other brackets.
    """
    brackets = brackets_of(tokens)
    heads: dict[str, list[str]] = {}
    for start in [0, *(place + 1 for place, token in enumerate(tokens) if token.kind == ";")]:
        end = brackets[start + 1].closing if start + 1 in brackets else start
        inside = tokens[start + 2 : end]
        is_head = inside and {token.kind for token in inside} <= {"name", ","}
        if is_head and tokens[start].kind == "name" and tokens[end + 1].kind == "=":
            heads[tokens[start].text] = [token.text for token in inside]
    return list(_without_arguments(tokens, heads, brackets)) if heads else tokens


def _without_arguments(
    tokens: Sequence[Token], heads: Mapping[str, list[str]], brackets: Mapping[int, Brackets]
) -> Iterator[Token]:
    after = 0
    for place, token in enumerate(tokens):
        if place < after:
            continue
        yield token
        if token.kind != "name" or token.text not in heads or place + 1 not in brackets:
            continue
        end = brackets[place + 1].closing
        if [inner.text for inner in tokens[place + 2 : end]] != heads[token.text]:
            raise _other_argument(token, heads[token.text], tokens[end])
        after = end + 1


def with_commutations(tokens: list[Token]) -> list[Token]:
    """The tokens, with `K` as a function wherever two arguments in brackets follow it.

    Args:
        tokens: all tokens of a text in which `K` has no other meaning.
    """
    made = list(tokens)
    for opening, (_, commas) in brackets_of(tokens).items():
        if opening and commas == 1 and tokens[opening - 1][:2] == ("name", COMMUTATION):
            made[opening - 1] = tokens[opening - 1]._replace(kind="function")
    return made


def refuse_questions(tokens: Sequence[Token], known: Collection[str]) -> None:
    """Refuse what is a product by the letter, and was probably meant as something else.

    Args:
        tokens: all tokens of a text.
        known: the names that are declared or defined.

    Raises:
        ParseError: an entry.
        UnknownNameError: a function that nobody declared.
    """
    factors: set[str] | None = None
    for opening, (closing, commas) in sorted(brackets_of(tokens).items()):
        token = tokens[opening - 1]
        if not opening or token.kind != "name" or closing == opening + 1:
            continue
        is_glued = tokens[opening].start == token.end
        inside = tokens[opening + 1 : min(closing, opening + _LONGEST_ENTRY)]
        if is_glued and {part.kind for part in inside} <= _IN_AN_ENTRY:
            raise _entry(token, tokens[closing])
        if token.text in known:
            continue
        if is_glued and commas:
            raise _function_of_several(token, tokens[closing])
        is_customary = token.text in _CUSTOMARY or (is_glued and not token.text[0].isupper())
        is_alone = is_glued and len(inside) == 1 and inside[0].kind == "name"
        if is_customary or is_alone:
            factors = _factors(tokens) if factors is None else factors
            if token.text not in factors:
                raise _unknown(token)


def _factors(tokens: Sequence[Token]) -> set[str]:
    """The names that stand somewhere without brackets after them."""
    return {
        token.text
        for place, token in enumerate(tokens)
        if token.kind == "name"
        and tokens[place + 1].kind != "("
        and not (tokens[place + 1].kind == "'" and tokens[place + 2].kind == "(")
    }


def _other_argument(token: Token, head: Sequence[str], closing: Token) -> ParseError:
    defined = f"{token.text}({''.join(head).replace(',', ', ')})"
    return ParseError(
        f"{defined} is defined as one value, and this is another",
        span=(token.start, closing.end),
        hint="write the formula once more, or give this value a name of its own",
    )


def _entry(token: Token, closing: Token) -> ParseError:
    return ParseError(
        f"figures in brackets right after {token.text} would be an entry of it",
        span=(token.start, closing.end),
        hint=ENTRIES,
    )


def _function_of_several(token: Token, closing: Token) -> UnknownNameError:
    declaration = f"declare a function of one argument, {token.text}: n -> scalar"
    is_capital = token.text[0].isupper()
    return UnknownNameError(
        f"{token.text} before brackets with a comma may be a function or an entry",
        span=(token.start, closing.end),
        hint=f"{ENTRIES}; or {declaration}" if is_capital else f"{declaration}; {ENTRIES}",
    )


def _unknown(token: Token) -> UnknownNameError:
    name = token.text
    declaration = f"declare {name}: n -> scalar for a function"
    known = {
        "sigma": "sigmoid(...) for the logistic function, ",
        "gamma": "a rule file for the gamma function, ",
        COMMUTATION: "K(m, n) for a commutation matrix, ",
    }.get(name, "")
    if not known and name in GREEK_NAMES:
        known = "a function by its name, such as tanh(...) or relu(...), "
    return UnknownNameError(
        f"{name} before brackets may be a function or a factor",
        span=(token.start, token.end),
        hint=f"{known}{declaration}, or write {name} * (...) for a product",
    )
