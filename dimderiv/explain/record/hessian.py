"""All steps: those of the gradient, and for a Hessian those of each block after them.

Goes in: the record of the first sweep, and for each block that of the second.  A block whose
variables were met in the other order is not derived again, since the order does not matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dimderiv.differentiate import Gradients, Visit
from dimderiv.explain.record.names import ShortNames
from dimderiv.explain.record.recorded import Block, BlockKind, Step
from dimderiv.explain.record.reverse import Sources, steps_back
from dimderiv.graph import Key, Symbol
from dimderiv.language import Name, Statement

MARK = "J_"


@dataclass(frozen=True)
class BlockSources:
    """What the steps of one block are made from.

    Attributes:
        first: the variable that the gradient is by.
        second: the variable that the gradient is differentiated by.
        name: a name for the block.
        mirror: a name for the block with the variables exchanged.
        statements: the gradient as it was found, after the definitions that it uses.
        gradients: the record of the sweep over it.
        is_stacked: whether both variables have axes, so that the mirrored block is transposed.
    """

    first: str
    second: str
    name: str
    mirror: str
    statements: Sequence[Statement]
    gradients: Gradients
    is_stacked: bool


def record_steps(sources: Sources, blocks: Sequence[BlockSources] = ()) -> tuple[Step, ...]:
    """The steps of the gradients, and after them those of each block of a Hessian.

    Args:
        sources: what the steps of the gradients are made from.
        blocks: what those of the blocks are made from, in the order in which they are told.

    Raises:
        LimitError: a product has so many factors that the steps would be too long to be read.
    """
    short_names = sources.short_names()
    steps = list(steps_back(sources, short_names))
    told: set[tuple[str, str]] = set()
    for block in blocks:
        is_mirrored = (block.second, block.first) in told
        steps += _steps(block, sources, short_names, is_mirrored=is_mirrored)
        told.add((block.first, block.second))
    return tuple(steps)


def _steps(
    block: BlockSources, sources: Sources, short_names: ShortNames, *, is_mirrored: bool
) -> Iterator[Step]:
    visits = _towards(block.gradients.visits, block.second)
    kind: BlockKind = "derived" if visits else "zero"
    if visits and is_mirrored:
        kind = "transposed" if block.is_stacked else "equal"
    gradient = sources.names[block.first]
    names = (gradient, block.first, block.second, block.name, block.mirror)
    yield Block(kind, *map(Name, names))
    if kind == "derived":
        second = replace(
            sources,
            gradients=replace(block.gradients, visits=visits),
            statements=block.statements,
            names={block.second: block.name},
        )
        yield from steps_back(second, short_names.again(MARK))


def _towards(visits: Sequence[Visit], variable: str) -> tuple[Visit, ...]:
    """The part of a sweep that leads to one variable."""
    leading: set[Key] = set()
    found = []
    for visit in reversed(visits):
        kept = tuple(
            partial
            for partial in visit.partials
            if partial.operand.key in leading
            or (isinstance(partial.operand, Symbol) and partial.operand.name == variable)
        )
        if kept:
            leading.add(visit.node.key)
            found.append(replace(visit, partials=kept))
    return tuple(reversed(found))
