"""`tril(M) + triu(M)` is `M` and its diagonal once more, and `tril(chol(A))` is `chol(A)`."""

from collections.abc import Iterator

from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Node,
    Product,
    Sum,
    distributed,
    is_triangle,
    product,
    total,
    unnamed,
)

MOST_TERMS = 24


def joined_triangles(node: Sum) -> Node | None:
    """The sum with a matrix and its diagonal in place of its two triangles, if that is shorter."""
    if not any(_has_triangle(term) for _, term in node.terms):
        return None
    apart: Node = total([t for c, term in node.terms for t in distributed(c, term)], node.axes)
    while isinstance(apart, Sum) and len(apart.terms) <= MOST_TERMS:
        joined = next(_joined(apart), None)
        if joined is None:
            return None
        apart = joined
        if apart.weight < node.weight:
            return apart
    return None


def inside_triangle(node: Product) -> Node | None:
    """The product without a triangle around a factor that is one: `tril(chol(A))` is `chol(A)`."""
    for place, factor in enumerate(node.factors):
        if not is_triangle(factor.node):
            continue
        for other in node.factors:
            if not _is_lower(other) or {*other.indices} != {*factor.indices}:
                continue
            size = factor.node.axes[:1]
            if other.indices == factor.indices:
                return _replaced(node, place, Factor(product(ONCE, (), (), ()), ()))
            return _replaced(node, place, factor._replace(node=product(ONCE, (), (0, 0), size)))
    return None


def _is_lower(factor: Factor) -> bool:
    value = unnamed(factor.node)
    return isinstance(value, Function) and value.function == "chol" and factor.power > 0


def _has_triangle(node: Node) -> bool:
    match node:
        case Product(factors=factors):
            return any(_has_triangle(factor.node) for factor in factors)
        case Sum(terms):
            return any(_has_triangle(term) for _, term in terms)
    return is_triangle(node)


def _joined(node: Sum) -> Iterator[Node]:
    """The sum with two of its terms joined."""
    known = {(c, _written_out(term).key): k for k, (c, term) in enumerate(node.terms)}
    for k, (coefficient, term) in enumerate(node.terms):
        factors = term.factors if isinstance(term, Product) else ()
        for place, factor in enumerate(factors):
            if not is_triangle(factor.node) or not isinstance(term, Product):
                continue
            turned = _replaced(term, place, factor._replace(indices=factor.indices[::-1]))
            other = known.get((coefficient, _written_out(turned).key), k)
            if other == k:
                continue
            rest = [each for j, each in enumerate(node.terms) if j not in (k, other)]
            size = factor.node.axes[:1]
            one = factor._replace(node=product(ONCE, (), (0, 0), size))
            ones = factor._replace(node=product(ONCE, (), (0, 1), size * 2))
            both = [(coefficient, _replaced(term, place, each)) for each in (one, ones)]
            yield total([*rest, *both], node.axes)


def _written_out(node: Node) -> Node:
    """A product with the values of its factors in place of their names."""
    if not isinstance(node, Product):
        return node
    factors = [factor._replace(node=unnamed(factor.node)) for factor in node.factors]
    return product(node.coefficient, factors, node.result, node.dims)


def _replaced(term: Product, place: int, factor: Factor) -> Node:
    factors = [*term.factors[:place], factor, *term.factors[place + 1 :]]
    return product(term.coefficient, factors, term.result, term.dims)
