"""What generated code computes, and the text of the differences that it is compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import field

from dimderiv.codegen.targets import python_name
from dimderiv.language import Declaration, frozen

# How the other entries move with one that a property ties to them.
TIES: Mapping[str, str] = {
    "symmetric": "np.maximum(unit, unit.T)",
    "skew": "unit - unit.T",
    "diagonal": "unit * np.eye(len(unit))",
    "lower": "np.tril(unit)",
    "upper": "np.triu(unit)",
}


@frozen.record
class Compared:
    """Derivatives that are computed together.

    Attributes:
        titles: a name for each, by the variables, one after the other.
        order: how often the value is differentiated.
        upstream: the derivative by the value that is handed down, if any.
        directions: the direction of each variable, where all move together.
        structures: how the entries of variables are tied.
    """

    titles: Mapping[tuple[str, ...], str]
    order: int
    upstream: str | None = None
    directions: Mapping[str, str] = field(default_factory=dict)
    structures: Mapping[str, str] = field(default_factory=dict)

    @property
    def found(self) -> list[str]:
        """A name for each derivative in the text of the test."""
        return [f"by_{'_'.join(names)}" for names in self.titles]

    def differences(self, value: str) -> list[str]:
        """The text of central differences for each of the derivatives.

        Args:
            value: the text of the function of the value.
        """
        function = value if self.upstream is None else "total"
        return [self._differences(function, list(names)) for names in self.titles]

    def _differences(self, function: str, names: list[str]) -> str:
        by = names[: self.order - 1] if self.directions else names
        inner = by if self.directions else by[:-1]
        for name in inner:
            function = f"by_each({function}, {self._by(name)})"
        if self.directions:
            return f"along({function}, given, directions)"
        return f"differences({function}, given, {self._by(by[-1])})"

    def _by(self, name: str) -> str:
        tie = self.structures.get(name)
        tied = f", lambda unit: {TIES[tie]}" if tie else ""
        return f'"{python_name(name)}"{tied}'


@frozen.record
class Tested:
    """Generated code, and what a test of it needs.

    Attributes:
        target: the name of the target.
        code: the module of the code.
        name: the function in it, or the layer.
        value: a module of a function `value` of the expression, for the same target.
        computed: what the function returns, or each method of what it returns.
        symbols: all that is drawn.
        sizes: numbers for the named sizes, once for each time that it is compared.
        returns_value: whether the function returns the value too.
        form: `dense`, `operator` or `layer`.
    """

    target: str
    code: str
    name: str
    value: str
    computed: Sequence[Compared]
    symbols: Mapping[str, Declaration]
    sizes: Sequence[Mapping[str, int]] = ()
    returns_value: bool = False
    form: str = "dense"

    @property
    def test(self) -> str:
        """The name of the test."""
        return f"test_{self.name.lower()}"
