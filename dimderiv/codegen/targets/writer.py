"""What the writers of all targets share: the text of an operation, given those of what it takes.

A target is a writer in a file of its own.  It says how its library spells what libraries spell
differently, and which helper functions generated code brings along.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from dimderiv.codegen.plan import (
    FACTORS,
    Operation,
    called,
    details,
    is_of_numbers,
    is_of_stack,
)
from dimderiv.codegen.read import axes_of
from dimderiv.codegen.targets.arguments import WIDTH, Arguments
from dimderiv.codegen.targets.helper_arguments import helper_arguments, over_stack, part_index
from dimderiv.codegen.targets.helper_texts import helper_functions
from dimderiv.codegen.targets.layers import LayerText
from dimderiv.codegen.targets.lines import LineWriter
from dimderiv.codegen.targets.spelling import Helpers, Parts, outer_places, triangle_place
from dimderiv.codegen.targets.text import (
    ATOM,
    INFIX,
    MATMUL,
    SIGN,
    SUM,
    Text,
    indented,
    joined,
    listed,
    number,
    power,
    without_axis,
)
from dimderiv.language import Dim
from dimderiv.rulebook import Rulebook

# So many arguments are looked at one by one before any is converted: looking is quicker.
MOST_TESTED = 6


# The functions that are linear in their last argument, and how many they have: with one less, each
# is the matrix of that map.
MAPS = {"dexpm": 2, "dlogm": 2, "dpower": 3, "sylvester": 3}


@dataclass(eq=False)
class Writer(LineWriter):
    """Writes operations as expressions of one target.

    Args:
        arguments: the arguments of the function, which sizes are read off.
        helper: called with the name of a function that the code needs; says how it is called.
        declared: the names in the code of the declared functions.

    Attributes:
        target: the name of the target.
        imports: the lines that import its library.
        module: the name that it imports the library as.
        helper_file: where its helper functions stand.
        reserved: names of its code that no symbol may have, besides the module and the helpers.
        row: the index that takes the entries of a row.
        in_blocks: whether a function may go over large arrays block by block.
        factors: the kinds of factors of matrices that it can keep.
        array_tests: the type of an array, and a test of one that its entries are floating, where
            looking is quicker than converting.
        stacked: the functions of matrices that its library takes of stacks of them too.
        labels: what makes labels an array of whole numbers.
        takes_numbers: whether functions of two arrays take a number for one of them.
        rules: how the rules write functions of each entry, see `rules/README.md`.
        calls: how other operations are spelled, as `spelling` says; what is not spelled anywhere is
            the helper function with its name.
        layer_name: what a layer is called.
        layer_words: names that its layers give to parts of their own.
        context: names that the lines which convert the arguments give a meaning.
        typed: the name of what says which type arrays have, and its text for an array.
        remakes_operators: whether its operators are pickled, as what they are made from.
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
    array_tests: ClassVar[tuple[str, ...]] = ()
    stacked: ClassVar[frozenset[str]] = frozenset({"inv", "det", "logdet", "detsign"})
    labels: ClassVar[str]
    takes_numbers: ClassVar[bool] = False
    rules: ClassVar[Mapping[str, str]] = {}
    calls: ClassVar[Mapping[str, str]]
    layer_name: ClassVar[str] = "layer"
    layer_words: ClassVar[tuple[str, ...]] = ()
    context: ClassVar[tuple[str, ...]] = ()
    typed: ClassVar[tuple[str, str]] = ("dtype", "{}.dtype")
    remakes_operators: ClassVar[bool] = False
    hands_down: ClassVar[bool] = True

    arguments: Arguments
    helper: Callable[[str], str]
    declared: Mapping[str, str]

    @classmethod
    def by(cls, rulebook: Rulebook) -> "type[Writer]":
        """The writer that writes functions as rules say.

        Args:
            rulebook: the rules.
        """
        return type(cls.__name__, (cls,), {"rules": rulebook.code_of(cls.target)})

    def converted(self, names: list[str]) -> list[str]:
        """The lines after which the arguments are arrays of one floating type.

        Args:
            names: their names.
        """
        lines = [f"{listed(names)} = {self.helper('floats')}({', '.join(names)})"]
        if not self.array_tests or len(names) > MOST_TESTED:
            return lines
        tests = self.fitting(names)
        head = f"if not ({' and '.join(tests)}):"
        if len(head) <= WIDTH:
            return [head, *indented(lines)]
        tests = ["if not (", f"    {tests[0]}", *(f"    and {test}" for test in tests[1:]), "):"]
        return [*tests, *indented(lines)]

    def fitting(self, names: list[str]) -> list[str]:
        """The tests that all arguments are arrays of one floating type."""
        kind, floating = self.array_tests
        types = " is ".join([*(f"type({name})" for name in names), kind])
        same = [" is ".join(f"{name}.dtype" for name in names)] if len(names) > 1 else []
        return [types, *same, floating.format(names[0])]

    def recast(self, names: list[str], dtype: str) -> list[str]:
        """The lines after which arguments that arrive later are arrays of the type of the others.

        Args:
            names: their names.
            dtype: the text of the type.
        """
        return [f"{listed(names)} = {self.helper('recast')}({', '.join([dtype, *names])})"]

    def linear_map(
        self,
        dtype: str,
        rows: Sequence[str],
        columns: Sequence[str],
        apply: str,
        adjoint: str,
        remade: str,
    ) -> str:
        """What a function returns that returns an operator.

        Args:
            dtype: the text of the type that it computes with.
            rows: the shapes of what it gives.
            columns: the shapes of what it takes.
            apply: the name of the function that applies it.
            adjoint: the name of the one that applies its adjoint, the same where that is equal.
            remade: the function that returns it and its arguments, where operators are pickled.
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

    def written(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation as an expression.

        Args:
            op: the operation.
            parts: the texts of its arguments.

        Raises:
            UnknownNameError: nobody said how the function is computed by the target.
        """
        parts = [self._as_number(op, place, part) for place, part in enumerate(parts)]
        match op.detail:
            case details.Name(name):
                is_input = op.kind == "input"
                return Text(self.arguments.python[name] if is_input else f"{self.module}.{name}")
            case details.Exact(value):
                return number(value)
            case details.Length(dim):
                return self.size(dim)
            case details.Entrywise():
                return self.mapped(op, parts)
            case details.Multiplied():
                return Text(f"{parts[0].within(MATMUL)} @ {parts[1].within(MATMUL + 1)}", MATMUL)
            case details.Called():
                return self._applied(op.detail, parts)
            case details.Order() if op.rank == 2:
                return Text(f"{parts[0].atom}.T")
            case details.Block(axis, rows):
                return Text(f"{parts[0].atom}[{':, ' * axis}{rows}]")
            case details.Places(held):
                return Text(self.expanded(parts[0].atom, held))
            case details.Parts(taken):
                return Text(f"{parts[0].atom}[{self.part(op, taken)}]")
        if op.kind == "cast" and is_of_numbers(op):
            return Text(self.constant(parts[0].text))
        return self.spelled(op, parts)

    def spelled(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation that each library spells in its own way."""
        name = called(op)
        if is_of_stack(op) and op.kind not in self.stacked:
            return over_stack(self, op, parts)
        if name in self.calls:
            return self._formatted(self.calls[name], op, parts)
        if name in self.helpers:
            return self._helped(op, parts)
        raise self.unknown(op.kind)

    def _formatted(self, spelling: str, op: Operation, parts: Sequence[Text]) -> Text:
        given = {"xp": self.module, "helper": Helpers(self.helper), "op": Parts(op, self)}
        given["every"] = ", ".join(map(str, parts))
        return Text(spelling.format(*parts, **given))

    def mapped(self, op: Operation, parts: Sequence[Text]) -> Text:
        """A function of the entries of arrays."""
        function, is_bare = op.function, is_of_numbers(op)
        match function:
            case "square" | "power":
                return power(parts[0], *(parts[1:] or [Text("2")]))
            case "negative":
                return Text(f"-{parts[0].within(SIGN)}", SIGN)
            case "maximum" | "minimum" if is_bare:
                return Text(f"{function[:3]}({parts[0]}, {parts[1]})")
            case "sqrt" if is_bare:
                return power(parts[0], Text("0.5"))
            case "sigmoid_of_minus" if function not in self.helpers:
                minus = Text(f"-{parts[0].within(SIGN)}", SIGN)
                return self.mapped(replace(op, detail=details.Entrywise("sigmoid")), [minus])
            case "*" if triangle := triangle_place(op):
                name, place = triangle
                return Text(f"{self.module}.{name}({parts[place]})")
            case "*" if "outer" in self.calls and (places := outer_places(op)):
                axis = self.expanded("", (True, False))
                sides = [Text(without_axis(parts[k].text, axis)) for k in places]
                return self._formatted(self.calls["outer"], op, sides)
        if function in INFIX:
            return joined(function, *parts)
        if function in self.declared:
            name, (argument,) = self.declared[function], self._numbers_as_arrays(op, parts)
            return Text(f'{self.helper("applied")}("{name}", {name}, None, {argument})')
        if is_bare or len(parts) > 2 or (len(parts) > 1 and not self.takes_numbers):
            parts = self._numbers_as_arrays(op, parts)
        written = self.rules.get(function, function if function in self.helpers else "")
        if not written:
            raise self.unknown(function)
        if written.isidentifier():
            return Text(f"{self.helper(written)}({', '.join(map(str, parts))})")
        return Text(written.format(*parts, xp=self.module))

    def _numbers_as_arrays(self, op: Operation, parts: Sequence[Text]) -> list[Text]:
        """The texts of arguments, of which numbers are made arrays of the target."""
        each = zip(op.arguments, parts, strict=True)
        return [Text(self.constant(part.text)) if is_of_numbers(a) else part for a, part in each]

    def _applied(self, called: details.Called, parts: Sequence[Text]) -> Text:
        """A call of a function that is handed in, or of a derivative of it."""
        name, declared = self.declared[called.function], called.declared
        lying = zip(parts, declared.arguments, strict=True)
        given = [self._as_row(part.text) if own.is_row else part.text for part, own in lying]
        shape = declared.shape_of(called.function)
        inside = ", ".join([f'"{name}"', name, self._expected(axes_of(shape)), *given])
        row = self.row if shape.is_row else ""
        return Text(f"{self.helper('applied')}({inside}){row}")

    def _as_row(self, argument: str) -> str:
        if argument.isidentifier():
            return f"{argument}[None, :]"
        return f"{self.module}.reshape({argument}, (1, -1))"

    def _expected(self, axes: Sequence[Dim]) -> str:
        """A shape, with nothing for a size that is only what a function returns."""
        readable = frozenset(self.arguments.readable)
        sizes = [self.arguments.size(dim) if dim.names <= readable else "None" for dim in axes]
        return f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"

    def _helped(self, op: Operation, parts: Sequence[Text]) -> Text:
        """A call of a helper function."""
        name, given = self.helper_name(op), [part.text for part in parts]
        given += helper_arguments(op, self)
        if name == "cholesky" and op.arguments[0].kind == "input":
            given.append(f'"{parts[0]}"')
        if name in MAPS and len(parts) < MAPS[name]:
            name = f"{name}_matrix"
        return Text(f"{self.helper(name)}({', '.join(given)})")

    def helper_name(self, op: Operation) -> str:
        """The name of the helper function that an operation calls."""
        return called(op)

    @property
    def helpers(self) -> Collection[str]:
        """The names of its helper functions."""
        return helper_functions(self.helper_file)

    @property
    def dtype(self) -> str:
        """The text of the type of all entries."""
        return self.arguments.dtype

    @property
    def options(self) -> str:
        """The arguments that say of which type a new array is."""
        return self.dtype

    def size(self, dim: Dim) -> Text:
        """The size of an axis."""
        text = self.arguments.size(dim)
        return Text(text, SUM if " " in text else ATOM)

    def sizes(self, dims: Sequence[Dim]) -> str:
        """Sizes with commas between them."""
        return ", ".join(map(self.arguments.size, dims))

    def shape(self, dims: Sequence[Dim]) -> str:
        """The shape of an array: a number or a tuple."""
        return self.sizes(dims) if len(dims) == 1 else f"({self.sizes(dims)})"

    def tupled(self, dims: Sequence[Dim]) -> str:
        """The shape of an array as a tuple."""
        return f"({self.sizes(dims)}{',' * (len(dims) == 1)})"

    def part(self, op: Operation, taken: Sequence[details.Part]) -> str:
        """The index that takes a part of an array."""
        return part_index(taken, self)

    def expanded(self, text: str, places: Sequence[bool]) -> str:
        """An array with axes of size 1 where a place is false."""
        return f"{text}[{', '.join(':' if place else 'None' for place in places)}]"

    def constant(self, text: str) -> str:
        """A number as what the target returns for a scalar.

        Args:
            text: the number.
        """
        raise NotImplementedError

    def needs_number(self, op: Operation, place: int) -> bool:
        """Whether a product does not take truth values for numbers of the type of the others."""
        return False

    def _as_number(self, op: Operation, place: int, part: Text) -> Text:
        argument = op.arguments[place]
        if not argument.is_truth or not self.needs_number(op, place):
            return part
        cast = Operation("cast", (), (argument,), argument.dims)
        return self.written(cast, [part])
