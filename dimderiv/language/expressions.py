"""Tokens to the tree of an expression, by one method for each level of precedence.

From loose to tight: comparisons; `+ -`; a leading minus; products, quotients and juxtaposition,
left to right; powers, transposes and index brackets, left to right.
"""

import re
from collections.abc import Collection, Sequence
from fractions import Fraction
from functools import lru_cache

from dimderiv.errors import LimitError, ParseError
from dimderiv.language import complaints
from dimderiv.language.numerals import Decimal, Ratio
from dimderiv.language.syntax import (
    Add,
    Binary,
    Call,
    Entry,
    IndexForm,
    Name,
    Negative,
    Number,
    Operator,
    Transpose,
    Tree,
    children,
)
from dimderiv.language.vocabulary import EULER, ONES, Token

NESTING_LIMIT = 100
ARGUMENT_LIMIT = 20

_COMPARISONS: dict[str, Operator] = {">": ">", "<": "<", ">=": ">=", "<=": "<="}
_PRODUCTS: dict[str, Operator] = {"*": "*", ".*": ".*", "/": "/", "./": "./"}
_POWERS: dict[str, Operator] = {"^": "^", ".^": ".^"}
_SIGNS = frozenset("+-")
_POSTFIXES = frozenset({"'", "^", ".^", "["})
_STARTS_OPERAND = frozenset({"number", "name", "function", "(", "open", "⟨", ONES, EULER})
_GROUPS = {"(": ")", "open": "close"}
_ENDS_GROUP = frozenset({"end", ";", ")", "]", "⟩", "close"})
_LETTER = re.compile(r"[a-z][0-9]*")


class ExpressionReader:
    """Reads tokens once, from left to right.

    Args:
        source: the text of the tokens.
        tokens: all tokens, the last one of kind `end`.
        pending: names that are defined further on and cannot be used yet.
    """

    def __init__(self, source: str, tokens: list[Token], pending: Collection[str] = ()) -> None:
        self.source = source
        self.tokens = tokens
        self.index = 0
        self.token = tokens[0]
        self.end = 0
        self.nesting = 0
        self.in_index_form = False
        self.assumptions: dict[str, None] = {}
        self.pending = set(pending)
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

    def expression(self) -> Tree:
        """An index form, a comparison of two sums, or a sum."""
        if self.token.kind == "[":
            return self.index_form()
        start = self.token.start
        left = self.sum()
        operator = _COMPARISONS.get(self.token.kind)
        if operator is None:
            return left
        self.advance()
        right = self.sum()
        if self.token.kind in _COMPARISONS:
            raise complaints.out_of_place(self.token, nested=False)
        return Binary(operator, left, right, (start, self.end))

    def sum(self) -> Tree:
        """Products with `+` and `-` between them."""
        start = self.token.start
        terms = [self.product()]
        while self.token.kind in _SIGNS:
            sign = self.advance()
            term = self.product()
            if sign.kind == "-":
                term = Negative(term, (sign.start, self.end))
            terms.append(term)
        return terms[0] if len(terms) == 1 else Add(tuple(terms), (start, self.end))

    def product(self) -> Tree:
        """Powers side by side or with `* .* / ./` between them, with leading signs."""
        minus = self.signs() if self.token.kind in _SIGNS else None
        start = self.token.start
        node = self.power()
        if self.token.kind == "⊗":
            node = self.kronecker(node, start)
        while True:
            kind = self.token.kind
            if kind in _STARTS_OPERAND:
                node = Binary("*", node, self.power(), (start, self.end))
            elif kind in _PRODUCTS:
                self.advance()
                inner = self.signs()
                right = self.negated(self.power(), inner)
                node = Binary(_PRODUCTS[kind], node, right, (start, self.end))
            elif kind == "⊗":
                raise complaints.out_of_place(self.token, nested=False)
            else:
                return self.negated(node, minus) if minus else node

    def kronecker(self, node: Tree, start: int) -> Tree:
        """A Kronecker product, a whole term: what else is multiplied stands outside brackets."""
        while self.token.kind == "⊗":
            self.advance()
            node = Call("kron", (node, self.power()), span=(start, self.end))
        if self.token.kind in _STARTS_OPERAND or self.token.kind in _PRODUCTS:
            raise complaints.said("⊗ goes on", self.token.span)
        return node

    def signs(self) -> list[int]:
        """Go past leading signs; where each minus stands."""
        starts = []
        while self.token.kind in _SIGNS:
            sign = self.advance()
            if sign.kind == "-":
                starts.append(sign.start)
        return starts

    def negated(self, node: Tree, minus: list[int]) -> Tree:
        """The node with its minus signs before it."""
        for start in reversed(minus):
            node = Negative(node, (start, self.end))
        return node

    def power(self) -> Tree:
        """A primary with the transposes, powers and index brackets after it."""
        if self.token.kind == EULER:
            return self.exponential()
        start = self.token.start
        node = self.primary()
        while (kind := self.token.kind) in _POSTFIXES:
            if kind == "'":
                self.advance()
                node = Transpose(node, (start, self.end))
            elif kind == "[":
                node = self.entry(node, start)
            else:
                node = self.raised(node, start)
        return node

    def raised(self, base: Tree, start: int) -> Tree:
        """A base with a power; `^T` and `^-T` are transposes."""
        operator = _POWERS[self.advance().kind]
        minus = [self.advance().start] if self.token.kind == "-" else []
        if operator == "^" and self.token.text == "T":
            transposed = self.advance()
            span = (start, transposed.end)
            if minus:
                one = Number(Fraction(1), transposed.span)
                base = Binary(operator, base, self.negated(one, minus), span)
            return Transpose(base, span)
        exponent = self.negated(self.primary(), minus)
        return Binary(operator, base, exponent, (start, self.end))

    def exponential(self) -> Tree:
        """`e` with its power, which ends where a power does."""
        letter = self.advance()
        self.advance()
        minus = [self.advance().start] if self.token.kind == "-" else []
        exponent = self.negated(self.primary(), minus)
        if self.token.kind in _POSTFIXES:
            raise complaints.said("exponent of e", self.token.span)
        self.assumptions[f"{EULER}^x is exp(x)"] = None
        return Call("exp", (exponent,), span=(letter.start, self.end))

    def primary(self) -> Tree:
        """A name, a number, a call, or a group."""
        kind, text, start, end = self.token
        if kind == "name":
            if text in self.pending:
                raise complaints.used_too_early(self.token, self.defining)
            self.advance()
            return Name(text, (start, end))
        if kind == "number":
            self.advance()
            return Number(_exact(text), (start, end))
        if kind == "function":
            return self.call()
        if kind in _GROUPS:
            return self.group()
        if kind == "⟨":
            return self.inner_product()
        if kind == ONES:
            return self.ones()
        if kind == EULER:
            raise complaints.said("exponent of e", self.token.span)
        raise complaints.missing_operand(self.tokens, self.index)

    def ones(self) -> Tree:
        """A vector of ones, whose size the surroundings tell."""
        span = self.advance()[2:]
        self.assumptions["1 beside an array is a vector of ones"] = None
        return Call("vector", (Number(Fraction(1), span),), span=span)

    def group(self) -> Tree:
        """An expression in brackets, or in the bars of a norm."""
        opening = self.enter()
        inner = self.expression()
        closing = self.leave(opening, _GROUPS[opening.kind])
        if closing.kind == ")":
            return inner
        return Call(closing.text, (inner,), span=(opening.start, self.end))

    def inner_product(self) -> Tree:
        """`⟨A, X⟩`, the sum over the products of entries of two arrays of one shape."""
        opening = self.enter()
        left = self.expression()
        if self.token.kind != ",":
            raise complaints.said("⟨ of two", self.token.span)
        self.advance()
        right = self.expression()
        self.leave(opening, "⟩")
        span = (opening.start, self.end)
        return Call("tr", (Binary("*", Transpose(left, left.span), right, span),), span=span)

    def call(self) -> Tree:
        """A function with its arguments, the last of which may be `axis=0` or `axis=1`."""
        function = self.advance()
        opening = self.enter()
        arguments: list[Tree] = []
        axis = None
        while True:
            if self.token.kind == "axis" and arguments:
                axis = self.axis()
                break
            arguments.append(self.expression())
            if len(arguments) > ARGUMENT_LIMIT:
                raise LimitError(
                    f"a function has at most {ARGUMENT_LIMIT} arguments",
                    span=function.span,
                    hint="pass fewer arguments",
                )
            if self.token.kind != ",":
                break
            self.advance()
        self.leave(opening, ")")
        span = (function.start, self.end)
        if len(arguments) == 2 and axis is None and _is_rectifier(function.text, arguments):
            first, second = arguments
            is_first = isinstance(first, Number) and not first.value
            return Call("relu", (second if is_first else first,), span=span)
        return Call(function.text, tuple(arguments), axis, span=span)

    def axis(self) -> int:
        """The number after `axis=`."""
        self.advance()
        self.advance()
        value = self.token
        if value.kind == "-":
            raise ParseError(
                "axes are not counted from the end",
                span=value.span,
                hint="write axis=1, the last axis of a matrix, or axis=0",
            )
        if value.kind != "number":
            raise ParseError(
                "'axis=' has no value", span=(self.end, self.end), hint="write axis=0 or axis=1"
            )
        if value.text not in {"0", "1"}:
            raise ParseError(
                f"there is no axis {value.text}",
                span=value.span,
                hint="write axis=0 (down the columns) or axis=1 (along the rows)",
            )
        self.advance()
        return int(value.text)

    def index_form(self) -> Tree:
        """An array given entry by entry, such as `[i:m, j:n] A[i,k] B[k,j]`."""
        if self.in_index_form:
            raise complaints.out_of_place(self.token, nested=True)
        opening = self.enter()
        sizes: dict[str, Tree] = {}
        groups: list[int] = []
        while self.token.kind != "]" or sizes:
            before = len(sizes)
            self.letters(sizes)
            groups.append(len(sizes) - before)
            if self.token.kind != ",":
                break
            self.advance()
        self.leave(opening, "]")
        self.in_index_form = True
        body = self.expression()
        self.in_index_form = False
        merged = tuple(groups) if len(groups) < len(sizes) else ()
        return IndexForm(tuple(sizes.items()), body, merged, (opening.start, self.end))

    def letters(self, sizes: dict[str, Tree]) -> None:
        """Go past one axis in the head of an index form: a letter, or several in brackets."""
        if self.token.kind != "(":
            self.sized_letter(sizes)
            return
        opening = self.enter()
        self.sized_letter(sizes)
        while self.token.kind == ",":
            self.advance()
            self.sized_letter(sizes)
        self.leave(opening, ")")

    def sized_letter(self, sizes: dict[str, Tree]) -> None:
        """Go past a letter of an axis and its size."""
        letter = self.letter()
        if letter.text in sizes:
            raise complaints.letter_twice(letter)
        sizes[letter.text] = self.index_expression()

    def letter(self) -> Token:
        """Go past a letter and a colon in the head of an index form."""
        letter = self.token
        if letter.kind != "name" or not _LETTER.fullmatch(letter.text):
            raise complaints.said("no letter", letter.span)
        self.advance()
        if self.token.kind != ":":
            raise complaints.size_missing(letter)
        self.advance()
        return letter

    def entry(self, operand: Tree, start: int) -> Tree:
        """An operand with index brackets."""
        if not self.in_index_form:
            if self.token.start == self.end:
                raise complaints.entry(self.tokens[self.index - 1], self.token)
            raise complaints.out_of_place(self.token, nested=False)
        opening = self.enter()
        indices = [self.index_expression()]
        while self.token.kind == ",":
            self.advance()
            indices.append(self.index_expression())
        self.leave(opening, "]")
        return Entry(operand, tuple(indices), (start, self.end))

    def index_expression(self) -> Tree:
        """A sum of products of letters, sizes and whole numbers."""
        node = self.sum()
        parts = [node]
        while parts:
            part = parts.pop()
            match part:
                case Number(value) if value.denominator == 1:
                    pass
                case Name() | Negative() | Add() | Binary("*"):
                    parts.extend(children(part))
                case _:
                    raise complaints.said("no index", part.span)
        return node


def _is_rectifier(function: str, arguments: Sequence[Tree]) -> bool:
    """Whether it is the larger of 0 and something."""
    return function == "max" and any(isinstance(x, Number) and not x.value for x in arguments)


@lru_cache(maxsize=512)
def _exact(number: str) -> Fraction:
    if "/" in number:
        return Ratio(number)
    return Fraction(number) if number.isdigit() else Decimal(number)
