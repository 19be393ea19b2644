"""The program as a graph for Graphviz: shapes forward, derivatives on the way back."""

from collections.abc import Iterator, Mapping

from dimderiv.derivation import Derivation
from dimderiv.errors import NotDifferentiableError
from dimderiv.language import (
    Add,
    Binary,
    Call,
    Group,
    Name,
    Negative,
    Number,
    Transpose,
    Tree,
    children,
    names_in,
)
from dimderiv.render import text

OPENED = (Add, Binary, Call, Negative, Transpose)
SIGNS: Mapping[str, str] = {"*": "·", ".*": "⊙", ".^": "^", "./": "/"}
BACKWARD = 'color="#b00020" fontcolor="#b00020" style=dashed constraint=false'


class _Drawing:
    def __init__(self, derivation: Derivation) -> None:
        self.derivation, self.typed = derivation, derivation.typed
        self.lines: list[str] = []
        self.nodes: dict[str, str] = {}
        self.moving = set(derivation.wrt)
        self.backward = {
            each.name: text(each.value) for each in derivation.derived.program.statements
        } | {
            f"d{each.wrt[0]}": text(each.program.statements[-1].value)
            for each in derivation.derived.derivatives.values()
        }

    def node(self, label: str, kind: str, *, moves: bool = False) -> str:
        """A new node; whether it depends on a variable."""
        name = f"n{len(self.nodes)}"
        self.nodes[name] = label
        self.lines.append(f"{name} [label={_quoted(label)} shape={kind}]")
        if moves:
            self.moving.add(name)
        return name

    def tree(self, tree: Tree) -> str:
        """The node of an expression, with all that leads to it."""
        while isinstance(tree, Group):
            tree = tree.operand
        if isinstance(tree, Name):
            return self.named.get(tree.name) or self.node(tree.name, "plaintext")
        parts = list(self.operands(tree))
        inner = [self.tree(part) for part in parts]
        found = self.node(self.label(tree), "circle", moves=not self.moving.isdisjoint(inner))
        for part, node in zip(parts, inner, strict=True):
            self.edge(node, found, part)
        return found

    def operands(self, tree: Tree) -> Iterator[Tree]:
        """What an operation is of; of what is given by letters the names in it."""
        if isinstance(tree, OPENED) and not (isinstance(tree, Call) and tree.over):
            yield from (child for child in children(tree) if not isinstance(child, Number))
        else:
            yield from (Name(name) for name in sorted(names_in(tree)) if name in self.named)

    def label(self, tree: Tree) -> str:
        """What an operation is called."""
        match tree:
            case Binary(operator, _, Number() as number):
                return f"{SIGNS.get(operator, operator)}{text(number)}"
            case Binary(operator):
                return SIGNS.get(operator, operator)
            case Add():
                return "+"
            case Negative():
                return "-"
            case Transpose():
                return "'"
            case Call(function) if not tree.over:
                return function
        return text(tree)

    def edge(self, tail: str, head: str, part: Tree) -> None:
        """An operand with its shape, and the derivative that comes back."""
        name = part.name if isinstance(part, Name) else ""
        shape = self.shapes.get(name) or str(self.typed.shape(part))
        self.lines.append(f"{tail} -> {head} [label={_quoted(shape)}]")
        if tail in self.moving:
            told = self.backward.get(f"d{name}")
            label = f"d{name} = {told}" if told else f"d{name}" if name else ""
            self.lines.append(f"{head} -> {tail} [label={_quoted(label)} {BACKWARD}]")

    def drawn(self) -> str:
        """The whole graph."""
        typed = self.typed
        self.shapes = {name: str(each.shape) for name, each in typed.symbols.items()}
        self.shapes |= {name: str(shape) for name, shape in typed.definitions.items()}
        self.named = {
            name: self.node(name, "plaintext", moves=name in self.derivation.wrt)
            for name in typed.symbols
        }
        for statement in typed.program.statements:
            inner = self.tree(statement.value)
            name = statement.name or "value"
            found = self.node(name, "box", moves=inner in self.moving)
            self.edge(inner, found, statement.value)
            self.named[name] = found
        return "\n".join(["digraph {", "rankdir=LR", *self.lines, "}"])


def drawn(derivation: Derivation) -> str:
    """The program of a derivation as text for Graphviz's `dot`.

    Args:
        derivation: of first derivatives.

    Raises:
        NotDifferentiableError: it has others, which do not go back the same way.

    >>> from dimderiv import derive
    >>> print(drawn(derive("A x", "x")).splitlines()[5])
    n0 -> n2 [label="m x n"]
    """
    if derivation.order > 1 or derivation.directions:
        raise NotDifferentiableError("a graph shows first derivatives", hint="leave out the order")
    return _Drawing(derivation).drawn()


def _quoted(label: str) -> str:
    return '"' + label.replace("\\", "\\\\").replace('"', '\\"') + '"'
