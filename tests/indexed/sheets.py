"""Random matrices that are cut, put together, reshaped and looked up: slices, blocks and labels."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

import torch

from .parts import FUNCTIONS, Tensor
from .problems import MODES, Problem

Arrays = Mapping[str, Tensor]
LEAVES = "ABCDEFHLMPQRTUVWXZ"


@dataclass(frozen=True)
class Size:
    """The size of an axis: a name, or none, and what is added to it."""

    name: str
    named: int
    added: int = 0

    @property
    def text(self) -> str:
        """As it is declared."""
        if not self.name or not self.added:
            return self.name or str(self.added)
        return f"({self.name} {'+' if self.added > 0 else '-'} {abs(self.added)})"

    @property
    def number(self) -> int:
        """The number."""
        return self.named + self.added

    def plus(self, count: int) -> "Size":
        """The size with more places, or with fewer."""
        return replace(self, added=self.added + count)


@dataclass(frozen=True)
class Sheet:
    """A matrix: its text, its value in PyTorch, and its size.

    Attributes:
        level: 0 for a sum, 1 for a product, 2 for what needs no brackets.
    """

    text: str
    value: Callable[[Arrays], Tensor]
    rows: Size
    cols: Size
    level: int = 2

    def at(self, level: int) -> str:
        """The text, in brackets where it binds less tightly."""
        return self.text if self.level >= level else f"({self.text})"


@dataclass
class Maker:
    """Makes the matrices of one problem.

    Attributes:
        random: what is drawn.
        shapes: the arrays by now.
    """

    random: Random
    shapes: dict[str, tuple[Size, Size]] = field(default_factory=dict)
    labels: dict[str, tuple[Size, Size]] = field(default_factory=dict)

    def leaf(self, rows: Size, cols: Size) -> Sheet:
        """An array of a size."""
        same = [name for name, shape in self.shapes.items() if shape == (rows, cols)]
        free = [name for name in LEAVES if name not in self.shapes]
        if same and (not free or self.random.random() < 0.6):
            name = self.random.choice(same)
        else:
            name = self.random.choice(free[:6] or same)
            self.shapes[name] = rows, cols
        return Sheet(name, lambda arrays: arrays[name], rows, cols)

    def sheet(self, rows: Size, cols: Size, depth: int) -> Sheet:
        """A matrix of a size."""
        if depth == 0:
            return self.leaf(rows, cols)
        ways = [
            self.cut,
            self.summed,
            self.product,
            self.entrywise,
            self.transposed,
        ]
        # A single label is a number, so what it looks up is a column, and no row of blocks.
        ways += [self.looked_up] if rows.text != "1" else []
        if min(rows.number, cols.number) > 2:
            ways += [self.stacked, self.stacked]
        return self.random.choice(ways)(rows, cols, depth - 1)

    def cut(self, rows: Size, cols: Size, depth: int) -> Sheet:
        """A slice of a larger matrix."""
        whole, indices, cuts = [], [], []
        for size in (rows, cols):
            before, after = self.random.choice(((0, 0), (1, 0), (0, 1), (1, 1), (0, 2)))
            whole.append(size.plus(before + after))
            start = str(before) if before or self.random.random() < 0.3 else ""
            indices.append(f"{start}:{-after}" if after else f"{start}:")
            cuts.append(slice(before, before + size.number))
        inside = self.sheet(whole[0], whole[1], depth)
        text = f"{inside.at(2)}[{','.join(indices)}]"
        return Sheet(text, lambda arrays: inside.value(arrays)[cuts[0], cuts[1]], rows, cols)

    def summed(self, rows: Size, cols: Size, depth: int) -> Sheet:
        """A sum or a difference, or a product entry by entry."""
        one, two = self.sheet(rows, cols, depth), self.sheet(rows, cols, depth)
        if self.random.random() < 0.4:
            text = f"{one.at(1)} .* {two.at(2)}"
            return Sheet(text, lambda a: one.value(a) * two.value(a), rows, cols, 1)
        text = f"{one.text} - {two.at(1)}"
        return Sheet(text, lambda a: one.value(a) - two.value(a), rows, cols, 0)

    def product(self, rows: Size, cols: Size, depth: int) -> Sheet:
        """A product of matrices."""
        inner = self.random.choice((Size("k", 2), Size("l", 3), rows, cols))
        one, two = self.sheet(rows, inner, depth), self.leaf(inner, cols)
        text = f"{one.at(1)} {two.at(2)}"
        return Sheet(text, lambda a: one.value(a) @ two.value(a), rows, cols, 1)

    def entrywise(self, rows: Size, cols: Size, depth: int) -> Sheet:
        """A function of each entry."""
        name = self.random.choice([*FUNCTIONS])
        inside = self.sheet(rows, cols, depth)
        return Sheet(
            name.format(inside.text), lambda a: FUNCTIONS[name](inside.value(a)), rows, cols
        )

    def transposed(self, rows: Size, cols: Size, depth: int) -> Sheet:
        """A transpose."""
        inside = self.sheet(cols, rows, depth)
        return Sheet(f"{inside.at(2)}'", lambda a: inside.value(a).T, rows, cols)

    def looked_up(self, rows: Size, cols: Size, depth: int) -> Sheet:
        """The rows that labels say."""
        found = [name for name, (along, _) in self.labels.items() if along == rows]
        name = found[0] if found else next(n for n in "yzvw" * 9 if n not in self.labels)
        classes = self.labels.setdefault(name, (rows, Size("c", 4)))[1]
        inside = self.sheet(classes, cols, depth)
        return Sheet(f"{inside.at(2)}[{name}, :]", lambda a: inside.value(a)[a[name]], rows, cols)

    def stacked(self, rows: Size, cols: Size, depth: int) -> Sheet:
        """Blocks that make up a matrix, above each other and perhaps side by side."""
        count = self.random.randint(1, 2)
        above, below = Size("", 0, count), rows.plus(-count)
        if self.random.random() < 0.5:
            parts = [self.sheet(above, cols, depth), self.leaf(below, cols)]
            self.random.shuffle(parts)
            text = f"[{parts[0].text}; {parts[1].text}]"
            return Sheet(text, lambda a: torch.cat([p.value(a) for p in parts], 0), rows, cols)
        left, right = Size("", 0, 1), cols.plus(-1)
        if self.random.random() < 0.5:
            parts = [self.sheet(rows, right, depth), self.leaf(rows, left)]
            self.random.shuffle(parts)
            text = f"[{parts[0].text}, {parts[1].text}]"
            return Sheet(text, lambda a: torch.cat([p.value(a) for p in parts], 1), rows, cols)
        four = [self.leaf(above, left), self.leaf(above, right)]
        four += [self.leaf(below, left), self.sheet(below, right, depth)]
        text = f"[{four[0].text}, {four[1].text}; {four[2].text}, {four[3].text}]"
        return Sheet(text, partial(_square, four), rows, cols)


def _square(four: Sequence[Sheet], arrays: Arrays) -> Tensor:
    a, b, c, d = (each.value(arrays) for each in four)
    return torch.cat([torch.cat([a, b], 1), torch.cat([c, d], 1)], 0)


# What is made of a matrix: text, value, and whether it is a number.
OUTSIDE: Sequence[tuple[str, Callable[[Tensor], Tensor], bool]] = (
    ("sum({}.^2)", lambda x: (x**2).sum(), True),
    ("||{}||^2", lambda x: (x**2).sum(), True),
    ("sum(exp({}))", lambda x: x.exp().sum(), True),
    ("{}", lambda x: x, False),
    ("2 * {}", lambda x: 2 * x, False),
    ("sum({}, axis=0)", lambda x: x.sum(0, keepdim=True), False),
    ("softmax({})", lambda x: torch.softmax(x, 1), False),
)


def sheet_problem(random: Random) -> Problem:
    """A random problem of matrices that are cut and put together."""
    maker = Maker(random)
    rows, cols = (
        random.choice((Size("m", 4), Size("n", 3))),
        random.choice((Size("p", 3), Size("q", 5))),
    )
    inside = maker.sheet(rows, cols, random.choice((1, 2, 2, 3)))
    text, value, is_number = random.choice(OUTSIDE)
    modes = [m for m in MODES if (m in ("gradient", "second", "hvp")) == is_number]
    source = text.format(
        inside.text if "(" in text.split("{")[0] and "." not in text else inside.at(2)
    )
    sizes = {"m": 4, "n": 3, "p": 3, "q": 5, "k": 2, "l": 3, "c": 4}
    shapes = {n: f"{a.text} x {b.text}" for n, (a, b) in maker.shapes.items()}
    shapes |= {n: f"{along.text} labels {c.text}" for n, (along, c) in maker.labels.items()}
    wrt, mode = random.choice(sorted(maker.shapes)), random.choice(modes)
    return Problem(source, lambda a: value(inside.value(a)), shapes, sizes, wrt, mode)


def sheet_problems(seed: int) -> Iterator[Problem]:
    """Random problems without end."""
    number = 0
    while True:
        yield sheet_problem(Random(f"sheets {seed} {number}"))
        number += 1
