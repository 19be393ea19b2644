"""The text of an operation of a plan in numpy, given the texts of what it takes."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from string import ascii_lowercase
from typing import NamedTuple

from dimderiv.codegen.arguments import Arguments
from dimderiv.codegen.gather import gathered
from dimderiv.codegen.handed_in import HELPER, call_of
from dimderiv.codegen.plan import COMPARISONS, VIEWS, Operation
from dimderiv.errors import UnknownNameError
from dimderiv.shapes import Dim

# How tightly operators bind; `@` binds like `*`, and brackets keep the two apart.
COMPARISON, SUM, PRODUCT, MATMUL, SIGN, POWER, ATOM = range(7)
INFIX = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, **dict.fromkeys(COMPARISONS, COMPARISON)}
LONGEST_DECIMAL = 12

UFUNCS = {
    name: f"np.{name}({{}})"
    for name in (
        *("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
        *("arcsin", "arccos", "arctan", "abs", "sign"),
    )
} | {"relu": "np.maximum({}, 0)", "softplus": "np.logaddexp(0, {})"}
HELPERS = frozenset({"sigmoid", "erf", "gelu", "silu"})
WHOLE_HELPERS = frozenset(
    {
        "softmax",
        "logsoftmax",
        "logsumexp",
        "expm",
        "dexpm",
        "polar",
        "eigvec",
        "conv2",
        "conv2_full",
    }
)
LINEAR_ALGEBRA = {
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


class Text(NamedTuple):
    """An expression and how tightly its outermost operator binds."""

    text: str
    level: int = ATOM

    def within(self, level: int) -> str:
        """The text, in brackets where it binds less tightly than the level."""
        return self.text if self.level >= level else f"({self.text})"


class NumpyText:
    """Writes operations as expressions.

    Args:
        arguments: the arguments of the function, which sizes are read off.
        helper: called with the name of a function that the code needs; says how it is called.
        handed_in: the names in the code of the functions that are handed in.
    """

    def __init__(
        self,
        arguments: Arguments,
        helper: Callable[[str], str],
        handed_in: Mapping[str, str],
    ) -> None:
        self.arguments = arguments
        self.helper = helper
        self.handed_in = handed_in

    def written(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation as an expression.

        Args:
            op: the operation.
            parts: the texts of its arguments.

        Raises:
            UnknownNameError: nobody said how the function is computed in numpy.
        """
        texts = [part.text for part in parts]
        match op.kind:
            case "input":
                return Text(self.arguments.python[op.detail[0]])
            case "number":
                return number(op.detail[0])
            case "size":
                return self.size(op.detail[0])
            case "constant":
                return Text(f"np.{op.detail[0]}")
            case "map":
                return self._map(op, parts)
            case "cast":
                return Text(f"{parts[0].within(ATOM)}.astype({self.dtype})")
            case "reduce":
                return self._reduced(op, parts[0])
            case "matmul":
                return Text(f"{parts[0].within(MATMUL)} @ {parts[1].within(MATMUL + 1)}", MATMUL)
            case "fill":
                return self._filled(op, texts[0])
            case "triangle":
                return Text(f"np.tri({self.sizes(op.dims)}, dtype={self.dtype})")
            case "gather":
                return Text(gathered(op, texts, self))
            case "overlap":
                return Text(f"{self.helper('overlap_add')}({texts[0]}, {op.detail[0]})")
            case "applied":
                function, is_row = op.detail
                name, helper = self.handed_in[function], self.helper(HELPER)
                return Text(call_of(function, name, texts[0], is_row, helper))
            case "dexpm" if len(texts) == 1:
                return Text(f"{self.helper('dexpm_matrix')}({texts[0]})")
            case "scatter":
                return self._diagonal_matrix(op, parts[0])
            case "einsum" | "tensordot":
                return Text(_multiplied(op, texts))
        if op.kind in VIEWS:
            return self._view(op, parts[0])
        if op.kind in WHOLE_HELPERS:
            is_default = op.kind != "logsumexp" and op.detail == (0,)
            axis = f", axis={op.detail[0]}" if op.detail and not is_default else ""
            return Text(f"{self.helper(op.kind)}({', '.join(texts)}{axis})")
        if op.kind in LINEAR_ALGEBRA:
            return Text(LINEAR_ALGEBRA[op.kind].format(*texts))
        raise unknown(op.kind)

    @property
    def dtype(self) -> str:
        """The text of the type of all entries."""
        return self.arguments.dtype

    @property
    def size_names(self) -> Mapping[str, str]:
        """The variable that holds each named size."""
        return self.arguments.sizes

    def size(self, dim: Dim) -> Text:
        """The size of an axis."""
        text = self.arguments.size(dim)
        return Text(text, SUM if " " in text else ATOM)

    def sizes(self, dims: Sequence[Dim]) -> str:
        """Sizes with commas between them."""
        return ", ".join(self.size(dim).text for dim in dims)

    def shape(self, dims: Sequence[Dim]) -> str:
        """The shape of an array: a number or a tuple."""
        return self.sizes(dims) if len(dims) == 1 else f"({self.sizes(dims)})"

    def _map(self, op: Operation, parts: Sequence[Text]) -> Text:
        function, *_ = op.detail
        match function:
            case "*" if op.rank == 2 and (triangle := _triangle(op)):
                name, place = triangle
                return Text(f"np.{name}({parts[place].text})")
            case "*" if outer := _outer(op):
                texts = [_without_axis(parts[k].text) for k in outer]
                return Text(f"np.outer({', '.join(texts)})")
            case "square":
                return Text(f"{parts[0].within(ATOM)}**2", POWER)
            case "power":
                exponent = parts[1] if parts[1].level != SIGN else Text(parts[1].text)
                return Text(f"{parts[0].within(ATOM)}**{exponent.within(ATOM)}", POWER)
            case "negative":
                return Text(f"-{parts[0].within(SIGN)}", SIGN)
            case "sqrt" if _is_of_numbers(op):
                return Text(f"{parts[0].within(ATOM)}**0.5", POWER)
        if function in INFIX:
            return _joined(function, *parts)
        if function in HELPERS:
            return Text(f"{self.helper(function)}({parts[0].text})")
        if function in UFUNCS:
            return Text(UFUNCS[function].format(parts[0].text))
        raise unknown(function)

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
        dtype = f", {self.dtype}" if _is_of_numbers(value) else ""
        return Text(f"np.full({shape}, {text}{dtype})")

    def _diagonal_matrix(self, op: Operation, part: Text) -> Text:
        if op.arguments[0].rank:
            return Text(f"np.diag({part.text})")
        eye = f"np.eye({self.size(op.dims[0]).text}, dtype={self.dtype})"
        return Text(eye) if part.text == "1" else _joined("*", part, Text(eye))

    def _view(self, op: Operation, part: Text) -> Text:
        base = part.within(ATOM)
        match op.kind:
            case "transpose" if op.rank == 2:
                return Text(f"{base}.T")
            case "transpose":
                return Text(f"{base}.transpose{op.detail[0]}")
            case "expand":
                return Text(f"{base}[{', '.join(':' if p else 'None' for p in op.detail[0])}]")
            case "diagonal" if op.detail[0] == (0, 0):
                return Text(f"{base}.diagonal()")
            case "diagonal":
                return Text(f'np.einsum("{_diagonal(op.detail[0])}", {part.text})')
            case "windows":
                name = "np.lib.stride_tricks.sliding_window_view"
                window = self.sizes(op.dims[-len(op.detail[0]) :])
                return Text(f"{name}({part.text}, ({window}), {op.detail[0]})")
        return Text(f"{base}.reshape({self.sizes(op.dims)})")


def number(value: Fraction) -> Text:
    """An exact number: a decimal where it has a short one, else a quotient."""
    if value.denominator == 1:
        return Text(str(value.numerator), SIGN if value < 0 else ATOM)
    decimal = repr(float(value))
    if len(decimal) <= LONGEST_DECIMAL and Fraction(decimal) == value:
        return Text(decimal, SIGN if value < 0 else ATOM)
    return Text(f"{value.numerator} / {value.denominator}", PRODUCT)


def scattered(text: str, pattern: Sequence[int]) -> str:
    """The view of an array on which some of its axes run together."""
    return f'np.einsum("{_diagonal(pattern)}", {text})'


def unknown(function: str) -> UnknownNameError:
    """The error that a function has no code."""
    return UnknownNameError(
        f"there is no numpy code for {function}", hint="define it by functions that have code"
    )


def _joined(operator: str, left: Text, right: Text) -> Text:
    level = INFIX[operator]
    first = left.within(level + (level == COMPARISON))
    second = right.within(level + (operator not in "+*"))
    if level == PRODUCT:
        first = f"({left.text})" if left.level == MATMUL else first
        second = f"({right.text})" if right.level == MATMUL else second
    if right.level == SIGN:
        second = f"({right.text})"
    return Text(f"{first} {operator} {second}", level)


def _multiplied(op: Operation, texts: Sequence[str]) -> str:
    if op.kind == "tensordot":
        first, second = op.detail[0]
        rank = op.arguments[0].rank
        ends = first == tuple(range(rank - len(first), rank)) and second == tuple(range(len(first)))
        axes = str(len(first)) if ends else f"{[list(first), list(second)]}"
        return f"np.tensordot({texts[0]}, {texts[1]}, {axes})"
    (a, b), kept = op.detail
    short = {i: ascii_lowercase[8 + k] for k, i in enumerate(dict.fromkeys(a + b))}
    one, other, out = ("".join(short[i] for i in letters) for letters in (a, b, kept))
    return f'np.einsum("{one},{other}->{out}", {texts[0]}, {texts[1]})'


def _diagonal(pattern: Sequence[int]) -> str:
    letters = [ascii_lowercase[8 + k] for k in pattern]
    return f"{''.join(letters)}->{''.join(dict.fromkeys(letters))}"


def _triangle(op: Operation) -> tuple[str, int] | None:
    """Whether a product is a triangle of a matrix: which one, and the place of the matrix."""
    for place, each in enumerate(op.arguments):
        other = op.arguments[1 - place]
        name = "triu" if each.kind == "transpose" else "tril"
        inner = each.arguments[0] if each.kind == "transpose" else each
        if inner.kind == "triangle" and other.dims == op.dims:
            return name, 1 - place
    return None


def _without_axis(text: str) -> str:
    """The text of a vector, of which another axis was asked for."""
    vector = text.removesuffix("[:, None]")
    inner = vector[1:-1]
    is_wrapped = vector != text and vector[0] + vector[-1] == "()"
    depth = [inner[:k].count("(") - inner[:k].count(")") for k in range(len(inner) + 1)]
    return inner if is_wrapped and min(depth) >= 0 else vector


def _outer(op: Operation) -> tuple[int, int] | None:
    """Whether a product is the outer product of two vectors, and their places."""
    for place, each in enumerate(op.arguments):
        other = op.arguments[1 - place]
        if each.kind == "expand" and each.detail[0] == (True, False) and other.rank == 1:
            return place, 1 - place
    return None


def _is_of_numbers(op: Operation) -> bool:
    """Whether no array is among what the value is made of."""
    return op.kind != "input" and all(map(_is_of_numbers, op.arguments)) and not op.dims
