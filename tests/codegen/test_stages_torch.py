"""Operators and layers of torch and of the array API standard, against those of numpy."""

from typing import Any

import numpy as np
import pytest
from codegen.test_stages import (
    ARRAYS,
    NETS,
    SCALARS,
    arrays_for,
    assert_close,
    derived,
    upstream_like,
)

from dimderiv import derive


@pytest.fixture(params=["torch", "array_api"])
def library(request: pytest.FixtureRequest) -> tuple[str, Any]:
    """A target, and what makes its arrays."""
    if request.param == "torch":
        torch = pytest.importorskip("torch")
        return "torch", lambda array: torch.as_tensor(np.asarray(array))
    strict = pytest.importorskip("array_api_strict")
    return "array_api", lambda array: strict.asarray(np.asarray(array))


def numbers(result: Any) -> Any:
    """The arrays as numpy's."""
    if isinstance(result, tuple):
        return tuple(map(numbers, result))
    return np.asarray(result)


@pytest.mark.parametrize("case", SCALARS[::2], ids=lambda case: f"{case[0]} by {case[1]}")
def test_a_hessian_is_a_function_of_directions(
    case: tuple[str, str, str], library: tuple[str, Any]
) -> None:
    """The products are those of numpy code."""
    pytest.importorskip("scipy")
    target, own = library
    found = derived(case, 2)
    arrays = arrays_for(found)
    directions = [arrays[name] + k for k, name in enumerate(found.wrt)]
    apply = found.function(target, form="operator")(**{k: own(a) for k, a in arrays.items()})

    expected = found.function(form="operator")(**arrays).apply(*directions)

    assert_close(expected, numbers(apply(*map(own, directions))))
    assert_close(expected, numbers(apply(*directions)))


@pytest.mark.parametrize("case", ARRAYS[:-1:2], ids=lambda case: f"{case[0]} by {case[1]}")
def test_a_jacobian_has_two_products(case: tuple[str, str, str], library: tuple[str, Any]) -> None:
    """Those of numpy code."""
    pytest.importorskip("scipy")
    target, own = library
    found = derived(case, 1)
    arrays = arrays_for(found)
    directions = [arrays[name] + k for k, name in enumerate(found.wrt)]
    reference = found.function(form="operator")(**arrays)
    given = {name: own(array) for name, array in arrays.items()}
    operator = found.function(target, form="operator")(**given)
    along = reference.apply(*directions)
    upstream = upstream_like(along)

    assert_close(along, numbers(operator.apply(*map(own, directions))))
    assert_close(reference.apply_adjoint(upstream), numbers(operator.apply_adjoint(own(upstream))))
    with pytest.raises(TypeError, match="complex"):
        operator.apply_adjoint(own(1j * upstream))


@pytest.mark.parametrize("case", NETS, ids=lambda case: f"{case[0]} by {case[1]}")
def test_a_layer_of_torch_is_part_of_the_tape(case: tuple[str, str, str]) -> None:
    """Constants get nothing, and what needs no derivative gets none."""
    torch = pytest.importorskip("torch")
    expression, wrt, shapes = case
    found = derive(expression, wrt, shapes=shapes, verify=False)
    reference = derive(expression, wrt, shapes=shapes, upstream="G2", verify=False)
    arrays = arrays_for(found)
    given = {name: torch.tensor(array, requires_grad=True) for name, array in arrays.items()}
    layer = found.function("torch", layer=True)
    value = layer(**given)
    upstream = upstream_like(value.detach())

    (value * torch.as_tensor(upstream)).sum().backward()

    assert_close(
        reference.function()(**arrays, G2=upstream),
        tuple(given[name].grad.numpy() for name in found.wrt),
    )
    assert not any(given[name].grad is not None for name in arrays if name not in found.wrt)
    assert not layer(**arrays).requires_grad


def test_a_layer_of_torch_takes_what_its_symbols_can_be() -> None:
    """Numbers, arrays, tensors of several types, and functions that are handed in."""
    torch = pytest.importorskip("torch")
    shapes = "A: m x n; f: m -> scalar; s: scalar"
    layer = derive("s f(A x)", "x,A", shapes=shapes, verify=False).function("torch", layer=True)
    x = torch.ones(3, requires_grad=True)
    a = np.arange(6.0).reshape(2, 3)

    layer(A=a, x=x, s=2, f=lambda z: z @ z, grad_f=lambda z: 2 * z).backward()

    assert torch.float32 == x.grad.dtype
    np.testing.assert_allclose(x.grad, 4 * a.T @ a @ np.ones(3))


def test_a_layer_of_torch_notices_what_is_overwritten() -> None:
    """What is kept is guarded by the tape."""
    torch = pytest.importorskip("torch")
    layer = derive("A x", "A,x", verify=False).function("torch", layer=True)
    A, x = (torch.ones(size, requires_grad=True) for size in ((2, 2), (2,)))
    value = layer(A, x).sum()
    with torch.no_grad():
        x += 1

    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        value.backward()


@pytest.mark.parametrize("case", NETS, ids=lambda case: f"{case[0]} by {case[1]}")
def test_a_layer_of_the_standard_is_a_class(case: tuple[str, str, str]) -> None:
    """As that of numpy."""
    strict = pytest.importorskip("array_api_strict")
    found = derive(*case[:2], shapes=case[2], verify=False)
    arrays = arrays_for(found)
    reference, layer = (found.function(t, layer=True)() for t in ("numpy", "array_api"))
    value = reference.forward(**arrays)
    upstream = upstream_like(value)

    result = layer.forward(**{name: strict.asarray(array) for name, array in arrays.items()})

    assert_close(value, numbers(result))
    assert_close(reference.backward(upstream), numbers(layer.backward(strict.asarray(upstream))))
