r"""Derivatives inside a formula: `\|\nabla_x D(x)\|`, `\nabla_x^2 D`, `\nabla_x \cdot f`.

The subscript says by what; without one the whole is differentiated, which is asked for apart.
"""

from collections.abc import Sequence

from dimderiv.errors import ParseError
from dimderiv.language import Token
from dimderiv.sources.latex.cursor import UNSEEN
from dimderiv.sources.latex.names import Scripts
from dimderiv.sources.latex.unknown_functions import UnknownFunctionReader


class DerivativeReader(UnknownFunctionReader):
    """Reads derivatives by a name that stands below their sign."""

    def derivative(self) -> list[Token] | None:
        """A derivative of the next operand; nothing where none comes next."""
        before, end, first = self.place, self.end, self.lexeme
        if first.kind != "command" or first.text not in {"nabla", "Delta"}:
            return None
        self.advance()
        scripts = self.scripts()
        by, function = self._variable(scripts), self._function(first.text, scripts)
        if by is None or not function or not self.starts_operand():
            self.place, self.end = before, end
            return None
        operand, transposes = self._operand(), list[Token]()
        while operand[-1].kind == "'":
            transposes.append(operand.pop())
        here = operand[-1].end
        arguments = [*operand, Token(",", UNSEEN, here, here), by]
        opening, closing = Token("(", UNSEEN, first.end, first.end), Token(")", UNSEEN, here, here)
        head = Token("function", function, first.start, first.end)
        return [head, opening, *arguments, closing, *transposes]

    def _variable(self, scripts: Scripts) -> Token | None:
        """The name below the sign."""
        if len(scripts.below) != 1:
            return None
        inner = self.within(scripts.below[0].lexemes, scripts.below[0].end)
        tokens = inner.named() if inner.is_at_named() else []
        return tokens[0] if len(tokens) == 1 and inner.lexeme is inner.last else None

    def _function(self, sign: str, scripts: Scripts) -> str:
        """Which derivative the sign and what is above it say."""
        above = ["".join(each.texts) for each in scripts.above]
        if sign == "Delta":
            return "laplacian" if not above and self._is_known() else ""
        if not above and self.is_at("cdot"):
            self.advance()
            return "div"
        return {(): "grad", ("2",): "hess"}.get(tuple(above), "")

    def _is_known(self) -> bool:
        r"""Whether a function comes next, so that `\Delta_x D` is no product."""
        name = self.lexeme.text
        return name in self.shared.defined or name in self.shared.functions

    def _operand(self) -> list[Token]:
        """What is differentiated, with its arguments where it is defined with them."""
        first, is_known = self.lexeme, self._is_known()
        operand = self.factor()
        if is_known and len(operand) == 1 and self.is_at("("):
            operand += self.bracket()
        if is_known and _has_power(operand):
            raise ParseError(
                "this may be a power of the derivative, or the derivative of a power",
                span=(first.start, self.end),
                hint="brackets around what the power is of",
            )
        return operand


def _has_power(tokens: Sequence[Token]) -> bool:
    """Whether there is a power outside of brackets."""
    depth = 0
    for token in tokens:
        depth += (token.kind == "(") - (token.kind == ")")
        if not depth and token.kind in {"^", ".^"}:
            return True
    return False
