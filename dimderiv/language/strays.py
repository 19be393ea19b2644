"""The errors for characters that the language does not have, each with what to write instead."""

import unicodedata

from dimderiv.errors import ParseError

_BARS = ("||", "‖", "∥")
_HINTS = {
    "|": "write abs(x), or ||x|| for a norm",
    ".": "write .* ./ or .^, or .T for a transpose",
    "\\": "write a name without a backslash, and inv(A) b for A \\ b",
    '"': "leave out quotation marks: every word is a symbol or a function",
    "`": "write ' for a transpose",
    "\N{LEFT SINGLE QUOTATION MARK}": "write ' for a transpose",
    "{": "use round brackets",
    "}": "use round brackets",
    "%": "write # for a comment",
    "√": "write sqrt(x)",
    "∇": "write ∇f(x) or ∇²f(x) of a function that is declared, such as f: n -> scalar",
}


def stray_character(source: str, position: int) -> ParseError:
    """The error for a character that begins no token.

    Args:
        source: the text.
        position: where the character stands in it.

    Returns:
        An error that names the character, also where it cannot be seen.
    """
    character = source[position]
    span = (position, position + 1)
    if character == "_":
        return _stray_underscore(source, position)
    if not character.isprintable():
        code = f"U+{ord(character):04X}"
        name = unicodedata.name(character, "a control character")
        return ParseError(
            f"there is an invisible character, {code} ({name})", span=span, hint="delete it"
        )
    plain = unicodedata.normalize("NFKC", character)
    hint = _HINTS.get(character)
    if hint is None and plain != character and plain.isascii():
        hint = f"write {plain}"
    named = "" if character.isascii() else f" ({unicodedata.name(character, 'no name')})"
    return ParseError(
        f"the language has no character {character}{named}",
        span=span,
        hint=hint or "use only letters, digits, operators and brackets",
    )


def _stray_underscore(source: str, position: int) -> ParseError:
    before = source[max(0, position - 20) : position]
    if before.endswith(_BARS):
        message, hint = "the language has no such norm", "put one of _1 _2 _F _* after the bars"
    elif before.rstrip("0123456789").rstrip("^").endswith(_BARS):
        message, hint = "the kind of a norm stands before its power", "write it as in ||X||_F^2"
    else:
        message = "an underscore stands only between a letter and its subscript"
        hint = "write a subscript as in x_1"
    return ParseError(message, span=(position, position + 1), hint=hint)
