r"""Functions with and without brackets, and what runs over subscripts.

`\log x` takes one factor, `\operatorname{tr} A B` a whole product; where it is not clear how far a
function reaches, it is refused.
"""

import re
from abc import abstractmethod
from collections.abc import Collection, Sequence
from itertools import count, pairwise, takewhile

from dimderiv.errors import ParseError, Span
from dimderiv.language import BUILTIN_FUNCTIONS, MARK, Token, function_named, indexed
from dimderiv.sources.latex.cursor import CLOSES, CLOSING, Argument, enclosed
from dimderiv.sources.latex.lexemes import Lexeme
from dimderiv.sources.latex.names import TRANSPOSES
from dimderiv.sources.latex.operands import OperandReader, subscripts_in
from dimderiv.sources.latex.refusals import not_read, reach, refused, unclear_subscript
from dimderiv.sources.latex.symbols import GREEK, REFUSED

_AFTER_LOG = {"det": "logdet", "softmax": "logsoftmax", "Gamma": "lgamma"}
# What takes the whole product after it.
_WIDE = frozenset({"tr", "det", "logdet"})
_RUNNING = frozenset({"sum", "prod", "max", "min", "mean", "logsumexp"})
_OPTIMA = frozenset({"max", "min"})
_NO_CALLS = frozenset({"sum", "prod", "sqrt"})
_RELATIONS = {"ne": "!=", "le": "<=", "ge": ">="}
_HEAD = re.compile(indexed.RUNNING)


class CallReader(OperandReader):
    """Reads functions with their arguments."""

    @abstractmethod
    def factor(self) -> list[Token]:
        """An operand with its scripts."""

    @abstractmethod
    def term(self) -> list[Token]:
        """Products, and what is between them entry by entry."""

    @abstractmethod
    def starts_operand(self) -> bool:
        """Whether an operand comes next."""

    def function_at(self) -> str | None:
        """The function that comes next, if one does; a letter is one where it is declared."""
        lexeme = self.lexeme
        if lexeme.kind not in {"word", "command", "letter"}:
            return None
        if lexeme.text in REFUSED or (lexeme.kind == "command" and lexeme.text in _NO_CALLS):
            return None
        name = function_named(lexeme.text, self.shared.functions)
        if name is None or self.known(lexeme.text) in self.shared.names.values():
            return None
        if lexeme.text in GREEK and name in BUILTIN_FUNCTIONS:
            return None
        if (primed := self.primed(name)) is not None:
            return primed
        if lexeme.kind == "letter" or lexeme.text in {*GREEK, *self.shared.defined}:
            return name if self.is_called(1) else None
        return name

    def primed(self, name: str) -> str | None:
        r"""The derivative of a declared function of entries, as in `\sigma'(x)`."""
        primes = next(primes for primes in count() if self.ahead(primes + 1).kind != "'")
        function = name + "'" * primes
        is_one = primes > 0 and function in self.shared.functions and self.is_called(primes + 1)
        return function if is_one else None

    def is_called(self, count: int) -> bool:
        """Whether a bracket comes next but some lexemes."""
        return self.ahead(count).kind in {"(", "["}

    def call(self, function: str) -> list[Token]:
        """A function, whose name comes next, with its argument."""
        lexeme = self.advance()
        while function.endswith("'") and self.is_at("'"):
            self.advance()
        following = _AFTER_LOG.get(self.lexeme.text) if function == "log" else None
        if following and self.lexeme.kind != "letter":
            function = following
            self.advance()
        if self.is_at("_"):
            if function in _RUNNING and not self.is_axis():
                return self.running(function, lexeme)
            function, axis = self.below(function)
        else:
            axis = []
        powers = []
        while self.is_at("^"):
            self.advance()
            powers.append(self.argument())
        if function == "erf" and powers and powers[0].texts == ["-", "1"]:
            function, powers = "erfinv", powers[1:]
        head = Token("function", function, lexeme.start, self.end)
        tokens = [head, *self.arguments(function, lexeme, axis)]
        for power in powers:
            if power.texts[:1] == ["-"] or power.texts in TRANSPOSES:
                raise ParseError(
                    f"a power of {function} may be its inverse or that of its value",
                    span=power.span,
                    hint=f"brackets around \\{function}(x), and the power after them",
                )
            tokens = self.raised(tokens, power, lexeme.start)
        return self.with_scripts(tokens, lexeme.start)

    def is_axis(self) -> bool:
        """Whether the subscript here names an axis, as dimderiv writes it."""
        return [self.ahead(count).text for count in (1, 2)] == ["{", "axis"]

    def below(self, function: str) -> tuple[str, list[Token]]:
        """What a subscript makes of a function: another one, or one along an axis."""
        self.advance()
        argument = self.argument()
        base = "".join(argument.texts)
        if function == "log" and base in {"2", "10"}:
            return f"log{base}", []
        if argument.texts[:2] != ["axis", "="]:
            raise unclear_subscript(argument.span)
        start = argument.start
        signs = [Token(each, each, start, start) for each in (",", "axis", "=")]
        numbers = [
            Token("name" if each.kind == "letter" else each.kind, each.text, each.start, each.end)
            for each in argument.lexemes[2:]
        ]
        return function, [*signs, *numbers]

    def arguments(self, function: str, lexeme: Lexeme, axis: list[Token]) -> list[Token]:
        """The arguments of a function, in brackets."""
        if self.is_at("(", "["):
            return self.bracketed(axis)
        if self.lexeme.kind == "{":
            argument = self.argument()
            inner = self.within(argument.lexemes, argument.end)
            if inner.is_at("(", "[") and inner.matching(0) == len(argument.lexemes) - 1:
                return inner.bracketed(axis)
            return enclosed([*self.formula(argument.lexemes, argument.end), *axis], *argument.span)
        start = self.lexeme.start
        inside = self.bare(function, lexeme)
        return enclosed([*inside, *axis], start, self.end)

    def bracketed(self, axis: list[Token]) -> list[Token]:
        """Arguments in brackets, with commas between them."""
        opening = self.advance()
        self.opened.append(opening.kind)
        tokens = [Token("(", "(", opening.start, opening.end), *self.expression()]
        while self.is_at(","):
            comma = self.advance()
            tokens += [Token(",", ",", comma.start, comma.end), *self.expression()]
        closing = self.expect(CLOSING[opening.kind], (opening.start, opening.end))
        self.opened.pop()
        return [*tokens, *axis, Token(")", ")", closing.start, closing.end)]

    def bare(self, function: str, lexeme: Lexeme) -> list[Token]:
        """The argument of a function without brackets."""
        inner = self.function_at()
        if inner is not None or self.is_at("sum", "prod"):
            return self.factor()
        if not self.starts_operand():
            raise self.misplaced()
        is_number = self.lexeme.kind == "number"
        tokens, count = self.factor(), 1
        while self.starts_operand() and not (self.function_at() or self.is_at("sum", "prod")):
            if function not in _WIDE and not (is_number and self.is_at_name()):
                raise reach(function, (lexeme.start, self.lexeme.end))
            tokens, count = [*tokens, *self.factor()], count + 1
        if count > 1:
            written = f"{function} takes the whole product after it"
            self.shared.assumptions[written] = None
        return tokens

    def running(self, function: str, lexeme: Lexeme) -> list[Token]:
        """What runs over subscripts, with the whole term that it takes."""
        end = self.lexeme.end
        below: Argument | None = None
        above: Argument | None = None
        while self.is_at("_", "^"):
            is_below = self.advance().kind == "_"
            argument = self.argument()
            below, above = (argument, above) if is_below else (below, argument)
            end = argument.end
        if below is None:
            raise ParseError(
                f"over what \\{function} runs is not written",
                span=(lexeme.start, end),
                hint=f"\\{function}_{{i=1}}^{{n}}, or \\{function}_i over the whole axis",
            )
        if function != "sum" and self.is_at("(", "[") and not self.is_whole():
            raise reach(function, (lexeme.start, end))
        head = self.head(function, below, above, (lexeme.start, end))
        signs = []
        while self.is_at("+", "-"):
            sign = self.advance()
            signs.append(Token(sign.kind, sign.kind, sign.start, sign.end))
        letters = {each for each in below.texts if len(each) == 1 and each.islower()}
        taken = self.term()
        if function == "sum":
            taken = self.reached(taken, letters, end)
        if function in _OPTIMA and subscripts_in(taken).isdisjoint(below.texts):
            raise not_read("an optimum", rf"\{function}", (lexeme.start, end))
        return [*head, *signs, *taken]

    def reached(self, taken: list[Token], letters: set[str], start: int) -> list[Token]:
        """What is summed, with the terms after it in which the letters would be free."""
        found, has_more = taken, False
        known = {*self.shared.names.values(), *self.shared.whole}
        while self.is_at("+", "-"):
            place, sign = self.place, self.advance()
            following = self.term()
            runs_anew = not letters.isdisjoint(_bound(following))
            if runs_anew or letters.isdisjoint(_subscripts(following, known)):
                self.place, self.end = place, sign.start
                break
            found = [*found, Token(sign.kind, sign.kind, sign.start, sign.end), *following]
            has_more = True
        if not has_more:
            return taken
        written = f"the sum over {', '.join(sorted(letters))} takes in the terms after it"
        self.shared.assumptions[written] = None
        return enclosed(found, start, self.end)

    def is_whole(self) -> bool:
        """Whether the bracket here, with its scripts, is all of the term."""
        place = self.matching(self.place) + 1
        while place < len(self.lexemes) and self.lexemes[place].kind in {"_", "^"}:
            place = self.matching(place + 1) + 1
        return place >= len(self.lexemes) or self.lexemes[place].kind in {"+", "-", ",", *CLOSES}

    def head(
        self, function: str, below: Argument, above: Argument | None, span: Span
    ) -> list[Token]:
        """The tokens of `sum_{i=1}^{n}`."""
        lower = "".join(_RELATIONS.get(text, text) for text in below.texts)
        written = f"{function}_{{{lower}}}"
        for lexeme in above.lexemes if above else ():
            if error := refused(lexeme):
                raise error
        if above is not None:
            has_first = "=" in lower or len(lower) != 1
            written = written if has_first else f"{function}_{{{lower}=1}}"
            written += f"^{{{' '.join(above.texts)}}}"
        if not (_HEAD.fullmatch(written) and all(map(_is_of_size, above.lexemes if above else ()))):
            if function in _OPTIMA:
                raise not_read("an optimum", rf"\{function}", span)
            raise ParseError(
                f"what \\{function} runs over is not read",
                span=span,
                hint=f"\\{function}_{{i=1}}^{{n}}, \\{function}_i or \\{function}_{{i<j}}",
            )
        start, end = span
        try:
            tokens = indexed.running_tokens(written, start, start + len(written))
        except ParseError as error:
            error.span = span
            raise
        closing = next(place for place, token in enumerate(tokens) if token.kind == "]")
        names = {token.text for token in tokens[:closing] if token.kind == "name"}
        self.shared.running.update(filter(str.islower, names))
        made = [token._replace(start=start, end=start) for token in tokens[:closing]]
        # Not right before what follows, since a bracket after a sum is one factor of a product.
        made.append(Token("]", MARK, start, start))
        return made + [token._replace(start=end, end=end) for token in tokens[closing + 1 :]]


def _bound(tokens: Sequence[Token]) -> set[str]:
    """The letters that something in a formula runs over."""
    found: set[str] = set()
    for place, token in enumerate(tokens[:-1]):
        if token.text in _RUNNING and tokens[place + 1].kind == "[":
            inside = takewhile(lambda each: each.kind != "]", tokens[place + 2 :])
            found.update(each.text for each in inside if each.kind == "name")
    return found


def _subscripts(tokens: Sequence[Token], known: Collection[str]) -> set[str]:
    """The subscripts that are one letter, and the letters of indices; known names have none."""
    found: set[str] = set()
    for token, following in pairwise((*tokens, Token("end", "", 0, 0))):
        is_whole = token.text in known or ("_" in token.text and following.kind == "[")
        if token.kind == "name" and not is_whole:
            found.add(token.text.rpartition("_")[2])
    return {each for each in found if len(each) == 1}


def _is_of_size(lexeme: Lexeme) -> bool:
    """Whether a limit may have a lexeme in it."""
    is_name = lexeme.kind == "command" and lexeme.text in GREEK
    return is_name or lexeme.kind in {"letter", "number", "+", "-", "(", ")", "_", "{", "}"}
