"""What reads better among equal forms: which terms stand together, and where a minus goes."""

from collections.abc import Collection, Sequence
from fractions import Fraction

from dimderiv.graph import (
    Factor,
    Key,
    Map,
    Node,
    Product,
    Sum,
    add,
    is_symmetric,
    is_zero,
    nodes_of,
    terms,
    total,
    transposed,
)


def is_mixed(node: Sum) -> bool:
    """Whether a sum has a term that is subtracted: its negative is no longer than itself."""
    return any(coefficient.numerator < 0 for coefficient, _ in node.terms)


def can_be_negated(factor: Factor, product: Product) -> bool:
    """Whether a factor is a difference that may be negated: it stands there only once."""
    if not isinstance(factor.node, Sum) or factor.power != 1 or not is_mixed(factor.node):
        return False
    return sum(other.node.key == factor.node.key for other in product.factors) == 1


def with_pairs(node: Sum) -> Sequence[tuple[Fraction, Node]]:
    """The terms of a sum, each beside its transpose: `2 (A + A') + B`, `A + A' - A .* I`."""
    if len(node.axes) != 2 or node.axes[0] != node.axes[1] or len(node.terms) < 3:
        return node.terms
    at = {term.key: k for k, (_, term) in enumerate(node.terms)}
    paired: list[tuple[Fraction, Node]] = []
    done: set[int] = set()
    for k, (coefficient, term) in enumerate(node.terms):
        if k in done:
            continue
        other = k if is_symmetric(term) else at.get(transposed(term).key, k)
        transpose = node.terms[other]
        done.add(other)
        if other == k or coefficient != transpose[0]:
            paired += [(coefficient, term)] if other == k else [(coefficient, term), transpose]
        elif abs(coefficient) == 1:
            paired += [(coefficient, term), transpose]
        else:
            paired.append((coefficient, add(term, transpose[1])))
    return paired


def factors_of_added(terms: Sequence[tuple[Fraction, Node]]) -> set[Key]:
    """The factors of the terms that are added, not subtracted, and of what these are made of."""
    added = [term for coefficient, term in terms if coefficient > 0 and isinstance(term, Product)]
    return {
        factor.node.key
        for part in nodes_of(added, through_names=False)
        if isinstance(part, Product)
        for factor in part.factors
    }


def takes_its_sign(node: Node, added: Collection[Key]) -> bool:
    """Whether a term may take in its minus sign: not if an added term has the same difference."""
    if not isinstance(node, Product):
        return True
    return not any(can_be_negated(f, node) and f.node.key in added for f in node.factors)


def with_bound_on_the_right(node: Map) -> Map:
    """A comparison with 0 without a difference: `1 - u > 0` is `u < 1`, `x - y > 0` is `x > y`.

    A margin keeps its form: `s - t + 1 > 0`.
    """
    moving, bound = node.arguments
    if not is_zero(bound):
        return node
    added = [(c, term) for c, term in terms(moving) if c > 0]
    taken = [(-c, term) for c, term in terms(moving) if c < 0]
    signs = {c > 0 for c, term in terms(moving) if not is_constant(term)}
    if not taken or (len(signs) > 1 and any(is_constant(term) for _, term in terms(moving))):
        return node
    left, right = total(added, node.axes), total(taken, node.axes)
    if True in signs:
        return Map(node.function, (left, right), node.axes, node.key, node.weight, node.symmetric)
    mirrored = node.function.translate(str.maketrans("<>", "><"))
    return Map(mirrored, (right, left), node.axes, node.key, node.weight, node.symmetric)


def is_identity(node: Node) -> bool:
    """Whether a node is a multiple of the identity."""
    return (
        isinstance(node, Product)
        and node.result == (0, 0)
        and not any(factor.indices for factor in node.factors)
    )


def is_constant(node: Node) -> bool:
    """Whether a node is one number everywhere."""
    return is_zero(node) or (isinstance(node, Product) and not node.factors)
