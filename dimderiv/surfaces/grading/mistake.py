"""An explanation of what is wrong, not yet in words."""

from collections.abc import Mapping, Sequence

from dimderiv.language import Program, frozen
from dimderiv.render import text
from dimderiv.surfaces.grading.edits import Edit


@frozen.record
class Mistake:
    """What is wrong with an answer.

    Attributes:
        kind: one of the kinds of verdicts.
        fields: formulas for the sentence that says it.
        fix: an answer that is right.
        key: the sentence that says it; that of the kind where it has no own one.
        further: what else is wrong.
    """

    kind: str
    fields: Mapping[str, str]
    fix: Program
    key: str = ""
    further: "tuple[Mistake, ...]" = ()


def edited(made: Sequence[Edit], fix: Program) -> Mistake:
    """The mistake that some edits mend.

    Args:
        made: at least one.
        fix: the answer after them.
    """
    first, *others = [_of(edit, fix) for edit in made]
    return Mistake(first.kind, first.fields, fix, first.key, tuple(others))


def _of(edit: Edit, fix: Program) -> Mistake:
    fields = {"part": text(edit.part), "new": text(edit.new)}
    return Mistake(edit.kind, {**fields, **edit.told}, fix, edit.key or edit.kind)
