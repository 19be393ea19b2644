"""Axes made of several letters: `vec`, Kronecker products, and the commutation matrix.

The derivative of a matrix `Y[i,j]` by a matrix `X[p,q]` is written as `d vec(Y) / d vec(X)'`,
columns stacked: its row is `(j,i)`, its column `(q,p)`, the first letter of each the slow one.
Factors that join `j` with `q` and `i` with `p` make a Kronecker product.  Those that join `j` with
`p` and `i` with `q` make one times the commutation matrix `K(m,n)`, for which
`K(m,n) vec(X) = vec(X')` where X is `m x n`.  Those that join `i` with `j` and `p` with `q` make
`vec(A) vec(B)'`.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from dimderiv.conform import notation
from dimderiv.conform.notation import Face, Piece
from dimderiv.graph import (
    ONCE,
    Factor,
    Index,
    Merged,
    Node,
    Product,
    Shifted,
    all_indices,
    arranged,
    components,
    index_dim,
    letters_of,
    part,
)
from dimderiv.language import COMMUTATION, Call

PieceOf = Callable[[Node], Piece]
Slot = int | None

MOST_WEIGHTS = 2


def vectorised(node: Node, value_rank: int) -> Node:
    """The axes of a value and those of a variable, each pair as one axis, columns stacked.

    Args:
        node: a derivative, whose axes are those of the value and then those of the variable.
        value_rank: how many axes the value has.
    """
    letters = tuple(range(len(node.axes)))
    sides = (letters[:value_rank], letters[value_rank:])
    result = tuple(Merged(side[::-1]) if len(side) == 2 else side[0] for side in sides if side)
    return arranged(node, letters, result, node.axes)


def merged_piece(
    node: Product, piece_of: PieceOf, swap: str = COMMUTATION, *, weights: int = MOST_WEIGHTS
) -> Piece | None:
    """A product with an axis of two letters, without its coefficient and its scalar factors."""
    if any(len(letters_of((index,))) > 2 for index in node.result):
        return None
    if Shifted in map(type, (*node.result, *all_indices(node.factors))):
        return None
    factors = [factor for factor in node.factors if factor.indices]
    if any(not isinstance(index, int) for factor in factors for index in factor.indices):
        return _Split(node, factors, piece_of, swap).mapped() if len(node.result) == 2 else None
    if len(node.result) == 1:
        slow, fast = letters_of(node.result)
        return _vec(piece_of(part(ONCE, factors, (fast, slow), node.dims)))
    split = _Split(node, factors, piece_of, swap)
    plain = split.diagonal() or split.straight() or split.crossed() or split.outer()
    return plain or (split.weighted(weights) if weights else None)


def _column(face: Face) -> Piece:
    return notation.two_faced(face, notation.transposed(face))


def _kron(pieces: Sequence[Piece]) -> Piece:
    """The Kronecker product, which is transposed factor by factor."""
    return notation.two_faced(
        notation.call("kron", *(piece.straight for piece in pieces)),
        notation.call("kron", *(piece.flipped for piece in pieces)),
    )


def _slots(index: Index) -> tuple[Slot, Slot]:
    """The slow and the fast letter of an axis; an axis of one letter has it as the fast one."""
    letters = letters_of((index,))
    return (letters[0], letters[1]) if len(letters) == 2 else (None, letters[0])


class _Split:
    """A product with two axes, whose letters may come apart into two groups."""

    def __init__(self, node: Product, factors: list[Factor], piece_of: PieceOf, swap: str) -> None:
        self.node = node
        self.factors = factors
        self.piece_of = piece_of
        self.swap = swap
        (self.row_slow, self.row_fast), (self.col_slow, self.col_fast) = map(_slots, node.result)

    def _part(self, factors: Iterable[Factor], result: Sequence[Index]) -> Node:
        """Some factors of the product with some of its letters as axes."""
        return part(ONCE, factors, result, self.node.dims)

    def diagonal(self) -> Piece | None:
        """`diag(vec(M))`: both axes are the same pair of letters."""
        row, column = self.node.result
        if row != column or not self._together((self.row_slow, self.row_fast)):
            return None
        array = self.piece_of(self._part(self.factors, letters_of((row,))[::-1]))
        stacked = _vec(array)
        return notation.symmetric(notation.call("diag", stacked.straight))

    def straight(self) -> Piece | None:
        """`kron(P, Q)`: the slow letters apart from the fast ones."""
        for row in self._ways(self.row_slow, self.row_fast):
            for column in self._ways(self.col_slow, self.col_fast):
                pieces = self._pieces((row[0], column[0]), (row[1], column[1]))
                if pieces is not None and all(_is_identity(piece) for piece in pieces):
                    return notation.identity(index_dim(self.node.result[0], self.node.dims))
                if pieces is not None:
                    return _kron(pieces)
        return None

    def crossed(self) -> Piece | None:
        """`kron(P, Q) K(m,n)`: the slow letter of each axis with the fast one of the other."""
        if self.col_slow is None or self.col_fast is None:
            return None
        pieces = self._pieces((self.row_slow, self.col_fast), (self.row_fast, self.col_slow))
        if pieces is None:
            return None
        sizes = [self.node.dims[letter].syntax() for letter in (self.col_fast, self.col_slow)]
        commutation = Face(Call(self.swap, tuple(sizes)), 3)
        swap = _column(commutation)
        if all(_is_identity(piece) for piece in pieces):
            return swap
        product_piece = _kron(pieces)
        return notation.matrix_product([product_piece, swap])

    def outer(self) -> Piece | None:
        """`vec(A) vec(B)'`: the letters of the row apart from those of the column."""
        rows = [i for i in (self.row_fast, self.row_slow) if i is not None]
        columns = [i for i in (self.col_fast, self.col_slow) if i is not None]
        groups = _sides(self.factors, rows, columns)
        if groups is None:
            return None
        sides = []
        for group, letters in zip(groups, (rows, columns), strict=True):
            piece = self.piece_of(self._part(group, letters))
            sides.append(_vec(piece) if len(letters) == 2 else piece)
        return notation.matrix_product([sides[0], sides[1].turned])

    def mapped(self) -> Piece | None:
        """`L D R`: a matrix whose axes are merged ones, and what stands on either side of it."""
        row, column = self.node.result
        for factor in self.factors:
            if len(factor.indices) != 2:
                continue
            piece = self.piece_of(factor.node)
            for ends, face in ((factor.indices, piece), (factor.indices[::-1], piece.turned)):
                if not all(isinstance(end, Merged) for end in ends) or factor.power != 1:
                    continue
                rest = [other for other in self.factors if other is not factor]
                sides = letters_of((row, ends[0])), letters_of((ends[1], column))
                groups = _sides(rest, *sides)
                if groups is None:
                    continue
                left = self._beside(groups[0], (row, ends[0]))
                right = self._beside(groups[1], (ends[1], column))
                if left is not None and right is not None:
                    return notation.matrix_product([*left, face, *right])
        return None

    def _beside(self, factors: list[Factor], result: tuple[Index, Index]) -> list[Piece] | None:
        """What stands beside a map: nothing where its axis is the one wanted."""
        if result[0] == result[1] and not factors:
            return []
        side = self._side(factors, result, 0)
        return None if side is None else [side]

    def weighted(self, weights: int) -> Piece | None:
        """`L diag(vec(M)) R`: a matrix whose letters, cut, leave nothing between row and column."""
        found: list[Piece] = []
        for factor in self.factors:
            letters = letters_of(factor.indices)
            if len(set(letters)) == 2:
                for pair in (letters, letters[::-1]):
                    piece = self._weighted_by(tuple(pair), weights)
                    found += [piece] if piece is not None else []
        return min(found, key=lambda piece: piece.straight.cost, default=None)

    def _weighted_by(self, pair: tuple[int, ...], weights: int) -> Piece | None:
        """The form in which the weight is a matrix with these letters as rows and columns."""
        cut = set(pair)
        inside = [f for f in self.factors if set(letters_of(f.indices)) <= cut]
        rest = [f for f in self.factors if not set(letters_of(f.indices)) <= cut]
        row, column = self.node.result
        sides = [set(letters_of((index,))) - cut for index in (row, column)]
        groups = _sides(rest, *sides, cut=cut)
        if groups is None:
            return None
        middle = Merged(pair[::-1])
        weight = self.piece_of(self._part(inside, pair))
        stacked = notation.call("diag", _vec(weight).straight)
        chain = [notation.symmetric(stacked)]
        for group, result, place in (
            (groups[0], (row, middle), 0),
            (groups[1], (middle, column), 1),
        ):
            if result[0] != result[1]:
                side = self._side(group, result, weights - 1)
                if side is None:
                    return None
                chain.insert(0 if place == 0 else len(chain), side)
        return notation.matrix_product(chain)

    def _side(
        self, factors: list[Factor], result: tuple[Index, Index], weights: int
    ) -> Piece | None:
        side = self._part(factors, result)
        if not isinstance(side, Product) or side.coefficient != 1:
            return None
        return merged_piece(side, self.piece_of, self.swap, weights=weights)

    def _ways(self, slow: Slot, fast: Slot) -> list[tuple[Slot, Slot]]:
        """An axis of one letter can stand in either place."""
        return [(slow, fast)] if slow is not None else [(None, fast), (fast, None)]

    def _pieces(
        self, first: tuple[Slot, Slot], second: tuple[Slot, Slot]
    ) -> tuple[Piece, Piece] | None:
        """The two parts whose axes are these letters, where no factor joins them."""
        letters = [[i for i in pair if i is not None] for pair in (first, second)]
        if not all(letters):
            return None
        groups = _sides(self.factors, *letters)
        if groups is None:
            return None
        pieces = []
        for group, (row, column) in zip(groups, (first, second), strict=True):
            piece = self.piece_of(self._part(group, [i for i in (row, column) if i is not None]))
            pieces.append(piece.turned if row is None else piece)
        return pieces[0], pieces[1]

    def _together(self, letters: Iterable[Slot]) -> bool:
        """Whether some factor joins the letters, directly or through others."""
        pair = [letter for letter in letters if letter is not None]
        return len(pair) == 2 and _sides(self.factors, pair[:1], pair[1:]) is None


def _sides(
    factors: Iterable[Factor],
    first: Iterable[int],
    second: Iterable[int],
    cut: Collection[int] = (),
) -> tuple[list[Factor], list[Factor]] | None:
    """The factors that reach from each of two groups of letters, not through those of the cut.

    Nothing where one reaches both, or where one is reached from neither.
    """
    own = [(factor, set(letters_of(factor.indices)).difference(cut)) for factor in factors]
    ends = set(first), set(second)
    groups = components([*ends, *(letters for _, letters in own)])
    reach = [set[int]().union(*(g for g in groups if g & end)) for end in ends]
    if reach[0] & reach[1] or not all(letters & (reach[0] | reach[1]) for _, letters in own):
        return None
    return [f for f, i in own if i & reach[0]], [f for f, i in own if i & reach[1]]


def _vec(piece: Piece) -> Piece:
    """The columns of a matrix on top of each other."""
    return _column(notation.call("vec", piece.straight))


def _is_identity(piece: Piece) -> bool:
    return isinstance(piece.straight.tree, Call) and piece.straight.tree.function == "eye"
