# mypy: disable-error-code="no-untyped-call"
"""Affine indices of letters in code: slices, windows, zeros around, and convolutions."""

from collections.abc import Sequence

import numpy as np
import pytest
from tensors import array, assert_computed, letters

from dimderiv import derive
from dimderiv.codegen.targets import TARGETS
from dimderiv.graph.nodes import Factor, Node, Selection, Shifted, Symbol, apply_function, selection
from dimderiv.graph.products import product
from dimderiv.language.shapes import ONE, Dim

SIZES = {"m": 4, "n": 7, "k": 3, "N": 2, "C": 3, "F": 4, "H": 6, "W": 7}
m, n, k, N, C, F, H, W = (Dim.of(name) for name in SIZES)
THREE, FOUR = Dim.of(3), Dim.of(4)


def places(axes: Sequence[Dim], steps: tuple[int, ...], offset: Dim | int = 0) -> Selection:
    """What selects the places of an axis by letters."""
    return selection(tuple(axes), steps, Dim.of(offset))


def of(name: str, *axes: Dim) -> Symbol:
    """A symbol with these axes."""
    return array(name, *axes)


x, X, w, c = of("x", n), of("X", m, n), of("w", THREE), of("c")
STEPS = places([n, FOUR, THREE], (2, 1), -1)
LINES: dict[str, tuple[Node, Sequence[Symbol], str]] = {
    "from the second on": (letters("a,ai->i", x, places([n, n - ONE], (1,), 1)), [x], "x[1:]"),
    "but the last": (letters("a,ai->i", x, places([n, n - ONE], (1,))), [x], "x[:n - 1]"),
    "the first ones": (
        letters("ma,ai,i->mi", X, places([n, k], (1,)), of("v", k)),
        [X, of("v", k)],
        "X[:, :k] * v",
    ),
    "one": (letters("a,a->", x, places([n], (), 2)), [x], "x[2]"),
    "the last": (letters("ma,a->m", X, places([n], (), n - ONE)), [X], "X[:, n - 1]"),
    "turned": (letters("ma,ai->mi", X, places([n, n], (-1,), n - ONE)), [X], "X[:, ::-1]"),
    "put back": (
        letters("i,ai->a", of("y", n - ONE), places([n, n - ONE], (1,), 1)),
        [of("y", n - ONE)],
        "bordered(y, [(0, 1, 0)])",
    ),
    "one put back": (
        letters(",a,a->a", c, places([n], (), 2), x),
        [c, x],
        "bordered((c * x[2]).reshape(1), [(0, 2, n - 3)])",
    ),
    "windows": (
        letters("a,air,r->i", x, STEPS, w),
        [x, w],
        "windowed(bordered(x, [(0, 1, -n + 8)]), [(0, (4, 3), (2, 1))]) @ w",
    ),
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("node", "symbols", "line"), LINES.values(), ids=LINES)
def test_parts_of_arrays(node: Node, symbols: Sequence[Symbol], line: str, target: str) -> None:
    """What a letter selects is a view, with zeros around it where that lies outside."""
    code = assert_computed([node], symbols, SIZES, target)

    assert target != "numpy" or line in code


@pytest.mark.parametrize("target", TARGETS)
def test_every_way_to_read_places(target: str) -> None:
    """Summed over any of its axes, an affine index is a part, or what adds entries up."""
    g = of("g", FOUR)
    nodes = [
        letters("air,r,i->a", STEPS, w, g),
        letters("air,a,i->r", STEPS, x, g),
        letters("air,r->ia", STEPS, w),
        letters("air,air->a", STEPS, STEPS),
        letters("air,a,a->ir", STEPS, x, x),
        letters("air->ai", STEPS),
        STEPS,
    ]
    assert_computed(nodes, [w, g, x], SIZES, target)


def images(step: int, far: int, zeros: int) -> tuple[list[Node], list[Symbol]]:
    """A convolution of images, and its derivatives by kernels and images from what comes down."""
    sizes = [(size + Dim.of(2 * zeros - 2 * far - 1)) // step + ONE for size in (H, W)]
    V, K = of("V", N, C, H, W), of("K", F, C, THREE, THREE)
    G = of("G", N, F, *sizes)
    rows, cols = (
        places([size, out, THREE], (step, far), -zeros)
        for size, out in zip((H, W), sizes, strict=True)
    )
    nodes = [
        letters("ncab,air,bjs,ocrs->noij", V, rows, cols, K),
        letters("ncab,air,bjs,noij->ocrs", V, rows, cols, G),
        letters("ocrs,air,bjs,noij->ncab", K, rows, cols, G),
    ]
    return nodes, [V, K, G]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("step", "far", "zeros"), [(1, 1, 1), (2, 1, 1), (1, 2, 2), (2, 2, 0)])
def test_convolutions_of_images(step: int, far: int, zeros: int, target: str) -> None:
    """With steps, zeros around and gaps in the kernel, each is one call."""
    nodes, symbols = images(step, far, zeros)
    body = assert_computed(nodes, symbols, SIZES, target).split("Computed.")[1]

    assert body.count(" conv(") + body.count(" conv_adjoint(") == 3
    assert "windowed" not in body


@pytest.mark.parametrize("target", TARGETS)
def test_tight_sums_are_convolutions_too(target: str) -> None:
    """An index that is a sum of letters, as matrices have it, in arrays with more axes."""
    V, K = of("V", N, C, n), of("K", F, C, k)
    G = of("G", N, F, n - k + ONE)
    V_at = Factor(V, (0, 1, Shifted((2, 4))))
    K_at, G_at = Factor(K, (3, 1, 4)), Factor(G, (0, 3, 2))
    dims = (N, C, n - k + ONE, F, k)
    one = Factor(V, ()).power
    nodes = [
        product(one, [V_at, K_at], (0, 3, 2), dims),
        product(one, [V_at, G_at], (3, 1, 4), dims),
        product(one, [K_at, G_at], (0, 1, Shifted((2, 4))), dims),
    ]
    code = assert_computed(nodes, [V, K, G], SIZES, target)

    assert code.split("Computed.")[1].count(" conv(") == 3


@pytest.mark.parametrize("target", TARGETS)
def test_pooling_is_a_reduction_of_windows(target: str) -> None:
    """The largest entry of each window, without a copy of the windows."""
    V = of("V", N, C, H, W)
    two = Dim.of(2)
    rows, cols = (places([size, size // 2, two], (2, 1)) for size in (H, W))
    seen = letters("ncab,air,bjs->ncijrs", V, rows, cols)
    assert_computed([apply_function("max", (seen,), seen.axes[:4], (4, 5))], [V], SIZES, target)


def test_what_is_returned_does_not_run_backwards() -> None:
    """PyTorch takes no array of numpy with a negative stride."""
    causal = "Y[n,o,t:9] = X[n,c,t-2k] W[o,c,k]; sum(G .* Y)"
    shapes = "X: 2 x 3 x 9; W: 4 x 3 x 3; G: 2 x 4 x 9"
    function = derive(causal, "W", shapes=shapes, verify=False).function("numpy")

    found = function(X=np.ones((2, 3, 9)), W=np.ones((4, 3, 3)), G=np.ones((2, 4, 9)))

    assert all(stride > 0 for stride in found.strides)


def test_an_axis_with_one_place_is_no_window() -> None:
    """It is not there until all is added up, so that windows are counted without it."""
    found = derive("W[3] W[2i+1] B[i]", "W", shapes="W: 8, B: L", order=2, verify=False)

    hessian = found.function("numpy")(np.ones(8), np.array([1.0, 2.0, 3.0]))

    expected = np.zeros((8, 8))
    expected[3, 1:7:2] = 1, 2, 3
    assert np.array_equal(expected + expected.T, hessian)


def test_a_convolution_sums_no_letter_that_one_array_has_alone() -> None:
    """Where one is summed, entries are added up at their places as in any other product."""
    found = derive("v[i] x[2i+2p-1] A[b,p]", "x", shapes="v: m; x: 8; A: L x n", verify=False)

    gradient = found.function("numpy")(np.ones(2), np.ones(8), np.ones((3, 2)))

    assert gradient.ravel().tolist() == [0, 6, 0, 3, 0, 0, 0, 0]


def test_a_part_of_an_array_is_taken_at_one_place_too() -> None:
    """The first row of the value has only the first row of what is cut out of an array."""
    shapes = "D: 1 x q; M: (m - 1) x q; F: (m + 1) x q"
    found = derive("softmax([D; M] .* F[:-1,:])", "D", shapes=shapes, verify=False)
    jacobian = found.function("numpy")
    D, M, F = np.array([[1.0, 2.0]]), np.ones((2, 2)), np.ones((4, 2))

    first = jacobian(D=D, M=M, F=F)[0]

    F[1:] = 7
    assert np.array_equal(first, jacobian(D=D, M=M, F=F)[0])
