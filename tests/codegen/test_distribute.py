"""When a product is worth multiplying out, as far as that can be told before it is tried."""

import pytest

from dimderiv.codegen.plan.distribute import can_pay, sum_to_open
from dimderiv.codegen.plan.regimes import Regimes
from dimderiv.graph import nodes as graph
from dimderiv.graph.nodes import ONCE, Factor, Node, Product
from dimderiv.graph.products import elementwise, product
from dimderiv.graph.sums import total
from dimderiv.language.shapes import Dim

M, N, P = map(Dim.of, "mnp")
X = graph.symbol("X", (N, P))
A, B = (graph.symbol(name, (M, N)) for name in "AB")
u, v = graph.symbol("u", (M,)), graph.symbol("v", (N,))
ONES = product(ONCE, (), (0, 1), (M, N))
OUTER = product(ONCE, [Factor(u, (0,)), Factor(v, (1,))], (0, 1), (M, N))
SIZES = {"m": 100, "n": 100, "p": 100}


def opened(*terms: Node, beside: Node | None = B) -> tuple[Product, int]:
    """The product of a sum, of what lies beside it, and of X; and the place of the sum."""
    added = total([(ONCE, term) for term in terms], (M, N))
    others = [Factor(beside, (0, 1))] if beside else []
    made = product(ONCE, [Factor(added, (0, 1)), *others, Factor(X, (1, 2))], (0, 2), (M, N, P))
    assert isinstance(made, Product)
    place = sum_to_open(made)
    assert place is not None
    return made, place


@pytest.mark.parametrize(
    ("terms", "beside", "expected"),
    [
        ((ONES, elementwise(-1, (A, 2))), B, False),
        ((ONES, A), B, False),
        ((ONES, A), None, True),
        ((ONES, OUTER), B, True),
        ((A, product(ONCE, [Factor(B, (0, 2)), Factor(X, (2, 1))], (0, 1), (M, N, N))), B, True),
    ],
)
def test_what_lies_beside_a_sum_would_be_multiplied_for_each_term(
    terms: tuple[Node, ...], beside: Node | None, expected: bool
) -> None:
    """Unless a term is an outer product, or is a product of matrices that need not be formed."""
    assert expected is can_pay(*opened(*terms, beside=beside), Regimes([SIZES]))


def test_a_large_sum_for_a_small_result_may_pay() -> None:
    """To read the other factor again is cheaper than to add up the terms."""
    assert can_pay(*opened(ONES, A), Regimes([{**SIZES, "p": 1, "n": 1000}]))
