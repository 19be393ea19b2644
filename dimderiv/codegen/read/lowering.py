"""The programs of one function as graphs, read for the code generator."""

from collections.abc import Mapping, Sequence
from itertools import count

from dimderiv import graph
from dimderiv.codegen.read.index_forms import IndexReader, Letters
from dimderiv.graph import Function, Map, Named, Node, Product, Sum
from dimderiv.infer import Typed
from dimderiv.language import Dim, syntax
from dimderiv.lower import Array, Builder, entrywise_tree
from dimderiv.rulebook import Rule, Rulebook

# The array that is read, if there is one, its indices and their letters.
Gathered = dict[str, tuple[Node | None, tuple[tuple[syntax.Node, ...], Letters]]]


class CodeBuilder(Builder):
    """Reads a program whose functions need no derivatives, only values.

    Args:
        typed: the program and the shape of each part.
        rulebook: the rules.
        gathered: where arrays that are read at computed indices are noted.
    """

    recognises = False

    def __init__(self, typed: Typed, rulebook: Rulebook, gathered: Gathered) -> None:
        super().__init__(typed, rulebook)
        self.gathered = gathered
        self._numbers = count(len(gathered))

    def definition(self, node: Named, value: Array) -> Array:
        """The name, or its value where that is better not written out: `diag(x)`, `inv(X)`."""
        return value if _is_structured(value.node) else Array(node, value.shape)

    def expanded(self, rule: Rule, arguments: list[Array]) -> Array | None:
        """A function that code has no call for, by its definition."""
        if not rule.is_written_out or rule.kind == "composite":
            return None
        is_column = rule.column and arguments[0].shape.is_column
        tree = self.rulebook.formula(rule, rule.column if is_column else rule.definition)
        is_entrywise = rule.kind == "elementwise" and not is_column
        return self.defined(rule, arguments, entrywise_tree(tree) if is_entrywise else tree)

    def entries(self, node: syntax.Entry | syntax.IndexForm) -> Array:
        """An index form as a sum of labelled products."""
        assert isinstance(node, syntax.IndexForm), "infer refuses an entry outside of a form"
        typed = self.typed
        return IndexReader(node, self.array, typed.meaning, typed.sizes, self._gather).read()

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
