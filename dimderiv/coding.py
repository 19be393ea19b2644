"""The source of a function that computes the derivatives of a derivation."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dimderiv.checking import Checker
from dimderiv.infer import Typed, infer
from dimderiv.result import Result
from dimderiv.rules import Rulebook


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
        results: Sequence[Result],
        docstring: str,
        *,
        value: bool,
        titles: Sequence[str],
        sizes: Mapping[str, int] | None,
    ) -> str:
        """The source of a function that computes derivatives.

        Args:
            target: the name of a target.
            results: the derivatives, in the order in which the function returns them.
            docstring: what the function says of itself, after what it computes.
            value: whether the function returns the value too, before the derivatives.
            titles: a name for each derivative, for its variable.
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
            [self._read(result) for result in results],
            self.typed.symbols,
            docstring=f"{self._kind} of {docstring}",
            of=[result.of for result in results],
            wrt=[result.by for result in results],
            rulebook=self.rulebook,
            titles=titles,
            sizes=sizes,
        )

    def _read(self, result: Result) -> Typed:
        """A derivative as it is printed, read again, with its shapes."""
        return infer(
            Checker(self.typed, self.rulebook).read_back(result.text()),
            dict(self.typed.symbols),
            rulebook=self.rulebook,
            value=result.shape,
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
