"""Refuses spellings that have two meanings, where the shapes tell that the less usual one is meant.

`||X||_2` of a matrix is its spectral norm, `e^A` its exponential, `x · y` an inner product, and
`x / 2s` a quotient by both.
"""

from collections.abc import Collection, Iterator

from dimderiv.errors import NotDifferentiableError, ParseError
from dimderiv.infer.typed import Typed
from dimderiv.language import EULER, GREEK_NAMES, Binary, Call, Name, Node, Number, walk

_SECOND = ("_2", "₂")
_BARS = ("|", "‖", "∥")
_DOTS = frozenset("·⋅×")


def refuse_second_meanings(typed: Typed, declared: Collection[str]) -> None:
    """Refuse what is written in a way that means something else of its shapes.

    Args:
        typed: the program as it was written, with its shapes.
        declared: the names of the symbols that were declared.

    Raises:
        NotDifferentiableError: the spectral norm of a matrix.
        ParseError: a power of e that is a matrix, or a dot between what may be two vectors.
    """
    source = typed.program.source
    if any(mark in source for mark in _SECOND):
        for part in _calls(typed, "norm2"):
            _refuse_spectral_norm(typed, part, _written(source, part))
    if EULER in source:
        for part in _calls(typed, "exp"):
            _refuse_power_of_e(typed, part, _written(source, part))
    if "/" in source:
        for node in _parts(typed):
            if isinstance(node, Binary) and node.operator == "*":
                _refuse_divisor(typed, node, source, declared)
    if not _DOTS.isdisjoint(source):
        for node in _parts(typed):
            if isinstance(node, Binary) and node.operator == "*":
                _refuse_dot(typed, node, declared)


def _refuse_spectral_norm(typed: Typed, part: Call, written: str) -> None:
    if written.endswith(_SECOND) and typed.shape(part.arguments[0]).is_matrix:
        raise NotDifferentiableError(
            f"{written} of a matrix would be its spectral norm",
            span=part.span,
            hint="sqrt(eigmax(X' X)) for that, or ||X||_F for the Frobenius norm",
        )


def _refuse_power_of_e(typed: Typed, part: Call, written: str) -> None:
    if not written.startswith("exp") and typed.shape(part.arguments[0]).is_matrix:
        raise ParseError(
            f"{written} may be the exponential of a matrix or of its entries",
            span=part.span,
            hint="write expm(A), or exp(A) for each entry",
        )


def _refuse_divisor(typed: Typed, node: Binary, source: str, declared: Collection[str]) -> None:
    """`x / 2s` is `(x / 2) s` by the letter, and was meant as `x / (2 s)` if s is a scalar."""
    divided, scale = node.left, node.right
    if not isinstance(divided, Binary) or divided.operator != "/":
        return
    divisor, factor = (_written(source, each) for each in (divided.right, scale))
    base = scale.left if isinstance(scale, Binary) and scale.operator == "^" else scale
    is_glued = divided.right.span[1] == scale.span[0]
    is_letters = isinstance(divided.right, (Number, Name)) and isinstance(base, Name)
    is_norms = divisor.startswith(_BARS) and factor.startswith(_BARS)
    # A small letter that nobody declared may be a scalar, whatever it was read as.
    is_open = isinstance(base, Name) and base.name not in declared and base.name.islower()
    may_be_scalar = typed.shape(scale).is_scalar or is_open
    if ((is_glued and is_letters) or is_norms) and may_be_scalar:
        raise ParseError(
            f"what is divided by may be {divisor} or {divisor} {factor}",
            span=(divided.right.span[0], scale.span[1]),
            hint=f"write / ({divisor} {factor}), or / {divisor} * {factor}",
        )


def _refuse_dot(typed: Typed, node: Binary, declared: Collection[str]) -> None:
    """A letter is a scalar only because a dot stood between it and a vector."""
    between = typed.program.source[node.left.span[1] : node.right.span[0]]
    sides = (node.left, node.right)
    if _DOTS.isdisjoint(between) or all(typed.shape(side).is_scalar for side in sides):
        return
    for side in sides:
        if isinstance(side, Name) and typed.shape(side).is_scalar and _is_open(side.name, declared):
            left, right = (_written(typed.program.source, each) for each in sides)
            product = f"write {left}'{right} for an inner product"
            if "×" in between:
                product = "write K y for a cross product, with K: 3 x 3 skew"
            raise ParseError(
                f"{typed.program.source[slice(*node.span)]} may be a product of two vectors, "
                f"or {side.name} a scalar",
                span=node.span,
                hint=f"{product}, or declare {side.name}: scalar",
            )


def _is_open(name: str, declared: Collection[str]) -> bool:
    is_greek = any(name.startswith(letter) for letter in GREEK_NAMES)
    return name[0].islower() and not is_greek and name not in declared


def _calls(typed: Typed, function: str) -> Iterator[Call]:
    for part in _parts(typed):
        if isinstance(part, Call) and part.function == function:
            yield part


def _parts(typed: Typed) -> Iterator[Node]:
    for statement in typed.program.statements:
        yield from walk(statement.value)


def _written(source: str, part: Node) -> str:
    return source[slice(*part.span)]
