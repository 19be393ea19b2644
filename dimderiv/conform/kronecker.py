"""Axes made of several letters: `vec`, Kronecker products, and the commutation matrix.

The derivative of a matrix `Y[i,j]` by a matrix `X[p,q]` is written as `d vec(Y) / d vec(X)'`,
columns stacked: its row is `(j,i)`, its column `(q,p)`, the first letter of each the slow one.
Factors that join `j` with `q` and `i` with `p` make a Kronecker product.  Those that join `j` with
`p` and `i` with `q` make one times the commutation matrix `K(m,n)`, for which
`K(m,n) vec(X) = vec(X')` where X is `m x n`.  Those that join `i` with `j` and `p` with `q` make
`vec(A) vec(B)'`.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from dimderiv.conform import notation
from dimderiv.conform.notation import Form, TwoWay
from dimderiv.conform.sums import opposite
from dimderiv.graph import (
    ONCE,
    Factor,
    Index,
    Merged,
    Node,
    Product,
    Shifted,
    all_indices,
    are_letters,
    arranged,
    components,
    index_dim,
    letters_of,
    part,
)
from dimderiv.language import COMMUTATION, Add, Call, Negative, Transpose, Tree

TwoWayOf = Callable[[Node], TwoWay]
MergedSlot = int | None

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
    node: Product, piece_of: TwoWayOf, swap: str = COMMUTATION, *, weights: int = MOST_WEIGHTS
) -> TwoWay | None:
    """A product with an axis of two letters, without its coefficient and its scalar factors."""
    if any(len(letters_of((index,))) > 2 for index in node.result):
        return None
    if Shifted in map(type, (*node.result, *all_indices(node.factors))):
        return None
    factors = [factor for factor in node.factors if factor.indices]
    if not are_letters(all_indices(factors)):
        return _Split(node, factors, piece_of, swap).mapped() if len(node.result) == 2 else None
    if len(node.result) == 1:
        slow, fast = letters_of(node.result)
        return _vec(piece_of(part(ONCE, factors, (fast, slow), node.dims)))
    split = _Split(node, factors, piece_of, swap)
    plain = split.diagonal() or split.upright() or split.crossed() or split.outer()
    return plain or (split.weighted(weights) if weights else None)


def _kron(pieces: Sequence[TwoWay]) -> TwoWay:
    """The Kronecker product, which is transposed factor by factor."""
    forms = zip(*pieces, strict=True)
    return notation.two_way(*(notation.call("kron", *_from_identity(each)) for each in forms))


def _from_identity(forms: Sequence[Form]) -> Sequence[Form]:
    """Forms with other signs, if an identity is subtracted in each: `kron(I - A, I - B)`."""
    turned = [_identity_first(form.tree) for form in forms]
    pairs = [(form, tree) for form, tree in zip(forms, turned, strict=True) if tree is not None]
    if len(pairs) != 2:
        return forms
    return [form._replace(tree=tree) for form, tree in pairs]


def _identity_first(tree: Tree) -> Tree | None:
    """Minus a difference, or its transpose, in which an identity is subtracted."""
    if isinstance(tree, Transpose):
        inner = _identity_first(tree.operand)
        return None if inner is None else replace(tree, operand=inner)
    if not isinstance(tree, Add):
        return None
    subtracted = [term.operand for term in tree.terms if isinstance(term, Negative)]
    return opposite(tree) if any(map(_is_eye, subtracted)) else None


def _slots(index: Index) -> tuple[MergedSlot, MergedSlot]:
    """The slow and the fast letter of an axis; an axis of one letter has it as the fast one."""
    letters = letters_of((index,))
    return (letters[0], letters[1]) if len(letters) == 2 else (None, letters[0])


class _Split:
    """A product with two axes, whose letters may come apart into two groups."""

    def __init__(self, node: Product, factors: list[Factor], piece_of: TwoWayOf, swap: str) -> None:
        self.node = node
        self.factors = factors
        self.piece_of = piece_of
        self.swap = swap
        (self.row_slow, self.row_fast), (self.col_slow, self.col_fast) = map(_slots, node.result)

    def _part(self, factors: Iterable[Factor], result: Sequence[Index]) -> Node:
        """Some factors of the product with some of its letters as axes."""
        return part(ONCE, factors, result, self.node.dims)

    def diagonal(self) -> TwoWay | None:
        """`diag(vec(M))`: both axes are the same pair of letters."""
        row, column = self.node.result
        letters = letters_of((row,))
        if row != column or len(letters) != 2 or _sides(self.factors, letters[:1], letters[1:]):
            return None
        stacked = _vec(self.piece_of(self._part(self.factors, letters[::-1])))
        return notation.symmetric(notation.call("diag", stacked.upright))

    def upright(self) -> TwoWay | None:
        """`kron(P, Q)`: the slow letters apart from the fast ones."""
        for row in self._ways(self.row_slow, self.row_fast):
            for column in self._ways(self.col_slow, self.col_fast):
                pieces = self._pieces((row[0], column[0]), (row[1], column[1]))
                if pieces is not None and all(_is_identity(piece) for piece in pieces):
                    return notation.identity(index_dim(self.node.result[0], self.node.dims))
                if pieces is not None:
                    return _kron(pieces)
        return None

    def crossed(self) -> TwoWay | None:
        """`kron(P, Q) K(m,n)`: the slow letter of each axis with the fast one of the other."""
        if self.col_slow is None or self.col_fast is None:
            return None
        pieces = self._pieces((self.row_slow, self.col_fast), (self.row_fast, self.col_slow))
        if pieces is None:
            return None
        sizes = [self.node.dims[letter].syntax() for letter in (self.col_fast, self.col_slow)]
        swap = notation.column(Form(Call(self.swap, tuple(sizes)), 3))
        if all(_is_identity(piece) for piece in pieces):
            return swap
        return notation.matrix_product([_kron(pieces), swap])

    def outer(self) -> TwoWay | None:
        """`vec(A) vec(B)'`: the letters of the row apart from those of the column."""
        rows, columns = (letters_of((index,))[::-1] for index in self.node.result)
        groups = _sides(self.factors, rows, columns)
        if groups is None:
            return None
        sides = []
        for group, letters in zip(groups, (rows, columns), strict=True):
            piece = self.piece_of(self._part(group, letters))
            sides.append(_vec(piece) if len(letters) == 2 else piece)
        return notation.matrix_product([sides[0], sides[1].other_way])

    def mapped(self) -> TwoWay | None:
        """`L D R`: a matrix whose axes are merged ones, and what stands on either side of it."""
        for factor in self.factors:
            if [*map(type, factor.indices)] != [Merged, Merged] or factor.power != 1:
                continue
            piece, rest = self.piece_of(factor.node), [f for f in self.factors if f is not factor]
            for ends, middle in ((factor.indices, piece), (factor.indices[::-1], piece.other_way)):
                found = self._around(middle, ends, rest, 0)
                if found is not None:
                    return found
        return None

    def _around(
        self,
        middle: TwoWay,
        ends: Sequence[Index],
        factors: list[Factor],
        weights: int,
        cut: Collection[int] = (),
    ) -> TwoWay | None:
        """A matrix with what stands on either side of it, which no letter joins but the cut."""
        row, column = self.node.result
        pairs = (row, ends[0]), (ends[1], column)
        first, second = (set(letters_of(pair)).difference(cut) for pair in pairs)
        groups = _sides(factors, first, second, cut)
        chain: list[list[TwoWay]] = []
        for pair, group in zip(pairs, groups or (), strict=False):
            side = self._part(group, pair)
            if pair[0] == pair[1] and not group:
                chain.append([])
            elif isinstance(side, Product) and side.coefficient == 1:
                piece = merged_piece(side, self.piece_of, self.swap, weights=weights)
                chain += [] if piece is None else [[piece]]
        return notation.matrix_product([*chain[0], middle, *chain[1]]) if len(chain) == 2 else None

    def weighted(self, weights: int) -> TwoWay | None:
        """`L diag(vec(M)) R`: a matrix whose letters, cut, leave nothing between row and column."""
        found: list[TwoWay] = []
        for factor in self.factors:
            letters = letters_of(factor.indices)
            if len(set(letters)) == 2:
                for pair in (letters, letters[::-1]):
                    piece = self._weighted_by(tuple(pair), weights)
                    found += [piece] if piece is not None else []
        return min(found, key=lambda piece: piece.upright.cost, default=None)

    def _weighted_by(self, pair: tuple[int, ...], weights: int) -> TwoWay | None:
        """The form in which the weight is a matrix with these letters as rows and columns."""
        cut = set(pair)
        inside = [f for f in self.factors if set(letters_of(f.indices)) <= cut]
        rest = [f for f in self.factors if not set(letters_of(f.indices)) <= cut]
        stacked = notation.call("diag", _vec(self.piece_of(self._part(inside, pair))).upright)
        ends = [Merged(pair[::-1])] * 2
        return self._around(notation.symmetric(stacked), ends, rest, weights - 1, cut)

    def _ways(self, slow: MergedSlot, fast: MergedSlot) -> list[tuple[MergedSlot, MergedSlot]]:
        """An axis of one letter can stand in either place."""
        return [(slow, fast)] if slow is not None else [(None, fast), (fast, None)]

    def _pieces(
        self, first: tuple[MergedSlot, MergedSlot], second: tuple[MergedSlot, MergedSlot]
    ) -> tuple[TwoWay, TwoWay] | None:
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
            pieces.append(piece.other_way if row is None else piece)
        return pieces[0], pieces[1]


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


def _vec(piece: TwoWay) -> TwoWay:
    """The columns of a matrix on top of each other."""
    return notation.column(notation.call("vec", piece.upright))


def _is_identity(piece: TwoWay) -> bool:
    return _is_eye(piece.upright.tree)


def _is_eye(tree: Tree) -> bool:
    return isinstance(tree, Call) and tree.function == "eye"
