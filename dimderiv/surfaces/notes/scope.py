"""What the symbols of a document mean at a place: what was last declared and defined above."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from dimderiv.errors import DimderivError
from dimderiv.language import Declaration, read_shapes
from dimderiv.rulebook import Rulebook
from dimderiv.sources import Head, read_latex


@dataclass(frozen=True)
class Declared:
    """A shape that the text declares.

    Attributes:
        shape: such as `m x n symmetric`.
        place: where.
        section: the number of its section.
    """

    shape: str
    place: int
    section: int


@dataclass(frozen=True)
class Definition:
    """What a name stands for.

    Attributes:
        head: the name, with its arguments.
        text: the definition, in LaTeX.
        names: the names in it.
        place: where it stands.
        section: the number of its section.
        is_doubtful: whether the name was used, or declared elsewhere, before it was defined.
    """

    head: Head
    text: str
    names: frozenset[str]
    place: int
    section: int
    is_doubtful: bool = False


@dataclass
class Scope:
    """What is known at a place.

    Attributes:
        rulebook: the functions.
        shapes: by the names that are declared.
        definitions: by the names that are defined.
        properties: what formulas say of names, such as symmetric.
        variables: the names that were arguments, or that something was differentiated by.
    """

    rulebook: Rulebook
    shapes: dict[str, Declared] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    properties: dict[str, tuple[str, int]] = field(default_factory=dict)
    variables: set[str] = field(default_factory=set)

    def copy(self) -> "Scope":
        """A scope that can be added to."""
        return Scope(
            self.rulebook,
            dict(self.shapes),
            dict(self.definitions),
            dict(self.properties),
            set(self.variables),
        )

    def declare(self, shapes: Mapping[str, str], place: int, section: int) -> None:
        """Add what a formula declares; what was defined in an earlier section ends there.

        Args:
            shapes: by the names.
            place: where the formula stands.
            section: the number of its section.
        """
        for name, shape in shapes.items():
            self.shapes[name] = Declared(shape, place, section)
            self.properties.pop(name, None)
            before = self.definitions.get(name)
            if before is not None and before.section != section:
                del self.definitions[name]

    def define(self, definition: Definition) -> None:
        """Add what a formula defines.

        Args:
            definition: the definition.
        """
        name = definition.head.name
        declared = self.shapes.get(name)
        if declared is not None and declared.section != definition.section:
            del self.shapes[name]
        self.definitions[name] = definition
        self.variables.update(definition.head.arguments)

    def read(self, text: str, wrt: Collection[str] = ()) -> frozenset[str]:
        """The names in a formula.

        Args:
            text: the formula, in LaTeX.
            wrt: further names that are known.

        Raises:
            DimderivError: it cannot be read.
        """
        known = self.known()
        return names_in(text, known, self.rulebook, wrt)

    def known(self) -> Mapping[str, Declaration]:
        """The declared shapes."""
        return read_shapes({name: each.shape for name, each in self.shapes.items()})

    def closure(self, names: Iterable[str], without: Collection[str] = ()) -> list[Definition]:
        """The definitions that some names need, in the order in which they were written.

        Args:
            names: those in a formula.
            without: names that stand for themselves.
        """
        found: dict[str, Definition] = {}
        waiting = [*names]
        while waiting:
            name = waiting.pop()
            for each in (name, name.rpartition("_")[0]):
                definition = self.definitions.get(each)
                if definition is None or each in found or each in without:
                    continue
                found[each] = definition
                waiting += definition.names
        return sorted(found.values(), key=lambda each: each.place)

    def relevant(self, names: Collection[str], since: int | None = None) -> dict[str, str]:
        """The declared shapes of some names, and those whose sizes are among the names.

        Args:
            names: those in a formula and in the definitions that it needs.
            since: a section; shapes that were declared before it are left out.
        """
        bases = {name.partition("_")[0] for name in names}
        wanted = {*names, *bases, *(base.upper() for base in bases if len(base) == 1)}
        shapes = {
            name: each.shape
            for name, each in self.shapes.items()
            if since is None or each.section >= since
        }
        return {
            name: shape
            for name, shape in shapes.items()
            if name in wanted or wanted.intersection(shape.split())
        }


def names_in(
    text: str,
    known: Mapping[str, Declaration],
    rulebook: Rulebook,
    wrt: Collection[str] = (),
) -> frozenset[str]:
    """The names in a formula.

    Args:
        text: the formula, in LaTeX.
        known: what is declared.
        rulebook: the functions.
        wrt: further names that are known.

    Raises:
        DimderivError: it cannot be read.
    """
    reading = read_latex(text, declared=known, rulebook=rulebook, wrt=tuple(wrt))
    return frozenset(reading.program.names)


def readable(error: DimderivError) -> str:
    """Why something is not read, in one line.

    Args:
        error: what was raised.
    """
    return error.message
