"""What overflows as it is written has its value, gradient, Hessian and product with it in code."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from codegen.stable_forms import FORMS
from codegen.test_targets_agree import LIBRARIES, arrays_of, of_library

from dimderiv import derive
from dimderiv.language import parse_program
from dimderiv.verify.evaluate import Arithmetic, Evaluator, Jet, mixed_slope

SIZES = {"m": 2, "n": 3}
# As large as entries are: exponentials of them overflow in 64 and 32 bits.
FAR = {"float64": 900.0, "float32": 100.0}
NEAR = {"float64": 1e-11, "float32": 1e-4}
RESULTS = ("value", "gradient", "Hessian", "product")
Arrays = dict[str, np.ndarray]


@pytest.fixture(autouse=True)
def double_precision() -> Iterator[None]:
    """Arrays of jax have 64 bits here, where they are not made of 32."""
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def drawn(shapes: str, dtype: str) -> Arrays:
    """Entries of x far from 0 on both sides, and one near it; others of usual size."""
    draw, found = np.random.default_rng(5), Arrays()
    for text in shapes.split("; "):
        name, axes = text.split(": ")
        found[name] = draw.uniform(0.2, 1, [SIZES[axis] for axis in axes.split(" x ")])
    found["x"] = np.array([FAR[dtype], -0.9 * FAR[dtype], 0.4])[: len(found["x"])]
    found["v"] = np.array([0.5, -1, 2])[: len(found["x"])]
    return {name: each.astype(dtype) for name, each in found.items()}


@cache
def truth(expression: str, shapes: str, dtype: str) -> dict[str, np.ndarray]:
    """Each result with 1000 digits."""
    arrays = drawn(shapes, dtype)
    every = range(len(arrays["x"]))
    hessian = [[_slope(expression, arrays, (i, j)) for j in every] for i in every]
    return {
        "value": np.array(_slope(expression, arrays, ()), float),
        "gradient": np.array([_slope(expression, arrays, (i,)) for i in every], float),
        "Hessian": np.array(hessian, float),
        "product": np.array(hessian, float) @ arrays["v"].astype(float),
    }


def _slope(expression: str, arrays: Mapping[str, np.ndarray], places: tuple[int, ...]) -> Any:
    """The derivative by some entries of x."""
    table: dict[str, Any] = {}
    for name, array in arrays.items():
        rows = array if array.ndim == 2 else array[:, None]
        table[name] = [[Fraction(float(entry)) for entry in row] for row in rows]
    for level, place in enumerate(places, 1):
        row = table["x"][place]
        row[0] = Jet(level, row[0], Fraction(1))
    program = parse_program(expression, names=[*table, *SIZES])
    found = Evaluator(Arithmetic(1000), SIZES, table).result(program)
    return mixed_slope(found[0][0], len(places))


@cache
def made(expression: str, shapes: str, target: str) -> dict[str, Callable[..., Any]]:
    """The functions that compute each result."""
    first = derive(expression, "x", shapes=shapes, verify=False)
    second = derive(expression, "x", shapes=shapes, order=2, verify=False)
    both = first.function(target, value=True)
    return {
        "value": lambda **arrays: both(**arrays)[0],
        "gradient": lambda **arrays: both(**arrays)[1],
        "Hessian": second.function(target),
        "product": first.hvp("v", verify=False).function(target),
    }


@pytest.mark.parametrize("target", ["numpy", *LIBRARIES])
@pytest.mark.parametrize(("expression", "shapes"), FORMS)
def test_code_at_entries_whose_exponentials_overflow(
    expression: str, shapes: str, target: str
) -> None:
    """As exact in 64 and 32 bits as these allow, in every target."""
    pytest.importorskip(LIBRARIES.get(target, "numpy"))
    for dtype in FAR:
        arrays = drawn(shapes, dtype)
        for result, function in made(expression, shapes, target).items():
            given = {k: each for k, each in arrays.items() if result == "product" or k != "v"}
            if target != "numpy":
                function = of_library(function, arrays_of(target))
            with np.errstate(all="ignore"):
                found = np.asarray(function(**given))
            expected = truth(expression, shapes, dtype)[result]

            # What is left of `p - p^2` where p is 1 is lost beside 1.
            least = NEAR[dtype] * np.abs(expected).max() + 4 * np.finfo(dtype).eps
            np.testing.assert_allclose(
                found, expected, NEAR[dtype], least, err_msg=f"{result} in {dtype}"
            )
