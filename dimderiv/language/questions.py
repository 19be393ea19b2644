"""The questions: what is a product by the letter, and was probably meant as something else.

`A(B + C)` and `2(x - y)` are products.  `f(x)` of an f that nobody declared, and that is no factor
anywhere else, may be a function; `x(1)` would be an entry, `xTx` a transpose, and `Σᵢ xᵢ` a sum.
"""

from collections.abc import Sequence

from dimderiv.errors import ParseError, UnknownNameError
from dimderiv.language.brackets import brackets_of
from dimderiv.language.names import GREEK_NAMES
from dimderiv.language.vocabulary import COMMUTATION, Token

ENTRIES = "write x[0] and A[0,1] for entries, counted from 0, and x[1:] for a part"
# Letters that are functions more often than factors, also with a space before the bracket.
_CUSTOMARY = frozenset({"f", "g", "h", "phi", "psi", "sigma"})
# A capital that is a function right before brackets: the expectation.
_EXPECTATION = "E"
# Letters that nobody calls a function.
_COEFFICIENTS = frozenset({"lambda", "alpha"})
_LONGEST_ENTRY = 10
_INDICES = frozenset({"i", "j", "k", "l", "t", "1"})
_IN_AN_ENTRY = frozenset({"number", ",", ":"})
_STARTS_SUMMAND = frozenset({"name", "number", "function", "(", "open"})


def refuse_questions(tokens: Sequence[Token], known: frozenset[str]) -> None:
    """Refuse what is a product by the letter, and was probably meant as something else."""
    _refuse_functions(tokens, known)
    _refuse_transposes(tokens, known)
    subscripts = {token.text[-2:] for token in tokens if not token.text.startswith("Sigma")}
    for place, token in enumerate(tokens):
        if token.kind == "^":
            _refuse_power(tokens, place, known)
        elif token.kind == "<" and tokens[place + 1].kind == "-":
            _refuse_arrow(token, *tokens[place + 1 : place + 3])
        elif token.kind == "name" and token.text not in known:
            if token.text.startswith("I_"):
                raise _identity(token)
            if token.text.startswith("Sigma_") and token.text[-2:] in subscripts:
                _refuse_sum(token, tokens[place + 1])


def _refuse_functions(tokens: Sequence[Token], known: frozenset[str]) -> None:
    factors: set[str] | None = None
    for opening, (closing, commas) in sorted(brackets_of(tokens).items()):
        token = tokens[opening - 1]
        # Brackets that are not in the text are no arguments.
        if not opening or closing == opening + 1 or tokens[opening].text != "(":
            continue
        is_glued = tokens[opening].start == token.end
        if token.kind == "'" and is_glued and tokens[opening - 2].text in _CUSTOMARY:
            token = tokens[opening - 2]
        if token.kind != "name":
            continue
        inside = tokens[opening + 1 : min(closing, opening + _LONGEST_ENTRY)]
        if is_glued and {part.kind for part in inside} <= _IN_AN_ENTRY:
            raise _entry(token, tokens[closing])
        if token.text in known:
            continue
        if is_glued and commas:
            raise _function_of_several(token, tokens[closing])
        if _is_function(token, inside, is_glued=is_glued):
            factors = _factors(tokens) if factors is None else factors
            if token.text not in factors:
                raise _unknown(token)


def _refuse_transposes(tokens: Sequence[Token], known: frozenset[str]) -> None:
    """A T is a matrix where it stands apart once; a t between two capitals is no scalar."""
    places = [place for place, token in enumerate(tokens) if token[:2] == ("name", "T")]
    places = [place for place in places if not _is_exponent(tokens, place)]
    if places and "T" not in known and all(_is_glued(tokens, place) for place in places):
        raise _transpose("T", tokens[places[0]].start, tokens[places[0]].end)
    for place, token in enumerate(tokens):
        if token[:2] == ("name", "t") and "t" not in known and _is_glued(tokens, place):
            before, after = tokens[place - 1], tokens[place + 1]
            if before.text.isupper() and after.text.isupper() and token.end == after.start:
                raise _transpose("t", token.start, token.end)


def _is_exponent(tokens: Sequence[Token], place: int) -> bool:
    before = place - 1 - (place > 0 and tokens[place - 1].kind == "-")
    return before >= 0 and tokens[before].kind == "^"


def _is_glued(tokens: Sequence[Token], place: int) -> bool:
    """Whether a name or a bracket ends right before a token."""
    before = tokens[place - 1]
    return place > 0 and before.kind in {"name", ")"} and before.end == tokens[place].start


def _transpose(letter: str, start: int, end: int) -> ParseError:
    product = "" if letter == "H" else "; for a product write spaces around it"
    return ParseError(
        f"this {letter} may be a transpose",
        span=(start, end),
        hint=f"write ' for a transpose: x'A x{product}",
    )


def _identity(token: Token) -> ParseError:
    size = token.text.removeprefix("I_")
    return ParseError(
        f"{token.text} may be an identity or a name",
        span=token.span,
        hint=f"write I, or eye({size}); or declare it: {token.text}: m x n",
    )


def _refuse_power(tokens: Sequence[Token], place: int, known: frozenset[str]) -> None:
    """`x^(i)` and `W^(1)` are mostly the i-th x and the first W, and `A^H` is a transpose."""
    first, inside, closing = (*tokens[place + 1 : place + 4], tokens[-1], tokens[-1])[:3]
    if first.text == "H" and "H" not in known:
        raise _transpose("H", tokens[place].start, first.end)
    if first.kind == "(" and closing.kind == ")" and inside.text in _INDICES:
        raise ParseError(
            f"^({inside.text}) may be an index or a power",
            span=(tokens[place].start, closing.end),
            hint=f"write ^{inside.text} for a power, _{inside.text} for a name of its own",
        )


def _refuse_arrow(less: Token, minus: Token, following: Token) -> None:
    """`x <- y` assigns, `x<-y` and `x < -y` compare."""
    if less.end == minus.start and minus.end < following.start:
        raise ParseError(
            "<- may be an arrow or a comparison",
            span=(less.start, minus.end),
            hint="write = to define a name, or < -y to compare",
        )


def _refuse_sum(token: Token, following: Token) -> None:
    """`Σᵢ` where something else has that subscript is mostly a sum; spelled out it is a symbol."""
    is_letter = token.end - token.start < len(token.text)
    below = token.text.removeprefix("Sigma")
    if is_letter and len(below) == 2 and following.kind in _STARTS_SUMMAND:
        raise ParseError(
            f"Σ{below} may be a sum over a subscript or a symbol",
            span=token.span,
            hint=f"write sum_{below[1:]} x_{below[1:]} for a sum over a subscript; "
            f"or declare it: {token.text}: n x n",
        )


def _is_function(token: Token, inside: Sequence[Token], *, is_glued: bool) -> bool:
    """Whether a name before brackets is mostly a function; `Σ` alone is mostly a sum."""
    if not is_glued or token.text in _CUSTOMARY:
        return token.text in _CUSTOMARY
    if len(inside) == 1 and inside[0].kind == "name":
        return True
    is_sum = token.text == "Sigma" and token.end == token.start + 1
    if is_sum or token.text == _EXPECTATION:
        return True
    return token.text[0].islower() and token.text not in _COEFFICIENTS


def _factors(tokens: Sequence[Token]) -> set[str]:
    """The names that stand somewhere without brackets after them."""
    return {
        token.text
        for place, token in enumerate(tokens)
        if token.kind == "name"
        and tokens[place + 1].kind != "("
        and not (tokens[place + 1].kind == "'" and tokens[place + 2].kind == "(")
    }


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
    if name == "Sigma":
        return UnknownNameError(
            "Σ before brackets may be a sum or a factor",
            span=token.span,
            hint="sum(...) for the sum of all entries, or write Sigma * (...) for a product",
        )
    known = {
        "E": "mean(...) for the mean of all entries, ",
        "sigma": "sigmoid(...) for the logistic function, ",
        "gamma": "a rule file for the gamma function, ",
        COMMUTATION: "K(m, n) for a commutation matrix, ",
    }.get(name, "")
    if not known and name in GREEK_NAMES:
        known = "a function by its name, such as tanh(...) or relu(...), "
    return UnknownNameError(
        f"{name} before brackets may be a function or a factor",
        span=token.span,
        hint=f"{known}{declaration}, or write {name} * (...) for a product",
    )
