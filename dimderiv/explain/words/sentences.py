"""Fills the fields of a sentence with formulas, shapes and lists, and puts it on the page."""

import re
from collections.abc import Mapping, Sequence
from string import Formatter

from dimderiv.explain.record import recorded
from dimderiv.explain.words.markup import Markup
from dimderiv.language import Shape, Statement


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

    def tell(self, key: str, *, level: int = 0, head: str = "", **fields: recorded.Field) -> None:
        """Put a sentence on the page, with its fields filled."""
        self.say(self.sentence(key, **fields), level=level, head=head)

    def sentence(self, key: str, **fields: recorded.Field) -> str:
        """A sentence with its fields filled."""
        parts = Formatter().parse(self.messages[key])
        return "".join(
            words + ("" if name is None else self.field(fields[name]))
            for words, name, _, _ in parts
        )

    def where(self, introduced: tuple[recorded.Equation, ...]) -> str:
        """What short names stand for, if there are any to explain."""
        return self.sentence("where", where=recorded.Several(introduced)) if introduced else ""

    def field(self, value: recorded.Field) -> str:
        """A formula, a shape, a list or a word, as a part of a sentence."""
        markup = self.markup
        match value:
            case str() | int():
                return str(value)
            case recorded.Several(parts):
                return self._listed([self.field(part) for part in parts])
            case recorded.Equation():
                return markup.held(markup.equation(value))
            case recorded.Slope(over, under, slope):
                return markup.held(f"{markup.quotient(over, under)} = {markup.formula(slope)}")
            case recorded.MatrixPlace(letters):
                written = ", ".join(markup.formula(letter) for letter in letters)
                return markup.held(f"({written})" if len(letters) > 1 else written)
            case recorded.IndexOf(index):
                return markup.held(markup.index(index))
            case Statement():
                return markup.held(markup.statement(value))
            case recorded.Holds(words, arguments):
                formulas = {name: markup.held(markup.formula(tree)) for name, tree in arguments}
                return re.sub(r"\w+", lambda found: formulas.get(found[0], found[0]), words)
            case recorded.Sentence(key, fields):
                return self.sentence(key, **fields)
            case Shape(is_scalar=True):
                return self.messages["scalar"]
            case Shape():
                return markup.held(markup.shape(value))
            case _:
                return markup.held(markup.formula(value))

    def _listed(self, parts: Sequence[str]) -> str:
        if len(parts) < 2:
            return "".join(parts)
        return self.messages["comma"].join(parts[:-1]) + self.messages["and"] + parts[-1]
