"""What numpy and the libraries that follow it spell alike."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from dimderiv.codegen.plan import EXTREMES, Operation, is_of_numbers
from dimderiv.codegen.targets.text import ATOM, Text, joined, subscripts, without_axis
from dimderiv.codegen.targets.writer import Writer, outer_places, summed_axes, triangle_place

SAME_NAME = (
    *("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
    *("arcsin", "arccos", "arctan", "abs", "sign"),
)


class NumpyLikeWriter(Writer):
    """Writes operations in the words of numpy, by the module that has them."""

    entrywise: ClassVar[Mapping[str, str]] = {
        **{name: f"{{np}}.{name}({{}})" for name in SAME_NAME},
        **{name: f"{{np}}.{name}({{}}, {{}})" for name in EXTREMES},
    }
    calls: ClassVar[Mapping[str, str]] = {
        "inv": "{np}.linalg.inv({})",
        "solve": "{np}.linalg.solve({}, {})",
        "det": "{np}.linalg.det({})",
        "logdet": "{np}.linalg.slogdet({})[1]",
        "eigmax": "{np}.linalg.eigvalsh({})[-1]",
        "pinv": "{np}.linalg.pinv({})",
        "normN": '{np}.linalg.norm({}, "nuc")',
    }

    def needs_number(self, op: Operation, place: int) -> bool:
        """A triangle of truth values is one again; other products make numbers of them."""
        return op.kind == "map" and op.rank == 2 and triangle_place(op) is not None

    def spelled(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation in the words that they share."""
        texts = [part.text for part in parts]
        match op.kind:
            case "cast" if is_of_numbers(op):
                return Text(self.constant(texts[0]))
            case "cast":
                return Text(f"{parts[0].within(ATOM)}.astype({self.dtype})")
            case "reduce":
                return self._reduced(op, parts[0])
            case "fill":
                return self._filled(op, texts[0])
            case "triangle":
                return Text(f"{self.module}.tri({self.sizes(op.dims)}, dtype={self.dtype})")
            case "scatter":
                return self.diagonal_matrix(op, parts[0])
            case "einsum":
                one, other, out = subscripts(*op.detail[0], op.detail[1])
                return Text(f'{self.module}.einsum("{one},{other}->{out}", {texts[0]}, {texts[1]})')
            case "tensordot":
                return Text(f"{self.module}.tensordot({texts[0]}, {texts[1]}, {summed_axes(op)})")
            case "transpose":
                return Text(f"{parts[0].within(ATOM)}.transpose{op.detail[0]}")
            case "diagonal" if op.detail[0] == (0, 0):
                return Text(f"{parts[0].within(ATOM)}.diagonal()")
            case "diagonal":
                return Text(self.diagonal_view(texts[0], op.detail[0]))
            case "reshape":
                return Text(f"{parts[0].within(ATOM)}.reshape({self.sizes(op.dims)})")
        raise self.unknown(op.kind)

    def mapped(self, op: Operation, parts: Sequence[Text]) -> Text:
        """A function of the entries of arrays."""
        if op.detail[0] == "*":
            if op.rank == 2 and (triangle := triangle_place(op)):
                name, place = triangle
                return Text(f"{self.module}.{name}({parts[place].text})")
            if outer := outer_places(op):
                texts = [without_axis(parts[k].text) for k in outer]
                return Text(f"{self.module}.outer({', '.join(texts)})")
        return super().mapped(op, parts)

    def _reduced(self, op: Operation, part: Text) -> Text:
        function, axes = op.detail
        whole = len(axes) == op.arguments[0].rank
        axis = "" if whole else f"axis={axes[0] if len(axes) == 1 else axes}"
        if part.level == ATOM:
            return Text(f"{part.text}.{function}({axis})")
        return Text(f"{self.module}.{function}({part.text}{', ' if axis else ''}{axis})")

    def _filled(self, op: Operation, text: str) -> Text:
        shape, (value,) = self.shape(op.dims), op.arguments
        if value.kind == "number" and value.detail[0] in (0, 1):
            name = "ones" if value.detail[0] else "zeros"
            return Text(f"{self.module}.{name}({shape}, {self.dtype})")
        dtype = f", {self.dtype}" if is_of_numbers(value) else ""
        return Text(f"{self.module}.full({shape}, {text}{dtype})")

    def diagonal_matrix(self, op: Operation, part: Text) -> Text:
        """A matrix with values on its diagonal."""
        if op.arguments[-1].rank:
            return Text(f"{self.module}.diag({part.text})")
        eye = f"{self.module}.eye({self.size(op.dims[0]).text}, dtype={self.dtype})"
        return Text(eye) if part.text == "1" else joined("*", part, Text(eye))

    def diagonal_view(self, text: str, pattern: Sequence[int]) -> str:
        """The array, or the view of it, on which some axes of another one run together."""
        (letters,) = subscripts(pattern)
        distinct = "".join(dict.fromkeys(letters))
        return f'{self.module}.einsum("{letters}->{distinct}", {text})'
