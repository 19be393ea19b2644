"""The source of a function that computes the derivatives of a derivation."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dimderiv.checking import Checker
from dimderiv.infer import Typed, infer
from dimderiv.language.syntax import IndexForm, Program
from dimderiv.render.text import text
from dimderiv.result import Extent
from dimderiv.rules import Rulebook
from dimderiv.shapes import Declaration


@dataclass(frozen=True)
class Coder:
    """Writes code for derivatives of one expression.

    Attributes:
        typed: the expression.
        rulebook: the rules that were used.
        order: how often the expression was differentiated.
        directions: for a derivative along directions, the direction of each variable.
        definitions: names that the answer defines.
    """

    typed: Typed
    rulebook: Rulebook
    order: int
    directions: Mapping[str, str]
    definitions: Collection[str]

    def source(
        self,
        target: str,
        program: Program,
        extents: Mapping[str, Extent],
        docstring: str,
        *,
        value: bool,
        sizes: Mapping[str, int] | None,
    ) -> str:
        """The source of a function that computes derivatives.

        Args:
            target: the name of a target.
            program: the answer: one derivative, or several as definitions.
            extents: what the axes of each derivative are those of, by its name, in the order in
                which the function returns them.
            docstring: what the function says of itself, after what it computes.
            value: whether the function returns the value too, before the derivatives.
            sizes: a number for each named size, where the code is to be the best at these sizes.

        Raises:
            UnknownNameError: there is no such target.
        """
        # Imported here, since a derivation that nobody wants code of must not pay for it.
        from dimderiv.codegen.module import source

        return source(
            target,
            self.name,
            self.typed if value else None,
            [self._read(program, extents)],
            self.typed.symbols,
            docstring=f"{self._kind} of {docstring}",
            of=[extent.of for extent in extents.values()],
            wrt=[extent.by for extent in extents.values()],
            rulebook=self.rulebook,
            titles=list(extents),
            results=list(extents) if len(extents) > 1 else (),
            sizes=sizes,
        )

    def _read(self, program: Program, extents: Mapping[str, Extent]) -> Typed:
        """The answer as it is printed, read again, with its shapes.

        All derivatives are read at once, since each one's definitions are those of the others.
        """
        lone = next(iter(extents.values())).shape if len(extents) == 1 else None
        # The letters of an index form say its shape, and it may have more than two axes.
        forms = {each.name for each in program.statements if isinstance(each.value, IndexForm)}
        told = {
            name: Declaration(extent.shape)
            for name, extent in extents.items()
            if lone is None and name not in forms
        }
        return infer(
            Checker(self.typed, self.rulebook).read_back(text(program)),
            {**self.typed.symbols, **told},
            rulebook=self.rulebook,
            value=lone,
            sizes=self.typed.sizes,
        )

    @property
    def name(self) -> str:
        """The name of the function, which means nothing else."""
        name = self._kind.lower().replace(" ", "_").replace("-", "_")
        return f"{name}_" if name in {*self.typed.symbols, *self.definitions} else name

    @property
    def _kind(self) -> str:
        if self.directions:
            return "Derivative" if self.order == 1 else "Hessian-vector product"
        if self.order == 2:
            return "Hessian"
        return "Gradient" if self.typed.value.is_scalar else "Jacobian"
