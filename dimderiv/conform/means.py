"""Sums that are divided by how many terms they have, written as means."""

from collections.abc import Collection

from dimderiv.conform.network import Conformed
from dimderiv.conform.notation import Form, TwoWay
from dimderiv.graph import Factor, Product
from dimderiv.language import Call, Tree, replaced


def summed_size(factor: Factor, form: Form) -> Tree | None:
    """The size of the axis that a scalar factor is written as the plain sum along."""
    match factor.node, form.tree:
        case Product(dims=(dim,)), Call("sum") if factor.power == 1:
            return dim.syntax()
    return None


def with_means(
    node: Product, found: Conformed, under: list[Form]
) -> tuple[TwoWay | None, list[Form], list[Form]]:
    """The array and the scalars, with a sum that is divided by the size of its axis as a mean."""
    for size in under:
        letters = [i for _, i in found.sums if node.dims[i].syntax() == size.tree]
        if letters:
            # The size divides one sum only, though others may run along axes of the same size.
            calls = {id(call) for call, i in found.sums if i == letters[0]}
            rest = [form for form in under if form is not size]
            piece = found.piece and TwoWay(*(mean_for_sum(form, calls) for form in found.piece))
            return piece, [mean_for_sum(form, calls) for form in found.scalars], rest
    return found.piece, found.scalars, under


def mean_for_sum(form: Form, sums: Collection[int]) -> Form:
    """A form in which some sums, told by their identity, are means."""

    def mean(tree: Tree) -> Tree | None:
        if id(tree) in sums and isinstance(tree, Call):
            return Call("mean", tree.arguments, tree.axis)
        return None

    return Form(replaced(form.tree, mean), form.cost)
