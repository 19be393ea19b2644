"""torch as a target."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from dimderiv.codegen.plan import COMPARISONS, Operation, beneath_views, details, is_of_numbers
from dimderiv.codegen.targets.helper_arguments import (
    inlaid_in_place,
    is_plain_index,
    put_in_place,
    row_index,
)
from dimderiv.codegen.targets.layers import LayerText
from dimderiv.codegen.targets.spelling import SINGULAR, axes_over
from dimderiv.codegen.targets.text import Text, commented, indented, joined, listed, subscripts
from dimderiv.codegen.targets.writer import Writer

ARITHMETIC = {"+": "add_", "-": "sub_", "*": "mul_", "/": "div_"}
COMPARED = {">": "gt", "<": "lt", ">=": "ge", "<=": "le", "==": "eq"}
MIRRORED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "=="}
REDUCTIONS = {"sum": "sum", "prod": "prod", "max": "amax", "min": "amin"}
# The class of a layer.
LAYER = "Layer"

Axes = tuple[int, ...]


class TorchWriter(Writer):
    """Writes operations in torch."""

    target = "torch"
    imports = "import torch"
    module = "torch"
    helper_file = "torch_helpers.py"
    labels = "torch.as_tensor({}).long()"
    layer_words = (LAYER, "ctx", "slopes", "pairs")
    array_tests = ("torch.Tensor", "{}.dtype.is_floating_point")
    stacked = Writer.stacked | {"expm", "pinv", "mpower"}
    typed = ("like", "{}.new_empty(0)")
    calls: ClassVar[Mapping[str, str]] = {
        "inv": "torch.linalg.inv({})",
        "chol": "torch.linalg.cholesky({})",
        "lower": "{}",
        "cholesky": "torch.linalg.cholesky({})",
        "cholesky_inv": "torch.cholesky_inverse({})",
        "lu": "torch.linalg.lu_factor({})",
        "solve": "torch.linalg.solve({}, {})",
        "det": "torch.linalg.det({})",
        "logdet": "torch.linalg.slogdet({})[1]",
        "detsign": "torch.linalg.slogdet({})[0]",
        "eigmax": "torch.linalg.eigvalsh({})[-1]",
        "eigmin": "torch.linalg.eigvalsh({})[0]",
        "eigvals": "torch.linalg.eigvalsh({})",
        **SINGULAR,
        "pinv": "torch.linalg.pinv({})",
        "normN": 'torch.linalg.matrix_norm({}, "nuc")',
        "expm": "torch.linalg.matrix_exp({})",
        "mpower": "torch.linalg.matrix_power({}, {helper.whole}({}))",
        "outer": "torch.outer({}, {})",
        "inner": "torch.dot({0.atom}.ravel(), {1.atom}.ravel())",
        "tensordot": "torch.tensordot({}, {}, {op.ends})",
        "transpose": "{0.atom}.permute{op.detail.axes}",
        "reshape": "{0.atom}.reshape({op.sizes})",
        "packed": "{0.atom}.reshape({op.sizes})",
        "split": "{0.atom}.reshape({op.sizes})",
        "concatenated": "torch.cat(({every}), {op.detail.axes[0]})",
        "cumsum": "{0.atom}.cumsum({op.detail.axes[0]})",
        "sort": "torch.sort({}, {op.detail.axes[0]})[0]",
        "rank": "{0.atom}.argsort({op.detail.axes[0]}).argsort({op.detail.axes[0]})",
        "flip": "{0.atom}.flip({op.detail.axes})",
        "copied": "{}",
    }

    def fitting(self, names: list[str]) -> list[str]:
        """The tests that all arguments are tensors off the tape, of one type."""
        taped = " or ".join(f"{name}.requires_grad" for name in names)
        off = f"not ({taped})" if len(names) > 1 else f"not {taped}"
        return [*super().fitting(names), off]

    def layer(self, text: LayerText) -> list[str]:
        """A function of the tape, and one that applies it."""
        given = [*text.arrays, *text.functions]
        slopes = [*text.cotangents, *["None"] * len(text.functions)]
        arrays = [name for name in text.kept if name not in text.factors]
        facts = [*text.facts, *text.factors]
        forward = [
            '"""The value; what `backward` needs is kept."""',
            *text.forward,
            f"ctx.save_for_backward({', '.join(arrays)})",
            *([f"ctx.facts = ({listed(facts)})"] if facts else []),
            f"return {text.value}",
        ]
        backward = [
            f'"""{text.told}"""',
            *([f"{listed(arrays)} = ctx.saved_tensors"] if arrays else []),
            *([f"{listed(facts)} = ctx.facts"] if facts else []),
            *text.reads,
            *text.backward,
            f"slopes = ({listed(slopes)})",
            "pairs = zip(slopes, ctx.needs_input_grad, strict=True)",
            "return tuple(slope if wanted else None for slope, wanted in pairs)",
        ]
        methods = [
            "@staticmethod",
            f"def forward({', '.join(['ctx', *given])}):",
            *indented(forward),
            "",
            "@staticmethod",
            "@torch.autograd.function.once_differentiable",
            f"def backward(ctx, {text.upstream}):",
            *indented(backward),
        ]
        return [
            f"class {LAYER}(torch.autograd.Function):",
            *indented(['"""The passes of the layer."""', "", *methods]),
            *["", "", f"def {text.name}({', '.join(given)}):"],
            *indented([*text.docstring, f"return {LAYER}.apply({', '.join(given)})"]),
        ]

    def needs_number(self, op: Operation, place: int) -> bool:
        """Truth values are numbers already, but for those that no tensor takes part in."""
        return is_of_numbers(op.arguments[place]) and op.kind == "map"

    def put(self, variable: str, op: Operation, texts: Sequence[Text]) -> list[str]:
        """The lines that add an entry to each row of a tensor."""
        return put_in_place(self, variable, op, texts, "clone")

    def inlaid(self, variable: str, base: Text | None, op: Operation, part: Text) -> list[str]:
        """The lines that put values into a part of a tensor."""
        return inlaid_in_place(self, variable, base, op, part, (self._new("zeros", op), "clone"))

    def spelled(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation as torch spells it."""
        match op.detail:
            case details.Reduction(function, axes):
                over = axes_over(op, axes)
                return Text(f"{parts[0].atom}.{REDUCTIONS[function]}({over})")
            case details.Along(axes) if op.kind in {"softmax", "logsoftmax"}:
                name = "softmax" if op.kind == "softmax" else "log_softmax"
                axis = -1 if axes in {(), (op.rank - 1,)} else axes[0]
                return Text(f"torch.{name}({parts[0]}, {axis})")
            case details.Along(axes) if op.kind == "logsumexp":
                axes = axes or tuple(range(op.arguments[0].rank))
                return Text(f"torch.logsumexp({parts[0]}, {axes_over(op, axes) or axes})")
            case details.Along(axes) if op.kind == "windows":
                pairs = zip(axes, op.dims[-len(axes) :], strict=True)
                views = [f".unfold({axis}, {self.size(dim)}, 1)" for axis, dim in pairs]
                return Text("".join([parts[0].atom, *views]))
            case details.Pattern(letters) if op.kind == "diagonal":
                return Text(diagonal_view(parts[0].atom, letters))
            case details.Subscripts(left, right, kept) if op.kind == "einsum":
                return _stacked_products(left, right, kept, parts)
            case details.Shared(axes) if is_plain_index(op):
                return Text(f"{parts[0].atom}[{row_index(self, op) if axes else ''}{parts[1]}]")
        match op.kind:
            case "cast":
                return parts[0]
            case "fill":
                return self._filled(op, parts[0])
            case "triangle":
                return Text(f"{self._new('ones', op)}.tril()")
            case "scatter":
                return self._diagonal_matrix(op, parts[0])
        return super().spelled(op, parts)

    def mapped(self, op: Operation, parts: Sequence[Text]) -> Text:
        """A function of the entries of tensors, as torch spells it."""
        function = op.function
        if function not in COMPARISONS or is_of_numbers(op):
            return super().mapped(op, parts)
        if is_of_numbers(op.arguments[0]):
            function, parts = MIRRORED[function], parts[::-1]
        call = self.helper("compared")
        return Text(f"{call}(torch.{COMPARED[function]}, {parts[0]}, {parts[1]})")

    def overwritable(self, op: Operation) -> Sequence[int]:
        """The places of the arguments that torch can put the value in."""
        if op.kind in {"scatter", "inlaid", "put"}:
            return (0,) if len(op.arguments) > 1 + (op.kind == "put") else ()
        if op.function not in ARITHMETIC:
            return ()
        places = (0, 1) if op.function in "+*" else (0,)
        return [k for k in places if not _overlaps(op.arguments[1 - k], op.arguments[k])]

    def overwritten(self, op: Operation, parts: Sequence[Text], place: int, variable: str) -> str:
        """A line such as `A += B`, or `C = A.add_(B)`."""
        held, other, operator = parts[place].text, parts[1 - place].text, op.function
        if held == variable:
            return f"{held} {operator}= {other}"
        return f"{variable} = {held}.{ARITHMETIC[operator]}({other})"

    def scattered(self, variable: str, base: Text | None, op: Operation, part: Text) -> list[str]:
        """The lines that put values on a diagonal, or add them to what is there."""
        assert isinstance(op.detail, details.Pattern)
        view, text = diagonal_view(variable, op.detail.letters), part.text
        added = op.arguments[-1]
        if base is None:
            put = "fill_" if is_of_numbers(added) else "copy_"
            zeros = commented(f"{variable} = {self._new('zeros', op)}", op.dims)
            return [zeros, f"{view}.{put}({text})"]
        lines = [] if base.text == variable else [f"{variable} = {base.atom}.clone()"]
        if added.kind in {"map", "number"} and text.startswith("-"):
            return [*lines, f"{view}.sub_({text.removeprefix('-')})"]
        return [*lines, f"{view}.add_({text})"]

    def expanded(self, text: str, places: Sequence[bool]) -> str:
        """A tensor with more axes."""
        return text + "".join(f".unsqueeze({k})" for k, place in enumerate(places) if not place)

    def constant(self, text: str) -> str:
        """A number as a tensor."""
        return f"torch.as_tensor({text}, {self.options})"

    @property
    def dtype(self) -> str:
        """The text of the type of all entries."""
        return self.arguments.dtype if self.arguments.arrays else "torch.float64"

    @property
    def options(self) -> str:
        """The arguments that say of which type a new tensor is, and where."""
        names = self.arguments.arrays
        return f"dtype={self.dtype}" + (f", device={names[0]}.device" if names else "")

    def _new(self, name: str, op: Operation, value: str = "") -> str:
        """A tensor of equal entries, of the type and on the device of the arguments."""
        shape = self.shape(op.dims) if value else self.sizes(op.dims)
        shape = f"({shape},)" if value and not shape.startswith("(") else shape
        given = f"{shape}, {value}" if value else shape
        if not self.arguments.arrays:
            return f"torch.{name}({given}, {self.options})"
        return f"{self.arguments.arrays[0]}.new_{name}({given})"

    def _filled(self, op: Operation, part: Text) -> Text:
        (value,) = op.arguments
        if value.number in (0, 1):
            return Text(self._new("ones" if value.number else "zeros", op))
        if value.is_leaf and value.kind != "input":
            return Text(self._new("full", op, part.text))
        inner = self.constant(part.text) if is_of_numbers(value) else part.atom
        return Text(f"{inner}.expand({self.sizes(op.dims)}).clone()")

    def _diagonal_matrix(self, op: Operation, part: Text) -> Text:
        if op.arguments[0].rank:
            return Text(f"torch.diag({part.text})")
        eye = f"torch.eye({self.size(op.dims[0]).text}, {self.options})"
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


def _stacked_products(a: Axes, b: Axes, kept: Axes, parts: Sequence[Text]) -> Text:
    """Products of stacks of vectors or matrices; of vectors torch has a quicker function."""
    summed = [letter for letter in a if letter not in kept]
    left = tuple(letter for letter in a if letter in kept)
    if sorted(a) == sorted(b) and len(summed) == 1 and left == kept:
        order = tuple(b.index(letter) for letter in a)
        other = parts[1].text if order == tuple(range(len(a))) else _turned(parts[1].text, order)
        axis = a.index(summed[0])
        dim = "" if axis == len(a) - 1 else f", dim={axis}"
        return Text(f"torch.linalg.vecdot({parts[0]}, {other}{dim})")
    one, two, out = subscripts(a, b, kept)
    return Text(f'torch.einsum("{one},{two}->{out}", {parts[0]}, {parts[1]})')


def _turned(text: str, order: tuple[int, ...]) -> str:
    inner = text if text.isidentifier() else f"({text})"
    return f"{inner}.T" if order == (1, 0) else f"{inner}.permute{order}"
