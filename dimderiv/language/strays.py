"""The errors for characters that the language does not have, each with what to write instead."""

import re
import unicodedata

from dimderiv.errors import ParseError
from dimderiv.language.foreign import ALIASES, instead
from dimderiv.language.questions import ENTRIES
from dimderiv.lazy import pattern

_BARS = ("||", "‖", "∥")
_NAMED_APART = 'write the function alone: what it is differentiated by is --wrt x, or wrt="x"'
_HINTS = {
    "|": "write abs(x), det(A), or ||x|| for a norm",
    ".": "write .* ./ or .^, or .T for a transpose",
    '"': "leave out quotation marks: every word is a symbol or a function",
    "`": "write ' for a transpose",
    "\N{LEFT SINGLE QUOTATION MARK}": "write ' for a transpose",
    "{": "use round brackets",
    "}": "use round brackets",
    "%": "write # for a comment",
    "√": "write sqrt(x)",
    "∇": "write the function alone, or ∇f(x) of a function that is declared: f: n -> scalar",
    "∂": _NAMED_APART,
    "∑": "write sum(x) for the sum of all entries, sum_i x_i for one over a subscript",
    "∏": "write prod(x) for the product of all entries, prod_i x_i for one over a subscript",
    "∫": "write a sum with weights: w'x",
    "†": "write pinv(A), or A' for a transpose",
    "⁺": "write pinv(A), or max(x, 0) for the positive part",
    "∈": "write the shapes apart: X: m x n",
    "→": "write the shapes apart: f: n -> scalar",
    "⊕": "write A + B, or kron(A, eye(n)) + kron(eye(m), B) for the Kronecker sum",
    "÷": "write / by a scalar, ./ for each entry",
    "∞": "write a number or a symbol; the largest absolute value is ||x||_inf",
    "\N{EM DASH}": "write - for a minus",
    "\N{LEFT DOUBLE QUOTATION MARK}": "leave out quotation marks",
    "\N{RIGHT DOUBLE QUOTATION MARK}": "leave out quotation marks",
    "\N{DOUBLE PRIME}": "write '' for two transposes",
    "•": "write a space, or .* for a product of entries",
    "⋆": "write a space, or .* for a product of entries",
    "∛": "write x^(1/3), or x.^(1/3) for each entry",
    "⁄": "write /",
    "←": "write = to define a name",
    "~": "write the formula: distributions are not in the language",
    "!": "write a symbol: factorials are not in the language",
    "?": "write (x > 0) .* a + (x <= 0) .* b",
    "⌊": "write x itself: steps have no derivative",
    "⌈": "write x itself: steps have no derivative",
    "≠": "write 1 - (x >= y) .* (x <= y)",
    "…": "write every term, or a sum",
}
# What an index of a norm begins with that is not in the language, and what to write.
_OF_ROWS_OR_COLUMNS = (
    "write sum(sqrt(sum(X.^2, axis=1))) for the norms of rows, with axis=0 for those of columns"
)
_NORMS = (
    ("inf", "write ||x||_inf"),
    ("∞", "write ||x||_inf"),
    ("op", "write sqrt(eigmax(X' X))"),
    ("sigma", "write sqrt(eigmax(X' X))"),
    ("F", "write ||X||_F"),
    ("2,1", _OF_ROWS_OR_COLUMNS),
    ("1,2", _OF_ROWS_OR_COLUMNS),
    ("1", "write ||x||_1"),
    ("2", "write ||x||_2"),
    ("p", "write ||x||_p"),
    ("A", "write sqrt(x'A x)"),
)
_BRACED = pattern(r"\{([^{}\n]*)\}")
_POINTS = pattern(r"(?:\.[A-Za-z_][A-Za-z0-9_]*)+")
_LIBRARIES = pattern(
    r"\b(?:np|numpy|jnp|jax|torch|scipy|sp|tf|F|nn|linalg|special|la|LinearAlgebra)\Z"
)


def stray_character(source: str, position: int) -> ParseError:
    """The error for a character that begins no token."""
    character = source[position]
    span = (position, position + 1)
    if character == "_":
        return _stray_underscore(source, position)
    if character == "{" and source[position - 1 : position] in {"_", "^"}:
        return _braces(source, position)
    if character == "." and (points := _POINTS.match(source, position)):
        return _after_a_point(source, points)
    if not character.isprintable():
        code = f"U+{ord(character):04X}"
        name = unicodedata.name(character, "a control character")
        return ParseError(
            f"there is an invisible character, {code} ({name})", span=span, hint="delete it"
        )
    plain = unicodedata.normalize("NFKC", character)
    hint = _HINTS.get(character)
    if hint is None and plain != character and plain.isascii():
        hint = f"write {plain}"
    named = "" if character.isascii() else f" ({unicodedata.name(character, 'no name')})"
    return ParseError(
        f"the language has no character {character}{named}",
        span=span,
        hint=hint or "use only letters, digits, operators and brackets",
    )


def _stray_underscore(source: str, position: int) -> ParseError:
    before = source[max(0, position - 20) : position]
    span = (position, position + 1)
    if before.endswith(_BARS):
        message, hint = (
            "the language has no such norm",
            "put one of _1 _2 _inf _F _* after the bars",
        )
        index = source[position + 1 :].lstrip("{\\")[:8]
        hint = next((written for start, written in _NORMS if index.startswith(start)), hint)
    elif before.rstrip("0123456789⁰¹²³⁴⁵⁶⁷⁸⁹").rstrip("^").endswith(_BARS):
        message, hint = "the kind of a norm stands before its power", "write it as in ||X||_F^2"
    elif before.rstrip("0123456789") != before:
        message, hint = "a number has no subscript", "write ones(n, 1) for a vector of ones, or 1'x"
    elif source[position + 1 : position + 2] == "{":
        return _braces(source, position + 1)
    elif before.endswith("⟩"):
        message, hint = "an inner product has no index", "leave it out"
    elif before.endswith((")", "]", "'")):
        message, hint = "only names have subscripts", ENTRIES
    else:
        message = "an underscore stands only between a letter and its subscript"
        hint = "write a subscript as in x_1"
    return ParseError(message, span=span, hint=hint)


def _braces(source: str, position: int) -> ParseError:
    """The error for `x_{i}` and `x^{2}`, which are LaTeX."""
    braced = _BRACED.match(source, position)
    inside = braced[1].strip() if braced else ""
    if source[position - 1] == "_":
        name = f"_{inside}" if inside.isalnum() else "_ with letters or figures"
        hint = f"write {name}, which makes a name of its own, or x[i] for an entry"
    elif inside in {"T", "\\top", "⊤"}:
        hint = "write ' for a transpose"
    elif inside.startswith(("(", "[")):
        hint = f"give it a name of its own, such as {source[position - 2]}{inside.strip('()[]')}"
    else:
        is_short = inside.isdigit() or len(inside) == 1
        hint = f"write ^{inside}" if is_short else f"write ^({inside or 'n + 1'})"
    end = braced.end() if braced else position + 1
    return ParseError("braces are not in the language", span=(position, end), hint=hint)


def _after_a_point(source: str, points: re.Match[str]) -> ParseError:
    """The error for `np.linalg.inv(x)` and `x.sum()`."""
    name = points[0].rpartition(".")[2]
    if name in {"t", "H"}:
        hint = "write ' for a transpose"
    elif not source.startswith("(", points.end()):
        hint = "write spaces between factors, and .* for a product of entries"
    elif _LIBRARIES.search(source, 0, points.start()):
        hint = f"write the name alone: {name}(...)"
    else:
        hint = f"write {ALIASES.get(name, name)}(x) for x.{name}()"
    if written := instead(name):
        hint = f"write {written}"
    return ParseError("names have no points in them", span=points.span(), hint=hint)
