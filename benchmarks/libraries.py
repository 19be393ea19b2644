"""Automatic differentiation of a case's value: what each library needs for it.

Each class has the operations that the values and the formulas of cases use, in the words of one
library, and makes the derivative that the library is asked for.  A library that is not installed
raises ImportError.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from benchmarks.case import Array, Arrays, Case

Work = Callable[[], Any]

# What all libraries call by the same name.
SHARED = (
    "abs", "arange", "concatenate", "diag", "einsum", "exp", "eye", "log", "outer", "sign", "sqrt",
    "stack", "tanh", "trace", "where", "zeros_like",
)  # fmt: skip
SHARED_BY_MATRICES = ("cholesky", "det", "inv", "solve")


class Words:
    """The operations that libraries call by the same names.

    Args:
        library: the module that has them.
    """

    def __init__(self, library: Any) -> None:
        for module, names in ((library, SHARED), (library.linalg, SHARED_BY_MATRICES)):
            for name in names:
                setattr(self, name, getattr(module, name))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{type(self).__name__} has no {name}")

    def logdet(self, A: Any) -> Any:
        """The logarithm of the determinant's absolute value."""
        return self.slogdet(A)[1]

    def mean(self, X: Any) -> Any:
        """The mean of each column."""
        return X.mean(0, keepdims=True)

    def layer_norm(self, X: Any, g: Any, b: Any, e: Any) -> Any:
        """Rows without mean, of length 1, scaled and moved."""
        Z = X - X.mean(axis=1, keepdims=True)
        return Z / self.sqrt((Z * Z).mean(axis=1, keepdims=True) + e) * g + b


class Numpy(Words):
    """numpy and what takes after it.

    Args:
        library: the module.
    """

    def __init__(self, library: Any = np) -> None:
        super().__init__(library)
        self.np, self.slogdet = library, library.linalg.slogdet
        self.softplus = partial(library.logaddexp, 0)

    def erf(self, X: Any) -> Any:
        """The error function."""
        from scipy.special import erf

        return erf(X)

    def relu(self, X: Any) -> Any:
        """The positive part."""
        return self.np.maximum(X, 0)

    def sigmoid(self, X: Any) -> Any:
        """The logistic function."""
        return 0.5 + 0.5 * self.tanh(0.5 * X)

    def logsumexp(self, X: Any) -> Any:
        """The logarithm of the sum of exponentials of each row."""
        most = X.max(axis=-1, keepdims=True)
        return (most + self.log(self.exp(X - most).sum(axis=-1, keepdims=True)))[..., 0]

    def logsoftmax(self, X: Any) -> Any:
        """The logarithm of the softmax of each row."""
        return X - self.logsumexp(X)[..., None]

    def softmax(self, X: Any) -> Any:
        """The softmax of each row."""
        e = self.exp(X - self.np.max(X, axis=-1, keepdims=True))
        return e / self.np.sum(e, axis=-1, keepdims=True)

    def amin(self, X: Any) -> Any:
        """The least entry of each row."""
        return self.np.min(X, axis=-1)


class Jax(Words):
    """jax, compiled: `jax.jit(jax.grad(f))` and its like."""

    def __init__(self) -> None:
        import jax
        from jax.scipy.special import erf

        jax.config.update("jax_enable_x64", True)
        super().__init__(jax.numpy)
        self.jax, self.erf, self.slogdet = jax, erf, jax.numpy.linalg.slogdet
        self.amin = partial(jax.numpy.min, axis=-1)
        self.relu, self.softplus, self.sigmoid = jax.nn.relu, jax.nn.softplus, jax.nn.sigmoid
        self.softmax, self.logsoftmax = jax.nn.softmax, jax.nn.log_softmax
        self.logsumexp = partial(jax.nn.logsumexp, axis=-1)

    def conv2d(self, X: Any, W: Any) -> Any:
        """The convolution of images with zeros around them, as large as they are."""
        return self.jax.lax.conv(X, W, (1, 1), "SAME")

    def conv2(self, V: Any, K: Any) -> Any:
        """The valid cross-correlation."""
        return self.jax.lax.conv(V[None, None], K[None, None], (1, 1), "VALID")[0, 0]

    def arrays(self, arrays: Arrays) -> Mapping[str, Any]:
        """The arrays as the library's own."""
        return {name: self.jax.numpy.asarray(array) for name, array in arrays.items()}

    def compiled(self, case: Case, arrays: Arrays) -> Work:
        """The derivative as jax traces and compiles it."""
        derivative = self.jax.jit(self.derivative(case))
        return self.waited(lambda own: derivative(*own.values()), arrays)

    def by_hand(self, case: Case, arrays: Arrays) -> Work | None:
        """The formula by hand, compiled; nothing where none is written."""
        return self.generated(partial(case.formula, self), arrays) if case.formula else None

    def derivative(self, case: Case) -> Callable[..., Any]:
        """The derivative as a function of the arrays by position, not compiled."""
        names = list(case.arrays)
        positions = tuple(map(names.index, case.wrt))
        by: Any = positions if len(positions) > 1 else positions[0]

        def value(*own: Any) -> Any:
            return case.value(self, **dict(zip(names, own, strict=True)))

        if case.jacobian:
            return self.jax.jacrev(value, by)  # type: ignore[no-any-return]
        if case.order == 2:
            return self.jax.hessian(value, by)  # type: ignore[no-any-return]
        if case.with_value:
            return self.jax.value_and_grad(value, by)  # type: ignore[no-any-return]
        return self.jax.grad(value, by)  # type: ignore[no-any-return]

    def waited(self, call: Callable[[Mapping[str, Any]], Any], arrays: Arrays) -> Work:
        """A call with the library's arrays that ends when the result is there."""
        own, ready = self.arrays(arrays), self.jax.block_until_ready
        return lambda: ready(call(own))

    def generated(self, function: Callable[..., Any], arrays: Arrays) -> Work:
        """A generated function, compiled."""
        compiled = self.jax.jit(function)
        return self.waited(lambda own: compiled(**own), arrays)


class Torch(Words):
    """torch: its tape, and the transformations of `torch.func`."""

    def __init__(self) -> None:
        import torch

        torch.set_num_threads(1)
        torch.set_default_dtype(torch.float64)
        super().__init__(torch)
        functional = torch.nn.functional
        self.torch, self.functional, self.slogdet = torch, functional, torch.linalg.slogdet
        self.relu, self.softplus, self.erf = torch.relu, functional.softplus, torch.erf
        self.sigmoid, self.amin = torch.sigmoid, partial(torch.amin, dim=-1)
        self.softmax = partial(torch.softmax, dim=-1)
        self.logsoftmax = partial(torch.log_softmax, dim=-1)
        self.logsumexp = partial(torch.logsumexp, dim=-1)

    def conv2d(self, X: Any, W: Any) -> Any:
        """The convolution of images with zeros around them, as large as they are."""
        return self.functional.conv2d(X, W, padding=1)

    def layer_norm(self, X: Any, g: Any, b: Any, e: Any) -> Any:
        """Rows without mean, of length 1, scaled and moved, as one operation of the library."""
        return self.functional.layer_norm(X, X.shape[1:], g[0], b[0], float(e))

    def conv2(self, V: Any, K: Any) -> Any:
        """The valid cross-correlation."""
        return self.functional.conv2d(V[None, None], K[None, None])[0, 0]

    def arrays(self, arrays: Arrays) -> Mapping[str, Any]:
        """The arrays as the library's own."""
        return {name: self.torch.tensor(array) for name, array in arrays.items()}

    def taped(self, case: Case, arrays: Arrays) -> Work:
        """The derivative by the tape, `torch.autograd`."""
        own = self.arrays(arrays)
        by = [own[name] for name in case.wrt]
        grad = self.torch.autograd.grad
        if case.order == 2 or case.jacobian:
            functional = self.torch.autograd.functional
            transform = functional.jacobian if case.jacobian else functional.hessian
            (name,) = case.wrt
            return lambda: transform(lambda x: case.value(self, **{**own, name: x}), own[name])
        for tensor in by:
            tensor.requires_grad_()

        def run() -> Any:
            value = case.value(self, **own)
            found = grad(value, by)
            return (value.detach(), found) if case.with_value else found

        return run

    def transformed(self, case: Case, arrays: Arrays) -> Work:
        """The derivative by the transformations of `torch.func`."""
        own, func = self.arrays(arrays), self.torch.func
        by = tuple(own[name] for name in case.wrt)

        def value(*given: Any) -> Any:
            return case.value(self, **{**own, **dict(zip(case.wrt, given, strict=True))})

        positions: Any = tuple(range(len(by))) if len(by) > 1 else 0
        if case.jacobian:
            transform = func.jacrev(value, positions)
        elif case.order == 2:
            transform = func.hessian(value, positions)
        elif case.with_value:
            both = func.grad_and_value(value, positions)
            return lambda: both(*by)[::-1]
        else:
            transform = func.grad(value, positions)
        return lambda: transform(*by)

    def by_hand(self, case: Case, arrays: Arrays) -> Work | None:
        """The formula by hand; nothing where none is written."""
        return self.generated(partial(case.formula, self), arrays) if case.formula else None

    def generated(self, function: Callable[..., Any], arrays: Arrays) -> Work:
        """A generated function of tensors."""
        own = self.arrays(arrays)
        return lambda: function(**own)


class Autograd(Numpy):
    """HIPS autograd, which traces numpy."""

    def __init__(self) -> None:
        import autograd
        import autograd.numpy
        import autograd.scipy.signal
        import autograd.scipy.special

        super().__init__(autograd.numpy)
        self.autograd = autograd
        self.special = autograd.scipy.special

    def erf(self, X: Any) -> Any:
        """The error function."""
        return self.special.erf(X)

    def conv2(self, V: Any, K: Any) -> Any:
        """The valid cross-correlation."""
        return self.autograd.scipy.signal.convolve(V, K[::-1, ::-1], mode="valid")

    def traced(self, case: Case, arrays: Arrays) -> Work:
        """The derivative, traced anew by each call."""
        names = list(case.arrays)
        own = list(arrays.values())
        positions = list(map(names.index, case.wrt))

        def value(*given: Any) -> Any:
            return case.value(self, **dict(zip(names, given, strict=True)))

        by: Any = positions if len(positions) > 1 else positions[0]
        if case.with_value:
            return self._with_value(value, own, positions)
        transform = (
            self.autograd.jacobian
            if case.jacobian
            else self.autograd.hessian
            if case.order == 2
            else self.autograd.grad
        )(value, by)
        return lambda: transform(*own)

    def _with_value(self, value: Any, own: Sequence[Array], positions: Sequence[int]) -> Work:
        def of(given: Sequence[Any]) -> Any:
            whole = list(own)
            for position, array in zip(positions, given, strict=True):
                whole[position] = array
            return value(*whole)

        both = self.autograd.value_and_grad(of)
        return lambda: both(tuple(own[position] for position in positions))
