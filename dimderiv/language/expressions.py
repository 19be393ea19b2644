"""Tokens to the tree of an expression, by one method for each level of precedence.

From loose to tight: comparisons; `+ -`; a leading minus; products, quotients and juxtaposition,
left to right; powers, transposes and index brackets, left to right.
"""

from fractions import Fraction

from dimderiv.language import complaints
from dimderiv.language.brackets import closing_bracket
from dimderiv.language.calls import GROUPS, CallReader, exact
from dimderiv.language.syntax import (
    Add,
    Binary,
    Call,
    Name,
    Negative,
    Number,
    Operator,
    Transpose,
    Tree,
)
from dimderiv.language.vocabulary import EULER, ONES

_COMPARISONS: dict[str, Operator] = {">": ">", "<": "<", ">=": ">=", "<=": "<=", "==": "=="}
_PRODUCTS: dict[str, Operator] = {"*": "*", ".*": ".*", "/": "/", "./": "./"}
_WHOLE: Operator = "//"
_LEFT_DIVISION = "\\"
_JOINTS = frozenset({*_PRODUCTS, _LEFT_DIVISION})
_POWERS: dict[str, Operator] = {"^": "^", ".^": ".^"}
_SIGNS = frozenset("+-")
_POSTFIXES = frozenset({"'", "^", ".^", "["})
_STARTS_OPERAND = frozenset(
    {"number", "name", "function", "(", "[", "open", "⟨", "reduction", ONES, EULER}
)


class ExpressionReader(CallReader):
    """Reads expressions by precedence; what is in brackets, the classes above it read."""

    def expression(self) -> Tree:
        """An index form, a comparison of two sums, or a sum."""
        if self.token.kind == "[" and self.is_head():
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
        r"""Powers side by side or with `* .* / ./ \` between them, with leading signs."""
        minus = self.signs() if self.token.kind in _SIGNS else None
        start = self.token.start
        node = self.power()
        if self.token.kind == "⊗":
            node = self.kronecker(node, start)
        while True:
            kind = self.token.kind
            if kind in _STARTS_OPERAND:
                if kind == "[" and not isinstance(node, Number):
                    self.refuse_loose_brackets()
                node = Binary("*", node, self.power(), (start, self.end))
            elif kind in _JOINTS or (kind == "//" and self.in_size):
                self.advance()
                inner = self.signs()
                right = self.negated(self.power(), inner)
                span = (start, self.end)
                if kind == _LEFT_DIVISION:
                    node = Call("solve", (node, right), span=span)
                else:
                    node = Binary(_PRODUCTS.get(kind, _WHOLE), node, right, span)
            elif kind == "⊗":
                raise complaints.out_of_place(self.token, nested=False)
            else:
                return self.negated(node, minus) if minus else node

    def kronecker(self, node: Tree, start: int) -> Tree:
        """A Kronecker product, a whole term: what else is multiplied stands outside brackets."""
        while self.token.kind == "⊗":
            self.advance()
            node = Call("kron", (node, self.power()), span=(start, self.end))
        if self.token.kind in _STARTS_OPERAND | _JOINTS:
            raise complaints.said("⊗ goes on", self.token.span)
        return node

    def refuse_loose_brackets(self) -> None:
        """Refuse `X [i, j]`, which may be an entry or a product with a row of blocks."""
        end = closing_bracket(self.tokens, self.index)
        if not any(token.kind == "row" for token in self.tokens[self.index : end]):
            raise complaints.said("loose [", self.token.span)

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
                if not self.is_glued():
                    break
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
        if self.token.kind == "reduction":
            raise complaints.out_of_place(self.token, nested=False)
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
            if text in self.pending and not self.in_index:
                raise complaints.used_too_early(self.token, self.defining)
            self.advance()
            return Name(text, (start, end))
        if kind == "number":
            self.advance()
            return Number(exact(text), (start, end))
        if kind == "function":
            return self.call()
        if kind in GROUPS:
            return self.group()
        if kind == "[":
            return self.blocks()
        if kind == "reduction":
            return self.reduction()
        if kind == "⟨":
            return self.inner_product()
        if kind == ONES:
            return self.ones()
        if kind == EULER:
            raise complaints.said("exponent of e", self.token.span)
        raise complaints.missing_operand(self.tokens, self.index)
