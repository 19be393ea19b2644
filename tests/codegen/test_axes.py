# mypy: disable-error-code="no-untyped-call"
"""Code of arrays with any number of axes: stacks of matrices, sums over several axes, functions."""

from collections.abc import Sequence

import numpy as np
import pytest
from tensors import array, assert_computed, code_of, letters

from dimderiv import derive
from dimderiv.codegen.targets import TARGETS
from dimderiv.graph.nodes import Node, Symbol, apply_function
from dimderiv.language.declared import Declaration
from dimderiv.language.shapes import Dim, Shape

SOFTMAXES = ("softmax", "logsoftmax")
SIZES = {"b": 2, "m": 3, "n": 4, "h": 2, "d": 5, "e": 3, "r": 2}
Q = array("Q", "b", "m", "h", "d")
K, V = (array(name, "b", "n", "h", "d") for name in "KV")
X, D, W = array("X", "b", "m", "e"), array("D", "b", "e"), array("W", "e", "h", "d")
Y, T = array("Y", "b", "n", "n"), array("T", "m", "n", "d")
A, B, C = (array(name, size, "r") for name, size in ("Am", "Bn", "Cd"))


def attention() -> Node:
    """The means of the values, weighted by the products of queries and keys, for each head."""
    scores = letters("bihd,bjhd->bhij", Q, K)
    weights = apply_function("softmax", (scores,), scores.axes, (3,))
    return letters("bhij,bjhd->bihd", weights, V)


CASES: dict[str, tuple[Sequence[Node], Sequence[Symbol]]] = {
    "attention": ([attention()], [Q, K, V]),
    "heads": ([letters("bie,ehd->bihd", X, W)], [X, W]),
    "by heads": ([letters("bie,bihd->ehd", X, Q)], [X, Q]),
    "sums over stacks": ([letters("bihd,bjhd->hij", Q, K)], [Q, K]),
    "stacks of vectors": ([letters("bihd,bihd->bh", Q, Q), letters("bie,be->bi", X, D)], [Q, X, D]),
    "several letters": ([letters("bihd,bjgd->bihjg", Q, K)], [Q, K]),
    "factors": (
        [letters("ijk,jr,kr->ir", T, B, C), letters("ir,jr,kr->ijk", A, B, C)],
        [T, A, B, C],
    ),
    "matrices": ([apply_function(name, (Y,), Y.axes) for name in ("inv", "expm")], [Y]),
    "numbers": ([apply_function(name, (Y,), Y.axes[:1]) for name in ("det", "logdet")], [Y]),
    "first axis": ([apply_function(name, (Y,), Y.axes, (0,)) for name in SOFTMAXES], [Y]),
    "last axis": ([apply_function(name, (Y,), Y.axes, (2,)) for name in SOFTMAXES], [Y]),
    "logsumexp": ([apply_function("logsumexp", (Y,), Y.axes[:1], (1, 2))], [Y]),
    "max": ([apply_function("max", (Y,), Y.axes[::2], (1,))], [Y]),
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("nodes", "symbols"), CASES.values(), ids=CASES)
def test_any_number_of_axes(nodes: Sequence[Node], symbols: Sequence[Symbol], target: str) -> None:
    """Each target computes what the letters say."""
    assert_computed(nodes, symbols, SIZES, target)


def test_heads_are_stacks_of_matrices() -> None:
    """Axes come into order as views, and nothing is multiplied entry by entry."""
    code = assert_computed([attention()], [Q, K, V], SIZES)

    assert "t1 = Q.transpose(0, 2, 1, 3) @ K.transpose(0, 2, 3, 1)" in code
    assert "softmax_along(t1, axis=3, out=t1)" in code
    assert "return (t1 @ V.transpose(0, 2, 1, 3)).transpose(0, 2, 1, 3)" in code


def test_axes_of_size_one_are_kept() -> None:
    """In what is given and in what is returned, though no letter runs along them."""
    x = array("x", "m", 1, "n")
    one = Dim.of(1)
    shape = Shape(Dim.of("m"), one, Dim.of("n"))
    code = code_of([letters("ij->ij", x, number=2)], {"x": Declaration(shape)}, wrt=[shape])

    assert "x = x[:, 0, :]" in code
    assert "return (2 * x)[:, None, :]" in code


def test_partial_products_are_shared() -> None:
    """Each order alone would multiply three times; the residual meets one factor for two."""
    E = letters("ijk->ijk", T)
    nodes = [letters("ijk,jr,kr->ir", E, B, C), letters("ijk,ir,kr->jr", E, A, C)]
    code = assert_computed(nodes, [T, A, B, C], SIZES)

    assert 1 == code.count("@ C")
    assert 2 == code.count("np.einsum(")


def test_what_the_residual_is_made_of_serves_a_gradient() -> None:
    """The two other gradients share a product with the residual; each would share one of three."""
    residual = "E[i,j,k] = A[i,r] B[j,r] C[k,r] - T[i,j,k]"
    derivation = derive(f"{residual}; sum(E.^2) / 2", "A, B, C", verify=False)
    code = derivation.code("numpy")
    generator = np.random.default_rng(0)
    factors = [generator.normal(size=(n, 2)) for n in (3, 4, 5)]
    T = generator.normal(size=(3, 4, 5))
    E = np.einsum("ir,jr,kr->ijk", *factors) - T
    dA, dB, dC = derivation.function("numpy")(**dict(zip("ABC", factors, strict=True)), T=T)

    assert 3 == code.count(" @ ")
    assert 2 == code.count("np.einsum(")
    assert np.allclose(np.einsum("ijk,jr,kr->ir", E, *factors[1:]), dA)
    assert np.allclose(np.einsum("ijk,ir,kr->jr", E, *factors[::2]), dB)
    assert np.allclose(np.einsum("ijk,ir,jr->kr", E, *factors[:2]), dC)


def test_four_factors_share_two_by_two() -> None:
    """Nothing with all axes of the residual but the residual itself is summed by einsum."""
    residual = "E[i,j,k,l] = A[i,r] B[j,r] C[k,r] D[l,r] - T[i,j,k,l]"
    code = derive(f"{residual}; sum(E.^2) / 2", "A, B, C, D", verify=False).code("numpy")

    assert "ijkl" not in code.partition("E -= T")[2]
    assert 3 == code.count(" @ ")
