"""What undeclared names are taken for: as people would, with a doubt where that cannot be told."""

import pytest

from dimderiv import derive
from dimderiv.errors import ShapeError

READINGS = [
    # Of two that may be numbers it is the one beside a number that cuts the other one off.
    ("sum(min(r .* a, max(min(r, 1 + e), 1 - e) .* a))", "r column; a column; e scalar"),
    ("sum(max(u, 1) .* a)", "u column; a column"),
    ("sum(min(abs(r), c))", "r column; c scalar"),
    # A Greek letter is a column where one stands.
    ("(x - mu)' inv(L L') (x - mu)", "x column; mu column; L matrix"),
    ("||y - X beta||^2 + lambda ||beta||^2", "y column; X matrix; beta column; lambda scalar"),
    ("alpha' K alpha - 2 y' alpha", "alpha column; K matrix; y column"),
    ("c' x + nu' (A x - b)", "c column; x column; nu column; A matrix; b column"),
    ("tau sum(relu(x)) + (1 - tau) sum(relu(-x))", "tau scalar; x column"),
    ("det(A - lambda I)", "A matrix; lambda scalar"),
    ("0.5 sum(exp(v) + mu.^2 - 1 - v)", "v column; mu column"),
    # What multiplies, divides and counts whole terms is a scalar.
    ("||x||^2 + c x'x", "x column; c scalar"),
    ("C sum(max(0, 1 - y .* (X w)))", "C scalar; y column; X matrix; w column"),
    ("N log(det(L)) - tr(L S)", "N scalar; L matrix; S matrix"),
    ("log(1 + exp(-y w'x))", "y scalar; w column; x column"),
    ("(n - p) x'x", "n scalar; p scalar; x column"),
    ("((n - p - 1)/2) logdet(X)", "n scalar; p scalar; X matrix"),
    ("logdet(A + X' X) (n + v) / 2", "A matrix; X matrix; n scalar; v scalar"),
    ("||X w - y||^2 / N", "X matrix; w column; y column; N scalar"),
    ("||X w - y||^2 / (2 N)", "X matrix; w column; y column; N scalar"),
    ("1/N ||X w||^2", "N scalar; X matrix; w column"),
    ("2^N", "N scalar"),
    ("N log(sigma)", "N scalar; sigma scalar"),
    ("(sum(relu(X)) - N) / N", "X matrix; N scalar"),
    ("W X + b", "W matrix; X matrix; b column"),
    ("k / det(X)", "k scalar; X matrix"),
    ("tanh(a x'y + b)", "a scalar; x column; y column; b scalar"),
    ("w' x + b", "w column; x column; b scalar"),
    ("(w' p - r) / sqrt(w' S w)", "w column; p column; r scalar; S matrix"),
    # A row is the bias of a layer, and what stands before a matrix is a row.
    ("X W + b", "X matrix; W matrix; b row"),
    ("v = mean(X.^2, axis=0); g .* X ./ sqrt(v + e)", "X matrix; g row; e scalar"),
    ("Z = X - mean(X, axis=1); gamma .* Z + beta", "X matrix; gamma row; beta row"),
    ("h = sigmoid(x W + b); sum(h)", "x row; W matrix; b row"),
    ("z = sigmoid(x W); -sum(t .* logsoftmax(z))", "x row; W matrix; t row"),
    ("logsumexp(log(p) - sum((M - x').^2, axis=1))", "p column; M matrix; x column"),
    ("sum(exp((f + g' - C) / e))", "f column; g column; C matrix; e scalar"),
    # Numbers: a constant under a root, a bound, the bias of a convolution.
    ("r = X w - y; h = min(abs(r), c); sum(h)", "X matrix; w column; y column; c scalar"),
    ("sum(min(max(exp(x), 1 - u), 1 + u))", "x column; u scalar"),
    ("sum(G .* (conv2(V, K) + b))", "G matrix; V matrix; K matrix; b scalar"),
    # A column is no scalar for the sake of a product that conforms without.
    ("w w' v - (w' w) v", "w column; v column"),
    ("x - mean(x)", "x column"),
    ("exp(-0.5 x' x) x", "x column"),
    ("t^3 A^2 + sin(t A)", "t scalar; A matrix"),
    ("x @ A @ y", "x row; A matrix; y column"),
]

DOUBTS = [
    ("sum(G .* (A B + z))", "z is read as a row 1 x n; as a column it would fit too: declare z"),
    ("X w + b", "b is read as a scalar; as a column it would fit too: declare b"),
    ("sum((x - mu).^2)", "mu is read as a column n; as a scalar it would fit too: declare mu"),
    ("w x + b", "w is read as a scalar; as a column it would fit too: declare w"),
    ("a ./ x", "a is read as a column n; as a scalar it would fit too: declare a"),
    ("U V' + mu", "mu is read as a row 1 x p; as a scalar it would fit too: declare mu"),
    ("max(0, m - x)", "m is read as a column n; as a scalar it would fit too: declare m"),
    ("W z - q'", "q is read as a column p; as a row it would fit too: declare q"),
    ("S + w' w", "w is read as a column p; as a matrix it would fit too: declare w"),
    (
        "(x - y)^2",
        "x is read as a scalar because of (x - y)^2; of a column that is (x - y).^2 or "
        "||x - y||^2: declare x",
    ),
]

POWERS = ["(Xw - y)^2", "sum((x - y)^2)", "mean((y - X w)^2)", "lambda ||w||^2 + (A w - b)^2"]

AMBIGUOUS = [
    ("sum((A @ B) * C)", "(A @ B) .* C for each entry, or (A @ B) @ C for the matrix product"),
    ("sum(X @ w * y)", "(X @ w) .* y for each entry, or (X @ w) @ y for the matrix product"),
    ("sum(A * B**2)", "A .* (B**2) for each entry, or A @ (B**2) for the matrix product"),
]


def kind(shape: str) -> str:
    """The kind of a symbol with a shape."""
    if shape == "scalar":
        return shape
    rows, _, cols = shape.partition(" x ")
    return "row" if rows == "1" else "matrix" if cols else "column"


@pytest.mark.parametrize(("text", "expected"), READINGS, ids=lambda part: part)
def test_names_are_taken_for_what_people_mean(text: str, expected: str) -> None:
    """The reading with the fewest departures from what people write, and no doubt where obvious."""
    found = derive(text, expected.split()[0], verify=False)

    assert expected == "; ".join(f"{name} {kind(shape)}" for name, shape in found.shapes.items())


@pytest.mark.parametrize(("text", "expected"), DOUBTS, ids=[text for text, _ in DOUBTS])
def test_a_guess_between_two_readings_is_a_doubt(text: str, expected: str) -> None:
    """Both work and give different answers, so the sentence names both."""
    name = expected.split()[0]

    assert expected in derive(text, name, verify=False).doubts


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("||X w - y||^2", "w"),
        ("x' A x", "x"),
        ("(x - mu)' inv(Sigma) (x - mu)", "mu"),
        ("sum(exp(X W + b))", "b"),
        ("||x||^2 / N + lambda x'x", "x"),
        ("A x + b", "b"),
        ("y - a x", "a"),
        ("x - y'", "y"),
        ("sum(A .* softplus(s' - s))", "s"),
        ("sum(X.^2, axis=1) + sum(Y.^2, axis=1)' - 2 X Y'", "X"),
        ("sum(exp(f + g' - C))", "g"),
    ],
)
def test_an_obvious_reading_is_not_doubted(text: str, name: str) -> None:
    """No noise."""
    assert () == derive(text, name, verify=False).doubts


def test_what_is_declared_is_not_doubted() -> None:
    """A declaration answers the question."""
    assert () == derive("sum(G .* (A B + z))", "z", shapes={"z": "m"}, verify=False).doubts


@pytest.mark.parametrize("text", POWERS)
def test_a_power_makes_no_scalar_of_a_vector(text: str) -> None:
    """What was meant is offered: the powers of the entries, or their sum."""
    with pytest.raises(ShapeError, match="a vector has no powers") as caught:
        derive(text, "w" if "w" in text else "x")

    assert ".^2 for each entry, or ||" in str(caught.value.hint)


@pytest.mark.parametrize(("text", "expected"), AMBIGUOUS, ids=[text for text, _ in AMBIGUOUS])
def test_an_asterisk_between_arrays_is_ambiguous_beside_numpy_signs(
    text: str, expected: str
) -> None:
    """In NumPy it works entry by entry, here it does not, so the two spellings are offered."""
    with pytest.raises(ShapeError, match="may be meant entry by entry") as caught:
        derive(text, text.strip("sum(")[0])

    assert expected == caught.value.hint


def test_an_asterisk_before_a_number_or_without_numpy_signs_is_a_product() -> None:
    """What NumPy users write with a scalar, and what MATLAB users write, stays as it was."""
    assert "0.5 (A + A') x" == str(derive("0.5 * x.T @ A @ x", "x"))
    assert "A' b" == str(derive("b' * A * x", "x"))
    assert "2 diag(x)" == str(derive("x**2", "x"))


def test_a_clash_elsewhere_is_not_laid_on_a_power() -> None:
    """A scalar that is squared is no vector, whatever else is wrong."""
    with pytest.raises(ShapeError, match="X w does not conform"):
        derive("l^2 + ||X w - y||^2", "w", shapes="X: m x n; w: m; y: m")


def test_nothing_beside_an_at_sign_is_a_scalar() -> None:
    """NumPy refuses it too; the inner product is written with a transpose."""
    with pytest.raises(ShapeError, match="w @ w does not conform") as caught:
        derive("w @ w", "w")

    assert "w' w, w w' or w .* w" == caught.value.hint
