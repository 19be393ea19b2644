"""What the steps of a derivation are made from, taken from what the sweeps and the answer have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dimderiv import explain
from dimderiv.answer import Answer, Variables
from dimderiv.differentiate import Gradients
from dimderiv.infer import Typed
from dimderiv.rulebook import Rulebook

if TYPE_CHECKING:
    from dimderiv.explain import BlockSources, Sources, Step


@dataclass(frozen=True)
class NamedAnswer:
    """An answer, and the name of each derivative in it."""

    answer: Answer
    names: Mapping[Variables, str]


@dataclass(frozen=True)
class Recorder:
    """Records how derivatives were found.

    Attributes:
        typed: the expression.
        rulebook: the rules that were used.
        gradients: the record of the reverse sweep.
        sweeps: for second derivatives, the record of the sweep over each gradient.
        found: the derivatives.
        first: for second derivatives, the gradients; else the derivatives again.
    """

    typed: Typed
    rulebook: Rulebook
    gradients: Gradients
    sweeps: Mapping[str, Gradients]
    found: NamedAnswer
    first: NamedAnswer

    def steps(self) -> "tuple[Step, ...]":
        """How the derivatives were found, from the value back to the variables."""
        return explain.record_steps(self._sources(), self._blocks() if self.sweeps else ())

    def _sources(self) -> "Sources":
        typed, definitions = self.typed, self.found.answer.definitions
        own = {adjoint.name for adjoint in self.gradients.adjoints} | set(typed.definitions)
        dims = {n for found in typed.symbols.values() for d in found.shape for n in d.names}
        return explain.Sources(
            gradients=self.gradients,
            statements=typed.program.statements,
            rulebook=self.rulebook,
            names={names[0]: name for names, name in self.first.names.items()},
            given={tree: name for name, tree in definitions.items() if name not in own},
            symbols={*typed.symbols, *typed.definitions},
            sizes={*definitions, *dims, *self.rulebook.unknown, "I", "pi"},
        )

    def _blocks(self) -> "list[BlockSources]":
        """What the steps of each block of a Hessian are made from."""
        symbols, names = self.typed.symbols, self.found.names
        return [
            explain.BlockSources(
                first=a,
                second=b,
                name=name,
                mirror=names.get((b, a), name),
                statements=self.first.answer.program((a,)).statements,
                gradients=self.sweeps[a],
                is_stacked=bool(symbols[a].shape.axes and symbols[b].shape.axes),
            )
            for (a, b), name in names.items()
        ]
