"""Programs in letters as graphs, for the tests of steps: read, lowered and swept by hand."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dimderiv.conform.lettering import user_letters
from dimderiv.differentiate.reverse import reverse_sweep
from dimderiv.explain.messages import sentences
from dimderiv.explain.record.names import ShortNames
from dimderiv.explain.record.recorded import Step
from dimderiv.explain.record.reverse import Sources, steps_back
from dimderiv.explain.words.markup import PlainText
from dimderiv.explain.words.steps import StepSpeaker
from dimderiv.graph.facts import named
from dimderiv.graph.nodes import (
    ONCE,
    Factor,
    Index,
    Named,
    Node,
    Shifted,
    Symbol,
    index_dim,
    selection,
    symbol,
)
from dimderiv.graph.products import product
from dimderiv.language.parser import parse_expression
from dimderiv.language.shapes import Dim, Shape, size_of
from dimderiv.language.syntax import IndexForm, Program, Statement
from dimderiv.lower.builder import Lowered
from dimderiv.rulebook.rulebook import load_rules
from dimderiv.simplify.simplify import Simplifier

INDEX = re.compile(r"\((\w+)\)|(\w)")


@dataclass
class Lettered:
    """A program of one index statement, and its sum with what is handed down.

    Attributes:
        sizes: a size for each letter.
        head: the letters of the value.
        body: the entries, as the user has them.
        arrays: the letters of each array; those of a tight sum in brackets.
        places: letters for places, each with an affine index: its letters, their steps, an offset.
    """

    sizes: Mapping[str, str | int]
    head: str
    body: str
    arrays: Mapping[str, str]
    places: Mapping[str, tuple[str, Sequence[int], int]] = field(default_factory=dict)

    @property
    def letters(self) -> list[str]:
        """All letters."""
        return list(self.sizes)

    def indices(self, letters: str) -> tuple[Index, ...]:
        """Letters by their numbers; in brackets, those of a sum."""
        found: list[Index] = []
        for inside, alone in INDEX.findall(letters):
            numbers = [self.letters.index(letter) for letter in inside or alone]
            found.append(Shifted(tuple(numbers)) if inside else numbers[0])
        return tuple(found)

    def axes(self, letters: str) -> tuple[Dim, ...]:
        """The sizes of axes."""
        sizes = [str(self.sizes[letter]) for letter in self.letters]
        dims = [size_of(parse_expression(size)) for size in sizes]
        return tuple(index_dim(index, dims) for index in self.indices(letters))

    def symbols(self) -> dict[str, Symbol]:
        """The arrays, and what is handed down."""
        every = {**self.arrays, "G": self.head}
        return {name: symbol(name, self.axes(letters)) for name, letters in every.items()}

    def value(self, symbols: Mapping[str, Symbol]) -> Named:
        """The statement as a node."""
        factors = [Factor(symbols[name], self.indices(own)) for name, own in self.arrays.items()]
        for place, (letters, steps, offset) in self.places.items():
            node = selection(self.axes(place + letters), tuple(steps), Dim.of(offset))
            factors.append(Factor(node, self.indices(place + letters)))
        dims = self.axes("".join(self.letters))
        return named("Y", product(ONCE, factors, self.indices(self.head), dims), row=False)

    def statements(self) -> tuple[Statement, ...]:
        """The statements as they are read."""
        head = ", ".join(f"{letter}:{self.sizes[letter]}" for letter in self.head)
        read = parse_expression(f"[{head}] {self.body}")
        assert isinstance(read, IndexForm)
        form = IndexForm(tuple((letter, None) for letter in self.head), read.body)
        return Statement("Y", form), Statement(None, parse_expression("sum(G .* Y)"))

    def steps(self, *wrt: str) -> tuple[Step, ...]:
        """The steps by some arrays."""
        symbols = self.symbols()
        value, letters = self.value(symbols), tuple(range(len(self.head)))
        factors = [Factor(symbols["G"], letters), Factor(value, letters)]
        whole = product(ONCE, factors, (), self.axes(self.head))
        return swept(whole, symbols, [value], self.statements(), wrt)


def swept(
    value: Node,
    symbols: Mapping[str, Symbol],
    definitions: Sequence[Named],
    statements: Sequence[Statement],
    wrt: Sequence[str],
) -> tuple[Step, ...]:
    """The steps of a graph."""
    rulebook = load_rules()
    nodes: dict[str, Node] = {**symbols, **{each.name: each for each in definitions}}
    lowered = Lowered(tuple(definitions), value, Shape.of(value.axes), dict(symbols))
    names = {name: f"d{name}" for name in wrt}
    taken = {*symbols, *(each.name for each in definitions)}
    sources = Sources(
        gradients=reverse_sweep(lowered, wrt, rulebook, Simplifier()),
        statements=statements,
        rulebook=rulebook,
        names=names,
        symbols=taken,
        sizes={"I", "pi"},
        letters=user_letters(
            Program(tuple(statements)),
            {name: Shape.of(node.axes) for name, node in nodes.items()},
            (),
        ),
    )
    return tuple(steps_back(sources, ShortNames((*taken, *names.values()), {})))


def told(steps: Sequence[Step], lang: str = "en") -> str:
    """Steps in words, without line breaks inside of paragraphs."""
    speaker = StepSpeaker(sentences(lang), PlainText())
    speaker.steps(steps)
    return " ".join(speaker.markup.document().split())
