"""Plans against the best of many others for the same sizes, and code that looks at its sizes."""

import random

import pytest

from benchmarks.searched import MOST, compared, module_of, work
from dimderiv import derive
from dimderiv.codegen.plan import Sizes, is_used

# What the search found at fault: products of seven factors and more, factors that lie side by side.
SEEDS = (7, 13, 28, 59)
CHAINS = (
    ("||A B C D E||^2", "C"),
    ("||W3 W2 W1 X - Y||^2", "W1"),
    ("tr(A B C D E F)", "C"),
    ("tr(A B C D E F)", "A, B, C, D, E, F"),
    ("||A B C D||^2", "B"),
    ("sum(tanh(A B C D))", "B"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_other_order_or_form_is_much_cheaper(seed: int) -> None:
    """Of a random derivative, in counted operations and bytes."""
    _, _, own, _ = compared(seed)

    assert own <= MOST


@pytest.mark.parametrize(("expression", "wrt"), CHAINS)
def test_code_that_looks_at_sizes_does_little_more_than_code_made_for_them(
    expression: str, wrt: str
) -> None:
    """Whatever the sizes are: orders of a product of many matrices differ by a factor of 100."""
    module = module_of(derive(expression, wrt, verify=False))
    names, draw = list(module.arguments.sizes), random.Random(1)
    variants, condition = module.variants(None, module.arguments.readable)
    ratios = []
    for _ in range(30):
        sizes = {name: draw.choice((8, 30, 100, 400, 1500)) for name in names}
        known = Sizes(sizes)
        taken = next(each for k, each in enumerate(variants) if is_used(k, condition, known))
        (own,), _ = module.variants(sizes, ())
        ratios.append(work(taken, known) / work(own, known))

    assert sorted(ratios)[27] < 1.3
    assert max(ratios) < MOST
