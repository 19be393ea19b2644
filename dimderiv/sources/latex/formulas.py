r"""Formulas: sums, products and factors, as tokens of the language with their places in the LaTeX.

From loose to tight: signs; what is entry by entry, `\odot` and `\oslash`, which is looser than
products here, so that `M \odot U V` is `M .* (U V)`; products; scripts.
"""

from dimderiv.errors import ParseError
from dimderiv.language import Token, function_named
from dimderiv.sources.latex.cursor import UNSEEN, enclosed
from dimderiv.sources.latex.derivatives import DerivativeReader
from dimderiv.sources.latex.lexemes import Lexeme
from dimderiv.sources.latex.refusals import not_read, refused, shown, unknown
from dimderiv.sources.latex.symbols import ACCENTS, BRACES, GREEK

_ENTRYWISE = {"odot": ".*", "oslash": "./", "otimes": "⊗"}
_STARTS = frozenset({"(", "[", "{", "l|", "l||", "letter", "number", "word", "begin"})
_BARS = frozenset({"|", "||"})
_NOT_OPERANDS = frozenset({*_ENTRYWISE, "cdot", "times", "rangle", "le", "ge", "ne", "in", "over"})
_SIGMOID = "sigmoid"


class FormulaReader(DerivativeReader):
    """Reads formulas by precedence."""

    def sum(self) -> list[Token]:
        """Terms with signs between them."""
        tokens: list[Token] = []
        while True:
            while self.is_at("+", "-"):
                sign = self.advance()
                tokens.append(Token(sign.kind, sign.kind, sign.start, sign.end))
            tokens += self.term()
            if not self.is_at("+", "-"):
                return tokens

    def term(self) -> list[Token]:
        """Products, and what is between them entry by entry."""
        start = self.lexeme.start
        tokens, is_single = self.product()
        if not self.is_at(*_ENTRYWISE):
            return tokens
        is_kronecker = self.is_at("otimes")
        tokens = tokens if is_single or is_kronecker else enclosed(tokens, start, self.end)
        while self.is_at(*_ENTRYWISE):
            lexeme = self.advance()
            sign = _ENTRYWISE[lexeme.text]
            start = self.lexeme.start
            right, is_single = self.product()
            if not is_single and sign != "⊗":
                right = enclosed(right, start, self.end)
            tokens = [*tokens, Token(sign, lexeme.text, lexeme.start, lexeme.end), *right]
        return tokens

    def product(self) -> tuple[list[Token], bool]:
        """Factors side by side, and whether it is only one; numbers before it are no others."""
        tokens, count = list[Token](), 0
        while True:
            if self.is_at("cdot", "times", "*", "/"):
                lexeme = self.advance()
                kind = "/" if lexeme.kind == "/" else "*"
                if self.is_inner_product(tokens):
                    kind = "'"
                    written = r"\cdot between bold letters is an inner product"
                    self.shared.assumptions[written] = None
                tokens.append(Token(kind, lexeme.text, lexeme.start, lexeme.end))
                if self.is_at("-"):
                    raise self.misplaced()
            elif count and not self.starts_operand():
                return tokens, count == 1
            tokens += self.factor()
            count += 1

    def is_inner_product(self, before: list[Token]) -> bool:
        r"""Whether a dot between bold letters was just read: `\mathbf{w} \cdot \mathbf{x}`."""
        sign, following = self.lexemes[self.place - 1], self.lexeme
        is_bold = following.kind == "letter" and following.font == "bold"
        if sign.text not in {"cdot", "times"} or not is_bold or not before:
            return False
        if not self.is_vector(before[-1]):
            return False
        if sign.text == "times":
            raise not_read("a cross product", r"\times between vectors", (sign.start, sign.end))
        return True

    def starts_operand(self) -> bool:
        """Whether an operand comes next; a bar opens unless it closes the innermost bracket."""
        lexeme = self.lexeme
        if lexeme.kind in _BARS:
            innermost = self.opened[-1] if self.opened else ""
            return lexeme.kind != innermost and not (lexeme.kind == "||" and innermost == "|")
        if lexeme.kind == "command":
            return lexeme.text not in _NOT_OPERANDS
        return lexeme.kind in _STARTS

    def factor(self) -> list[Token]:
        """An operand with its scripts."""
        lexeme = self.lexeme
        if (found := self.unknown_function() or self.derivative()) is not None:
            return found
        function = self.function_at()
        if function is not None and not (function == "vec" and lexeme.kind == "letter"):
            return self.call(function)
        match lexeme.kind:
            case "number":
                return self.number()
            case "letter":
                return self.letter()
            case "word":
                return self.word()
            case "(" | "[":
                return self.bracket()
            case "|" | "l|":
                return self.bars()
            case "||" | "l||":
                return self.norm()
            case "begin":
                return self.matrix()
            case "{":
                made = self.braces()
                return self.factor() if made is None else made
            case "command" if lexeme.text in BRACES:
                return self.annotated()
            case "command":
                return self.command()
        raise self.misplaced()

    def annotated(self) -> list[Token]:
        r"""What stands over a brace, `\underbrace{x}_{...}`, whose words say nothing here."""
        self.advance()
        argument = self.argument()
        if self.is_at("_", "^"):
            self.advance()
            self.argument()
        self.lexemes[self.place : self.place] = argument.lexemes
        return self.factor()

    def number(self) -> list[Token]:
        """A number; a bold 1 is an array of ones."""
        lexeme = self.lexeme
        if lexeme.text == "1" and lexeme.font:
            return self.ones()
        self.advance()
        tokens = [Token("number", lexeme.text, lexeme.start, lexeme.end)]
        return self.with_scripts(tokens, lexeme.start)

    def letter(self) -> list[Token]:
        """A symbol, an identity, or the letter of a set or an expectation."""
        lexeme = self.lexeme
        if lexeme.text == "I" and self.is_called(1) and self.is_condition(self.place + 1):
            return self.ones()
        if lexeme.font == "double":
            what = "an expectation" if lexeme.text == "E" else "a set or a probability"
            written = rf"\mathbb{{{lexeme.text}}}"
            raise not_read(what, written, (lexeme.start, lexeme.end))
        if self.is_sized(lexeme.text):
            return self.sized(lexeme.text)
        self.refuse_figures()
        word = self.run()
        function = function_named(word, self.shared.functions) if len(word) > 1 else None
        if function and function == word and self.is_called(len(word)):
            return self.spelled_out(word)
        self.refuse_words(word)
        return self.named()

    def spelled_out(self, function: str) -> list[Token]:
        """A function whose name stands without a backslash, as in `exp(x)`."""
        first, last = self.lexeme, self.ahead(len(function) - 1)
        word = Lexeme("word", function, first.start, last.end)
        self.lexemes[self.place : self.place + len(function)] = [word]
        self.shared.assumptions[f"{function}(...) is the function {function}"] = None
        return self.call(function)

    def is_sized(self, letter: str) -> bool:
        """Whether an identity or a commutation matrix with its sizes comes next."""
        if letter not in {"I", "K"} or self.ahead(1).kind != "_":
            return False
        if self.known(letter) in self.shared.names.values() or letter in self.shared.defined:
            return False
        end = self.matching(self.place + 2)
        inside = self.lexemes[self.place + 2 : end + 1]
        has_comma = any(each.kind == "," for each in inside)
        return has_comma if letter == "K" else not has_comma and inside[-1:] != []

    def sized(self, letter: str) -> list[Token]:
        """`I_n` and `K_{m,n}`."""
        start = self.advance().start
        self.advance()
        argument = self.argument()
        function = "eye" if letter == "I" else "K"
        inner = self.within(argument.lexemes, argument.end)
        tokens = [Token("function", function, start, start), Token("(", UNSEEN, start, start)]
        tokens += inner.sum()
        while inner.is_at(","):
            comma = inner.advance()
            tokens += [Token(",", ",", comma.start, comma.end), *inner.sum()]
        if inner.lexeme is not inner.last:
            raise inner.misplaced()
        tokens.append(Token(")", UNSEEN, argument.end, argument.end))
        return self.with_scripts(tokens, start)

    def refuse_figures(self) -> None:
        """Refuse `W1`, which may be `W_1` or a product."""
        letter, following = self.lexeme, self.ahead(1)
        if following.kind == "number" and following.start == letter.end and not following.font:
            raise ParseError(
                f"{letter.text}{following.text} may be a name or a product",
                span=(letter.start, following.end),
                hint=f"{letter.text}_{{{following.text}}} for a name",
            )

    def run(self) -> str:
        """The letters that stand side by side here, without a space between them."""
        place, word = self.place, ""
        while place < len(self.lexemes) and self.lexemes[place].kind == "letter":
            lexeme = self.lexemes[place]
            is_apart = bool(word) and lexeme.start != self.lexemes[place - 1].end
            if is_apart or lexeme.end > lexeme.start + 1:
                break
            word += lexeme.text
            place += 1
        return word

    def refuse_words(self, word: str) -> None:
        """Refuse letters side by side that are a word, and differentials such as `dX`."""
        last = self.ahead(len(word) - 1).end if word else 0
        span = (self.lexeme.start, last)
        if len(word) > 2 and word.islower():
            raise ParseError(
                f"{word} may be a word or a product",
                span=span,
                hint=rf"\operatorname{{{word}}} for a function, spaces between factors",
            )
        if len(word) == 2 and word[0] == "d" and "d" not in self.shared.names:
            raise ParseError(
                f"{word} may be a differential or a product",
                span=span,
                hint=f"d {word[1]} for a product",
            )

    def word(self) -> list[Token]:
        """A word that is a name, if it is declared or defined."""
        lexeme = self.lexeme
        if self.known(lexeme.text) in self.shared.names.values() or (
            lexeme.text in self.shared.defined
        ):
            return self.named()
        raise refused(lexeme) or unknown(lexeme, is_called=self.is_called(1))

    def command(self) -> list[Token]:
        """What a command stands for."""
        lexeme = self.lexeme
        match lexeme.text:
            case "frac":
                return self.partial_derivative() or self.fraction()
            case "sqrt":
                return self.root()
            case "langle":
                return self.inner_product()
            case "sum" | "prod":
                return self.running(lexeme.text, self.advance())
            case "nabla":
                raise not_read("a derivative", shown(lexeme), (lexeme.start, lexeme.end))
            case "lambda" if self.is_extreme():
                return self.extreme_eigenvalue()
        if lexeme.text in GREEK:
            return self.greek()
        if lexeme.text in ACCENTS:
            return self.named()
        raise refused(lexeme) or unknown(lexeme, is_called=False)

    def greek(self) -> list[Token]:
        r"""A Greek symbol, or `\sigma` as the logistic function."""
        lexeme = self.lexeme
        is_known = self.known(lexeme.text) in self.shared.names.values()
        if lexeme.text != "sigma" or is_known or not self.is_called(1):
            return self.named()
        if "sigma" in self.shared.alone:
            raise ParseError(
                "sigma is a factor in one place, and stands before brackets in another",
                span=(lexeme.start, lexeme.end),
                hint=r"\operatorname{sigmoid}(...) for the function, another letter for the factor",
            )
        self.shared.assumptions["sigma(...) is sigmoid(...)"] = None
        return self.call(_SIGMOID)

    def is_extreme(self) -> bool:
        """Whether the largest or the smallest eigenvalue of what is in brackets comes next."""
        texts = [self.ahead(count).text for count in range(1, 5)]
        inner = texts[2:3] if texts[1] == "{" and texts[3] == "}" else texts[1:2]
        return texts[0] == "_" and inner[0] in {"max", "min"}

    def extreme_eigenvalue(self) -> list[Token]:
        r"""`\lambda_{\max}(A)` and `\lambda_{\min}(A)`."""
        lexeme = self.advance()
        self.advance()
        function = "eig" + self.argument().texts[0]
        tokens = [Token("function", function, lexeme.start, self.end)]
        tokens += self.arguments(function, lexeme, [])
        return self.with_scripts(tokens, lexeme.start)
