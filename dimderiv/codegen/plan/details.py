"""What operations of a plan take besides arrays: a small record for each kind of it."""

from fractions import Fraction
from typing import NamedTuple

from dimderiv.language import ONE, Dim, Signature

# What every record is; nothing is the detail of an operation that takes arrays alone.
Detail = tuple[object, ...]
Axes = tuple[int, ...]


class Name(NamedTuple):
    """An input or a constant."""

    name: str


class Exact(NamedTuple):
    """A number."""

    value: Fraction


class Length(NamedTuple):
    """The size of an axis."""

    dim: Dim


class Entrywise(NamedTuple):
    """A function of each entry."""

    function: str


class Multiplied(NamedTuple):
    """A matrix product, and whether it is one of a matrix with its own transpose."""

    is_gram: bool = False


class Subscripts(NamedTuple):
    """Letters for the axes of two arrays, and those of the sum of their products."""

    left: Axes
    right: Axes
    kept: Axes


class Ends(NamedTuple):
    """The axes of two arrays over which their product is summed."""

    left: Axes
    right: Axes


class Reduction(NamedTuple):
    """What is taken of the entries along axes: `sum`, `max` or `min`."""

    function: str
    axes: Axes


class Along(NamedTuple):
    """Axes of an array; none where all its entries are meant."""

    axes: Axes


class Order(NamedTuple):
    """The axes of an array in another order."""

    axes: Axes


class Places(NamedTuple):
    """For each axis of the value whether the array has it; else its size is 1."""

    held: tuple[bool, ...]


class Pattern(NamedTuple):
    """A letter for each axis: those with the same one run together."""

    letters: Axes


class Asked(NamedTuple):
    """What is asked of a matrix or of its factors: by its transpose, and without factors."""

    transposed: bool = False
    whole: bool = False


class Block(NamedTuple):
    """The rows of a block along an axis, by the variable that holds them."""

    axis: int
    rows: str


class Pairs(NamedTuple):
    """Pairs of axes."""

    pairs: tuple[tuple[int, int], ...]


class Called(NamedTuple):
    """A declared function or a derivative of it, and what that function takes and returns."""

    function: str
    declared: Signature


class Part(NamedTuple):
    """What is taken along an axis: from a place to before another one, or to the end, in steps.

    One of step 0 is a single place, and the axis goes.
    """

    axis: int
    start: Dim
    stop: Dim | None
    step: int


class Parts(NamedTuple):
    """What is taken along some axes."""

    parts: tuple[Part, ...]


class Inlaid(NamedTuple):
    """The part of an array that another one is added to, and whether that is zero so far."""

    parts: tuple[Part, ...]
    is_empty: bool


class Edge(NamedTuple):
    """So many zeros before and after an array along an axis; below zero, so many entries less."""

    axis: int
    before: Dim
    after: Dim


class Edges(NamedTuple):
    """Zeros around an array."""

    edges: tuple[Edge, ...]


class Window(NamedTuple):
    """Several axes in the place of one, with how far one step along each of them goes."""

    axis: int
    counts: tuple[Dim, ...]
    steps: Axes

    @property
    def span(self) -> Dim:
        """The size of the one axis."""
        reach = [(n - ONE) * Dim.of(step) for n, step in zip(self.counts, self.steps, strict=True)]
        return sum(reach, ONE)


class Windows(NamedTuple):
    """Axes that are several, or one."""

    windows: tuple[Window, ...]


class Selected(NamedTuple):
    """The places that letters select: the step of each, and where all are 0."""

    steps: Axes
    offset: Dim


class Convolution(NamedTuple):
    """How far apart windows are, and entries in them, and how many zeros are around the images."""

    strides: Axes
    dilations: Axes
    edges: tuple[tuple[Dim, Dim], ...]


class Shared(NamedTuple):
    """The axes of labels that an array has too, besides the axis on which they are places."""

    axes: Axes
