"""Hessians as operators: one application, against other ways to the same product."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.case import Arrays, Case
from benchmarks.libraries import Jax
from benchmarks.race import CASES, assert_equal
from benchmarks.second import curvature
from benchmarks.timing import Effort, Times, interleaved

OURS, DENSE, OF_JAX = "dimderiv operator", "dense Hessian", "jax.jit"
# More entries than these are no Hessian that anybody forms.
MOST_ENTRIES = 5_000_000
Apply = Callable[[Any], Any]


@dataclass(frozen=True)
class Application:
    """What was measured of one operator.

    Attributes:
        case: the Hessian.
        sizes: the sizes of its axes.
        times: the time of one application by each contender.
    """

    case: Case
    sizes: Mapping[str, int]
    times: Times


def norm_by_hand(x: Any) -> Apply:
    """The projection along x."""
    length = np.sqrt(x @ x)
    u = x / length
    return lambda v: (v - u * (u @ v)) / length


def logistic_by_hand(X: Any, w: Any, y: Any) -> Apply:
    """The weights once, then two products."""
    weights = curvature(X, w, y)
    return lambda v: (weights * (X @ v)) @ X


def factorization_by_hand(U: Any, V: Any, T: Any) -> Apply:
    """The small Gram matrix once."""
    G = 2 * (V.T @ V)
    return lambda E: E @ G


BY_HAND: Mapping[str, Callable[..., Apply]] = {
    "norm": norm_by_hand,
    "logistic regression": logistic_by_hand,
    "matrix factorization": factorization_by_hand,
}
SIZES: Mapping[str, Sequence[Mapping[str, int]]] = {
    "norm": [{"n": 100}, {"n": 1000}, {"n": 100_000}],
    "logistic regression": [{"m": 2000, "n": 100}, {"m": 4000, "n": 1000}],
    "matrix factorization": [{"m": size, "n": size, "r": 5} for size in (200, 2000)],
}


def applications(jax: Jax | None, effort: Effort, *, quick: bool) -> Iterator[Application]:
    """Race after race.

    Args:
        jax: the library, where it is installed.
        effort: how long to measure.
        quick: whether to take the smallest sizes only.
    """
    for case in CASES:
        if case.kind == "Hessian" and case.name in BY_HAND:
            for sizes in SIZES[case.name][: 1 if quick else None]:
                yield application(case, sizes, jax, effort)


def application(
    case: Case, sizes: Mapping[str, int], jax: Jax | None, effort: Effort
) -> Application:
    """Check and time all ways to one product.

    Args:
        case: the Hessian.
        sizes: the sizes of its axes.
        jax: the library, where it is installed.
        effort: how long to measure.

    Raises:
        AssertionError: a contender computes something else than the form by hand.
    """
    arrays = case.at(sizes)
    (name,) = case.wrt
    direction = np.random.default_rng(1).normal(size=arrays[name].shape)
    operator = case.derivation.function("numpy", form="operator")(**arrays)
    makers: dict[str, Apply] = {"by hand": BY_HAND[case.name](**arrays), OURS: operator.apply}
    if direction.size**2 <= MOST_ENTRIES:
        flat = case.derivation.function("numpy")(**arrays).reshape(direction.size, -1)
        makers[DENSE] = lambda v: (flat @ v.reshape(-1)).reshape(v.shape)
    if jax:
        makers[OF_JAX] = _by_jax(jax, case, arrays)
    wanted = (makers["by hand"](direction),)
    for title, apply in makers.items():
        assert_equal(f"{title}, {case.name}", apply(direction), wanted)
    works = {title: (lambda apply=apply: apply(direction)) for title, apply in makers.items()}
    return Application(case, sizes, interleaved(works, effort))


def _by_jax(jax: Jax, case: Case, arrays: Arrays) -> Apply:
    """Forward over reverse: `jax.jvp` of `jax.grad`, compiled."""
    own, (name,) = jax.arrays(arrays), case.wrt
    gradient = jax.jax.grad(lambda x, rest: case.value(jax, **{**rest, name: x}))

    @jax.jax.jit  # type: ignore[untyped-decorator]
    def product(x: Any, rest: Any, v: Any) -> Any:
        return jax.jax.jvp(lambda x: gradient(x, rest), (x,), (v,))[1]

    rest = {key: array for key, array in own.items() if key != name}
    return lambda v: jax.jax.block_until_ready(product(own[name], rest, v))
