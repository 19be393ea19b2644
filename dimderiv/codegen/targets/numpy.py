"""numpy as a target."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from dimderiv.codegen.plan import EXTREMES, Operation, details, is_of_numbers, is_of_stack
from dimderiv.codegen.targets.helper_arguments import inlaid_in_place, put_in_place
from dimderiv.codegen.targets.layers import WORDS, LayerText, class_layer
from dimderiv.codegen.targets.numpy_like import NumpyLikeWriter
from dimderiv.codegen.targets.spelling import outer_places, triangle_place
from dimderiv.codegen.targets.text import SUM, Text, commented, joined
from dimderiv.codegen.targets.writer import Writer
from dimderiv.language import Dim

# In numpy code a call of one function, with one array among its arguments.
UNIVERSAL = re.compile(r"(?:np|\{xp\})\.\w+\([^()]*\)")
SOFTMAXES = frozenset({"softmax", "logsoftmax"})
ARITHMETIC = {"+": "np.add", "-": "np.subtract", "*": "np.multiply", "/": "np.divide"}


class NumpyWriter(NumpyLikeWriter):
    """Writes operations in numpy."""

    target = "numpy"
    imports = "import numpy as np"
    module = "np"
    helper_file = "numpy_helpers.py"
    labels = "np.asarray({}, int)"
    in_blocks = True
    array_tests = ("np.ndarray", '{}.dtype.kind == "f"')
    layer_name = "Layer"
    layer_words = WORDS
    hands_down = False
    remakes_operators = True
    calls: ClassVar[Mapping[str, str]] = {
        **NumpyLikeWriter.calls,
        "inv": "{helper.inv}({})",
        "chol": "{helper.cholesky}({})",
        "lower": "{}",
        "inner": "np.vdot({}, {})",
        "copied": "{0.atom}.copy()",
        "mpower": "np.linalg.matrix_power({}, {helper.whole}({}))",
        # numpy's own `outer` is the slowest of its ways.
        "outer": "{helper.outer}({}, {})",
        "windows": "np.lib.stride_tricks.sliding_window_view({}, {op.window}, {op.detail.axes})",
    }

    stacked = Writer.stacked | {"pinv", "mpower"}

    def spelled(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation as numpy spells it; of a stack of matrices it has the inverses."""
        if op.kind == "inv" and is_of_stack(op):
            return Text(f"np.linalg.inv({parts[0]})")
        return super().spelled(op, parts)

    def helper_name(self, op: Operation) -> str:
        """The name of a helper function: functions of rows have one more for more axes."""
        is_of_rows = isinstance(op.detail, details.Along) and op.kind in SOFTMAXES
        return f"{op.kind}_along" if is_of_rows and op.rank > 2 else super().helper_name(op)

    def linear_map(
        self,
        dtype: str,
        rows: Sequence[str],
        columns: Sequence[str],
        apply: str,
        adjoint: str,
        remade: str,
    ) -> str:
        """An operator of scipy."""
        shapes = ", ".join(f"[{', '.join(each)}]" for each in (rows, columns))
        return f"{self.helper('linear_operator')}({dtype}, {shapes}, {apply}, {adjoint}, {remade})"

    def layer(self, text: LayerText) -> list[str]:
        """A class that keeps what its backward pass needs."""
        return class_layer(text)

    def overwritable(self, op: Operation) -> Sequence[int]:
        """The places of the arguments that numpy can put the value in."""
        if op.function in ARITHMETIC:
            return () if triangle_place(op) else (0, 1)
        if op.kind == "map":
            is_taken = op.function in {*EXTREMES, "square"} or self._is_universal(op)
            return (0,) if is_taken and not is_of_numbers(op) else ()
        if op.kind in {"scatter", "inlaid", "put"}:
            return (0,) if len(op.arguments) > 1 + (op.kind == "put") else ()
        return (0,) if op.kind in SOFTMAXES else ()

    def _is_universal(self, op: Operation) -> bool:
        """Whether an operation is one call of a universal function of numpy, which takes `out`."""
        call = UNIVERSAL.fullmatch(self.rules.get(op.function, ""))
        return call is not None and len(op.arguments) == 1

    def overwritten(self, op: Operation, parts: Sequence[Text], place: int, variable: str) -> str:
        """A line such as `A += B` or `np.exp(A, out=A)`."""
        function, held = op.function, parts[place].text
        if function in {*ARITHMETIC, "square"}:
            operator = "*" if function == "square" else function
            sides = [part.text for part in parts] if len(parts) == 2 else [held, held]
            if held == variable and (place == 0 or operator in "+*"):
                return f"{variable} {operator}= {sides[1 - place]}"
            return _kept(f"{ARITHMETIC[operator]}({', '.join(sides)}, out={held})", held, variable)
        call = self.written(op, parts).text.removesuffix(")")
        return _kept(f"{call}, out={held})", held, variable)

    def scattered(self, variable: str, base: Text | None, op: Operation, part: Text) -> list[str]:
        """The lines that put values on a diagonal, or add them to what is there."""
        assert isinstance(op.detail, details.Pattern)
        text, (letters,) = part.text, op.detail
        view = f"{self.diagonal_view(variable, letters)}[...]"
        if base is None:
            zeros = f"{variable} = np.zeros({self.shape(op.dims)}, {self.dtype})"
            return [commented(zeros, op.dims), f"{view} = {text}"]
        is_copied = base.text != variable
        lines = [f"{variable} = {base.atom}.copy()"] if is_copied else []
        if letters == (0, 0) and (is_copied or _is_by_rows(op.arguments[0])):
            step = joined("+", self.size(op.dims[0]), Text("1"))
            view = f"{variable}.reshape(-1)[:: {step.within(SUM)}]"
        if op.arguments[-1].kind in {"map", "number"} and text.startswith("-"):
            return [*lines, f"{view} -= {text.removeprefix('-')}"]
        return [*lines, f"{view} += {text}"]

    def put(self, variable: str, op: Operation, texts: Sequence[Text]) -> list[str]:
        """The lines that add an entry to each row of an array."""
        return put_in_place(self, variable, op, texts, "copy")

    def inlaid(self, variable: str, base: Text | None, op: Operation, part: Text) -> list[str]:
        """The lines that put values into a part of an array."""
        zeros = f"np.zeros({self.shape(op.dims)}, {self.dtype})"
        return inlaid_in_place(self, variable, base, op, part, (zeros, "copy"))

    def array(self, dims: Sequence[Dim], *, is_zero: bool) -> str:
        """A new array that loops over blocks fill; a number without axes."""
        made = "zeros" if is_zero else "empty"
        return f"np.{made}({self.shape(dims)}, {self.dtype})" if dims else "0"

    def constant(self, text: str) -> str:
        """A number of numpy."""
        return f"{self.dtype}.type({text})" if self.arguments.arrays else f"np.float64({text})"


def _is_by_rows(op: Operation) -> bool:
    """Whether a value surely lies in memory row by row, so that its diagonal has one step."""
    return op.kind == "matmul" or (op.function == "*" and outer_places(op) is not None)


def _kept(call: str, held: str, variable: str) -> str:
    """A call whose value is held by a variable already, or by another from now on."""
    return call if held == variable else f"{variable} = {call}"
