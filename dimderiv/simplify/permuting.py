"""Arrays that stay the same when any of their axes are exchanged, as third derivatives do.

A sum that shows it, term by term, reads better than a shorter one that does not:
`x[i] I[j,k] + x[j] I[i,k] + x[k] I[i,j]`.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from dimderiv.graph import Node, Product, Sum, Term, arranged, distributed, total
from dimderiv.language import Dim

MOST_TERMS = 24


def is_permutable(terms: Sequence[Term], axes: tuple[Dim, ...]) -> bool:
    """Whether terms with three axes or more are the same ones when two of those are exchanged.

    Args:
        terms: coefficient and node of each term.
        axes: the axes of every term.
    """
    if len(axes) < 3 or any(dim != axes[0] for dim in axes):
        return False
    plain = tuple(range(len(axes)))
    known = {(c, term.key) for c, term in terms}
    for k in plain[1:]:
        swapped = (*plain[: k - 1], k, k - 1, *plain[k + 1 :])
        if {(c, arranged(term, plain, swapped, axes).key) for c, term in terms} != known:
            return False
    return True


def shown_permutable(node: Sum) -> Node | None:
    """A sum with the matrices in it multiplied out, where that shows that its axes are alike.

    Args:
        node: the sum.
    """
    if len(node.axes) < 3 or is_permutable(node.terms, node.axes):
        return None
    found = [*islice(_multiplied_out(node.terms), MOST_TERMS + 1)]
    if len(found) > MOST_TERMS:
        return None
    apart = total(found, node.axes)
    is_shown = isinstance(apart, Sum) and is_permutable(apart.terms, node.axes)
    return apart if is_shown else None


def _multiplied_out(terms: Iterable[Term]) -> Iterator[Term]:
    for coefficient, term in terms:
        factors = term.factors if isinstance(term, Product) else ()
        places = [
            k
            for k, f in enumerate(factors)
            if isinstance(f.node, Sum) and f.power == 1 and len(f.indices) > 1
        ]
        if places:
            yield from _multiplied_out(distributed(coefficient, term, places))
        else:
            yield coefficient, term
