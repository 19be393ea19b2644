"""What index statements lay out: heads with letters, and comparisons of letters."""

from collections.abc import Mapping, Sequence

from dimderiv import graph
from dimderiv.errors import NotDifferentiableError
from dimderiv.graph import (
    ONCE,
    Factor,
    Index,
    Map,
    Merged,
    Node,
    Product,
    Sum,
    all_indices,
    apply_map,
    are_letters,
    opened,
    part,
    product,
    selection,
    total,
)
from dimderiv.language import ONE, Dim, Shape, syntax
from dimderiv.lower.arrays import Array, product_of
from dimderiv.lower.indexed.affine import affine
from dimderiv.lower.signatures import triangle


def laid_out(body: Array, form: syntax.IndexForm, sizes: Mapping[str, Dim]) -> Array:
    """An index statement as an array: an axis for each axis of its head, then those of its body.

    Args:
        body: what is written for each value of the letters.
        form: the statement.
        sizes: the size of each letter.
    """
    shown = dict.fromkeys([letter for letter, _ in form.letters] + [*body.letters])
    place = {letter: k for k, letter in enumerate(shown)}
    kept = tuple(letter for letter in body.letters if letter not in dict(form.letters))
    inner = range(len(place), len(place) + len(body.shape))
    heads = [_head([letter for letter, _ in axis], place, sizes) for axis in form.axes]
    result: list[Index] = [place[letter] for letter in kept]
    result += [index for index in heads if index is not None]
    result += body.at(*inner)
    indices = (*[place[letter] for letter in body.letters], *body.at(*inner))
    whole = Factor(*in_order(body.node, indices))
    node = opened(ONCE, [whole], result, [*[sizes[letter] for letter in shown], *body.shape])
    axes = [product_of([sizes[letter] for letter, _ in axis]) for axis in form.axes]
    rest = body.shape if body.shape.is_row and not axes else body.shape.axes
    return Array(node, Shape.of((*axes, *rest)), kept)


def in_order(node: Node, indices: tuple[int, ...]) -> tuple[Node, tuple[int, ...]]:
    """An array with the axes of its elementwise parts in the order of a head, and its indices.

    Letters come into the body of a statement in any order: `H[n,o] = exp(b[o] X[n,o])`.

    Args:
        node: the array.
        indices: a number for each of its axes, the smallest for what comes first.
    """
    match node:
        case Product():
            return _with_parts_in_order(node, indices), indices
        case Map() | Sum() if len(set(indices)) == len(indices):
            order = sorted(range(len(indices)), key=lambda axis: indices[axis])
            return _of_parts(node, order), tuple(sorted(indices))
    return node, indices


def _of_parts(node: Map | Sum, order: Sequence[int]) -> Node:
    """An elementwise function or a sum with its axes in another order."""
    if isinstance(node, Map):
        return apply_map(node.function, *[_turned(each, order) for each in node.arguments])
    terms = [(coefficient, _turned(term, order)) for coefficient, term in node.terms]
    return total(terms, tuple([node.axes[axis] for axis in order]))


def _with_parts_in_order(node: Product, indices: Sequence[int]) -> Node:
    """A product whose elementwise factors have the letters of its axes first, and in order."""
    if not are_letters(node.result) or not are_letters(all_indices(node.factors)):
        return node
    shown = sorted(zip(indices, node.result, strict=True))
    letters = list(dict.fromkeys([*[letter for _, letter in shown], *range(len(node.dims))]))
    place = {letter: k for k, letter in enumerate(letters)}
    factors = []
    for factor in node.factors:
        inner, own = in_order(factor.node, tuple([place[letter] for letter in factor.indices]))
        factors.append(Factor(inner, tuple([letters[k] for k in own]), factor.power))
    return product(node.coefficient, factors, node.result, node.dims)


def _turned(node: Node, order: Sequence[int]) -> Node:
    """A node with its axes in another order, down to products."""
    place = tuple([order.index(axis) for axis in range(len(order))])
    found = Factor(*in_order(node, place))
    dims = [node.axes[axis] for axis in order]
    return part(ONCE, [found], range(len(order)), dims)


def _head(
    letters: Sequence[str], place: Mapping[str, int], sizes: Mapping[str, Dim]
) -> Index | None:
    shown = tuple(place[letter] for letter in letters if not sizes[letter].is_one)
    return Merged(shown) if len(shown) > 1 else next(iter(shown), None)


def no_value(node: syntax.Name) -> NotDifferentiableError:
    """The error that says that a letter is no number."""
    return NotDifferentiableError(
        f"{node.name} is an index letter, which has no value here",
        span=node.span,
        hint="a letter stands in the brackets of an entry, or in a comparison: (j <= i)",
    )


def compared(node: syntax.Binary, sizes: Mapping[str, Dim]) -> Array:
    """The array that is 1 where a comparison of two letters holds, and 0 elsewhere.

    Args:
        node: the comparison.
        sizes: the size of each letter.
    """
    match node:
        case syntax.Binary(_, syntax.Name(left), syntax.Name(right)) if (
            left != right and left in sizes and right in sizes and sizes[left] == sizes[right]
        ):
            value = _triangle(node.operator, sizes[left])
            letters = () if sizes[left].is_one else (left, right)
            return Array(value, Shape(ONE, ONE), letters)
    is_equation = node.operator == "=="
    index = affine(syntax.Add((node.left, syntax.Negative(node.right))), sizes)
    if not is_equation or index is None or len(index.steps) != 2:
        raise NotDifferentiableError(
            "this comparison of letters is not supported",
            span=node.span,
            hint="two letters of the same size, such as (j <= i), or an equation of two letters",
        )
    # `a i + b j + c = 0`: the place on the axis of i is an index in j, if a is 1 or -1.
    (one, step), (other, far) = index.steps.items()
    if abs(step) != 1:
        (one, step), (other, far) = (other, far), (one, step)
    if abs(step) != 1:
        raise NotDifferentiableError("neither letter has the step 1", span=node.span)
    offset = index.offset * Dim.of(-step)
    chosen = selection((sizes[one], sizes[other]), (-step * far,), offset)
    return Array(chosen, Shape(ONE, ONE), (one, other))


def _triangle(operator: str, dim: Dim) -> Node:
    """Where a row and a column of a square matrix compare."""
    if dim.is_one:
        return graph.number(int(operator in {"<=", ">=", "=="}))
    plain, turned = (0, 1), (1, 0)
    ones = product(ONCE, (), plain, (dim, dim))
    if operator == "==":
        return product(ONCE, (), (0, 0), (dim,))
    if operator in {">=", "<="}:
        indices = plain if operator == ">=" else turned
        return product(ONCE, [Factor(triangle(dim, dim), indices)], plain, (dim, dim))
    opposite = _triangle("<=" if operator == ">" else ">=", dim)
    return total([(ONCE, ones), (-ONCE, opposite)], (dim, dim))
