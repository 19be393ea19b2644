r"""Names: a letter with its font, its mark and its scripts, as one name or as an entry of an array.

`\hat{\mathbf{y}}` is `y_hat`, `W^{(2)}` and `W_2` are `W_2`, `x_{i+1}` is entry i + 1 of x.  What
can be an entry of a running subscript, such as `x_i`, stays a name: the language tells them apart.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from dimderiv.errors import ParseError, Span
from dimderiv.language import MARK, Token
from dimderiv.sources.latex.cursor import Argument, Cursor, enclosed, function_of
from dimderiv.sources.latex.lexemes import Lexeme
from dimderiv.sources.latex.refusals import not_read, unclear_power, unclear_subscript
from dimderiv.sources.latex.symbols import ACCENTS, GREEK

TRANSPOSES = (["T"], ["top"], ["prime"], ["'"])
_ARITHMETIC = frozenset("+-:(")
_STARS = frozenset({"*", "star"})
_DELTA = re.compile(r"delta_(?!(.)\1)[a-z]{2}")
_LABELLED = frozenset({"max", "min", "star"})


class Base(NamedTuple):
    """A name without its scripts."""

    text: str
    start: int
    end: int
    font: str


class Scripts(NamedTuple):
    """What stands below and above."""

    below: list[Argument]
    above: list[Argument]


class NameReader(Cursor):
    """Reads names with their scripts, and the scripts of anything else."""

    def is_at_name(self) -> bool:
        """Whether a letter, a Greek one, or one with a mark comes next."""
        lexeme = self.lexeme
        if lexeme.kind == "letter":
            return True
        return lexeme.kind == "command" and (lexeme.text in GREEK or lexeme.text in ACCENTS)

    def scripts(self) -> Scripts:
        """All scripts that follow; an empty group between them shows nothing."""
        found = Scripts([], [])
        while True:
            if self.lexeme.kind == "{" and self.ahead(1).kind == "}":
                self.advance()
                self.advance()
            elif self.is_at("_", "^"):
                side = found.below if self.advance().kind == "_" else found.above
                side.append(self.argument())
            elif self.is_at("'", "prime"):
                prime = self.advance()
                if self.is_at("'", "prime"):
                    raise unclear_power((prime.start, self.lexeme.end), ["''"])
                found.above.append(Argument([prime], prime.start, prime.end))
            else:
                return found

    def base(self) -> Base:
        """A letter, perhaps with a mark over it, or a word that is a name."""
        lexeme = self.advance()
        if lexeme.kind == "command" and lexeme.text in ACCENTS:
            return self.marked(lexeme)
        is_upright = lexeme.kind == "letter" and lexeme.end > lexeme.start + 1
        if lexeme.text == "d" and is_upright and not lexeme.font and self.is_at_named():
            of = self.base()
            known = self.shared.names.values()
            is_known = any(name.startswith(f"d{of.text}") for name in known)
            if of.text not in self.shared.differentials and not is_known:
                raise not_read("a derivative", f"d{of.text}", (lexeme.start, of.end))
            return of._replace(text=f"d{of.text}", start=lexeme.start)
        return Base(lexeme.text, lexeme.start, lexeme.end, lexeme.font)

    def is_at_named(self) -> bool:
        """Whether a name, or a word in its place, comes next."""
        return self.is_at_name() or self.lexeme.kind == "word"

    def marked(self, mark: Lexeme) -> Base:
        """A letter with a mark over it, and what else is under the mark."""
        argument = self.argument()
        inner = self.within(argument.lexemes, argument.end)
        if not inner.is_at_name():
            raise ParseError(
                "a mark stands over one letter",
                span=(mark.start, argument.end),
                hint=r"\hat{y} for a name, or brackets in place of the line",
            )
        of = inner.base()
        if inner.lexeme is not inner.last:
            if not inner.is_at("_", "^", "'"):
                raise ParseError(
                    "a mark stands over one letter",
                    span=(mark.start, argument.end),
                    hint=r"\hat{y} for a name, or brackets in place of the line",
                )
            # The scripts under the mark are those of the letter with the mark.
            rest = inner.lexemes[inner.place :]
            self.lexemes[self.place : self.place] = rest
        text = f"{of.text}_{ACCENTS[mark.text]}"
        return Base(text, mark.start, argument.end, of.font)

    def named(self) -> list[Token]:
        """A name with its scripts: those that belong to it, then its powers."""
        base = self.base()
        scripts = self.scripts()
        powers = []
        labels: list[str] = []
        for above in scripts.above:
            label, power = taken_apart(above)
            labels += [label] if label else []
            powers += [power] if power else []
        tokens = self.subscripted(base, labels, scripts.below)
        for power in powers:
            tokens = self.raised(tokens, power, base.start)
        return tokens

    def subscripted(
        self, base: Base, labels: Sequence[str], below: Sequence[Argument]
    ) -> list[Token]:
        """A name with its subscripts, or an entry."""
        parts, indices, end = list(labels), list[Argument](), base.end
        for argument in below:
            end = max(end, argument.end)
            label = self.label(base, parts, argument)
            if label is None:
                indices.append(argument)
            else:
                parts.append(label)
        is_letters = len(parts) > 1 and all(len(p) == 1 and p.islower() for p in parts)
        name = self.known("_".join([base.text, *(["".join(parts)] if is_letters else parts)]))
        self.note_font(name, base)
        if _DELTA.fullmatch(name) and name not in self.shared.names.values():
            raise not_read("Kronecker's delta", name, (base.start, end))
        tokens = [Token("name", name, base.start, end if not indices else base.end)]
        for argument in indices:
            tokens += self.entry(argument, tokens[-1].end)
        return tokens

    def known(self, name: str) -> str:
        """The name as it is declared: `W1` and `W_1` are written alike."""
        return self.shared.names.get(name.replace("_", ""), name)

    def note_font(self, name: str, base: Base) -> None:
        """Refuse one name in two fonts, which are two things on paper."""
        here = Lexeme("letter", name, base.start, base.end, base.font)
        before = self.shared.fonts.setdefault(name, here)
        if before.font != base.font:
            raise ParseError(
                f"two different letters here are both {name} in the language",
                span=(base.start, base.end),
                hint="one font for the same thing, another letter for another thing",
            )

    def label(self, base: Base, parts: Sequence[str], argument: Argument) -> str | None:
        """A subscript as part of a name; nothing where it is an index."""
        pieces = list(_pieces(argument.lexemes))
        names = ["".join(lexeme.text for lexeme in piece) for piece in pieces]
        name = self.known("_".join([base.text, *parts, *names]))
        if name in self.shared.names.values() or name in self.shared.defined:
            return "_".join(names)
        if any(each.kind in _ARITHMETIC or each.text == "lfloor" for each in argument.lexemes):
            return None
        if len(pieces) > 1 and any(_is_letter(piece) for piece in pieces):
            return None
        for piece in pieces:
            _refuse_unclear(piece, argument)
        return "_".join(names)

    def entry(self, argument: Argument, start: int) -> Iterator[Token]:
        """The indices of an entry, in brackets that are not in the text."""
        yield Token("[", MARK, start, start)
        if any(each.kind in {"+", "-"} for each in argument.lexemes):
            letters = {each.text for each in argument.lexemes if each.kind == "letter"}
            self.shared.shifted[argument.span] = letters
        yield from self.indices(argument)
        yield Token("]", MARK, argument.end, argument.end)

    def indices(self, argument: Argument) -> Iterator[Token]:
        """The tokens of indices; letters side by side are two, unless something else is there."""
        has_signs = any(each.kind in {*_ARITHMETIC, ","} for each in argument.lexemes)
        before: Lexeme | None = None
        for piece in _pieces(argument.lexemes):
            if not piece:
                raise unclear_subscript(argument.span)
            # The ends of a slice are sizes.
            if any(each.kind == ":" for each in piece):
                self.shared.sizes.update(each.text for each in piece if each.kind == "letter")
        inner = self.within(argument.lexemes, argument.end)
        while inner.lexeme is not inner.last:
            lexeme = inner.advance()
            if lexeme.kind == "letter":
                if before is not None and before.kind == "letter" and not has_signs:
                    yield Token(",", ",", lexeme.start, lexeme.start)
                if lexeme.text.islower() and lexeme.text not in self.shared.sizes:
                    self.shared.letters.add(lexeme.text)
                yield Token("name", lexeme.text, lexeme.start, lexeme.end)
                if inner.is_at("_"):
                    inner.advance()
                    yield from self.entry(inner.argument(), lexeme.end)
            elif lexeme.kind in {"number", "+", "-", ":", ",", "(", ")"}:
                yield Token(lexeme.kind, lexeme.text, lexeme.start, lexeme.end)
            elif lexeme.text == "lfloor" and inner.is_at("frac"):
                yield from self.rounded(inner)
            else:
                raise unclear_subscript(argument.span)
            before = lexeme

    def rounded(self, inner: Cursor) -> Iterator[Token]:
        """A quotient that is rounded down."""
        start = inner.advance().start
        for argument, sign in ((inner.argument(), "//"), (inner.argument(), "")):
            tokens = list(self.indices(argument))
            yield from tokens if len(tokens) == 1 else enclosed(tokens, *argument.span)
            if sign:
                yield Token(sign, sign, argument.end, argument.end)
        inner.expect("rfloor", (start, inner.end))

    def raised(self, tokens: list[Token], power: Argument, start: int) -> list[Token]:
        """An operand with a power, a transpose or an inverse."""
        texts = power.texts
        is_power = texts == ["T"] and tokens[-1].kind == "number" and tokens[-1].text != "1"
        if texts in TRANSPOSES and not is_power:
            return [*tokens, Token("'", "'", power.start, power.end)]
        if texts[:1] == ["-"] and texts[1:] in TRANSPOSES:
            inverse = function_of("inv", tokens, start, power.start)
            return [*inverse, Token("'", "'", power.start, power.end)]
        if texts == ["+"]:
            return function_of("pinv", tokens, start, power.end)
        if len(texts) == 1 and texts[0] in _STARS:
            return self.starred(tokens, power)
        is_declared = texts == ["t"] and "t" in self.shared.names.values()
        if not texts or (texts in (["H"], ["t"], ["dagger"], ["ast"]) and not is_declared):
            raise unclear_power(power.span, texts)
        is_entrywise = texts[0] == "odot"
        if len(tokens) == 1 and self.is_vector(tokens[0]) and not is_entrywise:
            raise not_read("a power of a vector", "this power", (start, power.end))
        return [*tokens, *self.exponent(power)]

    def starred(self, tokens: list[Token], power: Argument) -> list[Token]:
        """`A^*` is the transpose of a matrix; `x^*` is more often an optimum."""
        first = tokens[0]
        if len(tokens) > 1 or not first.text[0].isupper():
            raise unclear_power(power.span, power.texts)
        self.shared.assumptions[f"{first.text}^* is the transpose {first.text}'"] = None
        return [*tokens, Token("'", "'", power.start, power.end)]

    def is_vector(self, token: Token) -> bool:
        """Whether a token is a name in a small bold letter."""
        known = self.shared.fonts.get(token.text) if token.kind == "name" else None
        return known is not None and known.font == "bold" and token.text.islower()

    def exponent(self, power: Argument) -> list[Token]:
        """A power as tokens."""
        lexemes, sign = power.lexemes, "^"
        if lexemes[0].text == "odot" and len(lexemes) > 1:
            lexemes, sign = lexemes[1:], ".^"
        inside = self.formula(lexemes, power.end)
        tokens = [Token(sign, sign, power.start, power.start)]
        if len(inside) == 2 and inside[0].kind == "-":
            return [*tokens, *inside]
        # A name may become an entry, which is more than one token.
        is_single = len(inside) == 1 and inside[0].kind != "ones" and "_" not in inside[0].text
        return [*tokens, *(inside if is_single else enclosed(inside, power.start, power.end))]

    def formula(self, lexemes: Sequence[Lexeme], end: int) -> list[Token]:
        """The tokens of what stands in an argument; what formulas are, a subclass knows."""
        raise NotImplementedError


def taken_apart(above: Argument) -> tuple[str | None, Argument | None]:
    """What of a superscript is a label, as the `(i)` of `x^{(i)}`, and what is a power."""
    lexemes, power = above.lexemes, None
    texts = above.texts
    if len(lexemes) > 1 and texts[0] in {"(", "["}:
        for cut in (1, 2):
            # `x^{(i)\top}` and `x^{(i)^T}` are transposed as well.
            if texts[-1:] in TRANSPOSES and (cut == 1 or texts[-2] == "^"):
                power = Argument(lexemes[-1:], lexemes[-1].start, above.end)
                lexemes = lexemes[:-cut]
                break
        lexemes = lexemes[:-1] if lexemes[-1].kind == "^" else lexemes
        inside = lexemes[1:-1]
        is_label = lexemes[-1].kind in {")", "]"} and all(
            each.kind in {"letter", "number", "word"} and each.text.isalnum() for each in inside
        )
        if is_label and inside:
            return "".join(each.text for each in inside), power
        if texts[0] == "[" or lexemes[-1].kind == ")":
            raise unclear_power(above.span, texts)
    if texts == ["star"]:
        return "star", None
    return None, above


def _pieces(lexemes: Sequence[Lexeme]) -> Iterator[list[Lexeme]]:
    """What stands between commas."""
    piece: list[Lexeme] = []
    for lexeme in lexemes:
        if lexeme.kind == ",":
            yield piece
            piece = []
        else:
            piece.append(lexeme)
    yield piece


def _is_letter(piece: Sequence[Lexeme]) -> bool:
    return len(piece) == 1 and piece[0].kind == "letter" and piece[0].text.islower()


def _refuse_unclear(piece: Sequence[Lexeme], argument: Argument) -> None:
    """Refuse a subscript that no name has."""
    span: Span = argument.span
    for lexeme in piece:
        is_word = lexeme.kind == "word" and lexeme.text.replace("_", "").isalnum()
        is_name = lexeme.kind == "command" and (lexeme.text in GREEK or lexeme.text in _LABELLED)
        if not (lexeme.kind in {"letter", "number"} or is_word or is_name):
            raise unclear_subscript(span)
    if not piece or any(a.kind == b.kind == "number" for a, b in pairwise(piece)):
        raise unclear_subscript(span)
    if any("." in lexeme.text for lexeme in piece):
        raise unclear_subscript(span)
