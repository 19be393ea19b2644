"""What helper functions take besides arrays, as texts, and the indices of parts of arrays."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from dimderiv.codegen.plan import Operation, details

if TYPE_CHECKING:
    from dimderiv.codegen.targets.writer import Writer


def helper_arguments(op: Operation, writer: "Writer") -> list[str]:
    """What a helper function takes after its arrays.

    Args:
        op: the operation that is a call of it.
        writer: writes sizes.
    """
    match op.detail:
        case details.Pairs(pairs):
            return [str(pairs)]
        case details.Edges(edges):
            return [_listed(f"{e.axis}, {writer.sizes((e.before, e.after))}" for e in edges)]
        case details.Windows(windows):
            return [_listed(f"{w.axis}, {writer.tuple(w.counts)}, {w.steps}" for w in windows)]
        case details.Convolution(strides, dilations, around):
            given = [str(strides), str(dilations)]
            return [*given, _listed(map(writer.sizes, around))] if around else given
        case details.Selected(steps, offset):
            return [writer.tuple(op.dims), str(steps), writer.size(offset).text, writer.options]
        case details.Along(axes) if op.kind == "overlap_add":
            return [str(axes)]
        case details.Along(axes) if axes:
            return [f"axis={axes[0]}"]
        case details.Asked(transposed=True):
            return ["transposed=True"]
    return []


def part_index(taken: Sequence[details.Part], writer: "Writer") -> str:
    """The index that takes a part of an array.

    Args:
        taken: what is taken along axes.
        writer: writes sizes.
    """
    along = {each.axis: each for each in taken}
    texts = [":"] * (max(along) + 1)
    for axis, (_, start, stop, step) in along.items():
        first = "" if start.number == 0 and step else writer.size(start).text
        last = "" if stop is None else writer.size(stop).text
        texts[axis] = f"{first}:{last}{f':{step}' if step > 1 else ''}" if step else first
    return ", ".join(texts)


def _listed(texts: Iterable[str]) -> str:
    """Tuples in a list."""
    return f"[{', '.join(f'({text})' for text in texts)}]"
