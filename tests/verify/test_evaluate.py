"""The verifier's evaluator against NumPy."""

from collections.abc import Callable
from fractions import Fraction
from math import erf, pi
from typing import Any

import numpy as np
import pytest

from dimderiv.errors import ShapeError
from dimderiv.language.parser import parse_program
from dimderiv.verify.claim import Functions, NotVerifiableError
from dimderiv.verify.evaluate.arithmetic import Arithmetic, OutOfDomain
from dimderiv.verify.evaluate.effort import Effort, OutOfTime
from dimderiv.verify.evaluate.evaluate import Evaluator
from dimderiv.verify.evaluate.unsized import ANY_SIZE, Expected
from dimderiv.verify.layout import Sized, SizeUnknownError, Table, size_of, two_axes


def table(rows: list[list[int]], below: int = 4) -> Table:
    """Rationals from whole numbers."""
    return [[Fraction(x, below) for x in row] for row in rows]


TABLES = {
    "A": table([[3, -1, 2], [5, 7, -6]]),
    "B": table([[1, 4, -3], [-2, 9, 8]]),
    "S": table([[9, 1, -2], [3, 11, 4], [-1, 2, 13]]),
    "P": table([[1, 5, 2], [7, 3, 6]], 8),
    "K": table([[2, -3], [1, 5]]),
    "x": table([[3], [-5], [2]]),
    "y": table([[1], [4]]),
    "r": table([[2, -7, 6]]),
    "a": table([[-6]]),
    "b": table([[5]]),
}
SIZES = {"m": 2, "n": 3}
ARRAYS = {name: np.array(rows, dtype=float) for name, rows in TABLES.items()}


def evaluated(source: str, expected: Expected = ANY_SIZE) -> Table:
    """The value of a text, for the tables above."""
    names: dict[str, Sized] = dict(TABLES)
    program = parse_program(source, names=[*TABLES, *SIZES])
    evaluator = Evaluator(Arithmetic(60), SIZES, names)  # type: ignore[arg-type]
    return two_axes(evaluator.result(program, expected))


def floats(rows: Sized) -> np.ndarray:
    """A table as an array."""
    return np.array([[float(entry) for entry in row] for row in two_axes(rows)])


def softmax(array: np.ndarray) -> np.ndarray:
    """Each row, as the language has it."""
    exponentials: np.ndarray = np.exp(array)
    scaled: np.ndarray = exponentials / exponentials.sum(axis=1, keepdims=True)
    return scaled


def exponential(array: np.ndarray) -> np.ndarray:
    """The exponential of a matrix, by its series."""
    term = total = np.eye(len(array))
    for k in range(1, 100):
        term = term @ array / k
        total = total + term
    return total


A, B, S, P, K = (ARRAYS[name] for name in "ABSPK")
x, y, r = (ARRAYS[name] for name in "xyr")
a, b = ARRAYS["a"][0, 0], ARRAYS["b"][0, 0]
error_function: Callable[[np.ndarray], np.ndarray] = np.vectorize(erf)

CASES: dict[str, object] = {
    "A + B": A + B,
    "A - B": A - B,
    "-A": -A,
    "A x": A @ x,
    "A*x": A @ x,
    "A@x": A @ x,
    "a A": a * A,
    "A a": a * A,
    "A .* B": A * B,
    "A .* r": A * r,
    "A .* y": A * y,
    "a .* A": a * A,
    "A ./ B": A / B,
    "1 ./ B": 1 / B,
    "P.^2": P**2,
    "P.^-2": P**-2.0,
    "P.^0.5": P**0.5,
    "P.^P": P**P,
    "2.^A": 2**A,
    "A / a": A / a,
    "a^3": a**3,
    "b^a": b**a,
    "b^0.5": b**0.5,
    "S^2": S @ S,
    "S^3": S @ S @ S,
    "S^0": np.eye(3),
    "S^-1": np.linalg.inv(S),
    "S^-2": np.linalg.inv(S @ S),
    "A'": A.T,
    "S^-T": np.linalg.inv(S).T,
    "A > B": A > B,
    "A < 0": A < 0,
    "A >= A": A >= A,
    "A <= B": A <= B,
    "A + r": A + r,
    "A + y": A + y,
    "A + 1": A + 1,
    "||x||": np.linalg.norm(x),
    "||x||^2": (x**2).sum(),
    "||A||_F": np.linalg.norm(A),
    "||A||_F^3": np.linalg.norm(A) ** 3,
    "||A||_1": np.abs(A).sum(),
    "||A||_*": np.linalg.svd(A)[1].sum(),
    "||A'||_*": np.linalg.svd(A)[1].sum(),
    "tr(S)": np.trace(S),
    "det(S)": np.linalg.det(S),
    "logdet(S)": np.log(np.linalg.det(S)),
    "inv(S)": np.linalg.inv(S),
    "pinv(A)": np.linalg.pinv(A),
    "pinv(A')": np.linalg.pinv(A.T),
    "expm(S)": exponential(S),
    "diag(x)": np.diag(x[:, 0]),
    "diag(r)": np.diag(r[0]),
    "diag(S)": np.diag(S)[:, None],
    "vec(A)": A.T.reshape(-1, 1),
    "kron(A, K)": np.kron(A, K),
    "sum(A)": A.sum(),
    "sum(A, axis=0)": A.sum(axis=0, keepdims=True),
    "sum(A, axis=1)": A.sum(axis=1, keepdims=True),
    "mean(A)": A.mean(),
    "mean(A, axis=0)": A.mean(axis=0, keepdims=True),
    "max(A)": A.max(),
    "max(A, axis=1)": A.max(axis=1, keepdims=True),
    "min(A)": A.min(),
    "min(A, axis=0)": A.min(axis=0, keepdims=True),
    "logsumexp(A)": np.log(np.exp(A).sum()),
    "logsumexp(A, axis=1)": np.log(np.exp(A).sum(axis=1, keepdims=True)),
    "softmax(A)": softmax(A),
    "softmax(x)": softmax(x.T).T,
    "logsoftmax(A)": np.log(softmax(A)),
    "cross_entropy(A, P)": -(P * np.log(softmax(A))).sum() / 2,
    "cross_entropy(x, x)": -(x * np.log(softmax(x.T).T)).sum(),
    "exp(A)": np.exp(A),
    "log(P)": np.log(P),
    "sqrt(P)": np.sqrt(P),
    "sin(A)": np.sin(A),
    "cos(A)": np.cos(A),
    "tan(A)": np.tan(A),
    "sinh(A)": np.sinh(A),
    "cosh(A)": np.cosh(A),
    "tanh(A)": np.tanh(A),
    "arcsin(P)": np.arcsin(P),
    "arccos(P)": np.arccos(P),
    "arctan(A)": np.arctan(A),
    "abs(A)": np.abs(A),
    "sign(A)": np.sign(A),
    "relu(A)": np.maximum(A, 0),
    "sigmoid(A)": 1 / (1 + np.exp(-A)),
    "softplus(A)": np.log1p(np.exp(A)),
    "erf(A)": error_function(A),
    "gelu(A)": A / 2 * (1 + error_function(A / np.sqrt(2))),
    "silu(A)": A / (1 + np.exp(-A)),
    "conv2(S, K)": [[(S[i : i + 2, j : j + 2] * K).sum() for j in (0, 1)] for i in (0, 1)],
    "S + I": S + np.eye(3),
    "2 I - S": 2 * np.eye(3) - S,
    "A I": A,
    "I A": A,
    "inv(S + 2 I)": np.linalg.inv(S + 2 * np.eye(3)),
    "inv(2 I) A": A / 2,
    "x + vector(1)": x + 1,
    "log(exp(x) + vector(1))": np.log(np.exp(x) + 1),
    "x' vector(1)": x.sum(),
    "vector(1)' A x": (A @ x).sum(),
    "A + matrix(2)": A + 2,
    "sum(A - vector(1) r)": (A - r).sum(),
    "ones(m, n) + A": A + 1,
    "ones(m)": np.ones((2, 1)),
    "ones(2, n)": np.ones((2, 3)),
    "eye(n) S": S,
    "kron(eye(m), K)": np.kron(np.eye(2), K),
    "n A / m": 3 * A / 2,
    "pi A": pi * A,
    "R = A x; R' R": (A @ x).T @ (A @ x),
    "[i:n] x[i]^2": x**2,
    "[i:m, j:n] A[i,j] r[j]": A * r,
    "[i:m, j:m] A[i,k] B[j,k] - K[i,j]": A @ B.T - K,
    "[i:n, j:m] 2 A[j,i] / a": 2 * A.T / a,
    "[i:m, j:n] (A[i,k] + B[i,k]) S[k,j]": (A + B) @ S,
    "[i:n, j:n] I[i,j] x[i]": np.diag(x[:, 0]),
    "[i:n] x[i+1]": [x[1], x[2], [0]],
    "[i:n] x[i-k] y[k]": [y[0] * x[0], y[0] * x[1] + y[1] * x[0], y[0] * x[2] + y[1] * x[1]],
    "[i:m] (A S)[i,i]": np.diag(A @ S)[:, None],
    "[i:m] inv(S)[i,i+1]": [[np.linalg.inv(S)[0, 1]], [np.linalg.inv(S)[1, 2]]],
    "[i:m, j:n] exp(A[i,j])": np.exp(A),
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[(i:m, k:n), j:n] A[i,j] x[k]", np.kron(A, ARRAYS["x"])),
        ("[(i:m, k:m), (j:n, l:n)] A[i,j] B[k,l]", np.kron(A, B)),
        ("[(j:n, i:m)] A[i,j]", A.T.reshape(-1, 1)),
        ("[j:2, (i:m, k:n)] A[i,k]", np.array([A.ravel(), A.ravel()])),
        ("2 ([(i:n, k:m)] x[i] y[k])'", 2 * np.kron(ARRAYS["x"], ARRAYS["y"]).T),
    ],
)
def test_axes_of_several_letters(source: str, expected: np.ndarray) -> None:
    """The first letter is the slowest."""
    np.testing.assert_allclose(floats(evaluated(source)), expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("K(m, n) vec(A)", A.reshape(-1, 1)),
        ("K(n, m) vec(A')", A.T.reshape(-1, 1)),
        ("K(m, n)' K(m, n)", np.eye(6)),
        ("K(m, n) - K(n, m)'", np.zeros((6, 6))),
        ("K(1, n)", np.eye(3)),
        ("K(2, 2)", np.eye(4)[[0, 2, 1, 3]]),
    ],
)
def test_the_commutation_matrix(source: str, expected: np.ndarray) -> None:
    """It turns the stacked columns of a matrix into those of its transpose."""
    names = {name: rows for name, rows in TABLES.items() if name != "K"}
    program = parse_program(source, names=names)
    evaluator = Evaluator(Arithmetic(60), SIZES, dict(names))

    np.testing.assert_allclose(floats(evaluator.result(program)), expected)


@pytest.mark.parametrize(("source", "expected"), CASES.items(), ids=CASES)
def test_agrees_with_numpy(source: str, expected: object) -> None:
    """Every function and operator has the value that NumPy finds."""
    wanted = np.atleast_2d(np.array(expected, dtype=float)).reshape(size_of(evaluated(source)))

    np.testing.assert_allclose(floats(evaluated(source)), wanted, rtol=1e-12, atol=1e-12)


def test_rational_values_stay_exact() -> None:
    """What is rational comes out as a fraction, square norms included."""
    values = [
        evaluated(source)[0][0] for source in ("||x||^2", "det(S)", "inv(S)", "sqrt(4 b / 5)")
    ]

    assert all(isinstance(value, Fraction) for value in values)


def test_irrational_values_have_sixty_digits() -> None:
    """The square of a square root differs from the number in the last digits only."""
    root = evaluated("sqrt(b)")[0][0]

    assert abs(root * root - root.context.mpf(5) / 4) < root.context.mpf(10) ** -58


@pytest.mark.parametrize(
    ("source", "expected", "wanted"),
    [
        ("kron(I, y)", Expected(6, 3), np.kron(np.eye(3), y)),
        ("kron(y', I)", Expected(3, 6), np.kron(y.T, np.eye(3))),
        ("2 I", Expected(2, 2), 2 * np.eye(2)),
        ("vector(3)", Expected(2, 1), [[3], [3]]),
        ("vector(1) r", Expected(2, 3), [r[0], r[0]]),
        ("[A, 0; 0, r]", Expected(3, 6), np.block([[A, 0 * A], [0 * r, r]])),
        ("[r'; 0]", Expected(4, 1), [*r.reshape(-1, 1).tolist(), [0]]),
        ("kron(I, A) vec(S)", Expected(6, 1), np.kron(np.eye(3), A) @ S.T.reshape(-1, 1)),
    ],
)
def test_size_from_surroundings(source: str, expected: Expected, wanted: Any) -> None:
    """A constant without a size takes it from what is known of the result."""
    np.testing.assert_allclose(floats(evaluated(source, expected)), wanted)


@pytest.mark.parametrize("source", ["tr(I)", "sum(vector(1))", "kron(I, A)"])
def test_size_that_nothing_tells(source: str) -> None:
    """A constant whose size is nowhere to be found is no reason to call an answer wrong."""
    with pytest.raises(SizeUnknownError):
        evaluated(source)


@pytest.mark.parametrize(
    "source",
    ["log(A)", "sqrt(a)", "1 / (b - b)", "inv(x x')", "arcsin(3 A)", "a^0.5", "exp(exp(99 b))"],
)
def test_outside_the_domain(source: str) -> None:
    """A value that is not real, or too large to write down, asks for another point."""
    with pytest.raises(OutOfDomain):
        evaluated(source)


@pytest.mark.parametrize("source", ["A + K", "A B", "inv(A)", "conv2(K, S)", "diag(A)", "A / x"])
def test_sizes_that_do_not_conform(source: str) -> None:
    """Operands that do not fit are an error, not a broadcast."""
    with pytest.raises(ShapeError):
        evaluated(source)


def test_own_functions() -> None:
    """A function with a definition is evaluated by it, as a whole or entry by entry."""
    program = parse_program("f(A) + g(A, B)", names=list(TABLES), functions=["f", "g"])
    definitions = {
        "f": (("t",), parse_program("t t'").statements[0].value),
        "g": (("s", "t"), parse_program("s^2 t").statements[0].value),
    }
    evaluator = Evaluator(
        Arithmetic(60),
        SIZES,
        {name: table[:2] for name, table in TABLES.items()},
        Functions(definitions=definitions, elementwise={"g"}),
    )
    evaluator.names["A"] = [row[:2] for row in TABLES["A"]]
    evaluator.names["B"] = [row[:2] for row in TABLES["B"]]

    expected = A[:, :2] @ A[:, :2].T + A[:, :2] ** 2 * B[:, :2]

    np.testing.assert_allclose(floats(evaluator.result(program)), expected)


def test_unknown_function() -> None:
    """A function that the evaluator does not know is named."""
    program = parse_program("mystery(A)", names=["A"], functions=["mystery"])
    evaluator = Evaluator(Arithmetic(60), SIZES, {"A": TABLES["A"]})

    with pytest.raises(NotVerifiableError, match="mystery"):
        evaluator.result(program)


def test_effort_is_bounded() -> None:
    """Evaluation stops when its operations are used up."""
    evaluator = Evaluator(Arithmetic(60, Effort(most=0)), SIZES, {"A": TABLES["A"]})

    with pytest.raises(OutOfTime):
        evaluator.result(parse_program("A A'"))


def test_huge_rationals_become_floats() -> None:
    """Numerators do not grow without bound."""
    value = evaluated("(S^100)^30")[0][0]

    assert not isinstance(value, Fraction)
