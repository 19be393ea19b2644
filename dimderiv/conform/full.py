"""Full convolutions: `G[o,p] K[k,l] -> [o+k, p+l]` is `convfull2(G, K)`."""

import itertools
from collections.abc import Mapping, Sequence

from dimderiv.conform import notation
from dimderiv.conform.edges import Edge, Power, array, diagonals, scaled_matrix
from dimderiv.conform.notation import TwoWay
from dimderiv.graph import Index, letters_of
from dimderiv.language import ONE, Dim

FULL = "convfull2"
Slot = int | None


def full_convolution(
    shown: Sequence[Index],
    weights: Mapping[int, list[Power]],
    edges: Sequence[Edge],
    dims: Sequence[Dim],
) -> TwoWay | None:
    """What is left on letters that are added, as an image and the kernel that is spread over it.

    Args:
        shown: the indices of the result, some of which are sums of two letters.
        weights: what stands on each letter.
        edges: what runs between two letters.
        dims: the size of each letter.
    """
    letters = letters_of(shown)
    if len(set(letters)) < len(letters) or max(len(letters_of((i,))) for i in shown) > 2:
        return None
    held = {*weights, *(end for edge in edges for end in (edge.start, edge.end))}
    if any(isinstance(index, int) and index not in held for index in shown):
        return None
    axes = [(*letters_of((index,)), None)[:2] for index in shown]
    for first in itertools.product(*([axis, axis[::-1]] for axis in axes)):
        image, kernel = zip(*first, strict=True)
        ends = [(edge.start, edge.end) for edge in edges]
        is_apart = all((start in image) == (end in image) for start, end in ends)
        if is_apart:
            sides = [_array(side, weights, edges, dims) for side in (image, kernel)]
            call = notation.call(FULL, *(side.upright for side in sides))
            return notation.column(call)
    return None


def _array(
    letters: Sequence[Slot],
    weights: Mapping[int, list[Power]],
    edges: Sequence[Edge],
    dims: Sequence[Dim],
) -> TwoWay:
    """The matrix along two letters, or the column or the row along one of them."""
    sizes = [ONE if letter is None else dims[letter] for letter in (*letters, None)[:2]]
    rows, *columns = [_weight(letter, weights, edges) for letter in letters]
    between = [edge for edge in edges if edge.start != edge.end and edge.start in letters]
    across = columns[0] if columns else []
    if between and letters[0] is not None:
        return scaled_matrix(rows, list(between[0].leaving(letters[0]).parts), across)
    if rows and across:
        return notation.matrix_product([array(rows), array(across).other_way])
    if not rows and not across:
        return notation.column(notation.ones(*sizes).upright)
    present = [
        letter is None or bool(side) for letter, side in zip(letters, (rows, across), strict=False)
    ]
    piece = array(rows) if rows else array(across).other_way
    return notation.with_ones(piece, sizes, [*present, True][:2])


def _weight(letter: Slot, weights: Mapping[int, list[Power]], edges: Sequence[Edge]) -> list[Power]:
    if letter is None:
        return []
    loops = [edge for edge in edges if edge.start == edge.end == letter]
    return [*weights.get(letter, []), *(part for loop in loops for part in diagonals(loop))]
