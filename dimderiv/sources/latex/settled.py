r"""What only the shapes tell: `|A|` is a determinant of a matrix, and else an absolute value.

`A^{-1}` is the inverse of a matrix, and else a power.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from dimderiv.errors import DimderivError, Span
from dimderiv.infer import Typed, infer
from dimderiv.language import (
    Binary,
    Call,
    Declaration,
    Entry,
    Name,
    Negative,
    Number,
    Program,
    Tree,
    walk,
    with_operands,
)
from dimderiv.rulebook import Rulebook
from dimderiv.sources.latex.cursor import Shared


def settled(
    program: Program, shared: Shared, declared: Mapping[str, Declaration], rulebook: Rulebook
) -> Program:
    """The program with what its shapes tell of it; where they do not conform, they tell nothing.

    Args:
        program: as it was read, with an absolute value for each pair of bars.
        shared: where the bars stand, and what was assumed.
        declared: what is known of its symbols.
        rulebook: the functions.
    """
    matrices = _matrices(program, shared.bars, declared, rulebook)
    for start, end in sorted(matrices & shared.bars):
        shared.assumptions[f"{program.source[start:end]} is a determinant"] = None
    program = _changed(program, lambda part: _meant(part, matrices, shared.bars))
    return replace(program, assumptions=(*program.assumptions, *shared.assumptions))


def _meant(part: Tree, matrices: Collection[Span], bars: Collection[Span]) -> Tree | None:
    """The determinant or the inverse that a part is; nothing where it is neither."""
    if part.span not in matrices:
        return None
    match part:
        case Call("abs", (operand,)) if part.span in bars:
            return Call("det", (operand,), span=part.span)
        case Binary("^", base, Negative(Number(value))) if value == 1:
            return Call("inv", (base,), span=part.span)
    return None


def _matrices(
    program: Program,
    bars: Collection[Span],
    declared: Mapping[str, Declaration],
    rulebook: Rulebook,
) -> set[Span]:
    """Where bars and inverses stand around matrices, which are square inside of bars.

    Whatever is between bars is taken for a scalar first, which a determinant is as well.
    """
    if not bars and not any(map(_is_inverse, program.parts)):
        return set()

    def typed(square: Collection[Span], *, is_open: bool) -> Typed | None:
        probe = _changed(program, lambda part: _scalar(part, bars, square, is_open=is_open))
        try:
            return infer(probe, declared, rulebook=rulebook)
        except DimderivError:
            return None

    for is_open in (True, False):
        if found := typed((), is_open=is_open):
            matrices = {p.span for p in found.program.parts if _is_of_matrix(p, found, bars)}
            matrices |= {p.span for p in program.parts if p.span in bars and _is_of_family(p)}
            return {s for s in matrices if s not in bars or typed((s,), is_open=is_open)}
    return set()


def _scalar(
    part: Tree, bars: Collection[Span], square: Collection[Span], *, is_open: bool
) -> Tree | None:
    """What stands for a pair of bars: the determinant, or a sum, which anything has.

    Around entries a sum would make arrays of them, so that there the bars may stay as they are.
    """
    if not isinstance(part, Call) or part.function != "abs" or part.span not in bars:
        return None
    if part.span in square:
        return Call("det", part.arguments, span=part.span)
    has_entries = any(isinstance(each, Entry) for each in walk(part))
    return None if is_open and has_entries else Call("sum", (part,), span=part.span)


def _is_of_matrix(part: Tree, typed: Typed, bars: Collection[Span]) -> bool:
    match part:
        case Call("abs", (operand,)) if part.span in bars:
            return typed.shape(operand).is_matrix
        case Binary("^", base) if _is_inverse(part):
            return typed.shape(base).is_matrix
    return False


def _is_of_family(part: Tree) -> bool:
    r"""Whether bars stand around one of several matrices, as in `|\Sigma_k|`."""
    match part:
        case Call("abs", (Entry(Name(name), (_,)),)):
            return name[0].isupper()
    return False


def _is_inverse(part: Tree) -> bool:
    match part:
        case Binary("^", _, Negative(Number(value))):
            return value == 1
    return False


def _changed(program: Program, change: Callable[[Tree], Tree | None]) -> Program:
    """The program with parts exchanged, from the innermost ones outwards."""

    def inner(part: Tree) -> Tree:
        changed = with_operands(part, inner)
        return change(changed) or changed

    statements = [replace(each, value=inner(each.value)) for each in program.statements]
    return replace(program, statements=tuple(statements))
