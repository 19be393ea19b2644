"""Generated torch code against a literal evaluation of the same tree, and what it takes."""

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

torch = pytest.importorskip("torch")


def tensors(arrays: dict[str, Any], dtype: str = "float64") -> dict[str, Any]:
    """The arrays as tensors of one type."""
    own = getattr(torch, dtype)
    return {name: torch.tensor(np.asarray(array), dtype=own) for name, array in arrays.items()}


def computed(text: str, dtype: str = "float64") -> tuple[Any, Array]:
    """The value of the generated code, and that of the literal evaluation."""
    symbols = declared()
    program, values = typed(text, symbols), drawn(symbols, SIZES)
    made = function(source("torch", "f", None, [program], symbols, docstring=""), "f")
    given = tensors(passed(values, symbols), dtype)
    before = {name: tensor.clone() for name, tensor in given.items()}

    result = made(**given)

    assert all(torch.equal(before[name], given[name]) for name in given)
    return result, Dense(program, values, SIZES).run()


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_code_computes_what_the_tree_says(text: str) -> None:
    """The value is a tensor of the arguments' type, and no argument is overwritten."""
    result, expected = computed(text)

    assert (torch.Tensor, torch.float64) == (type(result), result.dtype)
    found = result.numpy().reshape(expected.shape)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_single_precision_is_kept(text: str) -> None:
    """Numbers in the code, truth values and new tensors do not widen 32-bit floats."""
    result, _ = computed(text, "float32")

    assert torch.float32 == result.dtype


def test_what_is_not_a_tensor_becomes_one() -> None:
    """Arrays of numpy, whatever their strides, lists, and numbers, which take the others' type."""
    made = derive("s sum(A x)", "x", shapes="s: scalar").function("torch")
    array = np.arange(6.0)[::-1].reshape(2, 3)
    array.flags.writeable = False

    assert [14, 10, 6] == made(s=2, A=array, x=[1, 2, 3]).tolist()
    assert torch.float32 == made(s=2, A=torch.ones(2, 3), x=torch.ones(3)).dtype
    assert torch.float64 == made(s=2, A=torch.ones(2, 3), x=np.ones(3)).dtype


def test_tensors_that_require_grad_are_detached() -> None:
    """What is returned is the derivative, so nothing is recorded on the tape."""
    made = derive("||A x||^2", "x").function("torch")
    A = torch.nn.Parameter(torch.ones(2, 3, dtype=torch.float64))
    x = torch.ones(3, dtype=torch.float64, requires_grad=True)

    result = made(A=A, x=x)

    assert not result.requires_grad
    assert [12, 12, 12] == result.tolist()
    assert x.grad is None


def test_tensors_of_different_devices_are_refused() -> None:
    """The devices are named; a scalar may lie elsewhere."""
    made = derive("s sum(A x)", "x", shapes="s: scalar").function("torch")

    with pytest.raises(ValueError, match="on different devices: cpu, meta"):
        made(s=2, A=torch.ones(2, 3, device="meta"), x=torch.ones(3))
    result = made(s=torch.tensor(2), A=torch.ones(2, 3, device="meta"), x=[1, 2, 3])
    assert "meta" == result.device.type


def test_a_wrong_shape_is_named() -> None:
    """The message is that of the other targets."""
    made = derive("||X w - y||^2", "w").function("torch")

    with pytest.raises(ValueError, match=r".*") as caught:
        made(X=torch.ones(2, 3), w=torch.ones(4), y=torch.ones(2))

    assert "w has shape (4,), expected (n,) with n = 3 from X" == str(caught.value)


def test_value_and_gradients_come_together() -> None:
    """A pair of the value and a tuple of gradients."""
    made = derive("x'y", "x,y").function("torch", value=True)

    value, (by_x, by_y) = made(x=torch.tensor([1.0, 2]), y=torch.tensor([3.0, 4]))

    assert (11, [3, 4], [1, 2]) == (value.item(), by_x.tolist(), by_y.tolist())


def test_functions_are_handed_in() -> None:
    """A declared function and its gradient take and return tensors."""
    found = derive("f(A x)", "x", shapes={"f": "m -> scalar", "A": "m x n"}, verify=False)
    made = found.function("torch")
    A, x = torch.ones(2, 3), torch.ones(3)
    (name,) = set(signature(made).parameters) - {"A", "x"}

    assert [12, 12, 12] == made(A=A, x=x, **{name: lambda v: 2 * v}).tolist()
    with pytest.raises(ValueError, match=r"shape \(1,\), expected \(2,\)"):
        made(A=A, x=x, **{name: lambda v: v[:1]})


@pytest.mark.parametrize("sizes", [((120, 110), (3, 4)), ((120, 110), (118, 107))])
def test_large_convolutions_are_those_of_torch(sizes: tuple[tuple[int, int], ...]) -> None:
    """Beyond some size they are sums of shifted images, or of windows."""
    V, K = (torch.randn(size, dtype=torch.float64) for size in sizes)
    made = derive("sum(conv2(V, K).^2)", "V, K").function("torch", value=True)
    V.requires_grad_()
    K.requires_grad_()
    expected = torch.nn.functional.conv2d(V[None, None], K[None, None]).square().sum()

    value, slopes = made(V=V, K=K)

    torch.testing.assert_close(value, expected.detach())
    for found, wanted in zip(slopes, torch.autograd.grad(expected, (V, K)), strict=True):
        torch.testing.assert_close(found, wanted)


def test_scores_of_ten_thousand() -> None:
    """Neither the logistic loss nor the logarithm of a sum of exponentials overflows."""
    x, y = torch.tensor(SCORES), torch.tensor(np.where(np.arange(SCORES.size) % 2, 1.0, -1.0))
    top, softmax = derive("log(sum(exp(x)))", "x").function("torch", value=True)(x=x)
    loss, slope = derive("sum(log(1 + exp(-y .* x)))", "x").function("torch", value=True)(x=x, y=y)

    assert 1e4 == top.item()
    np.testing.assert_allclose(softmax, exact_softmax(SCORES), rtol=1e-14, atol=1e-300)
    exact = entries(lambda x, y: mp.log1p(mp.exp(-y * x)), SCORES, y.numpy())
    np.testing.assert_allclose(loss, exact.sum(), rtol=1e-14)
    slopes = entries(lambda x, y: -y / (1 + mp.exp(y * x)), SCORES, y.numpy())
    np.testing.assert_allclose(slope, slopes, rtol=1e-13, atol=1e-300)


def test_softplus_has_all_digits() -> None:
    """Where exp(-x) is small, it still counts."""
    scores = np.linspace(15, 45, 61)
    made = derive("sum(softplus(x))", "x").function("torch", value=True)
    exact = entries(lambda x: mp.log1p(mp.exp(x)), scores)

    for x, expected in zip(scores, exact, strict=True):
        assert pytest.approx(expected, rel=1e-15) == made(x=torch.tensor([x]))[0].item()


def test_the_matrix_exponential_of_a_large_matrix() -> None:
    """A rotation by many turns."""
    symbols = {"X": declared()["X"]}
    text = source("torch", "f", None, [typed("expm(X)", symbols)], symbols, docstring="")

    turned = function(text, "f")(X=[[0.0, -100.0], [100.0, 0.0]])

    assert pytest.approx(np.cos(100), abs=1e-11) == turned[0, 0].item()


def test_a_logarithm_of_a_determinant_out_of_range() -> None:
    """`logdet` does not go through the determinant."""
    value, slope = derive("logdet(A)", "A").function("torch", value=True)(A=np.eye(400) * 1e-3)

    assert pytest.approx(400 * np.log(1e-3), rel=1e-14) == value.item()
    np.testing.assert_allclose(slope, np.eye(400) * 1e3, rtol=1e-14)
