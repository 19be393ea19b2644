"""Nodes in letter notation, for whoever debugs: `2 r[i] X[i,j] -> [j]`, and what `r` is."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import count

from dimderiv.graph.nodes import (
    Constant,
    Function,
    Index,
    Key,
    Map,
    Merged,
    Named,
    Node,
    Product,
    Selection,
    Size,
    Sum,
    Symbol,
    letters_of,
)
from dimderiv.graph.numbering import all_indices
from dimderiv.graph.walk import nodes_of

LETTERS = "ijklpqabcdefgh"
NAMES = "rstuvwxyz"


def show(node: Node) -> str:
    """A node in letter notation, and on lines of their own what the names in it are.

    Args:
        node: any node.
    """
    shown = _Shown(node)
    lines = [shown.text(node)]
    for part in shown.unnamed:
        lines.append(f"{shown.names[part.key]} = {shown.text(part)}")
    return "\n".join(lines)


class _Shown:
    """The names of what has none; `unnamed` grows while it is written out."""

    def __init__(self, node: Node) -> None:
        taken = {part.name for part in nodes_of([node]) if isinstance(part, (Symbol, Named))}
        self.free = {
            word: (name for name in _names(word) if name not in taken)
            for word in (NAMES, NAMES.upper())
        }
        self.names: dict[Key, str] = {}
        self.unnamed: list[Node] = []

    def text(self, node: Node) -> str:
        """A node as a product in letters, a sum of such, or a function of names."""
        match node:
            case Sum():
                return _added([(c, self.text(term)) for c, term in node.terms]) or "0"
            case Product():
                return self._product(node)
            case Map() | Function():
                over = node.over if isinstance(node, Function) else ()
                axes = [f"axis={axis}" for axis in over]
                return f"{node.function}({', '.join([*map(self._name, node.arguments), *axes])})"
            case Size(dim):
                return str(dim)
            case Selection():
                return f"S{node.steps}"
            case Symbol(name) | Constant(name) | Named(name):
                return name

    def _name(self, node: Node) -> str:
        """What a part is called, with a new name where it has none."""
        if isinstance(node, (Symbol, Named, Constant, Size)):
            return self.text(node)
        if node.key not in self.names:
            self.names[node.key] = next(self.free[NAMES.upper() if len(node.axes) > 1 else NAMES])
            self.unnamed.append(node)
        return self.names[node.key]

    def _product(self, node: Product) -> str:
        """Letters as they come; one that no factor has says its size."""
        own = letters_of(all_indices(node.factors))
        order = dict.fromkeys((*own, *letters_of(node.result)))
        spelled = dict(zip(order, _names(LETTERS), strict=False))
        spelled |= {i: f"{spelled[i]}:{node.dims[i]}" for i in order if i not in own}
        parts = [] if node.coefficient == 1 and node.factors else [str(node.coefficient)]
        for factor in node.factors:
            indices = f"[{_joined(factor.indices, spelled)}]" if factor.indices else ""
            power = str(factor.power) if factor.power.denominator == 1 else f"({factor.power})"
            raised = "" if factor.power == 1 else f"^{power}"
            parts.append(f"{self._name(factor.node)}{indices}{raised}")
        return f"{' '.join(parts)} -> [{_joined(node.result, spelled)}]"


def _names(letters: str) -> Iterator[str]:
    return (f"{letter}{number or ''}" for number in count() for letter in letters)


def _joined(indices: Iterable[Index], spelled: Mapping[int, str]) -> str:
    texts = []
    for index in indices:
        letters = [spelled[letter] for letter in letters_of((index,))]
        is_merged = isinstance(index, Merged)
        texts.append(f"({','.join(letters)})" if is_merged else "+".join(letters))
    return ",".join(texts)


def _added(terms: Iterable[tuple[Fraction, str]]) -> str:
    parts: list[str] = []
    for coefficient, text in terms:
        parts += ["-"] if coefficient < 0 else ["+"] if parts else []
        parts += [text] if abs(coefficient) == 1 else [str(abs(coefficient)), text]
    return " ".join(parts)
