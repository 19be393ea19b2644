"""Symbols with the names that generated code gives to parts of its own."""

import inspect
from typing import Any

import numpy as np
import pytest
from codegen.test_codegen import drawn

from dimderiv import derive
from dimderiv.codegen import TARGETS
from dimderiv.language.declarations import read_shapes

NEUTRAL = ("W", "X", "v", "y")
WORDS = [
    ("self", "forward", "backward", "kept"),
    ("ctx", "slopes", "pairs", "Layer"),
    ("with_backward", "sizes", "layer", "upstream"),
    ("apply", "xp", "like", "dtype"),
]
KINDS = [{"layer": True}, {"form": "operator"}, {"value": True}]
SIZES = {"k": 2, "m": 4, "n": 3}


def returned(names: tuple[str, ...], target: str, kind: dict[str, Any]) -> list[Any]:
    """What the code with symbols of these names returns, called by these names."""
    if target != "array_api":
        pytest.importorskip(target)
    W, X, v, y = names
    shapes = f"{W}: k x m; {X}: m x n; {v}: n; {y}: n"
    order = 2 if "form" in kind else 1
    expression = f"logsumexp({W} tanh({X} {v})) + {y}'{y}"
    found = derive(expression, v, shapes=shapes, order=order, verify=False)
    made = found.function(target, **kind)
    neutral = drawn(read_shapes("W: k x m; X: m x n; v: n; y: n"), SIZES)
    values = {name: neutral[NEUTRAL[names.index(name)]] for name in found.typed.symbols}
    given = {
        name: _given(np.reshape(array, [s for s in array.shape if s > 1]), target)
        for name, array in values.items()
    }
    if "form" in kind:
        direction = _given(np.arange(3.0), target)
        operator = made(**given)
        return [operator.matvec(direction) if target == "numpy" else operator(direction)]
    if inspect.isclass(made):
        layer: Any = made()
        return [layer.forward(**given), layer.backward(1.0)]
    return _taped(made, given, v, target) if "layer" in kind else list(made(**given))


def _taped(layer: Any, given: dict[str, Any], wrt: str, target: str) -> list[Any]:
    """The value of a layer, and its derivative by the library."""
    if target == "jax":
        import jax

        place = list(given).index(wrt)
        return [layer(**given), jax.grad(layer, argnums=place)(*given.values())]
    given[wrt].requires_grad_()
    value = layer(**given)
    value.backward()
    return [value.detach(), given[wrt].grad]


def _given(array: Any, target: str) -> Any:
    if target == "torch":
        import torch

        return torch.tensor(array)
    return array


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("words", WORDS, ids=str)
def test_a_symbol_may_have_a_name_that_code_uses_itself(
    words: tuple[str, ...], target: str, kind: dict[str, Any]
) -> None:
    """It is an argument of that name, and the code computes the same."""
    expected = returned(NEUTRAL, target, kind)

    found = returned(words, target, kind)

    for one, other in zip(expected, found, strict=True):
        np.testing.assert_allclose(np.asarray(one), np.asarray(other), rtol=1e-6)


@pytest.mark.parametrize(("rows", "columns"), [("type", "self"), ("floats", "range"), ("n", "m")])
def test_a_size_that_is_handed_in_has_its_own_name(rows: str, columns: str) -> None:
    """Also where the code needs that name."""
    shapes = f"c: scalar; z: ({rows} {columns})"
    made = derive(f"c z'z ones({rows}, 1)", "c", shapes=shapes).function(value=True)

    value, slope = made(**{"c": 2, "z": np.ones(6), rows: 3})

    assert ([12.0] * 3, [6.0] * 3) == (list(value), list(slope))
