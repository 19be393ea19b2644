# mypy: disable-error-code="no-untyped-call"
"""Factorizations: made once for all that is asked of a matrix, by Cholesky where it is definite."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import mpmath
import numpy as np
import pytest
from codegen.test_plan import body

from dimderiv import derive
from dimderiv.codegen.targets.helpers import numpy_matrix_helpers

Array = np.ndarray
LAPACK = vars(numpy_matrix_helpers)["lapack"]
mp = mpmath.MPContext()
mp.dps = 50

GAUSSIAN = "logdet(S) / 2 + (x - m)' inv(S) (x - m) / 2"
PROCESS = "y' inv(K + s^2 I) y + logdet(K + s^2 I)"
SHAPES = "S: n x n spd; K: n x n spd; A: n x n; B: n x n; x: n; m: n; y: n; s: scalar; X: N x n"
CASES = [
    (GAUSSIAN, "m"),
    (GAUSSIAN, "S"),
    ("x' inv(S) x", "x"),
    ("x' inv(S) x", "S"),
    ("logdet(S)", "S"),
    ("det(S)", "S"),
    ("logdet(A)", "A"),
    ("det(A)", "A"),
    ("tr(inv(A) B)", "A"),
    ("x' inv(A) y", "A"),
    ("x' inv(A) y + logdet(A)", "y"),
    ("x' inv(A) y + x' inv(A') y", "x"),
    (PROCESS, "K"),
    (PROCESS, "s"),
    ("y' inv(X'X + 2 I) y", "y"),
    ("sum(inv(A) x)", "x"),
    ("sum(inv(A))", "A"),
    ("sum(inv(S))", "S"),
]


def declared(expression: str) -> str:
    """The shapes of the symbols of an expression."""
    shapes = [each.strip() for each in SHAPES.split(";")]
    return "; ".join(each for each in shapes if each.partition(":")[0] in expression)


def drawn(names: Any, n: int = 5) -> dict[str, Any]:
    """An array for each name."""
    generator = np.random.default_rng(3)
    square = generator.normal(size=(n, n))
    known: dict[str, Any] = {
        "S": square @ square.T + np.eye(n),
        "K": square.T @ square + 2 * np.eye(n),
        "A": square,
        "B": generator.normal(size=(n, n)),
        "X": generator.normal(size=(n + 2, n)),
        "s": np.float64(0.7),
        **{name: generator.normal(size=n) for name in "xmy"},
    }
    return {name: known[name] for name in names}


def whole(result: Any) -> Array:
    """All numbers of a result as one vector."""
    parts = result if isinstance(result, (tuple, list)) else [result]
    return np.concatenate(
        [whole(part) if isinstance(part, tuple) else np.ravel(part) for part in parts]
    )


@pytest.fixture(params=["torch", "jax"])
def library(request: pytest.FixtureRequest) -> Iterator[tuple[str, Any]]:
    """A target, and what makes its arrays of 64 bits."""
    module = pytest.importorskip(request.param)
    if request.param == "torch":
        yield "torch", module.as_tensor
        return
    before = module.config.jax_enable_x64
    module.config.update("jax_enable_x64", True)
    yield "jax", np.asarray
    module.config.update("jax_enable_x64", before)


@pytest.mark.parametrize(
    ("expression", "wrt", "value", "expected"),
    [
        (
            *(GAUSSIAN, "m", True),
            [
                't1 = cholesky(S, "S")',
                "t2 = m - x",
                "dm = cholesky_solve(t1, t2)",
                "return (cholesky_logdet(t1) + t2 @ dm) / 2, dm",
            ],
        ),
        (
            *("logdet(S)", "S", True),
            ['t1 = cholesky(S, "S")', "return cholesky_logdet(t1), cholesky_inv(t1)"],
        ),
        ("logdet(A)", "A", False, ["return inv(A).T"]),
        ("logdet(A)", "A", True, ["t1 = lu(A)", "return lu_logdet(t1), lu_inv(t1).T"]),
        (
            *("x' inv(A) y", "A", False),
            [
                "t1 = lu(A)",
                "return outer(-lu_solve(t1, x, transposed=True), lu_solve(t1, y))",
            ],
        ),
        ("x' inv(A) y", "x", False, ["return np.linalg.solve(A, y)"]),
        (
            *("y' inv(X'X + S) y", "y", False),
            ["t1 = X.T @ X", "t1 += S", "return 2 * cholesky_solve(cholesky(t1), y)"],
        ),
    ],
)
def test_a_matrix_is_factorized_once(
    expression: str, wrt: str, value: bool, expected: list[str]
) -> None:
    """By Cholesky where it is known to be definite; what is asked of it once has no factor."""
    assert expected == body(expression, wrt, declared(expression), value=value)


@pytest.mark.parametrize(("expression", "wrt"), CASES)
@pytest.mark.parametrize("has_scipy", [True, False])
def test_derivatives_are_those_without_factors(
    expression: str, wrt: str, has_scipy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plain code of the array API standard computes the same, of one value and of many."""
    strict = pytest.importorskip("array_api_strict")
    found = derive(expression, wrt, shapes=declared(expression), verify=False)
    if not has_scipy:
        monkeypatch.setitem(sys.modules, "scipy.linalg", None)
    made, plain = found.function(value=True), found.function("array_api", value=True)
    for n in (1, 5, 130):
        arguments = drawn(found.shapes, n)
        before = {name: np.copy(array) for name, array in arguments.items()}
        given = {name: strict.asarray(array) for name, array in arguments.items()}

        result = made(**arguments)

        value, derivative = plain(**given)
        np.testing.assert_allclose(
            whole(result),
            whole((np.asarray(value), np.asarray(derivative))),
            rtol=1e-8,
            atol=1e-8 * np.abs(np.asarray(derivative)).max(),
        )
        for name, array in arguments.items():
            np.testing.assert_array_equal(before[name], array)


@pytest.mark.parametrize(("expression", "wrt"), CASES)
def test_other_targets_compute_the_same(
    expression: str, wrt: str, library: tuple[str, Any]
) -> None:
    """With the factorizations of their libraries."""
    target, own_array = library
    found = derive(expression, wrt, shapes=declared(expression), verify=False)
    arguments = drawn(found.shapes)
    own = {name: own_array(array) for name, array in arguments.items()}

    result = found.function(target, value=True)(**own)

    expected = whole(found.function(value=True)(**arguments))
    np.testing.assert_allclose(expected, whole(tuple(map(np.asarray, result))), rtol=1e-9)


@pytest.mark.parametrize(("expression", "wrt"), [each for each in CASES if "S" in each[0]])
def test_an_inverse_of_a_definite_matrix_is_exactly_symmetric(expression: str, wrt: str) -> None:
    """One triangle is the other."""
    found = derive(expression, wrt, shapes=declared(expression), verify=False)
    result = found.function()(**drawn(found.shapes, 70))
    if result.ndim == 2:
        np.testing.assert_array_equal(result, result.T)


@pytest.mark.parametrize("power", [4, 8, 11])
@pytest.mark.parametrize("lapack", [LAPACK, None])
def test_a_nearly_singular_matrix(power: int, lapack: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors are those that the condition of the matrix allows, against values of 50 digits."""
    monkeypatch.setattr(numpy_matrix_helpers, "lapack", lapack)
    n, condition = 8, 10.0**power
    rotation = np.linalg.qr(np.random.default_rng(5).normal(size=(n, n)))[0]
    matrix = rotation @ np.diag(np.logspace(0, -power, n)) @ rotation.T
    matrix = (matrix + matrix.T) / 2
    exact, x = mp.matrix(matrix.tolist()), np.arange(1.0, n + 1)
    inverse = np.array((exact**-1).tolist(), dtype=float)
    logdet = float(mp.log(mp.det(exact)))
    solution = np.array(mp.lu_solve(exact, mp.matrix(x.tolist())).tolist(), dtype=float)[:, 0]

    lower, factors = numpy_matrix_helpers.cholesky(matrix), numpy_matrix_helpers.lu(matrix)

    size = 1e-15 * condition
    for found in (numpy_matrix_helpers.cholesky_inv(lower), numpy_matrix_helpers.lu_inv(factors)):
        assert np.linalg.norm(found - inverse) < 20 * size * np.linalg.norm(inverse)
    for found in (
        numpy_matrix_helpers.cholesky_solve(lower, x),
        numpy_matrix_helpers.lu_solve(factors, x),
        numpy_matrix_helpers.lu_solve(factors, x, transposed=True),
    ):
        assert np.linalg.norm(found - solution) < 20 * size * np.linalg.norm(solution)
        residual = exact * mp.matrix(found.tolist()) - mp.matrix(x.tolist())
        assert float(mp.norm(residual, 2)) < 1e-14 * np.linalg.norm(found)
    for value in (
        numpy_matrix_helpers.cholesky_logdet(lower),
        numpy_matrix_helpers.lu_logdet(factors),
    ):
        assert abs(value - logdet) < 20 * size


@pytest.mark.parametrize("has_scipy", [True, False])
def test_a_matrix_that_is_not_definite_is_named(
    has_scipy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no Cholesky factor; a singular one has no inverse."""
    if not has_scipy:
        monkeypatch.setitem(sys.modules, "scipy.linalg", None)
    definite = derive("logdet(S)", "S", shapes="S: n x n spd", verify=False).function()
    general = derive("logdet(A)", "A", verify=False)

    with pytest.raises(np.linalg.LinAlgError, match=r"^S is not positive definite$"):
        definite(S=np.diag([1.0, -1.0]))
    for value in (False, True):
        with pytest.raises(np.linalg.LinAlgError, match=r"^Singular matrix$"):
            general.function(value=value)(A=np.zeros((2, 2)))


def test_a_singular_matrix_has_a_determinant() -> None:
    """No error, and no warning: it is 0, and its logarithm is that of 0."""
    factors = numpy_matrix_helpers.lu(np.array([[1.0, 2.0], [2.0, 4.0]]))

    assert 0 == numpy_matrix_helpers.lu_det(factors)
    assert -np.inf == numpy_matrix_helpers.lu_logdet(factors)
    with pytest.raises(np.linalg.LinAlgError):
        numpy_matrix_helpers.lu_solve(factors, np.ones(2))


@pytest.mark.parametrize(("expression", "wrt"), CASES)
def test_single_precision_stays(expression: str, wrt: str) -> None:
    """The routines of LAPACK are those of the type."""
    found = derive(expression, wrt, shapes=declared(expression), verify=False)
    arguments = {name: np.float32(array) for name, array in drawn(found.shapes).items()}

    value, derivative = found.function(value=True)(**arguments)

    assert (np.float32, np.float32) == (value.dtype, derivative.dtype)


@pytest.mark.parametrize("shape", [(0,), (1,), (70,), (70, 3)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("lapack", [LAPACK, None])
def test_systems_of_any_size_are_solved(
    shape: tuple[int, ...], dtype: type, lapack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For vectors and for several columns, in memory by rows or by columns."""
    monkeypatch.setattr(numpy_matrix_helpers, "lapack", lapack)
    generator = np.random.default_rng(2)
    a: Array = generator.normal(size=(shape[0], shape[0])).astype(dtype)
    b: Array = generator.normal(size=shape).astype(dtype)
    s: Array = a @ a.T + np.eye(len(a), dtype=dtype)
    for own in (np.ascontiguousarray, np.asfortranarray):
        matrix, right = own(s), own(b)
        expected = np.linalg.solve(s.astype(float), b.astype(float))
        results = [
            numpy_matrix_helpers.cholesky_solve(numpy_matrix_helpers.cholesky(matrix), right),
            numpy_matrix_helpers.lu_solve(numpy_matrix_helpers.lu(matrix), right),
            numpy_matrix_helpers.cholesky_inv(numpy_matrix_helpers.cholesky(matrix)) @ right,
            numpy_matrix_helpers.inv(matrix) @ right,
        ]
        for result in results:
            assert (shape, np.dtype(dtype)) == (result.shape, result.dtype)
            assert min(result.strides) >= 0
            np.testing.assert_allclose(expected, result, rtol=1e-3, atol=1e-3)


def test_the_sign_of_a_determinant_is_that_of_the_permutation() -> None:
    """Every exchange of rows changes it."""
    generator = np.random.default_rng(1)
    for n in (1, 2, 3, 6):
        for _ in range(4):
            matrix = generator.normal(size=(n, n))

            found = numpy_matrix_helpers.lu_det(numpy_matrix_helpers.lu(matrix))

            assert np.linalg.det(matrix) == pytest.approx(found, rel=1e-10)


def test_an_operator_keeps_the_factor() -> None:
    """Each application solves, and nothing is factorized again."""
    pytest.importorskip("scipy")
    found = derive("log(x' inv(S) x)", "x", shapes="S: n x n spd", order=2, verify=False)
    early, late = found.code(form="operator").split("def apply")
    arguments = drawn(found.shapes)

    operator = found.function(form="operator")(**arguments)

    assert 'cholesky(S, "S")' in early and "cholesky(" not in late and "cholesky_solve" in late
    hessian = found.function()(**arguments)
    np.testing.assert_allclose(hessian, operator @ np.eye(5), rtol=1e-9)


@pytest.mark.parametrize("expression", ["x' inv(A) y", "x' inv(S) y"])
def test_a_layer_keeps_the_factor(expression: str) -> None:
    """The backward pass solves with what the forward pass has factorized, in every target."""
    found = derive(expression, "x,A" if "A" in expression else "x,S", verify=False,
                   shapes=declared(expression))  # fmt: skip
    arguments = drawn(found.shapes)
    _, backward = found.code(layer=True).split("def backward")
    layer = found.function(layer=True)()
    value = layer.forward(**arguments)

    results = layer.backward()

    assert "lu(" not in backward and "cholesky(" not in backward and "_solve(" in backward
    expected = found.function(value=True)(**arguments)
    np.testing.assert_allclose(whole(expected), whole((value, *results)), rtol=1e-9)
    assert _taped(found, arguments) == pytest.approx(whole(results), rel=1e-9)


def _taped(found: Any, arguments: dict[str, Any]) -> Array:
    """The derivatives by torch's tape through the layer of torch."""
    torch = pytest.importorskip("torch")
    own = {name: torch.tensor(array, requires_grad=True) for name, array in arguments.items()}
    found.function("torch", layer=True)(**own).backward()
    return whole(tuple(own[name].grad.numpy() for name in found.wrt))


def test_scipy_is_imported_by_code_that_uses_it_only() -> None:
    """And code that does runs without it."""
    plain = derive("x'A x", "x", verify=False).code()
    text = derive("logdet(S)", "S", shapes="S: n x n spd", verify=False).code()

    assert "scipy" not in plain
    assert "\n\ntry:\n    from scipy.linalg import lapack\nexcept ImportError:\n" in text
    program = "import sys; sys.modules['scipy'] = None\n" + text
    program += "\nprint(gradient(np.diag([4.0, 16.0])).tolist())"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "[[0.25, 0.0], [0.0, 0.0625]]" == done.stdout.strip()
