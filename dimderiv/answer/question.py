"""What is asked: an expression with its shapes, by what, how often, and in which form."""

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

from dimderiv.differentiate import structure_of
from dimderiv.errors import NotDifferentiableError
from dimderiv.infer import Typed, infer, needs_sizes
from dimderiv.language import (
    Declaration,
    Program,
    Shape,
    frozen,
    names_in_brackets,
    parse_program,
)
from dimderiv.rulebook import Rulebook

if TYPE_CHECKING:
    from dimderiv.answer.derived import Inner

Layout = Literal["mixed", "numerator", "denominator"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)


@frozen.record
class Question:
    """What is to be derived, once every shape is known.

    Attributes:
        source: the expression as written.
        wrt: the variables.
        typed: the expression with its shapes.
        rulebook: the rules.
        order: how often the expression is differentiated.
        layout: the layout convention.
        directions: for a derivative along directions, the direction of each variable.
        structured: whether the entries of variables are tied as their properties say.
        inline: whether to write the answer without names for intermediates.
        unused: the names that are declared and do not occur, or defined and not used.
        read_as: for a text of another language, which one it is, and what was read.
        inner: the derivatives inside the expression, in the order in which they were derived.
    """

    source: str
    wrt: tuple[str, ...]
    typed: Typed
    rulebook: Rulebook
    order: int = 1
    layout: Layout = "mixed"
    directions: Mapping[str, str] = field(default_factory=dict)
    structured: bool = False
    inline: bool = False
    unused: tuple[str, ...] = ()
    read_as: str = ""
    inner: "tuple[Inner, ...]" = field(default=(), repr=False)

    @property
    def valued(self) -> Typed:
        """The expression whose value goes with the derivatives."""
        return self.typed.plain or self.typed

    @property
    def gives_gradients(self) -> bool:
        """Whether the derivatives are first ones of a scalar, by each entry."""
        return self.order == 1 and self.typed.value.is_scalar and not self.directions

    @cached_property
    def structures(self) -> Mapping[str, str]:
        """How the entries of each variable are tied; nothing where they are to be free.

        Raises:
            NotDifferentiableError: they are to be tied, and no property ties any.
        """
        if not self.structured:
            return {}
        properties = {name: self.typed.symbols[name].properties for name in self.wrt}
        found = {name: structure_of(name, words) for name, words in properties.items()}
        if not any(found.values()):
            raise NotDifferentiableError(
                f"no entries of {', '.join(self.wrt)} are tied, since no property says so",
                hint='declare one, such as "S: n x n symmetric"',
            )
        return {name: structure for name, structure in found.items() if structure}

    def typed_again(
        self, program: Program, told: Mapping[str, Shape] | None = None, value: Shape | None = None
    ) -> Typed:
        """An answer that was read, with its shapes.

        Args:
            program: the answer.
            told: the shapes of definitions that are known.
            value: that of the last one, if it is known.
        """
        declared = {name: Declaration(shape) for name, shape in (told or {}).items()}
        return infer(
            program,
            {**self.typed.symbols, **declared},
            rulebook=self.rulebook,
            value=value,
            sizes=self.typed.sizes,
        )

    def settled(
        self, printed: str, told: Mapping[str, Shape] | None = None, value: Shape | None = None
    ) -> Program:
        """A printed answer, read with all sums, sizes of letters and numbers of axes.

        Args:
            printed: in the language.
            told: the shapes of definitions that are known.
            value: that of the last one, if it is known.
        """
        program = self.read(printed)
        return self.typed_again(program, told, value).settled if needs_sizes(program) else program

    def read(self, printed: str) -> Program:
        """A printed answer, read by the parser of the language.

        Args:
            printed: in the language.
        """
        symbols, functions, sizes = self.typed.symbols, self.rulebook.words, self.no_letters
        return parse_program(printed, names=sizes.union(symbols), functions=functions, sizes=sizes)

    @property
    def no_letters(self) -> frozenset[str]:
        """The names that are no letters in square brackets: all sizes, and symbols of labels."""
        return names_in_brackets(self.typed.symbols).union(self.typed.sizes)
