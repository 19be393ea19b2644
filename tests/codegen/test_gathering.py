"""Terms that multiply the same matrices by different weights are one product."""

import numpy as np
import pytest

from dimderiv import derive
from dimderiv.codegen.plan.gathering import gathered
from dimderiv.graph import nodes as graph
from dimderiv.graph.nodes import ONCE, Factor, Node
from dimderiv.graph.products import product
from dimderiv.language.shapes import Dim

M, N, P = map(Dim.of, "mnp")
X, Z = (graph.symbol(name, (M, N)) for name in "XZ")
U, V = (graph.symbol(name, (M, P)) for name in "UV")
u, v = (graph.symbol(name, (M,)) for name in "uv")


def weighted(left: Node, right: Node, *weights: Node) -> Node:
    """`left' diag(weights) right`."""
    sides = [Factor(left, (2, 0)), Factor(right, (2, 1))]
    return product(ONCE, [*sides, *(Factor(each, (2,)) for each in weights)], (0, 1), (N, N, M))


def test_weights_are_added_up() -> None:
    """Also where one term has none, and where another term is there beside."""
    other = weighted(X, Z, u)
    terms = [(ONCE, weighted(X, X, u)), (ONCE, other), (-2 * ONCE, weighted(X, X, v))]
    terms.append((ONCE, weighted(X, X)))

    found = gathered(terms, (N, N))

    assert 2 == len(found)
    assert other.key == found[1][1].key


@pytest.mark.parametrize(
    "terms",
    [
        [weighted(X, X, u), weighted(X, Z, u)],
        [weighted(X, Z), weighted(Z, X)],
        [X, Z],
    ],
)
def test_what_differs_in_more_is_left(terms: list[Node]) -> None:
    """A matrix more or less is a product of its own; so is what shares one matrix alone."""
    assert [(ONCE, term) for term in terms] == gathered([(ONCE, t) for t in terms], terms[0].axes)


def test_a_hessian_of_many_terms_expands_once() -> None:
    """Five terms of `||tanh(X W) - Y||^2` by `W` are one product for each column."""
    found = derive("||tanh(X W) - Y||^2", "W", order=2, verify=False)
    code = found.code()

    assert 1 == code.count("np.tensordot")
    generator = np.random.default_rng(0)
    x, w, y = (generator.normal(size=size) for size in ((7, 3), (3, 2), (7, 2)))
    t = np.tanh(x @ w)
    weights = 2 * (1 - t**2) * (1 - t**2 - 2 * t * (t - y))
    expected = np.zeros((3, 2, 3, 2))
    for k in range(2):
        expected[:, k, :, k] = x.T @ (weights[:, [k]] * x)
    np.testing.assert_allclose(found.function()(X=x, W=w, Y=y), expected)


def test_a_product_of_three_axes_with_itself_is_one_of_a_matrix_with_its_transpose() -> None:
    """In the Hessian of softmax regression, whose rows are laid out as those of the data."""
    shapes = "X: N x d; W: d x c; Y: N x c onehot"
    code = derive("cross_entropy(X W, Y)", "W", shapes=shapes, order=2, verify=False).code()

    assert "t2 = X[:, :, None] * " in code
    assert "(t2.reshape(N, c * d).T @ t2.reshape(N, c * d)).reshape(d, c, d, c)" in code
