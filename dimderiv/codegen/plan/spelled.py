"""Products whose indices are sums of letters, with a letter for each axis and what these choose."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from dimderiv.codegen.plan.labels import Labels, labels_of
from dimderiv.codegen.plan.plan import Plan
from dimderiv.codegen.plan.selections import Chosen, chosen_by, is_open, rooted
from dimderiv.graph import (
    Factor,
    Index,
    LabelledProduct,
    Node,
    Shifted,
    index_dim,
    labelled,
    letters_of,
)
from dimderiv.language import NOTHING


class Spelled(NamedTuple):
    """A product of arrays, and the places that letters and labels choose on their axes.

    Attributes:
        product: the arrays.
        chosen: the places that letters choose.
        labels: those that labels choose.
        choosing: the letters of both, over which nothing is summed that no array has.
    """

    product: LabelledProduct
    chosen: Sequence[Chosen]
    labels: Sequence[Labels] = ()
    choosing: frozenset[int] = frozenset()

    @property
    def held(self) -> set[int]:
        """The letters of the arrays."""
        return _held(self.product.factors)

    def further(self, labels: Labels, result: Sequence[int]) -> Chosen | None:
        """What letters of the result alone choose of the places of labels, if they do so once.

        Args:
            labels: the labels.
            result: the letters of the result.
        """
        found = [each for each in self.chosen if labels.root in each.every]
        if len(found) != 1:
            return None
        (choice,) = found
        taken = {i for each in self.labels for i in each.every if i != labels.root}
        taken.update(i for each in self.chosen if each is not choice for i in each.every)
        free = set(choice.every) - {labels.root}
        return choice if free <= set(result) - taken else None

    def apart(
        self, labels: Labels, further: Chosen, result: Sequence[int]
    ) -> tuple["Spelled", LabelledProduct]:
        """What is put at the places of labels, and the product of a part of that with the rest.

        Args:
            labels: the labels.
            further: the part.
            result: the letters of the result.
        """
        chosen = [each for each in self.chosen if each is not further]
        free = set(further.every) - {labels.root}
        outer = [f for f in self.product.factors if not free.isdisjoint(letters_of(f.indices))]
        inner = [f for f in self.product.factors if f not in outer]
        here = _held(inner).union(i for each in chosen for i in each.every)
        here.update(i for each in self.labels for i in each.every)
        kept = sorted(here & (_held(outer) | set(result)) - {labels.root})
        whole = self.product._replace(factors=tuple(inner), result=(*kept, labels.root))
        rest = LabelledProduct(Fraction(1), tuple(outer), tuple(result), self.product.dims)
        choosing = self.choosing.union(result, _held(outer))
        return Spelled(whole, chosen, self.labels, choosing), rest

    def scattered(self, plan: Plan) -> dict[int, Chosen]:
        """The places on axes of the result at which entries are added up, by the axis.

        Args:
            plan: knows sizes.
        """
        result, dims = letters_of(self.product.result), self.product.dims
        found, taken = dict[int, Chosen](), set[int]()
        for each in self.chosen:
            if not is_open(each, result) or not taken.isdisjoint(each.letters):
                continue
            # What is a part of an axis is put there when all is multiplied.
            if len(each.letters) == 1 or rooted(plan, each, result, self.held, dims) is None:
                found[each.root] = each
                taken.update(each.letters)
        return found


def spelled(node: LabelledProduct, *, has_more_axes: bool) -> Spelled:
    """A product with its selections apart; of arrays with more axes than matrices also the sums.

    Args:
        node: the product.
        has_more_axes: whether there are such arrays.
    """
    chosen = [each for each in map(chosen_by, node.factors) if each is not None]
    labels = [each for each in map(labels_of, node.factors) if each is not None]
    factors = [f for f in node.factors if chosen_by(f) is None and labels_of(f) is None]
    dims = list(node.dims)

    def letter_of(index: Index) -> Index:
        if not isinstance(index, Shifted) or not has_more_axes:
            return index
        letters = index.letters
        dims.append(index_dim(index, dims))
        chosen.append(Chosen(len(dims) - 1, letters, (1,) * len(letters), NOTHING))
        return len(dims) - 1

    found = [Factor(f.node, tuple(map(letter_of, f.indices)), f.power) for f in factors]
    result = tuple(map(letter_of, node.result))
    is_plain = all(isinstance(index, int) for index in result)
    if not is_plain or len(set(result)) < len(result):
        return Spelled(node, ())
    inner = LabelledProduct(node.coefficient, tuple(found), result, tuple(dims))
    choosing = {i for each in chosen for i in each.every}
    choosing.update(i for each in labels for i in each.every)
    return Spelled(inner, chosen, labels, frozenset(choosing))


def _held(factors: Iterable[Factor]) -> set[int]:
    """The letters of factors."""
    return {letter for factor in factors for letter in letters_of(factor.indices)}


def one_each(node: Node) -> Spelled | None:
    """A term with one entry in each row, at the place that a label says; nothing for any other.

    Args:
        node: a term of a sum.
    """
    found = spelled(labelled(node), has_more_axes=False)
    if len(found.labels) != 1 or found.chosen:
        return None
    (labels,), result = found.labels, letters_of(found.product.result)
    own = (*labels.letters, labels.root)
    return found if result[: len(own)] == own else None
