"""All steps: those of the sweep, and for a Hessian those of each block after the gradient's.

A block whose variables were met in the other order is not derived again, since the order does not
matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dimderiv.answer import Derived, letters_of
from dimderiv.differentiate import Visit
from dimderiv.explain.record.forward import steps_along
from dimderiv.explain.record.letters import StatementLetters
from dimderiv.explain.record.names import ShortNames
from dimderiv.explain.record.recorded import BlockKind, HessianBlock, Step
from dimderiv.explain.record.reverse import Sources, steps_back
from dimderiv.graph import Key, Symbol
from dimderiv.language import Name

MARK = "J_"


def record_steps(derived: Derived) -> tuple[Step, ...]:
    """How derivatives were found: from the value back to the variables, or along directions.

    Args:
        derived: the derivatives, and the record of the sweeps.

    Raises:
        LimitError: a product has so many factors that the steps would be too long to be read.
    """
    question, tangents = derived.question, derived.record.tangents
    if question.directions and question.order == 1 and tangents is not None:
        return tuple(steps_along(question, tangents))
    sources = _sources(derived)
    definitions, adjoints = derived.answer.definitions, derived.record.gradients.adjoints
    own = {adjoint.name for adjoint in adjoints} | set(question.typed.definitions)
    given = {tree: name for name, tree in definitions.items() if name not in own}
    letters = StatementLetters(sources.statements, sources.letters, sources.sizes).every
    taken = (*sources.symbols, *sources.sizes, *sources.names.values(), *letters)
    names = ShortNames(taken, given)
    return (*steps_back(sources, names), *_blocks(derived, sources, names))


def _sources(derived: Derived) -> Sources:
    typed, rulebook = derived.question.typed, derived.question.rulebook
    dims = {n for found in typed.symbols.values() for d in found.shape for n in d.names}
    labels = {name for name, found in typed.symbols.items() if found.labels is not None}
    return Sources(
        gradients=derived.record.gradients,
        statements=typed.program.statements,
        rulebook=rulebook,
        names={names[0]: name for names, name in (derived.first or derived).names.items()},
        symbols={*typed.symbols, *typed.definitions},
        sizes={*derived.answer.definitions, *dims, *labels, *rulebook.declared, "I", "pi"},
        letters=letters_of(derived.question),
    )


def _blocks(derived: Derived, sources: Sources, short_names: ShortNames) -> Iterator[Step]:
    """The steps of each block of a Hessian."""
    first, sweeps = derived.first, derived.record.sweeps
    if first is None or not sweeps:
        return
    told: set[tuple[str, str]] = set()
    for (by, second), name in derived.names.items():
        shapes = [derived.question.typed.symbols[variable].shape for variable in (by, second)]
        visits = _towards(sweeps[by].visits, second)
        kind: BlockKind = "derived" if visits else "zero"
        if visits and (second, by) in told:
            kind = "transposed" if all(shape.axes for shape in shapes) else "equal"
        told.add((by, second))
        mirror = derived.names.get((second, by), name)
        yield HessianBlock(
            kind=kind,
            gradient=Name(sources.names[by]),
            first=Name(by),
            second=Name(second),
            name=Name(name),
            mirror=Name(mirror),
            has_axes=bool(shapes[0].axes),
        )
        if kind == "derived":
            block = replace(
                sources,
                gradients=replace(sweeps[by], visits=visits),
                statements=first.answer.program((by,)).statements,
                names={second: name},
            )
            yield from steps_back(block, short_names.again(MARK))


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
