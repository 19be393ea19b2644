"""Letters for axes: those that the program has for them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from math import inf

from dimderiv.graph import (
    Factor,
    Function,
    Index,
    Map,
    Merged,
    Named,
    Node,
    Product,
    Selection,
    Sum,
    Symbol,
)
from dimderiv.language import (
    COMPARISONS,
    ONE,
    Add,
    Binary,
    Call,
    Entry,
    IndexForm,
    Name,
    Program,
    Shape,
    Slice,
    Tree,
    children,
    frozen,
    names_in,
    walk,
)

ENTRYWISE = frozenset({".*", "./", ".^"})
# Behind all places of a program.
ARRIVING = 1e9
# The letters that are wished for along each axis, the best first.
Heads = Sequence[Sequence[str]]


@frozen.record
class UserLetters:
    """What the axes of symbols and definitions are called in a program.

    Attributes:
        shapes: the shape of each name.
        letters: the letter of each axis of a name, where the program has one.
        groups: the letters of each axis that is made of several, by the name and the axis.
        sums: the letters of each index that is a sum of several, with the axis that it is of.
        heads: the letters of the axes of definitions that are made of index statements.
        places: where names stand in the program, for the order of factors.
    """

    shapes: Mapping[str, Shape] = field(default_factory=dict)
    letters: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    groups: Mapping[tuple[str, int], Sequence[str]] = field(default_factory=dict)
    sums: Mapping[tuple[str, int], Sequence[str]] = field(default_factory=dict)
    heads: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def are_used(self) -> bool:
        """Whether the program has letters, or arrays that need them."""
        return bool(self.letters) or any(shape.has_more_axes for shape in self.shapes.values())

    @property
    def names(self) -> frozenset[str]:
        """Every letter that the program has."""
        return frozenset(name for own in self.letters.values() for name in own if name)

    def along(self, name: str) -> list[str | None]:
        """The letters of the axes of a name, without those of size 1."""
        shape, own = self.shapes.get(name), self.letters.get(name, ())
        if shape is None:
            return list(own)
        padded = [*own, *[None] * (len(shape) - len(own))]
        return [letter for letter, dim in zip(padded, shape, strict=False) if dim != ONE]

    def place(self, factor: Tree) -> float:
        """Where a factor stands among others: as in the program, then what arrives from above.

        Whether something holds, and whether two places are the same, stands last.

        Args:
            factor: what is multiplied.
        """
        bare = factor.operand if isinstance(factor, Entry) else factor
        if isinstance(bare, Binary) and bare.operator in COMPARISONS:
            return inf
        arrays = [name for name in _arrays(factor) if name in self.shapes]
        return max((self.places.get(name, ARRIVING) for name in arrays), default=inf)

    def wishes(self, node: Node, axis: int) -> Iterator[str]:
        """Letters for an axis of a node, the best first.

        Args:
            node: the node.
            axis: the number of one of its axes.
        """
        match node:
            case _ if axis >= len(node.axes):
                return
            case Symbol() | Named():
                own = self.along(node.name)
                if axis < len(own) and own[axis]:
                    yield str(own[axis])
                elif isinstance(node, Named):
                    yield from self.wishes(node.value, axis)
            case Sum(terms):
                for _, term in terms:
                    yield from self.wishes(term, axis)
            case Product():
                yield from self.of_index(node.factors, node.result[axis])
            case Map(_, arguments):
                for argument in arguments:
                    yield from self.wishes(argument, axis)
            case Function() if not node.over or len(node.axes) == len(node.arguments[0].axes):
                yield from self.wishes(node.arguments[0], axis)
            case Function():
                kept = [k for k in range(len(node.arguments[0].axes)) if k not in node.over]
                yield from self.wishes(node.arguments[0], kept[axis])

    def of_index(self, factors: Sequence[Factor], index: Index) -> Iterator[str]:
        """Letters for an index of the factors of a product."""
        for factor in factors:
            if isinstance(factor.node, Selection):
                yield from self._of_sum(factors, factor.indices, index)
            for axis, own in enumerate(factor.indices):
                if own == index:
                    yield from self.wishes(factor.node, axis)
                elif isinstance(own, Merged) and index in own.letters:
                    named = factor.node.name if isinstance(factor.node, Symbol | Named) else ""
                    group = self.groups.get((named, axis), ())
                    yield from group[own.letters.index(index) :][:1]

    def _of_sum(
        self, factors: Sequence[Factor], selected: Sequence[Index], index: Index
    ) -> Iterator[str]:
        """The letter that an index has in the place of an array that it is a part of."""
        place, *parts = selected
        for node, indices, _ in factors if index in parts else ():
            if isinstance(node, Symbol | Named) and place in indices:
                letters = self.sums.get((node.name, indices.index(place)), ())
                if len(letters) == len(parts):
                    yield letters[parts.index(index)]


def user_letters(
    program: Program, shapes: Mapping[str, Shape], sizes: Collection[str]
) -> UserLetters:
    """The letters that a program has for the axes of its symbols and definitions.

    Args:
        program: the program.
        shapes: the shape of each of its names.
        sizes: the names of dimensions, which are no letters.
    """
    found: dict[str, list[str | None]] = {}
    groups: dict[tuple[str, int], Sequence[str]] = {}
    sums: dict[tuple[str, int], Sequence[str]] = {}
    for statement in program.statements:
        parts = [*_before_their_operands(statement.value)]
        for part in parts:
            if isinstance(part, Entry) and isinstance(part.operand, Name):
                _note(found.setdefault(part.operand.name, []), part.indices, sizes)
                for axis, index in enumerate(part.indices):
                    if isinstance(index, Binary) and index.operator == "*":
                        names = [each.name for each in walk(index) if isinstance(each, Name)]
                        groups.setdefault((part.operand.name, axis), names[::-1])
                    elif isinstance(index, Add):
                        names = [name for name in names_in(index) if name not in sizes]
                        sums.setdefault((part.operand.name, axis), names)
        for part in reversed(parts):
            _share(part, found, shapes)
        if statement.name is not None:
            head = _head(statement.value, found)
            if head:
                found[statement.name] = head
    return UserLetters(shapes, found, groups, sums, places=_places(program))


def _places(program: Program) -> Mapping[str, int]:
    """Where each name stands in the last statement that has it, without what weights the value."""
    before = dict[str, int]()
    for statement in program.statements:
        start = max(before.values(), default=0) + 1
        names = dict.fromkeys(_arrays(statement.value))
        before |= {name: start + place for place, name in enumerate(names)}
    return {name: place for name, place in before.items() if name not in _weights(program)}


def _weights(program: Program) -> set[str]:
    """What stands for a derivative that arrives from above: `G` in `sum(G .* Y)`."""
    match program.statements[-1].value:
        case Call("sum", (Binary(".*", left, right),)):
            defined = {statement.name for statement in program.statements}
            sides = [side.name if isinstance(side, Name) else None for side in (left, right)]
            given = [name for name in sides if name is not None and name not in defined]
            return {*given} if len(given) == 1 else set()
    return set()


def _arrays(tree: Tree) -> Iterator[str]:
    """The names in a tree that are not in an index."""
    if isinstance(tree, Name):
        yield tree.name
    for child in (tree.operand,) if isinstance(tree, Entry) else children(tree):
        yield from _arrays(child)


def _before_their_operands(tree: Tree) -> Iterator[Tree]:
    """The parts of a tree in the order of the text."""
    yield tree
    for child in children(tree):
        yield from _before_their_operands(child)


def _note(own: list[str | None], indices: Sequence[Tree], sizes: Collection[str]) -> None:
    """Remember which axes a letter indexes by itself; the first one counts."""
    own += [None] * (len(indices) - len(own))
    for axis, index in enumerate(indices):
        is_letter = isinstance(index, Name) and index.name not in sizes
        if isinstance(index, Name) and is_letter and own[axis] is None and index.name not in own:
            own[axis] = index.name


def _share(part: Tree, found: dict[str, list[str | None]], shapes: Mapping[str, Shape]) -> None:
    """Let arrays that are added or multiplied entry by entry have the same letters: `G .* Y`."""
    if not isinstance(part, Add) and not (isinstance(part, Binary) and part.operator in ENTRYWISE):
        return
    names = [each.name for each in children(part) if isinstance(each, Name)]
    for name in names:
        known = [
            found[n] for n in names if any(found.get(n, ())) and shapes.get(n) == shapes.get(name)
        ]
        if known and not any(found.get(name, ())):
            found[name] = list(known[0])


def _head(value: Tree, found: Mapping[str, list[str | None]]) -> list[str | None]:
    """The letters of a definition: its own, or those of the arrays that it is made of."""
    if isinstance(value, IndexForm):
        return [own[0][0] if len(own) == 1 else None for own in value.axes]
    named = [
        found[part.name] for part in walk(value) if isinstance(part, Name) and part.name in found
    ]
    is_reduced = any(isinstance(part, Entry | Slice) for part in walk(value))
    longest: list[str | None] = []
    for own in named:
        longest = own if len(own) > len(longest) else longest
    return [] if is_reduced else longest
