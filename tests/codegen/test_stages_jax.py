"""Operators and layers of jax: traced, compiled, and against what numpy code gives."""

from collections.abc import Iterator
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

jax = pytest.importorskip("jax")
jnp = jax.numpy


@pytest.fixture(autouse=True)
def in_double_precision() -> Iterator[None]:
    """64-bit numbers, in the tests of this file alone."""
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize("case", SCALARS[::2], ids=lambda case: f"{case[0]} by {case[1]}")
def test_a_hessian_is_a_function_of_directions(case: tuple[str, str, str]) -> None:
    """Compiled together with what makes it; the products are those of numpy code."""
    pytest.importorskip("scipy")
    found = derived(case, 2)
    arrays = arrays_for(found)
    directions = [arrays[name] + k for k, name in enumerate(found.wrt)]
    made = found.function("jax", form="operator")

    result = jax.jit(lambda given, parts: made(**given)(*parts))(arrays, directions)

    assert_close(found.function(form="operator")(**arrays).apply(*directions), result)


@pytest.mark.parametrize("case", ARRAYS[:-1:2], ids=lambda case: f"{case[0]} by {case[1]}")
def test_a_jacobian_has_two_products(case: tuple[str, str, str]) -> None:
    """Those of numpy code."""
    pytest.importorskip("scipy")
    found = derived(case, 1)
    arrays = arrays_for(found)
    directions = [arrays[name] + k for k, name in enumerate(found.wrt)]
    reference = found.function(form="operator")(**arrays)
    operator = found.function("jax", form="operator")(**arrays)
    along = reference.apply(*directions)
    upstream = upstream_like(along)

    assert_close(along, operator.apply(*directions))
    assert_close(reference.apply_adjoint(upstream), operator.apply_adjoint(upstream))
    with pytest.raises(TypeError, match="complex"):
        operator.apply_adjoint(1j * upstream)


def test_a_hessian_serves_jax_solvers() -> None:
    """Conjugate gradients on the function as it is."""
    found = derived(("||X w - y||^2 + w'w", "w", "X: m x n"), 2)
    arrays = arrays_for(found)
    hessian = found.function("jax", form="operator")(**arrays)

    solution, _ = jax.scipy.sparse.linalg.cg(hessian, jnp.ones(len(arrays["w"])))

    np.testing.assert_allclose(hessian(solution), np.ones(len(arrays["w"])), rtol=1e-4)


@pytest.mark.parametrize("case", NETS, ids=lambda case: f"{case[0]} by {case[1]}")
def test_a_layer_is_differentiated_by_its_own_rule(case: tuple[str, str, str]) -> None:
    """Within what is compiled and differentiated; constants have a derivative of zeros."""
    expression, wrt, shapes = case
    found = derive(expression, wrt, shapes=shapes, verify=False)
    reference = derive(expression, wrt, shapes=shapes, upstream="G2", verify=False)
    arrays = arrays_for(found)
    layer = found.function("jax", layer=True)
    value = layer(**arrays)
    upstream = upstream_like(value)

    slopes = jax.jit(jax.grad(lambda given: (layer(**given) * upstream).sum()))(arrays)

    assert_close(
        reference.function()(**arrays, G2=upstream), tuple(slopes[name] for name in found.wrt)
    )
    constants = [slopes[name] for name in arrays if name not in found.wrt]
    assert not any(np.any(each) for each in constants)


def test_a_layer_calls_what_is_handed_in_and_reads_sizes_that_nothing_kept_has() -> None:
    """Also where it is traced."""
    shapes = "A: m x n; f: m -> scalar"
    handed = derive("f(A x)", "x", shapes=shapes, verify=False).function("jax", layer=True)
    mean = derive("mean(X) + mean(C)", "X", verify=False).function("jax", layer=True)
    a, x = np.arange(6.0).reshape(2, 3), np.ones(3)

    def value(x: Any) -> Any:
        return handed(A=a, x=x, f=lambda z: z @ z, grad_f=lambda z: 2 * z)

    assert_close(2 * a.T @ a @ x, jax.jit(jax.grad(value))(x))
    assert_close(np.full((2, 3), 1 / 6), jax.jit(jax.grad(mean))(a, np.eye(4)))


def test_a_layer_takes_what_its_symbols_can_be() -> None:
    """Numbers of several types, and symbols that are called like the code itself."""
    found = derive("x + s kept", "x,kept", shapes="s: scalar; kept: n", verify=False)
    layer = found.function("jax", layer=True)
    single = jnp.ones(3, jnp.float32)

    slopes = jax.grad(lambda x, k: layer(x, 2, k).sum(), (0, 1))(single, jnp.ones(3))

    assert [jnp.float32, jnp.float64] == [each.dtype for each in slopes]
    assert_close((np.ones(3), 2 * np.ones(3)), slopes)
