"""Arrays that no matrix notation reaches, entry by entry."""

import numpy as np
import pytest
from nodes import labelled, node

from dimderiv import derive
from dimderiv.conform.arrange import Arranger
from dimderiv.graph.nodes import Node
from dimderiv.render.text import text


def entries(value: Node) -> str:
    """A node entry by entry."""
    arranger = Arranger()
    return text(arranger.shown(arranger.entries(value)))


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("A[i,k] B[k,j] -> [i,j]", "[i:n, j:n] A[i,k] B[k,j]"),
        ("A[j,i] -> [i,j]", "[i:n, j:n] A[j,i]"),
        ("2 x[i] x[j] x[k] -> [i,j,k]", "[i:n, j:n, k:n] 2 x[i] x[j] x[k]"),
        ("-1 x[i]^2 -> [i]", "[i:n] -x[i]^2"),
        ("x[i] y[i]^-1 -> [i]", "[i:n] x[i] / y[i]"),
        ("x[i] -> [i,i]", "[i:n, j:n] x[i] I[i,j]"),
        ("A[i,j] x[i]^-1 -> []", "[] A[i,j] / x[i]"),
        ("1/2 c[] x[i] -> [i]", "[i:n] 0.5 c x[i]"),
    ],
)
def test_a_product_keeps_its_letters(letters: str, expected: str) -> None:
    """Those of the result come first; what is summed gets the next ones."""
    assert expected == entries(labelled(letters))


def test_letters_avoid_the_names_of_sizes() -> None:
    """A size called `i` leaves that name to the size."""
    assert "[j:i, k:n] A[j,k]" == entries(labelled("A[i,j] -> [i,j]", i="i"))


def test_terms_share_the_letters_of_the_result() -> None:
    """A sum has one list of letters, and each term sums over its own."""
    both = node("A B + x y'", "A: n x n")

    assert "[i:n, j:m] A[i,k] B[k,j] + x[i] y[j]" == entries(both)


def test_a_repeated_axis_needs_no_entry() -> None:
    """The letter stands in the list, and in no factor."""
    assert "[i:n, j:n] x[i]" == entries(labelled("x[i] -> [i,j]"))


@pytest.mark.parametrize(
    ("expression", "variable", "shapes", "expected"),
    [
        ("sum(conv2(V, diag(x)) .* G)", "V", "", "[i:m, j:n] G[i-k, j-k] x[k]"),
        ("conv2(v, k)", "k", "v: n; k: p", "[i:n - p + 1, j:p] v[i+j]"),
        ("a' kron(X, B) b", "X", "", "[i:m, j:p] a[i n+k] B[k,l] b[j q+l]"),
        ("vec(X) x'", "X", "", "[(i:n, j:m), k:p, l:m, q:n] x[k] I[j,l] I[i,q]"),
    ],
)
def test_derivatives_that_need_entries(
    expression: str, variable: str, shapes: str, expected: str
) -> None:
    """Full convolutions, places along merged axes, and more axes than two that do not pair."""
    found = derive(expression, variable, shapes=shapes or None)

    assert expected == found.text()
    assert "index" == found.form
    assert found.verification is not None
    assert "exact" == found.verification.level


def test_a_sum_is_bounded_where_no_entry_bounds_it() -> None:
    """An entry outside its array counts 0; ones say where a letter ends that only shifts."""
    answer = derive("sum(conv2(V, diag(x)))", "V", verify=False).text()

    assert "[i:m, j:n] x[k] ones(m - p + 1, 1)[i-k] ones(n - p + 1, 1)[j-k]" == answer


@pytest.mark.parametrize(
    ("expression", "shapes", "expected"),
    [
        ("i sum(conv2(V, diag(x)) .* G)", "i: scalar", "[j:m, k:n] i G[j-l, k-l] x[l]"),
        ("mean(y) sum(conv2(V, diag(x)) .* G)", "y: k", "[i:m, j:n] sum(y) G[i-l, j-l] x[l] / k"),
        (
            "sum(x) sum(conv2(V, diag(z)) .* (k i'))",
            "x: j",
            "[l:m, q:n] sum(x) k[l-r] i[q-r] z[r]",
        ),
        ("k = x'x; k sum(conv2(V, diag(z)) .* G)", "", "k = x' x; [i:n, j:p] k G[i-l, j-l] z[l]"),
    ],
)
def test_no_letter_means_anything_else(expression: str, shapes: str, expected: str) -> None:
    """Symbols, intermediates and sizes of the whole program keep their names."""
    found = derive(expression, "V", shapes=shapes or None)

    assert expected == found.text()
    assert found.verification is not None
    assert "exact" == found.verification.level


@pytest.mark.parametrize(
    ("expression", "wrt", "expected"),
    [
        ("conv2(V, K)", "V", "[i:m - p + 1, j:n - q + 1, k:m, l:n] K[k-i, l-j]"),
        (
            "conv2(V, diag(x))",
            "V",
            "[i:m - p + 1, j:n - p + 1, k:m, l:n] x[k-i] I[j, l-k+i]",
        ),
        (
            "sum(conv2(V, K).^2)",
            "V",
            "[i:m, j:n, k:m, l:n] 2 K[r,s] K[i-k+r, j-l+s]"
            " ones(m - p + 1, 1)[k-r] ones(n - q + 1, 1)[l-s]",
        ),
    ],
)
def test_a_shifted_letter_is_taken_off(expression: str, wrt: str, expected: str) -> None:
    """Where one letter of a sum is known the other is a difference, not one more identity."""
    order = 2 if "sum" in expression else 1

    assert expected == derive(expression, wrt, order=order).text()


def test_every_letter_of_a_hessian_has_a_range() -> None:
    """Code is made of a sum over letters that an identity alone would not bound."""
    expression = "sum((exp(conv2(A, K)) ./ sum(exp(conv2(A, K)), axis=1)).^2)"
    rng = np.random.default_rng(1)
    A, K, T = (rng.standard_normal(shape) for shape in ((4, 5), (2, 3), (4, 5)))
    gradient = derive(expression, "A", verify=False).function()
    hessian = derive(expression, "A", order=2, verify=False).function()
    step = 1e-5
    moved = gradient(A=A + step * T, K=K) - gradient(A=A - step * T, K=K)

    assert np.allclose(moved / (2 * step), np.einsum("ijkl,kl->ij", hessian(A=A, K=K), T), 1e-6)
