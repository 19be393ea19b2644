"""Index statements, built as the reader makes them: every sum in them is explicit."""

from collections.abc import Sequence
from fractions import Fraction

from dimderiv.infer.typed import Typed, infer
from dimderiv.language.declared import Declaration
from dimderiv.language.parser import parse_program
from dimderiv.language.shapes import Shape, size_of
from dimderiv.language.syntax import (
    Binary,
    Call,
    Entry,
    IndexForm,
    Letter,
    Name,
    Number,
    Program,
    Slice,
    Statement,
    Tree,
)
from dimderiv.rulebook.rulebook import load_rules

RULES = load_rules()


def tree(text: str) -> Tree:
    """What a text is, as a tree."""
    return parse_program(text).statements[-1].value


def letters(text: str) -> tuple[Letter, ...]:
    """Letters, each perhaps with its size: `i j:m`."""
    pairs = [word.partition(":") for word in text.split()]
    return tuple((name, tree(size) if size else None) for name, _, size in pairs)


def index(text: str) -> Tree:
    """An index: a slice, or what is read as a sum."""
    start, colon, stop = text.partition(":")
    if not colon:
        return tree(text)
    return Slice(tree(start) if start else None, tree(stop) if stop else None)


def at(operand: str | Tree, *indices: str | Tree) -> Entry:
    """A part of an array: `at("X", "n", "2 i + r")`."""
    whole = Name(operand) if isinstance(operand, str) else operand
    return Entry(whole, tuple(index(each) if isinstance(each, str) else each for each in indices))


def form(head: str, body: Tree, groups: Sequence[int] = ()) -> IndexForm:
    """An index statement without a name."""
    return IndexForm(letters(head), body, tuple(groups))


def over(head: str, *factors: Tree, function: str = "sum") -> Call:
    """A reduction of a product over letters."""
    return Call(function, (times(*factors),), over=letters(head))


def times(first: Tree, *others: Tree) -> Tree:
    """A product."""
    for other in others:
        first = Binary("*", first, other)
    return first


def size(operand: str, axis: int) -> Call:
    """The size of an axis, as a head may have it."""
    return Call("size", (Name(operand), Number(Fraction(axis))))


def declarations(text: str) -> dict[str, Declaration]:
    """Declared shapes: `X: N x C x 9; y: N labels C`."""
    declared = {}
    for each in filter(None, map(str.strip, text.split(";"))):
        name, written = each.split(": ")
        sizes, _, labels = written.partition(" labels ")
        axes = [] if sizes == "scalar" else [size_of(tree(size)) for size in sizes.split(" x ")]
        known = size_of(tree(labels)) if labels else None
        declared[name] = Declaration(Shape.of(axes), text=sizes, labels=known)
    return declared


def typed(*statements: Tree | tuple[str, Tree], shapes: str = "") -> Typed:
    """A program that was built, with its shapes."""
    pairs = [each if isinstance(each, tuple) else (None, each) for each in statements]
    declared = declarations(shapes)
    return infer(Program(tuple(Statement(*pair) for pair in pairs)), declared, rulebook=RULES)
