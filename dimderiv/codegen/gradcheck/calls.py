"""The text that calls what is tested, and compares what it returns."""

from collections.abc import Mapping, Sequence

from dimderiv.codegen.gradcheck.compared import Compared, Tested
from dimderiv.codegen.targets import python_name

WIDTH = 92
TOTAL = '''\
def total(**moved):
    """What `upstream` is the derivative of by the value."""
    return np.sum(upstream * np.asarray({value}))'''


class Calls:
    """The lines of a test.

    Args:
        tested: the code.
        asked: what else the function asks for, and the one of the value: sizes, by their texts.
    """

    def __init__(self, tested: Tested, asked: Mapping[str, Mapping[str, str]]) -> None:
        self.tested, self.asked = tested, asked
        self.value = self.with_sizes("value")

    def lines(self) -> list[str]:
        """All of them, for arrays of some sizes."""
        form, target = self.tested.form, self.tested.target
        own = {"torch": self.torch_layer, "jax": self.jax_layer}.get(target, self.layer)
        body = {"dense": self.dense, "operator": self.operator, "layer": own}[form]
        return ["given = sample(**sizes)", *body()]

    def with_sizes(self, name: str) -> str:
        """The text of a function that needs no sizes any more."""
        sizes = self._sizes(name)
        return f"partial({', '.join([name, *sizes])})" if sizes else name

    def call(self, name: str, text: str = "", given: str = "given") -> str:
        """The text of the call of a function with all arrays."""
        return f"{text or name}({', '.join([f'**{given}', *self._sizes(name)])})"

    def _sizes(self, name: str) -> list[str]:
        return [f"{argument}={size}" for argument, size in self.asked[name].items()]

    def dense(self) -> list[str]:
        """The derivatives that a function returns, perhaps with the value."""
        (computed,) = self.tested.computed
        found = computed.found
        left = ", ".join(found)
        if self.tested.returns_value:
            left = f"found, {f'({left})' if len(found) > 1 else left}"
        return [
            f"{left} = {self.call(self.tested.name)}",
            *_set_apart(computed),
            *(self._value() if self.tested.returns_value else []),
            *self._compared(computed),
        ]

    def operator(self) -> list[str]:
        """What an operator makes of arrays, from either side."""
        every, target = self.tested.computed, self.tested.target
        lines = [line for computed in every for line in _set_apart(computed)]
        lines.append(f"operator = {self.call(self.tested.name)}")
        # Where it is its own adjoint, and no operator of scipy, it is a function.
        is_function = len(every) == 1 and target != "numpy"
        for method, computed in zip(("apply", "apply_adjoint"), every, strict=False):
            applied = "operator" if is_function else f"operator.{method}"
            given = "upstream" if computed.upstream else "*directions.values()"
            lines.append(f"{', '.join(computed.found)} = {applied}({given})")
            lines += self._compared(computed)
        return lines

    def layer(self) -> list[str]:
        """Both passes of a layer that is a class with two methods."""
        (computed,) = self.tested.computed
        called = [
            f"layer = {self.tested.name}()",
            f"found = {self.call(self.tested.name, 'layer.forward')}",
            f"{', '.join(computed.found)} = layer.backward(upstream)",
        ]
        return self._passes(computed, called)

    def torch_layer(self) -> list[str]:
        """Both passes of a function that torch differentiates."""
        (computed,) = self.tested.computed
        called = [
            "tensors = {name: torch.tensor(array) for name, array in given.items()}",
            f"variables = [tensors[name].requires_grad_() for name in {_variables(computed)}]",
            f"found = {self.call(self.tested.name, given='tensors')}",
            "found.backward(torch.tensor(upstream))",
            f"{_unpacked(computed)} = [variable.grad for variable in variables]",
            "found = found.detach()",
        ]
        return self._passes(computed, called)

    def jax_layer(self) -> list[str]:
        """Both passes of a function that jax differentiates."""
        (computed,) = self.tested.computed
        function = self.call(self.tested.name, given="given | moved")
        called = [
            f"variables = {{name: given[name] for name in {_variables(computed)}}}",
            f"found, pullback = jax.vjp(lambda moved: {function}, variables)",
            "(slopes,) = pullback(jnp.asarray(upstream))",
            f"{_unpacked(computed)} = [slopes[name] for name in variables]",
        ]
        return self._passes(computed, called)

    def _passes(self, computed: Compared, called: Sequence[str]) -> list[str]:
        return [*_set_apart(computed), *called, *self._value(), *self._compared(computed)]

    def _value(self) -> list[str]:
        return [f'assert_close(found, {self.call("value")}, "the value")']

    def _compared(self, computed: Compared) -> list[str]:
        total = (
            TOTAL.format(value=self.call("value", given="moved")).split("\n")
            if computed.upstream
            else []
        )
        found = zip(computed.found, computed.titles.values(), strict=True)
        differences = computed.differences(self.value)
        return [
            *(["", *total, ""] if total else []),
            *(
                line
                for (name, title), expected in zip(found, differences, strict=True)
                for line in _assertion(name, expected, title)
            ),
        ]


def _assertion(found: str, expected: str, title: str) -> list[str]:
    """The line that compares, or two where it would be long."""
    line = f'assert_close({found}, {expected}, "{title}")'
    if len(line) < WIDTH:
        return [line]
    return [f"expected = {expected}", f'assert_close({found}, expected, "{title}")']


def _set_apart(computed: Compared) -> list[str]:
    """What the value does not take."""
    lines = []
    if computed.upstream:
        lines.append(f'upstream = given.pop("{python_name(computed.upstream)}")')
    if computed.directions:
        pairs = [
            f'"{python_name(name)}": given.pop("{python_name(direction)}")'
            for name, direction in computed.directions.items()
        ]
        lines.append(f"directions = {{{', '.join(pairs)}}}")
    return lines


def _variables(computed: Compared) -> str:
    return str(tuple(python_name(name) for (name,) in computed.titles)).replace("'", '"')


def _unpacked(computed: Compared) -> str:
    found = computed.found
    return ", ".join(found) if len(found) > 1 else f"({found[0]},)"
