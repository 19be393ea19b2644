"""What is refused by name: what of LaTeX says something that the language does not."""

from collections.abc import Sequence

from dimderiv.errors import ParseError, Span, UnknownNameError
from dimderiv.sources.latex.lexemes import Lexeme
from dimderiv.sources.latex.symbols import INSTEAD, REFUSED

_HINT = "the formula without it"


def refused(lexeme: Lexeme) -> ParseError | None:
    """The error for a command or a word that says what is not read, if it is one."""
    what = REFUSED.get(lexeme.text) or REFUSED.get(lexeme.text.split()[0])
    return not_read(what, shown(lexeme), (lexeme.start, lexeme.end)) if what else None


def not_read(what: str, text: str, span: Span) -> ParseError:
    """The error for something that is not read.

    Args:
        what: such as `an integral`.
        text: how it is written.
        span: where.
    """
    return ParseError(
        f"{text} is {what}, which is not read", span=span, hint=INSTEAD.get(what, _HINT)
    )


def unknown(lexeme: Lexeme, *, is_called: bool) -> UnknownNameError:
    """The error for a command or a word that means nothing here."""
    name, span = lexeme.text, (lexeme.start, lexeme.end)
    if lexeme.kind == "command":
        return UnknownNameError(
            f"the command \\{name} is not known",
            span=span,
            hint="write out what it stands for",
        )
    if is_called:
        return UnknownNameError(
            f"{name} is not a known function", span=span, hint=f"declare it: {name}: n -> scalar"
        )
    return UnknownNameError(
        f"{name} is not a known name",
        span=span,
        hint=f"declare it: {name}: scalar, {name}: n or {name}: m x n",
    )


def shown(lexeme: Lexeme) -> str:
    """A lexeme as it is written."""
    return f"\\{lexeme.text}" if lexeme.kind == "command" else lexeme.text


def unclear_subscript(span: Span) -> ParseError:
    """The error for a subscript that is neither a label nor an index."""
    return ParseError(
        "this subscript is not read",
        span=span,
        hint="a letter, a number or a word for a name; letters with commas for an entry",
    )


def unclear_power(span: Span, texts: Sequence[str]) -> ParseError:
    """The error for a superscript that may be a transpose, and may be something else."""
    if texts[:1] in (["("], ["["]):
        message = "this superscript may be a label or a power"
        return ParseError(message, span=span, hint="a power without the brackets around it")
    if texts:
        message = f"this {texts[0]} may be a transpose, or something else"
        return ParseError(message, span=span, hint=r"^\top for a transpose, ^{+} for pinv")
    return ParseError("this superscript is empty", span=span, hint="write the power")


def reach(function: str, span: Span) -> ParseError:
    """The error for a function without brackets before several factors."""
    return ParseError(
        f"how far {function} reaches is not clear",
        span=span,
        hint=f"brackets around its argument: \\{function}(...)",
    )
