"""Products by their signatures have the values that the check knows them by."""

from fractions import Fraction
from operator import mul

import pytest

from dimderiv.errors import ShapeError
from dimderiv.rulebook.rulebook import builtin_rules
from dimderiv.verify.evaluate import Arithmetic
from dimderiv.verify.evaluate.calls import MATRIX_FUNCTIONS, PAIR_FUNCTIONS
from dimderiv.verify.layout import Table, filled, lettered

PRODUCTS = [
    rule.name
    for rule in builtin_rules().rules.values()
    if rule.kind == "product" and rule.name in {*MATRIX_FUNCTIONS, *PAIR_FUNCTIONS}
]
SIZES = {
    "diag": [(3, 1)],
    "vec": [(2, 3)],
    "kron": [(2, 3), (3, 2)],
    "conv2": [(4, 5), (2, 3)],
    "convfull2": [(3, 2), (2, 3)],
}


def table(rows: int, cols: int, first: int) -> Table:
    """Numbers of which no two are equal."""
    return filled((rows, cols), lambda i, j: Fraction(first + 7 * i + 3 * j + i * j))


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_signature_has_the_value_of_the_function(name: str) -> None:
    """Sums, diagonals, merged axes, axes that slide, and triangles."""
    tables = [table(*size, 11 * k + 1) for k, size in enumerate(SIZES.get(name, [(3, 3)]))]
    arithmetic = Arithmetic(30)
    one, two = MATRIX_FUNCTIONS, PAIR_FUNCTIONS
    expected = one[name](arithmetic, tables[0]) if name in one else two[name](arithmetic, *tables)

    assert expected == lettered(builtin_rules()[name].signature).of(tables, mul, sum)


@pytest.mark.parametrize(
    ("signature", "sizes"),
    [
        ("A[i,k], B[k,j] -> Y[i,j]", [(2, 3), (2, 3)]),
        ("a[i] -> Y[i,i]", [(2, 3)]),
        ("V[o+k], K[k] -> Y[o]", [(2, 1), (3, 1)]),
    ],
)
def test_axes_that_do_not_agree(signature: str, sizes: list[tuple[int, int]]) -> None:
    """A letter has one length, and a vector one axis."""
    with pytest.raises(ShapeError):
        lettered(signature).of([table(*size, 1) for size in sizes], mul, sum)
