"""Making a labelled product: the one place where factors meet.

Goes in: a coefficient, factors with indices, the indices of the result, a size for each letter.
Comes out: a normal form, in which nested products are opened, equal factors are one power, an
identity has merged its two letters, what is a scalar by itself is a factor of its own, and the
letters are numbered by the structure alone, so that equal products have equal keys.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import isqrt

from dimderiv.cancelling import Cancellation, cancellation, is_projection, uses
from dimderiv.errors import LimitError
from dimderiv.graph import (
    Factor,
    Index,
    Key,
    Merged,
    Node,
    Product,
    Shifted,
    digest,
    index_dim,
    is_nonnegative,
    is_orthogonal,
    is_skew,
    is_symmetric,
    is_triangle,
    is_zero,
    letters_of,
    rows_sum_to_one,
    size,
    zero,
    zero_sums,
)
from dimderiv.numbering import all_indices, numbered, product_key, reading_order, renamed
from dimderiv.shapes import Dim

ONCE = Fraction(1)
MOST_FACTORS = 100
HIGHEST_POWER = 10**12
MOST_BITS = 64


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
    factors = tuple(factors)
    if len(factors) == 1 and _stands_alone(factors[0], tuple(result)):
        return _rescaled(factors[0].node, coefficient)
    bag = _Bag(coefficient, dims)
    for factor in factors:
        if is_zero(factor.node) and factor.power > 0:
            return zero(tuple(index_dim(index, dims) for index in result))
        bag.put(factor)
    return bag.closed(tuple(result))


def _stands_alone(factor: Factor, result: tuple[Index, ...]) -> bool:
    """Whether a product of one factor is that factor, but for its coefficient."""
    if factor.power != 1 or not _are_letters(result):
        return False
    turned = len(result) == 2 and factor.indices == result[::-1] and is_symmetric(factor.node)
    return factor.indices == result or turned


def _rescaled(node: Node, coefficient: Fraction) -> Node:
    """A node as it stands, times a number."""
    if coefficient == 1 or is_zero(node):
        return node
    if not coefficient:
        return zero(node.axes)
    if isinstance(node, Product):
        return _with_coefficient(node, coefficient * node.coefficient)
    plain = tuple(range(len(node.axes)))
    return _node(coefficient, (Factor(node, plain),), node.axes, plain)


def _with_coefficient(node: Product, coefficient: Fraction) -> Node:
    """A product with another coefficient; with none, one plain factor is that factor."""
    if coefficient == 1 and len(node.factors) == 1:
        only = node.factors[0]
        if _stands_alone(only, node.result):
            return only.node
    key = product_key(coefficient, node.factors, node.result, node.dims)
    weight = node.weight + (coefficient != 1) - (node.coefficient != 1)
    return replace(node, coefficient=coefficient, key=key, weight=max(weight, 1))


def number(value: Fraction | int) -> Node:
    """A number as a product without factors."""
    return _node(Fraction(value), (), (), ())


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
        Fraction(coefficient),
        [Factor(node, plain[: len(node.axes)], Fraction(power)) for node, power in factors],
        plain,
        axes,
    )


def scaled(coefficient: Fraction | int, node: Node) -> Node:
    """A number times a node."""
    return elementwise(coefficient, (node, 1))


def is_plain(node: Product) -> bool:
    """Whether no index of a product is a sum of letters."""
    return not any(
        isinstance(index, Shifted) for index in (*node.result, *all_indices(node.factors))
    )


class _Bag:
    """Factors being gathered; letters may still turn out to be the same."""

    def __init__(self, coefficient: Fraction, dims: Sequence[Dim]) -> None:
        self.coefficient = coefficient
        self.dims = list(dims)
        self.factors: list[Factor] = []
        self.same: dict[int, Index] = {}

    def put(self, factor: Factor) -> None:
        node, indices, power = factor
        if not isinstance(node, Product):
            self.factors.append(factor)
        elif power == 1 and self._can_open(node, indices):
            self._open(node, indices)
        elif power == 1 and (core := self._without_repeats(node, indices)):
            self.put(core)
        elif power == 1 and (parts := self._apart(node, indices)):
            self.coefficient *= node.coefficient
            for each in parts:
                self.put(each)
        elif power != 1 and _is_entrywise(node, power):
            self._open_power(node, indices, power)
        else:
            self._put_closed(node, indices, power)

    def _can_open(self, node: Product, indices: tuple[Index, ...]) -> bool:
        if not node.axes:
            return all(not factor.indices for factor in node.factors)
        return is_plain(node) and self._agree(node, indices, range(len(indices)))

    def _agree(self, node: Product, indices: tuple[Index, ...], places: Iterable[int]) -> bool:
        """Whether the letters of some axes of a product can be those of the indices there."""
        first = len(self.dims)
        pairs = [(_moved(node.result[k], first), indices[k]) for k in places]
        return self._can_unify(pairs, node.dims)

    def _can_unify(self, pairs: Sequence[tuple[Index, Index]], dims: Sequence[Dim] = ()) -> bool:
        places = [(self.resolved(first), self.resolved(second)) for first, second in pairs]
        if all(isinstance(index, int) for pair in places for index in pair):
            return True
        trial = _Bag(ONCE, [*self.dims, *dims])
        return all(trial.unify(first, second) for first, second in places)

    def _without_repeats(self, node: Product, indices: tuple[Index, ...]) -> Factor | None:
        """A product whose result repeats letters with each of them once, its indices made one."""
        first: dict[Index, Index] = {}
        pairs = [
            (first.setdefault(own, index), index)
            for own, index in zip(node.result, indices, strict=True)
        ]
        if len(first) == len(indices) or not self._can_unify(pairs):
            return None
        for one, other in pairs:
            self.unify(one, other)
        return Factor(
            product(node.coefficient, node.factors, tuple(first), node.dims), tuple(first.values())
        )

    def _apart(self, node: Product, indices: tuple[Index, ...]) -> list[Factor]:
        """A product that cannot be opened as two: what keeps it closed, and the rest."""
        bound = [index for f in node.factors for index in f.indices if not isinstance(index, int)]
        shut = {letter for index in bound if isinstance(index, Shifted) for letter in index.letters}
        for place, index in enumerate(node.result):
            if isinstance(index, Shifted) or not self._agree(node, indices, [place]):
                shut.update(letters_of((index,)))
        shut = _reached(shut, [*(factor.indices for factor in node.factors), *_merges(node)])
        inner = [f for f in node.factors if not shut.isdisjoint(letters_of(f.indices))]
        outer = [f for f in node.factors if shut.isdisjoint(letters_of(f.indices))]
        axes = list(zip(node.result, indices, strict=True))
        closed = [axis for axis in axes if not shut.isdisjoint(letters_of(axis[:1]))]
        opened = [axis for axis in axes if shut.isdisjoint(letters_of(axis[:1]))]
        if not closed or not opened:
            return []
        return [
            Factor(
                part(ONCE, factors, [own for own, _ in axes], node.dims), tuple(i for _, i in axes)
            )
            for factors, axes in ((inner, closed), (outer, opened))
        ]

    def _open(self, node: Product, indices: tuple[Index, ...]) -> None:
        first = len(self.dims)
        self.dims.extend(node.dims)
        self.coefficient *= node.coefficient
        for inner, outer in zip(node.result, indices, strict=True):
            self.unify(_moved(inner, first), outer)
        for factor in node.factors:
            self.put(factor._replace(indices=tuple(_moved(i, first) for i in factor.indices)))

    def _open_power(self, node: Product, indices: tuple[Index, ...], power: Fraction) -> None:
        place = dict(zip(node.result, indices, strict=True))
        if node.coefficient != 1:
            self.coefficient *= node.coefficient ** int(power)
        for factor in node.factors:
            moved = tuple(place[index] for index in factor.indices)
            self.put(Factor(factor.node, moved, factor.power * power))

    def _put_closed(self, node: Product, indices: tuple[Index, ...], power: Fraction) -> None:
        root = _rational_power(node.coefficient, power)
        if root is not None and node.coefficient != 1:
            self.coefficient *= root
            bare = without_coefficient(node)
            self.put(Factor(bare, indices, power))
        else:
            self.factors.append(Factor(node, indices, power))

    def resolved(self, index: Index) -> Index:
        while isinstance(index, int) and index in self.same:
            index = self.same[index]
        if isinstance(index, int):
            return index
        letters: list[int] = []
        for letter in index.letters:
            inner = self.resolved(letter)
            letters.extend((inner,) if isinstance(inner, int) else inner.letters)
        return type(index)(tuple(letters))

    def unify(self, first: Index, second: Index) -> bool:
        """Make two indices one; false where their letters are not of the same sizes in turn."""
        first, second = self.resolved(first), self.resolved(second)
        if first == second:
            return True
        if isinstance(first, int):
            self.same[first] = second
            return True
        if isinstance(second, int):
            self.same[second] = first
            return True
        sizes = [[self.dims[letter] for letter in index.letters] for index in (first, second)]
        if sizes[0] != sizes[1] or Shifted in (type(first), type(second)):
            return False
        agreed = [self.unify(a, b) for a, b in zip(first.letters, second.letters, strict=True)]
        return all(agreed)

    def closed(self, result: tuple[Index, ...]) -> Node:
        factors = self._collected()
        if len(factors) > MOST_FACTORS:
            raise LimitError(
                f"a product of more than {MOST_FACTORS} factors",
                hint="give names to parts of it, and derive a scalar",
            )
        highest = max((abs(factor.power) for factor in factors), default=ONCE)
        if highest > HIGHEST_POWER:
            raise LimitError(
                f"a power has an exponent of more than {HIGHEST_POWER}",
                hint="a name for the exponent",
            )
        while found := cancellation(factors, [self.resolved(index) for index in result]):
            if not self._can_unify([found.ends, *((i, found.ends[0]) for i in found.inner)]):
                break
            self._cancel(found, factors)
            factors = self._collected()
        indices = tuple(self.resolved(index) for index in result)
        if not self.coefficient:
            return zero(tuple(index_dim(index, self.dims) for index in indices))
        factors, spent = _without_unit_sums(factors, indices)
        if any(_vanishes(factor, factors, indices) for factor in factors):
            return zero(tuple(index_dim(index, self.dims) for index in indices))
        self._take_sizes(factors, indices, spent)
        factors = _with_scalars_apart(factors, indices, self.dims)
        return _finished(self.coefficient, factors, self.dims, indices)

    def _cancel(self, found: Cancellation, factors: list[Factor]) -> None:
        """Take out what cancels; the number and the scalars of the matrix stay below the line."""
        self.factors = [f for f in factors if all(f is not g for g in found.gone)]
        if found.below is not None:
            self.coefficient /= found.below.coefficient
            scalars = [factor for factor in found.below.factors if not factor.indices]
            self.factors += [factor._replace(power=-factor.power) for factor in scalars]
        self.unify(*found.ends)
        for index in found.inner:
            self.unify(index, found.ends[0])

    def _collected(self) -> list[Factor]:
        powers: dict[tuple[Key, tuple[Index, ...]], Factor] = {}
        for node, indices, power in self.factors:
            places = tuple([self.resolved(index) for index in indices])
            if is_triangle(node):
                if len(set(places)) == 1:
                    continue
                powers[node.key, places] = Factor(node, places)
                continue
            if len(places) == 2 and is_symmetric(node):
                places = tuple(sorted(places, key=reading_order))
            slot = (node.key, places)
            if slot in powers:
                power += powers[slot].power
            powers[slot] = Factor(node, places, power)
        return [factor for factor in powers.values() if factor.power]

    def _take_sizes(
        self, factors: list[Factor], result: tuple[Index, ...], spent: set[int]
    ) -> None:
        """A letter that neither a factor nor the result has is a sum of ones."""
        used = spent.union(letters_of(result))
        for factor in factors:
            used.update(letters_of(factor.indices))
        for letter in range(len(self.dims)):
            if letter not in used and letter not in self.same:
                self._take_size(self.dims[letter], factors)

    def _take_size(self, dim: Dim, factors: list[Factor]) -> None:
        known = dim.number
        if known is not None:
            self.coefficient *= known
            return
        for place, factor in enumerate(factors):
            if factor.node.key == size(dim).key:
                factors[place] = factor._replace(power=factor.power + 1)
                if not factors[place].power:
                    del factors[place]
                return
        factors.append(Factor(size(dim), ()))


def _merges(node: Product) -> list[tuple[Index, ...]]:
    """The merged axes of a product, each by itself."""
    return [(index,) for index in node.result if isinstance(index, Merged)]


def _reached(start: set[int], groups: Sequence[tuple[Index, ...]]) -> set[int]:
    """The letters that are in one group with those to start with, directly or through others."""
    reach = set(start)
    while True:
        found = [set(letters_of(group)) for group in groups]
        larger = reach.union(*(letters for letters in found if letters & reach))
        if larger == reach:
            return reach
        reach = larger


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
    chosen = list(factors)
    letters = sorted({*letters_of(result), *letters_of(all_indices(chosen))})
    place = {letter: k for k, letter in enumerate(letters)}
    moved = [f._replace(indices=tuple([renamed(i, place) for i in f.indices])) for f in chosen]
    sizes = [dims[letter] for letter in letters]
    return product(coefficient, moved, tuple([renamed(i, place) for i in result]), sizes)


def _moved(index: Index, first: int) -> Index:
    if isinstance(index, int):
        return index + first
    return type(index)(tuple(letter + first for letter in index.letters))


def _is_entrywise(node: Product, power: Fraction) -> bool:
    """Whether a power of the product is the product of the powers of its factors."""
    places = node.result
    if len(set(places)) != len(places) or not all(isinstance(place, int) for place in places):
        return False
    if not all(index in places for factor in node.factors for index in factor.indices):
        return False
    if any(index not in all_indices(node.factors) for index in places):
        return False
    if power.denominator == 1:
        return _rational_power(node.coefficient, power) is not None
    return node.coefficient == 1 and all(is_nonnegative(factor.node) for factor in node.factors)


def _is_long(base: Fraction, power: Fraction) -> bool:
    """Whether the power of a number has so many digits that it is better left as a power."""
    digits = max(base.numerator.bit_length(), base.denominator.bit_length())
    return abs(base) != 1 and digits * abs(power) > MOST_BITS


def _rational_power(base: Fraction, power: Fraction) -> Fraction | None:
    """The power of a number, where it is a rational number."""
    if _is_long(base, power):
        return None
    if power.denominator == 1:
        return base ** int(power) if base or power > 0 else None
    if base <= 0 or power.denominator != 2:
        return None
    roots = (isqrt(base.numerator), isqrt(base.denominator))
    if roots[0] ** 2 != base.numerator or roots[1] ** 2 != base.denominator:
        return None
    return Fraction(*roots) ** power.numerator


def _without_unit_sums(
    factors: list[Factor], result: tuple[Index, ...]
) -> tuple[list[Factor], set[int]]:
    """Drop what sums to 1 along an axis, and say along which letters."""
    kept, spent = list(factors), set[int]()
    for factor in factors:
        for index in _unit_axes(factor):
            if isinstance(index, int) and uses(index, [*all_indices(kept), *result]) == 1:
                kept.remove(factor)
                spent.add(index)
                break
    return kept, spent


def _unit_axes(factor: Factor) -> tuple[Index, ...]:
    """Along which a factor sums to 1: softmax rows, squared orthogonal ones."""
    if factor.power == 1 and factor.indices and rows_sum_to_one(factor.node):
        return factor.indices[-1:]
    return factor.indices if factor.power == 2 and is_orthogonal(factor.node) else ()


def _vanishes(factor: Factor, factors: list[Factor], result: tuple[Index, ...]) -> bool:
    """Whether a factor is summed along an axis where its entries cancel."""
    axes = zero_sums(factor.node) if factor.power == 1 else ()
    places = [*all_indices(factors), *result] if axes else []
    return any(uses(factor.indices[axis], places) == 1 for axis in axes)


def _with_scalars_apart(
    factors: list[Factor], result: tuple[Index, ...], dims: Sequence[Dim]
) -> list[Factor]:
    """Make one scalar factor of each group of factors that shares no letter with the result."""
    if len(factors) < 2 and result:
        return factors
    shown = set(letters_of(result))
    if all(not shown.isdisjoint(letters_of(factor.indices)) for factor in factors):
        return factors
    groups = _connected(factors)
    inner = [group for letters, group in groups if letters and not letters & shown]
    if not inner or (len(groups) == 1 and not result):
        return factors
    scalar_of = {id(group[0]): group for group in inner}
    swallowed = {id(factor) for group in inner for factor in group[1:]}
    powers: dict[Key, Factor] = {}
    for factor in factors:
        if id(factor) in swallowed:
            continue
        group = scalar_of.get(id(factor))
        if group is not None:
            factor = Factor(_node(ONCE, tuple(group), dims, ()), ())
        slot = factor.node.key if not factor.indices else digest(factor.node.key, factor.indices)
        if slot in powers:
            factor = factor._replace(power=factor.power + powers[slot].power)
        powers[slot] = factor
    return [factor for factor in powers.values() if factor.power]


def _connected(factors: list[Factor]) -> list[tuple[set[int], list[Factor]]]:
    """Factors in groups that share letters, each group in the order given."""
    groups: list[tuple[set[int], list[Factor]]] = []
    for factor in factors:
        letters = set(letters_of(factor.indices))
        members: list[Factor] = []
        apart = []
        for known, group in groups:
            if known & letters:
                letters |= known
                members += group
            else:
                apart.append((known, group))
        groups = [*apart, (letters, [*members, factor])]
    return groups


def _finished(
    coefficient: Fraction, factors: list[Factor], dims: Sequence[Dim], result: tuple[Index, ...]
) -> Node:
    if len(factors) == 1:
        node = factors[0].node
        if _stands_alone(factors[0], result):
            if coefficient == 1:
                return node
            if isinstance(node, Product) and not node.axes:
                return _node(coefficient * node.coefficient, node.factors, node.dims, ())
    return _node(coefficient, tuple(factors), dims, result)


def _are_letters(result: tuple[Index, ...]) -> bool:
    """Whether every letter of a result stands in it once, alone or in a merged axis."""
    if any(isinstance(index, Shifted) for index in result):
        return False
    letters = letters_of(result)
    return len(set(letters)) == len(letters)


def without_coefficient(node: Product) -> Node:
    """A product with its coefficient set to 1; one plain factor is that factor."""
    return _with_coefficient(node, ONCE)


def _node(
    coefficient: Fraction,
    factors: tuple[Factor, ...],
    dims: Sequence[Dim],
    result: tuple[Index, ...],
) -> Product:
    """The product with its letters numbered: those of the result first, then by structure."""
    factors, result, order = numbered(factors, result)
    for factor in factors:
        if is_skew(factor.node):
            coefficient, factors = _with_skew_sorted(coefficient, factors)
            break
    dims = tuple([dims[letter] for letter in order])
    axes = tuple([index_dim(index, dims) for index in result])
    weight = sum([factor.node.weight + _power_symbols(factor.power) for factor in factors])
    key = product_key(coefficient, factors, result, dims)
    symmetric = False
    if len(axes) == 2 and axes[0] == axes[1]:
        swapped, reversed_result, order = numbered(factors, result[::-1])
        swapped_dims = [dims[letter] for letter in order]
        symmetric = key == product_key(coefficient, swapped, reversed_result, swapped_dims)
        symmetric = symmetric or is_projection(factors, result)
    return Product(
        coefficient,
        factors,
        dims,
        result,
        axes,
        key,
        max(weight + (coefficient != 1), 1),
        symmetric,
        _zero_sums(factors, result),
    )


def _power_symbols(power: Fraction) -> int:
    """How many symbols a power takes: `./ x`, `sqrt(x)`, `x.^2`."""
    if power == 1:
        return 0
    below = power < 0
    size = abs(power)
    return below if size == 1 else below + (1 if size == Fraction(1, 2) else 2)


def _with_skew_sorted(
    coefficient: Fraction, factors: tuple[Factor, ...]
) -> tuple[Fraction, tuple[Factor, ...]]:
    """The transpose of a skew matrix as minus the matrix."""
    turned = []
    for factor in factors:
        if is_skew(factor.node) and reading_order(factor.indices[0]) > reading_order(
            factor.indices[1]
        ):
            factor = factor._replace(indices=factor.indices[::-1])
            coefficient *= (-1) ** (factor.power.numerator % 2)
        turned.append(factor)
    return coefficient, tuple(turned)


def _zero_sums(factors: tuple[Factor, ...], result: tuple[Index, ...]) -> tuple[int, ...]:
    """The axes of a product that it has from one factor alone, whose entries cancel along them."""
    indices = [
        factor.indices[axis]
        for factor in factors
        if factor.power == 1
        for axis in zero_sums(factor.node)
    ]
    places = [*all_indices(factors), *result] if indices else []
    return tuple([result.index(i) for i in indices if i in result and uses(i, places) == 2])
