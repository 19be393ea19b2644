"""What stands in brackets: calls and their options, groups and norms, inner products, blocks."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TypeVar

from dimderiv.errors import LimitError, ParseError, Span
from dimderiv.language import complaints, indexed
from dimderiv.language.indices import IndexReader
from dimderiv.language.numerals import Decimal, Ratio
from dimderiv.language.structure import SPELLED, Options, Steps
from dimderiv.language.syntax import AxisName, Binary, Blocks, Call, Name, Number, Transpose, Tree
from dimderiv.language.vocabulary import BUILTIN_FUNCTIONS, Token

ARGUMENT_LIMIT = 20
AXIS_LIMIT = 20
# How many digits a number after `stride=` has at most.
LONGEST_STEP = 3

GROUPS = {"(": ")", "open": "close"}

Told = TypeVar("Told")


class CallReader(IndexReader):
    """Reads operands that are more than a name or a number."""

    def ones(self) -> Tree:
        """A vector of ones, whose size the surroundings tell."""
        span = self.advance()[2:]
        self.assumptions["1 beside an array is a vector of ones"] = None
        return Call("vector", (Number(Fraction(1), span),), span=span)

    def group(self) -> Tree:
        """An expression in brackets, or in the bars of a norm."""
        opening = self.enter()
        inner = self.expression()
        closing = self.leave(opening, GROUPS[opening.kind])
        if closing.kind == ")":
            return inner
        span = (opening.start, self.end)
        if closing.text in BUILTIN_FUNCTIONS:
            return Call(closing.text, (inner,), span=span)
        return norm_of_order(inner, closing.text, span)

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

    def blocks(self) -> Tree:
        """A matrix of blocks, `[A, B; C, D]`: commas go along a row, semicolons to the next one."""
        if self.is_head():
            raise complaints.said("[", self.token.span)
        opening = self.enter()
        rows = [[self.expression()]]
        while self.token.kind in {",", "row"}:
            if self.advance().kind == "row":
                rows.append([])
            rows[-1].append(self.expression())
        self.leave(opening, "]")
        if len(rows) == len(rows[0]) == 1:
            raise complaints.said("one block", (opening.start, self.end))
        return Blocks(tuple(map(tuple, rows)), (opening.start, self.end))

    def call(self) -> Tree:
        """A function with its arguments, and options after them."""
        function = self.advance()
        opening = self.enter()
        pattern = self.advance() if self.token.kind == "quoted" else None
        arguments: list[Tree] = []
        axis: AxisName | tuple[AxisName, ...] | None = None
        options: dict[str, Steps] = {}
        if pattern and self.token.kind == ",":
            self.advance()
        while True:
            if self.token.kind == "axis" and arguments and not options:
                axis = self.axis()
                break
            if self.token.kind == "option" and arguments:
                name = self.token.text
                options[name] = self.option()
            elif options:
                raise complaints.said("after an option", self.token.span)
            else:
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
        if function.text in SPELLED:
            if axis is not None:
                raise complaints.said("axis", span)
            return self.spelled(function.text, arguments, pattern, options, span)
        if pattern or options:
            text = f"{function.text} has no such argument"
            raise ParseError(text, span=span, hint=f"write {function.text}(...) without it")
        if len(arguments) == 2 and axis is None and _is_rectifier(function.text, arguments):
            first, second = arguments
            is_first = isinstance(first, Number) and not first.value
            return Call("relu", (second if is_first else first,), span=span)
        return Call(function.text, tuple(arguments), axis, span=span)

    def spelled(
        self,
        function: str,
        arguments: list[Tree],
        pattern: Token | None,
        options: Options,
        span: Span,
    ) -> Tree:
        """What a function that stands for another formula is."""
        if (pattern is None) is (function == "einsum"):
            raise ParseError(f"{function} has other arguments", span=span, hint=indexed.EXAMPLE)
        if function in {"hcat", "vcat"}:
            if options:
                raise complaints.said("after an option", span)
            rows = [arguments] if function == "hcat" else [[each] for each in arguments]
            return Blocks(tuple(map(tuple, rows)), span) if len(arguments) > 1 else arguments[0]
        self.has_letters = True
        taken = {*self.known, *self.sizes}
        if pattern:
            return indexed.spelled_einsum(pattern.text, arguments, taken, span)
        return indexed.spelled_convolution(function, arguments, options, taken, span)

    def option(self) -> Steps:
        """The whole numbers after `stride=` and the like: one, or several in brackets."""
        return self.told(self.whole_number)

    def told(self, read: Callable[[], Told]) -> tuple[Told, ...]:
        """What stands after a name and its equals sign: one thing, or several in brackets."""
        self.advance()
        self.advance()
        if self.token.kind != "(":
            return (read(),)
        opening = self.enter()
        found = [read()]
        while self.token.kind == ",":
            self.advance()
            found.append(read())
        self.leave(opening, ")")
        return tuple(found)

    def whole_number(self) -> int:
        """A whole number, not a large one."""
        if self.token.kind != "number" or not self.token.text.isdigit():
            raise complaints.said("no whole number", self.token.span)
        if len(self.token.text) > LONGEST_STEP:
            raise complaints.said("no whole number", self.token.span)
        return int(self.advance().text)

    def axis(self) -> AxisName | tuple[AxisName, ...]:
        """What stands after `axis=`: a number, a letter, or several of them in brackets."""
        axes = self.told(self.one_axis)
        return axes if len(axes) > 1 else axes[0]

    def one_axis(self) -> AxisName:
        """An axis by its number, which may count from the end, or by its letter."""
        is_negative = self.token.kind == "-"
        if is_negative:
            self.advance()
        value = self.token
        if value.kind == "name" and not is_negative:
            return self.advance().text
        if value.kind != "number":
            raise ParseError(
                "'axis=' has no value", span=(self.end, self.end), hint="write axis=0 or axis=1"
            )
        if not value.text.isdigit() or int(value.text) >= AXIS_LIMIT:
            raise ParseError(
                f"there is no axis {value.text}",
                span=value.span,
                hint="write axis=0 (down the columns) or axis=1 (along the rows)",
            )
        self.advance()
        return -int(value.text) if is_negative else int(value.text)


def _is_rectifier(function: str, arguments: Sequence[Tree]) -> bool:
    """Whether it is the larger of 0 and something."""
    return function == "max" and any(isinstance(x, Number) and not x.value for x in arguments)


def norm_of_order(operand: Tree, order: str, span: Span) -> Tree:
    """`||x||_p` by its definition; an even power needs no absolute values.

    Args:
        operand: what stands in the bars.
        order: a letter, or a number.
        span: where the norm stands.
    """
    is_even = order.isdigit() and int(order) % 2 == 0
    exponent = Number(exact(order), span) if order[0].isdigit() else Name(order, span)
    sizes = operand if is_even else Call("abs", (operand,), span=operand.span)
    total = Call("sum", (Binary(".^", sizes, exponent, operand.span),), span=span)
    return Binary("^", total, Binary("/", Number(Fraction(1), span), exponent, span), span)


@lru_cache(maxsize=512)
def exact(number: str) -> Fraction:
    """The number that digits say."""
    if "/" in number:
        return Ratio(number)
    return Fraction(number) if number.isdigit() else Decimal(number)
