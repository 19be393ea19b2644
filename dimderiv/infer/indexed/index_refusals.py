"""The errors of indices: letters that clash or have no size, entries outside, slices, labels."""

import re
from collections.abc import Sequence

from dimderiv.errors import ShapeError
from dimderiv.infer.bound import Bound, Place, Sum
from dimderiv.infer.clashes import ClashError, Facts, WriteSize, described
from dimderiv.infer.unify import is_open, resolved
from dimderiv.language import ONE, Call, Dim, Entry, IndexForm, Name, Slice, Tree, names_in, walk

# Letters for examples.
SPARE = "ijklpqrstuv"
_OUTSIDE = "entries outside are 0 then"


def axis_in_words(facts: Facts, place: Place) -> str:
    """An axis in a sentence: `axis 1 of A`; a vector has but one."""
    text, shape = facts.text(place.entry.operand), facts.shape(place.entry.operand)
    is_vector = shape.is_column or shape.is_row
    return text if is_vector else f"axis {place.axis} of {text}"


def _sized(facts: Facts, place: Place) -> str:
    return f"{axis_in_words(facts, place)}, of size {resolved(place.size)}"


def with_size(letter: Bound, size: Dim | None = None) -> str:
    """How the size of a letter is written where it is bound."""
    name = f"{letter.name}:{size or '...'}"
    node = letter.node
    if isinstance(node, Call):
        return f"{node.function}[{name}]"
    letters = [own for own, _ in node.letters] if isinstance(node, IndexForm) else [letter.name]
    return f"[{', '.join(name if own == letter.name else own for own in letters)}]"


def _error(facts: Facts, clash: ClashError, message: str, hint: str | None) -> ShapeError:
    known = facts.known([clash.node], clash.sizes)
    return ShapeError(message, span=clash.node.span, known=known, hint=hint)


def letter_misfit(letter: Bound, place: Place) -> WriteSize:
    """A letter that runs along two axes of different size."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        sizes = [resolved(size) for size in clash.sizes or (letter.known(), place.size)]
        if letter.places:
            first = f"runs along {_sized(facts, letter.places[0])}"
            known = facts.known([letter.places[0].entry, clash.node], clash.sizes)
        else:
            first = f"has size {resolved(letter.known())}, {letter.because}"
            known = facts.known([clash.node], clash.sizes)
        return ShapeError(
            f"{letter.name} {first}, and {'along' if letter.places else 'runs along'} "
            f"{_sized(facts, place)}, so {sizes[0]} would have to be {sizes[1]}",
            span=clash.node.span,
            known=known,
            hint=_one_name(sizes) or f"another letter in place of {letter.name}",
        )

    return write


def _one_name(sizes: Sequence[Dim]) -> str | None:
    names = list(map(str, sizes))
    if all(name.isidentifier() for name in names):
        return f"one name for the sizes {' and '.join(names)}, if they are equal"
    return None


def merged_misfit(letters: Sequence[Bound], place: Place) -> WriteSize:
    """An axis of several letters that has not the size of them together."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        sizes = [letter.known() for letter in letters]
        known = [str(resolved(s).bracketed) for s in sizes if not is_open(s)]
        named = " ".join(letter.name for letter in letters)
        message = f"({named}) runs over {' '.join(known)} places, and {_sized(facts, place)}"
        return _error(facts, clash, message, "letters whose sizes together are that of the axis")

    return write


def letter_undetermined(letter: Bound) -> WriteSize:
    """A letter that no axis and no range of entries gives a size."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        if letter.sums:
            entries = dict.fromkeys(facts.text(index.place.entry) for index in letter.sums)
            message = f"how far {letter.name} runs is not determined by {', '.join(entries)}"
        else:
            message = f"nothing tells how far {letter.name} runs"
        hint = f"its size, as in {with_size(letter)}, or an index that is {letter.name} alone"
        return _error(facts, clash, message, hint)

    return write


def entry_outside(letter: Bound, index: Sum, low: Dim, high: Dim) -> WriteSize:
    """A letter whose range no choice keeps inside the array."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        place = index.place
        text = facts.text(place.entry.indices[place.axis])
        span = f"{low}" if low == high else f"{low} to {high}"
        message = (
            f"{text} may lie outside {axis_in_words(facts, place)}, whose places are 0 to "
            f"{resolved(place.size) - ONE}: it is {span} where {letter.name} is 0, so how far "
            f"{letter.name} runs is not determined"
        )
        return _error(
            facts,
            clash,
            message,
            f"the size of {letter.name}, as in {with_size(letter)}; {_OUTSIDE}",
        )

    return write


def ranges_differ(letter: Bound, sizes: Sequence[Dim]) -> WriteSize:
    """A letter that may run over several ranges, none of which is known to be the least."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        message = f"{letter.name} may run over {' or '.join(map(str, sizes))} places"
        hint = f"the size of {letter.name}, as in {with_size(letter)}; {_OUTSIDE}"
        return _error(facts, clash, message, hint)

    return write


def _sizes_among(entry: Entry, facts: Facts) -> list[str]:
    """The indices of an entry that are names of sizes."""
    names = dict.fromkeys(index.name for index in entry.indices if isinstance(index, Name))
    sizes = {n for axes in facts.names.values() for size in axes for n in resolved(size).names}
    return [name for name in names if name in sizes]


def _renamed(entry: Entry, sizes: Sequence[str], facts: Facts) -> str:
    """How to name letters and sizes apart, where an entry has sizes for letters."""
    taken = facts.names.keys() | names_in(entry) | set(sizes)
    spare = (letter for letter in SPARE if letter not in taken)
    letters = dict(zip(sizes, spare, strict=False))
    texts = [facts.text(index) for index in entry.indices]
    written = ",".join(letters.get(text, text) for text in texts)
    hint = f"other letters, as in {facts.text(entry.operand)}[{written}]"
    shape = str(facts.shape(entry.operand))
    for name in sizes:
        is_free = name.upper() not in {*facts.names, *facts.declared}
        other = name.upper() if is_free else f"{name}0"
        shape = re.sub(rf"\b{name}\b", other, shape)
    return f"{hint}; or other names for the sizes, as in {facts.text(entry.operand)}: {shape}"


def constant_outside(place: Place, offset: Dim) -> WriteSize:
    """An entry at a place that its array does not have."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        size = resolved(place.size)
        message = (
            f"{facts.text(clash.node)} lies outside {axis_in_words(facts, place)}, "
            f"whose places are 0 to {size - ONE}"
        )
        hint = f"a place below {size}; the first one is 0"
        if offset == size:
            hint = f"a place below {size}; the first one is 0, the last one {size - ONE}, or -1"
        if isinstance(place.entry.indices[place.axis], Name) and offset.names:
            others = _sizes_among(place.entry, facts)
            why = f"{', '.join(others)} are declared as sizes, so they are no letters in brackets"
            if len(others) == 1:
                why = f"{others[0]} is declared as a size, so it is no letter in brackets"
            message = f"{why}: {message}"
            hint = f"{_renamed(place.entry, others, facts)}; or {hint}"
        return _error(facts, clash, message, hint)

    return write


def slice_outside(place: Place, index: Slice) -> WriteSize:
    """A slice that is empty, or that reaches beyond its axis."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        part, axis = facts.text(index), axis_in_words(facts, place)
        message = f"{part} is no part of {axis}"
        if not is_open(place.size):
            last = resolved(place.size) - ONE
            message = f"{part} is no part of {axis}, whose places are 0 to {last}"
        hint = "a slice counts from 0, leaves its end out, and has at least one place"
        return _error(facts, clash, message, hint)

    return write


def slice_of_letters(node: Tree) -> ShapeError:
    """A slice whose ends change with a letter."""
    return ShapeError(
        "the ends of a slice are numbers and sizes, not letters",
        span=node.span,
        hint="a sum over a letter, with (i <= j) as a factor if only some of them count",
    )


def too_many_indices(facts: Facts, clash: ClashError) -> ShapeError:
    """An entry with more indices than its operand has axes."""
    assert isinstance(clash.node, Entry)
    operand, count = clash.node.operand, len(clash.node.indices)
    number = "1 index" if count == 1 else f"{count} indices"
    message = f"{facts.said(operand)}, so it does not take {number}"
    hint = "one index for a vector, two for a matrix, at most one for each axis of an array"
    return facts.refusal(message, clash.node, hint, about=operand)


def index_refused(facts: Facts, node: Tree, error: ShapeError) -> ShapeError:
    """What is no sum of letters, sizes and numbers, or has an unknown name in it."""
    at = error.span or node.span
    part = next((part for part in walk(node) if part.span == at), node)
    text = facts.text(part)
    if isinstance(part, Name):
        return ShapeError(
            f"{text} is no letter here, no labels and no size",
            span=at,
            hint=f"sum[{text}] ..., [{text}] ..., or a declaration that has {text} as a size",
        )
    return ShapeError(
        f"{text} is no index",
        span=at,
        hint="a sum of letters with numbers before them, a slice, a number, or labels",
    )


def labels_refused(facts: Facts, clash: ClashError) -> ShapeError:
    """An index that is an array, and no labels."""
    name = next(names_in(clash.node), "y")
    message = f"{facts.text(clash.node)} is an index, so it would have to be labels"
    return _error(facts, clash, message, f"labels are declared, as in {name}: N labels C")


def labels_misfit(index: Tree) -> WriteSize:
    """Labels of another number than the axis has places."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        own, size = (resolved(size) for size in clash.sizes or (ONE, ONE))
        message = (
            f"{facts.text(index)} are labels below {own}, and index an axis of size {size}, "
            f"so {own} would have to be {size}"
        )
        return _error(facts, clash, message, _one_name([own, size]))

    return write


def labels_twice(facts: Facts, node: Entry) -> ShapeError:
    """Two indices that are labels: one of each, or of all with all."""
    text = facts.text(node)
    inside = ", ".join(
        f"{index.name}[i]" if isinstance(index, Name) else facts.text(index)
        for index in node.indices
    )
    return ShapeError(
        f"{text} may take the labels in pairs, or each with each",
        span=node.span,
        hint=f"letters say which: [i] {facts.text(node.operand)}[{inside}]",
    )


def written_misfit(facts: Facts, clash: ClashError) -> ShapeError:
    """A size that is written and another one that it would have to be."""
    left, right = (resolved(size) for size in clash.sizes or (ONE, ONE))
    message = f"{facts.text(clash.node)} is {right}, so {left} would have to be {right}"
    return _error(facts, clash, message, None)


def no_such_axis(facts: Facts, clash: ClashError) -> ShapeError:
    """An axis by a number that is too large."""
    assert isinstance(clash.node, Call)
    operand = clash.node.arguments[0]
    count = len(facts.shape(operand))
    message = (
        f"{facts.text(clash.node)} runs along an axis that is not there: "
        f"{facts.text(operand)} is {described(facts.shape(operand))}"
    )
    return _error(facts, clash, message, f"an axis from 0 to {count - 1}, or from -{count} to -1")


def axis_twice(facts: Facts, clash: ClashError) -> ShapeError:
    """An axis that is named twice in a call."""
    message = f"{facts.text(clash.node)} runs twice along the same axis"
    return _error(facts, clash, message, "each axis once")


def letter_of_no_axis(letter: str, heads: Sequence[Sequence[Sequence[str]]]) -> WriteSize:
    """An axis by a letter that no statement has given it, or that two have given to two axes."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        assert isinstance(clash.node, Call)
        operand = clash.node.arguments[0]
        axes = [" ".join(axis) for head in heads[:1] for axis in head]
        letters = f"its axes are {', '.join(axes)}" if axes else "its axes have no letters"
        message = f"{letter} is not the letter of one axis of {facts.text(operand)}: {letters}"
        hint = "the number of the axis, as in axis=1, or axis=-1 for the last one"
        return _error(facts, clash, message, hint)

    return write


def axis_of_entries(letter: str) -> WriteSize:
    """A letter as an axis of what is given entry by entry, where it has one value at a time."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        assert isinstance(clash.node, Call)
        function, operand = clash.node.function, clash.node.arguments[0]
        message = f"{facts.text(operand)} has one value for each {letter}, and no axis {letter}"
        hint = f"{function} of a whole array, along the number of its axis"
        for part in walk(operand):
            if isinstance(part, Entry) and Name(letter) in part.indices:
                axis = part.indices.index(Name(letter))
                whole = facts.text(part.operand)
                indices = ", ".join(map(facts.text, part.indices))
                hint = f"{function}({whole}, axis={axis})[{indices}]"
        return _error(facts, clash, message, hint)

    return write
