"""The errors for tokens out of place: what is wrong, where, and what to try.

What is missing is pointed at after the last token that was read.
"""

from collections.abc import Sequence

from dimderiv.errors import ParseError, Span
from dimderiv.language.syntax import Entry, Name, Tree, walk
from dimderiv.language.vocabulary import Token

QUOTES = frozenset({"'", "\N{RIGHT SINGLE QUOTATION MARK}"})
INDEX_FORM = "write an index form like [i:m, j:n] A[i,k] B[k,j]"

_CLOSERS = {"(": ")", "[": "]", "⟨": "⟩"}
# By the kind of a token, or by what is wrong: the message, and what to try.
_SAID = {
    ")": ("this bracket closes nothing", "delete it, or open a bracket before it"),
    "]": ("this bracket closes nothing", "delete it; square brackets are only for index forms"),
    "row": ("a semicolon in square brackets begins the next row of blocks", "write [A, B; C, D]"),
    "//": (
        "'//' divides index letters, and sizes in the head of an index statement",
        "write / by a scalar, ./ for each entry",
    ),
    "loose [": (
        "a square bracket beside an operand may be an entry of it or a block",
        "write X[i,j] without a space for an entry, X * [a, b] for a product",
    ),
    "one block": (
        "there is one operand in these square brackets",
        "use round brackets; blocks are written [A, B; C, D]",
    ),
    "E[": (
        "square brackets right after E would be an entry of it",
        "write mean(x): expectations are not in the language",
    ),
    "step of a slice": (
        "a slice has no step",
        "write it with a letter: [i] x[2i] for every second entry",
    ),
    "no reduction": (
        "a reduction runs over letters, each with one axis",
        "write sum[k] A[i,k] B[k,j], or sum[i,j] A[i,j]",
    ),
    ",": ("a comma stands only between the arguments of a function", "separate statements with ;"),
    ":": ("a colon stands only in the head of an index form", INDEX_FORM),
    "size goes on": (
        "the letter after a size would be a factor of the size",
        "a comma before it: (c, r:2, s:2) or [i:m, j:n]",
    ),
    "=": ("the left side of '=' is a single name", "write a definition like r = X w - y"),
    "= inside": ("'=' cannot stand inside brackets", "write axis=0 or axis=1 as the last argument"),
    "[": (
        "an index statement is an operand only in brackets",
        "write ([i,j] A[i,k] B[k,j]), or give it a name: C[i,j] = A[i,k] B[k,j]",
    ),
    "⟩": ("this bracket closes nothing", "delete it, or open one before it: ⟨A, X⟩"),
    "⊗": (
        "a Kronecker product beside other products needs brackets",
        "write A (B ⊗ C), (A B) ⊗ C or kron(A, B)",
    ),
    "⊗ goes on": (
        "a Kronecker product beside other products needs brackets",
        "write (A ⊗ B) x, A ⊗ (B x) or kron(A, B)",
    ),
    "axis": (
        "an axis is the last argument of a function",
        "write sum(X, axis=0) or sum(X, axis=1)",
    ),
    "option": (
        "an option is one of the last arguments of a function",
        "write conv2d(X, W, stride=2, padding=1)",
    ),
    "after an option": (
        "an argument follows an option",
        "put the options last: conv2d(X, W, stride=2, padding=1)",
    ),
    "no whole number": (
        "stride, padding and dilation are whole numbers",
        "write stride=2, or stride=(2, 1) for two axes",
    ),
    "quoted": (
        "a quoted text is the first argument of einsum, and nothing else",
        'write einsum("ij,jk->ik", A, B); every other word is a symbol or a function',
    ),
    "prime apart": (
        "a prime stands right after what it transposes, without a space",
        "write x' y; the language has no quoted texts",
    ),
    "exponent of e": (
        "where the exponent of e ends is not clear",
        "write exp(...), or put brackets around the exponent",
    ),
    "⟨ of two": (
        "an inner product is one of two arrays",
        "write it as ⟨A, X⟩, which is tr(A'X)",
    ),
    "unused value": (
        "this value has no name, and statements follow it",
        "give it a name, or end a line that goes on with an operator",
    ),
    "no letter": (
        "square brackets at the start are the head of an index form, of lower-case letters",
        INDEX_FORM,
    ),
    "no index": (
        "an index is made of letters, sizes, whole numbers, + and - and products",
        "write an index such as i + 2 k",
    ),
} | dict.fromkeys(
    ("<", ">", "<=", ">=", "=="),
    ("comparisons do not chain", "write (a < b) .* (b < c)"),
)


def said(wrong: str, span: Span) -> ParseError:
    """The error for what is wrong in itself, whatever stands around it."""
    message, hint = _SAID[wrong]
    return ParseError(message, span=span, hint=hint)


def glued_to_a_norm(text: str, span: Span) -> ParseError:
    """The error for a figure or an F right after the bars of a norm."""
    written = {
        **{"F": "||X||_F", "1": "||x||_1", "2": "||x||_2, or ||x||^2 for the square"},
        **dict.fromkeys(("inf", "infty", "∞"), "||x||_inf"),
    }.get(text)
    written = written or "one of _1 _2 _inf _F _* after the bars"
    return ParseError(
        f"{text} right after a norm may be its index or a factor",
        span=span,
        hint=f"write {written}; a factor stands in front",
    )


def missing_operand(tokens: Sequence[Token], index: int) -> ParseError:
    """The error where an operand should begin and something else does."""
    token = tokens[index]
    previous = tokens[index - 1] if index else None
    if token.kind in {"axis", "option", "quoted"}:
        return out_of_place(token, nested=True)
    if token.kind == "<":
        return ParseError(
            "there is no operand before '<'",
            span=token.span,
            hint="write x'y, or ⟨x, y⟩, for an inner product",
        )
    if previous is None or previous.kind == ";":
        continued = previous is not None and previous.text == "\n"
        return ParseError(
            f"there is no operand before {token.text!r}",
            span=token.span,
            hint="end the line before with the operator"
            if continued
            else "put a symbol, a number or a bracket before it",
        )
    if previous.kind == "(" and token.kind == ")":
        return ParseError(
            "there is nothing in these brackets",
            span=(previous.start, token.end),
            hint="put an expression between them",
        )
    if previous.kind == "^" and token.kind in {"+", "*"}:
        return ParseError(
            f"^{token.text} is no power",
            span=(previous.start, token.end),
            hint="write pinv(A) for a pseudo-inverse"
            if token.kind == "+"
            else "write ' for a transpose; everything is real",
        )
    return ParseError(
        f"an operand is missing after {previous.text!r}",
        span=(previous.end, previous.end),
        hint="put a symbol, a number or a bracket there",
    )


def out_of_place(token: Token, *, nested: bool) -> ParseError:
    """The error for a token that cannot follow a complete expression."""
    kind = "= inside" if token.kind == "=" and nested else token.kind
    if kind in _SAID:
        return said(kind, token.span)
    message, hint = f"{token.text!r} cannot stand here", "put an operator before it"
    return ParseError(message, span=token.span, hint=hint)


def not_closed(source: str, opening: Token, end: int) -> ParseError:
    """The error for a bracket or a norm without its end."""
    closer = _CLOSERS.get(opening.kind, opening.text)
    what = "the norm is not closed" if opening.kind == "open" else "a bracket is not closed"
    return ParseError(
        f"{what}: {closer!r} is missing",
        span=(end, end),
        known=[f"{opening.text!r} opens at {place(source, opening.start)}"],
        hint=f"add {closer!r}",
    )


def redefined(source: str, token: Token, first: Span) -> ParseError:
    """The error for a second definition of a name."""
    return ParseError(
        f"{token.text} is defined twice",
        span=token.span,
        known=[f"{token.text} is defined at {place(source, first[0])}"],
        hint="give the second value another name",
    )


def used_too_early(token: Token, defining: str | None) -> ParseError:
    """The error for a name that stands before its definition or in it."""
    own = token.text == defining
    message = f"{token.text} is used {'in its own definition' if own else 'before it is defined'}"
    hint = "give the new value another name" if own else "put its definition first"
    return ParseError(message, span=token.span, hint=hint)


def letters_are_sizes(letters: Sequence[Token]) -> ParseError:
    """The error for sizes of axes as letters."""
    names = ", ".join(dict.fromkeys(letter.text for letter in letters))
    message = f"{names} are declared, so they cannot be letters in brackets"
    if len(letters) == 1:
        message = (
            f"{names} is declared as a size or as labels, so it cannot be a letter in brackets"
        )
    return ParseError(
        message,
        span=letters[0].span,
        hint=f"other letters, such as i; or other names for the sizes, not {names}",
    )


def letter_as_number(name: Name) -> ParseError:
    """The error for a letter outside of square brackets, as in `[i] i x[i]`."""
    return ParseError(
        f"{name.name} is an index letter here, and stands outside of square brackets",
        span=name.span,
        hint="another letter in the brackets, or a vector with the numbers: w[i] for w_i = i",
    )


def symbol_as_letter(name: str, value: Tree) -> ParseError:
    """The error for `E[y,:]` with a y that is declared, and neither as a size nor as labels."""
    entries = [part for part in walk(value) if isinstance(part, Entry)]
    arrays = {id(entry.operand) for entry in entries}
    places = [part for entry in entries for index in entry.indices for part in walk(index)]
    span = next(p.span for p in places if p == Name(name) and id(p) not in arrays)
    return ParseError(
        f"{name} has a meaning already, and is neither a size nor labels, so it is no index here",
        span=span,
        hint=f"declare labels, such as {name}: N labels K; or take another letter, such as i",
    )


def letters_side_by_side(letters: Sequence[str], span: Span) -> ParseError:
    """The error for `X[i j]`."""
    return ParseError(
        f"{' '.join(letters)} may be several indices, or one axis of several letters",
        span=span,
        hint=f"write [{','.join(letters)}] for several axes, [({' '.join(letters)})] for one",
    )


def reach_of_reduction(function: Token, written: str) -> ParseError:
    """The error for `max[k](S[i,k]) x[i]`, which may be a product in the maximum or beside it."""
    return ParseError(
        f"how far {function.text} reaches is not clear",
        span=(function.start, function.start + len(written)),
        hint=f"write ({function.text}[k] a[k]) b for a factor b beside it, "
        f"{function.text}[k] (a[k] b) for one in it",
    )


def letter_twice(letter: Token) -> ParseError:
    """The error for the head of an index form with one letter for two axes."""
    return ParseError(
        f"the letter {letter.text} stands for two axes",
        span=letter.span,
        hint="give each axis its own letter",
    )


def place(source: str, offset: int) -> str:
    r"""Where an offset is, for a person.

    >>> place("a b", 2), place("a\nb", 2)
    ('column 3', 'line 2, column 1')
    """
    line_start = source.rfind("\n", 0, offset) + 1
    column = f"column {offset - line_start + 1}"
    return f"line {source.count(chr(10), 0, offset) + 1}, {column}" if "\n" in source else column
