"""A place among the tokens of a text: where the reader is, and how brackets are gone into."""

from collections.abc import Collection, Sequence

from dimderiv.errors import LimitError
from dimderiv.language import complaints
from dimderiv.language.vocabulary import Token

NESTING_LIMIT = 100

_ENDS_GROUP = frozenset({"end", ";", "row", ")", "]", "⟩", "close"})


class Cursor:
    """Goes over tokens once, from left to right.

    Args:
        source: the text of the tokens.
        tokens: all tokens, the last one of kind `end`.
        known: names that are declared, or defined somewhere in the text.
        sizes: names that are no letters in index brackets: dimensions, and symbols of labels.
        pending: names that are defined further on and cannot be used yet.
    """

    def __init__(
        self,
        source: str,
        tokens: Sequence[Token],
        known: Collection[str] = (),
        sizes: Collection[str] = (),
        pending: Collection[str] = (),
    ) -> None:
        self.source = source
        self.tokens = tokens
        self.known = known
        self.sizes = set(sizes)
        self.pending = set(pending)
        self.index = 0
        self.token = tokens[0]
        self.end = 0
        self.nesting = 0
        self.assumptions: dict[str, None] = {}
        self.defining: str | None = None

    def advance(self) -> Token:
        """Go past a token, and hand it back."""
        token = self.token
        self.end = token.end
        self.index += 1
        self.token = self.tokens[self.index]
        return token

    def enter(self) -> Token:
        """Go past an opening bracket or bar."""
        self.nesting += 1
        if self.nesting > NESTING_LIMIT:
            raise LimitError(
                f"brackets are nested more than {NESTING_LIMIT} deep",
                span=self.token.span,
                hint="give the inner parts names: y = ...; ...",
            )
        return self.advance()

    def leave(self, opening: Token, closing: str) -> Token:
        """Go past the bracket or bar that closes what `opening` opened."""
        if self.token.kind != closing:
            if self.token.kind in _ENDS_GROUP:
                raise complaints.not_closed(self.source, opening, self.end)
            raise complaints.out_of_place(self.token, nested=True)
        self.nesting -= 1
        return self.advance()

    def is_glued(self) -> bool:
        """Whether the token stands right after the one before it."""
        return self.token.start == self.end
