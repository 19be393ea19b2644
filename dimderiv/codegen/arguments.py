"""The arguments of a generated function: what they are called, and the check of their shapes."""

import re
from collections.abc import Mapping
from functools import cached_property, reduce

from dimderiv.codegen.arrays import PRODUCT, SUM, Code, constant, infix
from dimderiv.codegen.identifiers import Identifiers
from dimderiv.errors import ShapeError
from dimderiv.shapes import SCALAR, Declaration, Dim, Shape

WIDTH = 92


class Arguments:
    """The symbols as arguments, and the sizes that can be read off them.

    Args:
        symbols: the symbols in order, with their shapes.
        identifiers: the names that are taken.
    """

    def __init__(self, symbols: Mapping[str, Declaration], identifiers: Identifiers) -> None:
        self.shapes = {name: declaration.shape for name, declaration in symbols.items()}
        self.python = {name: identifiers.new(name) for name in symbols}
        dims = [dim for shape in self.shapes.values() for dim in shape]
        self.sizes = {
            name: identifiers.new(name)
            for name in dict.fromkeys(name for dim in dims for name in sorted(dim.names))
        }

    @property
    def names(self) -> list[str]:
        """The names of the arguments."""
        return list(self.python.values())

    def codes(self) -> dict[str, Code]:
        """The code of each symbol; a row comes in as `(1, C)`."""
        return {
            name: Code(self.python[name], shape, shape, flat=not shape.is_row)
            for name, shape in self.shapes.items()
        }

    def size(self, dim: Dim) -> Code:
        """The code of a dimension as a number.

        Raises:
            ShapeError: no argument has an axis of that size.
        """
        terms = [self._monomial(names, factor) for names, factor in dim.monomials]
        if not terms:
            return constant("0", SCALAR)
        total = terms[0][1]
        for sign, term in terms[1:]:
            total = constant(infix(total, sign, term), SCALAR, SUM)
        return total

    def _monomial(self, names: tuple[str, ...], factor: int) -> tuple[str, Code]:
        parts = [constant(self._size_name(name), SCALAR) for name in names]
        if abs(factor) != 1 or not parts:
            parts.insert(0, constant(str(abs(factor)), SCALAR))
        product = reduce(lambda a, b: constant(infix(a, "*", b), SCALAR, PRODUCT), parts)
        return ("-" if factor < 0 else "+", product)

    def _size_name(self, name: str) -> str:
        if name not in self._readable:
            raise ShapeError(
                f"the size {name} cannot be read off the arguments",
                hint=f"give a symbol with an axis of size {name}",
            )
        return self.sizes[name]

    @cached_property
    def _readable(self) -> dict[str, tuple[str, int]]:
        """For each size by itself along an axis: the argument, and the number of the axis."""
        found: dict[str, tuple[str, int]] = {}
        for name, shape in self.shapes.items():
            for axis, dim in enumerate(_axes(shape)):
                if dim == Dim.of(str(dim)):
                    found.setdefault(str(dim), (name, axis))
        return found

    def opening(self, body: str) -> list[str]:
        """The lines that check the arguments and read the sizes that the rest needs.

        Args:
            body: the lines of the function that follow.
        """
        if not self.shapes:
            return []
        later = [name for name, shape in self.shapes.items() if self._computed(shape)]
        first = [name for name in self.shapes if name not in later]
        known = dict.fromkeys(dim for name in later for dim in self._computed(self.shapes[name]))
        sums = {str(dim): self.size(dim).text for dim in known}
        second = "{" + ", ".join(f'"{text}": {code}' for text, code in sums.items()) + "}"
        lines = self._check(first, "") if first else []
        lines += self._reads("\n".join([body, *sums.values()]))
        return lines + (self._check(later, second) if later else [])

    def _computed(self, shape: Shape) -> list[Dim]:
        readable = self._readable
        return [
            dim
            for dim in _axes(shape)
            if dim.number is None and str(dim) not in readable and dim.names <= set(readable)
        ]

    def _check(self, names: list[str], known: str) -> list[str]:
        arguments = [known] if known else []
        for name in names:
            dims = (
                str(dim) if dim.number is not None else f'"{dim}"'
                for dim in _axes(self.shapes[name])
            )
            python = self.python[name]
            values = ", ".join([python, *dims])
            arguments.append(f"{python}=({values})" if "," in values else f"{python}=({values},)")
        targets = ", ".join(self.python[name] for name in names)
        targets = f"({targets},)" if len(names) == 1 else targets
        line = f"{targets} = checked({', '.join(arguments)})"
        if len(line) <= WIDTH:
            return [line]
        left = ["(", *(f"    {self.python[name]}," for name in names), ")"]
        if len(targets) <= WIDTH - 12:
            left = [targets]
        left[-1] += " = checked("
        return [*left, *(f"    {argument}," for argument in arguments), ")"]

    def _reads(self, text: str) -> list[str]:
        words = set(re.findall(r"\w+", re.sub(r"#.*", "", text)))
        wanted = [
            name for name, size in self.sizes.items() if size in words and name in self._readable
        ]
        lines, done = [], set[str]()
        for name in wanted:
            argument, axis = self._readable[name]
            axes = [str(dim) for dim in _axes(self.shapes[argument])]
            python = self.python[argument]
            if name in done:
                continue
            if len(set(axes)) == 2 and all(a in wanted and a not in done for a in axes):
                lines.append(f"{', '.join(self.sizes[a] for a in axes)} = {python}.shape")
                done.update(axes)
            else:
                lines.append(f"{self.sizes[name]} = {python}.shape[{axis}]")
                done.add(name)
        return lines


def _axes(shape: Shape) -> tuple[Dim, ...]:
    """The axes of the array that comes in: a row has both."""
    return tuple(shape) if shape.is_row else shape.axes
