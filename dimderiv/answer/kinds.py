"""What kind of array each part of an answer is: a scalar, a vector or a matrix.

The shape of a definition is inferred once; then its name is as good as a symbol that is declared,
so that a part costs what stands in it, however long the answer is.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Literal

from dimderiv.answer.answer import Answer
from dimderiv.errors import ShapeError
from dimderiv.infer import Typed, infer
from dimderiv.language import Declaration, Group, Program, Shape, Statement, Tree, syntax
from dimderiv.rulebook import Rulebook

PartKind = Literal["scalar", "vector", "matrix"]
KindOf = Callable[[Answer, Tree], PartKind]


class Kinds:
    """The kinds of parts of one answer.

    Args:
        typed: the program that is differentiated.
        rulebook: the functions.
    """

    def __init__(self, typed: Typed, rulebook: Rulebook) -> None:
        self.typed = typed
        self.rulebook = rulebook
        self.asked: set[str] = set()

    @cached_property
    def known(self) -> dict[str, Declaration]:
        """What is known of names: most answers are short, and nobody asks."""
        typed = self.typed
        defined = {n: s for n, s in typed.definitions.items() if n not in typed.heads}
        return {**typed.symbols, **{n: _declared(shape) for n, shape in defined.items()}}

    def of(self, answer: Answer, part: Tree) -> PartKind:
        """The kind of a part.

        Args:
            answer: the answer that it stands in.
            part: the part.

        Raises:
            ShapeError: an identity in it takes its size from what stands around it.
        """
        for statement in self._open(answer, part):
            if statement.name is not None and statement.name not in self.asked:
                self._ask(answer, statement.name)
        shape = self._typed(answer, part).value
        is_large = shape.is_matrix or shape.has_more_axes
        return "scalar" if shape.is_scalar else "matrix" if is_large else "vector"

    def _ask(self, answer: Answer, name: str) -> None:
        """Infer the shape of a definition, which may be open where it is not used."""
        self.asked.add(name)
        try:
            typed = self._typed(answer, syntax.Name(name))
        except ShapeError:
            return
        # The axes of an index statement have letters, which only the definition itself tells.
        if name not in typed.heads:
            self.known[name] = _declared(typed.value)

    def _typed(self, answer: Answer, part: Tree) -> Typed:
        needed = self._open(answer, part)
        program = Program((*needed, Statement(None, without_groups(part))))
        known = {name: self.known[name] for name in program.names if name in self.known}
        return infer(program, known, rulebook=self.rulebook, sizes=self.typed.sizes)

    def _open(self, answer: Answer, part: Tree) -> list[Statement]:
        """The definitions with no known shape that a part uses, directly or through others."""
        values = {k: value for k, value in answer.definitions.items() if k not in self.known}
        needed = Answer(values, {}).needed([part])
        return [Statement(each.name, without_groups(each.value)) for each in needed]


def _declared(shape: Shape) -> Declaration:
    return Declaration(shape, text=str(shape))


def without_groups(node: Tree) -> Tree:
    """A tree without the brackets that only help the reader."""

    def inside(part: Tree) -> Tree | None:
        return bare(part.operand) if isinstance(part, Group) else None

    bare = syntax.replacing(inside)
    return bare(node)
