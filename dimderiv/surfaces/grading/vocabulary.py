"""What edits may bring in: the names and functions of the expression."""

from collections.abc import Mapping

from dimderiv.language import Call, Shape, walk
from dimderiv.surfaces.grading.edits import Vocabulary
from dimderiv.surfaces.grading.subject import Subject

# The kinds of functions whose value has the shape of the argument.
OF_ENTRIES = frozenset({"elementwise", "rows"})


def vocabulary(subject: Subject) -> Vocabulary:
    """The names and functions that an answer may have been meant to have."""
    typed, rules = subject.question.typed, subject.question.rulebook
    shapes = {name: known.shape for name, known in typed.symbols.items()} | dict(typed.definitions)
    alike = {name: _alike(name, shapes) for name in shapes}
    alike |= {size: sorted(typed.sizes - {size}) for size in typed.sizes}
    scalars = [name for name, shape in shapes.items() if shape.is_scalar]
    parts = [*typed.program.parts, *walk(subject.right_tree)]
    called = [part.function for part in parts if isinstance(part, Call)]
    functions = [name for name in called if name in rules and rules[name].kind in OF_ENTRIES]
    return Vocabulary(typed.sizes.union(scalars), alike, tuple(dict.fromkeys(functions)))


def _alike(name: str, shapes: Mapping[str, Shape]) -> list[str]:
    """The other names with as many axes, those of the same shape first."""
    own = shapes[name]
    others = [n for n, shape in shapes.items() if n != name and len(shape.axes) == len(own.axes)]
    return sorted(others, key=lambda other: shapes[other] != own)
