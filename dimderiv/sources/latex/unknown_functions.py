r"""Functions that are declared only, and their derivatives, as books write them.

`\nabla f(x)`, `\nabla^{2}_{12} f(x, y)`, `J_{r}(x)`, `\partial_{1} f(x, t)`, `K'(t)`, an entry as
`r_{i}(x)`, its Hessian as `\nabla^{2} r_{i}(x)`, and `\frac{\partial K(\theta)}{\partial
\theta_{i}}`.
"""

from collections.abc import Iterator
from typing import NamedTuple

from dimderiv.language import (
    BUILTIN_FUNCTIONS,
    GRADIENT,
    HESSIAN,
    HESSIANS,
    JACOBIAN,
    MARK,
    RATE,
    SECOND_RATE,
    Token,
    figured,
)
from dimderiv.sources.latex.calls import CallReader
from dimderiv.sources.latex.cursor import Argument
from dimderiv.sources.latex.lexemes import Lexeme

_RATES = {1: RATE, 2: SECOND_RATE}


class _Head(NamedTuple):
    """What stands before the brackets: the function, and the index of an entry."""

    function: str
    entry: Argument | None = None


class UnknownFunctionReader(CallReader):
    """Reads functions that are declared only."""

    def unknown_function(self) -> list[Token] | None:
        """A derivative or an entry of a declared function; nothing where none comes next."""
        before, end, first = self.place, self.end, self.lexeme
        head = self._head(first)
        if head is None or not self.is_at("("):
            self.place, self.end = before, end
            return None
        tokens = [Token("function", head.function, first.start, self.end)]
        tokens += self.arguments(head.function, first, [])
        if head.entry is not None:
            tokens += self.entry(head.entry, self.end)
        return self.with_scripts(tokens, first.start)

    def _head(self, first: Lexeme) -> _Head | None:
        if first.text in {"nabla", "partial"} and first.kind == "command":
            return self._signed()
        if first.text == "J" and self.ahead(1).kind == "_":
            self.advance()
            self.advance()
            return self._known(f"{JACOBIAN}{''.join(self.argument().texts)}")
        if first.kind not in {"letter", "command"}:
            return None
        name = self.advance().text
        if name not in self.shared.functions or name in BUILTIN_FUNCTIONS:
            return None
        if self.is_at("_"):
            return self._indexed(name)
        primes = 0
        while self.is_at("'"):
            self.advance()
            primes += 1
        return self._known(_RATES[primes] + name) if primes in _RATES else None

    def _signed(self) -> _Head | None:
        r"""What begins with `\nabla`, or with `\partial` and a number."""
        signs = [GRADIENT] if self.advance().text == "nabla" else [JACOBIAN]
        if self.is_at("^"):
            self.advance()
            if signs != [GRADIENT] or self.argument().texts != ["2"]:
                return None
            signs = [HESSIAN, HESSIANS]
        places = self._places()
        name = self.lexeme.text
        if places is None or (signs == [JACOBIAN] and not places):
            return None
        found = [figured(sign, places, name) for sign in signs]
        function = next((each for each in found if each in self.shared.functions), None)
        if function is None:
            return None
        self.advance()
        return self._indexed(function) if self.is_at("_") else _Head(function)

    def _places(self) -> list[int] | None:
        """The numbers of arguments in a subscript; nothing where it is another one."""
        if not self.is_at("_"):
            return []
        self.advance()
        figures = "".join(self.argument().texts)
        return [int(each) - 1 for each in figures] if figures.isdecimal() else None

    def _indexed(self, function: str) -> _Head | None:
        self.advance()
        index = self.argument()
        are_letters = all(each.kind in {"letter", ","} for each in index.lexemes)
        return _Head(function, index) if are_letters else None

    def _known(self, function: str) -> _Head | None:
        return _Head(function) if function in self.shared.functions else None

    def partial_derivative(self) -> list[Token] | None:
        r"""`\frac{\partial K(\theta)}{\partial \theta_{i}}`; nothing where another fraction is."""
        if self.ahead(2).text != "partial":
            return None
        before, end, first = self.place, self.end, self.advance()
        above, below = self.argument(), self.argument()
        parts = [each.lexemes[:1] and each.lexemes[0].text == "partial" for each in (above, below)]
        name = above.texts[1] if len(above.texts) > 1 else ""
        function = JACOBIAN + name
        by = [each.text for each in below.lexemes]
        if not all(parts) or function not in self.shared.functions or by[2:3] != ["_"]:
            self.place, self.end = before, end
            return None
        inner = self.within(above.lexemes[2:], above.end)
        index = self.within(below.lexemes[3:], below.end).argument()
        tokens = [Token("function", function, first.start, above.start)]
        tokens += inner.arguments(function, first, [])
        tokens += self._last(index, tokens[-1].end)
        return self.with_scripts(tokens, first.start)

    def _last(self, index: Argument, start: int) -> Iterator[Token]:
        """The part of a matrix for one entry of what it depends on."""
        opening, *inside, closing = self.entry(index, start)
        yield opening
        for _ in range(2):
            yield Token(":", MARK, index.start, index.start)
            yield Token(",", MARK, index.start, index.start)
        yield from [*inside, closing]
