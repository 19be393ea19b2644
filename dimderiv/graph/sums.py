"""Making a sum: nested sums opened, like terms collected, a common number taken out."""

import itertools
from collections.abc import Callable, Collection, Iterable, Sequence
from fractions import Fraction
from math import gcd, prod

from dimderiv.graph.facts import rows_sum_to_one, unnamed, zero_sums
from dimderiv.graph.nodes import (
    ONCE,
    Factor,
    Key,
    Named,
    Node,
    Product,
    Sum,
    digest,
    is_symmetric,
    is_zero,
    letters_of,
    size,
    zero,
)
from dimderiv.graph.normal_form import exact, rescaled, times, without_coefficient
from dimderiv.graph.numbering import all_indices
from dimderiv.graph.products import arranged, part, product, transposed
from dimderiv.language import Dim

Term = tuple[Fraction, Node]


def total(terms: Iterable[Term], axes: tuple[Dim, ...]) -> Node:
    """The sum of terms, each with a coefficient, that all have these axes.

    Args:
        terms: coefficient and node of each term, in the order in which a reader should see them.
        axes: the axes of every term.

    Returns:
        A node that need not be a `Sum`: a number that all terms share is taken out, so that the
        first term is positive.
    """
    collected: dict[Key, Term] = {}
    for coefficient, term in _opened(terms):
        known = collected.get(term.key)
        collected[term.key] = (coefficient + known[0], known[1]) if known else (coefficient, term)
    kept = tuple([term for term in collected.values() if term[0]])
    if not kept:
        return zero(axes)
    if len(axes) == 2 and len(kept) > 1 and True in [_is_diagonal(term) for _, term in kept]:
        kept = _with_diagonals_joined(kept, axes)
    plain = tuple(range(len(axes)))
    number = content([coefficient for coefficient, _ in kept])
    if len(kept) == 1:
        return product(number, [Factor(kept[0][1], plain)], plain, axes)
    if number is not ONCE and number != 1:
        kept = tuple([(coefficient / number, term) for coefficient, term in kept])
    if bare := _bare_axes(kept, len(axes)):
        return _repeated(number, kept, axes, bare)
    if len(axes) == 2 and is_transposed(kept):
        # One of a sum and its transpose is a node, so that equal sums are told whichever is meant.
        kept = tuple([(coefficient, transposed(term)) for coefficient, term in kept])
        return product(number, [Factor(_node(kept, axes[::-1]), plain[::-1])], plain, axes)
    return rescaled(_node(kept, axes), number)


def _bare_axes(terms: Sequence[Term], rank: int) -> set[int]:
    """The axes along which every term is only repeated."""
    bare = set(range(rank))
    for _, term in terms:
        if not bare or not isinstance(term, Product):
            return set()
        used = set(letters_of(all_indices(term.factors)))
        places = letters_of(term.result)
        letters = {k: term.result[k] for k in bare}
        bare = {k for k, i in letters.items() if i not in used and places.count(i) == 1}
    return bare


def _repeated(
    number: Fraction, kept: Sequence[Term], axes: tuple[Dim, ...], bare: set[int]
) -> Node:
    """The sum of terms that are all repeated along some axes, as a smaller sum that is."""
    plain = tuple(range(len(axes)))
    left = tuple([k for k in plain if k not in bare])
    smaller = [(c, _along(term, left)) for c, term in kept]
    inner = total(smaller, tuple([axes[k] for k in left]))
    return product(number, [Factor(inner, left)], plain, axes)


def _along(term: Node, left: Sequence[int]) -> Node:
    """A term without the axes that it is only repeated along."""
    assert isinstance(term, Product)
    return part(term.coefficient, term.factors, [term.result[k] for k in left], term.dims)


def is_transposed(terms: Sequence[Term]) -> bool:
    """Whether most matrices in a sum are transposed; of as many, the one with the first key.

    Args:
        terms: the terms of a sum of matrices.
    """
    plain, transposes = [], []
    for _, term in terms:
        if isinstance(term, Product):
            arrays = [factor for factor in term.factors if factor.indices]
            if len(arrays) == 1 and arrays[0].indices == term.result[::-1] != term.result:
                transposes.append(arrays[0].node.key)
        elif not is_symmetric(term):
            plain.append(term.key)
    if not transposes:
        return False
    first_transposed, first_plain = min(transposes), min(plain, default=b"")
    tied = len(transposes) == len(plain) and first_transposed < first_plain
    return tied or len(transposes) > len(plain)


def terms(node: Node) -> list[Term]:
    """The terms that a node is the sum of, each with its coefficient; one, where it is no sum."""
    return list(_opened([(ONCE, node)]))


def expanded(node: Node) -> list[Term]:
    """The terms of a node, in which no factor is a sum with more axes than a matrix has."""
    found: list[Term] = []
    for coefficient, term in [(ONCE, node)] if _is_multiple(node) else terms(node):
        place = _large_sum(term)
        if place is None:
            found.append((coefficient, term))
        for c, each in () if place is None else distributed(coefficient, term, [place]):
            found += [(c * more, inner) for more, inner in expanded(each)]
    return found


def distributed(
    coefficient: Fraction, term: Node, places: Collection[int] | None = None
) -> list[Term]:
    """A product as a sum over the terms of the sums among its factors.

    Args:
        coefficient: what the product is multiplied by.
        term: the product; any other node is its own term.
        places: which of the factors are taken apart; all of them, if it is not given.
    """
    if not isinstance(term, Product):
        return [(coefficient, term)]
    choices = [
        [(c, factor._replace(node=part)) for c, part in factor.node.terms]
        if isinstance(factor.node, Sum)
        and factor.power == 1
        and (places is None or place in places)
        else [(ONCE, factor)]
        for place, factor in enumerate(term.factors)
    ]
    return [
        (
            coefficient * prod(c for c, _ in chosen),
            product(term.coefficient, [f for _, f in chosen], term.result, term.dims),
        )
        for chosen in itertools.product(*choices)
    ]


def _is_multiple(node: Node) -> bool:
    """Whether a sum in a product is only a scalar in front, which is left in one piece."""
    return isinstance(node, Product) and not any(
        isinstance(factor.node, Sum) and factor.indices for factor in node.factors
    )


def _large_sum(term: Node) -> int | None:
    """Where a product has a sum with more than two axes among its factors."""
    if not isinstance(term, Product):
        return None
    places = enumerate(term.factors)
    return next(
        (k for k, f in places if isinstance(f.node, Sum) and len(f.indices) > 2 and f.power == 1),
        None,
    )


def add(*nodes: Node) -> Node:
    """The sum of nodes with equal axes."""
    return total([(ONCE, node) for node in nodes], nodes[0].axes)


def _is_diagonal(node: Node) -> bool:
    return isinstance(node, Product) and node.result == (0, 0)


def _with_diagonals_joined(kept: tuple[Term, ...], axes: tuple[Dim, ...]) -> tuple[Term, ...]:
    """Terms, of which the diagonal matrices are one: multiples of the identity stand apart."""
    diagonal = [term for term in kept if _is_diagonal(term[1])]
    if len(diagonal) == len(kept):
        return ((ONCE, _diagonal_total(kept, axes)),)
    joined = list(kept)
    for is_multiple in (True, False):
        group = [term for term in diagonal if _has_no_arrays(term[1]) == is_multiple]
        if len(group) > 1:
            place = joined.index(group[0])
            joined = [term for term in joined if term not in group]
            joined.insert(place, (ONCE, _diagonal_total(tuple(group), axes)))
    return tuple(joined)


def _has_no_arrays(node: Node) -> bool:
    return isinstance(node, Product) and not any(factor.indices for factor in node.factors)


def _diagonal_total(terms: tuple[Term, ...], axes: tuple[Dim, ...]) -> Node:
    """The sum of diagonal matrices, as the diagonal matrix of a sum."""
    products = [(c, term) for c, term in terms if isinstance(term, Product)]
    if all(_has_no_arrays(term) for _, term in products):
        # Multiples of the identity: `t I + I` is `(t + 1) I`.
        scalars = [(c, product(ONCE, term.factors, (), ())) for c, term in products]
        return product(ONCE, [Factor(total(scalars, ()), ())], (0, 0), axes[:1])
    vectors = [(c, product(ONCE, term.factors, (0,), term.dims)) for c, term in products]
    return arranged(total(vectors, axes[:1]), (0,), (0, 0), axes[:1])


def _node(terms: tuple[Term, ...], axes: tuple[Dim, ...]) -> Sum:
    parts = sorted([(term.key, "1" if c is ONCE else str(c)) for c, term in terms])
    numbers = sum([c is not ONCE and abs(c.numerator) != c.denominator for c, _ in terms])
    weight = sum([term.weight for _, term in terms]) + numbers + len(terms) - 1
    symmetric = _is_symmetric(terms, axes)
    zeros = [axis for axis in range(len(axes)) if _sums_to_zero(terms, axes, axis)]
    return Sum(terms, axes, digest("sum", parts), weight, symmetric, tuple(zeros), not zeros)


def _sums_to_zero(terms: tuple[Term, ...], axes: tuple[Dim, ...], axis: int) -> bool:
    """Whether the terms cancel when they are summed along an axis: `X - mean(X, axis=0)`."""
    if not terms[0][1].ordinary and all(axis in zero_sums(term) for _, term in terms):
        return True
    terms = tuple([(c, _of_values(term, axis)) for c, term in terms])
    if True not in [_may_balance(term, axis) for _, term in terms]:
        return False
    plain = tuple(range(len(axes)))
    kept = (*plain[:axis], *plain[axis + 1 :])
    sums = [(c, arranged(term, plain, kept, axes)) for c, term in terms]
    return is_zero(total(sums, tuple([axes[k] for k in kept])))


def _of_values(term: Node, axis: int) -> Node:
    """A term that is constant along an axis, as a named mean is, without names."""
    if not isinstance(term, Product) or not any(isinstance(f.node, Named) for f in term.factors):
        return term
    if any(term.result[axis] in f.indices for f in term.factors):
        return term
    plain = [f._replace(node=unnamed(f.node)) for f in term.factors]
    return product(term.coefficient, plain, term.result, term.dims)


def _may_balance(term: Node, axis: int) -> bool:
    """Whether a term is divided by the size of an axis that it is constant along, or sums to 1."""
    if not isinstance(term, Product):
        return not term.ordinary and rows_sum_to_one(term) and axis == len(term.axes) - 1
    index = term.result[axis]
    if not isinstance(index, int):
        return False
    for factor in term.factors:
        if index in letters_of(factor.indices):
            return False
    dim = term.dims[index]
    known = dim.number is not None
    return known or any(f.power < 0 and f.node.key == size(dim).key for f in term.factors)


def _is_symmetric(terms: tuple[Term, ...], axes: tuple[Dim, ...]) -> bool:
    """Whether every term is its own transpose, or has it among the others: `A + A'`."""
    if len(axes) != 2 or axes[0] != axes[1]:
        return False
    mixed = [(coefficient, term) for coefficient, term in terms if not is_symmetric(term)]
    found = {term.key: coefficient for coefficient, term in mixed}
    transposes = set()
    for coefficient, term in mixed:
        key = transposed(term).key
        if found.get(key) != coefficient:
            return False
        transposes.add(key)
    return len(transposes) == len(mixed)


def _opened(terms: Iterable[Term]) -> Iterable[Term]:
    for coefficient, term in terms:
        if isinstance(term, Sum):
            for inner_coefficient, inner in term.terms:
                yield times(coefficient, inner_coefficient), inner
        elif isinstance(term, Product):
            rearranged = _rearrangement(term)
            if rearranged is not None:
                inner_sum = term.factors[0].node
                assert isinstance(inner_sum, Sum)
                scale = times(coefficient, term.coefficient)
                yield from _opened(
                    [(times(scale, c), rearranged(part)) for c, part in inner_sum.terms]
                )
            elif term.coefficient is ONCE or term.coefficient == 1:
                yield coefficient, term
            else:
                yield times(coefficient, term.coefficient), without_coefficient(term)
        else:
            yield coefficient, term


def _rearrangement(term: Product) -> Callable[[Node], Node] | None:
    """How the terms of a sum are placed by a product that only scales, turns or repeats it."""
    if len(term.factors) != 1:
        return None
    node, indices, power = term.factors[0]
    if not isinstance(node, Sum) or power != 1 or len(set(indices)) != len(indices):
        return None
    if not set(letters_of(indices)) <= set(letters_of(term.result)):
        return None
    return lambda part: arranged(part, indices, term.result, term.dims)


def content(coefficients: Sequence[Fraction]) -> Fraction:
    """The number to take out: it makes the first term positive, and integers primitive."""
    first = coefficients[0]
    if coefficients.count(first) == len(coefficients):
        return first
    # Whole numbers are compared many times faster than fractions.
    ratios = [coefficient.as_integer_ratio() for coefficient in coefficients]
    sign = -1 if ratios[0][0] < 0 else 1
    if len({(abs(above), below) for above, below in ratios}) == 1:
        return first
    if {below for _, below in ratios} == {1}:
        return exact(sign * gcd(*[above for above, _ in ratios]))
    return exact(sign)
