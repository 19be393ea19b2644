"""Fills the fields of a sentence with formulas, shapes and lists, and puts it on the page."""

from collections.abc import Mapping, Sequence
from string import Formatter
from typing import NamedTuple, TypeAlias

from dimderiv.explain.record import Equation, Several
from dimderiv.explain.words.markup import Markup
from dimderiv.language import Node, Shape


class Slope(NamedTuple):
    """The derivative of one scalar formula by another, and what it is."""

    over: Node
    under: Node
    value: Node


class Shapes(NamedTuple):
    """Shapes that are multiplied."""

    factors: tuple[Shape, ...]


class Clause(NamedTuple):
    """A sentence within a sentence; its own fields are plain."""

    key: str
    fields: Mapping[str, Node | str]


class Place(NamedTuple):
    """The place along an axis that runs over several letters, the first one slowest."""

    letters: tuple[Node, ...]


Field: TypeAlias = Node | Equation | Shape | Several | Slope | Shapes | Clause | Place | int | str


class Speaker:
    """Says sentences.

    Args:
        messages: the sentences by their keys.
        markup: where they are put, and how formulas look there.
    """

    def __init__(self, messages: Mapping[str, str], markup: Markup) -> None:
        self.messages = messages
        self.markup = markup

    def say(self, *sentences: str, level: int = 1, head: str = "") -> None:
        """Put sentences on the page, as one paragraph."""
        text = self.messages["space"].join(sentence for sentence in sentences if sentence)
        self.markup.say(text, level=level, head=head)

    def sentence(self, key: str, fields: Mapping[str, Field]) -> str:
        """A sentence with its fields filled."""
        parts = Formatter().parse(self.messages[key])
        return "".join(
            words + ("" if name is None else self.field(fields[name]))
            for words, name, _, _ in parts
        )

    def where(self, introduced: tuple[Equation, ...]) -> str:
        """What short names stand for, if there are any to explain."""
        return self.sentence("where", {"where": Several(introduced)}) if introduced else ""

    def field(self, value: Field) -> str:
        """A formula, a shape, a list or a word, as a part of a sentence."""
        markup = self.markup
        match value:
            case str() | int():
                return str(value)
            case Several(parts):
                return self._listed([self.field(part) for part in parts])
            case Equation(sides):
                return markup.held(" = ".join(markup.formula(side) for side in sides))
            case Slope(over, under, slope):
                return markup.held(f"{markup.quotient(over, under)} = {markup.formula(slope)}")
            case Shapes(factors):
                return self.messages["times"].join(self.field(shape) for shape in factors)
            case Place(letters):
                written = ", ".join(markup.formula(letter) for letter in letters)
                return markup.held(f"({written})" if len(letters) > 1 else written)
            case Clause(key, fields):
                return self.sentence(key, fields)
            case Shape():
                return self._shape(value)
            case _:
                return markup.held(markup.formula(value))

    def _shape(self, shape: Shape) -> str:
        if shape.is_scalar:
            return self.messages["scalar"]
        return self.markup.held(self.markup.shape(shape))

    def _listed(self, parts: Sequence[str]) -> str:
        if len(parts) < 2:
            return "".join(parts)
        return self.messages["comma"].join(parts[:-1]) + self.messages["and"] + parts[-1]
