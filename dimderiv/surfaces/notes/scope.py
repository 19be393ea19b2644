"""What the symbols of a document mean at a place: what was last declared and defined above."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from dimderiv.language import frozen, read_shapes
from dimderiv.rulebook import Rulebook
from dimderiv.sources import Head, read_latex


@frozen.record
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


@frozen.record
class Definition:
    """What a name stands for.

    Attributes:
        head: the name, with its arguments.
        text: the definition, in LaTeX.
        said: the same in the language.
        left: its left side as it is written, such as `f(x)`.
        names: the names in it.
        place: where it stands.
        section: the number of its section.
        doubt: why it may be an equation and no definition: its name was a `variable` before, or
            was `declared`.
    """

    head: Head
    text: str
    said: str
    left: str
    names: frozenset[str]
    place: int
    section: int
    doubt: str = ""

    @property
    def array(self) -> str:
        """The array that is defined by its entries, as `a` in `a_j = ...`."""
        base = self.head.name.rpartition("_")[0]
        return base if base and self.said.startswith(f"{base}[") else self.head.name


class Read(NamedTuple):
    """What a formula says.

    Attributes:
        names: the names in it.
        said: the same in the language.
    """

    names: frozenset[str]
    said: str


@dataclass
class Scope:
    """What is known at a place.

    Attributes:
        rulebook: the functions.
        layouts: that of the derivatives with each sign, where it is another one than ours.
        shapes: by the names that are declared.
        definitions: by the names that are defined.
        properties: what formulas say of names, such as symmetric.
        variables: the names that were arguments, or that something was differentiated by.
    """

    rulebook: Rulebook
    layouts: Mapping[str, str] = field(default_factory=dict)
    shapes: dict[str, Declared] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    properties: dict[str, tuple[str, int]] = field(default_factory=dict)
    variables: set[str] = field(default_factory=set)

    def copy(self) -> "Scope":
        """A scope that can be added to."""
        return Scope(
            self.rulebook,
            self.layouts,
            dict(self.shapes),
            dict(self.definitions),
            dict(self.properties),
            set(self.variables),
        )

    def without(self, names: Iterable[str]) -> "Scope":
        """A scope in which some names are not defined.

        Args:
            names: those that are defined here.
        """
        narrow = self.copy()
        for name in names:
            del narrow.definitions[name]
        return narrow

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

    def doubt(self, name: str) -> str:
        """Why an equation for a name may define nothing.

        Args:
            name: the name on its left.
        """
        if name in self.definitions:
            return ""
        return "variable" if name in self.variables else "declared" * (name in self.shapes)

    def read(self, text: str, wrt: Collection[str] = ()) -> Read:
        """The names in a formula, and what it says in the language.

        Args:
            text: the formula, in LaTeX.
            wrt: further names that are known.

        Raises:
            DimderivError: it cannot be read.
        """
        known = read_shapes({name: each.shape for name, each in self.shapes.items()})
        reading = read_latex(text, declared=known, rulebook=self.rulebook, wrt=tuple(wrt))
        return Read(frozenset(reading.program.names), reading.text)

    def plain(self, text: str) -> str:
        r"""A formula in which what is defined stands without its arguments.

        Args:
            text: the formula, in which `\\rho(u)` is what was defined as that.
        """
        for each in self.definitions.values():
            if each.head.is_called:
                text = _calls(each.left).sub(lambda found: f"{{{found[1]}}}", text)
        return text

    def closure(self, names: Iterable[str], without: Collection[str] = ()) -> list[Definition]:
        """The definitions that some names need, in the order in which they were written.

        Args:
            names: those in a formula.
            without: names that stand for themselves.
        """
        found: dict[str, Definition] = {}
        arrays = {each.array: name for name, each in self.definitions.items()}
        waiting = [*names]
        while waiting:
            name = waiting.pop()
            # An entry of an array needs the definition of the array, which may be by entries.
            base = name.rpartition("_")[0]
            each = next((n for n in (name, base) if n in self.definitions), arrays.get(name, ""))
            definition = self.definitions.get(each)
            if definition is not None and not {each, name} & {*found, *without}:
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


@cache
def _calls(left: str) -> re.Pattern[str]:
    """What finds a left side such as `f(x)` in a text, in brackets of any size."""
    name, _, arguments = left.partition("(")
    name = re.sub(r"\\(?:left|[bB]igg?l?)\s*$", "", name).strip()
    inside = re.sub(r"\\(?:right|[bB]igg?r?)\s*$", "", arguments.rpartition(")")[0]).strip()
    size = r"\s*(?:\\(?:left|right|[bB]igg?[lr]?)\s*)?"
    spaced = [r"\s*".join(map(re.escape, part.split())) for part in (name, inside)]
    return re.compile(rf"(?<![A-Za-z\\])({spaced[0]}){size}\(\s*{spaced[1]}{size}\)")
