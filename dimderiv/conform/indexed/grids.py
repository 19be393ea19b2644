"""Arrays among zeros along their axes, side by side and one above the other: `[A, B; 0, D]`.

A term of a sum in which selections place an array is a tile.  Tiles are one whole of blocks where
along each axis any two of them take the same places, or none in common.
"""

from collections.abc import Callable, Collection, Sequence
from fractions import Fraction
from functools import cmp_to_key
from itertools import pairwise
from typing import NamedTuple

from dimderiv.conform import notation
from dimderiv.conform.indexed.slices import spans_of, zeros
from dimderiv.conform.notation import Form, TwoWay, has_letters, symbols
from dimderiv.graph import Node, Product, are_letters, is_never_negative, part, total
from dimderiv.language import NOTHING, ONE, ZERO, Blocks, Dim, Tree

Places = tuple[Dim, Dim]
Term = tuple[Fraction, Node]


class Tile(NamedTuple):
    """An array among zeros.

    Attributes:
        coefficient: what it is multiplied by.
        places: where it begins and ends along each axis.
        node: the array, without axes of which it has one place.
    """

    coefficient: Fraction
    places: tuple[Places, ...]
    node: Node


def with_grids(terms: Sequence[Term], piece_of: Callable[[Node], TwoWay]) -> list[Term | TwoWay]:
    """The terms of a sum, with those that are blocks of one whole as a piece in place of the first.

    Args:
        terms: nodes of one axis or two, each with its coefficient.
        piece_of: what writes a node.
    """
    tiles = [_tile(coefficient, term) for coefficient, term in terms]
    found = [tile for tile in tiles if tile is not None]
    whole = _grid(found, terms[0][1].axes, piece_of) if len(found) > 1 else None
    if whole is None:
        return [*terms]
    first = next(k for k, tile in enumerate(tiles) if tile is not None)
    rest = [term for term, tile in zip(terms, tiles, strict=True) if tile is None]
    return [*rest[:first], whole, *rest[first:]]


def _grid(
    found: Sequence[Tile], axes: Sequence[Dim], piece_of: Callable[[Node], TwoWay]
) -> TwoWay | None:
    """The blocks that tiles are; nothing where they overlap."""
    cuts = [_cuts([t.places[k] for t in found], size) for k, size in enumerate(axes)]
    if None in cuts:
        return None
    rows, *rest = [each or [] for each in cuts]
    cells: dict[tuple[Places, ...], list[tuple[Fraction, Node]]] = {}
    for tile in found:
        cells.setdefault(tile.places, []).append((tile.coefficient, tile.node))
    pieces = {place: piece_of(total(cell, cell[0][1].axes)) for place, cell in cells.items()}
    if any(has_letters(piece.upright) for piece in pieces.values()):
        return None
    if not rest:
        column = {place: piece.upright.tree for place, piece in pieces.items()}
        tree = _blocks(column, [(each,) for each in rows], [()])
        return notation.column(Form(tree, symbols(tree)))
    upright = {place: _cell(piece, place) for place, piece in pieces.items()}
    whole = _blocks(upright, [(each,) for each in rows], [(each,) for each in rest[0]])
    turned = {place[::-1]: _cell(piece, place, turned=True) for place, piece in pieces.items()}
    across = _blocks(turned, [(each,) for each in rest[0]], [(each,) for each in rows])
    return TwoWay(Form(whole, symbols(whole)), Form(across, symbols(across)))


def _tile(coefficient: Fraction, term: Node) -> Tile | None:
    """A term as an array among zeros, where selections place it along some axis."""
    if not isinstance(term, Product) or not are_letters(term.result):
        return None
    spans = {span.whole: span for span in spans_of(term) if span.whole in term.result}
    others = [f for f in term.factors if all(f is not span.factor for span in spans.values())]
    if not spans or any(letter in f.indices for f in others for letter in spans):
        return None
    if len(set(term.result)) < len(term.result):
        return None
    kept, places = [], []
    for letter, size in zip(term.result, term.axes, strict=True):
        assert isinstance(letter, int)
        span = spans.get(letter)
        places.append((NOTHING, size) if span is None else (span.start, span.stop))
        inside = letter if span is None else span.inside
        kept += [] if inside is None else [inside]
    inner = part(term.coefficient, others, kept, term.dims)
    return Tile(coefficient, tuple(places), inner)


def _cuts(taken: Collection[Places], size: Dim) -> list[Places] | None:
    """An axis in pieces that arrays take as a whole; nothing where they overlap."""
    ends = {NOTHING, size, *(end for places in taken for end in places)}
    # Every array that is taken lies on the axis, whatever the sizes are.
    known = {*taken, *((NOTHING, end) for end in ends), *((end, size) for end in ends)}

    def side(one: Dim, other: Dim) -> int:
        return _side(one, other, known) or 0

    if any(_side(one, other, known) is None for one in ends for other in ends):
        return None
    order = sorted(ends, key=cmp_to_key(side))
    pieces = list(pairwise(order))
    return pieces if {*taken} <= {*pieces} else None


def _side(one: Dim, other: Dim, known: Collection[Places]) -> int | None:
    """Whether a place comes before another one, or after it; nothing where that is not known."""
    if one == other:
        return 0
    if (other, one) in known or is_never_negative(one - other):
        return 1
    return -1 if (one, other) in known or is_never_negative(other - one) else None


def _cell(piece: TwoWay, place: Sequence[Places], *, turned: bool = False) -> Tree:
    """An array as it stands in its place; what has one axis is a row where it has one row."""
    is_row = _length(place[0]) == ONE
    return (piece.transposed if is_row != turned else piece.upright).tree


def _blocks(
    cells: dict[tuple[Places, ...], Tree],
    rows: Sequence[tuple[Places]],
    columns: Sequence[tuple[Places] | tuple[()]],
) -> Blocks:
    """Blocks, with zeros where nothing is."""
    filled_rows = {row for row in rows if any((*row, *column) in cells for column in columns)}
    filled = {column for column in columns if any((*row, *column) in cells for row in rows)}

    def at(row: tuple[Places], column: tuple[Places] | tuple[()]) -> Tree:
        if row in filled_rows and column in filled:
            return cells.get((*row, *column), ZERO)
        return zeros((_length(row[0]), _length(column[0]) if column else ONE))

    return Blocks(tuple([tuple([at(row, column) for column in columns]) for row in rows]))


def _length(places: Places) -> Dim:
    return places[1] - places[0]
