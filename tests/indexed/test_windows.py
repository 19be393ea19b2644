"""Quotients in an index, `G[i//2]`: read, checked, printed for windows side by side, and run."""

import numpy as np
import pytest

from dimderiv import derive
from dimderiv.errors import DimderivError

IMAGES = "X: N x C x H x W"
POOLED = "Y[n,c,i,j] = {} X[n,c,2i+r,2j+s]; Y"


@pytest.mark.parametrize(
    ("source", "shapes", "expected"),
    [
        ("Y[a] = mean[r:2] x[2a+r]; Y", "x: n", "[i:n] 0.5 G[i//2]"),
        ("Y[a,b] = mean[r:3] X[a,3b+r]; Y", "X: m x n", "[a, i:n] G[a, i//3] / 3"),
        ("Y[i] = max[r:2] x[2i+r]; Y", "x: n", "[j] G[j//2] (x[j] >= Y[j//2])"),
        ("Y[i] = logsumexp[r:2] x[2i+r]; Y", "x: n", "[j] exp(x[j] - Y[j//2]) G[j//2]"),
        ("[c,i:2*n] X[c,i//2]", "X: m x n", "[c, i:n] sum[j:2] G[c, 2i+j]"),
    ],
)  # fmt: skip
def test_a_window_is_counted_by_a_quotient(source: str, shapes: str, expected: str) -> None:
    """Where windows lie side by side, each place is in one of them; the check agrees."""
    variable = shapes[0]
    found = derive(source, variable, shapes=shapes, upstream="G")

    assert expected == str(found).split("; ")[-1]
    assert found.verification is not None
    assert str(found.verification.level) in {"exact", "30 digits"}


@pytest.mark.parametrize("windows", ["max[r:3,s:3]", "max[r:1,s:2]"])
def test_windows_that_overlap_or_leave_gaps_are_summed(windows: str) -> None:
    """A place may lie in two of them, or in none, which a quotient does not say."""
    assert "h//2" not in str(derive(POOLED.format(windows), "X", shapes=IMAGES, upstream="G",
                                verify=False))  # fmt: skip


def test_a_window_with_weights_is_summed() -> None:
    """Where a place is in its window is asked for too."""
    found = derive("[i] x[2i+r] w[r]", "x", shapes="x: n; w: 2", upstream="G")

    assert "//" not in str(found)


def test_a_quotient_is_rounded_down_in_latex() -> None:
    """It needs no brackets around."""
    found = derive("sum(x[i//2] w[i])", "w", shapes="x: n; w: m", verify=False)

    assert r"x_{\left\lfloor \frac{i}{2} \right\rfloor}" in found.latex()


@pytest.mark.parametrize("target", ["numpy", "torch", "jax", "array_api"])
def test_a_quotient_is_run(target: str) -> None:
    """Entries that lie outside are 0, also where the sizes do not divide."""
    w = np.arange(5.0)
    found = derive("sum(x[(i+1)//2] w[i])", "x,w", shapes="x: 2; w: 5")

    arrays = {"x": np.array([2.0, 3.0]), "w": w}
    if target == "torch":
        torch = pytest.importorskip("torch")
        arrays = {name: torch.tensor(value) for name, value in arrays.items()}
    of_x, of_w = found.function(target)(**arrays)

    assert np.allclose([w[0], w[1] + w[2]], np.asarray(of_x))
    assert np.allclose([2, 3, 3, 0, 0], np.asarray(of_w))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("y[i] = x[i//2]; ||y||^2", "nothing tells how far i runs"),
        ("x[n//2]^2", "'//' divides index letters"),
        ("sum(x[2i//3] w[i])", "only a letter is divided by a whole number"),
        ("sum(x[i]//2)", "'//' divides index letters"),
    ],
)
def test_other_quotients_are_refused(source: str, message: str) -> None:
    """The reason is said."""
    with pytest.raises(DimderivError, match=message):
        derive(source, "x", shapes="x: n; w: m" if "w" in source else "x: n")
