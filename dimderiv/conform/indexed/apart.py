"""Sums over places of an axis, multiplied out: each place is then read by itself.

`x[a] (S[a,i] - T[a,i])` is simpler as a node, and `x[1:] - x[:-1]` to a reader.
"""

from dimderiv.graph import ONCE, Node, Product, Selection, Sum, distributed, product, total


def with_places_apart(node: Node) -> Node:
    """A node in which no product has a sum of selections among its factors.

    Args:
        node: any node; what functions are applied to stays as it is.
    """
    if isinstance(node, Sum):
        return total([(c, with_places_apart(term)) for c, term in node.terms], node.axes)
    if not isinstance(node, Product):
        return node
    factors = [
        factor if factor.indices else factor._replace(node=with_places_apart(factor.node))
        for factor in node.factors
    ]
    if any(new is not old for new, old in zip(factors, node.factors, strict=True)):
        whole = product(node.coefficient, factors, node.result, node.dims)
        if not isinstance(whole, Product):
            return with_places_apart(whole)
        node = whole
    places = [
        k for k, factor in enumerate(node.factors) if factor.power == 1 and _selects(factor.node)
    ]
    if not places:
        return node
    parts = distributed(ONCE, node, places[:1])
    return total([(c, with_places_apart(part)) for c, part in parts], node.axes)


def _selects(node: Node) -> bool:
    """Whether a node is a sum some terms of which select places."""
    return isinstance(node, Sum) and any(_is_selected(term) for _, term in node.terms)


def _is_selected(term: Node) -> bool:
    """Whether a term has an axis of places, some of which it selects."""
    if isinstance(term, Product):
        places = [f.indices[0] for f in term.factors if isinstance(f.node, Selection)]
        return any(place in term.result for place in places)
    return isinstance(term, Selection)
