"""Random expressions whose shapes conform, from a table of forms, for any source of choices.

A form is a text with places for operands; the code of each operand's shape is two letters, of its
rows and columns: `r` and `c` are those of what is wanted, `d` and `e` are drawn, `1` is 1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from dimderiv.language.parser import parse_program
from dimderiv.language.syntax import Name, Tree, children
from dimderiv.render.text import text

Pick = Callable[[Sequence[Any]], Any]
Array = np.ndarray


class Form(NamedTuple):
    """A way to write an expression: its text, the shapes of its operands, and how often."""

    text: str
    operands: str = ""
    weight: int = 1


SIZES = {"m": 2, "n": 3, "p": 4, "H": 5, "L": 4, "h": 2, "l": 3}
DIMS = ("m", "n", "p")

SHAPES = {
    "A": "m x n",
    "B": "n x p",
    "C": "p x m",
    "D": "m x n",
    "F": "n x n",
    "M": "m x m",
    "N1": "n x n",
    "Q": "p x p",
    "S": "n x n symmetric",
    "P": "m x m spd",
    "Y": "m x n probability",
    "O": "p x n onehot",
    "V": "H x L",
    "K": "h x l",
    "x": "n",
    "y": "m",
    "z": "n",
    "w": "p",
    "u": "m",
    "v": "n positive",
    "r": "1 x n",
    "q": "1 x m",
    "a": "scalar",
    "b": "scalar",
    "t": "scalar positive",
}

ANY = (
    Form("({}) + ({})", "rc rc", 3),
    Form("({}) - ({})", "rc rc", 3),
    Form("-({})", "rc"),
    Form("({}) ({})", "rd dc", 6),
    Form("({}) ({})", "11 rc", 2),
    Form("({}) / (1 + ({})^2)", "rc 11"),
    Form("({}) .* ({})", "rc rc", 3),
    Form("({}) .* ({})", "r1 rc"),
    Form("({}) .* ({})", "1c rc"),
    Form("({}) .* ({})", "r1 1c"),
    Form("({}) + ({})", "rc 1c", 2),
    Form("({}) - ({})", "r1 rc"),
    Form("({}) + ({})", "r1 1c"),
    Form("({}) + 1", "rc"),
    Form("({}) ./ (1 + ({}).^2)", "rc rc"),
    Form("({}) ./ (1 + exp({}))", "rc r1"),
    Form("({})'", "cr", 4),
    Form("exp({})", "rc"),
    Form("relu({})", "rc"),
    Form("max({}, {})", "rc rc"),
    Form("min({}, {})", "rc 1c"),
    Form("max({}, {})", "11 rc"),
    Form("tanh({})", "rc"),
    Form("sigmoid({})", "rc"),
    Form("sin({})", "rc"),
    Form("softplus({})", "rc"),
    Form("gelu({})", "rc"),
    Form("silu({})", "rc"),
    Form("abs({})", "rc"),
    Form("arctan({})", "rc"),
    Form("log(1 + ({}).^2)", "rc"),
    Form("log(1 + exp({}))", "rc"),
    Form("sqrt(1 + ({}).^2)", "rc"),
    Form("1 ./ (1 + exp(-({})))", "rc"),
    Form("exp({0}) ./ sum(exp({0}), axis=1)", "rc"),
    Form("({0}) - logsumexp({0}, axis=1)", "rc"),
    Form("exp(({0}) - logsumexp({0}, axis=1))", "rc"),
    Form("({}).^2", "rc", 2),
    Form("({}).^3", "rc"),
    Form("(1 + ({}).^2).^-1", "rc"),
    Form("(1 + exp({})).^0.5", "rc"),
    Form("(1 + exp({})).^({})", "rc 11"),
    Form("2 .^ ({})", "rc"),
    Form("softmax({})", "rc"),
    Form("logsoftmax({})", "rc"),
    Form("(({}) > ({})) .* ({})", "rc rc rc"),
    Form("diag({}) ({})", "r1 rc"),
    Form("({}) diag({})", "rc c1"),
    Form("ones({r}, {c})"),
    Form("ones({r}, {d}) ({})", "dc"),
)

SCALAR = (
    Form("({})' ({})", "d1 d1", 4),
    Form("({}) ({})", "1d d1", 2),
    Form("||{}||^2", "d1", 3),
    Form("||{}||^2", "de", 3),
    Form("||{}||", "de"),
    Form("||{}||", "d1"),
    Form("||{}||_1", "de"),
    Form("sum({})", "de", 4),
    Form("sum(({}) .* ({}))", "de de", 4),
    Form("mean({})", "de"),
    Form("max({})", "de"),
    Form("min({})", "d1"),
    Form("logsumexp({})", "de"),
    Form("logsumexp({})", "d1"),
    Form("tr({})", "dd", 4),
    Form("tr(({}) ({}))", "de ed", 3),
    Form("det(({}) + 3 I)", "dd"),
    Form("logdet(({0}) ({0})' + I)", "de"),
    Form("||({}) + 7 I||_*", "dd"),
    Form("eigmax(({0})' ({0}))", "de"),
    Form("tr(pinv(({}) + 5 I) ({}))", "dd dd"),
    Form("cross_entropy({}, Y)", "mn"),
    Form("cross_entropy({}, O)", "pn"),
    Form("tr(kron({}, {}))", "dd ee"),
    Form("sum(kron({}, {}))", "de ef"),
    Form("tr(kron({}, {}) ({})' ({}))", "d1 1e 1e 1d"),
    Form("vec({})' vec({})", "de de"),
    Form("vec({})' kron({}, {}) vec({})", "df dd ff df"),
    Form("sum(G .* conv2({}, {}))", "HL hl"),
    Form("({})^2", "11"),
    Form("({})^3", "11"),
    Form("exp(({}) / (1 + ({})^2))", "11 11"),
    Form("{d}"),
    Form("2 ({})", "11", 2),
    Form("({}) / {d}", "11"),
    Form("0.5 ({})", "11", 2),
)

CONVOLVED = (
    Form("exp({})", "rc"),
    Form("({}) .* ({})", "rc rc"),
    Form("({}) + ({})", "rc rc"),
    Form("({}).^2", "rc"),
    Form("{}", "rc", 3),
)

COLUMN = (
    Form("diag({})", "rr", 2),
    Form("sum({}, axis=1)", "rd", 2),
    Form("mean({}, axis=1)", "rd"),
    Form("max({}, axis=1)", "rd"),
    Form("logsumexp({}, axis=1)", "rd"),
    Form("inv(({}) + 4 I) ({})", "rr r1"),
    Form("({0}) / ||{0}||", "r1"),
)

ROW = (
    Form("sum({}, axis=0)", "dc", 2),
    Form("mean({}, axis=0)", "dc"),
    Form("min({}, axis=0)", "dc"),
    Form("logsumexp({}, axis=0)", "dc"),
)

SQUARE = (
    Form("diag({})", "r1", 2),
    Form("I"),
    Form("({}) + I", "rr", 2),
    Form("({}) + ({}) I", "rr 11"),
    Form("inv(({}) + 4 I)", "rr", 2),
    Form("inv(({0})' ({0}) + I)", "dr", 2),
    Form("(({}) + 5 I)^-1", "rr"),
    Form("expm(tanh({}))", "rr", 2),
    Form("dexpm(tanh({}), {})", "rr rr"),
    Form("({})^2", "rr"),
    Form("({})^3", "rr"),
    Form("({0}) ({0})'", "rd", 2),
    Form("({0}) + ({0})'", "rr"),
)


def _symbol_shapes() -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for name, declared in SHAPES.items():
        rows, *more = declared.split(" x ")
        cols = more[0].split()[0] if more else "1"
        rows = "1" if rows.split()[0] == "scalar" else rows.split()[0]
        found.setdefault((rows, cols), []).append(name)
    return found


SYMBOLS = _symbol_shapes()


@dataclass(frozen=True)
class Problem:
    """An expression with a scalar value, the shapes that it declares, and what to derive by."""

    source: str
    shapes: dict[str, str]
    wrt: tuple[str, ...]


@dataclass
class Writer:
    """Writes random expressions.

    Attributes:
        pick: chooses one of several things; the first is the simplest.
        named: how often a part becomes a named intermediate, out of ten.
    """

    pick: Pick
    named: int = 1
    statements: list[str] = field(default_factory=list)
    names: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def problem(self, depth: int, shape: tuple[str, str] = ("1", "1")) -> Problem:
        """A whole problem, of forms in forms to some depth, whose value has a shape."""
        value = self.expression(shape, depth)
        source = "; ".join([*self.statements, value])
        program = parse_program(source, names=SHAPES)
        used = {name for statement in program.statements for name in names_in(statement.value)}
        if not used & SHAPES.keys():
            return Problem(f"{source} + sum(x' A' C')", dict(SHAPES), ("x",))
        symbols = [name for name in SHAPES if name in used]
        count = self.pick((1, 1, 2, len(symbols)))
        wrt = tuple(dict.fromkeys(self.pick(symbols) for _ in range(count)))
        sizes = {"A", "B"} if used & set(DIMS) else set()
        shapes = {name: SHAPES[name] for name in SHAPES if name in used | sizes}
        return Problem(text(program), shapes, wrt)

    def expression(self, shape: tuple[str, str], depth: int) -> str:
        """An expression of a shape, perhaps behind a name."""
        if depth <= 0:
            return self.leaf(shape)
        form = self.pick(forms_of(shape))
        written = self.filled(form, shape, depth - 1)
        return self.behind_name(written, shape) if self.pick(range(10)) < self.named else written

    def filled(self, form: Form, shape: tuple[str, str], depth: int) -> str:
        """A form with its operands written."""
        sizes = {"r": shape[0], "c": shape[1], "1": "1", "m": "m", "n": "n", "p": "p"}
        sizes |= {letter: letter for letter in "HLhl"}
        for letter in "def":
            if letter in form.operands or f"{{{letter}}}" in form.text:
                sizes[letter] = self.pick(DIMS)
        operands = [
            self.expression((sizes[code[0]], sizes[code[1]]), depth)
            for code in form.operands.split()
        ]
        return form.text.format(*operands, **sizes)

    def leaf(self, shape: tuple[str, str]) -> str:
        """A symbol, an earlier intermediate, or the shortest thing of a shape."""
        flipped = [f"{name}'" for name in SYMBOLS.get(shape[::-1], ())]
        options = [*SYMBOLS.get(shape, ()), *self.names.get(shape, ()), *flipped]
        if shape == ("1", "1"):
            options = [*SYMBOLS[shape], *self.names.get(shape, ()), "2", "0.5", "x' z"]
        return str(self.pick(options or [f"ones({shape[0]}, {shape[1]})"]))

    def behind_name(self, written: str, shape: tuple[str, str]) -> str:
        name = f"T{len(self.statements)}"
        self.statements.append(f"{name} = {written}")
        self.names.setdefault(shape, []).append(name)
        return name


def forms_of(shape: tuple[str, str]) -> list[Form]:
    """The forms that can have a shape, each as often as its weight says."""
    rows, cols = shape
    if not {rows, cols} <= {*DIMS, "1"}:
        kinds: list[tuple[Form, ...]] = [CONVOLVED]
    elif (rows, cols) == ("1", "1"):
        kinds = [SCALAR]
    else:
        special = SQUARE if rows == cols else COLUMN if cols == "1" else ROW if rows == "1" else ()
        kinds = [ANY, special]
    return [form for forms in kinds for form in forms for _ in range(form.weight)]


def names_in(node: Tree) -> set[str]:
    """Every name that occurs in a tree."""
    if isinstance(node, Name):
        return {node.name}
    return {name for child in children(node) for name in names_in(child)}


def random_problem(random: Random, *, scalar: bool = True) -> Problem:
    """A problem from a generator of random numbers."""
    writer = Writer(random.choice, named=random.choice((0, 1, 3)))
    if scalar:
        return writer.problem(random.choice((1, 2, 2, 3, 3, 4)))
    sizes = (*DIMS, "1")
    shape = random.choice(sizes), random.choice(sizes)
    return writer.problem(random.choice((1, 1, 2)), shape)


@st.composite
def problems(draw: st.DrawFn, depth: int = 3) -> Problem:
    """A problem that Hypothesis can shrink: earlier choices are simpler."""
    writer = Writer(lambda options: draw(st.sampled_from(list(options))))
    return writer.problem(draw(st.integers(1, depth)))


# A variable of each shape, and a scalar in which it occurs; the factor before a value without it.
VARIABLES = {
    "scalar": ("a", "a"),
    "column": ("x", "x' z"),
    "row": ("r", "r z"),
    "matrix": ("A", "y' A x"),
}
VALUES = {"scalar": ("1", "1"), "column": ("m", "1"), "row": ("1", "n"), "matrix": ("m", "n")}


@st.composite
def shaped_problems(draw: st.DrawFn, of: str, by: str, depth: int = 2) -> Problem:
    """A problem whose value has a shape, in which a variable of another shape occurs."""
    writer = Writer(lambda options: draw(st.sampled_from(list(options))))
    name, scalar = VARIABLES[by]
    written = writer.expression(VALUES[of], draw(st.integers(1, depth)))
    source = "; ".join([*writer.statements, f"({scalar}) ({written})"])
    program = parse_program(source, names=SHAPES)
    used = {each for statement in program.statements for each in names_in(statement.value)}
    # The sizes of all dimensions are known by these.
    shapes = {each: SHAPES[each] for each in SHAPES if each in used | {"A", "B"}}
    return Problem(text(program), shapes, (name,))


def values(declared: str, size: tuple[int, ...], generator: np.random.Generator) -> Array:
    """An array that has the property that a declaration ends in."""
    array = generator.normal(scale=0.7, size=size)
    rows, cols = size[-2:]
    match declared.split()[-1:]:
        case ["diagonal"]:
            return array * np.eye(rows)
        case ["lower"]:
            return np.tril(array)
        case ["upper"]:
            return np.triu(array)
        case ["skew"]:
            return array - array.T
        case ["positive"]:
            return np.asarray(0.5 + np.abs(array))
        case ["symmetric"]:
            return array + array.T
        case ["spd"]:
            return np.asarray(array @ array.T + np.eye(rows))
        case ["binary"]:
            return (array > 0).astype(float)
        case ["probability"]:
            return np.asarray(np.exp(array) / np.exp(array).sum(axis=1, keepdims=True))
        case ["onehot"]:
            return np.eye(cols)[generator.integers(cols, size=rows)]
    return array
