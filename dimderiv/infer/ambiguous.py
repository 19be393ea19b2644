"""Refuses spellings that have two meanings, where the shapes tell that the less usual one is meant.

`||X||_2` of a matrix is its spectral norm, `||X||_inf` its largest row sum, `e^A` its exponential,
`x · y` an inner product, and `x / 2s` a quotient by both.
"""

import re
from collections.abc import Callable, Collection, Mapping

from dimderiv.errors import NotDifferentiableError, ParseError
from dimderiv.infer.typed import Typed
from dimderiv.infer.uses import is_greek
from dimderiv.language import EULER, NORM_ORDER, ONE, Binary, Call, Name, Negative, Number, Tree
from dimderiv.lazy import pattern

_SECOND = ("_2", "_{2}", "₂")
_BARS = ("|", "‖", "∥")
# As it is written in our language and in LaTeX.
_POWER_OF_E = pattern(r"(?:e|\\mathrm\{e\})\s*(?:\.?\^|\*\*)")
_OF_LATEX = ("|", r"\lvert", r"\left", r"\vert", r"\big", r"\Big")
_ROOT = r"\sqrt"
_OF_ORDER = pattern(rf"(?:[|‖∥]|[vV]ert) \s* _ \s* \{{? (?:{NORM_ORDER}) \}}? \Z", re.VERBOSE)
_TIMES = frozenset({"t", "tau"})
_DOTS = (*"·⋅×", r"\cdot", r"\times")


def refuse_second_meanings(typed: Typed, declared: Collection[str]) -> None:
    """Refuse what is written in a way that means something else of its shapes.

    Args:
        typed: the program as it was written, with its shapes.
        declared: the names of the symbols that were declared.

    Raises:
        NotDifferentiableError: the spectral norm of a matrix.
        ParseError: a power of e or a norm that may be one of two, or a dot between what may be
            two vectors.
    """
    for marks, refuse in _CHECKS.items():
        if any(mark in typed.program.source for mark in marks):
            for part in typed.program.parts:
                refuse(typed, part, declared)


def _refuse_spectral_norm(typed: Typed, part: Tree, declared: Collection[str]) -> None:
    match part:
        case Call("norm2", (operand,)) if typed.shape(operand).is_matrix:
            written = _written(typed, part)
            if written.endswith(_SECOND):
                raise NotDifferentiableError(
                    f"{written} of a matrix would be its spectral norm",
                    span=part.span,
                    hint="sqrt(eigmax(X' X)) for that, or ||X||_F for the Frobenius norm",
                )


def _refuse_row_sums(typed: Typed, part: Tree, declared: Collection[str]) -> None:
    match part:
        case Call("normInf", (operand,)) if typed.shape(operand).is_matrix:
            written = _written(typed, part)
            if not written.endswith(")"):
                raise ParseError(
                    f"{written} of a matrix may be its largest row sum, or its largest entry",
                    span=part.span,
                    hint="max(sum(abs(X), axis=1)) for row sums, or max(abs(X)) for entries",
                )


def _refuse_order(typed: Typed, part: Tree, declared: Collection[str]) -> None:
    match part:
        case Binary("^", Call("sum", (powers,)), _) if typed.shape(powers).is_matrix:
            written = _written(typed, part)
            if _OF_ORDER.search(written):
                raise ParseError(
                    f"{written} of a matrix may be a norm of its entries or of a linear map",
                    span=part.span,
                    hint="sum(abs(X).^p)^(1/p) for the norm of all entries",
                )


def _refuse_power_of_e(typed: Typed, part: Tree, declared: Collection[str]) -> None:
    match part:
        case Call("exp", (operand,)) if _is_flow(typed, operand, declared):
            written = _written(typed, part)
            if _POWER_OF_E.match(written):
                raise ParseError(
                    f"{written} may be the exponential of a matrix or of its entries",
                    span=part.span,
                    hint="write expm(A), or exp(A) for each entry",
                )


def _is_flow(typed: Typed, exponent: Tree, declared: Collection[str]) -> bool:
    """Whether an exponent is a matrix, or one times what may be a time, as in `e^(A t)`."""
    if isinstance(exponent, Negative):
        exponent = exponent.operand
    match exponent:
        case Binary("*", Name() as matrix, Name(time)) if time in _TIMES and time not in declared:
            return typed.shape(matrix).is_matrix
    return typed.shape(exponent).is_matrix


def _refuse_root(typed: Typed, part: Tree, declared: Collection[str]) -> None:
    match part:
        case Call("sqrt", (operand,)) if typed.shape(operand).is_matrix:
            written = _written(typed, part)
            if written.startswith(_ROOT):
                raise ParseError(
                    f"{written} may be the root of a matrix or of its entries",
                    span=part.span,
                    hint=r"A^{\circ 1/2} for each entry",
                )


def _refuse_bars(typed: Typed, part: Tree, declared: Collection[str]) -> None:
    match part:
        case Call("abs", (operand,)) if len([dim for dim in typed.shape(part) if dim != ONE]) == 1:
            written = _written(typed, part)
            if written.startswith(_OF_LATEX):
                raise ParseError(
                    f"{written} of a vector may be its norm or absolute values",
                    span=part.span,
                    hint=rf"\|{_written(typed, operand)}\| or \operatorname{{abs}}(...)",
                )


def _refuse_divisor(typed: Typed, part: Tree, declared: Collection[str]) -> None:
    """`x / 2s` is `(x / 2) s` by the letter, and was meant as `x / (2 s)` if s is a scalar."""
    match part:
        case Binary("*", Binary("/", _, below), scale):
            pass
        case _:
            return
    divisor, factor = _written(typed, below), _written(typed, scale)
    base = scale.left if isinstance(scale, Binary) and scale.operator == "^" else scale
    is_glued = below.span[1] == scale.span[0]
    is_letters = isinstance(below, (Number, Name)) and isinstance(base, Name)
    is_norms = divisor.startswith(_BARS) and factor.startswith(_BARS)
    # A small letter that nobody declared may be a scalar, whatever it was read as.
    is_open = isinstance(base, Name) and base.name not in declared and base.name.islower()
    may_be_scalar = typed.shape(scale).is_scalar or is_open
    if ((is_glued and is_letters) or is_norms) and may_be_scalar:
        raise ParseError(
            f"what is divided by may be {divisor} or {divisor} {factor}",
            span=(below.span[0], scale.span[1]),
            hint=f"write / ({divisor} {factor}), or / {divisor} * {factor}",
        )


def _refuse_dot(typed: Typed, part: Tree, declared: Collection[str]) -> None:
    """A letter is a scalar only because a dot stood between it and a vector."""
    if not isinstance(part, Binary) or part.operator != "*":
        return
    sides = (part.left, part.right)
    between = typed.program.source[part.left.span[1] : part.right.span[0]]
    if not any(dot in between for dot in _DOTS) or all(
        typed.shape(side).is_scalar for side in sides
    ):
        return
    for side in sides:
        if isinstance(side, Name) and typed.shape(side).is_scalar and _is_open(side.name, declared):
            left, right = (_written(typed, each) for each in sides)
            product = f"write {left}'{right} for an inner product"
            if "×" in between or "times" in between:
                product = "write K y for a cross product, with K: 3 x 3 skew"
            raise ParseError(
                f"{_written(typed, part)} may be a product of two vectors, or {side.name} a scalar",
                span=part.span,
                hint=f"{product}, or declare {side.name}: scalar",
            )


def _is_open(name: str, declared: Collection[str]) -> bool:
    return name[0].islower() and not is_greek(name) and name not in declared


def _written(typed: Typed, part: Tree) -> str:
    return typed.program.source[slice(*part.span)]


# By what a text has in it, the cheapest to find out.
_CHECKS: Mapping[Collection[str], Callable[[Typed, Tree, Collection[str]], None]] = {
    _SECOND: _refuse_spectral_norm,
    ("inf", "∞"): _refuse_row_sums,
    ("_",): _refuse_order,
    (EULER,): _refuse_power_of_e,
    (_ROOT,): _refuse_root,
    _OF_LATEX: _refuse_bars,
    ("/",): _refuse_divisor,
    _DOTS: _refuse_dot,
}
