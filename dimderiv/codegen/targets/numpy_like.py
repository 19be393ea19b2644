"""What numpy and the libraries that follow it spell alike."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from dimderiv.codegen.plan import Operation, details, is_of_numbers
from dimderiv.codegen.targets.helper_arguments import is_plain_index, row_index
from dimderiv.codegen.targets.spelling import SINGULAR, axes_over, triangle_place
from dimderiv.codegen.targets.text import ATOM, Text, joined, subscripts
from dimderiv.codegen.targets.writer import Writer


class NumpyLikeWriter(Writer):
    """Writes operations in the words of numpy, by the module that has them."""

    takes_numbers = True
    calls: ClassVar[Mapping[str, str]] = {
        "inv": "{xp}.linalg.inv({})",
        "solve": "{xp}.linalg.solve({}, {})",
        "det": "{xp}.linalg.det({})",
        "logdet": "{xp}.linalg.slogdet({})[1]",
        "detsign": "{xp}.linalg.slogdet({})[0]",
        "eigmax": "{xp}.linalg.eigvalsh({})[-1]",
        "eigmin": "{xp}.linalg.eigvalsh({})[0]",
        "eigvals": "{xp}.linalg.eigvalsh({})",
        **SINGULAR,
        "pinv": "{xp}.linalg.pinv({})",
        "normN": '{xp}.linalg.norm({}, "nuc")',
        "outer": "{xp}.outer({}, {})",
        "einsum": '{xp}.einsum("{op.subscripts}", {}, {})',
        "tensordot": "{xp}.tensordot({}, {}, {op.ends})",
        "triangle": "{xp}.tri({op.sizes}, dtype={op.dtype})",
        "cast": "{0.atom}.astype({op.dtype})",
        "transpose": "{0.atom}.transpose{op.detail.axes}",
        "reshape": "{0.atom}.reshape({op.sizes})",
        "packed": "{0.atom}.reshape({op.sizes})",
        "split": "{0.atom}.reshape({op.sizes})",
        "concatenated": "{xp}.concatenate(({every}){op.other_axis})",
        "cumsum": "{0.atom}.cumsum(axis={op.detail.axes[0]})",
        "sort": "{xp}.sort({}, axis={op.detail.axes[0]})",
        "rank": "{0.atom}.argsort(axis={op.detail.axes[0]}).argsort(axis={op.detail.axes[0]})",
        "flip": "{0.atom}[{op.backwards}]",
        "copied": "{}",
    }

    def needs_number(self, op: Operation, place: int) -> bool:
        """A triangle of truth values is one again; other products make numbers of them."""
        return op.kind == "map" and triangle_place(op) is not None

    def spelled(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation in the words that they share."""
        match op.detail:
            case details.Reduction(function, axes):
                over = axes_over(op, axes)
                given = [f"axis={over}"] if over else []
                if parts[0].level == ATOM:
                    return Text(f"{parts[0]}.{function}({', '.join(given)})")
                return Text(f"{self.module}.{function}({', '.join([parts[0].text, *given])})")
            case details.Pattern(letters) if op.kind == "diagonal":
                if letters == (0, 0):
                    return Text(f"{parts[0].atom}.diagonal()")
                return Text(self.diagonal_view(parts[0].text, letters))
            case details.Shared() if is_plain_index(op):
                return Text(f"{parts[0].atom}[{row_index(self, op)}{parts[1]}]")
        match op.kind:
            case "fill":
                return self._filled(op, parts[0].text)
            case "scatter":
                return self.diagonal_matrix(op, parts[0])
        return super().spelled(op, parts)

    def _filled(self, op: Operation, text: str) -> Text:
        shape, (value,) = self.shape(op.dims), op.arguments
        if value.number in (0, 1):
            name = "ones" if value.number else "zeros"
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
