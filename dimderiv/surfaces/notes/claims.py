"""A claim as a question that can be answered: what is differentiated, by what, what is claimed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dimderiv.errors import DimderivError, ParseError, UnknownNameError
from dimderiv.sources import Side, Slope, head_of, slopes_within
from dimderiv.surfaces.notes.judge import Asked, Judge
from dimderiv.surfaces.notes.scope import Definition, Scope

_SEPARATOR = " ; "


@dataclass(frozen=True)
class Question:
    """A derivative in the scope that it stands in.

    Attributes:
        asked: what is differentiated.
        scope: what is known there.
        needed: the definitions that the expression uses.
        names: the names in it.
        is_narrow: whether declarations of earlier sections are left out.
    """

    asked: Asked
    scope: Scope
    needed: tuple[Definition, ...]
    names: frozenset[str]
    since: int | None = None

    def claim(self, text: str, extra: frozenset[str] = frozenset()) -> tuple[Asked, str]:
        """What is asked, with the shapes that a claim needs, and the claim with its definitions.

        Args:
            text: the claim, in LaTeX.
            extra: further names that are known.

        Raises:
            DimderivError: the claim cannot be read.
        """
        known = {*self.asked.variables, *extra, *self.names}
        names = self.scope.read(text, known)
        without = {*self.asked.variables, *(each.head.name for each in self.needed)}
        needed = self.scope.closure(names, without)
        every = self.names.union(names, *(each.names for each in needed))
        shapes = self.scope.relevant(every, self.since)
        asked = self.asked._replace(shapes=tuple(shapes.items()))
        return asked, _SEPARATOR.join([*(each.text for each in needed), text])


def questions(slope: Slope, scope: Scope, section: int) -> Iterator[Question]:
    """What a derivative asks, in the readings of the scope, the likeliest first.

    Args:
        slope: the derivative as it is written.
        scope: what is known where it stands.
        section: the number of its section.

    Raises:
        DimderivError: it cannot be read.
    """
    first = _question(slope, scope, None)
    yield first
    doubtful = [each.head.name for each in first.needed if each.is_doubtful]
    if doubtful:
        narrow = scope.copy()
        for name in doubtful:
            del narrow.definitions[name]
        yield _question(slope, narrow, None)
    every = first.names.union(*(each.names for each in first.needed))
    if scope.relevant(every) != scope.relevant(every, section):
        yield _question(slope, scope, section)


def _question(slope: Slope, scope: Scope, since: int | None) -> Question:
    if slope.subject is None:
        raise ParseError("what is differentiated is not written", hint=r"\nabla_w J = ...")
    variables = _variables(slope, scope)
    text, names, needed = _subject(slope.subject, scope, variables)
    expression = _SEPARATOR.join([*(each.text for each in needed), *([text] if text else [])])
    every = names.union(*(each.names for each in needed))
    shapes = scope.relevant(every, since)
    asked = Asked(
        expression,
        variables,
        slope.order,
        slope.layout or "mixed",
        (),
        tuple(shapes.items()),
    )
    return Question(asked, scope, needed, every, since)


def _variables(slope: Slope, scope: Scope) -> tuple[str, ...]:
    """By what is differentiated; what is not written is the argument."""
    names = tuple(dict.fromkeys(slope.variables))
    if not names and slope.subject is not None:
        head = head_of(slope.subject)
        arguments = head.arguments if head else ()
        if head and not arguments and head.name in scope.definitions:
            arguments = scope.definitions[head.name].head.arguments
        names = arguments
    if len(names) != 1:
        raise ParseError(
            "by what is differentiated is not written"
            if not names
            else "derivatives by several variables at once are not read",
            hint=r"\nabla_w J = ...",
        )
    return names


def _subject(
    subject: Side, scope: Scope, variables: tuple[str, ...]
) -> tuple[str, frozenset[str], tuple[Definition, ...]]:
    """What is differentiated: its text, where it has no name, its names and definitions."""
    head = head_of(subject)
    if head is not None and head.name in scope.definitions and head.name not in variables:
        definition = scope.definitions[head.name]
        own = definition.head.arguments
        if not head.is_plain or (own and set(head.arguments) - {*own, *definition.names}):
            raise ParseError(f"the arguments of {head.name} are others than in its definition")
        needed = scope.closure([head.name], variables)
        return "", frozenset({head.name}), tuple(needed)
    if head is not None and head.name not in variables and not _is_expression(subject, scope):
        raise UnknownNameError(f"{head.name} is not defined above", hint=f"{head.name} = ...")
    names = scope.read(subject.text, variables)
    return subject.text, names, tuple(scope.closure(names, variables))


def _is_expression(subject: Side, scope: Scope) -> bool:
    """Whether something that begins like a call is a product or a function of the language."""
    head = head_of(subject)
    if head is None or not head.is_called:
        return False
    try:
        names = scope.read(subject.text)
    except DimderivError:
        return False
    return head.name not in names


def substituted(side: Side, scope: Scope, section: int, judge: Judge) -> str:
    """A side in which derivatives stand written out, as the engine derives them.

    Args:
        side: of a claim, or of a definition.
        scope: what is known where it stands.
        section: the number of its section.
        judge: what derives.

    Raises:
        DimderivError: one of them cannot be derived.
    """
    parts, place = list[str](), side.start
    for slope in slopes_within(side):
        question = next(questions(slope, scope, section))
        parts += [side.source[place : slope.start], rf"\left({judge.answer(question.asked)}\right)"]
        place = slope.end
    return "".join([*parts, side.source[place : side.end]])


def said_of(scope: Scope, names: frozenset[str]) -> Mapping[str, str]:
    """The properties that formulas say of some names.

    Args:
        scope: what is known.
        names: those in a claim.
    """
    return {name: its for name, (its, _) in scope.properties.items() if name in names}
