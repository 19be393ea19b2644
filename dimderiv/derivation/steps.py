"""The steps of a derivation, recorded from what the sweeps and the answer have."""

from typing import TYPE_CHECKING

from dimderiv import explain
from dimderiv.answer import Derived

if TYPE_CHECKING:
    from dimderiv.explain import BlockSources, Sources, Step


def recorded(derived: Derived) -> "tuple[Step, ...]":
    """How the derivatives were found: from the value back to the variables, or along directions."""
    question, record = derived.question, derived.record
    if question.directions and question.order == 1 and record.tangents is not None:
        rulebook, taken = question.rulebook, question.typed.names
        return explain.record_changes(record.tangents, question.directions, rulebook, taken)
    return explain.record_steps(_sources(derived), _blocks(derived) if record.sweeps else ())


def _sources(derived: Derived) -> "Sources":
    typed, rulebook = derived.question.typed, derived.question.rulebook
    gradients, definitions = derived.record.gradients, derived.answer.definitions
    own = {adjoint.name for adjoint in gradients.adjoints} | set(typed.definitions)
    dims = {n for found in typed.symbols.values() for d in found.shape for n in d.names}
    return explain.Sources(
        gradients=gradients,
        statements=typed.program.statements,
        rulebook=rulebook,
        names={names[0]: name for names, name in (derived.first or derived).names.items()},
        given={tree: name for name, tree in definitions.items() if name not in own},
        symbols={*typed.symbols, *typed.definitions},
        sizes={*definitions, *dims, *rulebook.unknown, "I", "pi"},
    )


def _blocks(derived: Derived) -> "list[BlockSources]":
    """What the steps of each block of a Hessian are made from."""
    symbols, names, first = derived.question.typed.symbols, derived.names, derived.first
    assert first is not None, "second derivatives are made from gradients"
    return [
        explain.BlockSources(
            first=a,
            second=b,
            name=name,
            mirror=names.get((b, a), name),
            statements=first.answer.program((a,)).statements,
            gradients=derived.record.sweeps[a],
            is_stacked=bool(symbols[a].shape.axes and symbols[b].shape.axes),
        )
        for (a, b), name in names.items()
    ]
