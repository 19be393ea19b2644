"""The arguments of a generated function: what they are called, and the check of their shapes."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from itertools import chain
from math import gcd
from typing import NamedTuple

from dimderiv.codegen.read import axes_of
from dimderiv.codegen.targets.identifiers import Identifiers
from dimderiv.codegen.targets.text import listed, words_in
from dimderiv.language import Declaration, Dim, Floor, Monomial, Shape

WIDTH = 92


class ArgumentAxis(NamedTuple):
    """An axis of an argument."""

    argument: str
    place: int
    dim: Dim

    @property
    def text(self) -> str:
        """Its size."""
        return f"{self.argument}.shape[{self.place}]"


class Arguments:
    """The symbols as arguments, and the sizes that can be read off them.

    Args:
        symbols: the symbols in order, with their shapes.
        identifiers: the names that are taken.
        sizes: names of sizes that the code may need besides those of the symbols' axes.

    Attributes:
        labels: the names of those that are labels, which are whole numbers.
        missing: the sizes that cannot be read off and are handed in, once the opening is written.
    """

    def __init__(
        self,
        symbols: Mapping[str, Declaration],
        identifiers: Identifiers,
        sizes: Collection[str] = (),
    ) -> None:
        self.shapes = {name: declaration.shape for name, declaration in symbols.items()}
        self.python = {name: identifiers.new(name) for name in symbols}
        self.labels = {self.python[name] for name, each in symbols.items() if each.labels}
        dims = [dim for shape in self.shapes.values() for dim in shape]
        every = dict.fromkeys([*(n for dim in dims for n in sorted(dim.names)), *sizes])
        self.sizes = {name: identifiers.new(name) for name in every}
        self.missing: list[str] = []

    @property
    def asked(self) -> list[str]:
        """The names of the sizes that are handed in."""
        return [self.sizes[name] for name in self.missing]

    @property
    def names(self) -> list[str]:
        """The names of the arguments."""
        return [self.python[name] for name in self.shapes]

    @property
    def arrays(self) -> list[str]:
        """The names of the arguments that are no labels."""
        return [name for name in self.names if name not in self.labels]

    @property
    def dtype(self) -> str:
        """The text of the type that all arguments have but labels."""
        return f"{self.arrays[0]}.dtype" if self.arrays else "float"

    def size(self, dim: Dim) -> str:
        """The text of a dimension as a number."""
        text = ""
        for names, factor in dim.monomials:
            parts = [self._factor(name) for name in names]
            if abs(factor) != 1 or not parts:
                parts.insert(0, str(abs(factor)))
            sign = "-" if factor < 0 else "+"
            term = " * ".join(parts)
            text += f" {sign} {term}" if text else ("-" if factor < 0 else "") + term
        return text or "0"

    def count(self, dim: Dim) -> str:
        """The text of a sum of products of sizes as a number, with what several have taken out."""
        terms = dict(dim.monomials)
        uses = Counter(name for names in terms for name in dict.fromkeys(names))
        name, most = max(uses.items(), key=lambda use: use[1], default=("", 0))
        if most < 2 or min(terms.values()) < 0:
            return self.size(dim)
        inner = {names: factor for names, factor in terms.items() if name in names}
        rest = Dim(tuple((names, factor) for names, factor in terms.items() if names not in inner))
        number = gcd(*inner.values())
        left = Dim(tuple((_divided(names, name), each // number) for names, each in inner.items()))
        parts = [*([str(number)] if number > 1 else []), self._factor(name)]
        text = " * ".join([*parts, f"({self.count(left)})"])
        return f"{text} + {self.count(rest)}" if rest.monomials else text

    def _factor(self, name: str) -> str:
        """The text of a named size, or of a quotient that is rounded down."""
        if isinstance(name, Floor):
            dividend = self.size(name.dividend)
            return f"({f'({dividend})' if ' ' in dividend else dividend} // {name.divisor})"
        return self.sizes[name]

    @cached_property
    def axes(self) -> dict[str, list[ArgumentAxis]]:
        """The axes of each argument."""
        return {
            self.python[name]: [
                ArgumentAxis(self.python[name], place, dim)
                for place, dim in enumerate(axes_of(shape))
            ]
            for name, shape in self.shapes.items()
        }

    @cached_property
    def _readable(self) -> dict[str, ArgumentAxis]:
        """For each size by itself along an axis the first such axis."""
        each = [axis for axes in self.axes.values() for axis in axes]
        return {str(a.dim): a for a in reversed(each) if a.dim.names == {str(a.dim)}}

    @cached_property
    def _solved(self) -> dict[str, str]:
        """For each size that an axis has together with known ones, as in `m + 1`, its text."""
        found: dict[str, str] = {}
        for axis in chain.from_iterable(self.axes.values()):
            new = axis.dim.names - self._readable.keys() - found.keys()
            size = Dim.of(*new) if len(new) == 1 else None
            if size is not None and size.names.isdisjoint((axis.dim - size).names):
                others = self.size(size - axis.dim)
                sign = f"- {others[1:]}" if others.startswith("-") else f"+ {others}"
                found[str(size)] = f"{axis.text} {sign}"
        return found

    @property
    def readable(self) -> Collection[str]:
        """The named sizes that are those of an axis."""
        return self._readable.keys() & self.sizes.keys()

    def opening(
        self, body: str, converted: Callable[[list[str]], list[str]], row: str = "[0]"
    ) -> list[str]:
        """The lines that check the arguments and read the sizes that the rest needs.

        Args:
            body: the lines of the function that follow.
            converted: the lines after which the arguments, given by name, are arrays of one type.
            row: the index that takes the entries of a row.
        """
        if not self.shapes:
            return []
        words = words_in(body)
        unread = [name for name in self.sizes if name not in {*self._readable, *self._solved}]
        self.missing = [name for name in unread if self.sizes[name] in words]
        computed = {name: self._computed(axes) for name, axes in self.axes.items()}
        sums = {str(dim): self.size(dim) for dims in computed.values() for dim in dims}
        return [
            *converted(self.names),
            *self._check([name for name in self.names if not computed[name]], {}),
            *self._reads("\n".join([body, *sums.values()])),
            *self._check([name for name in self.names if computed[name]], sums),
            *self.rows(body, row),
        ]

    def rows(self, body: str, row: str) -> list[str]:
        """The lines after which no axis has size 1 by declaration, where the array is used.

        Args:
            body: the lines of the function that follow.
            row: the index that takes the entries of a row.
        """
        words = words_in(body)
        indices = {self.python[name]: _lone(shape, row) for name, shape in self.shapes.items()}
        return [f"{name} = {name}{i}" for name, i in indices.items() if i and name in words]

    def _computed(self, axes: list[ArgumentAxis]) -> list[Dim]:
        """The sizes of axes that are made of others."""
        known = {*self._readable, *self.missing}
        return [
            dim
            for _, _, dim in axes
            if dim.number is None and str(dim) not in self._readable and dim.names <= known
        ]

    def _check(self, names: list[str], sums: Mapping[str, str]) -> list[str]:
        """The lines that compare shapes, and raise an error where one does not fit."""
        known = {**self._owned(names), **sums}
        tests = [test for name in names for test in self._tests(name, known)]
        if not tests:
            return []
        told = [f"{{{', '.join(f'{text!r}: {code}' for text, code in sums.items())}}}"] * bool(sums)
        told += [self._expected(name) for name in names]
        condition, error = " or ".join(tests), f"    raise misfit({', '.join(told)})"
        lines = [f"if {condition}:"]
        if len(lines[0]) > WIDTH:
            lines = ["if (", f"    {tests[0]}", *(f"    or {test}" for test in tests[1:]), "):"]
        if len(error) <= WIDTH:
            return [*lines, error]
        return [*lines, "    raise misfit(", *(f"        {part}," for part in told), "    )"]

    def _owned(self, names: list[str]) -> dict[str, str]:
        """For each size the text of the axis that has it: that of a vector if there is one."""
        owned: dict[str, str] = {}
        for name in sorted([*names, *self.names], key=lambda name: len(self.axes[name])):
            for axis in self.axes[name]:
                if axis.dim.number is None:
                    owned.setdefault(str(axis.dim), axis.text)
        return owned

    def _tests(self, name: str, known: Mapping[str, str]) -> list[str]:
        """What is so where the shape of an argument does not fit."""
        axes = self.axes[name]
        texts = [known[str(a.dim)] if a.dim.number is None else str(a.dim) for a in axes]
        if not any(text.startswith(f"{name}.") for text in texts):
            return [f"{name}.shape != {self._whole(texts)}"]
        pairs = zip(axes, texts, strict=True)
        differ = [f"{axis.text} != {text}" for axis, text in pairs if axis.text != text]
        return [f"{name}.ndim != {len(axes)}", *differ]

    def _whole(self, texts: list[str]) -> str:
        """A shape by the shapes of others, which is quicker than by their axes."""
        owners = [text.partition(".shape[")[0] for text in texts]
        axes = [self.axes.get(owner, []) for owner in owners]
        if texts and all(len(each) == 1 for each in axes):
            return " + ".join(f"{owner}.shape" for owner in owners)
        if texts and texts == [axis.text for axis in axes[0]]:
            return f"{owners[0]}.shape"
        return f"({listed(texts)})" if texts else "()"

    def _expected(self, name: str) -> str:
        dims = [axis.dim for axis in self.axes[name]]
        told = [str(dim) if dim.number is not None else f'"{dim}"' for dim in dims]
        return f"{name}=({listed([name, *told])})"

    def _reads(self, text: str) -> list[str]:
        words = words_in(text)
        solved = {n: t for n, t in self._solved.items() if self.sizes[n] in words}
        words |= words_in("\n".join(solved.values()))
        wanted = [n for n, size in self.sizes.items() if size in words and n in self._readable]
        lines, done = [], set[str]()
        for name in wanted:
            axis = self._readable[name]
            axes = [str(each.dim) for each in self.axes[axis.argument]]
            if name in done:
                continue
            if len(set(axes)) == 2 and all(a in wanted and a not in done for a in axes):
                lines.append(f"{', '.join(self.sizes[a] for a in axes)} = {axis.argument}.shape")
                done.update(axes)
            else:
                lines.append(f"{self.sizes[name]} = {axis.text}")
                done.add(name)
        return [*lines, *(f"{self.sizes[name]} = {text}" for name, text in solved.items())]


def _divided(monomial: Monomial, name: str) -> Monomial:
    """A product of sizes without one of them."""
    place = monomial.index(name)
    return monomial[:place] + monomial[place + 1 :]


def _lone(shape: Shape, row: str) -> str:
    """The index that leaves out the axes of size 1 of an array; nothing where there are none."""
    if not shape.has_more_axes or shape.axes == tuple(shape):
        return row if shape.is_row else ""
    return f"[{', '.join('0' if dim.is_one else ':' for dim in shape)}]"


class LateArguments(Arguments):
    """Arguments that arrive when those of an earlier call are known, and have sizes of theirs.

    Args:
        earlier: the arguments that are known.
        symbols: the symbols that arrive, in order, with their shapes.
        identifiers: the names that are taken.
        called: what a symbol is called in the code, where that is another name.
    """

    def __init__(
        self,
        earlier: Arguments,
        symbols: Mapping[str, Declaration],
        identifiers: Identifiers,
        called: Mapping[str, str],
    ) -> None:
        self.shapes = {name: declaration.shape for name, declaration in symbols.items()}
        own = {name: identifiers.new(called.get(name, name)) for name in symbols}
        self.python = {**earlier.python, **own}
        self.labels = set()
        self.sizes = earlier.sizes
        self._readable = earlier._readable

    def opening(
        self, body: str, converted: Callable[[list[str]], list[str]], row: str = "[0]"
    ) -> list[str]:
        """The lines that check the arguments, by sizes that have been read.

        Args:
            body: the lines of the function that follow.
            converted: the lines after which the arguments, given by name, are arrays of one type.
            row: the index that takes the entries of a row.
        """
        sums = {size: self.size(axis.dim) for size, axis in self.by_size().items()}
        return [
            *converted(self.names),
            *self._check(self.names, sums),
            *self.rows(body, row),
        ]

    def by_size(self) -> dict[str, ArgumentAxis]:
        """An axis that has a size, by the size."""
        each = chain.from_iterable(self.axes.values())
        return {str(axis.dim): axis for axis in each if axis.dim.number is None}
