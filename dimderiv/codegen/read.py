"""Printed programs, and what was found, as nodes to plan, and the axes of what is returned.

Code returns the axes of the value, then those of the variable.
"""

from collections.abc import Mapping
from functools import cached_property

from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Index,
    Key,
    Map,
    Merged,
    Named,
    Node,
    Product,
    letters_of,
    nodes_of,
    number,
    operands,
    product,
    terms,
    total,
)
from dimderiv.infer import Typed
from dimderiv.language import STOP, Dim, IndexForm, Name, Shape, Statement, Tree, walk
from dimderiv.lower import Array, Builder, entrywise_tree, with_operands
from dimderiv.rulebook import Rule, Rulebook


class CodeBuilder(Builder):
    """Reads a program whose functions need no derivatives, only values.

    What is written entry by entry is not read: it is at hand as the node that it was written from.

    Args:
        typed: the program and the shape of each part.
        rulebook: the rules.
        nodes: the derivatives as they were found, by the names of definitions; one that is the
            value of the program has no name.

    Attributes:
        unread: the names of what is written entry by entry, or by names that the text alone has.
    """

    recognises = False

    def __init__(self, typed: Typed, rulebook: Rulebook, nodes: Mapping[str | None, Node]) -> None:
        super().__init__(typed, rulebook)
        self.nodes = nodes
        self.unread: set[str | None] = set()
        self._restated: dict[Key, Node] = {}

    def definition(self, node: Named, value: Array) -> Array:
        """The name, or its value where that is better not written out: `diag(x)`, `inv(X)`."""
        return value if _is_structured(value.node) else Array(node, value.shape)

    def expanded(self, rule: Rule, arguments: list[Array]) -> Array | None:
        """A function that code has no call for, by its definition."""
        if rule.name == STOP:
            return arguments[0]
        if not rule.is_written_out or rule.kind == "composite":
            return None
        is_column = rule.column and arguments[0].shape.is_column
        tree = self.rulebook.formula(rule, rule.column if is_column else rule.definition)
        is_entrywise = rule.kind == "elementwise" and not is_column
        return self.defined(rule, arguments, entrywise_tree(tree) if is_entrywise else tree)

    def written(self, statement: Statement) -> Array:
        """The value of a statement, which is read, or was found as a node."""
        # A program of which nothing was found is read whole.
        if not self.nodes or not any(map(self._is_in_entries, walk(statement.value))):
            return super().written(statement)
        self.unread.add(statement.name)
        # What is planned does not use a name that the text alone has.
        node = self.restated(self._found.get(statement.name, number(0)))
        return Array(node, self.typed.shape(statement.value))

    def _is_in_entries(self, part: Tree) -> bool:
        """Whether a part is written entry by entry, or names such that only the text has."""
        if isinstance(part, Name) and part.name in self.unread:
            return part.name not in self._found
        return isinstance(part, IndexForm)

    @cached_property
    def _found(self) -> Mapping[str | None, Node]:
        """What was found, by the names that it has here; what has none is the value."""
        inner = nodes_of(self.nodes.values())
        named: dict[str | None, Node] = {
            node.name: node.value for node in inner if isinstance(node, Named)
        }
        return {**named, **self.nodes}

    def restated(self, node: Node) -> Node:
        """A node that was found, by the definitions of this program."""
        if node.key not in self._restated:
            self._restated[node.key] = self._made_again(node)
        return self._restated[node.key]

    def _made_again(self, node: Node) -> Node:
        if isinstance(node, Named):
            is_defined = node.name in self.names
            return self.names[node.name].node if is_defined else self.restated(node.value)
        new = [self.restated(part) for part in operands(node)]
        if isinstance(node, (Map, Function)) and (rule := self.rulebook.rules.get(node.function)):
            arrays = [Array(each, Shape.of(each.axes)) for each in new]
            if (expanded := self.expanded(rule, arrays)) is not None:
                return expanded.node
        return with_operands(node, new)


def _is_structured(node: Node) -> bool:
    """Whether an array is better not written out where it is multiplied."""
    match node:
        case Function(function):
            return function in {"inv", "tril"}
        case Product():
            arrays = [factor for factor in node.factors if factor.indices]
            letters = letters_of(node.result)
            held = {letter for factor in arrays for letter in letters_of(factor.indices)}
            return (
                len(set(letters)) < len(letters)
                or not set(letters) <= held
                or (len(arrays) == 1 and _is_structured(arrays[0].node))
            )
    return False


def named_in(node: Node) -> set[str]:
    """The names that a node uses by itself, not those that these use in turn."""
    inner = nodes_of([node], through_names=False)
    return {each.name for each in inner if isinstance(each, Named)}


def axes_of(shape: Shape) -> tuple[Dim, ...]:
    """The axes of an array as it is passed and returned: a row is `(1, C)`.

    An array with more axes than a matrix has all that were declared, also those of size 1.
    """
    return tuple(shape) if shape.is_row or shape.has_more_axes else shape.axes


def laid_out(node: Node, of: Shape, wrt: Shape) -> Node:
    """A derivative with an axis for each axis of the value and of the variable, but those of 1.

    Args:
        node: the derivative as a matrix.
        of: the shape of the value that is differentiated.
        wrt: the shape of the variable.
    """
    axes = of.axes + wrt.axes
    if len(axes) <= 2 or len(node.axes) == len(axes):
        return node
    plain = tuple(range(len(axes)))
    sides = (plain[: len(of.axes)], plain[len(of.axes) :])
    indices = tuple(_stacked(side) for side in sides if side)
    parts = [(c, product(ONCE, [Factor(t, indices)], plain, axes)) for c, t in terms(node)]
    return total(parts, axes)


def _stacked(letters: tuple[int, ...]) -> Index:
    """The index of stacked columns: the letter of the columns is the slow one."""
    return letters[0] if len(letters) == 1 else Merged(letters[::-1])
