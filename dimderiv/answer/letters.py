"""Letters of the user for what is written: those of the program, and of the axes of derivatives."""

from collections.abc import Sequence

from dimderiv.answer.derivative import Variables, own_axes
from dimderiv.answer.question import Question
from dimderiv.conform import Heads, UserLetters, user_letters
from dimderiv.infer import Typed
from dimderiv.language import Entry, IndexForm, Name, Shape

PARTS = (Entry, IndexForm)


def letters_of(question: Question) -> UserLetters:
    """The letters of the program, and the same for the derivatives by its definitions.

    Args:
        question: what is asked.
    """
    typed = question.typed
    if not _has_letters(typed):
        return UserLetters()
    shapes = {name: known.shape for name, known in typed.symbols.items()} | {**typed.definitions}
    found = user_letters(typed.program, shapes, question.no_letters)
    adjoints = {f"d{name}": name for name in typed.definitions}
    new = {adjoint: name for adjoint, name in adjoints.items() if adjoint not in shapes}
    letters = {new_name: found.letters[n] for new_name, n in new.items() if n in found.letters}
    return UserLetters(
        shapes | {adjoint: shapes[name] for adjoint, name in new.items()},
        {**found.letters, **letters},
        found.groups,
        found.sums,
        typed.heads,
        {name: k for name, k in found.places.items() if name != typed.upstream},
    )


def _has_letters(typed: Typed) -> bool:
    """Whether a program has parts of arrays, or arrays with more axes than a matrix."""
    return typed.has_more_axes or not typed.program.kinds.isdisjoint(PARTS)


def heads_of(question: Question, user: UserLetters, variables: Variables) -> Heads:
    """Letters for the axes of a derivative: those of the value, then those of the variables.

    Args:
        question: what is asked.
        user: the letters of the program.
        variables: what it is the derivative by.
    """
    typed = question.typed
    if not user.are_used:
        return ()
    named = [_letters(user, name, typed.symbols[name].shape) for name in variables]
    if question.order > 1:
        return [letter for own in named for letter in own]
    own = _of_value(question, user)
    return [
        *own,
        *(letter for letters in ([] if question.directions else named) for letter in letters),
    ]


def _of_value(question: Question, user: UserLetters) -> list[Sequence[str]]:
    typed = question.typed
    value = typed.program.statements[-1].value
    if typed.value.is_scalar:
        return []
    if isinstance(value, IndexForm):
        return [[own[0][0]] if len(own) == 1 else [] for own in value.axes]
    name = value.name if isinstance(value, Name) else ""
    return _letters(user, name, typed.value)


def _letters(user: UserLetters, name: str, shape: Shape) -> list[Sequence[str]]:
    """A list of letters for each axis of a name, which is empty where it has none."""
    known = user.letters.get(name, ())
    padded = [*known, *[None] * (len(shape) - len(known))]
    axes = own_axes(shape)
    if len(axes) < len(shape):
        padded = [letter for letter, dim in zip(padded, shape, strict=False) if dim in axes]
    return [[letter] if letter else [] for letter in padded[: len(axes)]]
