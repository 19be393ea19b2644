"""What derivatives are called: their names in the language, and how LaTeX spells those."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from dimderiv import render
from dimderiv.answer import Variables
from dimderiv.infer import Typed
from dimderiv.language import Name, Program, unused_name
from dimderiv.rulebook import Rulebook

# The value has no name of its own: one of these stands for it.
VALUES = ("Y", "F", "Z", "value")


@dataclass(frozen=True)
class Spelling:
    """The names of the derivatives of one expression.

    Attributes:
        typed: the expression.
        order: how often it was differentiated.
        directions: for derivatives along directions, the direction of each variable.
    """

    typed: Typed
    order: int
    directions: Mapping[str, str]

    def names(
        self, derivatives: Iterable[Variables], definitions: Collection[str]
    ) -> dict[Variables, str]:
        """A name for each derivative: `dX`, `H_xy`, `Hv_x` along `v`, `Y_dot` for a value."""
        taken = {*self.typed.symbols, *self.typed.functions, *definitions}
        names: dict[Variables, str] = {}
        for variables in derivatives:
            names[variables] = unused_name(self._wanted(variables), taken)
            taken.add(names[variables])
        return names

    def _wanted(self, variables: Variables) -> str:
        first = variables[0]
        if not self.directions:
            return f"d{first}" if self.order == 1 else f"H_{''.join(variables)}"
        if self.order == 2:
            return f"H{self.directions[first]}_{first}"
        value = self.typed.program.statements[-1].name
        taken = {*self.typed.symbols, *self.typed.definitions, *self.typed.functions}
        return f"{value or next(name for name in VALUES if name not in taken)}_dot"

    def in_latex(self, names: Mapping[Variables, str], tangents: Iterable[str]) -> dict[str, str]:
        """How derivatives by symbols and intermediates, and along directions, are spelled."""
        symbols = self.typed.symbols
        found = {
            f"d{name}": rf"\mathrm{{d}}{render.latex(Name(name))}"
            for name in (*symbols, *self.typed.definitions)
            if f"d{name}" not in symbols
        }
        for name in (*tangents, *names.values()):
            base, dot, _ = name.partition("_dot")
            if dot and name not in symbols:
                found[name] = rf"\dot{{{render.latex(Name(base), names=found)}}}"
        if self.order == 2 and self.directions:
            for variables, name in names.items():
                variable, direction = variables[0], self.directions[variables[0]]
                product = rf"(\mathrm{{H}} {render.latex(Name(direction))})"
                found[name] = rf"{product}_{{{render.latex(Name(variable))}}}"
        return found

    def latex(
        self,
        program: Program,
        names: Mapping[Variables, str],
        tangents: Iterable[str],
        rulebook: Rulebook,
    ) -> str:
        """An answer in LaTeX: a formula, or definitions and derivatives below each other."""
        spelled = self.in_latex(names, tangents)
        functions = {rule.name: rule.latex for rule in rulebook.rules.values() if rule.latex}
        last = next(iter(names.values()))
        lines = [
            (
                render.latex(Name(each.name or last), names=spelled, spellings=functions),
                render.latex(each.value, names=spelled, spellings=functions),
            )
            for each in program.statements
        ]
        return render.align(lines) if len(lines) > 1 else lines[0][1]
