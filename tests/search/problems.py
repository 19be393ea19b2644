"""Problems of the search: trees of forms, written out as text of the language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from random import Random
from typing import TypeAlias

from .forms import DIMS, FUNCTIONS, INNER, OUTER, SYMBOLS, TRICKY, Form

Shape: TypeAlias = tuple[str, str]
MODES = ("derivative", "upstream", "forward", "second", "hvp")
CONVOLVED = {
    "conv": ("H - h + 1", "W - l + 1"),
    "conv2": ("H - m + 1", "W - n + 1"),
    "conv3": ("H - m + 1", "W - m + 1"),
}
SIZES = (*DIMS, "H", "W", "h", "l")


@dataclass(frozen=True)
class Part:
    """A form with its operands, or a symbol; and its shape."""

    text: str
    shape: Shape
    operands: tuple["Part", ...] = ()
    sizes: tuple[tuple[str, str], ...] = ()
    named: bool = False

    def parts(self) -> Iterator["Part"]:
        """This part and those in it."""
        yield self
        for operand in self.operands:
            yield from operand.parts()


@dataclass(frozen=True)
class Problem:
    """What is derived, and how."""

    part: Part
    wrt: tuple[str, ...]
    mode: str
    names: tuple[tuple[str, str], ...] = ()
    one_size: bool = False

    @property
    def source(self) -> str:
        """The text of the language."""
        return written(self.part, dict(self.names))

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols that occur, by the names of the table."""
        return tuple(dict.fromkeys(p.text for p in self.part.parts() if p.text in SYMBOLS))

    def name(self, symbol: str) -> str:
        """What a symbol is called in the text."""
        return dict(self.names).get(symbol, symbol)

    @property
    def shapes(self) -> dict[str, str]:
        """What is declared: the symbols, the functions, and what names the sizes that occur."""
        used = [*self.symbols]
        text = " ".join(part.text for part in self.part.parts())
        if any("{r}" in part.text or "{c}" in part.text for part in self.part.parts()):
            used += [name for name in ("A", "C") if name not in used]
        shapes = {self.name(name): SYMBOLS[name] for name in used}
        if self.one_size:
            shapes = {n: _squared(shape) for n, shape in shapes.items()}
        functions = {n: _squared(d) if self.one_size else d for n, d in FUNCTIONS.items()}
        return shapes | {n: d for n, d in functions.items() if re.search(rf"\b{n}\(", text)}


def _squared(shape: str) -> str:
    """A shape with all sizes the same."""
    words = shape.split(" ")
    return " ".join("n" if word in ("m", "p") else word for word in words)


def written(part: Part, names: dict[str, str]) -> str:
    """The text of a problem, with the definitions of what is named."""
    statements: list[str] = []

    def inner(each: Part) -> str:
        if not each.operands and each.text in SYMBOLS:
            return names.get(each.text, each.text)
        operands = [bracketed(inner(operand)) for operand in each.operands]
        text = each.text.format(*operands, **dict(each.sizes))
        if not each.named:
            return text
        statements.append(f"N{len(statements)} = {text}")
        return f"N{len(statements) - 1}"

    last = inner(part)
    return "; ".join([*statements, last])


def bracketed(text: str) -> str:
    """A text that stands as an operand."""
    return text if text.replace("_", "").isalnum() else f"({text})"


def leaf(random: Random, shape: Shape, used: tuple[str, ...] = ()) -> Part:
    """A symbol of a shape, transposed if there is none, else an array of ones."""
    ways = [Part(name, shape) for name in BY_SHAPE.get(shape, ())]
    flipped = [Part("{}'", shape, (Part(n, shape[::-1]),)) for n in BY_SHAPE.get(shape[::-1], ())]
    again = [way for way in ways if way.text in used]
    if again and random.random() < 0.3:
        return random.choice(again)
    if ways or flipped:
        options = ways or flipped
        return random.choice(options[:1] * 2 + options)
    if set(shape) <= {*SIZES, "1"}:
        inner = ("m", "n", "p")[random.randrange(3)]
        if (shape[0], inner) in BY_SHAPE and (inner, shape[1]) in BY_SHAPE:
            two = leaf(random, (shape[0], inner)), leaf(random, (inner, shape[1]))
            return Part("{} {}", shape, two)
    return Part(f"ones({shape[0]}, {shape[1]})", shape)


def _by_shape() -> dict[Shape, list[str]]:
    found: dict[Shape, list[str]] = {}
    for name, declared in SYMBOLS.items():
        rows, *more = declared.split(" x ")
        cols = more[0].split()[0] if more else "1"
        shape = ("1", "1") if rows.startswith("scalar") else (rows.split()[0], cols)
        found.setdefault(shape, []).append(name)
    return found


BY_SHAPE = _by_shape()


def sizes_of(random: Random, form: Form, shape: Shape) -> dict[str, str]:
    """The sizes that the letters of a form stand for."""
    sizes = {letter: letter for letter in SIZES} | {"1": "1", "r": shape[0], "c": shape[1]}
    return sizes | {letter: random.choice(DIMS) for letter in "de"}


def own_shape(form: Form, sizes: dict[str, str], operands: list[Part]) -> Shape:
    """The shape that a form has with its operands."""
    if form.shape in CONVOLVED:
        return CONVOLVED[form.shape]
    if form.shape == "kron":
        pairs = [(p.shape[0], p.shape[1]) for p in operands]
        if len(pairs) == 1:
            pairs.insert(0, (sizes["r"], sizes["r"]))
        return _times(pairs[0][0], pairs[1][0]), _times(pairs[0][1], pairs[1][1])
    if form.shape in ("vec", "vect"):
        size = _times(sizes["r"], sizes["c"])
        return (size, "1") if form.shape == "vec" else ("1", size)
    return sizes[form.shape[0]], sizes[form.shape[1]]


def _times(one: str, two: str) -> str:
    if "1" in (one, two):
        return two if one == "1" else one
    return f"{one} * {two}"


def made(random: Random, form: Form, shape: Shape, depth: int) -> Part:
    """A form with operands."""
    sizes = sizes_of(random, form, shape)
    operands: list[Part] = []
    for code in form.operands.split():
        used = tuple(part.text for operand in operands for part in operand.parts())
        wanted = sizes[code[0]], sizes[code[1]]
        below = depth - 1 if random.random() < 0.7 else 0
        operands.append(expression(random, wanted, below, used))
    shown = tuple((key, value) for key, value in sizes.items() if f"{{{key}}}" in form.text)
    return Part(form.text, own_shape(form, sizes, operands), tuple(operands), shown)


def expression(random: Random, shape: Shape, depth: int, used: tuple[str, ...] = ()) -> Part:
    """A random expression of a shape."""
    fitting = [form for form in INNER if _fits(form, shape)]
    if depth <= 0 or not fitting:
        return leaf(random, shape, used)
    part = made(random, random.choice(fitting), shape, depth)
    return replace(part, named=True) if random.random() < 0.15 else part


def _fits(form: Form, shape: Shape) -> bool:
    if form.shape in (*CONVOLVED, "kron", "vec", "vect"):
        return False
    if not set(shape) <= {*DIMS, "1"}:
        return False
    values: dict[str, str] = {}
    for letter, size in zip(form.shape, shape, strict=True):
        if letter in "rc":
            if values.setdefault(letter, size) != size:
                return False
        elif letter != size:
            return False
    # A triangle and a running sum are those of a matrix, and an identity has a size of its own.
    return "1" not in shape or not (form.text.startswith(("tri", "cumsum")) or form.shape == "rr")


def in_context(random: Random, outer: Form, inside: Part) -> Part | None:
    """What is inside in its context; nothing where it does not fit."""
    first, *others = outer.operands.split()
    sizes = {letter: letter for letter in SIZES} | {"1": "1"}
    for letter, size in zip(first, inside.shape, strict=True):
        if letter in "rc":
            if sizes.setdefault(letter, size) != size:
                return None
        elif letter != size:
            return None
    operands = [inside]
    for code in others:
        if code in ("TT", "OO"):
            # Rows that sum to one: only these symbols have them.
            operands.append(Part(code[0], (code[0], code[1])))
        else:
            operands.append(leaf(random, (sizes[code[0]], sizes[code[1]])))
    if "tril" in outer.text and "1" in inside.shape:
        return None
    return Part(outer.text, ("?", "?"), tuple(operands))


def systematic(seed: int) -> Iterator[Problem]:
    """Every operation in every context in every mode, in an order that depends on the seed."""
    random = Random(f"systematic {seed}")
    cells = list(product(INNER, OUTER, MODES, range(2)))
    random.shuffle(cells)
    for inner, outer, mode, variant in cells:
        shapes = [("m", "n"), ("n", "n"), ("n", "1"), ("1", "n")]
        shapes = [s for s in shapes if inner.shape in ("kron", *CONVOLVED) or _fits(inner, s)]
        if inner.shape in ("vec", "vect"):
            shapes = [("m", "n")]
        random.shuffle(shapes)
        for shape in shapes:
            inside = made(random, inner, shape, 1)
            whole = in_context(random, outer, inside)
            problem = whole and _with_variables(random, whole, mode, inside, variant)
            if problem:
                yield problem
                break


def random_problems(seed: int) -> Iterator[Problem]:
    """Random compositions without end."""
    number = 0
    while True:
        random = Random(f"random {seed} {number}")
        number += 1
        depth = random.choice((1, 2, 2, 3, 3, 4))
        inner = random.choice(INNER)
        shape = random.choice([("m", "n"), ("n", "n"), ("n", "1"), ("1", "n"), ("1", "1")])
        if inner.shape not in ("vec", "vect", "kron", *CONVOLVED) and not _fits(inner, shape):
            continue
        if inner.shape in ("vec", "vect", "kron") and "1" in shape:
            continue
        inside = made(random, inner, shape, depth)
        whole = in_context(random, random.choice(OUTER), inside)
        mode = random.choice((*MODES, "derivative", "second"))
        problem = whole and _with_variables(random, whole, mode, inside, random.randrange(2))
        if problem:
            yield problem


def _with_variables(
    random: Random, whole: Part, mode: str, inside: Part, variant: int
) -> Problem | None:
    """A problem with variables, and perhaps with other names or all sizes the same."""
    own = [part.text for part in inside.parts() if part.text in SYMBOLS]
    symbols = [part.text for part in whole.parts() if part.text in SYMBOLS]
    if not symbols:
        return None
    wrt = [random.choice(own or symbols)]
    if variant and len(symbols) > 1 and random.random() < 0.4:
        wrt.append(random.choice(symbols))
    names: tuple[tuple[str, str], ...] = ()
    if variant and random.random() < 0.3:
        chosen = random.sample(TRICKY, min(3, len(set(symbols))))
        names = tuple(zip(dict.fromkeys(symbols), chosen, strict=False))
    one_size = variant == 1 and random.random() < 0.15
    text = " ".join(part.text for part in whole.parts())
    one_size = one_size and "{r}" not in text and "{c}" not in text and "ones(" not in text
    one_size = one_size and "conv" not in text
    return Problem(whole, tuple(dict.fromkeys(wrt)), mode, names, one_size)
