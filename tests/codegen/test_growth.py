"""Code grows in proportion to what it computes, and so does the work of writing it."""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import FrameType
from typing import Any

import numpy as np
import pytest

from benchmarks.derivation import chain, terms
from benchmarks.race import CASES
from dimderiv import Derivation, derive
from dimderiv.codegen.plan.plan import MOST_OPERATIONS, Plan
from dimderiv.codegen.plan.programs import Programs
from dimderiv.codegen.plan.regimes import regimes
from dimderiv.codegen.plan.variants import Variant
from dimderiv.codegen.read import CodeBuilder
from dimderiv.language.shapes import Dim

SHAPES = {"H0": "m x n", "A": "n x n", "b": "n", "M": "m x n", "K": "p x q"}
Planned = Callable[[Sequence[Mapping[str, int]]], Variant]


def calls(action: Callable[[], object]) -> int:
    """How many functions are called by an action."""
    count = 0

    def note(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(None)
    return count


def planning(derivation: Derivation, patch: pytest.MonkeyPatch) -> tuple[Planned, list[str]]:
    """What makes the plans for the code of a derivation, and the named sizes."""
    found: list[Programs] = []
    original = Programs.__init__

    def noted(self: Programs, *arguments: Any) -> None:
        original(self, *arguments)
        found.append(self)

    patch.setattr(Programs, "__init__", noted)
    derivation.code()
    names = {
        name for each in derivation.typed.symbols.values() for d in each.shape for name in d.names
    }
    return found[0].planned, sorted(names)


@pytest.mark.parametrize(("program", "sizes"), [(chain, (54, 62, 70)), (terms, (20, 40, 60))])
def test_the_work_is_in_proportion_to_the_program(
    program: Callable[[int], Any], sizes: Sequence[int]
) -> None:
    """As many layers or terms more take as many calls more, whatever is there already."""
    derivations = [program(size).derived() for size in (sizes[0], *sizes)]
    counts = [calls(derivation.code) for derivation in derivations][1:]

    assert counts[2] - counts[1] < 1.02 * (counts[1] - counts[0])


def test_all_derivatives_are_read_as_one_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Definitions that derivatives share are lowered once."""
    lowered: list[int] = []
    original = CodeBuilder.lowered

    def noted(self: CodeBuilder) -> Any:
        lowered.append(len(self.typed.program.statements))
        return original(self)

    monkeypatch.setattr(CodeBuilder, "lowered", noted)
    found = chain(3).derived()
    found.code()

    assert [len(found.program.statements)] == lowered


def test_the_operations_of_a_layer_are_made_once_for_each_layer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is tried and given up is no more for a late layer than for an early one."""
    made: list[int] = []
    original = Plan.__init__

    def noted(self: Plan, *arguments: Any, **options: Any) -> None:
        original(self, *arguments, **options)
        plans.append(self)

    monkeypatch.setattr(Plan, "__init__", noted)
    for layers in (54, 62, 70):
        plans: list[Plan] = []
        chain(layers).derived().code()
        made.append(sum(len(plan._made) for plan in plans))

    assert made[2] - made[1] == made[1] - made[0]


def test_what_was_tried_is_taken_back_alone() -> None:
    """What was committed before is left, however much it is."""
    plan = Plan({})
    first, second = (plan.symbol(name, (Dim.of("n"),)) for name in "xy")
    plan.commit(first)
    plan.commit(second)
    plan.take_back(1)

    assert [first] == list(plan.committed)


@pytest.mark.parametrize(
    ("expression", "wrt"),
    [
        ("X = A + A; tr(X) + b' A b", "A"),
        ("sum(conv2(M, K).^2)", "K"),
        ("; ".join(f"H{k + 1} = tanh(H{k} A)" for k in range(40)) + "; sum(H40)", "H0"),
    ],
)
def test_one_plan_is_made_where_no_choice_depends_on_sizes(
    monkeypatch: pytest.MonkeyPatch, expression: str, wrt: str
) -> None:
    """Not one for each of the sizes that are compared; nor where planning takes its time."""
    counts = []
    original = Programs.planned

    def noted(self: Programs, every: Sequence[Mapping[str, int]]) -> Variant:
        counts.append(len(every))
        return original(self, every)

    monkeypatch.setattr(Programs, "planned", noted)
    shapes = {name: shape for name, shape in SHAPES.items() if name in expression}
    derive(expression, wrt, shapes=shapes, verify=False).code()

    assert 1 == len(counts)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} {case.kind}")
def test_a_plan_is_the_one_of_each_of_its_sizes(monkeypatch: pytest.MonkeyPatch, case: Any) -> None:
    """What is planned for several sizes at once is what is planned for each of them alone."""
    planned, names = planning(case.derivation, monkeypatch)
    left: Sequence[Mapping[str, int]] = regimes(names)[0]
    while left:
        made = planned(left)
        shared = [sizes for sizes in left if sizes not in made.others]

        assert left[0] in shared
        if len(made.operations()) <= MOST_OPERATIONS:
            assert {made.signature()} == {planned([sizes]).signature() for sizes in shared}
        left = made.others


def test_a_long_sum_goes_on_line_by_line() -> None:
    """No line is too long, none is short where more would fit, and none goes deep."""
    code = terms(500).derived().code()
    lines = [line.partition("  # ")[0] for line in code.splitlines() if line.startswith("    t")]
    widths = {len(line) for line in lines}

    assert max(widths) < 100
    assert min(widths) > 50


def test_a_long_sum_is_right() -> None:
    """Cut into lines it is the sum still."""
    count = 30
    generator = np.random.default_rng(0)
    arrays = {"w": generator.normal(size=3)}
    for k in range(1, count + 1):
        arrays |= {f"X{k}": generator.normal(size=(2, 3)), f"y{k}": generator.normal(size=2)}
    expected = sum(
        2 * arrays[f"X{k}"].T @ (arrays[f"X{k}"] @ arrays["w"] - arrays[f"y{k}"])
        for k in range(1, count + 1)
    )

    np.testing.assert_allclose(terms(count).derived().function()(**arrays), expected)


def test_a_deep_chain_is_not_walked_to_its_start() -> None:
    """The bound on a layer is known from the layer before; nothing recurses a thousand layers."""
    layers = "; ".join(f"h{k + 1} = h{k} .* sigmoid(h{k})" for k in range(400))
    found = derive(f"{layers}; sum(1 - h400)", "h0", shapes="h0: n", verify=False)

    assert "h400 = " in found.code(value=True)


def test_several_derivatives_may_be_index_forms_of_stacked_shapes() -> None:
    """Read as one program, each has the axes that its letters say."""
    found = derive("F = sigmoid(X V); (X W) .* F", "X,V,W", verify=False)
    generator = np.random.default_rng(5)
    arrays = {
        name: generator.normal(size=size)
        for name, size in {"X": (2, 3), "V": (3, 4), "W": (3, 4)}.items()
    }
    step = 1e-6 * generator.normal(size=(3, 4))

    def value(W: Any) -> Any:
        return arrays["X"] @ W / (1 + np.exp(-arrays["X"] @ arrays["V"]))

    derivatives = found.function()(**arrays)

    assert [(2, 4, *array.shape) for array in (arrays["X"], arrays["V"], arrays["W"])] == [
        each.shape for each in derivatives
    ]
    change = value(arrays["W"] + step) - value(arrays["W"])
    np.testing.assert_allclose(np.tensordot(derivatives[2], step, 2), change, atol=1e-12)


def nested_extremes(depth: int) -> Derivation:
    """The larger or the smaller of a name and of what is the smaller or the larger of others."""
    source = "x"
    for k in range(depth):
        source = f"{('max', 'min')[k % 2]}(x{k}, {source})"
    shapes = {"x": "scalar"} | {f"x{k}": "scalar" for k in range(depth)}
    return derive(source, "x", shapes=shapes, verify=False)


def test_the_larger_of_two_in_another_one_is_one_operation_more() -> None:
    """Whichever of the two it is, the work does not double at each level."""
    nested_extremes(1)
    counts = [calls(partial(nested_extremes, depth)) for depth in (10, 15, 20)]

    assert counts[2] - counts[1] < 1.5 * (counts[1] - counts[0])


def test_many_equal_factors_are_a_sum_of_powers() -> None:
    """Factored step by step the answer would be as deep as the product is long."""
    answer = derive(f"sum({'A ' * 90})", "A", shapes="A: n x n", verify=False).text()

    assert answer.startswith(
        "u = sum(A, axis=0); v = sum(A, axis=1); (A^88 v + A^87 v u + A^86 v u A + "
    )


def test_the_steps_of_equal_factors_do_not_try_every_order() -> None:
    """Each factor is found by its letters: more of them take a bit longer, not 12! times."""
    counts = [calls(derive(f"tr(A^{power})", "A", verify=False).explain) for power in (6, 12)]

    assert counts[1] < 12 * counts[0]


@pytest.mark.parametrize("program", [chain, terms])
def test_steps_grow_with_the_program(program: Callable[[int], Any]) -> None:
    """Twice as many layers or terms have twice as many steps, and each is found as quickly."""
    counts = [calls(partial(getattr, program(size).derived(), "steps")) for size in (20, 40, 80)]

    assert counts[2] - counts[1] < 2.2 * (counts[1] - counts[0])
