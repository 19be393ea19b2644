"""From typed syntax to nodes: every operation as labelled products, maps and functions."""

import pytest
from nodes import labelled, lowered, node, written

from dimderiv.errors import LimitError, NotDifferentiableError
from dimderiv.graph.nodes import Function, Map, Named, Product
from dimderiv.language.shapes import Dim
from dimderiv.lower.arrays import constant_value
from dimderiv.lower.inverses import inverse

SAME = [
    ("A B", "A[i,k] B[k,j] -> [i,j]"),
    ("A'", "A[j,i] -> [i,j]"),
    ("x' y", "x[i] y[i] -> []"),
    ("x y'", "x[i] y[j] -> [i,j]"),
    ("x .* y", "x[i] y[i] -> [i]"),
    ("x ./ y", "x[i] y[i]^-1 -> [i]"),
    ("tr(A)", "A[i,i] -> []"),
    ("diag(x)", "x[i] -> [i,i]"),
    ("diag(A)", "A[i,i] -> [i]"),
    ("sum(A)", "A[i,j] -> []"),
    ("sum(A, axis=0)", "A[i,j] -> [j]"),
    ("sum(A, axis=1)", "A[i,j] -> [i]"),
    ("A .* (x ones(1, n))", "A[i,j] x[i] -> [i,j]"),
    ("A .* x", "A[i,j] x[i] -> [i,j]"),
    ("A .* x'", "A[i,j] x[j] -> [i,j]"),
    ("I .* A", "A[i,i] -> [i,i]"),
    ("-x", "-1 x[i] -> [i]"),
    ("x / 2", "1/2 x[i] -> [i]"),
    ("sqrt(x)", "x[i]^1/2 -> [i]"),
    ("x.^-2", "x[i]^-2 -> [i]"),
    ("A^2", "A[i,k] A[k,j] -> [i,j]"),
    ("A^0", "-> [i,i]"),
    ("c x", "c[] x[i] -> [i]"),
    ("c^3", "c[]^3 -> []"),
    ("||A||_F^2", "A[i,j]^2 -> []"),
]
SHAPES = "A: n x n; B: n x n; x: n; y: n; c: scalar"


@pytest.mark.parametrize(("text", "letters"), SAME)
def test_operations_are_labelled_products(text: str, letters: str) -> None:
    """Each operation that only multiplies and adds has a product in letters."""
    assert labelled(letters).key == node(text, SHAPES).key


def test_a_norm_is_the_root_of_a_product() -> None:
    """The sum of squares, to the power one half."""
    squares = labelled("x[i]^2 -> []")

    assert labelled("F[]^1/2 -> []", {"F": squares}).key == node("||x||", SHAPES).key


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("mean(x)", "sum(x) / n"),
        ("mean(A, axis=0)", "sum(A, axis=0) / n"),
        ("A^3", "A A A"),
        ("A^-2", "inv(A) inv(A)"),
        ("inv(inv(A))", "A"),
        ("inv(A')", "inv(A)'"),
        ("inv(A B)", "inv(B) inv(A)"),
        ("inv(2 A)", "inv(A) / 2"),
        ("inv(diag(x))", "diag(1 ./ x)"),
        ("inv(c)", "1 / c"),
        ("x + 1", "x + ones(n, 1)"),
        ("x + vector(1)", "x + 1"),
        ("A + I", "A + eye(n)"),
        ("norm1(x)", "sum(abs(x))"),
        ("normInf(x)", "max(abs(x))"),
        ("max(c)", "c"),
        ("softmax(c)", "1"),
        ("logsoftmax(c)", "0"),
        ("tr(c)", "c"),
        ("diag(c)", "c"),
        ("vec(x)", "x"),
        ("kron(x, c)", "c x"),
        ("K(n, n) vec(A)", "vec(A')"),
        ("kron(A, B)'", "kron(A', B')"),
        ("vec(A)' vec(B)", "tr(A' B)"),
        ("kron(A, B) vec(C)", "vec(B C A')"),
        ("0 .^ 2 + c", "c"),
    ],
)
def test_two_spellings_have_one_key(first: str, second: str) -> None:
    """Operations are defined by others, down to one normal form."""
    shapes = f"{SHAPES}; C: n x n"

    assert node(second, shapes).key == node(first, shapes).key


@pytest.mark.parametrize(
    ("text", "kind", "function"),
    [
        ("exp(x)", Map, "exp"),
        ("x > y", Map, ">"),
        ("x .^ y", Map, "power"),
        ("det(A)", Function, "det"),
        ("inv(A + B)", Function, "inv"),
        ("max(A)", Function, "max"),
        ("softmax(A)", Function, "softmax"),
    ],
)
def test_the_rest_are_maps_and_functions(text: str, kind: type, function: str) -> None:
    """What is no product keeps its name."""
    found = node(text, SHAPES)

    assert isinstance(found, kind)
    assert function == found.function  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("max(A)", (0, 1)),
        ("max(A, axis=0)", (0,)),
        ("max(A, axis=1)", (1,)),
        ("max(x)", (0,)),
        ("softmax(A)", (1,)),
        ("softmax(x)", (0,)),
    ],
)
def test_a_function_knows_the_axes_it_runs_over(text: str, over: tuple[int, ...]) -> None:
    """All of them, the one asked for, or the last."""
    found = node(text, SHAPES)

    assert isinstance(found, Function)
    assert over == found.over


@pytest.mark.parametrize("text", ["inv(A .* B)", "inv(A + B)", "inv(tr(A) B + A)"])
def test_an_inverse_of_no_chain_stays(text: str) -> None:
    """Only a chain of square matrices can be turned around factor by factor."""
    assert text == written(node(text, SHAPES))


def test_the_inverse_of_a_product_of_other_matrices_stays() -> None:
    """`X' X` is square, `X` is not."""
    assert "inv(X' X)" == written(node("inv(X' X)", "X: m x n"))


def test_the_inverse_of_a_scalar_is_a_power() -> None:
    """It needs no matrix."""
    assert labelled("c[]^-1 -> []").key == inverse(node("c", "c: scalar")).key


def test_definitions_stay_names() -> None:
    """What a user defines is a node of its own, with its value behind it."""
    found = lowered("H = A x; r = H'; r H", SHAPES)

    assert ["H", "r"] == [definition.name for definition in found.definitions]
    assert [False, True] == [definition.row for definition in found.definitions]
    assert isinstance(found.definitions[0], Named)
    assert labelled("A[i,k] x[k] -> [i]").key == found.definitions[0].value.key


def test_symbols_keep_shape_and_properties() -> None:
    """A row vector has one axis and says that it lies."""
    found = lowered("b' S b'' + c", "b: 1 x n; S: 1 x 1; c: n x n symmetric")

    assert found.symbols["b"].row
    assert (Dim.of("n"),) == found.symbols["b"].axes
    assert frozenset({"symmetric"}) == found.symbols["c"].properties


def test_the_shape_of_the_value_is_kept() -> None:
    """A row and a column have one axis each; the shape tells them apart."""
    assert lowered("x'", SHAPES).shape.is_row
    assert lowered("x", SHAPES).shape.is_column


def test_a_convolution_shifts_its_indices() -> None:
    """The image is read at sums of letters."""
    found = node("conv2(V, K)")

    assert isinstance(found, Product)
    assert found.is_convolution
    assert ["m - p + 1", "n - q + 1"] == [str(dim) for dim in found.axes]


@pytest.mark.parametrize(
    ("text", "expected"), [("3", 3), ("0 x", 0), ("2 - 1 / 2", 1.5), ("x", None), ("c", None)]
)
def test_numbers_are_recognised(text: str, expected: float | None) -> None:
    """A number is known as one, however it was written."""
    assert expected == constant_value(node(text, SHAPES))


def test_a_high_matrix_power_is_refused() -> None:
    """It would be written out as a product; the hint says what to do."""
    with pytest.raises(LimitError, match=r"^the matrix power 33 is higher than 32") as caught:
        node("A^33", SHAPES)

    assert "X8 = X^8; X8 X8" in str(caught.value.hint)


def test_an_index_statement_is_what_it_says() -> None:
    """Entries at the same letter twice are the diagonal."""
    assert node("diag(A)", SHAPES).key == node("[i:n] A[i,i]", SHAPES).key


@pytest.mark.parametrize("text", ["x' x / 0", "x' x / (1 - 1)", "sum(x ./ 0)"])
def test_division_by_zero_is_refused(text: str) -> None:
    """A divisor that is zero whatever the symbols are gives no derivative."""
    with pytest.raises(NotDifferentiableError, match="divides by zero"):
        lowered(text, "x: n")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("det(x' x)", "x' x"),
        ("logdet(x' x)", "log(x' x)"),
        ("pinv(x)", "x' / (x' x)"),
        ("pinv(x')", "x / (x' x)"),
        ("||x||_*", "||x||"),
    ],
)
def test_functions_of_matrices_of_less_than_a_matrix(text: str, same: str) -> None:
    """A vector or a 1 x 1 matrix has a definition of its own."""
    assert node(same, "x: n").key == node(text, "x: n").key
