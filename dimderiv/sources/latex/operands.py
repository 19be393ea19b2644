"""Operands that are more than a name: brackets, bars, fractions, roots, matrices, ones."""

import re
from abc import abstractmethod
from collections.abc import Sequence

from dimderiv.errors import ParseError
from dimderiv.language import NORM_ORDER, ONES, Token
from dimderiv.sources.latex.cursor import CLOSES, CLOSING, OPENS, Argument, enclosed, function_of
from dimderiv.sources.latex.lexemes import Lexeme
from dimderiv.sources.latex.names import TRANSPOSES, NameReader, Scripts
from dimderiv.sources.latex.refusals import not_read, unclear_subscript

COMPARISONS = {"<": "<", ">": ">", "le": "<=", "ge": ">=", "=": "=="}
_NORMS = {"": "norm2", "2": "norm2", "1": "norm1", "F": "normF", "Fro": "normF", "fro": "normF"}
_NORMS |= {"*": "normN", "star": "normN", "infty": "normInf"}
_ORDER = re.compile(NORM_ORDER, re.VERBOSE)
_BARS = {"|": "|", "l|": "|", "||": "||", "l||": "||"}


class OperandReader(NameReader):
    """Reads what stands in brackets, bars and braces; what formulas are, a subclass knows."""

    @abstractmethod
    def sum(self) -> list[Token]:
        """Terms with signs between them."""

    def formula(self, lexemes: Sequence[Lexeme], end: int) -> list[Token]:
        """The tokens of what stands in an argument."""
        reader = self.within(lexemes, end)
        tokens = reader.sum()
        if reader.lexeme is not reader.last:
            raise reader.misplaced()
        return tokens

    def expression(self) -> list[Token]:
        """A sum, or a comparison of two."""
        tokens = self.sum()
        sign = self.lexeme.text if self.lexeme.kind == "command" else self.lexeme.kind
        if sign not in COMPARISONS:
            return tokens
        lexeme = self.advance()
        kind = COMPARISONS[sign]
        return [*tokens, Token(kind, kind, lexeme.start, lexeme.end), *self.sum()]

    def with_scripts(self, tokens: list[Token], start: int) -> list[Token]:
        """An operand with the scripts after it: its entries and its powers."""
        return self.scripted(tokens, self.scripts(), start)

    def scripted(self, tokens: list[Token], scripts: Scripts, start: int) -> list[Token]:
        """An operand with scripts that were read."""
        for below in scripts.below:
            if below.texts == ["+"]:
                tokens = function_of("relu", tokens, start, below.end)
                continue
            if len(below.lexemes) == 1 and below.texts[0].isupper():
                raise unclear_subscript(below.span)
            if tokens[-1].end != below.start:
                tokens = enclosed(tokens, start, below.start)
            tokens = [*tokens, *self.entry(below, below.start)]
        for above in scripts.above:
            tokens = self.raised(tokens, above, start)
        return tokens

    def bracket(self) -> list[Token]:
        """A formula in brackets; with letters under the closing one, an array of its entries."""
        before, opening = self.end, self.advance()
        self.opened.append(opening.kind)
        inside = self.expression()
        span = (opening.start, opening.end)
        closing = self.expect(CLOSING[opening.kind], span)
        self.opened.pop()
        # No space is seen before a bracket, so that f (x) is f(x).
        tokens = [
            Token("(", "(", before, opening.end),
            *inside,
            Token(")", ")", closing.start, closing.end),
        ]
        scripts = self.scripts()
        if scripts.below and len(inside) == 1:
            self.shared.whole.add(inside[0].text)
        elif len(scripts.below) == 1 and self.are_letters_of(inside, scripts.below[0]):
            tokens = self.index_form(inside, scripts.below[0], opening.start)
            scripts = Scripts([], scripts.above)
        return self.scripted(tokens, scripts, opening.start)

    def are_letters_of(self, inside: Sequence[Token], below: Argument) -> bool:
        """Whether letters under a bracket are subscripts of what is in it."""
        if not {each.kind for each in below.lexemes} <= {"letter", ",", "(", ")"}:
            return False
        letters = {each.text for each in below.lexemes if each.kind == "letter"}
        return not letters.isdisjoint(subscripts_in(inside))

    def index_form(self, inside: Sequence[Token], below: Argument, start: int) -> list[Token]:
        """An array by its entries: the letters first, then the formula."""
        self.shared.heads.update(below.texts)
        head = [token._replace(start=start, end=start) for token in self.entry(below, start)]
        return enclosed([*head, *inside], start, below.end)

    def bars(self) -> list[Token]:
        """An absolute value or a determinant, which the shapes will tell."""
        opening = self.advance()
        self.opened.append("|")
        inside = self.expression()
        closing = self.closing_bar("|", opening)
        if all(map(self.is_vector, [each for each in inside if each.kind not in {"+", "-"}])):
            raise not_read(
                "a norm or absolute values", "|...| of a bold letter", (opening.start, closing.end)
            )
        self.shared.bars.add((opening.start, closing.end))
        tokens = function_of("abs", inside, opening.start, closing.end)
        return self.with_scripts(tokens, opening.start)

    def closing_bar(self, kind: str, opening: Lexeme) -> Lexeme:
        """Go past the bar that closes; two bars side by side may be one and one."""
        if kind == "|" and self.lexeme.kind == "||":
            lexeme = self.lexeme
            middle = lexeme.start + 1
            self.lexemes[self.place : self.place + 1] = [
                Lexeme("|", "|", lexeme.start, middle),
                Lexeme("|", "|", middle, lexeme.end),
            ]
        if not self.is_at(kind, f"r{kind}"):
            self.expect(kind, (opening.start, opening.end))
        self.opened.pop()
        return self.advance()

    def norm(self) -> list[Token]:
        """A norm, with its index among the scripts."""
        opening = self.advance()
        self.opened.append("||")
        inside = self.expression()
        closing = self.closing_bar("||", opening)
        scripts = self.scripts()
        index, end = "", closing.end
        for below in scripts.below:
            index, end = "".join(below.texts), below.end
        kind = index if _ORDER.fullmatch(index) else ""
        kind = _NORMS.get(index, kind)
        if not kind or len(scripts.below) > 1:
            span = (opening.start, end)
            raise not_read("a norm of another kind", f"the norm with the index {index}", span)
        tokens = [
            Token("open", "||", opening.start, opening.end),
            *inside,
            Token("close", kind, closing.start, end),
        ]
        return self.scripted(tokens, Scripts([], scripts.above), opening.start)

    def inner_product(self) -> list[Token]:
        r"""`\langle A, X \rangle`."""
        opening = self.advance()
        left = self.expression()
        comma = self.expect(",", (opening.start, opening.end))
        right = self.expression()
        closing = self.expect("rangle", (opening.start, opening.end))
        tokens = [
            Token("⟨", "⟨", opening.start, opening.end),
            *left,
            Token(",", ",", comma.start, comma.end),
            *right,
            Token("⟩", "⟩", closing.start, closing.end),
        ]
        scripts = self.scripts()
        for below in scripts.below:
            if below.texts != ["F"]:
                raise not_read("an inner product of another kind", "this", below.span)
        return self.scripted(tokens, Scripts([], scripts.above), opening.start)

    def fraction(self) -> list[Token]:
        """A quotient; one of two whole numbers is a number."""
        start = self.advance().start
        top, bottom = self.argument(), self.argument()
        if _is_differential(top) and _is_differential(bottom) and len(bottom.lexemes) > 1:
            raise not_read("a derivative", "this quotient", (start, bottom.end))
        return self.with_scripts(self.quotient(top, bottom, start), start)

    def quotient(self, top: Argument, bottom: Argument, start: int) -> list[Token]:
        """The tokens of a quotient, in brackets."""
        numbers = [_whole(each) for each in (top, bottom)]
        if all(numbers) and numbers[1] != "0":
            return [Token("number", "/".join(numbers), start, bottom.end)]
        above, below = (self.formula(each.lexemes, each.end) for each in (top, bottom))
        tokens = [
            *enclosed(above, start, top.end),
            Token("/", "/", top.end, top.end),
            *enclosed(below, bottom.start, bottom.end),
        ]
        return enclosed(tokens, start, bottom.end)

    def braces(self) -> list[Token] | None:
        r"""A quotient with `\over`; other braces are not seen on paper, and are left out."""
        argument = self.argument()
        texts, depth = argument.texts, 0
        for place, text in enumerate(texts):
            depth += (text == "{") - (text == "}")
            if text == "over" and not depth:
                first = argument.lexemes[place]
                top = Argument(argument.lexemes[:place], argument.start, first.start)
                bottom = Argument(argument.lexemes[place + 1 :], first.end, argument.end)
                tokens = self.quotient(top, bottom, argument.start)
                return self.with_scripts(tokens, argument.start)
        self.lexemes[self.place : self.place] = argument.lexemes
        return None

    def root(self) -> list[Token]:
        """A root, perhaps one of a higher order."""
        start = self.advance().start
        if self.is_at("["):
            closing = self.matching(self.place)
            order = Argument(self.lexemes[self.place + 1 : closing], self.lexeme.start, self.end)
            self.place = closing + 1
            below = self.formula(order.lexemes, order.end)
            inside = self.argument()
            tokens = enclosed(self.formula(inside.lexemes, inside.end), start, inside.end)
            one = [Token("number", "1", start, start), Token("/", "/", start, start)]
            power = enclosed([*one, *enclosed(below, start, start)], start, inside.end)
            tokens += [Token("^", "^", start, start), *power]
            return self.with_scripts(enclosed(tokens, start, inside.end), start)
        inside = self.argument()
        tokens = function_of("sqrt", self.formula(inside.lexemes, inside.end), start, inside.end)
        return self.with_scripts(tokens, start)

    def matrix(self) -> list[Token]:
        """A matrix of blocks, or the determinant of one."""
        opening = self.advance()
        start, place, depth = self.place, self.place, 1
        while depth and place < len(self.lexemes):
            kind = self.lexemes[place].kind
            depth += (kind == "begin") - (kind == "end")
            place += 1
        if depth:
            span = (opening.start, opening.end)
            raise ParseError(f"{opening.text} is not ended", span=span, hint=r"add \end")
        closing, inside = self.lexemes[place - 1], self.lexemes[start : place - 1]
        self.place, self.end = place, closing.end
        tokens = self.blocks(_cells(inside), opening, closing)
        if opening.text == "vmatrix":
            tokens = function_of("det", tokens, opening.start, closing.end)
        return self.with_scripts(tokens, opening.start)

    def blocks(
        self, rows: Sequence[Sequence[list[Lexeme]]], opening: Lexeme, closing: Lexeme
    ) -> list[Token]:
        """The tokens of `[A, B; C, D]`."""
        cells = [cell for row in rows for cell in row]
        if all(lexeme.kind in {"number", "-"} for cell in cells for lexeme in cell):
            raise not_read("a matrix of numbers", opening.text, (opening.start, closing.end))
        tokens: list[Token] = []
        for row, each in enumerate(rows):
            for column, cell in enumerate(each):
                sign = "row" if row and not column else ","
                end = cell[-1].end if cell else closing.start
                # A plus first, so that the letters of a row are no head of an index statement.
                sign = sign if row or column else "+"
                tokens.append(Token(sign, sign, end, end))
                tokens += self.formula(cell, end)
        first = Token("[", "[", opening.start, opening.start)
        last = Token("]", "]", closing.end, closing.end)
        if len(cells) == 1:
            return enclosed(tokens, opening.start, closing.end)
        return enclosed([first, *tokens, last], opening.start, closing.end)

    def ones(self) -> list[Token]:
        """A bold 1: an array of ones, or with a condition in brackets whether that holds."""
        one = self.advance()
        if self.is_at("(", "[") and self.is_condition(self.place):
            return self.bracket()
        scripts = self.scripts()
        if not scripts.below:
            made = [Token(ONES, one.text, one.start, one.end)]
        else:
            if len(scripts.below) > 1:
                raise unclear_subscript(scripts.below[1].span)
            made = self.sized_ones(one, scripts)
        return self.scripted(made, Scripts([], scripts.above), one.start)

    def sized_ones(self, one: Lexeme, scripts: Scripts) -> list[Token]:
        """Ones with a subscript: their sizes, or a condition in braces."""
        below = scripts.below[0]
        if any(_sign(lexeme) in COMPARISONS for lexeme in below.lexemes):
            inside = self.within(below.lexemes, below.end).expression()
            return enclosed(inside, one.start, below.end)
        sizes = _between(below.lexemes, "times")
        rows = self.formula(sizes[0], below.end)
        unit = [Token("number", "1", below.end, below.end)]
        columns = self.formula(sizes[1], below.end) if len(sizes) > 1 else unit
        if len(sizes) == 1 and scripts.above and scripts.above[0].texts in TRANSPOSES:
            rows, columns = unit, rows
            scripts.above.pop(0)
        comma = Token(",", ",", below.end, below.end)
        return function_of("ones", [*rows, comma, *columns], one.start, below.end)

    def is_condition(self, place: int) -> bool:
        """Whether a comparison stands in the bracket at a place."""
        inside = self.lexemes[place : self.matching(place)]
        return any(_sign(lexeme) in COMPARISONS for lexeme in inside)


def subscripts_in(tokens: Sequence[Token]) -> set[str]:
    """What may be letters of entries.

    Args:
        tokens: those of a formula.
    """
    found, depth = set[str](), 0
    for token in tokens:
        depth += (token.kind == "[") - (token.kind == "]")
        if depth:
            found.add(token.text)
        elif token.kind == "name":
            found.update(token.text.partition("_")[2])
    return found


def _sign(lexeme: Lexeme) -> str:
    return lexeme.text if lexeme.kind == "command" else lexeme.kind


def _whole(argument: Argument) -> str:
    """The whole number that an argument is, if it is one."""
    is_number = len(argument.lexemes) == 1 and argument.lexemes[0].kind == "number"
    return argument.texts[0] if is_number and argument.texts[0].isdigit() else ""


def _is_differential(argument: Argument) -> bool:
    """Whether it begins with a d, as what is above and below in `df/dx` does."""
    return bool(argument.lexemes) and argument.texts[0] == "d" and "_" not in argument.texts[1:2]


def _cells(lexemes: Sequence[Lexeme]) -> list[list[list[Lexeme]]]:
    """The cells of a matrix, row by row; an empty last row is none."""
    rows: list[list[list[Lexeme]]] = [[[]]]
    depth = 0
    for lexeme in lexemes:
        depth += (lexeme.kind == "begin") - (lexeme.kind == "end")
        if lexeme.kind == "row" and not depth:
            rows.append([[]])
        elif lexeme.kind == "&" and not depth:
            rows[-1].append([])
        else:
            rows[-1][-1].append(lexeme)
    return [row for row in rows if row != [[]]]


def _between(lexemes: Sequence[Lexeme], sign: str) -> list[list[Lexeme]]:
    """What stands between signs."""
    parts: list[list[Lexeme]] = [[]]
    depth = 0
    for lexeme in lexemes:
        depth += (lexeme.kind in OPENS) - (lexeme.kind in CLOSES)
        if _sign(lexeme) == sign and not depth:
            parts.append([])
        else:
            parts[-1].append(lexeme)
    return parts
