"""Text to a program: the statements, the order of their names, and the limits on size and depth.

>>> parse_expression("-2 x'")
Negative(operand=Binary(operator='*', left=Number(value=Fraction(2, 1)), \
right=Transpose(operand=Name(name='x'))))
"""

from collections.abc import Collection

from dimderiv.errors import DimderivError, LimitError, ParseError, Span
from dimderiv.language import complaints
from dimderiv.language.expressions import ExpressionReader
from dimderiv.language.syntax import Program, Statement, Tree, children
from dimderiv.language.tokens import tokenize
from dimderiv.language.vocabulary import BUILTIN_FUNCTIONS, Token

SOURCE_LIMIT = 200_000
STATEMENT_LIMIT = 5_000
DEPTH_LIMIT = 200

_ENDS_STATEMENT = frozenset({"end", ";"})
# No token makes more than three levels of the tree, so short statements need no measuring.
_LEVELS_PER_TOKEN = 3


def parse_program(
    source: str, *, names: Collection[str] = (), functions: Collection[str] = BUILTIN_FUNCTIONS
) -> Program:
    """The statements of a text.

    Args:
        source: statements separated by `;` or newlines; the last one is the value.
        names: declared names, of symbols and dimensions; they may be longer than a letter.
        functions: the names that are functions; their aliases are understood as well.

    Returns:
        The program, with a span on every node.

    Raises:
        ParseError: the text is not in the language.
        UnknownNameError: brackets after a word that is no function.
        LimitError: the text is too long, or nested too deeply.

    >>> [statement.name for statement in parse_program("r = Xw - y; r'r").statements]
    ['r', None]
    """
    try:
        if len(source) > SOURCE_LIMIT:
            raise LimitError(
                f"the text has {len(source)} characters; at most {SOURCE_LIMIT} are read",
                hint="shorten the text",
            )
        tokens = tokenize(source, names=names, functions=functions)
        return _StatementReader(source, tokens).program()
    except RecursionError:
        # Only where the caller's own stack is nearly full already.
        raise LimitError(
            "the brackets are nested too deep for the stack that is left",
            source=source,
            hint="give the inner parts names: y = ...; ...",
        ) from None
    except DimderivError as error:
        error.located(source)
        raise


def parse_expression(
    source: str, *, names: Collection[str] = (), functions: Collection[str] = BUILTIN_FUNCTIONS
) -> Tree:
    """The tree of a single expression.

    Args:
        source: one expression, without definitions.
        names: declared names, as for `parse_program`.
        functions: the names that are functions.

    Returns:
        The root of the tree.

    Raises:
        ParseError: the text is not one expression.
        UnknownNameError: brackets after a word that is no function.
        LimitError: the text is too long, or nested too deeply.
    """
    first, *others = parse_program(source, names=names, functions=functions).statements
    if others or first.name is not None:
        raise ParseError(
            "one expression is wanted here, without definitions",
            span=others[0].span if others else first.span,
            source=source,
            hint="write the value alone",
        )
    return first.value


class _StatementReader(ExpressionReader):
    """Reads statements; a name is pending until its own statement is over."""

    def __init__(self, source: str, tokens: list[Token]) -> None:
        super().__init__(source, tokens, _left_sides(tokens) if "=" in source else ())
        self.defined: dict[str, Span] = {}

    def program(self) -> Program:
        statements: list[Statement] = []
        while self.skip_separators():
            if statements and statements[-1].name is None:
                raise complaints.said("unused value", statements[-1].span)
            if len(statements) == STATEMENT_LIMIT:
                raise LimitError(
                    f"there are more than {STATEMENT_LIMIT} statements",
                    span=self.token.span,
                    hint="shorten the text",
                )
            statements.append(self.statement())
        if not statements:
            raise ParseError(
                "there is no expression", span=(self.end, self.end), hint="write one such as x' A x"
            )
        return Program(tuple(statements), self.source, tuple(self.assumptions))

    def skip_separators(self) -> bool:
        """Whether a statement follows the separators."""
        while self.token.kind == ";":
            self.advance()
        return self.token.kind != "end"

    def statement(self) -> Statement:
        start, first = self.token.start, self.index
        if self.token.kind == "+" and first and self.tokens[first - 1].text == "\n":
            # Meant as a continuation of the line before, whose value would be lost.
            raise complaints.missing_operand(self.tokens, first)
        name = self.left_side()
        value = self.expression()
        if self.token.kind not in _ENDS_STATEMENT:
            raise complaints.out_of_place(self.token, nested=False)
        if self.index - first > DEPTH_LIMIT // _LEVELS_PER_TOKEN:
            _check_depth(value)
        if name is not None:
            self.pending.discard(name)
        return Statement(name, value, (start, self.end))

    def left_side(self) -> str | None:
        """Go past `name =`, if the statement has it."""
        token = self.token
        self.defining = None
        if token.kind != "name" or self.tokens[self.index + 1].kind != "=":
            return None
        if token.text in self.defined:
            raise complaints.redefined(self.source, token, self.defined[token.text])
        self.defined[token.text] = token.span
        self.defining = token.text
        self.advance()
        self.advance()
        return token.text


def _left_sides(tokens: list[Token]) -> list[str]:
    starts = [0, *(i + 1 for i, token in enumerate(tokens[:-2]) if token.kind == ";")]
    return [
        tokens[i].text for i in starts if tokens[i].kind == "name" and tokens[i + 1].kind == "="
    ]


def _check_depth(value: Tree) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEPTH_LIMIT:
            raise LimitError(
                f"the expression is more than {DEPTH_LIMIT} operations deep",
                span=value.span,
                hint="give its parts names: y = ...; ...",
            )
        level = [child for node in level for child in children(node)]
