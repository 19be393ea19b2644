"""torch as a target."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from dimderiv.codegen.plan import (
    COMPARISONS,
    EXTREMES,
    LEAVES,
    Operation,
    beneath_views,
    is_of_numbers,
)
from dimderiv.codegen.targets.layers import LayerText
from dimderiv.codegen.targets.text import ATOM, Text, joined, subscripts, without_axis
from dimderiv.codegen.targets.torch_layers import WORDS, torch_layer
from dimderiv.codegen.targets.writer import Writer, outer_places, summed_axes, triangle_place

SAME_NAME = (
    *("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
    *("arcsin", "arccos", "arctan", "abs", "sign", "relu", "sigmoid", "erf"),
)
# So many arguments are looked at one by one before any is converted: looking is quicker.
MOST_TESTED = 6
ARITHMETIC = {"+": "add_", "-": "sub_", "*": "mul_", "/": "div_"}
COMPARED = {">": "gt", "<": "lt", ">=": "ge", "<=": "le"}
MIRRORED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
REDUCTIONS = {"sum": "sum", "max": "amax", "min": "amin"}


class TorchWriter(Writer):
    """Writes operations in torch."""

    target = "torch"
    imports = "import torch"
    module = "torch"
    helper_file = "torch_helpers.py"
    layer_words = WORDS
    typed = ("like", "{}.new_empty(0)")
    entrywise: ClassVar[Mapping[str, str]] = {
        **{name: f"torch.{name}({{}})" for name in SAME_NAME},
        **{name: f"torch.{name}({{}}, {{}})" for name in EXTREMES},
        "gelu": "torch.nn.functional.gelu({})",
        "silu": "torch.nn.functional.silu({})",
        # Beyond the threshold torch leaves out the logarithm, which is zero from 37 on.
        "softplus": "torch.nn.functional.softplus({}, threshold=40)",
    }
    calls: ClassVar[Mapping[str, str]] = {
        "inv": "torch.linalg.inv({})",
        "cholesky": "torch.linalg.cholesky({})",
        "cholesky_inv": "torch.cholesky_inverse({})",
        "lu": "torch.linalg.lu_factor({})",
        "solve": "torch.linalg.solve({}, {})",
        "det": "torch.linalg.det({})",
        "logdet": "torch.linalg.slogdet({})[1]",
        "eigmax": "torch.linalg.eigvalsh({})[-1]",
        "pinv": "torch.linalg.pinv({})",
        "normN": 'torch.linalg.matrix_norm({}, "nuc")',
        "expm": "torch.linalg.matrix_exp({})",
    }
    helpers = frozenset(
        {
            *("dexpm", "polar", "eigvec", "gap_pinv"),
            *("conv2", "conv2_full", "overlap_add", "sheared"),
            *("cholesky_solve", "cholesky_logdet", "cholesky_det"),
            *("lu_solve", "lu_inv", "lu_logdet", "lu_det"),
        }
    )

    def converted(self, names: list[str]) -> list[str]:
        """The lines after which the arguments are tensors off the tape, of one type."""
        lines = super().converted(names)
        if len(names) > MOST_TESTED:
            return lines
        tests = [" is ".join([*(f"type({name})" for name in names), "torch.Tensor"])]
        if len(names) > 1:
            tests.append(" is ".join(f"{name}.dtype" for name in names))
        taped = " or ".join(f"{name}.requires_grad" for name in names)
        tests.append(f"{names[0]}.dtype.is_floating_point")
        tests.append(f"not ({taped})" if len(names) > 1 else f"not {taped}")
        return self.unless(tests, lines)

    def layer(self, text: LayerText) -> list[str]:
        """A function of the tape, and one that applies it."""
        return torch_layer(text)

    def needs_number(self, op: Operation, place: int) -> bool:
        """Truth values are numbers already, but for those that no tensor takes part in."""
        return is_of_numbers(op.arguments[place]) and op.kind == "map"

    def spelled(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation as torch spells it."""
        texts, inner = [part.text for part in parts], parts[0].within(ATOM) if parts else ""
        match op.kind:
            case "cast":
                return Text(self.constant(texts[0])) if is_of_numbers(op) else parts[0]
            case "reduce":
                function, axes = op.detail
                return Text(f"{inner}.{REDUCTIONS[function]}({_axes(op, axes)})")
            case "softmax" | "logsoftmax":
                name = "softmax" if op.kind == "softmax" else "log_softmax"
                axis = -1 if op.detail in {(), (op.rank - 1,)} else op.detail[0]
                return Text(f"torch.{name}({texts[0]}, {axis})")
            case "logsumexp":
                axes = op.detail or tuple(range(op.arguments[0].rank))
                return Text(f"torch.logsumexp({texts[0]}, {_axes(op, axes) or axes})")
            case "inner":
                return Text(f"torch.dot({', '.join(f'{p.within(ATOM)}.ravel()' for p in parts)})")
            case "fill":
                return self._filled(op, parts[0])
            case "triangle":
                return Text(f"{self._new('ones', op)}.tril()")
            case "scatter":
                return self._diagonal_matrix(op, parts[0])
            case "einsum":
                return _stacked_products(op, texts)
            case "tensordot":
                return Text(f"torch.tensordot({texts[0]}, {texts[1]}, {summed_axes(op)})")
            case "transpose":
                return Text(f"{inner}.permute{op.detail[0]}")
            case "diagonal":
                return Text(diagonal_view(inner, op.detail[0]))
            case "windows":
                sizes = [self.size(dim).text for dim in op.dims[-len(op.detail[0]) :]]
                pairs = zip(op.detail[0], sizes, strict=True)
                return Text(inner + "".join(f".unfold({axis}, {size}, 1)" for axis, size in pairs))
            case "reshape":
                return Text(f"{inner}.reshape({self.sizes(op.dims)})")
        raise self.unknown(op.kind)

    def mapped(self, op: Operation, parts: Sequence[Text]) -> Text:
        """A function of the entries of tensors, as torch spells it."""
        function = op.detail[0]
        if function in COMPARISONS and not is_of_numbers(op):
            if is_of_numbers(op.arguments[0]):
                function, parts = MIRRORED[function], parts[::-1]
            texts = [part.text for part in parts]
            call = f"{self.helper('compared')}(torch.{COMPARED[function]}, {', '.join(texts)})"
            return Text(call)
        if function == "*":
            if op.rank == 2 and (triangle := triangle_place(op)):
                name, place = triangle
                return Text(f"torch.{name}({parts[place].text})")
            if outer := outer_places(op):
                texts = [without_axis(parts[k].text, ".unsqueeze(1)") for k in outer]
                return Text(f"torch.outer({', '.join(texts)})")
        elif function in EXTREMES and not is_of_numbers(op):
            parts = self.numbers_as_arrays(op, parts)
        return super().mapped(op, parts)

    def overwritable(self, op: Operation) -> Sequence[int]:
        """The places of the arguments that torch can put the value in."""
        if op.kind == "scatter":
            return (0,) if len(op.arguments) == 2 else ()
        if op.kind != "map" or op.detail[0] not in ARITHMETIC:
            return ()
        places = (0, 1) if op.detail[0] in "+*" else (0,)
        return [k for k in places if not _overlaps(op.arguments[1 - k], op.arguments[k])]

    def overwritten(
        self, op: Operation, parts: Sequence[Text], place: int, variable: str
    ) -> str:  # fmt: skip
        """A line such as `A += B`, or `C = A.add_(B)`."""
        held, other, operator = parts[place].text, parts[1 - place].text, op.detail[0]
        if held == variable:
            return f"{held} {operator}= {other}"
        return f"{variable} = {held}.{ARITHMETIC[operator]}({other})"

    def scattered(
        self, variable: str, base: Text | None, op: Operation, part: Text
    ) -> list[str]:  # fmt: skip
        """The lines that put values on a diagonal, or add them to what is there."""
        view, text = diagonal_view(variable, op.detail[0]), part.text
        added = op.arguments[-1]
        if base is None:
            dims = " x ".join(map(str, op.dims))
            put = "fill_" if is_of_numbers(added) else "copy_"
            return [f"{variable} = {self._new('zeros', op)}  # {dims}", f"{view}.{put}({text})"]
        lines = [] if base.text == variable else [f"{variable} = {base.within(ATOM)}.clone()"]
        if added.kind in {"map", "number"} and text.startswith("-"):
            return [*lines, f"{view}.sub_({text.removeprefix('-')})"]
        return [*lines, f"{view}.add_({text})"]

    def expanded(self, text: str, places: Sequence[bool]) -> str:
        """A tensor with more axes."""
        return text + "".join(f".unsqueeze({k})" for k, place in enumerate(places) if not place)

    def constant(self, text: str) -> str:
        """A number as a tensor."""
        return f"torch.as_tensor({text}, {self._options})"

    @property
    def dtype(self) -> str:
        """The text of the type of all entries."""
        return self.arguments.dtype if self.arguments.names else "torch.float64"

    @property
    def _options(self) -> str:
        names = self.arguments.names
        return f"dtype={self.dtype}" + (f", device={names[0]}.device" if names else "")

    def _new(self, name: str, op: Operation, value: str = "") -> str:
        """A tensor of equal entries, of the type and on the device of the arguments."""
        shape = self.shape(op.dims) if value else self.sizes(op.dims)
        shape = f"({shape},)" if value and not shape.startswith("(") else shape
        given = f"{shape}, {value}" if value else shape
        if not self.arguments.names:
            return f"torch.{name}({given}, {self._options})"
        return f"{self.arguments.names[0]}.new_{name}({given})"

    def _filled(self, op: Operation, part: Text) -> Text:
        (value,) = op.arguments
        if value.kind == "number" and value.detail[0] in (0, 1):
            return Text(self._new("ones" if value.detail[0] else "zeros", op))
        if value.kind in LEAVES and value.kind != "input":
            return Text(self._new("full", op, part.text))
        inner = self.constant(part.text) if is_of_numbers(value) else part.within(ATOM)
        return Text(f"{inner}.expand({self.sizes(op.dims)}).clone()")

    def _diagonal_matrix(self, op: Operation, part: Text) -> Text:
        if op.arguments[0].rank:
            return Text(f"torch.diag({part.text})")
        eye = f"torch.eye({self.size(op.dims[0]).text}, {self._options})"
        return Text(eye) if part.text == "1" else joined("*", part, Text(eye))


def _overlaps(other: Operation, op: Operation) -> bool:
    """Whether a value is a view of another one in another order, as in `A += A.T`."""
    return other is not op and beneath_views(other) is op


def diagonal_view(text: str, pattern: Sequence[int]) -> str:
    """The view of a tensor on which some of its axes run together.

    >>> diagonal_view("A", (0, 0))
    'A.diagonal()'
    >>> diagonal_view("A", (0, 1, 0))
    'A.diagonal(0, 0, 2).permute(1, 0)'
    """
    axes = list(pattern)
    while repeated := [letter for letter in axes if axes.count(letter) > 1]:
        letter = repeated[0]
        first = axes.index(letter)
        second = axes.index(letter, first + 1)
        text += ".diagonal()" if len(axes) == 2 else f".diagonal(0, {first}, {second})"
        axes = [*(k for place, k in enumerate(axes) if place not in (first, second)), letter]
    order = tuple(axes.index(letter) for letter in dict.fromkeys(pattern))
    return text if order == tuple(range(len(order))) else f"{text}.permute{order}"


def _axes(op: Operation, axes: Sequence[int]) -> str:
    """The axes that a reduction is over: nothing where it is over all."""
    if len(axes) == op.arguments[0].rank:
        return ""
    return str(axes[0]) if len(axes) == 1 else str(tuple(axes))


def _stacked_products(op: Operation, texts: Sequence[str]) -> Text:
    """Products of stacks of vectors or matrices; of vectors torch has a quicker function."""
    (a, b), kept = op.detail
    summed = [letter for letter in a if letter not in kept]
    if len(a) == len(b) and sorted(a) == sorted(b) and len(summed) == 1:
        order = tuple(b.index(letter) for letter in a)
        other = texts[1] if order == tuple(range(len(a))) else _turned(texts[1], order)
        left = tuple(letter for letter in a if letter in kept)
        if left == kept:
            axis = a.index(summed[0])
            dim = "" if axis == len(a) - 1 else f", dim={axis}"
            return Text(f"torch.linalg.vecdot({texts[0]}, {other}{dim})")
    one, two, out = subscripts(a, b, kept)
    return Text(f'torch.einsum("{one},{two}->{out}", {texts[0]}, {texts[1]})')


def _turned(text: str, order: tuple[int, ...]) -> str:
    inner = text if text.isidentifier() else f"({text})"
    return f"{inner}.T" if order == (1, 0) else f"{inner}.permute{order}"
