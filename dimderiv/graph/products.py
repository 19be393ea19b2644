"""Making a labelled product: the one place where factors meet.

Goes in: a coefficient, factors with indices, the indices of the result, a size for each letter.
Comes out: a normal form, in which nested products are opened, equal factors are one power, an
identity has merged its two letters, what is a scalar by itself is a factor of its own, and the
letters are numbered by the structure alone, so that equal products have equal keys.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from dimderiv.graph.bag import Bag, zeros
from dimderiv.graph.letters import are_letters, components, moved, touching
from dimderiv.graph.nodes import (
    ONCE,
    Factor,
    Index,
    Merged,
    Node,
    Product,
    Shifted,
    is_zero,
    letters_of,
)
from dimderiv.graph.normal_form import exact, rescaled, stands_alone, times, without_coefficient
from dimderiv.graph.numbering import all_indices, renamed
from dimderiv.graph.powers import is_entrywise, rational_power
from dimderiv.language import Dim


def product(
    coefficient: Fraction, factors: Iterable[Factor], result: Sequence[Index], dims: Sequence[Dim]
) -> Node:
    """The product of labelled factors in normal form.

    Args:
        coefficient: the number in front.
        factors: nodes with one index for each of their axes, and a power.
        result: one index for each axis of the product.
        dims: the size of each letter.

    Returns:
        A node with one axis for each index of `result`; not always a `Product`: a product of one
        factor as it stands is that factor.
    """
    factors, result = tuple(factors), tuple(result)
    if len(factors) == 1 and stands_alone(factors[0], result):
        return rescaled(factors[0].node, coefficient)
    bag = Bag(coefficient, dims)
    bag.letters.note(result)
    for factor in factors:
        bag.letters.note(factor.indices)
    for factor in factors:
        if is_zero(factor.node) and factor.power > 0:
            return zeros(result, dims)
        _put(bag, factor)
    for factor in bag.gather_powers(result):
        _put(bag, factor._replace(power=ONCE))
    return bag.closed(result)


def arranged(
    node: Node, indices: Sequence[Index], result: Sequence[Index], dims: Sequence[Dim]
) -> Node:
    """One node with its axes renamed: a transpose, a diagonal, a sum or a broadcast of it."""
    return product(ONCE, (Factor(node, tuple(indices)),), result, dims)


def transposed(node: Node) -> Node:
    """The transpose of a node with two axes; any other node is its own transpose here."""
    return arranged(node, (0, 1), (1, 0), node.axes) if len(node.axes) == 2 else node


def elementwise(coefficient: Fraction | int, *factors: tuple[Node, Fraction | int]) -> Node:
    """The Hadamard product of powers of nodes with equal axes."""
    axes = max((node.axes for node, _ in factors), key=len, default=())
    plain = tuple(range(len(axes)))
    return product(
        exact(coefficient),
        [Factor(node, plain[: len(node.axes)], exact(power)) for node, power in factors],
        plain,
        axes,
    )


def scaled(coefficient: Fraction | int, node: Node) -> Node:
    """A number times a node."""
    return elementwise(coefficient, (node, 1))


def _put(bag: Bag, factor: Factor) -> None:
    node, indices, power = factor
    if not isinstance(node, Product):
        bag.factors.append(factor)
    elif power is ONCE or power == 1:
        _put_product(bag, node, bag.letters.all_resolved(indices))
    elif is_entrywise(node, power):
        _open_power(bag, node, indices, power)
    elif node.coefficient == 1 and (parts := _powers_apart(node, indices, power)):
        for each in parts:
            _put(bag, each)
    else:
        _put_closed(bag, node, indices, power)


def _put_product(bag: Bag, node: Product, indices: tuple[Index, ...]) -> None:
    place = _places(node, indices)
    if place is not None and _is_open(node):
        _open_plain(bag, node, place)
    elif _can_open(bag, node, indices):
        _open(bag, node, indices)
    elif core := _without_repeats(bag, node, indices):
        _put(bag, core)
    elif parts := _apart(bag, node, indices):
        bag.coefficient *= node.coefficient
        for each in parts:
            _put(bag, each)
    else:
        _put_closed(bag, node, indices, ONCE)


def _can_open(bag: Bag, node: Product, indices: tuple[Index, ...]) -> bool:
    if not _is_open(node):
        return False
    is_plain = are_letters(indices) and are_letters(node.result)
    is_free = is_plain and len(set(indices)) == len(indices)
    return is_free or _agree(bag, node, indices, range(len(indices)))


def _agree(bag: Bag, node: Product, indices: tuple[Index, ...], places: Iterable[int]) -> bool:
    """Whether the letters of some axes of a product can be those of the indices there."""
    first = len(bag.letters.dims)
    own = moved(node.result, first)
    pairs = [(own[k], indices[k]) for k in places]
    inner = [moved(factor.indices, first) for factor in node.factors]
    return bag.letters.can_unify(
        pairs, node.dims, [*own, *(index for each in inner for index in each)]
    )


def _without_repeats(bag: Bag, node: Product, indices: tuple[Index, ...]) -> Factor | None:
    """A product whose result repeats letters with each of them once, its indices made one."""
    first: dict[Index, Index] = {}
    pairs = [
        (first.setdefault(own, index), index)
        for own, index in zip(node.result, indices, strict=True)
    ]
    if len(first) == len(indices) or not bag.letters.can_unify(pairs):
        return None
    for one, other in pairs:
        bag.letters.unify(one, other)
    return Factor(
        product(node.coefficient, node.factors, tuple(first), node.dims), tuple(first.values())
    )


def _apart(bag: Bag, node: Product, indices: tuple[Index, ...]) -> list[Factor]:
    """A product that cannot be opened as two: what keeps it closed, and the rest."""
    bound = [index for f in node.factors for index in f.indices if not isinstance(index, int)]
    shut = {letter for index in bound if isinstance(index, Shifted) for letter in index.letters}
    for place, index in enumerate(node.result):
        if isinstance(index, Shifted) or not _agree(bag, node, indices, [place]):
            shut.update(letters_of((index,)))
    groups = [*map(letters_of, [f.indices for f in node.factors])]
    groups += [index.letters for index in node.result if isinstance(index, Merged)]
    shut.update(*(group for group in components(groups) if group & shut))
    inner = touching(shut, node.factors)
    outer = [f for f in node.factors if shut.isdisjoint(letters_of(f.indices))]
    axes = list(zip(node.result, indices, strict=True))
    closed = [axis for axis in axes if not shut.isdisjoint(letters_of(axis[:1]))]
    opened = [axis for axis in axes if shut.isdisjoint(letters_of(axis[:1]))]
    if not closed or not opened:
        return []
    return [
        Factor(part(ONCE, factors, [own for own, _ in axes], node.dims), tuple(i for _, i in axes))
        for factors, axes in ((inner, closed), (outer, opened))
    ]


def _open(bag: Bag, node: Product, indices: tuple[Index, ...]) -> None:
    bag.coefficient = times(bag.coefficient, node.coefficient)
    first = len(bag.letters.dims)
    bag.letters.dims.extend(node.dims)
    for factor in node.factors:
        bag.letters.note(moved(factor.indices, first))
    for inner, outer in zip(moved(node.result, first), indices, strict=True):
        bag.letters.unify(inner, outer)
    for factor in node.factors:
        _put(bag, factor._replace(indices=moved(factor.indices, first)))


def _open_plain(bag: Bag, node: Product, place: dict[int, int]) -> None:
    """Open a product of which each axis is a letter of its own, as here."""
    bag.coefficient = times(bag.coefficient, node.coefficient)
    for letter, dim in enumerate(node.dims):
        if letter not in place:
            place[letter] = len(bag.letters.dims)
            bag.letters.dims.append(dim)
    for inner, indices, power in node.factors:
        _put(bag, Factor(inner, tuple([renamed(index, place) for index in indices]), power))


def _open_power(bag: Bag, node: Product, indices: tuple[Index, ...], power: Fraction) -> None:
    place = dict(zip(node.result, indices, strict=True))
    if node.coefficient != 1:
        bag.coefficient *= node.coefficient ** int(power)
    for factor in node.factors:
        indices = tuple([place[index] for index in factor.indices])
        _put(bag, Factor(factor.node, indices, factor.power * power))


def _powers_apart(node: Product, indices: tuple[Index, ...], power: Fraction) -> list[Factor]:
    """The powers of the parts that a product has, of which none shares a summed letter."""
    place = dict(zip(node.result, indices, strict=True))
    if power.denominator > 1 or not node.axes or len(place) < len(indices):
        return []
    if not are_letters((*node.result, *all_indices(node.factors))):
        return []
    inside = [[i for i in letters_of(f.indices) if i not in place] for f in node.factors]
    groups = [touching(letters, node.factors) for letters in components(inside) if letters]
    outer = [f for f, letters in zip(node.factors, inside, strict=True) if not letters]
    if len(groups) + len(outer) < 2:
        return []
    found = [f._replace(indices=tuple([place[i] for i in f.indices])) for f in outer]
    for group in groups:
        shown = tuple([i for i in node.result if i in all_indices(group)])
        own = part(ONCE, group, shown, node.dims)
        found.append(Factor(own, tuple([place[index] for index in shown])))
    return [factor._replace(power=factor.power * power) for factor in found]


def _put_closed(bag: Bag, node: Product, indices: tuple[Index, ...], power: Fraction) -> None:
    root = rational_power(node.coefficient, power)
    if root is not None and node.coefficient != 1:
        bag.coefficient *= root
        bare = without_coefficient(node)
        _put(bag, Factor(bare, indices, power))
    else:
        bag.factors.append(Factor(node, indices, power))


def _is_open(node: Product) -> bool:
    """Whether nothing in a product itself keeps it closed."""
    return not node.is_convolution if node.axes else not all_indices(node.factors)


def _places(node: Product, indices: tuple[Index, ...]) -> dict[int, int] | None:
    """The letter of each axis of a product elsewhere; nothing unless each is one of its own."""
    if not are_letters(node.result) or not are_letters(indices):
        return None
    place = dict(zip(node.result, indices, strict=True))
    return place if len(place) == len(indices) else None


def part(
    coefficient: Fraction, factors: Iterable[Factor], result: Sequence[Index], dims: Sequence[Dim]
) -> Node:
    """Some factors of a larger product, with those of its letters that they or the result have.

    Args:
        coefficient: the number in front.
        factors: some of the factors.
        result: one index for each axis of the part.
        dims: the size of each letter of the larger product.
    """
    chosen = tuple(factors)
    letters = sorted({*letters_of(result), *letters_of(all_indices(chosen))})
    sizes = [dims[letter] for letter in letters]
    if letters == [*range(len(letters))]:
        return product(coefficient, chosen, result, sizes)
    place = {letter: k for k, letter in enumerate(letters)}
    own = [f._replace(indices=tuple([renamed(i, place) for i in f.indices])) for f in chosen]
    return product(coefficient, own, tuple([renamed(i, place) for i in result]), sizes)
