"""A part of an array, taken where the array is made: `exp([A; B])[:m]` is `exp(A)`.

A selection that stands beside arrays takes the same places of each, and of an elementwise function
or a softmax those of its arguments.  It goes inside where that leaves less to be written.
"""

from collections.abc import Callable

from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Index,
    Map,
    Node,
    Product,
    Selection,
    Sum,
    apply_function,
    apply_map,
    is_within,
    keys_of,
    laps_over,
    letters_of,
    nodes_of,
    part,
    product,
    total,
)
from dimderiv.language import Dim

Simplify = Callable[[Node], Node]


def selected_inside(node: Product, simplify: Simplify) -> Node | None:
    """A product with a selection inside of the arrays beside it, where that is shorter.

    Args:
        node: the product.
        simplify: what shortens the parts of arrays.
    """
    for factor in node.factors:
        chosen = factor.node
        if not isinstance(chosen, Selection) or len(chosen.axes) > 2 or not is_within(chosen):
            continue
        place, *inside = factor.indices
        rest = [f for f in node.factors if f is not factor]
        met = [f for f in rest if place in f.indices]
        if place in letters_of(node.result) or not _are_met_once(place, rest):
            continue
        part_of = _Part(chosen, simplify)
        parts = [part_of.factor(f, place, inside) for f in met]
        before = sum(f.node.weight for f in met) + chosen.weight
        if sum(f.node.weight for f in parts) < before and not _lap_over(parts, met):
            kept = [f for f in rest if f not in met]
            return part(node.coefficient, [*parts, *kept], node.result, node.dims)
    return None


def _lap_over(parts: list[Factor], met: list[Factor]) -> bool:
    """Whether what is taken begins or ends inside of a block."""
    known = keys_of(factor.node for factor in met)
    found = nodes_of(factor.node for factor in parts)
    return any(laps_over(node) for node in found if node.key not in known)


def _are_met_once(place: Index, factors: list[Factor]) -> bool:
    """Whether a letter is that of one axis of each factor that has it, and no part of another."""
    met = [f.indices for f in factors if place in letters_of(f.indices)]
    return bool(met) and all(letters_of(indices).count(place) == 1 for indices in met)


class _Part:
    """The part of arrays that a selection takes of one of their axes."""

    def __init__(self, chosen: Selection, simplify: Simplify) -> None:
        self.chosen, self.simplify = chosen, simplify

    def factor(self, factor: Factor, place: Index, inside: list[Index]) -> Factor:
        """A factor with a part of its array."""
        axis = factor.indices.index(place)
        indices = (*factor.indices[:axis], *inside, *factor.indices[axis + 1 :])
        return Factor(self.of(factor.node, axis), indices, factor.power)

    def of(self, node: Node, axis: int) -> Node:
        """The part of an array; it has no such axis where that is one place."""
        match node:
            case Map():
                return self.simplify(
                    apply_map(node.function, *[self.of(each, axis) for each in node.arguments])
                )
            case Function(arguments=(argument,)) if node.over:
                kept = [k for k in range(len(argument.axes)) if k not in node.over]
                of_rows = len(node.axes) == len(argument.axes)
                own = axis if of_rows else kept[axis]
                if own not in node.over:
                    inside = self.of(argument, own)
                    gone = len(argument.axes) - len(inside.axes)
                    over = tuple([k - gone * (k > own) for k in node.over])
                    return apply_function(node.function, (inside,), self._axes(node, axis), over)
            case Sum():
                parts = [(c, self.of(term, axis)) for c, term in node.terms]
                return self.simplify(total(parts, self._axes(node, axis)))
        return self._product(node, axis)

    def _product(self, node: Node, axis: int) -> Node:
        plain = tuple(range(len(node.axes)))
        inside = tuple(range(len(plain), len(plain) + len(self.chosen.axes) - 1))
        factors = [Factor(node, plain), Factor(self.chosen, (axis, *inside))]
        result = (*plain[:axis], *inside, *plain[axis + 1 :])
        return self.simplify(product(ONCE, factors, result, (*node.axes, *self.chosen.axes[1:])))

    def _axes(self, node: Node, axis: int) -> tuple[Dim, ...]:
        return (*node.axes[:axis], *self.chosen.axes[1:], *node.axes[axis + 1 :])
