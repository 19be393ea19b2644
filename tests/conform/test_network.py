"""From letters to matrix notation: reorder and transpose until it conforms."""

import pytest
from nodes import labelled, node, written

from dimderiv import derive
from dimderiv.conform.network import conform
from dimderiv.conform.notation import named
from dimderiv.graph.nodes import Product


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("A[i,k] B[k,j] -> [i,j]", "A B"),
        ("B[k,j] A[i,k] -> [i,j]", "A B"),
        ("A[k,i] B[j,k] -> [i,j]", "A' B'"),
        ("A[k,i] x[k] -> [i]", "A' x"),
        ("A[i,k] x[k] y[i] -> []", "y' A x"),
        ("x[i] y[j] -> [i,j]", "x y'"),
        ("A[i,j] B[j,k] C[k,l] -> [l,i]", "C' B' A'"),
        ("A[i,j] x[j] B[j,k] -> [i,k]", "A diag(x) B"),
    ],
)
def test_a_chain_of_letters_is_a_product(letters: str, expected: str) -> None:
    """Contracted letters put factors side by side, transposed where they run backwards."""
    assert expected == written(labelled(letters))


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("A[i,i] -> []", "tr(A)"),
        ("A[i,j] B[j,i] -> []", "tr(A B)"),
        ("A[i,j] B[j,k] C[k,i] -> []", "tr(C A B)"),
        ("A[i,j] A[j,k] A[k,i] -> []", "tr(A^3)"),
        ("A[i,j] B[i,j] -> []", "sum(A .* B)"),
        ("A[i,j] B[i,j] C[j,i] -> []", "sum(A .* B .* C')"),
        ("A[i,j] B[i,j] x[i] y[j] -> []", "x' (A .* B) y"),
    ],
)
def test_a_closed_loop_is_a_trace(letters: str, expected: str) -> None:
    """But where a sum of products entry by entry needs no transpose, it is that."""
    assert expected == written(labelled(letters))


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("A[i,j] B[i,j] -> [i,j]", "A .* B"),
        ("A[i,j] B[j,i] -> [i,j]", "A .* B'"),
        ("A[i,j] B[i,j] -> [i]", "sum(A .* B, axis=1)"),
        ("A[i,j]^2 B[i,j]^-1 -> [i]", "sum(A.^2 ./ B, axis=1)"),
        ("A[i,j] B[i,k] C[k,j] -> [i,j]", "A .* (B C)"),
        ("A[i,j] B[i,j] x[i] y[j] -> [i,j]", "(x y') .* A .* B"),
        ("A[i,j] x[i] y[j] -> [i,j]", "diag(x) A diag(y)"),
        ("A[i,j]^2 B[k,j] x[i] y[j] -> [i,k]", "((x y') .* A.^2) B'"),
    ],
)
def test_parallel_factors_are_a_hadamard_product(letters: str, expected: str) -> None:
    """Factors between the same two letters, turned the same way."""
    assert expected == written(labelled(letters))


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("A[i,i] -> [i]", "diag(A)"),
        ("A[i,k] B[k,i] -> [i]", "sum(A .* B', axis=1)"),
        ("x[i] -> [i,i]", "diag(x)"),
        ("A[i,i] -> [i,i]", "A .* I"),
        ("-> [i,i]", "I"),
        ("A[i,i] B[i,j] -> [j]", "B' diag(A)"),
        ("A[i,i] B[i,j] -> [i,j]", "diag(A) .* B"),
        ("x[i] y[i] -> [i,i]", "diag(x .* y)"),
    ],
)
def test_diagonals(letters: str, expected: str) -> None:
    """A letter twice in a factor or in the result."""
    assert expected == written(labelled(letters))


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("A[i,j] -> [i]", "sum(A, axis=1)"),
        ("A[i,j] -> []", "sum(A)"),
        ("x[i] -> []", "sum(x)"),
        ("A[i,j] x[j]^2 -> [i]", "A x.^2"),
        ("x[i]^2 -> []", "x' x"),
        ("A[i,j]^2 -> []", "||A||_F^2"),
        ("x[i] y[i] -> []", "x' y"),
        ("x[i]^-1 -> []", "sum(1 ./ x)"),
    ],
)
def test_a_letter_of_one_factor_is_summed(letters: str, expected: str) -> None:
    """A sum, a product with a vector, or a norm."""
    assert expected == written(labelled(letters))


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("A[i,j] x[i] -> [i,j]", "A .* x"),
        ("A[i,j] x[j] -> [i,j]", "A diag(x)"),
        ("A[i,j] x[i] y[j] -> [i,j]", "diag(x) A diag(y)"),
        ("A[i,j] x[i]^-1 -> [i,j]", "A ./ x"),
        ("A[i,j] x[j]^-1 -> [i,j]", "A ./ x'"),
    ],
)
def test_rows_and_columns_are_weighted(letters: str, expected: str) -> None:
    """By broadcasting or by diagonal matrices, whichever is shorter."""
    assert expected == written(labelled(letters))


def test_a_ring_is_summed_in_the_order_of_the_chain_rule() -> None:
    """Of three letters, each with two edges, the one whose last factor comes first goes first."""
    early_i = "C[k,i] A[i,j] x[i] B[j,k] y[j] -> []"
    early_k = "A[i,j] B[j,k] C[k,i] x[i] y[j] -> []"

    assert "y' (A' .* (B C)) x" == written(labelled(early_k))
    assert "sum((C diag(x) A) .* B', axis=0) y" == written(labelled(early_i))


@pytest.mark.parametrize(
    "letters",
    [
        "A[i,j] B[j,k] P[i,l] Q[k,l] R[j,l] -> [i,k]",
        "A[i,j] B[i,k] C[i,l] P[j,k] Q[k,l] R[j,l] -> []",
    ],
)
def test_a_network_that_is_too_dense_is_not_conformed(letters: str) -> None:
    """Every letter that is left has three edges."""
    dense = labelled(letters)
    assert isinstance(dense, Product)

    assert conform(dense, [named(name, 2) for name in "ABCPQR"[: len(dense.factors)]]) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("conv2(V, K)", "conv2(V, K)"),
        ("conv2(V, K)'", "conv2(V, K)'"),
        ("conv2(conv2(V, K), L)", "conv2(conv2(V, K), L)"),
        ("a' conv2(V, K) b", "a' conv2(V, K) b"),
        ("conv2(v, k)", "conv2(v, k)"),
    ],
)
def test_a_kernel_slides_over_an_image(text: str, expected: str) -> None:
    """A factor that is read at sums of letters is an image."""
    assert expected == written(node(text, "v: n; k: p"))


def test_the_kernel_may_be_what_arrives() -> None:
    """Whichever factor has the letters that are summed."""
    slid = node("sum(G .* conv2(V, K))")

    assert "sum(G .* conv2(V, K))" == written(slid)


def test_scalars_come_apart() -> None:
    """What is reduced to no letters goes before the array."""
    assert "(x' y) A z" == written(labelled("x[i] y[i] A[j,k] z[k] -> [j]"))


def test_an_axis_that_is_only_repeated_is_left_to_the_caller() -> None:
    """The array is a column; the missing axis is added as ones."""
    repeated = labelled("x[i] -> [i,j]")
    assert isinstance(repeated, Product)

    found = conform(repeated, [named("x", 1)])

    assert found is not None
    assert named("x", 1) == found.piece
    assert "x ones(1, n)" == written(repeated)


def test_sums_are_told_with_their_letter() -> None:
    """So that one divided by the size of its axis can be written as a mean."""
    summed = labelled("A[i,j] -> [i]", j="m")
    assert isinstance(summed, Product)

    found = conform(summed, [named("A", 2)])

    assert found is not None
    assert {1} == {letter for _, letter in found.sums}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("sum(conv2(V, K))", "conv2(V, ones(m - p + 1, n - q + 1))"),
        ("sum(conv2(V, K) b)", "conv2(V, ones(m - p + 1, 1) b')"),
        ("a' conv2(V, K) b", "conv2(V, a b')"),
    ],
)
def test_what_slides_may_be_ones(expression: str, expected: str) -> None:
    """A kernel of weights and ones is a convolution too."""
    assert expected == derive(expression, "K", shapes="V: m x n; K: p x q").text()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("tr(conv2(V, K))", "conv2(V, eye(n - p + 1))"),
        ("x' diag(conv2(V, K))", "conv2(V, diag(x))"),
        ("tr(B .* conv2(V, K))", "conv2(V, diag(diag(B)))"),
        ("x' diag(B .* conv2(V, K))", "conv2(V, diag(x .* diag(B)))"),
        ("sum(diag(conv2(V, K)).^2)", "2 conv2(V, diag(diag(conv2(V, K))))"),
    ],
)
def test_what_slides_may_be_a_diagonal(expression: str, expected: str) -> None:
    """Of all weights on the letter that both axes have, and of all diagonals at it."""
    found = derive(expression, "K", shapes="V: n x n; K: p x p")

    assert found.verification is not None
    assert expected == found.text()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x' (G .* conv2(V, K)) y", "[i:p, j:q] x[k] G[k,l] y[l] V[k+i, l+j]"),
        ("sum(diag(x) (G .* conv2(V, K)))", "[i:p, j:q] x[k] G[k,l] V[k+i, l+j]"),
    ],
)
def test_a_weight_beside_a_kernel_is_not_lost(expression: str, expected: str) -> None:
    """A kernel is all that there is at its letters, or it does not slide."""
    found = derive(expression, "K", shapes="V: m x n; K: p x q")

    assert found.verification is not None
    assert expected == found.text()


def test_a_matrix_with_a_merged_axis_stays_an_index_form() -> None:
    """No product of matrices takes one letter of an axis that runs over two."""
    found = derive("||A vec(X) - y||^2", "X", shapes="X: m x n")

    assert found.verification is not None
    assert "[i:m, j:n] 2 (A vec(X) - y)[k] A[k, j m+i]" == found.text()


def test_a_weight_on_a_letter_that_slides_stays() -> None:
    """A letter that an image has too is not summed by itself."""
    found = derive("sum(sum(conv2(V, K), axis=1).^2)", "K", shapes="V: m x n; K: p x q")

    assert found.verification is not None
    assert "2 conv2(V, sum(conv2(V, K), axis=1) ones(n - q + 1, 1)')" == found.text()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("sum(log(diag(L)))", "diag(1 ./ diag(L))"),
        ("x' log(diag(L))", "diag(x ./ diag(L))"),
        ("x' (1 ./ diag(L))", "-diag(x ./ diag(L).^2)"),
    ],
)
def test_only_the_diagonal_is_divided_by(expression: str, expected: str) -> None:
    """The entries off the diagonal of a triangular matrix are 0."""
    assert expected == derive(expression, "L", shapes="L: n x n lower").text()
