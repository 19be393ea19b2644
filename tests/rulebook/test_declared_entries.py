"""Declared functions of each entry by itself: `sigma: elementwise`."""

import numpy as np
import pytest

from dimderiv import derive
from dimderiv.codegen import TARGETS
from dimderiv.errors import DimderivError, NotDifferentiableError

LAYER = "sigma: elementwise; X: m x n; W: n x p; b: 1 x p; G: m x p"


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "order", "expected"),
    [
        ("sum(G .* sigma(X W + b))", "W", LAYER, 1, "X' (G .* sigma'(X W + b))"),
        ("sum(G .* sigma(X W + b))", "b", LAYER, 1, "sum(G .* sigma'(X W + b), axis=0)"),
        ("sigma(x'x)", "x", "sigma: elementwise; x: n", 1, "2 sigma'(x' x) x"),
        ("x' sigma'(x)", "x", "sigma: elementwise", 1, "x .* sigma''(x) + sigma'(x)"),
        ("x' d_sigma(x)", "x", "sigma: elementwise", 1, "x .* sigma''(x) + sigma'(x)"),
        ("sum(sigma(T))", "T", "sigma: elementwise; T: a x b x c", 1, "sigma'(T)"),
        ("sum(x(y))", "y", "x: elementwise; y: n", 1, "x'(y)"),
        ("sum(sigma(X w))", "w", LAYER, 2, "X' diag(sigma''(X w)) X"),
        (r"v^\top \sigma'(X w)", "w", f"{LAYER}; v: m", 1, "X' (v .* sigma''(X w))"),
    ],
)
def test_derivative(expression: str, wrt: str, shapes: str, order: int, expected: str) -> None:
    """Primes, checked exactly, and read back to the same answer."""
    found = derive(expression, wrt, shapes=shapes, order=order)

    assert expected == str(found)
    assert found.verification is not None
    assert "exact" == found.verification.level
    assert found.program == found.read_back(str(found))


def test_sympy_proves_it() -> None:
    """The other judge knows functions of entries as well."""
    found = derive("sigma(W x)", "x", shapes="sigma: elementwise; W: m x n", verify="sympy")

    assert "W .* sigma'(W x)" == str(found)
    assert found.verification is not None
    assert "proved" == found.verification.level


def test_latex() -> None:
    """Primes stand after the name, also where it is a word."""
    found = derive("sum(act(X w))", "w", shapes="act: elementwise; X: m x n")

    assert r"X^{\top} \operatorname{act}'(X w)" == found.latex()


def test_there_is_no_third_derivative() -> None:
    """What cannot be written is refused."""
    with pytest.raises(NotDifferentiableError, match="twice, not three times"):
        derive("sum(sigma''(x))", "x", shapes="sigma: elementwise")


@pytest.mark.parametrize("shapes", ["T: elementwise", "s: elementwise; d_s: n", "s: elementwise n"])
def test_refused_declarations(shapes: str) -> None:
    """A name has one meaning, and a kind has no sizes."""
    with pytest.raises(DimderivError):
        derive("sum(x)", "x", shapes=shapes)


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_code_leaves_alone_what_a_function_returns(target: str) -> None:
    """Truth values are numbers, and an array that the function keeps is not changed."""
    library = pytest.importorskip({"jax": "jax.numpy", "torch": "torch"}.get(target, "numpy"))
    code = derive("sum(G .* sigma(X W + b))", "W", shapes=LAYER).code(target)
    namespace: dict[str, object] = {}
    exec(code, namespace)
    draw = np.random.default_rng(0)
    G, X, W, b = (draw.normal(size=s) for s in [(4, 2), (4, 3), (3, 2), (1, 2)])
    arrays = [library.asarray(each) for each in (G, X, W, b)]
    kept = library.ones((4, 2), dtype=arrays[0].dtype)

    step = namespace["gradient"](*arrays, lambda z: z > 0)  # type: ignore[operator]
    whole = namespace["gradient"](*arrays, lambda z: kept)  # type: ignore[operator]

    assert np.allclose(X.T @ (G * (X @ W + b > 0)), np.asarray(step), atol=1e-5)
    assert np.allclose(X.T @ G, np.asarray(whole), atol=1e-5)
    assert bool((np.asarray(kept) == 1).all())


def test_functions_of_entries_are_told() -> None:
    """The steps and the docstring say what was declared."""
    found = derive("v' sigma(x)", "x", shapes="sigma: elementwise")

    assert "sigma: elementwise" in str(found.explain())
    assert "d_sigma: a function of an array" in found.code()
