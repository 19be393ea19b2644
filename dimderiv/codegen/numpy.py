"""numpy as a target."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from dimderiv.codegen.arguments import WIDTH
from dimderiv.codegen.layers import LayerText, class_layer
from dimderiv.codegen.numpy_like import NumpyLikeWriter
from dimderiv.codegen.plan import Operation
from dimderiv.codegen.text import ATOM, Text

# So many arguments are looked at one by one before any is converted: looking is quicker.
MOST_TESTED = 6


class NumpyWriter(NumpyLikeWriter):
    """Writes operations in numpy."""

    target = "numpy"
    imports = "import numpy as np"
    module = "np"
    helper_file = "numpy_helpers.py"
    overwrites = True
    layer_name = "Layer"
    hands_down = False
    entrywise: ClassVar[Mapping[str, str]] = {
        **NumpyLikeWriter.entrywise,
        "relu": "np.maximum({}, 0)",
        "softplus": "np.logaddexp(0, {})",
    }
    calls: ClassVar[Mapping[str, str]] = {**NumpyLikeWriter.calls, "inner": "np.vdot({}, {})"}
    helpers = frozenset(
        {
            *("sigmoid", "erf", "gelu", "silu", "softmax", "logsoftmax", "logsumexp"),
            *("expm", "dexpm", "polar", "eigvec", "conv2", "conv2_full", "overlap_add"),
        }
    )

    def converted(self, names: list[str]) -> list[str]:
        """The lines after which the arguments are arrays of one type; none is touched that is."""
        lines = super().converted(names)
        if len(names) > MOST_TESTED:
            return lines
        types = " is ".join(f"type({name})" for name in names)
        dtypes = " is ".join(f"{name}.dtype" for name in names)
        same = f" and {dtypes}" * (len(names) > 1)
        test = f'{types} is np.ndarray{same} and {names[0]}.dtype.kind == "f"'
        heads = [f"if not ({test}):"]
        if len(heads[0]) > WIDTH:
            kind = f'    and {names[0]}.dtype.kind == "f"'
            heads = ["if not (", f"    {types} is np.ndarray", f"    and {dtypes}", kind, "):"]
        return [*heads, *(f"    {line}" for line in lines)]

    def linear_map(
        self, dtype: str, rows: Sequence[str], columns: Sequence[str], apply: str, adjoint: str
    ) -> str:
        """An operator of scipy."""
        shapes = ", ".join(f"[{', '.join(each)}]" for each in (rows, columns))
        return f"{self.helper('linear_operator')}({dtype}, {shapes}, {apply}, {adjoint})"

    def layer(self, text: LayerText) -> list[str]:
        """A class that keeps what its backward pass needs."""
        return class_layer(text)

    def spelled(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation as numpy spells it."""
        if op.kind == "windows":
            name = "np.lib.stride_tricks.sliding_window_view"
            window = self.sizes(op.dims[-len(op.detail[0]) :])
            return Text(f"{name}({parts[0].text}, ({window}), {op.detail[0]})")
        return super().spelled(op, parts)

    def scattered(
        self, variable: str, base: Text | None, op: Operation, part: Text
    ) -> list[str]:  # fmt: skip
        """The lines that put values on a diagonal, or add them to what is there."""
        view, text = self.diagonal_view(variable, op.detail[0]), part.text
        if base is None:
            dims = " x ".join(map(str, op.dims))
            zeros = f"np.zeros({self.shape(op.dims)}, {self.dtype})"
            return [f"{variable} = {zeros}  # {dims}", f"{view}[...] = {text}"]
        lines = [] if base.text == variable else [f"{variable} = {base.within(ATOM)}.copy()"]
        added = op.arguments[-1]
        if added.kind in {"map", "number"} and text.startswith("-"):
            return [*lines, f"{view}[...] -= {text.removeprefix('-')}"]
        return [*lines, f"{view}[...] += {text}"]

    def constant(self, text: str) -> str:
        """A number of numpy."""
        return f"np.float64({text})"
