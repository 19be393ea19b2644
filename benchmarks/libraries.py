"""Automatic differentiation of a case's value: what each library needs for it.

Each class has the operations that the values of cases use, in the words of one library, and makes
the derivative that the library is asked for.  A library that is not installed raises ImportError.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.case import Array, Arrays, Case

Work = Callable[[], Any]


class Jax:
    """jax, compiled: `jax.jit(jax.grad(f))` and its like."""

    def __init__(self) -> None:
        import jax

        jax.config.update("jax_enable_x64", True)
        self.jax, np = jax, jax.numpy
        self.relu, self.softplus = jax.nn.relu, jax.nn.softplus
        self.softmax, self.logsoftmax = jax.nn.softmax, jax.nn.log_softmax
        self.logsumexp, self.sqrt, self.trace = jax.nn.logsumexp, np.sqrt, np.trace
        self.solve, self.einsum, self.arange = np.linalg.solve, np.einsum, np.arange

    def conv2d(self, X: Any, W: Any) -> Any:
        """The convolution of images with zeros around them, as large as they are."""
        return self.jax.lax.conv(X, W, (1, 1), "SAME")

    def mean(self, X: Any) -> Any:
        """The mean of each column."""
        return X.mean(axis=0, keepdims=True)

    def logdet(self, A: Any) -> Any:
        """The logarithm of the determinant's absolute value."""
        return self.jax.numpy.linalg.slogdet(A)[1]

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
        """The closed form by hand, compiled; nothing where none is written."""
        from benchmarks.in_jax import FORMS  # imports jax

        form = FORMS.get((case.name, case.kind))
        return self.generated(form, arrays) if form else None

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


class Torch:
    """torch: its tape, and the transformations of `torch.func`."""

    def __init__(self) -> None:
        import torch

        torch.set_num_threads(1)
        self.torch, functional = torch, torch.nn.functional
        self.relu, self.softplus = torch.relu, functional.softplus
        self.sqrt, self.trace, self.solve = torch.sqrt, torch.trace, torch.linalg.solve
        self.einsum, self.arange = torch.einsum, torch.arange

    def conv2d(self, X: Any, W: Any) -> Any:
        """The convolution of images with zeros around them, as large as they are."""
        return self.torch.nn.functional.conv2d(X, W, padding=1)

    def softmax(self, X: Any) -> Any:
        """The softmax of each row."""
        return self.torch.softmax(X, -1)

    def logsoftmax(self, X: Any) -> Any:
        """The logarithm of the softmax of each row."""
        return self.torch.log_softmax(X, -1)

    def logsumexp(self, x: Any) -> Any:
        """The logarithm of the sum of exponentials of a vector."""
        return self.torch.logsumexp(x, -1)

    def mean(self, X: Any) -> Any:
        """The mean of each column."""
        return X.mean(dim=0, keepdim=True)

    def logdet(self, A: Any) -> Any:
        """The logarithm of the determinant's absolute value."""
        return self.torch.linalg.slogdet(A)[1]

    def conv2(self, V: Any, K: Any) -> Any:
        """The valid cross-correlation."""
        return self.torch.nn.functional.conv2d(V[None, None], K[None, None])[0, 0]

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

    def generated(self, function: Callable[..., Any], arrays: Arrays) -> Work:
        """A generated function of tensors."""
        own = self.arrays(arrays)
        return lambda: function(**own)


class Autograd:
    """HIPS autograd, which traces numpy."""

    def __init__(self) -> None:
        import autograd
        import autograd.numpy as np
        import autograd.scipy.signal
        import autograd.scipy.special

        self.autograd, self.np = autograd, np
        self.sqrt, self.trace, self.solve = np.sqrt, np.trace, np.linalg.solve
        self.einsum, self.arange = np.einsum, np.arange
        self.logsumexp = autograd.scipy.special.logsumexp

    def relu(self, X: Any) -> Any:
        """The positive part."""
        return self.np.maximum(X, 0)

    def softplus(self, X: Any) -> Any:
        """`log(1 + exp(x))`."""
        return self.np.logaddexp(0, X)

    def logsoftmax(self, X: Any) -> Any:
        """The logarithm of the softmax of each row."""
        return X - self.logsumexp(X, axis=-1, keepdims=True)

    def softmax(self, X: Any) -> Any:
        """The softmax of each row."""
        e = self.np.exp(X - self.np.max(X, axis=-1, keepdims=True))
        return e / self.np.sum(e, axis=-1, keepdims=True)

    def mean(self, X: Any) -> Any:
        """The mean of each column."""
        return self.np.mean(X, axis=0, keepdims=True)

    def logdet(self, A: Any) -> Any:
        """The logarithm of the determinant's absolute value."""
        return self.np.linalg.slogdet(A)[1]

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
