r"""Sets as shapes: `\mathbb{R}^{m \times n}` is `m x n`, `\mathbb{S}^n_{++}` is `n x n spd`."""

from collections.abc import Sequence

from dimderiv.errors import DimderivError, ShapeError, Span
from dimderiv.language import read_shapes
from dimderiv.sources.latex.lexemes import Lexeme

_FONTS = frozenset({"double", "bold", "script"})
_PROPERTIES = {
    ("R", ""): "",
    ("R", "+"): "",
    ("R", "++"): "positive",
    ("S", ""): "symmetric",
    ("S", "+"): "psd",
    ("S", "++"): "spd",
}


def declared_shape(lexemes: Sequence[Lexeme], span: Span) -> str:
    """The shape that the elements of a set have.

    Args:
        lexemes: those of the set.
        span: where the declaration stands.

    Raises:
        ShapeError: the set is none of numbers, vectors or matrices.
    """
    if not lexemes or lexemes[0].font not in _FONTS or lexemes[0].text not in {"R", "S"}:
        raise _unknown(span)
    kind = lexemes[0].text
    sizes, sign = list[str](), ""
    place = 1
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
        hint=r"\mathbb{R}, \mathbb{R}^{n}, \mathbb{R}^{m \times n} or \mathbb{S}^{n}",
    )
