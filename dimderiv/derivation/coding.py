"""The source of functions that compute the derivatives of a derivation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dimderiv import codegen
from dimderiv.derivation.checking import Checker
from dimderiv.derivation.no_gc import without_collecting
from dimderiv.derivation.result import Extent
from dimderiv.errors import NotDifferentiableError, UnknownNameError
from dimderiv.graph import Node
from dimderiv.infer import Typed, infer
from dimderiv.language import Declaration, IndexForm, Program
from dimderiv.render import text
from dimderiv.rulebook import Rulebook

if TYPE_CHECKING:
    from dimderiv.codegen import Later


FORMS = ("dense", "operator")


@dataclass(frozen=True)
class Stages:
    """What a function is to be that computes something when other arrays arrive.

    Attributes:
        form: one of `FORMS`.
        layer: whether it is a layer.
        value: whether the value was asked for too.
    """

    form: str
    layer: bool
    value: bool

    def refuse_contradictions(self, typed: Typed, order: int, directions: bool) -> None:
        """Check that there is such a function."""
        if self.form not in FORMS:
            raise UnknownNameError(
                f"the form {self.form!r} is unknown", hint=f"one of {', '.join(FORMS)}"
            )
        if self.layer and self.form == "operator":
            raise NotDifferentiableError(
                "a layer has a backward pass, and an operator is applied",
                hint="ask for one of them",
            )
        kind = "a layer" if self.layer else "an operator"
        if self.value:
            own = "its forward pass returns the value" if self.layer else "it has no value"
            raise NotDifferentiableError(f"{kind} takes no value: {own}", hint="leave out value")
        if directions:
            raise NotDifferentiableError(
                f"{kind} takes its directions later, and this is a derivative along some already",
                hint="ask the derivation by the variables",
            )
        if self.layer and order == 2:
            raise NotDifferentiableError(
                "the backward pass of a layer is a first derivative, and the order is 2",
                hint="ask for order 1",
            )
        if not self.layer and order == 1 and typed.value.is_scalar:
            raise NotDifferentiableError(
                "the derivative of a scalar is a gradient, which is an array and no operator",
                hint='form "dense", or order 2 for the Hessian as an operator',
            )


@dataclass(frozen=True)
class Coder:
    """Writes code for derivatives of one expression.

    Attributes:
        typed: the expression.
        rulebook: the rules that were used.
        order: how often the expression was differentiated.
        directions: for a derivative along directions, the direction of each variable.
        definitions: names that the answer defines.
        program: the answer: one derivative, or several as definitions.
        extents: what the axes of each derivative are those of, by its name, in the order in which
            functions return them.
        nodes: each derivative as it was found.
        told: what functions say of what they compute, after what that is.
    """

    typed: Typed
    rulebook: Rulebook
    order: int
    directions: Mapping[str, str]
    definitions: Sequence[str]
    program: Program
    extents: Mapping[str, Extent]
    nodes: Sequence[Node]
    told: str

    @without_collecting()
    def source(self, target: str, *, value: bool, sizes: Mapping[str, int] | None) -> str:
        """The source of a function that computes the derivatives."""
        # Imported here, since a derivation that nobody wants code of must not pay for it.
        return codegen.source(
            target,
            self.name,
            self.valued if value else None,
            [self._answer()],
            self.typed.symbols,
            docstring=f"{self.kind} of {self.told}",
            of=[extent.of for extent in self.extents.values()],
            wrt=[extent.by for extent in self.extents.values()],
            rulebook=self.rulebook,
            titles=list(self.extents),
            results=self._several,
            nodes=self.nodes,
            sizes=sizes,
        )

    @property
    def valued(self) -> Typed:
        """The expression whose value goes with the derivatives."""
        return self.typed.plain or self.typed

    def later(
        self,
        name: str,
        docstring: str,
        arriving: Sequence[str],
        called: Mapping[str, str] | None = None,
    ) -> "Later":
        """The derivatives as what is computed when some symbols arrive."""
        return codegen.Later(
            name,
            {symbol: self.typed.symbols[symbol] for symbol in arriving},
            self._answer(),
            self._several,
            [(extent.of, extent.by) for extent in self.extents.values()],
            list(self.extents),
            docstring,
            called or {},
            self.nodes,
        )

    @property
    def _several(self) -> list[str]:
        """The names of the derivatives, where there are several."""
        return list(self.extents) if len(self.extents) > 1 else []

    def _answer(self) -> Typed:
        """The answer as it is printed, read again, with its shapes.

        All derivatives are read at once, since each one's definitions are those of the others.
        """
        extents, program = self.extents, self.program
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
        name = self.kind.lower().replace(" ", "_").replace("-", "_")
        return f"{name}_" if name in {*self.typed.symbols, *self.definitions} else name

    @property
    def kind(self) -> str:
        """What the derivatives are."""
        if self.directions:
            return "Derivative" if self.order == 1 else "Hessian-vector product"
        if self.order == 2:
            return "Hessian"
        return "Gradient" if self.typed.value.is_scalar else "Jacobian"
