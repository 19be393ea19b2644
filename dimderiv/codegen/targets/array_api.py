"""The Python array API standard as a target: one function for every library that keeps to it.

What is computed stays lazy where the library is: no value is looked at, nothing is overwritten, and
no array larger than those of the plan is made.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from dimderiv.codegen.plan import Operation, details, is_of_numbers
from dimderiv.codegen.targets.layers import WORDS, LayerText, class_layer
from dimderiv.codegen.targets.spelling import SINGULAR, axes_over
from dimderiv.codegen.targets.text import Text, commented, joined, listed
from dimderiv.codegen.targets.writer import Writer
from dimderiv.language import ONE


class ArrayApiWriter(Writer):
    """Writes operations in the words of the standard."""

    target = "array_api"
    imports = ""
    module = "xp"
    helper_file = "array_api_helpers.py"
    labels = "xp.astype(xp.asarray({}), xp.int64)"
    reserved = frozenset({"xp", "like"})
    row = "[0, :]"
    # The standard has a Cholesky factor, but nothing that solves with it.
    factors = frozenset({"svd"})
    layer_name = "Layer"
    layer_words = WORDS
    context = ("xp", "like")
    hands_down = False
    calls: ClassVar[Mapping[str, str]] = {
        "inv": '{helper.linalg}("inv", {})',
        "solve": '{helper.linalg}("solve", {}, {})',
        "det": '{helper.linalg}("det", {})',
        "logdet": '{helper.linalg}("slogdet", {})[1]',
        "detsign": '{helper.linalg}("slogdet", {})[0]',
        "chol": '{helper.linalg}("cholesky", {})',
        "eigmax": '{helper.linalg}("eigvalsh", {})[-1]',
        "eigmin": '{helper.linalg}("eigvalsh", {})[0]',
        "eigvals": '{helper.linalg}("eigvalsh", {})',
        **SINGULAR,
        "pinv": '{helper.linalg}("pinv", {})',
        "normN": 'xp.sum({helper.linalg}("svd", {}, full_matrices=False)[1])',
        "einsum": '{helper.einsum}("{op.subscripts}", {}, {})',
        "tensordot": "xp.tensordot({}, {}, axes={op.ends})",
        "inner": "xp.tensordot({}, {}, axes={op.arguments[0].rank})",
        "triangle": "xp.tril(xp.ones({op.shape}, **like))",
        "cast": "xp.astype({}, {op.dtype})",
        "transpose": "xp.permute_dims({}, {op.detail.axes})",
        "diagonal": "{helper.diagonal}({}, {op.detail.letters})",
        "windows": "{helper.windows}({}, {op.window}, {op.detail.axes})",
        "reshape": "xp.reshape({}, {op.tupled})",
        "packed": "xp.reshape({}, {op.tupled})",
        "split": "xp.reshape({}, {op.tupled})",
        "concatenated": "xp.concat(({every}), axis={op.detail.axes[0]})",
        "cumsum": "xp.cumulative_sum({}, axis={op.detail.axes[0]})",
        "sort": "xp.sort({}, axis={op.detail.axes[0]})",
        "rank": "xp.argsort(xp.argsort({}, axis={op.detail.axes[0]}), axis={op.detail.axes[0]})",
        "flip": "xp.flip({}, axis={op.detail.axes})",
        "copied": "xp.asarray({}, copy=True)",
    }

    def converted(self, names: list[str]) -> list[str]:
        """The lines after which the arguments are arrays of one library and one type."""
        return [f"xp, like, ({listed(names)}) = {self.helper('arrays')}({', '.join(names)})"]

    def recast(self, names: list[str], dtype: str) -> list[str]:
        """The lines after which arguments that arrive later are arrays as the others are."""
        return super().recast(names, "xp, like")

    def layer(self, text: LayerText) -> list[str]:
        """A class that keeps what its backward pass needs."""
        return class_layer(text)

    def needs_number(self, op: Operation, place: int) -> bool:
        """Whether truth values are to be made numbers: the standard does not count with them."""
        return not op.is_view and op.kind != "cast"

    def spelled(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation as the standard spells it."""
        match op.detail:
            case details.Reduction(function, axes):
                over = axes_over(op, axes)
                return Text(f"xp.{function}({parts[0]}{', axis=' if over else ''}{over})")
        match op.kind:
            case "fill":
                return self._filled(op, parts[0].text)
            case "scatter":
                return self._on_diagonals(op, parts[0])
        return super().spelled(op, parts)

    def scattered(self, variable: str, base: Text | None, op: Operation, part: Text) -> list[str]:
        """The line that puts values on a diagonal, or adds them to what is there."""
        text = self._on_diagonals(op, part)
        if base is not None:
            text = joined("+", base, text)
        return [commented(f"{variable} = {text}", op.dims)]

    @property
    def options(self) -> str:
        """The arguments that say of which type a new array is, and where."""
        return "xp, like"

    def part(self, op: Operation, taken: Sequence[details.Part]) -> str:
        """The index that takes a part of an array, which says what becomes of each axis."""
        text = super().part(op, taken)
        return text if text.count(",") + 1 == op.arguments[0].rank else f"{text}, ..."

    def inlaid(self, variable: str, base: Text | None, op: Operation, part: Text) -> list[str]:
        """The line that adds values to a part of an array."""
        assert isinstance(op.detail, details.Inlaid)
        value, sizes, edges = op.arguments[-1], list(op.dims), list[str]()
        for axis, start, stop, step in op.detail.parts:
            end = (stop or op.dims[axis]) if step else start + ONE
            sizes[axis] = end - start
            edges.append(f"({axis}, {self.sizes((start, op.dims[axis] - end))})")
        text = part.text
        if value.dims != tuple(sizes):
            text = self.constant(text) if is_of_numbers(value) else text
            text = f"xp.reshape({text}, {self.tupled(sizes)})"
        whole = Text(f"{self.helper('bordered')}({text}, [{', '.join(edges)}])")
        total = whole if base is None else joined("+", base, whole)
        return [commented(f"{variable} = {total}", op.dims)]

    def put(self, variable: str, op: Operation, texts: Sequence[Text]) -> list[str]:
        """The line that adds an entry to each row of an array."""
        base, part, labels = texts
        entries = self.constant(part.text) if is_of_numbers(op.arguments[1]) else part.text
        call = f"{self.helper('put_into')}({base}, {entries}, {labels})"
        return [commented(f"{variable} = {call}", op.dims)]

    def constant(self, text: str) -> str:
        """A number as an array."""
        return f"xp.asarray({text}, **like)"

    def _filled(self, op: Operation, text: str) -> Text:
        shape, (value,) = self.shape(op.dims), op.arguments
        if not is_of_numbers(value):
            return Text(f"xp.broadcast_to({text}, {self.tupled(op.dims)})")
        if value.number in (0, 1):
            return Text(f"xp.{'ones' if value.number else 'zeros'}({shape}, **like)")
        return Text(f"xp.broadcast_to({self.constant(text)}, {self.tupled(op.dims)})")

    def _on_diagonals(self, op: Operation, part: Text) -> Text:
        """The array that is zero but where some of its axes run together."""
        assert isinstance(op.detail, details.Pattern)
        value, (letters,) = op.arguments[-1], op.detail
        if letters == (0, 0) and is_of_numbers(value):
            eye = Text(f"xp.eye({self.size(op.dims[0]).text}, **like)")
            return eye if part.text == "1" else joined("*", part, eye)
        text = self.constant(part.text) if is_of_numbers(value) else part.text
        call = self.helper("on_diagonals")
        return Text(f"{call}({text}, {letters}, {self.tupled(op.dims)})")
