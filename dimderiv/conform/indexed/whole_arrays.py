"""Arrays with more axes than a matrix as they stand: `P .* (dP - sum(P .* dP, axis=2))`.

Everything is multiplied, divided and added entry by entry.  A letter that is summed takes the place
of an axis that its factors lack, and leaves that axis with size 1, so that the rest is repeated
along it.  Of an axis that is in another place there is no such notation.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from typing import NamedTuple, cast

from dimderiv.conform import notation
from dimderiv.conform.defined_axes import DefinedAxes
from dimderiv.conform.functions import function, written_name
from dimderiv.conform.lettering import UserLetters
from dimderiv.conform.notation import Form, TwoWay, has_letters, symbols
from dimderiv.conform.scalars import scalars
from dimderiv.conform.sums import is_difference, opposite
from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Map,
    Named,
    Node,
    Product,
    Size,
    Sum,
    Symbol,
    all_indices,
    are_letters,
    components,
    letters_of,
    part,
    touching,
)
from dimderiv.language import COMPARISONS, Add, Binary, Call, Negative, Number, Operator, Tree

MOST_ORDERS = 4


class Spread(NamedTuple):
    """An array that may have size 1 along some axes of a larger one.

    Attributes:
        tree: the array.
        present: along which axes it varies.
    """

    tree: Tree
    present: frozenset[int]


class WholeArrays:
    """Writes arrays without letters.

    Args:
        piece_of: what writes nodes of at most two axes.
        user: what is known of names.
        axes: what the axes of definitions are called.
    """

    def __init__(
        self, piece_of: Callable[[Node], TwoWay], user: UserLetters, axes: DefinedAxes
    ) -> None:
        self.piece_of, self.user, self.axes = piece_of, user, axes

    def form(self, node: Node) -> Form | None:
        """An array with all of its axes; nothing where it needs letters."""
        found = self._spread(node)
        if found is None or len(found.present) < len(node.axes):
            return None
        return Form(found.tree, symbols(found.tree))

    def total(self, node: Product) -> Form | None:
        """A scalar as the sum over all entries of an array."""
        arrays = [factor for factor in node.factors if factor.indices]
        if not arrays or not are_letters(arrays[0].indices):
            return None
        order = max((f.indices for f in arrays), key=len)
        if len({*order}) < len(order) or not are_letters(order):
            return None
        found = self.form(part(ONCE, arrays, order, node.dims))
        if found is None:
            return None
        over, under = self._scalars([f for f in node.factors if not f.indices])
        whole = notation.symmetric(notation.call("sum", found))
        return notation.scaled(node.coefficient, over, under, whole).upright

    def _scalars(self, own: Sequence[Factor]) -> tuple[list[Form], list[Form]]:
        return scalars(own, [self.piece_of(factor.node) for factor in own], self.piece_of)

    def _spread(self, node: Node) -> Spread | None:
        everywhere = frozenset(range(len(node.axes)))
        match node:
            case Symbol(name) | Named(name):
                shape = self.user.shapes.get(name)
                is_plain = shape is None or len(shape) == len(node.axes)
                return (
                    Spread(notation.named(name, 0).upright.tree, everywhere) if is_plain else None
                )
            case Map():
                return self._map(node)
            case Sum():
                return self._sum(node)
            case Product():
                return self._product(node)
            case Function("onehot", (labels,)):
                inner = self._labels(labels)
                return None if inner is None else Spread(Call("onehot", (inner.tree,)), everywhere)
            case Function() if node.declared is not None:
                call = function(node, [self.piece_of(each) for each in node.arguments])
                return Spread(call.upright.tree, everywhere)
            case Function() if node.over and len(node.arguments) == 1:
                inner = self.form(node.arguments[0])
                if inner is None or len(node.arguments[0].axes) != len(node.axes):
                    return None
                return Spread(self.along(node, inner.tree), everywhere)
        return None

    def _labels(self, node: Node) -> Form | None:
        """Labels, or a part of them: `y[:,1:]`."""
        form = self.piece_of(node).upright if len(node.axes) <= 2 else self.form(node)
        return None if form is None or has_letters(form) else form

    def along(self, node: Function, tree: Tree) -> Tree:
        """A function along axes of an array.

        Args:
            node: the function.
            tree: the array.
        """
        axis = self.axes.along(tree, node.over, len(node.arguments[0].axes))
        return Call(written_name(node), (tree,), axis)

    def _map(self, node: Map) -> Spread | None:
        found = [self._spread(argument) for argument in node.arguments]
        spread = [each for each in found if each is not None]
        if len(spread) < len(found):
            return None
        trees = [each.tree for each in spread]
        present = frozenset[int]().union(*(each.present for each in spread))
        if node.function in COMPARISONS or node.function == "power":
            operator = ".^" if node.function == "power" else node.function
            return Spread(Binary(cast(Operator, operator), trees[0], trees[1]), present)
        return Spread(Call(written_name(node), tuple(trees)), present)

    def _sum(self, node: Sum) -> Spread | None:
        trees, present = list[Tree](), frozenset[int]()
        for coefficient, term in node.terms:
            found = self._spread(term)
            if found is None:
                return None
            tree = _times(abs(coefficient), found.tree)
            trees.append(Negative(tree) if coefficient < 0 else tree)
            present |= found.present
        return Spread(Add(tuple(trees)), present) if trees else None

    def _product(self, node: Product) -> Spread | None:
        """Arrays along the axes of a product, multiplied entry by entry."""
        if not are_letters(node.result) or len({*node.result}) < len(node.result):
            return None
        arrays = [factor for factor in node.factors if factor.indices]
        if not all(are_letters(factor.indices) for factor in arrays):
            return None
        over, under, present = list[Tree](), list[Tree](), frozenset[int]()
        scalar = [factor for factor in node.factors if not factor.indices]
        for group, is_summed in self._groups(arrays, node.result):
            found = self._along(group, node) if is_summed else self._broadcast(group[0], node)
            if found is None:
                return None
            if is_summed:
                found, scalar = _averaged(found, node, scalar)
            power = ONCE if is_summed else group[0].power
            side = under if power < 0 else over
            side.append(_raised(found.tree, abs(power)))
            present |= found.present
        over.sort(key=self.user.place)
        coefficient = node.coefficient
        # A minus before a difference goes into it.
        place = next((k for k, tree in enumerate(over) if is_difference(tree)), None)
        if coefficient < 0 and place is not None:
            over[place], coefficient = opposite(over[place]), -coefficient
        tree = _entrywise(over, under)
        return Spread(self._scaled(coefficient, scalar, tree), present)

    def _scaled(self, coefficient: Fraction, scalar: Sequence[Factor], tree: Tree | None) -> Tree:
        over, under = self._scalars(scalar)
        piece = None if tree is None else notation.symmetric(Form(tree, symbols(tree)))
        scaled = notation.scaled(abs(coefficient), over, under, piece).upright.tree
        return scaled if coefficient > 0 else Negative(scaled)

    @staticmethod
    def _groups(arrays: Sequence[Factor], result: Sequence[int]) -> list[tuple[list[Factor], bool]]:
        """The factors that hang together by letters that are summed, and the others one by one."""
        inner = [{*letters_of(f.indices)}.difference(result) for f in arrays]
        found: list[tuple[list[Factor], bool]] = [
            ([f], False) for f, own in zip(arrays, inner, strict=True) if not own
        ]
        for letters in components(own for own in inner if own):
            found.append((touching(letters, list(arrays)), True))
        return found

    def _broadcast(self, factor: Factor, node: Product) -> Spread | None:
        """A factor along axes of the product: all of them, some reduced, or the last two."""
        places = [node.result.index(letter) for letter in factor.indices]
        rank, inner = len(node.result), factor.node
        if len(places) == rank:
            return self._spread(inner) if places == sorted(places) else None
        if places != sorted(places):
            return None
        present = frozenset(places)
        if isinstance(inner, Function) and len(inner.arguments[0].axes) == rank and inner.over:
            kept = [axis for axis in range(rank) if axis not in inner.over]
            whole = self.form(inner.arguments[0]) if kept == places else None
            return None if whole is None else Spread(self.along(inner, whole.tree), present)
        if len(places) == 2 and places == [rank - 2, rank - 1]:
            return Spread(self.piece_of(inner).upright.tree, present)
        return None

    def _along(self, group: list[Factor], node: Product) -> Spread | None:
        """Factors summed along axes that they lack: `sum(P .* dP, axis=2)`."""
        rank = len(node.result)
        own = {*letters_of(all_indices(group))}
        missing = [letter for letter in letters_of(node.result) if letter not in own]
        summed = [letter for letter in sorted(own) if letter not in node.result]
        if len(missing) != len(summed) or len(summed) > MOST_ORDERS:
            return None
        for order in permutations(summed):
            place = dict(zip(missing, order, strict=True))
            if any(node.dims[one] != node.dims[other] for one, other in place.items()):
                continue
            turned = [place.get(letter, letter) for letter in letters_of(node.result)]
            inner = self.form(part(ONCE, group, turned, node.dims))
            if inner is not None:
                axes = [k for k, letter in enumerate(node.result) if letter in missing]
                present = frozenset(range(rank)).difference(axes)
                axis = self.axes.along(inner.tree, axes, rank)
                return Spread(Call("sum", (inner.tree,), axis), present)
        return None


def _averaged(found: Spread, node: Product, scalar: list[Factor]) -> tuple[Spread, list[Factor]]:
    """A sum that is divided by the sizes that it runs over as a mean, and the scalars left."""
    left = list(scalar)
    for axis in range(len(node.result)):
        if axis in found.present:
            continue
        below = [f for f in left if isinstance(f.node, Size) and f.node.dim == node.axes[axis]]
        if not below or below[0].power != -1:
            return found, scalar
        left.remove(below[0])
    assert isinstance(found.tree, Call), "what is summed is a call"
    return found._replace(tree=replace(found.tree, function="mean")), left


def _times(number: Fraction, tree: Tree) -> Tree:
    if tree == Number(ONCE):
        return Number(number)
    return tree if number == 1 else Binary("*", Number(number), tree)


def _raised(tree: Tree, power: Fraction) -> Tree:
    return notation.power(Form(tree, 0), power, entrywise=True).tree


def _entrywise(over: Sequence[Tree], under: Sequence[Tree]) -> Tree | None:
    if not over and not under:
        return None
    forms = [[Form(tree, symbols(tree)) for tree in side] for side in (over, under)]
    sides = [[notation.symmetric(form) for form in side] for side in forms]
    return notation.hadamard(*sides).upright.tree
