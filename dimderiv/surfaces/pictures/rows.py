"""What a picture of a step shows: rows of boxes with their shapes, and the signs between them.

Goes in: a recorded step.  Comes out: its rows; none where there is no product of boxes to see.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from dimderiv.explain import Step, recorded
from dimderiv.language import ONE, SCALAR, Dim, Entry, Shape, Tree, walk
from dimderiv.render import text

LONGEST = 22


class Box(NamedTuple):
    """An array.

    Attributes:
        label: how it is written.
        shape: its shape as it stands there.
        is_turned: whether it is the transpose of a factor.
        spread: the shape that it is repeated to, where it is.
        below: what is said of its shape.
    """

    label: str
    shape: Shape
    is_turned: bool = False
    spread: Shape | None = None
    below: str = ""


class Sign(NamedTuple):
    """A sign between boxes, and what stands under it."""

    text: str
    below: str = ""


class Meeting(NamedTuple):
    """The columns of a box and the rows of the next one."""

    left: Dim
    right: Dim

    @property
    def is_met(self) -> bool:
        """Whether they are the same axis."""
        return self.left == self.right


Part: TypeAlias = Box | Sign | Meeting
Row: TypeAlias = tuple[Part, ...]


def rows_of(step: Step, messages: Mapping[str, str]) -> tuple[Row, ...]:
    """The rows of the picture of a step.

    Args:
        step: as it is recorded.
        messages: the sentences of a language.
    """
    if not isinstance(step, recorded.Differentiated) or len(step.terms) != 1 or step.shape is None:
        return ()
    (term,) = step.terms
    if term.value is None or term.is_lettered or not term.factors:
        return ()
    result = _result(step, term.value, messages)
    if term.order is not None and term.order.right is not None:
        return _chain(term, result) if len(term.factors) > 1 else ()
    return _entrywise(term, result)


def _result(step: recorded.Differentiated, value: Tree, messages: Mapping[str, str]) -> Box:
    """What comes out; under its name, where it is all of the derivative with that name."""
    name = None if step.operand.is_shared else step.left
    wanted = messages["wanted_array" if step.has_seed else "wanted"]
    below = wanted.format(operand=_short(text(step.operand.tree)))
    return Box(_short(text(name or value)), step.shape or SCALAR, below=below)


def _chain(term: recorded.StepTerm, result: Box) -> tuple[Row, ...]:
    """A matrix product: the scalar order, where it is another one, then the one that conforms."""
    order = term.order
    assert order is not None and order.right is not None, "only a chain has a right order"
    right = _joined([Box(_short(text(x.written)), x.facing, x.is_transposed) for x in order.right])
    found = (*_prefix(term), *right, Sign("="), result)
    if order.is_right_as_is:
        return (found,)
    scalar = _joined([Box(_short(text(tree)), shape) for tree, shape in term.factors])
    if order.mismatch is None:
        if order.as_is is None or order.as_is == result.shape:
            return (found,)
        scalar = (*scalar, Sign("="), Box("", order.as_is), Sign("≠"), result._replace(below=""))
    return scalar, found


def _joined(boxes: Sequence[Box]) -> Row:
    """Boxes side by side, with what meets between them."""
    parts: list[Part] = list(boxes[:1])
    for left, right in pairwise(boxes):
        parts += [Meeting(left.shape.cols, right.shape.rows), right]
    return tuple(parts)


def _entrywise(term: recorded.StepTerm, result: Box) -> tuple[Row, ...]:
    """Boxes on top of each other: repeated to the same shape, and summed where that is asked."""
    keys = {reason.key for reason in term.reasons}
    is_summed = bool(keys & {"summed", "contracted"})
    if not keys or not keys <= {"elementwise", "broadcast", "summed", "contracted"}:
        return ()
    shapes = [shape for _, shape in term.factors]
    whole = _common([*shapes, result.shape])
    if whole is None or is_summed == (whole == result.shape) or not _is_aligned(term, whole):
        return ()
    parts: list[Part] = [*_prefix(term)]
    if is_summed:
        axes = [str(a) for a, b in zip(whole, result.shape, strict=True) if a != b]
        parts.append(Sign("Σ", ", ".join(axes)))
    for k, (tree, shape) in enumerate(term.factors):
        spread = None if shape == whole else whole
        parts += [*[Sign("⊙")] * (k > 0), Box(_short(text(tree)), shape, spread=spread)]
    return ((*parts, Sign("="), result),)


def _common(shapes: Sequence[Shape]) -> Shape | None:
    """The shape that all of these are repeated to, if there is one."""
    axes: list[Dim] = []
    for sizes in zip(*shapes, strict=True):
        own = dict.fromkeys(size for size in sizes if size != ONE)
        if len(own) > 1:
            return None
        axes.append(next(iter(own), ONE))
    return Shape.of(axes)


def _is_aligned(term: recorded.StepTerm, whole: Shape) -> bool:
    """Whether all boxes lie as they are; of square ones, only the entries can tell."""
    parts = [part for part in walk(term.letters.sides[-1]) if isinstance(part, Entry)]
    return whole.rows != whole.cols or len({part.indices for part in parts}) == 1


def _prefix(term: recorded.StepTerm) -> Row:
    """The number and the scalars in front."""
    if term.prefix is None:
        return ()
    shown = _short(text(term.prefix))
    return (Sign("−" if shown == "-1" else shown),)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else label[: LONGEST - 1] + "…"
