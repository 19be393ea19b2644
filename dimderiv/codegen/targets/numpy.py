"""numpy as a target."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from dimderiv.codegen.plan import Operation, is_of_numbers
from dimderiv.codegen.targets.layers import WORDS, LayerText, class_layer
from dimderiv.codegen.targets.numpy_like import NumpyLikeWriter
from dimderiv.codegen.targets.text import ATOM, SUM, Text, joined, without_axis
from dimderiv.codegen.targets.writer import outer_places, triangle_place
from dimderiv.language import Dim

ARITHMETIC = {"+": "np.add", "-": "np.subtract", "*": "np.multiply", "/": "np.divide"}
# So many arguments are looked at one by one before any is converted: looking is quicker.
MOST_TESTED = 6


class NumpyWriter(NumpyLikeWriter):
    """Writes operations in numpy."""

    target = "numpy"
    imports = "import numpy as np"
    module = "np"
    helper_file = "numpy_helpers.py"
    in_blocks = True
    layer_name = "Layer"
    layer_words = WORDS
    hands_down = False
    entrywise: ClassVar[Mapping[str, str]] = {
        **NumpyLikeWriter.entrywise,
        "relu": "np.maximum({}, 0)",
        "softplus": "np.logaddexp(0, {})",
    }
    calls: ClassVar[Mapping[str, str]] = {**NumpyLikeWriter.calls, "inner": "np.vdot({}, {})"}
    helpers = frozenset(
        {
            *("sigmoid", "sigmoid_of_minus", "erf", "gelu", "silu"),
            *("softmax", "logsoftmax", "logsumexp"),
            *("cholesky", "cholesky_solve", "cholesky_inv", "cholesky_logdet", "cholesky_det"),
            *("lu", "lu_solve", "lu_inv", "lu_logdet", "lu_det", "inv"),
            *("expm", "dexpm", "polar", "eigvec", "gap_pinv"),
            *("conv2", "conv2_full", "overlap_add", "sheared"),
        }
    )

    def converted(self, names: list[str]) -> list[str]:
        """The lines after which the arguments are arrays of one type; none is touched that is."""
        lines = super().converted(names)
        if len(names) > MOST_TESTED:
            return lines
        tests = [" is ".join([*(f"type({name})" for name in names), "np.ndarray"])]
        if len(names) > 1:
            tests.append(" is ".join(f"{name}.dtype" for name in names))
        return self.unless([*tests, f'{names[0]}.dtype.kind == "f"'], lines)

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

    def mapped(self, op: Operation, parts: Sequence[Text]) -> Text:
        """A function of the entries of arrays; numpy's own `outer` is the slowest of its ways."""
        if op.detail[0] == "*" and (places := outer_places(op)):
            column, row = (without_axis(parts[place].text) for place in places)
            return Text(f"{self.helper('outer')}({column}, {row})")
        return super().mapped(op, parts)

    def overwritable(self, op: Operation) -> Sequence[int]:
        """The places of the arguments that numpy can put the value in."""
        if op.kind == "map" and op.detail[0] in ARITHMETIC:
            return () if op.rank == 2 and triangle_place(op) else (0, 1)
        if op.kind == "map":
            is_unary = op.detail[0] in {*self.entrywise, "square"}
            return (0,) if is_unary and not is_of_numbers(op) else ()
        if op.kind == "scatter":
            return (0,) if len(op.arguments) == 2 else ()
        return (0,) if op.kind in {"softmax", "logsoftmax"} else ()

    def overwritten(
        self, op: Operation, parts: Sequence[Text], place: int, variable: str
    ) -> str:  # fmt: skip
        """A line such as `A += B` or `np.exp(A, out=A)`."""
        function, held = op.detail[0] if op.detail else "", parts[place].text
        if op.kind == "map" and function in {*ARITHMETIC, "square"}:
            operator = "*" if function == "square" else function
            sides = [part.text for part in parts] if len(parts) == 2 else [held, held]
            if held == variable and (place == 0 or operator in "+*"):
                return f"{variable} {operator}= {sides[1 - place]}"
            return _kept(f"{ARITHMETIC[operator]}({', '.join(sides)}, out={held})", held, variable)
        call = self.written(op, parts).text.removesuffix(")")
        return _kept(f"{call}, out={held})", held, variable)

    def scattered(
        self, variable: str, base: Text | None, op: Operation, part: Text
    ) -> list[str]:  # fmt: skip
        """The lines that put values on a diagonal, or add them to what is there."""
        text = part.text
        if base is None:
            dims = " x ".join(map(str, op.dims))
            zeros = f"np.zeros({self.shape(op.dims)}, {self.dtype})"
            view = self.diagonal_view(variable, op.detail[0])
            return [f"{variable} = {zeros}  # {dims}", f"{view}[...] = {text}"]
        is_copied = base.text != variable
        lines = [f"{variable} = {base.within(ATOM)}.copy()"] if is_copied else []
        view = f"{self.diagonal_view(variable, op.detail[0])}[...]"
        if op.detail[0] == (0, 0) and (is_copied or _is_by_rows(op.arguments[0])):
            step = joined("+", self.size(op.dims[0]), Text("1"))
            view = f"{variable}.reshape(-1)[:: {step.within(SUM)}]"
        if op.arguments[-1].kind in {"map", "number"} and text.startswith("-"):
            return [*lines, f"{view} -= {text.removeprefix('-')}"]
        return [*lines, f"{view} += {text}"]

    def array(self, dims: Sequence[Dim], *, is_zero: bool) -> str:
        """A new array that loops over blocks fill; a number without axes."""
        made = "zeros" if is_zero else "empty"
        return f"np.{made}({self.shape(dims)}, {self.dtype})" if dims else "0"

    def constant(self, text: str) -> str:
        """A number of numpy."""
        return f"{self.dtype}.type({text})" if self.arguments.names else f"np.float64({text})"


def _is_by_rows(op: Operation) -> bool:
    """Whether a value surely lies in memory row by row, so that its diagonal has one step."""
    is_outer = op.kind == "map" and op.detail[0] == "*" and outer_places(op) is not None
    return op.kind == "matmul" or is_outer


def _kept(call: str, held: str, variable: str) -> str:
    """A call whose value is held by a variable already, or by another from now on."""
    return call if held == variable else f"{variable} = {call}"
