"""The family of errors, and the picture that shows where in the text something is wrong.

Inner code raises with a sentence and a span; the entry point adds the text with `located`.  Every
message has up to four parts: what is wrong, where, what was known and why, what to try.
"""

from collections.abc import Sequence

Span = tuple[int, int]

PICTURE_WIDTH = 76


class DimderivError(Exception):
    """Anything that dimderiv refuses, with the reason a person can act on.

    Args:
        message: what is wrong, one sentence.
        span: the part of `source` that is meant, as start and end offsets.
        source: the text that the span refers to.
        known: what was known, and which place said so.
        hint: what to try.

    >>> print(ParseError("a bracket is not closed", span=(0, 1), source="(A x", hint="add ')'"))
    a bracket is not closed
    <BLANKLINE>
        (A x
        ^
    <BLANKLINE>
    try: add ')'
    """

    def __init__(
        self,
        message: str,
        *,
        span: Span | None = None,
        source: str | None = None,
        known: Sequence[str] = (),
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.source = source
        self.known = tuple(known)
        self.hint = hint

    def located(self, source: str) -> "DimderivError":
        """This error, with the text that its span refers to, unless it has one already."""
        if self.source is None:
            self.source = source
        return self

    def __str__(self) -> str:
        parts = [self.message]
        if self.span is not None and self.source is not None:
            parts.append(picture(self.source, self.span))
        if self.known:
            parts.append("\n".join(f"known: {fact}" for fact in self.known))
        if self.hint:
            parts.append(f"try: {self.hint}")
        return "\n\n".join(parts)

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the message alone, since no frame says more."""
        return [f"{type(self).__name__}: {self}"]


class ParseError(DimderivError):
    """The text is not an expression of the language."""


class ShapeError(DimderivError):
    """The shapes do not conform, or a shape cannot be read or determined."""


class UnknownNameError(DimderivError):
    """A name, a function or an option that nobody defined."""


class NotDifferentiableError(DimderivError):
    """An operation has no derivative here, or no rule for one."""


class VerificationError(DimderivError):
    """The derived answer disagrees with the expression; the answer is withheld."""


class LimitError(DimderivError):
    """The input is larger, deeper or longer than is accepted."""


def picture(source: str, span: Span) -> str:
    """The line of the source that holds the start of the span, with carets under the span.

    Args:
        source: the whole text, possibly of several lines.
        span: start and end offsets; an empty span gets one caret.

    Returns:
        Two lines, indented by four; a long line is cut around the span.
    """
    start = min(max(span[0], 0), len(source))
    line_start = source.rfind("\n", 0, start) + 1
    line_end = source.find("\n", start)
    line = source[line_start : line_end if line_end >= 0 else len(source)]
    column = start - line_start
    width = max(1, min(span[1], line_start + len(line)) - start)
    if len(line) > PICTURE_WIDTH:
        cut = max(0, column - PICTURE_WIDTH // 2)
        line, column = line[cut : cut + PICTURE_WIDTH], column - cut
        width = max(1, min(width, len(line) - column))
    shown = "".join(character if character.isprintable() else "?" for character in line)
    return f"    {shown}\n    {' ' * column}{'^' * width}"
