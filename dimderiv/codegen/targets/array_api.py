"""The Python array API standard as a target: one function for every library that keeps to it.

What is computed stays lazy where the library is: no value is looked at, nothing is overwritten, and
no array larger than those of the plan is made.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from dimderiv.codegen.plan import EXTREMES, VIEWS, Operation, called, is_of_numbers
from dimderiv.codegen.targets.layers import WORDS, LayerText, class_layer
from dimderiv.codegen.targets.text import Text, joined, subscripts
from dimderiv.codegen.targets.writer import Writer, summed_axes, triangle_place

SAME_NAME = ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "abs", "sign")
LINALG = frozenset({"inv", "solve", "det", "pinv"})


class ArrayApiWriter(Writer):
    """Writes operations in the words of the standard."""

    target = "array_api"
    imports = ""
    module = "xp"
    helper_file = "array_api_helpers.py"
    reserved = frozenset({"xp", "like"})
    row = "[0, :]"
    # The standard has a Cholesky factor, but nothing that solves with it.
    factors = frozenset()
    layer_name = "Layer"
    layer_words = WORDS
    context = ("xp", "like")
    hands_down = False
    entrywise: ClassVar[Mapping[str, str]] = {
        **{name: f"xp.{name}({{}})" for name in SAME_NAME},
        **{name: f"xp.{name}({{}}, {{}})" for name in EXTREMES},
        **{name: f"xp.{name.replace('rc', '')}({{}})" for name in ("arcsin", "arccos", "arctan")},
        # A clip would be shorter, but where it is lazy its bounds become as large as the argument.
        "relu": "xp.maximum({}, xp.asarray(0, **like))",
    }
    calls: ClassVar[Mapping[str, str]] = {}
    helpers = frozenset(
        {
            *("softplus", "sigmoid", "silu", "softmax", "logsoftmax", "logsumexp"),
            *("expm", "dexpm", "polar", "eigvec", "gap_pinv"),
            *("conv2", "conv2_full", "overlap_add", "sheared"),
        }
    )

    def converted(self, names: list[str]) -> list[str]:
        """The lines after which the arguments are arrays of one library and one type."""
        targets = ", ".join(names)
        comma = "," * (len(names) == 1)
        return [f"xp, like, ({targets}{comma}) = {self.helper('arrays')}({targets})"]

    def recast(self, names: list[str], dtype: str) -> list[str]:
        """The lines after which arguments that arrive later are arrays as the others are."""
        targets = ", ".join(names)
        comma = "," * (len(names) == 1)
        return [f"{targets}{comma} = {self.helper('recast')}(xp, like, {targets})"]

    def layer(self, text: LayerText) -> list[str]:
        """A class that keeps what its backward pass needs."""
        return class_layer(text)

    def needs_number(self, op: Operation, place: int) -> bool:
        """Whether truth values are to be made numbers: the standard does not count with them."""
        return op.kind not in VIEWS and op.kind != "cast"

    def spelled(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation as the standard spells it."""
        texts = [part.text for part in parts]
        match op.kind:
            case "cast" if is_of_numbers(op):
                return Text(self.constant(texts[0]))
            case "cast":
                return Text(f"xp.astype({texts[0]}, {self.dtype})")
            case "reduce":
                function, axes = op.detail
                return Text(f"xp.{function}({texts[0]}{_along(op, axes)})")
            case "inner":
                return Text(f"xp.tensordot({texts[0]}, {texts[1]}, axes={op.arguments[0].rank})")
            case "tensordot":
                return Text(f"xp.tensordot({texts[0]}, {texts[1]}, axes={summed_axes(op)})")
            case "einsum":
                one, two, out = subscripts(*op.detail[0], op.detail[1])
                call = self.helper("einsum")
                return Text(f'{call}("{one},{two}->{out}", {texts[0]}, {texts[1]})')
            case "fill":
                return self._filled(op, texts[0])
            case "triangle":
                return Text(f"xp.tril(xp.ones({self.shape(op.dims)}, **like))")
            case "scatter":
                return self._on_diagonals(op, parts[0])
            case "transpose":
                return Text(f"xp.permute_dims({texts[0]}, {op.detail[0]})")
            case "diagonal":
                return Text(f"{self.helper('diagonal')}({texts[0]}, {op.detail[0]})")
            case "windows":
                sizes = self.tuple(op.dims[-len(op.detail[0]) :])
                return Text(f"{self.helper('windows')}({texts[0]}, {sizes}, {op.detail[0]})")
            case "reshape":
                return Text(f"xp.reshape({texts[0]}, {self.tuple(op.dims)})")
        return self._of_matrices(op, texts)

    def mapped(self, op: Operation, parts: Sequence[Text]) -> Text:
        """A function of the entries of arrays, as the standard spells it."""
        function = op.detail[0]
        if function == "*" and op.rank == 2 and (triangle := triangle_place(op)):
            name, place = triangle
            return Text(f"xp.{name}({parts[place].text})")
        if function in EXTREMES and not is_of_numbers(op):
            parts = self.numbers_as_arrays(op, parts)
        return super().mapped(op, parts)

    def scattered(
        self, variable: str, base: Text | None, op: Operation, part: Text
    ) -> list[str]:  # fmt: skip
        """The line that puts values on a diagonal, or adds them to what is there."""
        text = self._on_diagonals(op, part)
        if base is not None:
            text = joined("+", base, text)
        dims = " x ".join(map(str, op.dims))
        return [f"{variable} = {text.text}  # {dims}"]

    def constant(self, text: str) -> str:
        """A number as an array."""
        return f"xp.asarray({text}, **like)"

    def _filled(self, op: Operation, text: str) -> Text:
        shape, (value,) = self.shape(op.dims), op.arguments
        if not is_of_numbers(value):
            return Text(f"xp.broadcast_to({text}, {self.tuple(op.dims)})")
        if value.kind == "number" and value.detail[0] in (0, 1):
            return Text(f"xp.{'ones' if value.detail[0] else 'zeros'}({shape}, **like)")
        return Text(f"xp.broadcast_to({self.constant(text)}, {self.tuple(op.dims)})")

    def _on_diagonals(self, op: Operation, part: Text) -> Text:
        """The array that is zero but where some of its axes run together."""
        value = op.arguments[-1]
        if op.detail[0] == (0, 0) and is_of_numbers(value):
            eye = Text(f"xp.eye({self.size(op.dims[0]).text}, **like)")
            return eye if part.text == "1" else joined("*", part, eye)
        text = self.constant(part.text) if is_of_numbers(value) else part.text
        call = self.helper("on_diagonals")
        return Text(f"{call}({text}, {op.detail[0]}, {self.tuple(op.dims)})")

    def _of_matrices(self, op: Operation, texts: Sequence[str]) -> Text:
        """A function of the extension for linear algebra."""
        given = ", ".join(texts)
        match op.kind:
            case "logdet":
                return Text(f'{self.helper("linalg")}("slogdet", {given})[1]')
            case "eigmax":
                return Text(f'{self.helper("linalg")}("eigvalsh", {given})[-1]')
            case "normN":
                svd = f'{self.helper("linalg")}("svd", {given}, full_matrices=False)'
                return Text(f"xp.sum({svd}[1])")
        if called(op) in LINALG:
            return Text(f'{self.helper("linalg")}("{called(op)}", {given})')
        raise self.unknown(op.kind)


def _along(op: Operation, axes: Sequence[int]) -> str:
    """The axes that a reduction is over: nothing where it is over all."""
    if len(axes) == op.arguments[0].rank:
        return ""
    return f", axis={axes[0] if len(axes) == 1 else tuple(axes)}"
