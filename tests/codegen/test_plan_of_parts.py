"""Every plan against those of its parts: what is tried on the way costs nothing in the end."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from golden import Golden, read_cases

from benchmarks.searched import module_of
from dimderiv import derive
from dimderiv.codegen.functions.module import Module
from dimderiv.codegen.plan import Sizes, Variant
from dimderiv.codegen.plan import planner as planning
from dimderiv.codegen.plan.distribute import distributed
from dimderiv.codegen.plan.planner import MOST_NESTED, Planner
from dimderiv.errors import DimderivError

CASES = read_cases()[::5]
# What is decided one product at a time may miss a call.
MOST = 1.1
HARD = (
    ("x' A B C D x", "x", 1),
    ("x' A B C D x", "A,B,x", 1),
    ("||A B C - D||^2", "A,B,C", 1),
    ("cross_entropy(S, Y)", "S", 2),
    ("||X (W + B A) - Y||^2", "A,B", 1),
    ("||tanh(X W) - Y||^2", "W", 2),
)


def always_opened(planner: Any, node: Any) -> Any:
    """The value of a product whose sums are multiplied out, cheaper or not."""
    opened = distributed(node, planner.plan.sizes) if planner._trying < MOST_NESTED else None
    if opened is None:
        return planner._contracted(node)
    planner._trying += 1
    found = planner.value(opened)
    planner._trying -= 1
    return found


def alternatives(planned: Callable[[], Variant], module: Module, sizes: Sizes) -> list[float]:
    """What the plan without trials costs, that which multiplies out all, those of each result."""
    with patch.object(planning, "distributed", lambda *_: None):
        closed = planned().cost(sizes)
    with patch.object(Planner, "_labelled", always_opened):
        opened = planned().cost(sizes)
    every, apart = module.programs.results, 0.0
    for result in every:
        module.programs.results = [result]
        apart += planned().cost(sizes)
    module.programs.results = every
    return [closed, opened, apart]


def check(module: Module) -> None:
    """No alternative is cheaper, at equal sizes and at others."""
    names = list(module.arguments.sizes)
    for step in (0, 37):
        sizes = {name: 100 + step * (place - 2) for place, name in enumerate(names)}
        known = Sizes(sizes)

        def planned(sizes: dict[str, int] = sizes) -> Variant:
            return module._planned([sizes])

        assert planned().cost(known) <= MOST * min(alternatives(planned, module, known))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_alternative_of_a_golden_case_is_cheaper(case: Golden) -> None:
    """All sums added up first, all multiplied out, each result by itself."""
    try:
        found = derive(
            case.expression,
            case.wrt,
            shapes=case.shapes,
            order=case.order,
            upstream=case.upstream or None,
            verify=False,
        )
        module = module_of(found)
    except DimderivError:
        pytest.skip("no code is made of it")
    check(module)


@pytest.mark.parametrize(("expression", "wrt", "order"), HARD)
def test_no_alternative_is_cheaper(expression: str, wrt: str, order: int) -> None:
    """Where trials once paid for each other."""
    check(module_of(derive(expression, wrt, order=order, verify=False)))
