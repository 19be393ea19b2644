"""The programs of one function as graphs, read for the code generator."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count
from typing import NamedTuple

from dimderiv import graph
from dimderiv.arrays import Array
from dimderiv.codegen.axes import laid_out
from dimderiv.codegen.index_forms import IndexReader, Letters
from dimderiv.codegen.user_functions import UserFunction, user_functions
from dimderiv.graph import Function, Map, Named, Node, Product, Sum
from dimderiv.infer import Typed
from dimderiv.language import syntax
from dimderiv.lower import Builder
from dimderiv.rule import Rule
from dimderiv.rules import Rulebook
from dimderiv.shapes import Dim, Shape

# The array that is read, if there is one, its indices and their letters.
Gathered = dict[str, tuple[Node | None, tuple[tuple[syntax.Node, ...], Letters]]]
Layout = tuple[Shape, Shape]


class CodeBuilder(Builder):
    """Reads a program whose functions need no derivatives, only values.

    Args:
        typed: the program and the shape of each part.
        rulebook: the rules.
        gathered: where arrays that are read at computed indices are noted.
    """

    def __init__(self, typed: Typed, rulebook: Rulebook, gathered: Gathered) -> None:
        super().__init__(typed, rulebook)
        self.gathered = gathered
        self._numbers = count(len(gathered))

    @cached_property
    def own(self) -> Mapping[str, UserFunction]:
        """The functions that the user's own rules define."""
        return user_functions(self.rulebook)

    def definition(self, node: Named, value: Array) -> Array:
        """The name, or its value where that is better not written out: `diag(x)`, `inv(X)`."""
        return value if _is_structured(value.node) else Array(node, value.shape)

    def expanded(self, rule: Rule, arguments: list[Array]) -> Array | None:
        """A function that a user's rule file defines, by its definition."""
        if rule.name not in self.own:
            return None
        own = self.own[rule.name]
        is_column = own.column is not None and arguments[0].shape.is_column
        body = own.column if is_column and own.column is not None else own.body
        return self.defined(rule, arguments, body)

    def entries(self, node: syntax.Entry | syntax.IndexForm) -> Array:
        """An index form as a sum of labelled products."""
        assert isinstance(node, syntax.IndexForm), "infer refuses an entry outside of a form"
        return IndexReader(node, self.array, self.typed.meaning, self._gather).read()

    def _gather(
        self,
        operand: Node | None,
        indices: tuple[syntax.Node, ...],
        letters: Letters,
        axes: tuple[Dim, ...],
    ) -> Node:
        detail = (operand, (indices, letters))
        for name, known in self.gathered.items():
            same = known[0] is operand or (known[0] and operand and known[0].key == operand.key)
            if same and known[1] == detail[1]:
                return graph.symbol(name, axes)
        name = f"<gathered {next(self._numbers)}>"
        self.gathered[name] = detail
        return graph.symbol(name, axes)


def _is_structured(node: Node) -> bool:
    """Whether an array is better not written out where it is multiplied."""
    match node:
        case Function(function):
            return function in {"inv", "tril"}
        case Product():
            arrays = [factor for factor in node.factors if factor.indices]
            letters = graph.letters_of(node.result)
            held = {letter for factor in arrays for letter in graph.letters_of(factor.indices)}
            return (
                len(set(letters)) < len(letters)
                or not set(letters) <= held
                or (len(arrays) == 1 and _is_structured(arrays[0].node))
            )
    return False


class Wanted(NamedTuple):
    """What a function is to compute of a program.

    Attributes:
        typed: the program.
        layouts: for each result the shape of what is differentiated, and of the variable.
        names: the names of the definitions that are the results, where that is not the value.
    """

    typed: Typed
    layouts: Sequence[Layout]
    names: Sequence[str] = ()

    @property
    def trees(self) -> list[syntax.Node]:
        """The expression of each result."""
        statements = self.typed.program.statements
        if not self.names:
            return [statements[-1].value]
        values = {statement.name: statement.value for statement in statements}
        return [values[name] for name in self.names]


class Computation:
    """The results of a program as nodes, and the definitions that they need.

    Args:
        wanted: what is computed.
        rulebook: the rules.
        gathered: where arrays that are read at computed indices are noted.

    Attributes:
        definitions: every definition of the program, in the order written.
        nodes: the results, with the axes that they are returned with.
    """

    def __init__(self, wanted: Wanted, rulebook: Rulebook, gathered: Gathered) -> None:
        self.wanted = wanted
        lowered = CodeBuilder(wanted.typed, rulebook, gathered).lowered()
        self.definitions = lowered.definitions
        self._places = {each.name: k for k, each in enumerate(lowered.definitions)}
        values = [lowered.definitions[self._places[name]].value for name in wanted.names]
        self.nodes = [
            laid_out(node, of, wrt, isinstance(tree, syntax.IndexForm))
            for node, tree, (of, wrt) in zip(
                values or [lowered.value], wanted.trees, wanted.layouts, strict=True
            )
        ]
        self._named: dict[Node, set[str]] = {}

    def needed(self, node: Node, done: set[str]) -> list[Named]:
        """The definitions that a result needs besides those that are done, in the order written.

        Args:
            node: the result.
            done: the names that are done; those of the definitions are added.
        """
        places, waiting = list[int](), [node]
        while waiting:
            value = waiting.pop()
            if value not in self._named:
                self._named[value] = named_in(value)
            new = self._named[value] - done
            done |= new
            places += [self._places[name] for name in new]
            waiting += [self.definitions[self._places[name]].value for name in new]
        return [self.definitions[place] for place in sorted(places)]

    def trees(self) -> Iterator[syntax.Node]:
        """The expressions that are computed."""
        names = set[str]()
        for node in self.nodes:
            self.needed(node, names)
        statements = self.wanted.typed.program.statements
        yield from (each.value for each in statements if each.name in names)
        yield from self.wanted.trees


def conflicts(definitions: Mapping[str, graph.Key], named: Sequence[Named]) -> bool:
    """Whether a name is defined as something else than in the programs before."""
    return any(definitions.get(each.name, each.value.key) != each.value.key for each in named)


def named_in(node: Node) -> set[str]:
    """The names that a node uses by itself, not those that these use in turn."""
    found, seen, waiting = set[str](), set[int](), [node]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        match each:
            case Named(name):
                found.add(name)
            case Sum(terms):
                waiting += [term for _, term in terms]
            case Product():
                waiting += [factor.node for factor in each.factors]
            case Map() | Function():
                waiting += each.arguments
    return found
