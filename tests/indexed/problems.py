"""Random index statements: up to four factors, functions, reductions and affine indices."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import prod
from random import Random

from . import parts
from .parts import Part, Space, Tensor

LETTERS = "ijkabcrst"
DIMS = "MNPQHL"
ARRAYS: list[str] = [*"ABCDEFGSTUVWXYZ", *(f"A{k}" for k in range(1, 20))]
# How many values of all letters of a statement there may be.
LARGEST = 3000
MODES = ("gradient", "gradient", "upstream", "upstream", "jacobian", "forward", "second", "hvp")


@dataclass(frozen=True)
class Statement:
    """`name[letters] = body`: the letters of the left side as written, and all that occur."""

    name: str
    head: Sequence[str]
    shown: str
    body: Part
    letters: dict[str, int]

    @property
    def text(self) -> str:
        """The statement in the language."""
        left = f"{self.name}[{self.shown}] = " if self.name else f"[{self.shown}] "
        return (left if self.head else "") + self.body.text

    def value(self, arrays: Mapping[str, Tensor]) -> Tensor:
        """The array that the statement gives, with an axis for each letter of the left side."""
        space = Space(arrays, self.letters)
        found = space.spread(self.body.value(space), self.head)
        order = [space.axis(letter) for letter in self.head]
        rest = [k for k in range(found.ndim) if k not in order]
        return found.permute(*order, *rest).reshape([self.letters[n] for n in self.head])


@dataclass(frozen=True)
class Problem:
    """What is derived, and how.

    Attributes:
        source: the text of the language.
        value: the same in PyTorch, of the arrays.
        shapes: what is declared.
        sizes: a number for each dimension.
        wrt: the variable.
        mode: the kind of derivative.
    """

    source: str
    value: Callable[[Mapping[str, Tensor]], Tensor]
    shapes: dict[str, str]
    sizes: dict[str, int]
    wrt: str
    mode: str


@dataclass
class Maker:
    """Makes the parts of one problem.

    Attributes:
        random: what is drawn.
        sizes: a number for each dimension, and for each letter.
        shapes: the arrays by now.
        letters: the letters of the statement by now.
    """

    random: Random
    dims: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    shapes: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, tuple[str, str]] = field(default_factory=dict)
    defined: dict[str, None] = field(default_factory=dict)
    letters: dict[str, int] = field(default_factory=dict)

    def dim(self, letter: str) -> str:
        """The size of the axis that a letter is alone on."""
        if letter not in self.dims:
            share = [d for d in self.sizes if not d.isdigit()] if self.random.random() < 0.2 else []
            name = self.random.choice(share or [d for d in DIMS if d not in self.sizes] or [*DIMS])
            self.sizes.setdefault(name, self.random.choice((2, 3, 3, 4)))
            self.dims[letter] = name
        self.letters[letter] = self.sizes[self.dims[letter]]
        return self.dims[letter]

    def array(self, shape: list[str]) -> str:
        """An array of a shape: one that is there already, or another."""
        same = [name for name, known in self.shapes.items() if known == shape]
        if same and self.random.random() < 0.5:
            return self.random.choice(same)
        free = [name for name in ARRAYS if name not in self.shapes]
        name: str = self.random.choice(free[:12])
        self.shapes[name] = shape
        return name

    def index(self, left: list[str]) -> parts.Index:
        """An index that uses up one letter or two of those that are left."""
        chance = self.random.random()
        first = left.pop()
        size = self.dim(first)
        if chance < 0.12 and left:
            second = left.pop()
            return parts.group(first, second, f"({size} {self.dim(second)})")
        if chance < 0.27:
            others = [left.pop()] if left and self.random.random() < 0.7 else []
            for other in others:
                self.dim(other)
            terms = [(self.random.choice((1, 1, 2, 3)), first)]
            terms += [(self.random.choice((1, 1, 2, -1)), other) for other in others]
            # One that is a letter alone would have the size of the letter.
            offset = self.random.choice((-2, -1, 1, 2) if terms == [(1, first)] else range(-2, 3))
            return parts.affine(terms, offset, str(self.random.randint(2, 6)))
        if chance < 0.32:
            labels, classes = self.labels_along(first, size)
            return parts.label(labels, first, classes)
        return parts.letter(first, size)

    def labels_along(self, letter: str, size: str) -> tuple[str, str]:
        """Labels of the records that a letter runs over, and how many there are."""
        for name, (along, classes) in self.labels.items():
            if along == size:
                return name, classes
        name = next(n for n in "yzuvw" if n not in self.labels)
        classes = str(self.random.randint(2, 5))
        self.labels[name] = size, classes
        return name, classes

    def entry(self, letters: Sequence[str]) -> Part:
        """An entry with these letters."""
        left = self.random.sample(letters, len(letters))
        indices = []
        while left:
            indices.append(self.index(left))
        if not indices or (self.random.random() < 0.06 and len(indices) < 4):
            size = self.random.randint(2, 4)
            indices.append(parts.constant(self.random.randrange(size), str(size)))
        shape = [index.size for index in indices]
        return parts.entry(self.array(shape), indices)

    def fresh(self, used: Sequence[str]) -> str | None:
        """A letter that is not in use, if the statement may have another."""
        free = [name for name in LETTERS if name not in used]
        if len(self.letters) >= 6:
            free = [name for name in free if name in self.letters]
        return self.random.choice(free) if free else None

    def part(self, letters: Sequence[str], depth: int, scope: Sequence[str]) -> Part:
        """A part that depends on some letters; `scope` are all that mean something here."""
        chance = self.random.random()
        if depth == 0 or chance < 0.3:
            return self.entry(letters)
        if chance < 0.5:
            name = self.random.choice([*parts.FUNCTIONS, *parts.POWERS])
            return parts.function(name, self.bare(letters, depth - 1, scope))
        if chance < 0.65:
            return self.reduction(letters, depth - 1, scope)
        if chance < 0.75:
            above = self.part(letters, depth - 1, scope)
            return parts.quotient(above, self.entry(self.some(letters)))
        if chance < 0.87:
            return self.terms(letters, depth - 1, scope)
        return self.contraction(letters, depth - 1, scope)

    def bare(self, letters: Sequence[str], depth: int, scope: Sequence[str]) -> Part:
        """A part, or a product of two that share no letter more."""
        if depth and self.random.random() < 0.4:
            return self.contraction(letters, depth - 1, scope)
        return self.part(letters, depth, scope)

    def some(self, letters: Sequence[str]) -> list[str]:
        """Some of the letters, in any order."""
        return self.random.sample(letters, self.random.randint(0, len(letters)))

    def terms(self, letters: Sequence[str], depth: int, scope: Sequence[str]) -> Part:
        """A sum of two or three terms, of which the first has every letter."""
        count = self.random.choice((2, 2, 3))
        found = [self.contraction(letters, depth, scope)]
        for _ in range(count - 1):
            has = letters if self.random.random() < 0.7 else self.some(letters)
            found.append(self.contraction(has, depth, scope))
        return parts.summed(found, [self.random.choice("+-") for _ in found[1:]])

    def contraction(self, letters: Sequence[str], depth: int, scope: Sequence[str]) -> Part:
        """A product of up to four factors, summed over letters that it has twice or more."""
        count = self.random.choice((1, 2, 2, 2, 3, 4))
        own: list[str] = []
        for _ in range(self.random.choice((0, 1, 1, 2)) if count > 1 else 0):
            if (new := self.fresh([*scope, *own])) is not None:
                own.append(new)
        shares = [self.some(letters) for _ in range(count)]
        for name in letters:
            if not any(name in share for share in shares):
                self.random.choice(shares).append(name)
        for name in own:
            for share in self.random.sample(shares, self.random.randint(2, count)):
                share.append(name)
        found = [self.factor(share, depth, [*scope, *own]) for share in shares]
        whole = found[0] if count == 1 else parts.product(found)
        return self.over(whole, own, "sum", hidden=True) if own else whole

    def factor(self, letters: Sequence[str], depth: int, scope: Sequence[str]) -> Part:
        """A factor, in which no letter occurs twice: an entry, or a function of one."""
        if depth and self.random.random() < 0.25:
            inside = self.entry(letters)
            return parts.function(self.random.choice([*parts.FUNCTIONS, *parts.POWERS]), inside)
        return self.entry(letters)

    def reduction(self, letters: Sequence[str], depth: int, scope: Sequence[str]) -> Part:
        """A reduction over one or two letters that is written."""
        own = [new for _ in range(self.random.choice((1, 1, 2))) if (new := self.fresh(scope))]
        own = list(dict.fromkeys(own))
        if not own:
            return self.entry(letters)
        inside = self.part([*letters, *own], depth, [*scope, *own])
        return self.over(inside, own, self.random.choice([*parts.REDUCTIONS]))

    def over(self, part: Part, own: Sequence[str], name: str, hidden: bool = False) -> Part:
        """A reduction; a sum need not be written where every letter is an index by itself."""
        written = self.letters_with_sizes(own, part)
        if hidden and ":" not in written and self.random.random() < 0.75:
            return parts.reduced(name, part, own, None)
        return parts.reduced(name, part, own, written)

    def letters_with_sizes(self, names: Sequence[str], part: Part) -> str:
        """Letters with the sizes that nothing else says, and sometimes with others."""
        declared = [*self.shapes.values(), *([along] for along, _ in self.labels.values())]
        known = {word for shape in declared for size in shape for word in words(size)}
        shown = []
        for name in names:
            is_said = name in part.anchored and self.random.random() < 0.9
            dim = self.dims[name]
            size = dim if dim in known else str(self.sizes[dim])
            shown.append(name if is_said else f"{name}:{size}")
        return ",".join(shown)

    def axis(self, letter: str, shown: str) -> str:
        """The size of an axis of a statement: a number where that is written for its letter."""
        written = dict(each.split(":") for each in shown.split(",") if ":" in each)
        size = written.get(letter, self.dims[letter])
        self.sizes.setdefault(size, self.letters[letter])
        return size

    def using(self, body: Part, array: str, head: Sequence[str]) -> Part:
        """A part times an entry of an array that is defined, summed over what the head lacks."""
        left = [*head]
        own: list[str] = []
        indices = []
        for size in self.shapes[array]:
            same = [name for name in left if self.dims[name] == size and not size.isdigit()]
            new = next((n for n in LETTERS if n not in {*self.letters, *own}), None)
            if same and (new is None or self.random.random() < 0.6):
                indices.append(parts.letter(same[0], size))
                left.remove(same[0])
            elif new is not None:
                own.append(new)
                self.dims[new] = size
                self.dim(new)
                indices.append(parts.letter(new, size))
            else:
                indices.append(parts.constant(0, size))
        whole = parts.product([body, parts.entry(array, indices)])
        return self.over(whole, own, "sum", hidden=True) if own else whole


def words(size: str) -> list[str]:
    """The names in a size."""
    return size.strip("()").split()


def statement(maker: Maker, head: Sequence[str], name: str) -> Statement:
    """A statement with a left side."""
    body = begun(maker, head)
    for each in head:
        if each not in body.letters:
            body = parts.product([body, maker.entry([each])])
    for array in [*maker.defined][-1:]:
        body = maker.using(body, array, head)
    shown = maker.letters_with_sizes(head, body)
    return Statement(name, head, shown, body, dict(maker.letters))


def begun(maker: Maker, letters: Sequence[str]) -> Part:
    """The first part of a new statement, with some letters."""
    maker.letters.clear()
    maker.dims.clear()
    for each in letters:
        maker.dim(each)
    make = maker.random.choice((maker.terms, maker.contraction, maker.part, maker.contraction))
    return make(letters, maker.random.choice((1, 1, 2)), letters)


def total(maker: Maker, inner: Sequence[str]) -> Statement:
    """A number: the sum over all letters of a part."""
    if maker.random.random() < 0.4:
        # A product of entries needs no sign for its sum, neither inside nor outside.
        body = begun_plain(maker, inner)
        is_plain = True
    else:
        body, is_plain = begun(maker, inner), False
    for array in [*maker.defined][-1:]:
        body = maker.using(body, array, inner)
    own = sorted(body.letters)
    whole = maker.over(body, own, "sum", hidden=is_plain) if own else body
    return Statement("", (), "", whole, dict(maker.letters))


def begun_plain(maker: Maker, letters: Sequence[str]) -> Part:
    """A product of entries."""
    maker.letters.clear()
    maker.dims.clear()
    return maker.contraction(letters, 0, letters)


def problem(random: Random) -> Problem | None:
    """A random problem; nothing where it would be too large."""
    maker, found = Maker(random), list[Statement]()
    for name in random.choice(((), (), (), ("R",), ("R", "O"))):
        head = random.sample(LETTERS[:6], random.choice((1, 2, 2, 3)))
        found.append(statement(maker, head, name))
        maker.shapes[name] = [maker.axis(each, found[-1].shown) for each in head]
        maker.defined[name] = None
    mode = random.choice(MODES)
    if mode in ("gradient", "second", "hvp"):
        found.append(total(maker, random.sample(LETTERS[:6], random.choice((1, 2, 3)))))
    else:
        head = random.sample(LETTERS[:6], random.choice((1, 2, 2, 3, 4)))
        found.append(statement(maker, head, random.choice(("", "J"))))
    used = frozenset[str]().union(*[each.body.names for each in found])
    variables = sorted(used & maker.shapes.keys() - maker.defined.keys())
    if not variables or max(prod(each.letters.values()) for each in found) > LARGEST:
        return None
    sizes = {name: number for name, number in maker.sizes.items() if not name.isdigit()}
    text = "; ".join(each.text for each in found)
    shapes = {n: " x ".join(s) for n, s in maker.shapes.items() if n in variables}
    shapes |= {n: f"{a} labels {c}" for n, (a, c) in maker.labels.items() if f"{n}[" in text}
    value = partial(valued, found)
    return Problem(text, value, shapes, sizes, random.choice(variables), mode)


def valued(statements: Sequence[Statement], arrays: Mapping[str, Tensor]) -> Tensor:
    """The value of the last of some statements."""
    known = dict(arrays)
    for each in statements:
        known[each.name] = found = each.value(known)
    return found


def problems(seed: int) -> Iterator[Problem]:
    """Random problems without end."""
    number = 0
    while True:
        made = problem(Random(f"indexed {seed} {number}"))
        number += 1
        if made is not None:
            yield made
