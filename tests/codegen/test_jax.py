"""Generated jax code: traced, compiled, and against a literal evaluation of the same tree."""

from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any

import numpy as np
import pytest
from codegen.test_codegen import EXPRESSIONS, SIZES, declared, drawn, passed, typed
from codegen.test_numerics import SCORES, entries, exact_softmax, mp
from dense import Dense

from dimderiv import derive
from dimderiv.codegen.functions.loaded import function
from dimderiv.codegen.functions.module import source as module_source
from dimderiv.language.declarations import read_shapes
from dimderiv.language.declared import Declaration

jax = pytest.importorskip("jax")
jnp = jax.numpy

# So many expressions are compiled as one function, since each compilation takes its time.
TOGETHER = 24


@pytest.fixture(autouse=True)
def in_double_precision() -> Iterator[None]:
    """64-bit numbers, in the tests of this file alone."""
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def source(text: str, shapes: dict[str, Declaration] | str) -> str:
    """The source of the function `gradient`."""
    symbols = read_shapes(shapes) if isinstance(shapes, str) else shapes
    return module_source("jax", "gradient", None, [typed(text, symbols)], symbols, docstring="It.")


def made(text: str, shapes: str) -> Callable[..., Any]:
    """The function, compiled."""
    return jax.jit(function(source(text, shapes), "gradient"))  # type: ignore[no-any-return]


def compiled(expression: str, wrt: str, **options: Any) -> Callable[..., Any]:
    """The derivative as a compiled function; the answers are checked elsewhere."""
    value = options.pop("value", False)
    made = derive(expression, wrt, verify=False, **options).function("jax", value=value)
    return jax.jit(made)  # type: ignore[no-any-return]


@pytest.mark.parametrize("first", range(0, len(EXPRESSIONS), TOGETHER))
def test_compiled_code_computes_what_the_tree_says(first: int) -> None:
    """The value, its type and its axes are those of a literal evaluation."""
    symbols = declared()
    programs = {text: typed(text, symbols) for text in EXPRESSIONS[first : first + TOGETHER]}
    values = drawn(symbols, SIZES)
    functions = {text: function(source(text, symbols), "gradient") for text in programs}

    @jax.jit  # type: ignore[untyped-decorator]
    def run(**arguments: Any) -> Any:
        return {text: one(**arguments) for text, one in functions.items()}

    found = run(**passed(values, symbols))
    for text, program in programs.items():
        expected = Dense(program, values, SIZES).run()
        shape = program.value
        expected = expected[:, 0] if shape.is_column else expected
        expected = expected.reshape(()) if shape.is_scalar else expected
        result = found[text]
        wanted = np.shape(np.squeeze(expected) if np.ndim(result) == 1 else expected)

        assert (wanted, np.float64) == (result.shape, result.dtype), text
        whole = np.reshape(result, expected.shape)
        np.testing.assert_allclose(whole, expected, rtol=1e-10, err_msg=text)


@pytest.mark.parametrize("text", EXPRESSIONS[::24])
def test_code_also_runs_without_a_compiler(text: str) -> None:
    """Each operation by itself gives what they give when they are compiled together."""
    symbols = declared()
    arguments = passed(drawn(symbols, SIZES), symbols)
    one = function(source(text, symbols), "gradient")

    np.testing.assert_allclose(one(**arguments), jax.jit(one)(**arguments), rtol=1e-12)


def test_the_whole_source_of_logistic_regression() -> None:
    """It imports jax alone, and reads as one would write it by hand."""
    text = derive("sum(softplus(-y .* (X w)))", "w", shapes="X: m x n; y: m").code("jax")

    assert text.startswith("import jax\nimport jax.numpy as jnp\n\n\ndef misfit(")
    assert text.endswith("    return -((y * jax.nn.sigmoid(-(y * (X @ w)))) @ X)\n")


def test_what_is_not_used_is_not_imported() -> None:
    """The first import serves the functions that jax.numpy lacks."""
    assert source("exp(x)", "x: n").startswith("import jax.numpy as jnp\n\n\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("softmax(X) .* Z", "return jax.nn.softmax(X) * Z"),
        ("logsumexp(X, axis=0)", "return jax.nn.logsumexp(X, axis=0)[None, :]"),
        ("tr(X Z)", "return (X * Z.T).sum()"),
        ("X Z - diag(x)", "return t1"),
        ("X + 2 I", "return t1"),
        ("relu(x)", "return jax.nn.relu(x)"),
        ("gelu(x)", "return jax.nn.gelu(x, approximate=False)"),
        ("3000000000 x", "return 3000000000.0 * x"),
        ("mean(Q)", "return Q.sum() / (float(m) * n)"),
        ("n^2 x", "return float(n)**2 * x"),
    ],
)
def test_code_is_what_a_person_writes_in_jax(text: str, line: str) -> None:
    """Where jax has a function, it is called; no whole number grows out of 32 bits."""
    assert source(text, "X: n x n; Z: n x n; Q: m x n; x: n").rstrip().endswith(f"    {line}")


def test_a_diagonal_is_added_and_nothing_is_written_to() -> None:
    """What is added on a diagonal is fused with the rest, unlike a scatter."""
    text = source("X Z - diag(x)", "X: n x n; Z: n x n; x: n")

    assert "t1 = X @ Z - jnp.diag(x)  # n x n" in text
    assert "t1 = X + 2 * jnp.eye(n, dtype=X.dtype)  # n x n" in source("X + 2 I", "X: n x n")


def test_blocks_on_a_diagonal() -> None:
    """The Hessian by a matrix has a Gram matrix for each row, and zeros elsewhere."""
    hessian = compiled("||U V' - T||^2", "U", order=2)
    V = np.arange(8.0).reshape(4, 2)

    found = hessian(U=np.ones((3, 2)), V=V, T=np.ones((3, 4)))

    np.testing.assert_array_equal(np.einsum("ij,kl->ikjl", np.eye(3), 2 * V.T @ V), found)


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes"),
    [
        ("logdet(A) + a' inv(A) a", "A", "A: n x n; a: n"),
        ("tr(B expm(A))", "A", "A: n x n; B: n x n"),
        ("||B||_* + det(A)", "B", "A: n x n; B: n x m"),
        ("eigmax(S)", "S", "S: n x n symmetric"),
        ("sum(G .* chol(X X' + I))", "X", "X: n x m; G: n x n"),
        ("sum(G .* eigvecs(S)) / eigmin(S)", "S", "S: n x n symmetric; G: n x n"),
        ("sum(G .* svdU(A)) + svdvals(A)' svdV(A) h", "A", "A: n x m; G: n x m; h: m"),
        ("sum(conv2(V, K).^2)", "V", "V: p x q; K: k x l"),
        ("sum(conv2(V, K).^2)", "K", "V: p x q; K: k x l"),
        ("sum(erf(a) + gelu(a) + silu(a) + softplus(a))", "a", "a: n"),
        ("S = X W + b; sum(logsoftmax(S) .* Y)", "W", "X: N x d; W: d x c; b: 1 x c; Y: N x c"),
        ("A = softmax(Q K' / sqrt(d)); sum((A V).^2)", "Q", "Q: n x d; K: m x d; V: m x d"),
        ("sum(max(X, axis=1)) + logsumexp(X)", "X", "X: n x m"),
        ("||tril(A) B||^2", "A", "A: n x n; B: n x m"),
    ],
)
def test_the_gradient_of_the_generated_value_is_the_generated_gradient(
    expression: str, wrt: str, shapes: str
) -> None:
    """The value can be differentiated by jax, and mapped over a batch, and both agree."""
    symbols = read_shapes(shapes)
    both = derive(expression, wrt, shapes=shapes, verify=False).function("jax", value=True)
    sizes = {"n": 4, "m": 3, "N": 6, "d": 3, "c": 2, "p": 7, "q": 6, "k": 3, "l": 2}
    arguments = passed(drawn(symbols, sizes), symbols)
    if "symmetric" in shapes:
        arguments = {name: array + array.T for name, array in arguments.items()}  # type: ignore[union-attr]

    def value(array: Any) -> Any:
        return both(**{**arguments, wrt: array})[0]

    array = jnp.asarray(arguments[wrt])
    _, gradient = jax.jit(both)(**arguments)
    by_jax = jax.jit(jax.grad(value))(array)
    mapped = jax.jit(jax.vmap(lambda a: both(**{**arguments, wrt: a})[1]))(jnp.stack([array] * 2))

    np.testing.assert_allclose(gradient, by_jax, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(mapped, jnp.stack([gradient] * 2), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("rows", "columns"), [(3, 2), (9, 8), (9, 1), (1, 8)])
def test_a_kernel_of_any_size(rows: int, columns: int) -> None:
    """The correlation with a kernel, and its gradients, also where the result is one entry."""
    V, K = np.arange(72.0).reshape(9, 8) % 7, np.arange(float(rows * columns)).reshape(rows, -1)
    found = derive("sum(conv2(V, K).^2)", "V, K", verify=False)

    compiled = jax.jit(found.function("jax"))(V=V, K=K)

    for one, other in zip(compiled, found.function("numpy")(V=V, K=K), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13)


def test_the_derivative_of_the_matrix_exponential_as_a_matrix() -> None:
    """The Kronecker form and the product with a direction agree with numpy's code."""
    A = np.arange(9.0).reshape(3, 3) / 4
    for direction in (None, "E"):
        found = derive("expm(A)", "A", forward=direction, verify=False)
        arguments = {"A": A, **({"E": A @ A + 1} if direction else {})}

        one, other = (found.function(target)(**arguments) for target in ("jax", "numpy"))
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_functions_are_handed_in() -> None:
    """A declared function is called while the code is traced, and its shape is checked."""
    gradient = derive("f(A X + B)", "X", shapes="f: m x p -> scalar").function("jax")
    A, X, B = np.arange(6.0).reshape(2, 3), np.ones((3, 4)), np.ones((2, 4))
    handed = {"A": A, "X": X, "B": B}
    name = next(name for name in signature(gradient).parameters if name.startswith("grad"))

    found = jax.jit(lambda **own: gradient(**own, **{name: lambda Z: 3 * Z**2}))(**handed)

    np.testing.assert_allclose(A.T @ (3 * (A @ X + B) ** 2), found)
    with pytest.raises(ValueError, match=r"returned an array of shape \(\), expected \(2, 4\)"):
        gradient(**handed, **{name: lambda Z: Z.sum()})
    with pytest.raises(TypeError, match="is a function, not int"):
        gradient(**handed, **{name: 1})


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ({"w": (4,)}, "w has shape (4,), expected (n,) with n = 3 from X"),
        ({"X": (3,)}, "X has shape (3,), expected (m, n)"),
        ({"b": (5,)}, "b has shape (5,), expected (1, C)"),
        ({"r": (1,)}, "r has shape (1,), expected ()"),
    ],
)
def test_a_wrong_shape_is_named(shapes: dict[str, tuple[int, ...]], message: str) -> None:
    """Shapes are known while the code is traced, so the message is that of numpy's code."""
    right = {"X": (2, 3), "w": (3,), "b": (1, 5), "r": ()}
    both = made("X w", "X: m x n; w: n; b: 1 x C; r: scalar")
    both(**{name: np.ones(shape) for name, shape in right.items()})

    with pytest.raises(ValueError, match=r".*") as caught:
        both(**{name: np.ones(shape) for name, shape in (right | shapes).items()})

    assert message == str(caught.value)


def test_the_variant_is_chosen_by_shapes() -> None:
    """One compiled function holds the plan that its sizes call for."""
    symbols = read_shapes({"A": "m x n", "B": "n x m", "x": "n"})
    text = source("(A B) (A x) + A (B (A x))", symbols)
    one = jax.jit(function(text, "gradient"))
    A, B, x = np.ones((2, 5)), np.ones((5, 2)), np.ones(5)

    np.testing.assert_allclose(2 * A @ B @ A @ x, one(A=A, B=B, x=x))


@pytest.mark.parametrize("wide", [True, False])
def test_precision_is_kept(wide: bool) -> None:
    """Arrays of 32 bits stay; whole numbers become what jax takes for floats."""
    jax.config.update("jax_enable_x64", wide)
    one = made("s A' (A x) .* (x > 0)", "A: m x n; x: n; s: scalar")
    A, x = np.ones((2, 3), "f4"), np.ones(3, "f4")

    assert jnp.float32 == one(A=A, x=x, s=0.5).dtype
    assert jnp.float32 == one(A=A, x=x, s=2).dtype
    assert jnp.result_type(float) == one(A=A.astype(int), x=[1, 2, 3], s=1).dtype
    assert (jnp.float64 if wide else jnp.float32) == one(A=A.astype(float), x=x, s=1).dtype


def test_a_constant_derivative_is_an_array() -> None:
    """A derivative that depends on no argument is 0-D and of the type of the arguments."""
    found = made("2 n", "s: scalar; x: n")(s=np.float32(1), x=np.ones(3, "f4"))

    assert ((), jnp.float32, 6) == (found.shape, found.dtype, float(found))


def test_the_number_of_entries_may_be_larger_than_a_whole_number_of_jax() -> None:
    """A mean divides by the product of two sizes, which has no place in 32 bits."""
    jax.config.update("jax_enable_x64", False)
    one = function(source("mean(A) + m^2", "A: m x n"), "gradient")

    shape = jax.eval_shape(one, A=jax.ShapeDtypeStruct((70_000, 70_000), "f4"))

    assert jnp.float32 == shape.dtype


def test_names_of_jax_are_not_taken_by_symbols() -> None:
    """A definition called `jnp` or `jax` hides no module."""
    text = source("jnp = exp(x); jax = sigmoid(jnp) + 1; sum(jax .* jnp)", "x: n")

    found = jax.jit(function(text, "gradient"))(x=np.zeros(1))

    assert 1 + 1 / (1 + np.exp(-1)) == pytest.approx(float(found))


def test_log_of_a_sum_of_exponentials_at_scores_of_ten_thousand() -> None:
    """The value does not overflow, and the gradient is a softmax."""
    value, gradient = compiled("log(sum(exp(x)))", "x", value=True)(x=SCORES)

    assert 1e4 == value
    np.testing.assert_allclose(gradient, exact_softmax(SCORES), rtol=1e-14, atol=1e-300)


def test_logistic_loss_at_scores_of_ten_thousand() -> None:
    """Softplus and sigmoid neither overflow nor lose their small values."""
    y = np.where(np.arange(SCORES.size) % 2, 1.0, -1.0)

    value, gradient = compiled("sum(log(1 + exp(-y .* x)))", "x", value=True)(x=SCORES, y=y)

    expected = entries(lambda x, y: mp.log1p(mp.exp(-y * x)), SCORES, y)
    np.testing.assert_allclose(value, expected.sum(), rtol=1e-14)
    slopes = entries(lambda x, y: -y / (1 + mp.exp(y * x)), SCORES, y)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-13, atol=1e-300)


def test_cross_entropy_at_scores_of_ten_thousand() -> None:
    """The loss of a record that is certainly wrong is the difference of its scores."""
    both = compiled("cross_entropy(S, Y)", "S", shapes="S: N x c; Y: N x c", value=True)
    scores = np.array([[1e4, 0.0, -1e4], [0.0, 1e4, 1e4]])
    labels = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])

    value, gradient = both(S=scores, Y=labels)

    assert (2e4 + np.log(2)) / 2 == pytest.approx(float(value), rel=1e-15)
    expected = (np.array([exact_softmax(row) for row in scores]) - labels) / 2
    np.testing.assert_allclose(gradient, expected, rtol=1e-14)


@pytest.mark.parametrize("power", [4, 8, 11])
def test_a_nearly_singular_system_is_solved(power: int) -> None:
    """The residual is that of a backward stable solution, whatever the condition."""
    n = 8
    rotation = np.linalg.qr(np.random.default_rng(5).normal(size=(n, n)))[0]
    matrix = rotation @ np.diag(np.logspace(0, -power, n)) @ rotation.T
    matrix = (matrix + matrix.T) / 2
    x = np.arange(1.0, n + 1)

    found = compiled("x' inv(S) x / 2", "x", shapes="S: n x n spd")(S=matrix, x=x)

    residual = mp.matrix(matrix.tolist()) * mp.matrix(found.tolist()) - mp.matrix(x.tolist())
    size = float(mp.norm(mp.matrix(found.tolist()), 2)) * np.linalg.norm(matrix, 2)
    assert float(mp.norm(residual, 2)) < 1e-14 * size


def test_a_determinant_out_of_range_has_a_logarithm() -> None:
    """`logdet` does not go through the determinant."""
    value, gradient = compiled("logdet(A)", "A", value=True)(A=np.eye(400) * 1e-3)

    assert 400 * np.log(1e-3) == pytest.approx(float(value), rel=1e-14)
    np.testing.assert_allclose(gradient, np.eye(400) * 1e3, rtol=1e-14)


def test_a_hessian_of_the_logistic_loss_with_saturated_scores() -> None:
    """The root of a weight that underflows is zero, not a number that is none."""
    x = np.array([[1e4, 1.0], [-1e4, 2.0], [0.0, 3.0]])

    hessian = compiled("sum(log(1 + exp(-y .* (X w))))", "w", order=2)(
        X=x, w=np.array([1.0, 0.0]), y=np.ones(3)
    )

    np.testing.assert_allclose(hessian, np.diag([0, 9 / 4]), atol=1e-12)


def test_the_matrix_exponential_of_a_large_matrix() -> None:
    """Scaling and squaring keeps the precision of a rotation by many turns."""
    turned = made("expm(X)", "X: n x n")(X=np.array([[0.0, -100.0], [100.0, 0.0]]))

    assert np.cos(100) == pytest.approx(float(turned[0, 0]), abs=1e-11)


@pytest.mark.parametrize(
    ("text", "argument", "expected"),
    [
        ("sum(softmax(x))", [1000.0, 0.0], 1),
        ("sum(logsoftmax(x))", [1000.0, 0.0], -1000),
        ("logsumexp(x)", [1000.0, 1000.0], 1000 + np.log(2)),
        ("sum(sigmoid(x))", [-700.0, 700.0], 1),
        ("sum(softplus(x))", [-800.0, 800.0], 800),
        ("sum(silu(x))", [-800.0, 800.0], 800),
        ("cross_entropy(x, x > 0)", [-2000.0, 1.0], 0),
    ],
)
def test_large_arguments_do_not_overflow(text: str, argument: list[float], expected: float) -> None:
    """Exponentials are shifted."""
    assert expected == pytest.approx(float(made(text, "x: n")(x=jnp.asarray(argument))))
