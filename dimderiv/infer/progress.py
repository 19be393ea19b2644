"""Visiting a program statement by statement, with the possibility to go back.

When another kind is tried for a symbol, only the statements from its first occurrence on are
visited again, so that a long program in which every layer needs a correction stays linear.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from dimderiv.infer import indexed, operators
from dimderiv.infer.along import heads_of, letters_of_head
from dimderiv.infer.bound import Late
from dimderiv.infer.clashes import ClashError, definition_misfit
from dimderiv.infer.functions import call_axes
from dimderiv.infer.postponed import postponed_misfit
from dimderiv.infer.scope import Kind, Scope, ScopeMark, Visitor, declared_axes
from dimderiv.infer.unify import SizeTerm
from dimderiv.language import syntax

VISITORS: Mapping[type[syntax.Tree], Visitor] = {
    syntax.Number: operators.number_axes,
    syntax.Name: Scope.name,
    syntax.Negative: operators.negative_axes,
    syntax.Transpose: operators.transpose_axes,
    syntax.Add: operators.sum_axes,
    syntax.Binary: operators.binary_axes,
    syntax.Call: call_axes,
    syntax.IndexForm: lambda scope, node: indexed.index_form_axes(scope, node),
    syntax.Entry: lambda scope, node: indexed.entry_axes(scope, node),
    syntax.Blocks: lambda scope, node: indexed.blocks_axes(scope, node),
}


class Progress:
    """How far a program has been visited, and under which assumptions.

    Args:
        program: the program.
        scope: what is known before it.

    Attributes:
        visited: how many parts of the program were visited, again and again.
    """

    def __init__(self, program: syntax.Program, scope: Scope) -> None:
        self.program = program
        self.scope = scope
        self.marks: list[ScopeMark] = []
        self.visited = 0

    def advance(self, kinds: Mapping[str, Kind]) -> ClashError | None:
        """Visit the program to its end."""
        scope, statements = self.scope, self.program.statements
        self._go_back(kinds)
        scope.kinds = kinds
        try:
            for statement in statements[len(self.marks) :]:
                self.marks.append(scope.mark())
                scope.steps = 0
                try:
                    self._visit(statement)
                finally:
                    self.visited += scope.steps
            self.marks.append(scope.mark())
            self._finish()
        except ClashError as clash:
            return clash
        return None

    def _go_back(self, kinds: Mapping[str, Kind]) -> None:
        """Undo the last statement, which may be unfinished, and all that another kind affects."""
        if not self.marks:
            return
        start = len(self.marks) - 1
        changed = {name for name, _ in kinds.items() ^ self.scope.kinds.items()}
        if changed:
            order = self.scope.introduced
            first = next((k for k, name in enumerate(order) if name in changed), len(order))
            starts = [mark.introduced for mark in self.marks]
            start = min(start, bisect_right(starts, first) - 1)
        self.scope.undo(self.marks[start])
        del self.marks[start:]

    def _visit(self, statement: syntax.Statement) -> None:
        scope, name = self.scope, statement.name
        declared = scope.declared.get(name) if name else None
        own = None if declared is None else declared_axes(declared)
        if own is not None and isinstance(statement.value, syntax.IndexForm):
            scope.head = _declared_letters(statement.value, own)
        axes = scope.visit(statement.value)
        if name is None:
            return
        if own is not None:
            write = definition_misfit(name)
            if len(own) != len(axes):
                raise ClashError(statement.value, write)
            for wanted, size in zip(own, axes, strict=True):
                scope.agree(wanted, size, statement.value, write)
        scope.add(name, "definition", axes)
        heads = heads_of(scope, statement.value, len(axes)) if scope.bound else None
        if heads is not None:
            scope.heads[name] = heads

    def _finish(self) -> None:
        failed = self.scope.unifier.solve()
        while failed is None and settle_late(self.scope):
            failed = self.scope.unifier.solve()
        if failed is not None:
            raise ClashError(failed.reason, postponed_misfit, failed[:2])

    @property
    def reached(self) -> tuple[int, int]:
        """How many statements were begun, and how far the last of them was visited."""
        return len(self.marks), self.scope.steps


def _declared_letters(node: syntax.IndexForm, own: Sequence[SizeTerm]) -> Mapping[str, SizeTerm]:
    """The sizes of the letters that are axes of a declared array by themselves."""
    axes = letters_of_head(node)
    sized = zip(axes, own, strict=False) if len(axes) <= len(own) else ()
    return {letters[0]: size for letters, size in sized if len(letters) == 1}


def settle_late(scope: Scope) -> bool:
    """Do what had to wait for other sizes, as far as they are known; whether a size was told."""
    known = len(scope.unifier.trail)
    waiting: Sequence[Late] = scope.late
    while waiting:
        left = [late for late in waiting if not late.act()]
        if len(left) == len(waiting):
            break
        waiting = left
    return len(scope.unifier.trail) > known
