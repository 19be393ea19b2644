r"""Sets as shapes: `\mathbb{R}^{m \times n}` is `m x n`, `\mathbb{S}^n_{++}` is `n x n spd`.

`\{0,1\}^{m \times n}` is `m x n binary`.
"""

from collections.abc import Sequence

from dimderiv.errors import DimderivError, ShapeError, Span
from dimderiv.language import read_shapes
from dimderiv.sources.latex.lexemes import Lexeme

_FONTS = frozenset({"double", "bold", "script"})
_PROPERTIES = {
    ("R", ""): "",
    ("R", "+"): "nonnegative",
    ("R", "++"): "positive",
    ("S", ""): "symmetric",
    ("S", "+"): "psd",
    ("S", "++"): "spd",
    ("01", ""): "binary",
}


def declared_shape(lexemes: Sequence[Lexeme], span: Span) -> str:
    """The shape that the elements of a set have.

    Args:
        lexemes: those of the set.
        span: where the declaration stands.

    Raises:
        ShapeError: the set is none of numbers, vectors or matrices.
    """
    kind, place = _kind(lexemes, span)
    sizes, sign = list[str](), ""
    while place < len(lexemes):
        if lexemes[place].kind not in {"^", "_"} or place + 1 == len(lexemes):
            raise _unknown(span)
        end = _end(lexemes, place + 1)
        inside = [each for each in lexemes[place + 1 : end] if each.kind not in {"{", "}"}]
        if {each.kind for each in inside} == {"+"}:
            sign = "+" * len(inside)
        elif lexemes[place].kind == "^" and not sizes:
            sizes = _sizes(inside, span)
        else:
            raise _unknown(span)
        place = end
    if kind == "S":
        sizes = sizes * 2
        if len(sizes) != 2:
            raise _unknown(span)
    if (kind, sign) not in _PROPERTIES:
        raise _unknown(span)
    shape = f"{' x '.join(sizes) or 'scalar'} {_PROPERTIES[kind, sign]}".strip()
    try:
        read_shapes({"x": shape})
    except DimderivError:
        raise _unknown(span) from None
    return shape


def _kind(lexemes: Sequence[Lexeme], span: Span) -> tuple[str, int]:
    """What the elements of a set are made of, and where its sizes begin."""
    first = lexemes[0] if lexemes else None
    if first and first.font in _FONTS and first.text in {"R", "S"}:
        return first.text, 1
    is_seen = first and first.font == "curly"
    if is_seen and [each.text for each in lexemes[:5]] == ["(", "0", ",", "1", ")"]:
        return "01", 5
    raise _unknown(span)


def _end(lexemes: Sequence[Lexeme], place: int) -> int:
    """Where an argument ends."""
    depth = 0
    for each in range(place, len(lexemes)):
        depth += (lexemes[each].kind == "{") - (lexemes[each].kind == "}")
        if depth <= 0:
            return each + 1
    return len(lexemes)


def _sizes(lexemes: Sequence[Lexeme], span: Span) -> list[str]:
    """The sizes between the signs of a product."""
    sizes = [""]
    for lexeme in lexemes:
        if lexeme.kind == "command" and lexeme.text in {"cdot", "times"}:
            sizes.append("")
        elif lexeme.kind in {"letter", "number", "word", "+", "-", "(", ")", "_"}:
            is_apart = lexeme.kind == "letter" and sizes[-1][-1:].isalnum()
            sizes[-1] += f" {lexeme.text}" if is_apart else lexeme.text
        else:
            raise _unknown(span)
    if not all(sizes):
        raise _unknown(span)
    return [size if size.replace("_", "").isalnum() else f"({size})" for size in sizes]


def _unknown(span: Span) -> ShapeError:
    return ShapeError(
        "this set is not read as a shape",
        span=span,
        hint=r"\mathbb{R}, \mathbb{R}^{n}, \mathbb{R}^{m \times n}, \mathbb{S}^{n} or \{0,1\}^{n}",
    )
