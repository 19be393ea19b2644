"""Who is called what in the steps: short names for inner parts, `dr` for the derivative by `r`."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from dimderiv.conform import notation
from dimderiv.differentiate import Partial, Visit
from dimderiv.explain.record.scalar_order import is_brief
from dimderiv.explain.record.terms import TermWriter
from dimderiv.graph import (
    Function,
    Key,
    Map,
    Named,
    Node,
    Product,
    Sum,
    Symbol,
    apply_function,
    apply_map,
    is_symmetric,
    named,
)
from dimderiv.language import Add, Call, Dim, IndexForm, Name, Tree, unused_letters, unused_name

LETTERS = ("stuvqpzcabh", "ruvzqspth", "RZMPQTEFGHKLSUVW")
LETTERS_OF_FUNCTIONS: Mapping[str, str] = {"softmax": "P", "inv": "Y"}


class ShortNames:
    """Gives out names that mean nothing else.

    Args:
        taken: names that mean something already.
        given: names of parts that have one.
        mark: what stands before a name to mean the derivative by what has it.
    """

    def __init__(self, taken: Iterable[str], given: Mapping[Tree, str], mark: str = "d") -> None:
        self.taken, self.given, self.mark = set(taken), dict(given), mark
        self.mirrored: set[str] = set()
        self.unused: dict[str, Iterator[str]] = {}

    def __contains__(self, name: object) -> bool:
        # Two names that differ only in case would be taken for each other.
        is_used = name in self.taken or name in self.mirrored
        return is_used or f"{self.mark}{name}" in self.taken

    def again(self, mark: str) -> "ShortNames":
        """Names for what is differentiated next, in which parts keep theirs."""
        return ShortNames(self.taken, self.given, mark)

    def inner(self, tree: Tree, rank: int) -> str:
        """A name for an inner part."""
        if tree in self.given:
            return self.given[tree]
        rank = min(rank, len(LETTERS) - 1)
        letters = LETTERS[rank]
        if not isinstance(tree, Add):
            letters = letters[1:] + letters[:1]
        if isinstance(tree, Call) and rank == len(LETTERS) - 1:
            letters = LETTERS_OF_FUNCTIONS.get(tree.function, "") + letters
        # What is not free stays so: the search goes on where it was left.
        name = next(self.unused.setdefault(letters, unused_letters(letters, self)))
        self.taken.add(name)
        self.mirrored.add(name.swapcase())
        self.given[tree] = name
        return name

    def derivative(self, name: str) -> str:
        """A name for the derivative by something that has a name."""
        derivative = unused_name(f"{self.mark}{name}", self.taken)
        self.taken.add(derivative)
        return derivative


class Names:
    """What the parts of an expression are called.

    Args:
        short_names: gives out names that mean nothing else.
        writer: writes the parts.
        told: the nodes that are told, among them the definitions.
    """

    def __init__(self, short_names: ShortNames, writer: TermWriter, told: Sequence[Node]) -> None:
        self.short_names, self.writer = short_names, writer
        self.short: dict[Key, Named | Symbol] = {}
        self.owners = {node.value.key: node for node in told if isinstance(node, Named)}

    def own(self, node: Node) -> Named | Symbol | None:
        """The name of a node: a short one, or that of the definition whose value it is."""
        return self.short.get(node.key) or self.owners.get(node.key)

    def introduced(self, node: Node, tree: Tree) -> Named:
        """An inner part, which is written so, under a short name."""
        name = self.short_names.inner(tree, len(node.axes))
        return named(name, node, row=self.writer.is_row(node))

    def shortened(self, node: Node) -> Node:
        """A node with the short names of its operands in place of them, as it stands otherwise."""

        def new(operand: Node) -> Node:
            return self.short.get(operand.key, operand)

        match node:
            case Product():
                factors = tuple(f._replace(node=new(f.node)) for f in node.factors)
                return replace(node, factors=factors)
            case Sum():
                return replace(node, terms=tuple((c, new(term)) for c, term in node.terms))
            case Map():
                return apply_map(node.function, *map(new, node.arguments))
            case Function():
                arguments = tuple(map(new, node.arguments))
                return apply_function(node.function, arguments, node.axes, node.over, node.declared)
            case _:
                return node


class DerivativeNames(Names):
    """What parts and the derivatives by them are called, and what arrives at each part.

    Args:
        short_names: gives out names that mean nothing else.
        writer: learns the short names.
        visits: the visits that are told.
        adjoints: the derivatives that have names already.
        variables: a name for the derivative by each variable.
    """

    def __init__(
        self,
        short_names: ShortNames,
        writer: TermWriter,
        visits: Sequence[Visit],
        adjoints: Collection[Named],
        variables: Mapping[str, str],
    ) -> None:
        super().__init__(short_names, writer, [visit.node for visit in visits])
        self.plain, self.variables = writer.plain(), variables
        self.uses = Counter(partial.operand.key for visit in visits for partial in visit.partials)
        self.upstream = {visit.node.key: visit.upstream for visit in visits}
        self.adjoints = {adjoint.key: adjoint for adjoint in adjoints}
        value, upstream = visits[0].node, visits[0].upstream
        self.arriving: dict[Key, Node] = {value.key: upstream}
        self.derivatives: dict[Key, str] = {}
        self.definitions: dict[Key, Tree | None] = {}
        self.seed = upstream.axes[: len(upstream.axes) - len(value.axes)]

    def axes(self, operand: Node) -> tuple[Dim, ...]:
        """The axes of the derivative by an operand."""
        return (*self.seed, *operand.axes)

    def settle(self, visit: Visit) -> None:
        """Decide which operands of a node get a name, and what arrives at each."""
        upstream = self.arriving[visit.node.key]
        for partial in visit.partials:
            if partial.operand.key not in self.arriving:
                self._settle(partial.operand, _with_arriving(partial, upstream))

    def _settle(self, operand: Node, partial: Partial) -> None:
        key = operand.key
        if isinstance(operand, (Symbol, Named)):
            self.short[key] = operand
            name = self._of_derivative(operand, partial)
        elif (
            self.uses[key] > 1
            or not is_brief(partial.node, has_seed=bool(self.seed))
            or (key not in self.owners and self.writer.is_lettered(operand))
        ):
            name = self.short_names.derivative(self._with_definition(operand).name)
        else:
            self.arriving[key] = partial.node
            return
        if not self.seed:
            self.writer.own.note_derivative(name, self.short[key].name)
        derivative = named(name, self.upstream.get(key, operand), row=self.short[key].row)
        self.arriving[key] = replace(derivative, axes=self.axes(operand))
        self.derivatives[key] = name

    def is_handed(self, partial: Partial) -> bool:
        """Whether what arrives at a definition is handed down under the name that it would get."""
        arriving, operand = partial.node, partial.operand
        wanted = f"{self.short_names.mark}{getattr(operand, 'name', '')}"
        is_handed = isinstance(arriving, Symbol) and arriving.name == wanted
        return is_handed and isinstance(operand, Named) and self.uses[operand.key] == 1

    def _of_derivative(self, node: Symbol | Named, partial: Partial) -> str:
        if isinstance(node, Symbol):
            return self.variables[node.name]
        if self.is_handed(partial):
            return f"{self.short_names.mark}{node.name}"
        # An adjoint that equals another one has the name of that one.
        upstream = self.upstream.get(node.key)
        adjoint = None if upstream is None else self.adjoints.get(upstream.key)
        if adjoint is not None and adjoint.name.startswith(f"d{node.name}"):
            return adjoint.name
        return self.short_names.derivative(node.name)

    def _with_definition(self, node: Node) -> Named:
        arranger, row = self.writer.arranger, self.writer.is_row(node)
        tree = self.plain.array(node, row=row, heads=self.writer.own.heads(node))
        short = self.introduced(node, tree)
        heads = [[letter] for letter, _ in tree.letters] if isinstance(tree, IndexForm) else []
        self.writer.own.note_name(short.name, tree, node.axes)
        self.short[node.key] = short
        self.definitions.setdefault(short.key, self.writer.array(node, row=row, heads=heads))
        arranger.known[node.key] = notation.named(
            short.name, len(node.axes), row=row, is_symmetric=is_symmetric(node)
        )
        return short

    def definition(self, node: Node) -> Tree | None:
        """What the short name of a node stands for, the first time that it is asked for."""
        short = self.short.get(node.key)
        if short is None:
            return None
        definition = self.definitions.get(short.key)
        self.definitions[short.key] = None
        return definition

    def written(self, operands: Sequence[Node]) -> dict[Tree, Tree]:
        """What operands are called, by how they are written out."""
        return {
            self.plain.array(node, row=short.row): Name(short.name)
            for node in operands
            if (short := self.short.get(node.key)) is not None and short is not node
        }


def _with_arriving(partial: Partial, upstream: Node) -> Partial:
    """What an operand receives where another node arrives."""
    terms = []
    for term in partial.terms:
        arriving, *rest = term.factors
        factors = (arriving._replace(node=upstream), *rest)
        terms.append(term._replace(factors=factors))
    return partial._replace(terms=tuple(terms))
