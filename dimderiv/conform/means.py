"""Sums that are divided by how many terms they have, written as means."""

from collections.abc import Collection

from dimderiv.conform.network import Conformed
from dimderiv.conform.notation import Face, Piece
from dimderiv.graph import Factor, Product
from dimderiv.language import Call, Node, replaced


def mean_of(face: Face) -> Face:
    """The mean over what a face is the sum over."""
    assert isinstance(face.tree, Call)
    return Face(Call("mean", face.tree.arguments, face.tree.axis), face.cost)


def summed_size(factor: Factor, face: Face) -> Node | None:
    """The size of the axis that a scalar factor is written as the plain sum along."""
    match factor.node, face.tree:
        case Product(dims=(dim,)), Call("sum") if factor.power == 1:
            return dim.syntax()
        case _:
            return None


def with_means(
    node: Product, found: Conformed, under: list[Face]
) -> tuple[Piece | None, list[Face], list[Face]]:
    """The array and the scalars, with a sum that is divided by the size of its axis as a mean."""
    for size in under:
        letters = [i for _, i in found.sums if node.dims[i].syntax() == size.tree]
        if letters:
            # The size divides one sum only, though others may run along axes of the same size.
            calls = {id(call) for call, i in found.sums if i == letters[0]}
            rest = [face for face in under if face is not size]
            piece = found.piece and Piece(*(mean_for_sum(face, calls) for face in found.piece))
            return piece, [mean_for_sum(face, calls) for face in found.scalars], rest
    return found.piece, found.scalars, under


def mean_for_sum(face: Face, sums: Collection[int]) -> Face:
    """A face in which some sums, told by their identity, are means."""

    def mean(tree: Node) -> Node | None:
        if id(tree) in sums and isinstance(tree, Call):
            return Call("mean", tree.arguments, tree.axis)
        return None

    return Face(replaced(face.tree, mean), face.cost)
