"""The arguments of a generated function: what they are called, and the check of their shapes."""

import re
from collections.abc import Callable, Collection, Mapping
from functools import cached_property

from dimderiv.codegen.targets.identifiers import Identifiers
from dimderiv.language import Declaration, Dim, Shape

WIDTH = 92


class Arguments:
    """The symbols as arguments, and the sizes that can be read off them.

    Args:
        symbols: the symbols in order, with their shapes.
        identifiers: the names that are taken.
        sizes: names of sizes that the code may need besides those of the symbols' axes.

    Attributes:
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
    def dtype(self) -> str:
        """The text of the type that all arguments have."""
        return f"{self.names[0]}.dtype" if self.names else "float"

    def size(self, dim: Dim) -> str:
        """The text of a dimension as a number."""
        text = ""
        for names, factor in dim.monomials:
            parts = [self.sizes[name] for name in names]
            if abs(factor) != 1 or not parts:
                parts.insert(0, str(abs(factor)))
            sign = "-" if factor < 0 else "+"
            term = " * ".join(parts)
            text += f" {sign} {term}" if text else ("-" if factor < 0 else "") + term
        return text or "0"

    @cached_property
    def _readable(self) -> dict[str, tuple[str, int]]:
        """For each size by itself along an axis: the argument, and the number of the axis."""
        found: dict[str, tuple[str, int]] = {}
        for name, shape in self.shapes.items():
            for axis, dim in enumerate(_axes(shape)):
                if dim == Dim.of(str(dim)):
                    found.setdefault(str(dim), (name, axis))
        return found

    @cached_property
    def _solved(self) -> dict[str, str]:
        """For each size that an axis has together with known ones, as in `m + 1`, its text."""
        found: dict[str, str] = {}
        for name, shape in self.shapes.items():
            for axis, dim in enumerate(_axes(shape)):
                new = dim.names - self._readable.keys() - found.keys()
                size = Dim.of(*new) if len(new) == 1 else None
                if size is not None and size.names.isdisjoint((dim - size).names):
                    others = self.size(size - dim)
                    sign = f"- {others[1:]}" if others.startswith("-") else f"+ {others}"
                    found[str(size)] = f"{self.python[name]}.shape[{axis}] {sign}"
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
        words = _words(body)
        unread = [name for name in self.sizes if name not in {*self._readable, *self._solved}]
        self.missing = [name for name in unread if self.sizes[name] in words]
        computed = {name: self._computed(shape) for name, shape in self.shapes.items()}
        later = [name for name in self.shapes if computed[name]]
        first = [name for name in self.shapes if not computed[name]]
        known = dict.fromkeys(dim for name in later for dim in computed[name])
        sums = {str(dim): self.size(dim) for dim in known}
        lines = [*converted(self.names), *self._check(first, {})]
        lines += self._reads("\n".join([body, *sums.values()]))
        return [*lines, *self._check(later, sums), *self.rows(body, row)]

    def rows(self, body: str, row: str) -> list[str]:
        """The lines after which a row has one axis, where it is used.

        Args:
            body: the lines of the function that follow.
            row: the index that takes the entries of a row.
        """
        words = set(re.findall(r"\w+", body))
        rows = [self.python[name] for name, shape in self.shapes.items() if shape.is_row]
        return [f"{name} = {name}{row}" for name in rows if name in words]

    def _computed(self, shape: Shape) -> list[Dim]:
        """The axes of a shape whose sizes are made of others."""
        known = {*self._readable, *self.missing}
        return [
            dim
            for dim in _axes(shape)
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
            parts = [f"    or {test}" for test in tests]
            lines = ["if (", "    " + parts[0].removeprefix("    or "), *parts[1:], "):"]
        if len(error) <= WIDTH:
            return [*lines, error]
        return [*lines, "    raise misfit(", *(f"        {part}," for part in told), "    )"]

    def _owned(self, names: list[str]) -> dict[str, str]:
        """For each size the text of the axis that has it: that of a vector if there is one."""
        owned: dict[str, str] = {}
        every = self.shapes if not names else [*names, *self.shapes]
        for name in sorted(every, key=lambda name: len(_axes(self.shapes[name]))):
            for axis, dim in enumerate(_axes(self.shapes[name])):
                if dim.number is None:
                    owned.setdefault(str(dim), f"{self.python[name]}.shape[{axis}]")
        return owned

    def _tests(self, name: str, known: Mapping[str, str]) -> list[str]:
        """What is so where the shape of an argument does not fit."""
        python, dims = self.python[name], _axes(self.shapes[name])
        texts = [known[str(dim)] if dim.number is None else str(dim) for dim in dims]
        own = [f"{python}.shape[{axis}]" for axis in range(len(dims))]
        if not any(text.startswith(f"{python}.") for text in texts):
            return [f"{python}.shape != {self._whole(texts)}"]
        pairs = zip(own, texts, strict=True)
        return [
            f"{python}.ndim != {len(dims)}",
            *(f"{axis} != {text}" for axis, text in pairs if axis != text),
        ]

    @cached_property
    def _ranks(self) -> dict[str, int]:
        """How many axes each argument has."""
        return {self.python[name]: len(_axes(shape)) for name, shape in self.shapes.items()}

    def _whole(self, texts: list[str]) -> str:
        """A shape by the shapes of others, which is quicker than by their axes."""
        ranks = self._ranks
        owners = [text.partition(".shape[")[0] for text in texts]
        if texts and all(ranks.get(owner) == 1 for owner in owners):
            return " + ".join(f"{owner}.shape" for owner in owners)
        every = [f"{owner}.shape[{axis}]" for axis, owner in enumerate(owners[:1] * len(owners))]
        if texts and texts == every and ranks.get(owners[0]) == len(texts):
            return f"{owners[0]}.shape"
        return f"({', '.join(texts)}{',' * (len(texts) == 1)})"

    def _expected(self, name: str) -> str:
        dims = [
            str(dim) if dim.number is not None else f'"{dim}"' for dim in _axes(self.shapes[name])
        ]
        python = self.python[name]
        return f"{python}=({', '.join([python, *dims])}{',' * (not dims)})"

    def _reads(self, text: str) -> list[str]:
        words = _words(text)
        solved = {n: t for n, t in self._solved.items() if self.sizes[n] in words}
        words |= _words("\n".join(solved.values()))
        wanted = {
            name: None
            for name, size in self.sizes.items()
            if size in words and name in self._readable
        }
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
        return [*lines, *(f"{self.sizes[name]} = {text}" for name, text in solved.items())]


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
        dims = [dim for shape in self.shapes.values() for dim in _axes(shape)]
        sums = {str(dim): self.size(dim) for dim in dims if dim.number is None}
        return [
            *converted(self.names),
            *self._check(list(self.shapes), sums),
            *self.rows(body, row),
        ]

    def axes(self) -> dict[str, str]:
        """The text of each axis by its size."""
        return {
            str(dim): f"{self.python[name]}.shape[{axis}]"
            for name, shape in self.shapes.items()
            for axis, dim in enumerate(_axes(shape))
        }


def _axes(shape: Shape) -> tuple[Dim, ...]:
    """The axes of the array that comes in: a row has both."""
    return tuple(shape) if shape.is_row else shape.axes


def _words(code: str) -> set[str]:
    """The names in lines of code, not those in texts and comments."""
    return set(re.findall(r"\w+", re.sub(r"\"[^\"\n]*\"|#.*", "", code)))
