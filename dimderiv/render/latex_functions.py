r"""How functions are written in LaTeX: by the spelling that the rule gives.

A spelling is LaTeX with a place `{x}` for the argument, `{y}` and `{z}` for further ones:
`\lceil {x} \rceil`.  One without any place is a head: `\operatorname{relu}`.
"""

import re
from collections.abc import Container, Mapping, Sequence
from functools import cache

from dimderiv.language import (
    GRADIENT,
    GREEK_NAMES,
    HESSIAN,
    HESSIANS,
    JACOBIAN,
    RATE,
    SECOND_RATE,
    Call,
    Transpose,
    declared_part,
    figures_of,
    sign_of,
)
from dimderiv.render.latex_names import spelled_name
from dimderiv.render.latex_pieces import Piece, Write, at_least, between, enclosed, raised
from dimderiv.render.precedence import ATOM, FORM, HADAMARD, POWER, PRODUCT
from dimderiv.rulebook import Rulebook, builtin_rules

# With a power after them heads of two words would be misread: `\log\det(A)^{2}`.
_TWO_WORDS = re.compile(r"\\[a-z]+\\")
# A head that is a Greek letter gives way to a symbol of that name.
_GREEK_HEAD = re.compile(rf"\\({'|'.join(GREEK_NAMES)})(?![A-Za-z])")

_NABLA = {GRADIENT: r"\nabla", HESSIAN: r"\nabla^{2}", HESSIANS: r"\nabla^{2}"}
# What is written as a symbol is: `f_{1}` and `\phi`, beside `\operatorname{relu}`.
IS_SYMBOL = re.compile(rf"(?:[A-Za-z]|{'|'.join(GREEK_NAMES)})[0-9]*(?:_[A-Za-z0-9]+)*")
ALL_ONES = r"\mathbf{1}"
_PLACE = re.compile(r"(?<![A-Za-z_^])\{([xyz])\}")
_BRACKETED_PLACE = re.compile(r"\((\{[xyz]\})\)")
_BAR = re.compile(r"(?<!\\left)(?<!\\right)\\([lr])[vV]ert")
_SIDES = {"l": "left", "r": "right"}
_HOLDS_PLACE = ("(", "[", "{", ",", r"\lvert", r"\lVert", r"\left|")


def called(head: str, arguments: Sequence[Piece]) -> Piece:
    """A function as its head, with the arguments in brackets."""
    inside = ", ".join(argument.text for argument in arguments)
    tall = any(argument.tall for argument in arguments)
    lowest = POWER if _TWO_WORDS.match(head) else ATOM
    return Piece(head + enclosed(inside, tall=tall), lowest, tall)


def operator_name(function: str) -> str:
    r"""The head of a function that has none of its own.

    >>> operator_name("cross_entropy"), operator_name("f")
    ('\\operatorname{cross\\text{-}entropy}', 'f')
    """
    name, order = declared_part(function)
    hyphenated = name.replace("_", r"\text{-}")
    is_symbol = IS_SYMBOL.fullmatch(name) is not None
    head = spelled_name(name) if is_symbol else rf"\operatorname{{{hyphenated}}}"
    sign = sign_of(function)
    if sign in {"", RATE, SECOND_RATE}:
        return head + "'" * order
    figures = f"_{{{figures_of(function)}}}" if figures_of(function) else ""
    if sign == JACOBIAN:
        return rf"\partial{figures} {head}" if figures else f"J_{{{head}}}"
    return f"{_NABLA[sign]}{figures} {head}"


def spellings(rulebook: Rulebook) -> Mapping[str, str]:
    """How rules write their functions.

    Args:
        rulebook: the rules.
    """
    return {rule.name: rule.latex for rule in rulebook.rules.values() if rule.latex}


@cache
def builtin_spellings() -> Mapping[str, str]:
    """How the rules write the functions that are built in."""
    return spellings(builtin_rules())


def head_of(function: str, spelling: str, known: Container[str]) -> str:
    """What stands before the brackets, where no symbol has the Greek letter that the head is."""
    greek = _GREEK_HEAD.match(spelling)
    return operator_name(function) if greek and greek[1] in known else spelling


def has_place(spelling: str) -> bool:
    """Whether a spelling has a place for the argument, and so is no head."""
    return _PLACE.search(spelling) is not None


def spelled(spelling: str, arguments: Sequence[Piece]) -> Piece:
    r"""A spelling with the arguments in their places.

    An argument gets brackets unless its place stands in brackets, bars or braces.

    >>> spelled(r"{x}^{+}", [Piece("A B", FORM)]).text
    '(A B)^{+}'
    """
    tall = any(argument.tall for argument in arguments)
    if tall:
        spelling = _BRACKETED_PLACE.sub(r"\\left(\1\\right)", spelling)
        spelling = _BAR.sub(lambda bar: rf"\{_SIDES[bar[1]]}{bar[0]}", spelling)
    places = dict(zip("xyz", arguments, strict=False))

    def filled(match: re.Match[str]) -> str:
        if match[1] not in places:
            return match[0]
        before = spelling[: match.start()].rstrip()
        return at_least(places[match[1]], FORM if before.endswith(_HOLDS_PLACE) else ATOM)

    return Piece(_PLACE.sub(filled, spelling), POWER if "^" in spelling else ATOM, tall)


def special_call(call: Call, arguments: Sequence[Piece], write: Write) -> Piece | None:
    """A function that is not written as a name before brackets."""
    match call.function, call.arguments, call.axis:
        case "inv", (Transpose(base),), None:
            return raised(write(base), r"-\top")
        case "kron", (_, _), None:
            left, right = (at_least(each, POWER) for each in arguments)
            return Piece(rf"{left} \otimes {right}", HADAMARD, any(each.tall for each in arguments))
        case "sum", (_,), 0 | 1:
            return _axis_sum(arguments[0], call.axis == 0)
    return constant_array(call.function, arguments)


def _axis_sum(argument: Piece, downwards: bool) -> Piece:
    inside = at_least(argument, PRODUCT)
    text = rf"{ALL_ONES}^{{\top}} {inside}" if downwards else f"{inside} {ALL_ONES}"
    return Piece(text, PRODUCT, argument.tall)


def constant_array(function: str, arguments: Sequence[Piece]) -> Piece | None:
    r"""A bold one, an `I` or a `K` for `ones`, `vector`, `matrix`, `eye` or `K`, with its sizes.

    >>> constant_array("ones", [Piece("m", ATOM), Piece("1", ATOM)]).text
    '\\mathbf{1}_{m}'
    """
    match function, [argument.text for argument in arguments]:
        case "ones", [rows, cols]:
            return _ones(rows, cols)
        case "K", [rows, cols]:
            return Piece(f"K_{{{rows},{cols}}}", ATOM)
        case "eye", [size]:
            return Piece(f"I_{{{size}}}", ATOM)
        case "vector", [_]:
            return _times(arguments[0], Piece(ALL_ONES, ATOM))
        case "matrix", [_]:
            return _times(arguments[0], Piece(rf"{ALL_ONES} {ALL_ONES}^{{\top}}", PRODUCT))
    return None


def _ones(rows: str, cols: str) -> Piece:
    if rows == cols == "1":
        return Piece("1", ATOM)
    if cols == "1":
        return Piece(f"{ALL_ONES}_{{{rows}}}", ATOM)
    if rows == "1":
        return raised(Piece(f"{ALL_ONES}_{{{cols}}}", ATOM), r"\top")
    return Piece(rf"{ALL_ONES}_{{{rows} \times {cols}}}", ATOM)


def _times(constant: Piece, ones: Piece) -> Piece:
    if constant.text == "1":
        return ones
    factor = at_least(constant, PRODUCT)
    return Piece(factor + between(factor, ones.text) + ones.text, PRODUCT, constant.tall)
