"""A claim as a question that can be answered: what is differentiated, by what, what is claimed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dimderiv.errors import DimderivError, ParseError, UnknownNameError
from dimderiv.language import frozen
from dimderiv.sources import (
    Side,
    Slope,
    differentials_in,
    head_of,
    primed_in,
    slope_of,
    slopes_within,
)
from dimderiv.surfaces.notes.judge import Asked, Judge
from dimderiv.surfaces.notes.scope import Definition, Scope

_SEPARATOR = " ; "
_D = r"\mathrm{d}"
_DELTA = re.compile(r"\\delta_\{?\s*([a-z])\s*,?\s*([a-z])\s*\}?")
_MOST_LETTERS = 2
_CONSTANTS = ("I", "pi")
# A symbol that stands for any argument.
_ANY = r"\Upsilon"
# The name of a derivative that is given entry by entry.
_ENTRIES = r"\mathrm{entries}"


@frozen.record
class Question:
    """A derivative in the scope that it stands in.

    Attributes:
        asked: what is differentiated.
        scope: what is known there.
        needed: the definitions that the expression uses.
        names: the names in it.
        since: the section from which on declarations count; nothing where all do.
        unsaid: the names of which something that was said is left out.
        letters: those of the entry that is differentiated by.
    """

    asked: Asked
    scope: Scope
    needed: tuple[Definition, ...]
    names: frozenset[str]
    since: int | None = None
    unsaid: tuple[str, ...] = ()
    letters: str = ""

    def claim(self, text: str) -> tuple[Asked, str]:
        """What is asked, with the shapes that a claim needs, and the claim with its definitions.

        Args:
            text: the claim, in LaTeX.

        Raises:
            DimderivError: the claim cannot be read.
        """
        known = {*self.asked.variables, *self.asked.directions, *self.names}
        text = self.scope.plain(text)
        if self.letters:
            text = _DELTA.sub(r"I_{\1,\2}", text)
            text = rf"({_ENTRIES})_{{{','.join(self.letters)}}} = {text}"
        names = self.scope.read(text, known).names
        without = {*self.asked.variables, *(each.head.name for each in self.needed)}
        needed = self.scope.closure(names, without)
        every = self.names.union(names, *(each.names for each in needed))
        shapes = self.scope.relevant(every, self.since) | dict(self.asked.shapes)
        asked = self.asked._replace(shapes=tuple(shapes.items()))
        return asked, _SEPARATOR.join([*(each.text for each in needed), text])

    def is_told(self, answer: str) -> bool:
        """Whether an answer is made of what the text has names for.

        Args:
            answer: in LaTeX.
        """
        bases = {name.rpartition("_")[0] for name in self.names}
        known = {*self.names, *bases, *self.scope.definitions, *self.scope.shapes, *_CONSTANTS}
        try:
            return self.scope.read(answer, known).names <= known | self._sizes
        except DimderivError:
            return False

    @property
    def _sizes(self) -> set[str]:
        return {size for _, shape in self.asked.shapes for size in shape.split()}


def questions(
    slope: Slope, scope: Scope, section: int, values: Sequence[Side] = ()
) -> Iterator[Question]:
    """What a derivative asks, in the readings of the scope, the likeliest first.

    Args:
        slope: the derivative as it is written.
        values: what it is claimed to be; a differential is along those that stand there.
        scope: what is known where it stands.
        section: the number of its section.

    Raises:
        DimderivError: it cannot be read.
    """
    if slope.sign == "differential":
        moving = [each.name for value in values for each in differentials_in(value)]
        slope = replace(slope, variables=tuple(dict.fromkeys(moving)))
    first = _question(slope, scope, None)
    yield first
    for narrow, since, unsaid in _readings(slope, scope, section, first):
        try:
            yield replace(_question(slope, narrow, since), unsaid=unsaid)
        except DimderivError:
            continue


def _readings(
    slope: Slope, scope: Scope, section: int, first: Question
) -> Iterator[tuple[Scope, int | None, tuple[str, ...]]]:
    """Other readings: without equations that may define nothing, without earlier declarations."""
    head = head_of(slope.subject) if slope.subject else None
    for doubt in ("variable", "declared"):
        equations = [each.head.name for each in first.needed if each.doubt == doubt]
        doubtful = [name for name in equations if head is None or name != head.name]
        if doubtful:
            yield scope.without(doubtful), None, tuple(doubtful) if doubt == "declared" else ()
    wide, later = scope.relevant(first.names), scope.relevant(first.names, section)
    undeclared = tuple(name for name in wide if name not in later)
    if undeclared:
        yield scope, section, undeclared
    earlier = [each.head.name for each in first.needed if each.section != section]
    undefined = tuple(name for name in earlier if head is None or name != head.name)
    if undefined:
        narrow = scope.without(undefined)
        yield narrow, None, undefined
        yield narrow, section, (*undefined, *undeclared)


def _question(slope: Slope, scope: Scope, since: int | None) -> Question:
    if slope.subject is None:
        raise ParseError("what is differentiated is not written", hint=r"\nabla_w J = ...")
    written = _variables(slope, scope)
    bases = [base for base, _ in map(_entry, written) if base]
    text, names, needed = _subject(slope.subject, scope, (*written, *bases))
    expression = _SEPARATOR.join([*(each.text for each in needed), *([text] if text else [])])
    every = names.union(*(each.names for each in needed))
    variables, letters = written, ""
    if bases and not every & {*written} and every & {*bases}:
        variables, letters = tuple(bases), _entry(written[0])[1]
    own = _own_letter(slope.subject, scope)
    if own and not letters:
        raise ParseError("an entry of a value is differentiated by an entry", hint=r"x_j")
    shapes = scope.relevant(every, since)
    if slope.sign == "prime" and text:
        # A prime is that of a function of numbers.
        shapes |= dict.fromkeys(variables, "scalar")
    directions = tuple(f"d{each}" for each in variables) if slope.sign == "differential" else ()
    layout = "mixed" if letters else _layout(slope, scope)
    asked = Asked(expression, variables, slope.order, layout, directions, tuple(shapes.items()))
    return Question(asked, scope, needed, every, since, letters=own + letters)


def _entry(name: str) -> tuple[str, str]:
    """The array and the letters that a name may be an entry by, as `W` and `ij` in `W_ij`."""
    base, _, letters = name.rpartition("_")
    is_entry = letters.isalpha() and letters.islower() and len(letters) <= _MOST_LETTERS
    return (base, letters) if base and is_entry else ("", "")


def _own_letter(subject: Side, scope: Scope) -> str:
    """The letter of the entry that is differentiated, as `i` in `y_i` where y is defined."""
    head = head_of(subject)
    base, letters = _entry(head.name) if head else ("", "")
    is_entry = head is not None and head.name not in scope.definitions and len(letters) == 1
    return letters if is_entry and base in scope.definitions else ""


def _layout(slope: Slope, scope: Scope) -> str:
    """The layout of a derivative: as a transpose in it says, or as the document has it."""
    if slope.order > 1 or slope.sign == "differential":
        return "mixed"
    return slope.layout or scope.layouts.get(slope.sign, "mixed")


def _variables(slope: Slope, scope: Scope) -> tuple[str, ...]:
    """By what is differentiated; what is not written is the argument."""
    names = tuple(dict.fromkeys(slope.variables))
    if not names and slope.subject is not None:
        head = head_of(slope.subject)
        arguments = head.arguments if head else ()
        if head and not arguments and head.name in scope.definitions:
            arguments = scope.definitions[head.name].head.arguments
        names = arguments
    if len(names) != 1 and not (names and slope.sign == "differential"):
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
    if head is not None and _own_letter(subject, scope):
        head = replace(head, name=_entry(head.name)[0])
    if head is not None and head.name in scope.definitions and head.name not in variables:
        definition = scope.definitions[head.name]
        own = definition.head.arguments
        if not head.is_plain or (own and set(head.arguments) - {*own, *definition.names}):
            raise ParseError(f"the arguments of {head.name} are others than in its definition")
        needed = scope.closure([head.name], variables)
        return "", frozenset({head.name}), tuple(needed)
    if head is not None and head.name not in variables and not _is_expression(subject, scope):
        raise UnknownNameError(f"{head.name} is not defined above", hint=f"{head.name} = ...")
    text = scope.plain(subject.text)
    names = scope.read(text, variables).names
    return text, names, tuple(scope.closure(names, variables))


def _is_expression(subject: Side, scope: Scope) -> bool:
    """Whether something that begins like a call is a product or a function of the language."""
    head = head_of(subject)
    if head is None or not head.is_called:
        return False
    try:
        names = scope.read(subject.text).names
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
    edits = [(each.start, each.middle, _D) for each in differentials_in(side)]
    whole = slope_of(side) if not edits and not _is_sum(side) else None
    for slope in [whole] if whole else () if edits else slopes_within(side):
        question = next(questions(slope, scope, section))
        answer = judge.answer(question.asked, verify=False)
        edits.append((slope.start, slope.end, rf"\left({answer}\right)"))
    edits += [] if whole else _primes(side, scope, judge)
    parts, place = list[str](), side.start
    for start, end, text in sorted(edits):
        if start >= place:
            parts += [side.source[place:start], text]
            place = end
    return "".join([*parts, side.source[place : side.end]])


def _primes(side: Side, scope: Scope, judge: Judge) -> Iterator[tuple[int, int, str]]:
    r"""Where a function stands with a prime, and what it is: `\sigma'(z)`, entry by entry."""
    for each in primed_in(side):
        if each.name not in {*scope.rulebook.words, "sigma"}:
            continue
        total = rf"\operatorname{{sum}}({each.function}({_ANY}))"
        shapes = ((_ANY.lstrip("\\"), "m x n"),)
        asked = Asked(total, (_ANY.lstrip("\\"),), 1, "mixed", (), shapes)
        answer = judge.answer(asked, verify=False)
        inside = answer.replace(_ANY, rf"\left({each.argument}\right)")
        yield each.start, each.end, rf"\left({inside}\right)"


def _is_sum(side: Side) -> bool:
    """Whether a sign stands outside of brackets, so that a derivative may end before it."""
    depth = 0
    for lexeme in side.lexemes:
        depth += (lexeme.kind in "([{") - (lexeme.kind in ")]}")
        if not depth and lexeme.kind in {"+", "-"}:
            return True
    return False


def said_of(scope: Scope, names: frozenset[str]) -> Mapping[str, str]:
    """The properties that formulas say of some names.

    Args:
        scope: what is known.
        names: those in a claim.
    """
    return {name: its for name, (its, _) in scope.properties.items() if name in names}
