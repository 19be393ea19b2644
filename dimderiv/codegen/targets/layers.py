"""The texts that a layer is put together from, and what writers of them share."""

from collections.abc import Mapping
from typing import NamedTuple

from dimderiv.codegen.targets.text import indented, listed

# The names that a class gives to parts of its own, where a symbol might have them.
WORDS = ("self",)


class LayerText(NamedTuple):
    """The texts of a layer.

    Attributes:
        name: the layer's name.
        docstring: the lines of its docstring.
        arrays: the names of the arrays that it takes.
        functions: the names of the functions and sizes that are handed in.
        forward: the lines of its forward pass.
        value: what that returns.
        kept: the names of what the backward pass needs of it.
        factors: those of them that are no arrays, but factors of one.
        facts: the names of sizes that the backward pass needs and cannot read off what is kept.
        sizes: what it reads off: the text of each size by its name.
        upstream: the name of what is handed down to it.
        has_default: whether that may be left out.
        told: what is said of the backward pass.
        backward: its lines.
        derivatives: what it returns, by the array that each is the derivative by.
    """

    name: str
    docstring: list[str]
    arrays: list[str]
    functions: list[str]
    forward: list[str]
    value: str
    kept: list[str]
    factors: list[str]
    facts: list[str]
    sizes: Mapping[str, str]
    upstream: str
    has_default: bool
    told: str
    backward: list[str]
    derivatives: Mapping[str, str]

    @property
    def reads(self) -> list[str]:
        """The lines after which the sizes have names."""
        return [f"{name} = {text}" for name, text in self.sizes.items()]

    @property
    def cotangents(self) -> list[str]:
        """The derivative by each array that the layer takes; `None`, for zeros, by constants."""
        return [self.derivatives.get(name, "None") for name in self.arrays]


def class_layer(text: LayerText) -> list[str]:
    """The lines of a class that keeps in its forward pass what its backward pass needs."""
    kept = [*text.kept, *text.facts]
    forward = [
        '"""The value; what `backward` needs is kept, not copied."""',
        *text.forward,
        f"self.kept = ({listed(kept)})",
        f"return {text.value}",
    ]
    backward = [
        f'"""{text.told}"""',
        "if self.kept is None:",
        '    raise RuntimeError("backward needs what forward keeps: call forward first")',
        *([f"{listed(kept)} = self.kept"] if kept else []),
        *text.reads,
        *text.backward,
        f"return {', '.join(text.derivatives.values())}",
    ]
    given, default = ["self", *text.arrays, *text.functions], "=1.0" * text.has_default
    return [
        f"class {text.name}:",
        *indented([*text.docstring, "", "kept = None", ""]),
        *indented([f"def forward({', '.join(given)}):", *indented(forward)]),
        "",
        *indented([f"def backward(self, {text.upstream}{default}):", *indented(backward)]),
    ]
