"""The errors for arrays of more than two axes where a matrix is wanted; each offers letters."""

from collections.abc import Sequence
from itertools import islice

from dimderiv.errors import ShapeError
from dimderiv.infer.clashes import ClashError, Facts, WriteSize
from dimderiv.infer.unify import resolved
from dimderiv.language import ONE, Call, Shape, Tree, children, syntax, unused_letters

_LETTERS = "bijklpqrst"


def _letters(facts: Facts, count: int) -> list[str]:
    """Letters that mean nothing in the program."""
    return list(islice(unused_letters(_LETTERS, facts.names), count))


def _part(facts: Facts, node: Tree, letters: Sequence[str]) -> str:
    """The entry of an operand at letters; of what is more than a name it is the name of it."""
    text = facts.text(node) if isinstance(node, syntax.Name) else f"({facts.text(node)})"
    return f"{text}[{','.join(letters)}]" if letters else text


def _refusal(facts: Facts, node: Tree, message: str, hint: str) -> ShapeError:
    return facts.refusal(message, node, hint)


def transpose_refused(facts: Facts, clash: ClashError) -> ShapeError:
    """A transpose of more than two axes."""
    (operand,) = children(clash.node)
    letters = _letters(facts, len(facts.shape(operand)))
    turned = [*letters[:-2], letters[-1], letters[-2]]
    statement = f"[{','.join(turned)}] {_part(facts, operand, letters)}"
    hint = f"{statement}, or permute({facts.text(operand)}, ...)"
    return _refusal(
        facts, clash.node, f"only a matrix has a transpose: {facts.said(operand)}", hint
    )


def product_refused(facts: Facts, clash: ClashError) -> ShapeError:
    """A product side by side of arrays with more than two axes."""
    left, right = children(clash.node)
    shapes = facts.shape(left), facts.shape(right)
    *outer, last = _letters(facts, max(map(len, shapes)) + 1)
    free, summed = outer[-2:], last
    batch = outer[:-2]
    first = [*batch[len(batch) - len(shapes[0]) + 2 :], free[0], summed]
    second = [*batch[len(batch) - len(shapes[1]) + 2 :], summed, free[1]]
    kept = [*batch, *free]
    if shapes[1].is_column:
        second, kept = [summed], [*batch, free[0]]
    statement = f"[{','.join(kept)}] {_part(facts, left, first)} {_part(facts, right, second)}"
    return _refusal(
        facts,
        clash.node,
        f"side by side only matrices are multiplied: {facts.said(left)}, and {facts.said(right)}",
        f"{statement}, or {facts.grouped(left)} @ {facts.grouped(right)} for the last two axes",
    )


def stretch_refused(part: Tree) -> WriteSize:
    """Operands combined entry by entry of which one does not say along which axes it runs."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        nodes = _operands(clash.node)
        largest = max(nodes, key=lambda node: len(facts.shape(node)))
        letters = _letters(facts, len(facts.shape(largest)))
        own = _fitting(facts.shape(part), facts.shape(largest), letters)
        sign = f" {clash.node.operator} " if isinstance(clash.node, syntax.Binary) else " + "
        statement = f"{_part(facts, largest, letters)}{sign}{_part(facts, part, own)}"
        return _refusal(
            facts,
            clash.node,
            f"{facts.text(part)} may run along more than one axis of {facts.text(largest)}: "
            f"{facts.said(largest)}, and {facts.said(part)}",
            f"[{','.join(letters)}] {statement}, with the letters that are meant",
        )

    return write


def _operands(node: Tree) -> tuple[Tree, ...]:
    return node.arguments if isinstance(node, Call) else children(node)


def _fitting(shape: Shape, whole: Shape, letters: Sequence[str]) -> list[str]:
    """The letters of the axes that have the sizes of a smaller array, as far as there are such."""
    own = [shape.rows] if shape.is_column else list(shape)
    left = list(zip(whole, letters, strict=True))
    found: list[str] = []
    for size in own:
        same = next((pair for pair in left if pair[0] == size), left[-1])
        left.remove(same)
        found.append(same[1])
    return found


def stretched_misfit(parts: Sequence[Tree]) -> WriteSize:
    """Arrays that are combined entry by entry, with an axis of different sizes."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        sizes = [resolved(size) for size in clash.sizes or (ONE, ONE)]
        said = " and ".join(dict.fromkeys(map(facts.said, parts)))
        return ShapeError(
            f"{facts.text(clash.node)} does not conform: {said}, "
            f"so {sizes[0]} would have to be {sizes[1]}",
            span=clash.node.span,
            known=facts.known([clash.node], clash.sizes),
            hint="an index statement that has a letter for each axis",
        )

    return write


def power_refused(facts: Facts, clash: ClashError) -> ShapeError:
    """A power of an array with more than two axes."""
    base, exponent = children(clash.node)
    return facts.refusal(
        f"only a square matrix has powers: {facts.said(base)}",
        clash.node,
        f"{facts.grouped(base)}.^{facts.grouped(exponent)} for each entry",
        about=base,
    )


def argument_refused(facts: Facts, clash: ClashError) -> ShapeError:
    """A function of matrices, of an array with more than two axes."""
    assert isinstance(clash.node, Call)
    node = clash.node
    array = max(node.arguments, key=lambda part: len(facts.shape(part)))
    letters = _letters(facts, len(facts.shape(array)) - 2)
    inside = ", ".join(
        _part(facts, part, letters[len(letters) + 2 - len(facts.shape(part)) :])
        if len(facts.shape(part)) > 2
        else facts.text(part)
        for part in node.arguments
    )
    return _refusal(
        facts,
        node,
        f"{node.function} takes a matrix: {facts.said(array)}",
        f"[{','.join(letters)}] {node.function}({inside})",
    )


def block_refused(facts: Facts, clash: ClashError) -> ShapeError:
    """A block that is no matrix."""
    message = f"blocks are matrices: {facts.said(clash.node)}"
    return facts.refusal(message, clash.node, "an index statement for each of its matrices")


def rows_in_brackets(facts: Facts, node: syntax.Blocks) -> ShapeError:
    """Rows in brackets of their own, `[[a, b], [c, d]]`, which in NumPy stand below each other."""
    rows = [", ".join(map(facts.text, children(row))) for row in node.rows[0]]
    return ShapeError(
        "rows in brackets may stand below each other, as in NumPy, or side by side",
        span=node.span,
        hint=f"[{'; '.join(rows)}] for rows below each other, [{', '.join(rows)}] for one row",
    )


def height_misfit(first: Tree, block: Tree) -> WriteSize:
    """Blocks of different height side by side."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        heights = [facts.shape(part).rows for part in (first, block)]
        return ShapeError(
            f"blocks side by side have one height: {facts.said(first)}, and {facts.said(block)}, "
            f"so {heights[0]} would have to be {heights[1]}",
            span=block.span if any(block.span) else clash.node.span,
            known=facts.known([first, block], clash.sizes),
            hint=_filled(facts, clash.node, block)
            or _filled(facts, clash.node, first)
            or _stacked(facts, first, block),
        )

    return write


def width_misfit(first: Sequence[Tree], row: Sequence[Tree]) -> WriteSize:
    """Rows of blocks of different width below each other."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        widths = [
            " + ".join(str(facts.shape(block).cols) for block in each) for each in (first, row)
        ]
        written = [", ".join(map(facts.text, each)) for each in (first, row)]
        return ShapeError(
            f"rows of blocks have one width: {written[0]} has {widths[0]} columns, and "
            f"{written[1]} has {widths[1]}",
            span=clash.node.span,
            known=facts.known([clash.node], clash.sizes),
            hint=_filled(facts, clash.node, row[0]) or _SIGNS,
        )

    return write


_SIGNS = "commas between the blocks of a row, semicolons between rows"


def _stacked(facts: Facts, first: Tree, block: Tree) -> str:
    """How two blocks of different height fit, if they do."""
    one, other = facts.shape(first), facts.shape(block)
    if one.cols == other.cols:
        return f"[{facts.text(first)}; {facts.text(block)}] for one below the other"
    if one.rows == other.cols:
        return f"{facts.grouped(block)}' in place of {facts.text(block)}"
    return _SIGNS


def _filled(facts: Facts, blocks: Tree, block: Tree) -> str | None:
    """A number among blocks is 1 x 1; as many of it as its row and column need."""
    assert isinstance(blocks, syntax.Blocks)
    if not facts.shape(block).is_scalar:
        return None
    row = next(row for row in blocks.rows if any(each is block for each in row))
    place = next(k for k, each in enumerate(row) if each is block)
    column = [each[place] for each in blocks.rows if place < len(each)]
    heights = [facts.shape(each).rows for each in row if not facts.shape(each).is_scalar]
    widths = [facts.shape(each).cols for each in column if not facts.shape(each).is_scalar]
    size = ", ".join(str(sizes[0] if sizes else ONE) for sizes in (heights, widths))
    return f"{facts.text(block)} ones({size})"


def reshape_misfit(facts: Facts, clash: ClashError) -> ShapeError:
    """An array that has not as many entries as its new shape."""
    assert isinstance(clash.node, Call)
    operand, *sizes = clash.node.arguments
    wanted = " x ".join(map(facts.text, sizes))
    return facts.refusal(
        f"{facts.said(operand)}, which has {facts.shape(operand).entries} entries, so it cannot be "
        f"{wanted}",
        clash.node,
        "sizes with the same product; one of them may be -1, for what is left",
        about=operand,
    )


def permute_refused(facts: Facts, clash: ClashError) -> ShapeError:
    """An order that is not one of all axes."""
    assert isinstance(clash.node, Call)
    operand = clash.node.arguments[0]
    order = ", ".join(map(str, reversed(range(len(facts.shape(operand))))))
    return facts.refusal(
        f"{facts.text(clash.node)} has to name each axis once: {facts.said(operand)}",
        clash.node,
        f"permute({facts.text(operand)}, {order}), an order of the axes",
        about=operand,
    )
