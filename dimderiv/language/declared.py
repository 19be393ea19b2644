"""What is known of symbols, and of functions of which only the kind is known."""

from collections.abc import Mapping

from dimderiv.language import frozen
from dimderiv.language.function_names import (
    GRADIENT,
    HESSIAN,
    HESSIANS,
    JACOBIAN,
    PRIMES,
    RATE,
    SECOND_RATE,
    figured,
    places_of,
)
from dimderiv.language.shapes import SCALAR, Dim, Shape

LETTERS = "xyzuvwst"


@frozen.record
class Signature:
    """What a function takes and returns of which nothing else is known.

    Attributes:
        arguments: the shape of each argument.
        value: the shape of the value.
        is_elementwise: whether it is a function of each entry by itself.
        properties: of the value, such as `spd`.
    """

    arguments: tuple[Shape, ...]
    value: Shape = SCALAR
    is_elementwise: bool = False
    properties: frozenset[str] = frozenset()

    def __str__(self) -> str:
        if self.is_elementwise:
            return "elementwise"
        words = [str(self.value), *sorted(self.properties)]
        return f"{', '.join(map(str, self.arguments))} -> {' '.join(words)}"

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of the arguments, then that of the value."""
        return (*self.arguments, self.value)

    @property
    def names(self) -> frozenset[str]:
        """The names of sizes that occur."""
        return frozenset().union(*[dim.names for shape in self.shapes for dim in shape])

    @property
    def has_second(self) -> bool:
        """Whether there are second derivatives: those by a matrix would have four axes."""
        return not any(shape.is_matrix for shape in self.arguments)

    @property
    def signs(self) -> tuple[str, ...]:
        """The signs of the first and of the second derivative."""
        if self.value.is_scalar:
            return GRADIENT, HESSIAN
        is_of_number = len(self.arguments) == 1 and self.arguments[0].is_scalar
        return (RATE, SECOND_RATE) if is_of_number else (JACOBIAN, HESSIANS)

    def derivative(self, name: str, places: tuple[int, ...]) -> str:
        """The name of the derivative by some arguments, in ascending order.

        Args:
            name: the function.
            places: the numbers of the arguments.
        """
        if not places:
            return name
        if self.is_elementwise:
            return name + PRIMES[len(places)]
        figures = places if len(self.arguments) > 1 else ()
        return figured(self.signs[len(places) - 1], figures, name)

    def derivatives(self, name: str) -> list[str]:
        """The names of the function and of all its derivatives.

        Args:
            name: the function.

        >>> Signature((Shape(Dim.of("n"), Dim.of(1)),)).derivatives("f")
        ['f', '∇f', '∇²f']
        """
        every = range(len(self.arguments))
        pairs = [(i, j) for i in every for j in every[i:]] if self.has_second else []
        return [self.derivative(name, places) for places in [(), *[(i,) for i in every], *pairs]]

    def is_symmetric(self, function: str) -> bool:
        """Whether a derivative, or the function itself, is known to be a symmetric matrix.

        Args:
            function: the function, or a derivative of it.
        """
        places = places_of(function)
        if self.value.is_scalar:
            return len(places) == 2 and places[0] == places[1]
        is_same = all(self.arguments[place].is_scalar for place in places)
        return is_same and bool(self.properties)

    def shape_of(self, function: str) -> Shape:
        """The shape of the value of the function or of a derivative of it.

        Args:
            function: the function, or a derivative of it.
        """
        by = [self.arguments[place] for place in places_of(function)]
        if self.is_elementwise or not any(shape.axes for shape in by):
            return self.value
        if self.value.is_scalar and len(by) == 1:
            return by[0]
        return Shape.of([*self.value.axes, *(dim for shape in by for dim in shape.axes)])


@frozen.record
class Declaration:
    """What is known of a symbol before anything is computed.

    Attributes:
        shape: its axes; of a declared function those of the first argument.
        properties: words such as `symmetric` or `positive`.
        text: the shape as it was written, or as it would be.
        signature: of a declared function, what it takes and returns.
        labels: of integer labels, how many there are: `y: N labels C` are integers below `C`.
    """

    shape: Shape
    properties: frozenset[str] = frozenset()
    text: str = ""
    signature: Signature | None = None
    labels: Dim | None = None

    @property
    def is_function(self) -> bool:
        """Whether a function is declared, rather than a symbol."""
        return self.signature is not None

    @property
    def dims(self) -> tuple[Dim, ...]:
        """The sizes that the declaration mentions."""
        known = (self.shape,) if self.signature is None else self.signature.shapes
        labels = () if self.labels is None else (self.labels,)
        return (*(dim for shape in known for dim in shape), *labels)


def names_in_use(declared: Mapping[str, Declaration]) -> frozenset[str]:
    """The names that a text about symbols may have: theirs, and those of their dimensions.

    Args:
        declared: what is known of each symbol.

    >>> rows = Declaration(Shape(Dim.of("batch"), Dim.of("d")))
    >>> sorted(names_in_use({"X": rows}))
    ['X', 'batch', 'd']
    """
    return frozenset(declared) | _sizes_in_use(declared)


def names_in_brackets(declared: Mapping[str, Declaration]) -> frozenset[str]:
    """The names that are no letters in index brackets: dimensions, and symbols of labels.

    Args:
        declared: what is known of each symbol.

    >>> N, ONE = Dim.of("N"), Dim.of(1)
    >>> sorted(names_in_brackets({"y": Declaration(Shape(N, ONE), labels=Dim.of("C"))}))
    ['C', 'N', 'y']
    """
    labels = [name for name, each in declared.items() if each.labels is not None]
    return _sizes_in_use(declared).union(labels)


def _sizes_in_use(declared: Mapping[str, Declaration]) -> frozenset[str]:
    return frozenset().union(*[dim.names for each in declared.values() for dim in each.dims])
