"""Text to a program: the statements, the order of their names, and the limits on size and depth.

>>> parse_expression("-2 x'")
Negative(operand=Binary(operator='*', left=Number(value=Fraction(2, 1)), \
right=Transpose(operand=Name(name='x'))))
"""

from collections.abc import Collection, Sequence

from dimderiv.errors import DimderivError, LimitError, ParseError, Span
from dimderiv.language import complaints, indexed
from dimderiv.language.brackets import closing_bracket
from dimderiv.language.expressions import ExpressionReader
from dimderiv.language.indices import Head
from dimderiv.language.letters import named_letters, names_outside_brackets
from dimderiv.language.syntax import Program, Statement, Tree, children, walk
from dimderiv.language.tokens import check_size, completed, tokenize
from dimderiv.language.vocabulary import BUILTIN_FUNCTIONS, Token

SOURCE_LIMIT = 200_000
STATEMENT_LIMIT = 5_000
DEPTH_LIMIT = 200

_ENDS_STATEMENT = frozenset({"end", ";"})
# No token makes more than three levels of the tree, so short statements need no measuring.
_LEVELS_PER_TOKEN = 3


def parse_program(
    source: str,
    *,
    names: Collection[str] = (),
    functions: Collection[str] = BUILTIN_FUNCTIONS,
    sizes: Collection[str] | None = None,
) -> Program:
    """The statements of a text.

    Args:
        source: statements separated by `;` or newlines; the last one is the value.
        names: declared names, of symbols and dimensions; they may be longer than a letter.
        functions: the names that are functions; their aliases are understood as well.
        sizes: the names that are no letters in square brackets: dimensions and symbols of labels;
            all declared ones where that is not known.

    Returns:
        The program, with a span on every node.

    Raises:
        ParseError: the text is not in the language.
        UnknownNameError: brackets after a word that is no function.
        LimitError: the text is too long, or nested too deeply.

    >>> [statement.name for statement in parse_program("r = Xw - y; r'r").statements]
    ['r', None]
    """
    return _program(source, names, functions, sizes, is_closed=True)


def parse_expression(
    source: str,
    *,
    names: Collection[str] = (),
    functions: Collection[str] = BUILTIN_FUNCTIONS,
    sizes: Collection[str] | None = None,
    is_closed: bool = True,
) -> Tree:
    """The tree of a single expression.

    Args:
        source: one expression, without definitions.
        names: declared names, as for `parse_program`.
        functions: the names that are functions.
        sizes: those that are no letters in square brackets, as for `parse_program`.
        is_closed: whether letters are summed that nothing names; in a rule they stay open.

    Returns:
        The root of the tree.

    Raises:
        ParseError: the text is not one expression.
        UnknownNameError: brackets after a word that is no function.
        LimitError: the text is too long, or nested too deeply.
    """
    first, *others = _program(source, names, functions, sizes, is_closed=is_closed).statements
    if others or first.name is not None:
        raise ParseError(
            "one expression is wanted here, without definitions",
            span=others[0].span if others else first.span,
            source=source,
            hint="write the value alone",
        )
    return first.value


def parse_tokens(
    tokens: list[Token], source: str, *, names: Collection[str], sizes: Collection[str]
) -> Program:
    """The statements of tokens that a reader of another language has made.

    Args:
        tokens: those of a text in our language, each with its place in the other text.
        source: the other text.
        names: declared names.
        sizes: those that are no letters in square brackets.

    Raises:
        ParseError: the tokens are no program.
        LimitError: they are nested too deeply, or a number is too long.
    """
    for token in tokens:
        if token.kind == "number":
            check_size(token.text, (token.start, token.end))
    runs = any(token.kind == "reduction" for token in tokens)
    known = frozenset({*names, *_left_sides(tokens)})
    meant = completed(tokens, source, known=known, subscripted=names if runs else None)
    return _StatementReader(source, meant, names, sizes, is_closed=True).program()


def _program(
    source: str,
    names: Collection[str],
    functions: Collection[str],
    sizes: Collection[str] | None,
    *,
    is_closed: bool,
) -> Program:
    try:
        if len(source) > SOURCE_LIMIT:
            raise LimitError(
                f"the text has {len(source)} characters; at most {SOURCE_LIMIT} are read",
                hint="shorten the text",
            )
        known = names if sizes is None else sizes
        tokens = tokenize(source, names=names, functions=functions)
        return _StatementReader(source, tokens, names, known, is_closed).program()
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


class _StatementReader(ExpressionReader):
    """Reads statements; a name is pending until its own statement is over."""

    def __init__(
        self,
        source: str,
        tokens: list[Token],
        names: Collection[str],
        sizes: Collection[str],
        is_closed: bool,
    ) -> None:
        defined = _left_sides(tokens) if "=" in source else []
        super().__init__(source, tokens, {*names, *defined}, sizes, defined)
        self.defined: dict[str, Span] = {}
        self.is_closed = is_closed

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
        self.has_letters = self.has_subscripts = False
        name, head = self.left_side()
        value = self.form(head, start) if head else self.expression()
        if self.token.kind not in _ENDS_STATEMENT:
            raise complaints.out_of_place(self.token, nested=False)
        if self.index - first > DEPTH_LIMIT // _LEVELS_PER_TOKEN:
            _check_depth(value)
        if self.has_letters and self.is_closed:
            value = self.closed(value)
        if name is not None:
            self.pending.discard(name)
        return Statement(name, value, (start, self.end))

    def closed(self, value: Tree) -> Tree:
        """The value with a sum over each letter that it leaves open, or a head of subscripts."""
        written = _letters_named_in(value)
        if self.has_subscripts:
            value = indexed.with_free_subscripts(value, self.sizes)
        value = indexed.explicit(indexed.with_columns(value, self.sizes), self.sizes)
        letters = _letters_named_in(value)
        for letter in letters - written:
            if letter in self.known:
                raise complaints.symbol_as_letter(letter, value)
        for alone, entry in indexed.lone_entries(value):
            summed = f"sum[{','.join(alone)}] {self.source[slice(*entry.span)]}"
            said = f"{' and '.join(alone)} are summed: {summed}"
            self.assumptions[f"{alone[0]} is summed: {summed}" if len(alone) == 1 else said] = None
        for name in names_outside_brackets(value):
            if name.name in letters and name.name not in self.known:
                raise complaints.letter_as_number(name)
        return value

    def left_side(self) -> tuple[str | None, Head | None]:
        """Go past `name =` or `name[letters] =`, if the statement has it."""
        token = self.token
        self.defining = None
        if token.kind != "name" or not _is_left_side(self.tokens, self.index):
            return None, None
        if token.text in self.defined:
            raise complaints.redefined(self.source, token, self.defined[token.text])
        self.defined[token.text] = token.span
        self.defining = token.text
        self.advance()
        head = self.head() if self.token.kind == "[" else None
        self.advance()
        return token.text, head


def _left_sides(tokens: list[Token]) -> list[str]:
    starts = [0, *(i + 1 for i, token in enumerate(tokens[:-2]) if token.kind == ";")]
    return [tokens[i].text for i in starts if tokens[i].kind == "name" and _is_left_side(tokens, i)]


def _is_left_side(tokens: Sequence[Token], place: int) -> bool:
    """Whether an equals sign follows a name, and perhaps its letters in square brackets."""
    following = place + 1
    if tokens[following].kind == "[":
        following = closing_bracket(tokens, following) + 1
    return following < len(tokens) and tokens[following].kind == "="


def _letters_named_in(value: Tree) -> set[str]:
    """The letters that a head or a reduction names."""
    return {letter for part in walk(value) for letter in named_letters(part)}


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
