"""Nodes in letter notation, for whoever debugs: `2 r[i] X[i,j] -> [j]`, and what `r` is."""

from collections.abc import Iterable
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
        self.taken = {part.name for part in nodes_of([node]) if isinstance(part, (Symbol, Named))}
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
                inside = ", ".join([*map(self._name, node.arguments), *axes])
                return f"{node.function}({inside})"
            case Size(dim):
                return str(dim)
            case Symbol(name) | Constant(name) | Named(name):
                return name

    def _name(self, node: Node) -> str:
        """What a part is called, with a new name where it has none."""
        if isinstance(node, (Symbol, Named, Constant, Size)):
            return self.text(node)
        if node.key not in self.names:
            letters = NAMES.upper() if len(node.axes) > 1 else NAMES
            every = (f"{letter}{number or ''}" for number in count() for letter in letters)
            name = next(name for name in every if name not in self.taken)
            self.taken.add(name)
            self.names[node.key] = name
            self.unnamed.append(node)
        return self.names[node.key]

    def _product(self, node: Product) -> str:
        spelled = _spelled(all_indices(node.factors), node)
        parts = [] if node.coefficient == 1 and node.factors else [str(node.coefficient)]
        for factor in node.factors:
            indices = f"[{_joined(factor.indices, spelled)}]" if factor.indices else ""
            parts.append(f"{self._name(factor.node)}{indices}{_raised(factor.power)}")
        return f"{' '.join(parts)} -> [{_joined(node.result, spelled)}]"


def _spelled(indices: Iterable[Index], node: Product) -> dict[int, str]:
    """A letter for each number, as they come; one that no factor has says its size."""
    names = (f"{letter}{number or ''}" for number in count() for letter in LETTERS)
    own = letters_of(indices)
    order = dict.fromkeys((*own, *letters_of(node.result)))
    return {
        letter: name if letter in own else f"{name}:{node.dims[letter]}"
        for letter, name in zip(order, names, strict=False)
    }


def _joined(indices: Iterable[Index], spelled: dict[int, str]) -> str:
    return ",".join(_index(index, spelled) for index in indices)


def _index(index: Index, spelled: dict[int, str]) -> str:
    if isinstance(index, int):
        return spelled[index]
    letters = [spelled[letter] for letter in index.letters]
    return f"({','.join(letters)})" if isinstance(index, Merged) else "+".join(letters)


def _raised(power: Fraction) -> str:
    if power == 1:
        return ""
    return f"^{power}" if power.denominator == 1 else f"^({power})"


def _added(terms: Iterable[tuple[Fraction, str]]) -> str:
    parts: list[str] = []
    for coefficient, text in terms:
        parts += ["-"] if coefficient < 0 else ["+"] if parts else []
        parts += [text] if abs(coefficient) == 1 else [str(abs(coefficient)), text]
    return " ".join(parts)
