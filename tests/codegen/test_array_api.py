"""Generated code of the array API standard: on the strict implementation of it, and lazily."""

from inspect import signature
from typing import Any

import numpy as np
import pytest
from codegen.test_codegen import EXPRESSIONS, SIZES, declared, drawn, passed, typed
from codegen.test_numerics import SCORES, entries, exact_softmax, mp
from dense import Array, Dense

from dimderiv import derive
from dimderiv.codegen.functions.loaded import function
from dimderiv.codegen.functions.module import source
from dimderiv.errors import UnknownNameError

strict = pytest.importorskip("array_api_strict")

LACKING = ("erf", "gelu")
KNOWN = [text for text in EXPRESSIONS if not text.startswith(LACKING)]
# What dask has no function for, or only one for matrices that are cut along one axis.
NOT_LAZY = ("det", "logdet", "pinv", "A pinv", "||X||_*")


def strictly(arrays: dict[str, Any], dtype: type = np.float64) -> dict[str, Any]:
    """The arrays as those of the strict implementation, of one type."""
    return {name: strict.asarray(np.asarray(array, dtype)) for name, array in arrays.items()}


def program(text: str) -> tuple[Any, dict[str, Any], Array]:
    """The generated function, what to call it with, and the literal evaluation."""
    symbols = declared()
    answer, values = typed(text, symbols), drawn(symbols, SIZES)
    made = function(source("array_api", "f", None, [answer], symbols, docstring=""), "f")
    return made, passed(values, symbols), Dense(answer, values, SIZES).run()


@pytest.mark.parametrize("text", KNOWN)
def test_code_computes_what_the_tree_says(text: str) -> None:
    """With nothing but the standard; the value has the arguments' type, which are left alone."""
    made, arguments, expected = program(text)
    given = strictly(arguments)

    result = made(**given)

    assert (strict.float64, type(given["A"])) == (result.dtype, type(result))
    for name, array in given.items():
        np.testing.assert_array_equal(np.asarray(array), arguments[name])
    found = np.asarray(result).reshape(expected.shape)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("text", KNOWN)
def test_single_precision_is_kept(text: str) -> None:
    """Numbers in the code, truth values and new arrays do not widen 32-bit floats."""
    made, arguments, _ = program(text)

    assert strict.float32 == made(**strictly(arguments, np.float32)).dtype


@pytest.mark.parametrize("name", LACKING)
def test_what_the_standard_lacks_is_refused_by_name(name: str) -> None:
    """No approximation takes its place."""
    with pytest.raises(UnknownNameError, match=f"there is no array_api code for {name}"):
        program(f"{name}(x)")


def test_arrays_of_numpy_need_nothing_else() -> None:
    """They name their library; numbers and lists are converted."""
    made = derive("s ||A x||^2", "x", shapes="s: scalar").function("array_api")

    result = made(s=0.5, A=np.ones((2, 3), np.float32), x=[1, 2, 3])

    assert (np.ndarray, np.float32) == (type(result), result.dtype)
    assert [12, 12, 12] == result.tolist()


def test_arrays_of_numpy_join_others() -> None:
    """Weights of numpy beside data of another library; two such libraries are refused."""
    made = derive("||A x||^2", "x").function("array_api")
    other = pytest.importorskip("jax.numpy")

    assert type(strict.ones(1)) is type(made(A=strict.ones((2, 3)), x=np.ones(3)))
    with pytest.raises(TypeError, match=r"different libraries: array_api_strict, jax\.numpy"):
        made(A=strict.ones((2, 3)), x=other.ones(3))
    with pytest.raises(TypeError, match="no argument is an array"):
        made(A=[[1.0]], x=[1.0])


def test_a_wrong_shape_is_named() -> None:
    """The message is that of the other targets."""
    made = derive("||X w - y||^2", "w").function("array_api")

    with pytest.raises(ValueError, match=r".*") as caught:
        made(X=strict.ones((2, 3)), w=strict.ones(4), y=strict.ones(2))

    assert "w has shape (4,), expected (n,) with n = 3 from X" == str(caught.value)


def test_functions_are_handed_in() -> None:
    """A declared function's gradient takes and returns arrays of the library."""
    found = derive("f(A x)", "x", shapes={"f": "m -> scalar", "A": "m x n"}, verify=False)
    made = found.function("array_api")
    given = {"A": strict.ones((2, 3)), "x": strict.ones(3)}
    (name,) = set(signature(made).parameters) - {"A", "x"}

    assert [12, 12, 12] == np.asarray(made(**given, **{name: lambda v: 2 * v})).tolist()
    with pytest.raises(ValueError, match=r"shape \(1,\), expected \(2,\)"):
        made(**given, **{name: lambda v: v[:1]})


def test_scores_of_ten_thousand() -> None:
    """Neither the logistic loss nor the logarithm of a sum of exponentials overflows."""
    labels = np.where(np.arange(SCORES.size) % 2, 1.0, -1.0)
    x, y = strict.asarray(SCORES), strict.asarray(labels)
    top, softmax = derive("log(sum(exp(x)))", "x").function("array_api", value=True)(x=x)
    logistic = derive("sum(log(1 + exp(-y .* x)))", "x").function("array_api", value=True)

    loss, slope = logistic(x=x, y=y)

    assert 1e4 == float(top)
    np.testing.assert_allclose(np.asarray(softmax), exact_softmax(SCORES), rtol=1e-14, atol=1e-300)
    exact = entries(lambda x, y: mp.log1p(mp.exp(-y * x)), SCORES, labels)
    np.testing.assert_allclose(float(loss), exact.sum(), rtol=1e-14)
    slopes = entries(lambda x, y: -y / (1 + mp.exp(y * x)), SCORES, labels)
    np.testing.assert_allclose(np.asarray(slope), slopes, rtol=1e-14, atol=1e-300)


def test_the_matrix_exponential_of_a_large_matrix() -> None:
    """The number of squarings is not known when the code is written, nor when it runs lazily."""
    symbols = {"X": declared()["X"]}
    text = source("array_api", "f", None, [typed("expm(X)", symbols)], symbols, docstring="")
    made = function(text, "f")

    assert np.cos(100) == pytest.approx(made(X=np.array([[0.0, -100], [100, 0]]))[0, 0], abs=1e-11)
    assert [[1, 0], [0, 1]] == made(X=np.zeros((2, 2))).tolist()
    np.testing.assert_allclose(made(X=np.diag([-1e6, 1.0])), np.diag([0, np.e]), rtol=1e-9)


def test_a_diagonal_of_infinities_stays_one() -> None:
    """What is not on the diagonal is zero, not infinity times zero."""
    symbols = {"x": declared()["x"]}
    text = source("array_api", "f", None, [typed("diag(x)", symbols)], symbols, docstring="")

    assert [[np.inf, 0], [0, 1]] == function(text, "f")(x=np.array([np.inf, 1])).tolist()


class TestDask:
    """Arrays whose values are not there when the function is called."""

    @pytest.fixture(autouse=True)
    def dask(self) -> Any:
        """The library; what it lacks of the standard is in array_api_compat."""
        pytest.importorskip("array_api_compat")
        return pytest.importorskip("dask.array")

    @pytest.mark.parametrize("text", [text for text in KNOWN if not text.startswith(NOT_LAZY)])
    def test_nothing_is_computed_before_it_is_asked_for(self, text: str, dask: Any) -> None:
        """The shape of the result is known, and its values are those of the tree."""
        from dask import config

        made, arguments, expected = program(text)
        given = {name: dask.asarray(array, chunks=2) for name, array in arguments.items()}

        with config.set(scheduler=_refused):
            result = made(**given)

        with config.set(scheduler="synchronous"):
            found = result.compute()
        assert isinstance(result, dask.Array)
        assert found.shape == result.shape
        np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=1e-10, atol=1e-13)

    @pytest.mark.parametrize("name", ["det", "logdet", "pinv"])
    def test_what_it_lacks_is_named(self, name: str, dask: Any) -> None:
        """The extension for linear algebra is not complete."""
        made, arguments, _ = program(f"{name}(X)")
        given = {name: dask.asarray(array) for name, array in arguments.items()}

        with pytest.raises(NotImplementedError, match=r"dask.array has no linalg\.\w*" + name[-3:]):
            made(**given)

    @pytest.mark.parametrize(
        ("expression", "wrt", "order"),
        [
            ("||X w - y||^2 + c w'w", "w", 1),
            ("sum(log(1 + exp(-y .* (X w))))", "w", 1),
            ("sum(log(1 + exp(-y .* (X w))))", "w", 2),
            ("cross_entropy(X W + b, Y)", "W, b", 1),
            ("H = relu(X W + b); cross_entropy(H V, Y)", "W, b, V", 1),
            ("R = X - ones(N, 1) m'; tr(R inv(S) R') + sum(y)", "m, S", 1),
        ],
    )
    def test_rows_stay_in_their_chunks(
        self, expression: str, wrt: str, order: int, dask: Any
    ) -> None:
        """No result of any task is larger than a chunk of the data or the derivative."""
        from dask import config
        from dask.callbacks import Callback

        shapes = {"X": "N x d", "Y": "N x k", "b": "1 x h", "c": "scalar", "y": "N", "m": "d"}
        used = {name: shape for name, shape in shapes.items() if name in expression}
        used |= {"b": "1 x k"} if "b" in used and "H" not in expression else {}
        found = derive(expression, wrt, shapes=used, order=order, verify=False)
        sizes = {"N": 400, "d": 5, "k": 3, "h": 4}
        drawn = _drawn(found, sizes)
        chunked = {
            name: dask.from_array(array, chunks=(40, *array.shape[1:]))
            if array.shape[:1] == (400,)
            else array
            for name, array in drawn.items()
        }
        results = found.function("array_api")(**chunked)
        expected = found.function("numpy")(**drawn)
        results, expected = (r if isinstance(r, tuple) else (r,) for r in (results, expected))

        seen: list[int] = []
        with (
            Callback(posttask=lambda key, result, *_: seen.append(np.size(result))),
            config.set(scheduler="synchronous"),
        ):
            values = [result.compute(optimize_graph=False) for result in results]

        assert 40 * 5 >= max(seen)
        for value, array in zip(values, expected, strict=True):
            np.testing.assert_allclose(value, array, rtol=1e-11, atol=1e-13)


def _refused(*arguments: object, **options: object) -> None:
    raise AssertionError("values were computed")


def _drawn(found: Any, sizes: dict[str, int]) -> dict[str, Array]:
    """Arrays for the symbols of a derivation; square ones are far from singular."""
    generator, arrays = np.random.default_rng(3), {}
    for name, shape in found.shapes.items():
        words = [] if str(shape) == "scalar" else str(shape).split(" x ")
        extents = [sizes.get(word) or (int(word) if word.isdigit() else 4) for word in words]
        arrays[name] = generator.normal(size=extents)
        if len(set(words)) == 1 < len(words):
            arrays[name] = arrays[name] + 9 * np.eye(extents[0])
    return arrays
