"""The typed graph: few frozen kinds of nodes, every one with its axes.

Every axis carries a letter, and with letters on them factors commute like scalars.  A `Product` is
a bag of labelled factors and the letters of its result: `A B` is `A[i,k] B[k,j]` with result
`[i,j]`.  Transpose, trace, diagonal, inner and outer product, Hadamard product, sum over an axis,
the identity and an array of ones are all such products.  An axis of size 1 has no letter.

Products and sums are made by `products.product` and `sums.total`, which normalise, so that equal
values mostly become equal nodes.  Equality of nodes is equality of `key`, a digest of what the node
means; the order in which factors and terms were given is kept for the reader and is no part of it.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple, TypeAlias

from dimderiv.language import NOTHING, ONE, Dim, Signature, frozen
from dimderiv.rulebook import turns

Key: TypeAlias = bytes
# Nearly every coefficient and power: one object, which can be told before fractions are compared.
ONCE = Fraction(1)

# The properties of a matrix that make it its own transpose.
SYMMETRIC = frozenset({"symmetric", "spd", "psd", "diagonal"})
# Symbols and functions that may cancel in a product, be summed to a number, or change its sign.
MARKED = frozenset({"orthogonal", "onehot", "probability", "skew"})
# The function that is written `A^k`, with an exponent that is no number.
MATRIX_POWER = "mpower"
MARKED_FUNCTIONS = frozenset({"inv", "pinv", "softmax", "onehot", "eigvecs", "svdV"})


class Merged(NamedTuple):
    """An index made of several letters, the first one slowest: an axis of `kron` or `vec`."""

    letters: tuple[int, ...]


class Shifted(NamedTuple):
    """An index that is a sum of letters: `V[o+k]` in a convolution."""

    letters: tuple[int, ...]


Index: TypeAlias = int | Merged | Shifted


class Factor(NamedTuple):
    """A node, the index of each of its axes, and the power that its entries are raised to."""

    node: "Node"
    indices: tuple[Index, ...]
    power: Fraction = ONCE


@frozen.by_identity
class Symbol:
    """A symbol of the user; `row` says that the name stands for a row vector."""

    name: str
    axes: tuple[Dim, ...]
    row: bool
    properties: frozenset[str]
    key: Key
    symmetric: bool
    ordinary: bool
    weight: int = 1


@frozen.by_identity
class Size:
    """The size of a dimension, as a number."""

    dim: Dim
    key: Key
    axes: tuple[Dim, ...] = ()
    weight: int = 1
    symmetric: bool = False
    ordinary: bool = True


@frozen.by_identity
class Constant:
    """An irrational number with a name, such as pi."""

    name: str
    key: Key
    axes: tuple[Dim, ...] = ()
    weight: int = 1
    symmetric: bool = False
    ordinary: bool = True


@frozen.by_identity
class Sum:
    """Terms with the axes of the sum, each with a coefficient; no terms at all is zero."""

    terms: tuple[tuple[Fraction, "Node"], ...]
    axes: tuple[Dim, ...]
    key: Key
    weight: int
    symmetric: bool
    zero_sums: tuple[int, ...] = ()
    ordinary: bool = True


@frozen.by_identity
class Product:
    """A coefficient, labelled factors, the size of each letter, and the indices of the result.

    A letter that no index of the result has is summed.  A letter that only the result has is
    broadcast; one that the result has twice makes a diagonal array.  In a convolution an index is a
    sum of letters.
    """

    coefficient: Fraction
    factors: tuple[Factor, ...]
    dims: tuple[Dim, ...]
    result: tuple[Index, ...]
    axes: tuple[Dim, ...]
    key: Key
    weight: int
    symmetric: bool
    is_convolution: bool = False
    zero_sums: tuple[int, ...] = ()
    ordinary: bool = True


@frozen.by_identity
class Map:
    """An elementwise function of arguments that all have the axes of the value."""

    function: str
    arguments: tuple["Node", ...]
    axes: tuple[Dim, ...]
    key: Key
    weight: int
    symmetric: bool
    ordinary: bool = True


@frozen.by_identity
class Function:
    """A function of whole arrays: `inv`, `det`, `softmax`, or `max` over some axes of its argument.

    `over` are the axes of the argument that a reduction runs over or a function of rows works
    along; it is empty for the functions of a whole matrix.

    `declared` says what a function takes and returns of which only that is known.
    """

    function: str
    arguments: tuple["Node", ...]
    over: tuple[int, ...]
    axes: tuple[Dim, ...]
    key: Key
    weight: int
    symmetric: bool
    declared: Signature | None = None
    ordinary: bool = True


@frozen.by_identity
class Selection:
    """Ones where the place on an axis is an affine index of letters, and zeros elsewhere.

    Its first axis is that of the places, the others those of the letters: its entry at `a, i, k` is
    1 where `a = offset + steps[0] i + steps[1] k`.  So `X[2i+k-1] W[k]` is the labelled product
    `X[a] S[a,i,k] W[k]`: what lies outside of `X` is not selected.
    """

    steps: tuple[int, ...]
    offset: Dim
    axes: tuple[Dim, ...]
    key: Key
    weight: int = 1
    symmetric: bool = False
    ordinary: bool = False


@frozen.by_identity
class Named:
    """An intermediate with a name; nothing is simplified across it."""

    name: str
    value: "Node"
    row: bool
    axes: tuple[Dim, ...]
    key: Key
    symmetric: bool
    sums_to_one: bool
    nonnegative: bool
    at_most_one: bool
    zero_sums: tuple[int, ...]
    ordinary: bool
    weight: int = 1


Node: TypeAlias = Symbol | Size | Constant | Selection | Sum | Product | Map | Function | Named


def digest(*parts: object) -> Key:
    """The key of a node that is determined by these parts."""
    return blake2b(repr(parts).encode(), digest_size=16).digest()


def symbol(
    name: str, axes: tuple[Dim, ...], *, row: bool = False, properties: Iterable[str] = ()
) -> Symbol:
    """A symbol; its axes leave out those of size 1."""
    known = frozenset(properties)
    key = digest("symbol", name)
    is_symmetric, is_ordinary = not known.isdisjoint(SYMMETRIC), known.isdisjoint(MARKED)
    return Symbol(name, axes, row, known, key, is_symmetric, is_ordinary)


def constant(name: str) -> Constant:
    """A number with a name."""
    return Constant(name, digest("constant", name))


def size(dim: Dim) -> Size:
    """The size of a dimension."""
    return Size(dim, digest("size", dim.monomials))


def selection(axes: tuple[Dim, ...], steps: tuple[int, ...], offset: Dim = NOTHING) -> Selection:
    """The array that selects places of an axis by an affine index of letters.

    Args:
        axes: the size of the axis, then those of the letters.
        steps: how far one step of each letter goes.
        offset: the place where all letters are 0; it may be negative.
    """
    sizes = [dim.monomials for dim in axes]
    return Selection(steps, offset, axes, digest("selection", sizes, steps, offset.monomials))


def zero(axes: tuple[Dim, ...]) -> Sum:
    """The array of zeros with these axes."""
    key = digest("zero", *(dim.monomials for dim in axes))
    return Sum((), axes, key, 1, len(axes) == 2 and axes[0] == axes[1])


def is_zero(node: Node) -> bool:
    """Whether the node is known to be zero everywhere."""
    if isinstance(node, Product):
        return not node.coefficient
    return isinstance(node, Sum) and not node.terms


def is_symmetric(node: Node) -> bool:
    """Whether a square matrix is known to equal its transpose."""
    return node.symmetric


def is_skew(node: Node) -> bool:
    """Whether a square matrix is known to be minus its transpose."""
    return isinstance(node, Symbol) and "skew" in node.properties and len(node.axes) == 2


def is_orthogonal(node: Node) -> bool:
    """Whether the transpose of a square matrix is known to be its inverse."""
    if isinstance(node, Function):
        is_square = node.axes[-2:-1] == node.axes[-1:]
        return node.function in {"eigvecs", "svdV"} or (node.function == "polar" and is_square)
    return isinstance(node, Symbol) and "orthogonal" in node.properties


def are_ordinary(factors: Iterable[Factor]) -> bool:
    """Whether no factor may cancel, be summed to a number, or change the sign of a product."""
    return False not in [factor.node.ordinary for factor in factors]


def is_triangle(node: Node) -> bool:
    """Whether the node is the matrix of ones on and below the diagonal, with zeros above it."""
    return isinstance(node, Function) and node.function == "tril"


def is_never_negative(dim: Dim) -> bool:
    """Whether a number made of sizes, each of which is 1 or more, is known to be 0 or more.

    Args:
        dim: the number.
    """
    named = [coefficient for monomial, coefficient in dim.monomials if monomial]
    return all(each >= 0 for each in named) and sum(c for _, c in dim.monomials) >= 0


def letters_of(indices: Iterable[Index]) -> tuple[int, ...]:
    """The letters of indices, in order, repeated as they are."""
    return _letters(tuple(indices))


# The same few tuples are asked for again and again.  A shifted index is taken for a merged one with
# the same letters here, as it may be.
@lru_cache(maxsize=1024)
def _letters(indices: tuple[Index, ...]) -> tuple[int, ...]:
    letters: list[int] = []
    for index in indices:
        if isinstance(index, int):
            letters.append(index)
        else:
            letters.extend(index.letters)
    return tuple(letters)


def index_dim(index: Index, dims: Sequence[Dim]) -> Dim:
    """The size of the axis that an index runs along."""
    if isinstance(index, int):
        return dims[index]
    size = dims[index.letters[0]]
    for letter in index.letters[1:]:
        size = size * dims[letter] if isinstance(index, Merged) else size + dims[letter] - ONE
    return size


def apply_map(function: str, *arguments: Node) -> Node:
    """An elementwise function of arguments with equal axes."""
    key = digest("map", function, *(argument.key for argument in arguments))
    axes = arguments[0].axes
    weight = 1 + sum(argument.weight for argument in arguments)
    symmetric = len(axes) == 2 and all(is_symmetric(argument) for argument in arguments)
    return Map(function, arguments, axes, key, weight, symmetric)


def apply_function(
    function: str,
    arguments: tuple[Node, ...],
    axes: tuple[Dim, ...],
    over: tuple[int, ...] = (),
    declared: Signature | None = None,
) -> Node:
    """A function of whole arrays, whose value has these axes."""
    # How many classes the labels have is no part of what they are.
    classes = (axes[-1].monomials,) if function == "onehot" else ()
    key = digest("function", function, over, *(argument.key for argument in arguments), *classes)
    weight = 1 + sum(argument.weight for argument in arguments)
    if declared is not None:
        is_turning = declared.is_symmetric(function)
    else:
        is_turning = turns(function) and all(is_symmetric(each) for each in arguments if each.axes)
    symmetric = len(axes) == 2 and is_turning
    ordinary = function not in MARKED_FUNCTIONS
    return Function(function, arguments, over, axes, key, weight, symmetric, declared, ordinary)
