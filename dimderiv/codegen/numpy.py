"""numpy as a target."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from dimderiv.codegen.arguments import WIDTH
from dimderiv.codegen.gather import gathered
from dimderiv.codegen.plan import Operation
from dimderiv.codegen.text import ATOM, Text, indented, joined, subscripts, without_axis
from dimderiv.codegen.writer import LayerText, Writer, is_of_numbers, outer_places, triangle_place

SAME_NAME = (
    *("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
    *("arcsin", "arccos", "arctan", "abs", "sign"),
)


# So many arguments are looked at one by one before any is converted: looking is quicker.
MOST_TESTED = 6


class NumpyWriter(Writer):
    """Writes operations in numpy."""

    target = "numpy"
    imports = "import numpy as np"
    module = "np"
    helper_file = "numpy_helpers.py"
    overwrites = True
    entrywise: ClassVar[Mapping[str, str]] = {
        **{name: f"np.{name}({{}})" for name in SAME_NAME},
        "relu": "np.maximum({}, 0)",
        "softplus": "np.logaddexp(0, {})",
    }
    calls: ClassVar[Mapping[str, str]] = {
        "inv": "np.linalg.inv({})",
        "inverse": "np.linalg.inv({})",
        "solve": "np.linalg.solve({}, {})",
        "det": "np.linalg.det({})",
        "logdet": "np.linalg.slogdet({})[1]",
        "eigmax": "np.linalg.eigvalsh({})[-1]",
        "pinv": "np.linalg.pinv({})",
        "normN": 'np.linalg.norm({}, "nuc")',
        "inner": "np.vdot({}, {})",
    }
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
        names = ", ".join([*text.kept, *text.facts])
        names += "," * (len([*text.kept, *text.facts]) == 1)
        default = "=1.0" * text.has_default
        forward = [
            '"""The value; what `backward` needs is kept, not copied."""',
            *text.forward,
            f"self.kept = ({names})",
            f"return {text.value}",
        ]
        backward = [
            f'"""{text.told}"""',
            "if self.kept is None:",
            '    raise RuntimeError("backward needs what forward keeps: call forward first")',
            *([f"({names}) = self.kept"] if names else []),
            *text.backward,
            f"return {text.derivatives}",
        ]
        return [
            f"class {text.name}:",
            *indented([*text.docstring, "", "kept = None", ""]),
            *indented([f"def forward({', '.join(['self', *text.given])}):", *indented(forward)]),
            "",
            *indented([f"def backward(self, {text.upstream}{default}):", *indented(backward)]),
        ]

    def spelled(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation as numpy spells it."""
        texts = [part.text for part in parts]
        match op.kind:
            case "cast":
                return Text(f"{parts[0].within(ATOM)}.astype({self.dtype})")
            case "reduce":
                return self._reduced(op, parts[0])
            case "fill":
                return self._filled(op, texts[0])
            case "triangle":
                return Text(f"np.tri({self.sizes(op.dims)}, dtype={self.dtype})")
            case "gather":
                return Text(gathered(op, texts, self))
            case "scatter":
                return self._diagonal_matrix(op, parts[0])
            case "einsum":
                one, other, out = subscripts(*op.detail[0], op.detail[1])
                return Text(f'np.einsum("{one},{other}->{out}", {texts[0]}, {texts[1]})')
            case "tensordot":
                return Text(f"np.tensordot({texts[0]}, {texts[1]}, {_axes(op)})")
            case "transpose":
                return Text(f"{parts[0].within(ATOM)}.transpose{op.detail[0]}")
            case "diagonal" if op.detail[0] == (0, 0):
                return Text(f"{parts[0].within(ATOM)}.diagonal()")
            case "diagonal":
                return Text(diagonal_view(texts[0], op.detail[0]))
            case "windows":
                name = "np.lib.stride_tricks.sliding_window_view"
                window = self.sizes(op.dims[-len(op.detail[0]) :])
                return Text(f"{name}({texts[0]}, ({window}), {op.detail[0]})")
            case "reshape":
                return Text(f"{parts[0].within(ATOM)}.reshape({self.sizes(op.dims)})")
        raise self.unknown(op.kind)

    def mapped(self, op: Operation, parts: Sequence[Text]) -> Text:
        """A function of the entries of arrays, as numpy spells it."""
        if op.detail[0] == "*":
            if op.rank == 2 and (triangle := triangle_place(op)):
                name, place = triangle
                return Text(f"np.{name}({parts[place].text})")
            if outer := outer_places(op):
                texts = [without_axis(parts[k].text) for k in outer]
                return Text(f"np.outer({', '.join(texts)})")
        return super().mapped(op, parts)

    def scattered(
        self, variable: str, base: Text | None, op: Operation, part: Text
    ) -> list[str]:  # fmt: skip
        """The lines that put values on a diagonal, or add them to what is there."""
        view, text = diagonal_view(variable, op.detail[0]), part.text
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

    def _reduced(self, op: Operation, part: Text) -> Text:
        function, axes = op.detail
        whole = len(axes) == op.arguments[0].rank
        axis = "" if whole else f"axis={axes[0] if len(axes) == 1 else axes}"
        if part.level == ATOM:
            return Text(f"{part.text}.{function}({axis})")
        return Text(f"np.{function}({part.text}{', ' if axis else ''}{axis})")

    def _filled(self, op: Operation, text: str) -> Text:
        shape, (value,) = self.shape(op.dims), op.arguments
        if value.kind == "number" and value.detail[0] in (0, 1):
            name = "ones" if value.detail[0] else "zeros"
            return Text(f"np.{name}({shape}, {self.dtype})")
        dtype = f", {self.dtype}" if is_of_numbers(value) else ""
        return Text(f"np.full({shape}, {text}{dtype})")

    def _diagonal_matrix(self, op: Operation, part: Text) -> Text:
        if op.arguments[0].rank:
            return Text(f"np.diag({part.text})")
        eye = f"np.eye({self.size(op.dims[0]).text}, dtype={self.dtype})"
        return Text(eye) if part.text == "1" else joined("*", part, Text(eye))


def diagonal_view(text: str, pattern: Sequence[int]) -> str:
    """The view of an array on which some of its axes run together."""
    (letters,) = subscripts(pattern)
    return f'np.einsum("{letters}->{"".join(dict.fromkeys(letters))}", {text})'


def _axes(op: Operation) -> str:
    """The axes of two arrays that `tensordot` sums over: a count where they are neighbours."""
    first, second = op.detail[0]
    rank = op.arguments[0].rank
    ends = first == tuple(range(rank - len(first), rank)) and second == tuple(range(len(first)))
    return str(len(first)) if ends else f"{[list(first), list(second)]}"
