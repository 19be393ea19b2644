"""What the writers of all targets share: the text of an operation, given those of what it takes.

A target is a writer in a file of its own.  It says how its library spells what libraries spell
differently, and which helper functions generated code brings along.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from dimderiv.codegen.plan import FACTORS, Operation, called, is_of_numbers
from dimderiv.codegen.targets.arguments import WIDTH, Arguments
from dimderiv.codegen.targets.declared import HELPER, call_of
from dimderiv.codegen.targets.layers import LayerText
from dimderiv.codegen.targets.text import (
    ATOM,
    INFIX,
    MATMUL,
    SIGN,
    SUM,
    Text,
    indented,
    joined,
    number,
    power,
)
from dimderiv.errors import UnknownNameError
from dimderiv.language import Dim


class Writer:
    """Writes operations as expressions of one target.

    Args:
        arguments: the arguments of the function, which sizes are read off.
        helper: called with the name of a function that the code needs; says how it is called.
        handed_in: the names in the code of the functions that are handed in.

    Attributes:
        target: the name of the target.
        imports: the lines that import its library.
        module: the name that it imports the library as.
        helper_file: where its helper functions stand.
        reserved: names of its code that no symbol may have, besides the module and the helpers.
        row: the index that takes the entries of a row.
        in_blocks: whether a function may go over large arrays block by block.
        factors: the kinds of factors of matrices that it can keep.
        entrywise: functions of each entry, as format strings; `np` in them is the module.
        calls: other operations that are one call, in the same way.
        helpers: functions of each entry, and other operations, that are helper functions.
        layer_name: what a layer is called.
        layer_words: names that its layers give to parts of their own.
        context: names that the lines which convert the arguments give a meaning.
        typed: the name of what says which type arrays have, and its text for an array.
        hands_down: whether the library sees to it that what reaches a backward pass fits.
    """

    target: ClassVar[str]
    imports: ClassVar[str]
    module: ClassVar[str]
    helper_file: ClassVar[str]
    reserved: ClassVar[frozenset[str]] = frozenset()
    row: ClassVar[str] = "[0]"
    in_blocks: ClassVar[bool] = False
    factors: ClassVar[frozenset[str]] = FACTORS
    entrywise: ClassVar[Mapping[str, str]]
    calls: ClassVar[Mapping[str, str]]
    helpers: ClassVar[frozenset[str]]
    layer_name: ClassVar[str] = "layer"
    layer_words: ClassVar[tuple[str, ...]] = ()
    context: ClassVar[tuple[str, ...]] = ()
    typed: ClassVar[tuple[str, str]] = ("dtype", "{}.dtype")
    hands_down: ClassVar[bool] = True

    def __init__(
        self,
        arguments: Arguments,
        helper: Callable[[str], str],
        handed_in: Mapping[str, str],
    ) -> None:
        self.arguments = arguments
        self.helper = helper
        self.handed_in = handed_in

    def converted(self, names: list[str]) -> list[str]:
        """The lines after which the arguments are arrays of one floating type.

        Args:
            names: their names.
        """
        targets = ", ".join(names)
        comma = "," * (len(names) == 1)
        return [f"{targets}{comma} = {self.helper('floats')}({targets})"]

    def recast(self, names: list[str], dtype: str) -> list[str]:
        """The lines after which arguments that arrive later are arrays of the type of the others.

        Args:
            names: their names.
            dtype: the text of the type.
        """
        targets = ", ".join(names)
        comma = "," * (len(names) == 1)
        return [f"{targets}{comma} = {self.helper('recast')}({dtype}, {targets})"]

    def linear_map(
        self, dtype: str, rows: Sequence[str], columns: Sequence[str], apply: str, adjoint: str
    ) -> str:
        """What a function returns that returns an operator.

        Args:
            dtype: the text of the type that it computes with.
            rows: the shapes of what it gives.
            columns: the shapes of what it takes.
            apply: the name of the function that applies it.
            adjoint: the name of the one that applies its adjoint, the same where that is equal.
        """
        return apply if apply == adjoint else f"{self.helper('linear_map')}({apply}, {adjoint})"

    def layer(self, text: LayerText) -> list[str]:
        """The lines of a layer.

        Args:
            text: what it is put together from.

        Raises:
            UnknownNameError: the target has no layers.
        """
        raise self.unknown("a layer")

    def unless(self, tests: Sequence[str], lines: Sequence[str]) -> list[str]:
        """Lines that are left out where all tests hold.

        Args:
            tests: the tests.
            lines: the lines.
        """
        head = f"if not ({' and '.join(tests)}):"
        if len(head) <= WIDTH:
            return [head, *indented(lines)]
        first, *rest = tests
        wrapped = [f"    {first}", *(f"    and {test}" for test in rest)]
        return ["if not (", *wrapped, "):", *indented(lines)]

    def written(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation as an expression.

        Args:
            op: the operation.
            parts: the texts of its arguments.

        Raises:
            UnknownNameError: nobody said how the function is computed by the target.
        """
        parts = [self._as_number(op, place, part) for place, part in enumerate(parts)]
        texts = [part.text for part in parts]
        match op.kind:
            case "input":
                return Text(self.arguments.python[op.detail[0]])
            case "number":
                return number(op.detail[0])
            case "size":
                return self.size(op.detail[0])
            case "constant":
                return Text(f"{self.module}.{op.detail[0]}")
            case "map":
                return self.mapped(op, parts)
            case "matmul":
                return Text(f"{parts[0].within(MATMUL)} @ {parts[1].within(MATMUL + 1)}", MATMUL)
            case "applied":
                function, is_row = op.detail
                name, helper = self.handed_in[function], self.helper(HELPER)
                call = call_of(function, name, texts[0], is_row, helper, self.module, self.row)
                return Text(call)
            case "transpose" if op.rank == 2:
                return Text(f"{parts[0].within(ATOM)}.T")
            case "rows":
                axis, rows = op.detail
                return Text(f"{parts[0].within(ATOM)}[{':, ' * axis}{rows}]")
            case "expand":
                return Text(self.expanded(parts[0].within(ATOM), op.detail[0]))
        name = called(op)
        if name in self.helpers:
            return self.helped(op, texts)
        if name in self.calls:
            return Text(self.calls[name].format(*texts, np=self.module))
        return self.spelled(op, parts)

    def spelled(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation that each library spells in its own way.

        Args:
            op: the operation.
            parts: the texts of its arguments.

        Raises:
            UnknownNameError: the target does not know it.
        """
        raise self.unknown(op.kind)

    def mapped(self, op: Operation, parts: Sequence[Text]) -> Text:
        """A function of the entries of arrays.

        Args:
            op: an operation of the kind `map`.
            parts: the texts of its arguments.

        Raises:
            UnknownNameError: the target does not know the function.
        """
        function, texts = op.detail[0], [part.text for part in parts]
        match function:
            case "square" | "power":
                return power(parts[0], *(parts[1:] or [Text("2")]))
            case "negative":
                return Text(f"-{parts[0].within(SIGN)}", SIGN)
            case "maximum" | "minimum" if is_of_numbers(op):
                return Text(f"{function[:3]}({', '.join(texts)})")
            case "sqrt" if is_of_numbers(op):
                return power(parts[0], Text("0.5"))
            case "sigmoid_of_minus" if function not in self.helpers:
                minus = Text(f"-{parts[0].within(SIGN)}", SIGN)
                return self.mapped(replace(op, detail=("sigmoid",)), [minus])
        if function in INFIX:
            return joined(function, *parts)
        if is_of_numbers(op):
            texts = [part.text for part in self.numbers_as_arrays(op, parts)]
        if function in self.helpers:
            return Text(f"{self.helper(function)}({texts[0]})")
        if function in self.entrywise:
            return Text(self.entrywise[function].format(*texts, np=self.module))
        raise self.unknown(function)

    def numbers_as_arrays(self, op: Operation, parts: Sequence[Text]) -> list[Text]:
        """The texts of arguments, of which numbers are made arrays of the target.

        Args:
            op: the operation.
            parts: the texts of its arguments.
        """
        each = zip(op.arguments, parts, strict=True)
        return [Text(self.constant(part.text)) if is_of_numbers(a) else part for a, part in each]

    def helped(self, op: Operation, texts: Sequence[str]) -> Text:
        """A call of a helper function.

        Args:
            op: the operation, which has its name.
            texts: the texts of its arguments.
        """
        if op.kind == "dexpm" and len(texts) == 1:
            return Text(f"{self.helper('dexpm_matrix')}({texts[0]})")
        detail = ""
        if op.kind in {"overlap_add", "sheared"}:
            detail = f", {op.detail[0]}"
        elif op.detail and op.kind in {"softmax", "logsoftmax", "logsumexp"}:
            detail = f", axis={op.detail[0]}"
        elif op.kind == "cholesky" and op.arguments[0].kind == "input":
            detail = f', "{texts[0]}"'
        elif "transposed" in op.detail:
            detail = ", transposed=True"
        return Text(f"{self.helper(called(op))}({', '.join(texts)}{detail})")

    def unknown(self, function: str) -> UnknownNameError:
        """The error that a function has no code."""
        return UnknownNameError(
            f"there is no {self.target} code for {function}",
            hint="define it by functions that have code",
        )

    @property
    def dtype(self) -> str:
        """The text of the type of all entries."""
        return self.arguments.dtype

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

    def overwritable(self, op: Operation) -> Sequence[int]:
        """The places of the arguments that the value of an operation may overwrite; none here.

        Args:
            op: the operation.
        """
        return ()

    def overwritten(
        self, op: Operation, parts: Sequence[Text], place: int, variable: str
    ) -> str:  # fmt: skip
        """The line that puts the value of an operation where an argument was.

        Args:
            op: the operation.
            parts: the texts of its arguments.
            place: which of them is overwritten; its text is the name of a variable.
            variable: the name of the value.

        Raises:
            UnknownNameError: the target does not overwrite.
        """
        raise self.unknown(op.kind)

    def scattered(
        self, variable: str, base: Text | None, op: Operation, part: Text
    ) -> list[str]:  # fmt: skip
        """The lines that put values on a diagonal, or add them to what is there.

        Args:
            variable: the name of the array.
            base: what is added to; nothing where the rest is zero.  A target that overwrites may
                take it that the variable holds an array of its own where this is the variable.
            op: an operation of the kind `scatter`; its detail says which axes run together.
            part: the values.
        """
        raise self.unknown(op.kind)

    def array(self, dims: Sequence[Dim], *, is_zero: bool) -> str:
        """A new array that loops over blocks fill; a number without axes.

        Args:
            dims: the sizes of its axes.
            is_zero: whether its entries are zero; else they are left open.
        """
        raise NotImplementedError

    def expanded(self, text: str, places: Sequence[bool]) -> str:
        """An array with more axes.

        Args:
            text: the text of the array.
            places: for each axis of the result whether the array has it; else its size is 1.
        """
        return f"{text}[{', '.join(':' if place else 'None' for place in places)}]"

    def tuple(self, dims: Sequence[Dim]) -> str:
        """The shape of an array as a tuple."""
        return f"({self.sizes(dims)}{',' * (len(dims) == 1)})"

    def constant(self, text: str) -> str:
        """A number as what the target returns for a scalar.

        Args:
            text: the number.
        """
        raise NotImplementedError

    def needs_number(self, op: Operation, place: int) -> bool:
        """Whether a product does not take truth values for numbers of the type of the others.

        Args:
            op: the operation.
            place: the place of the argument.
        """
        return False

    def _as_number(self, op: Operation, place: int, part: Text) -> Text:
        argument = op.arguments[place]
        if not argument.is_truth or not self.needs_number(op, place):
            return part
        cast = Operation("cast", (), (argument,), argument.dims)
        return self.written(cast, [part])


def outer_places(op: Operation) -> tuple[int, int] | None:
    """Whether a product is the outer product of two vectors, and their places."""
    for place, each in enumerate(op.arguments):
        other = op.arguments[1 - place]
        if each.kind == "expand" and each.detail[0] == (True, False) and other.rank == 1:
            return place, 1 - place
    return None


def triangle_place(op: Operation) -> tuple[str, int] | None:
    """Whether a product is a triangle of a matrix: which one, and the place of the matrix."""
    for place, each in enumerate(op.arguments):
        other = op.arguments[1 - place]
        name = "triu" if each.kind == "transpose" else "tril"
        inner = each.arguments[0] if each.kind == "transpose" else each
        if inner.kind == "triangle" and other.dims == op.dims:
            return name, 1 - place
    return None


def summed_axes(op: Operation) -> str:
    """The axes of two arrays that `tensordot` sums over: a count where they are neighbours."""
    first, second = op.detail[0]
    rank = op.arguments[0].rank
    ends = first == tuple(range(rank - len(first), rank)) and second == tuple(range(len(first)))
    return str(len(first)) if ends else f"({list(first)}, {list(second)})"
