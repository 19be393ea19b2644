"""Derivatives inside code: `jax.grad(D)(x)` and `torch.autograd.grad(D, x)`, as `grad(D, x)`.

In the language such a derivative counts every way in which D depends on x.  In PyTorch it does so
too; in JAX only the argument counts, so that a function that has x by another way is refused.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dimderiv.language import Call, Name, Tree, names_in
from dimderiv.sources.code.calls import Arguments, Calls
from dimderiv.sources.code.names import spelled
from dimderiv.sources.code.values import Array, Function, Place, Slope, Value, Written

# What the libraries call the derivatives of the language.
_OF_FUNCTIONS: Mapping[str, str] = {
    "grad": "grad",
    "value_and_grad": "grad",
    "hessian": "hess",
    "jacobian": "jac",
    "jacfwd": "jac",
    "jacrev": "jac",
}
# How many axes a value has that is differentiated so.
_AXES: Mapping[str, int] = {"grad": 0, "hess": 0, "jac": 1}


class Slopes(Calls):
    """Reads derivatives of functions and of values."""

    def derivative(self, node: ast.Call, function: Function, given: Arguments) -> Value:
        """A derivative, or a function that is one; nothing where something else is called."""
        match function:
            case Function(name, "jax") if name in _OF_FUNCTIONS:
                return self._differentiated(node, name, given)
            case Function("grad" as name, "torch"):
                return self._of_values(node, name, given)
        return None

    def _differentiated(self, node: ast.Call, name: str, given: Arguments) -> Slope:
        """What `jax.grad(f)` is."""
        (function, *rest), named = given
        place = named.get("argnums", rest[0] if rest else None)
        number = 0 if place is None else place.whole if isinstance(place, Array) else None
        if not isinstance(function, Written) or number is None or set(named) - {"argnums"}:
            self.refuse(node, f"{name} is not read with these arguments")
        return Slope(function, _OF_FUNCTIONS[name], number, name == "value_and_grad")

    def derivative_at(self, node: ast.Call, slope: Slope, given: Arguments) -> Value:
        """A derivative of a function at its arguments."""
        at, (positional, named) = self.place(node), given
        if slope.argument >= len(positional):
            self.refuse(node, f"{slope.of.name} is not read with these arguments")
        by = self._variable(at, positional[slope.argument])
        others = [*positional[: slope.argument], *positional[slope.argument + 1 :]]
        around = [*others, *named.values(), *self._around(slope.of, set())]
        if any(self._has(each.tree, by.tree) for each in _arrays(around)):
            self.refuse(
                node,
                f"{slope.of.name} has {at.array(by).name} by another way than this argument",
                "another name for what the function does not differentiate",
            )
        value = at.array(self.inlined(node, slope.of, given), _AXES[slope.function])
        found = self._derivative(at, slope.function, value, by)
        return (value, found) if slope.with_value else found

    def _of_values(self, node: ast.Call, name: str, given: Arguments) -> Value:
        """What `torch.autograd.grad(D, x, create_graph=True)` is: a gradient for each input."""
        at, (positional, named) = self.place(node), given
        inputs = dict(zip(("outputs", "inputs"), positional, strict=False)) | dict(named)
        if set(inputs) - {"outputs", "inputs", "create_graph", "retain_graph"} or len(inputs) < 2:
            at.refuse(f"{name} is not read with these arguments", "torch.autograd.grad(D, x)")
        if inputs.get("create_graph") is not True:
            at.refuse("without a graph, a gradient is a constant", "create_graph=True")
        value, by = at.array(inputs["outputs"], 0), inputs["inputs"]
        every: Sequence[Value] = by if isinstance(by, tuple) else (by,)
        return tuple([self._derivative(at, "grad", value, self._variable(at, x)) for x in every])

    def _variable(self, at: Place, value: Value) -> Array:
        """A name that is differentiated by."""
        array = at.array(value)
        if array.name is None:
            at.refuse("what is differentiated by has no name", "a name for it first: z = W @ x")
        return array

    def _derivative(self, at: Place, function: str, value: Array, by: Array) -> Array:
        tree = Call(function, (value.tree, by.tree), span=at.span)
        if function == "grad":
            return Array(tree, by.axes, by.is_row)
        if by.axes != 1 or by.is_row or value.is_row:
            at.refuse(f"{function} is read of columns alone", "grad of a scalar")
        return Array(tree, 2)

    def _around(self, function: Written, seen: set[str]) -> Iterator[Value]:
        """What the names in a function stand for that it does not define itself."""
        body = function.body if isinstance(function.body, tuple) else (function.body,)
        names = [n for part in body for n in ast.walk(part) if isinstance(n, ast.Name)]
        own = {each.arg for each in ast.walk(function.parameters) if isinstance(each, ast.arg)}
        own.update(name.id for name in names if isinstance(name.ctx, ast.Store))
        for name in {name.id for name in names} - own - seen:
            seen.add(name)
            value = function.around.get(name)
            symbol = spelled(name)
            if isinstance(value, Written):
                yield from self._around(value, seen)
            elif name in function.around:
                yield value
            elif symbol is not None:
                yield Array(Name(symbol), 0)

    def _has(self, tree: Tree, by: Tree) -> bool:
        """Whether a part is made of what is differentiated by, directly or through names."""
        assert isinstance(by, Name), "it was asked for a name"
        moving = {by.name}
        for each in self.statements:
            if each.name is not None and not moving.isdisjoint(names_in(each.value)):
                moving.add(each.name)
        return not moving.isdisjoint(names_in(tree))


def _arrays(values: Iterable[Value]) -> Iterator[Array]:
    """The arrays among values, in lists of them too."""
    for value in values:
        if isinstance(value, Array):
            yield value
        elif isinstance(value, tuple):
            yield from _arrays(value)
