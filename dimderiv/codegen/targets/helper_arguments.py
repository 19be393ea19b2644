"""What helper functions take besides arrays, as texts, and the indices of parts of arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dimderiv.codegen.plan import Operation, details
from dimderiv.codegen.targets.text import SIGN, SUM, Text, commented

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
            return [_listed(f"{w.axis}, {writer.tupled(w.counts)}, {w.steps}" for w in windows)]
        case details.Convolution(strides, dilations, around):
            given = [str(strides), str(dilations)]
            return [*given, _listed(map(writer.sizes, around))] if around else given
        case details.Selected(steps, offset):
            return [writer.tupled(op.dims), str(steps), writer.size(offset).text, writer.options]
        case details.Shared(axes):
            count = [] if op.kind == "taken" else [writer.size(op.dims[len(axes)]).text]
            return [str(axes), *count]
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


def over_stack(writer: "Writer", op: Operation, parts: Sequence[Text]) -> Text:
    """A function of matrices that takes one at a time, of each of a stack of them.

    Args:
        writer: writes the function.
        op: the operation.
        parts: the texts of its arguments.
    """
    count = op.arguments[0].rank - 2
    alone = [replace(each, dims=each.dims[-2:]) for each in op.arguments]
    inner = replace(op, arguments=tuple(alone), dims=op.dims[count:])
    # A number is the same for all of them.
    given = [
        Text(f"A{k}") if each.rank else part
        for k, (each, part) in enumerate(zip(op.arguments, parts, strict=True))
    ]
    stacks = [place for place, each in enumerate(op.arguments) if each.rank]
    names = ", ".join(given[place].text for place in stacks)
    function = f"lambda {names}: {writer.spelled(inner, given)}"
    texts = ", ".join(parts[place].text for place in stacks)
    return Text(f"{writer.helper('over_stack')}({function}, {texts})")


def is_plain_index(op: Operation) -> bool:
    """Whether entries are taken by labels alone, or one for each label of axes with labels.

    Args:
        op: the operation.
    """
    if op.kind != "taken" or not isinstance(op.detail, details.Shared):
        return False
    return op.detail.axes in {(), tuple(range(op.arguments[1].rank))}


def row_index(writer: "Writer", op: Operation) -> str:
    """The indices of the axes that an array shares with labels, in front of the labels.

    Args:
        writer: writes sizes.
        op: the operation.
    """
    assert isinstance(op.detail, details.Shared)
    count = len(op.detail.axes)
    places = [f"{writer.module}.arange({writer.size(dim)})" for dim in op.dims[:count]]
    upright = [f"[:{', None' * (count - 1 - k)}]" if k < count - 1 else "" for k in range(count)]
    return "".join(f"{place}{turned}, " for place, turned in zip(places, upright, strict=True))


def put_in_place(
    writer: "Writer", variable: str, op: Operation, texts: Sequence[Text], copy: str
) -> list[str]:
    """The lines that add an entry to each row of an array, for a library that overwrites.

    Args:
        writer: writes sizes.
        variable: the name of the array.
        op: the operation.
        texts: the array, the entries and the labels.
        copy: the method that copies an array.
    """
    base, part, labels = texts
    lines = [] if base.text == variable else [f"{variable} = {base.atom}.{copy}()"]
    place = f"{variable}[{row_index(writer, op)}{labels}]"
    if part.level == SIGN:
        return [*lines, f"{place} -= {part.text.removeprefix('-')}"]
    return [*lines, f"{place} += {part}"]


def inlaid_in_place(
    writer: "Writer",
    variable: str,
    base: Text | None,
    op: Operation,
    part: Text,
    words: tuple[str, str],
) -> list[str]:
    """The lines that put values into a part of an array, for a library that overwrites.

    Args:
        writer: writes sizes.
        variable: the name of the array.
        base: what is added to; nothing where all is zero.
        op: the operation.
        part: the values.
        words: the array of zeros, and the method that copies an array.
    """
    assert isinstance(op.detail, details.Inlaid)
    zeros, copy = words
    lines = list[str]()
    if base is None:
        lines = [commented(f"{variable} = {zeros}", op.dims)]
    elif base.text != variable:
        lines = [commented(f"{variable} = {base.atom}.{copy}()", op.dims)]
    place = f"{variable}[{writer.part(op, op.detail.parts)}]"
    if op.detail.is_empty:
        return [*lines, f"{place} = {part}"]
    if part.text.startswith("-") and part.level > SUM:
        return [*lines, f"{place} -= {part.text.removeprefix('-')}"]
    return [*lines, f"{place} += {part}"]
