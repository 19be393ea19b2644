"""What edits may bring in: the names and functions of the expression."""

from dimderiv.language import Call, Shape, walk
from dimderiv.surfaces.grading.edits import Vocabulary
from dimderiv.surfaces.grading.subject import Subject


def vocabulary(subject: Subject) -> Vocabulary:
    """The names and functions that an answer may have been meant to have."""
    typed, rules = subject.question.typed, subject.question.rulebook
    shapes = {name: known.shape for name, known in typed.symbols.items()} | dict(typed.definitions)
    by_shape: dict[Shape, list[str]] = {}
    for name, shape in shapes.items():
        by_shape.setdefault(shape, []).append(name)
    alike = {name: [n for n in by_shape[shape] if n != name] for name, shape in shapes.items()}
    scalars = [name for name, shape in shapes.items() if shape.is_scalar]
    parts = [*typed.program.parts, *walk(subject.right_tree)]
    called = [part.function for part in parts if isinstance(part, Call)]
    entrywise = [name for name in called if name in rules and rules[name].kind == "elementwise"]
    return Vocabulary(typed.sizes.union(scalars), alike, tuple(dict.fromkeys(entrywise)))
