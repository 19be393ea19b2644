"""From nodes to matrix notation: what each kind of node looks like, upright and transposed."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from dimderiv.conform import indexed, notation
from dimderiv.conform.defined_axes import DefinedAxes
from dimderiv.conform.functions import applied, function
from dimderiv.conform.kronecker import merged_piece
from dimderiv.conform.lettering import Heads, UserLetters
from dimderiv.conform.means import with_means
from dimderiv.conform.network import Conformed, conform
from dimderiv.conform.notation import TwoWay, has_letters, with_ones
from dimderiv.conform.readable import (
    can_be_negated,
    factors_of_added,
    is_constant,
    is_identity,
    is_mixed,
    takes_its_sign,
    with_bound_on_the_right,
    with_pairs,
)
from dimderiv.conform.scalars import scalars
from dimderiv.conform.sums import summed, summed_by_ends
from dimderiv.conform.unfilled import (
    Unfilled,
    magnitude,
    present_axes,
    scalars_before,
    with_short_start,
)
from dimderiv.conform.whole_axes import with_whole_axes
from dimderiv.errors import LimitError, NotDifferentiableError
from dimderiv.graph import (
    ONCE,
    Constant,
    Factor,
    Function,
    Key,
    Map,
    Merged,
    Named,
    Node,
    Product,
    Selection,
    Size,
    Sum,
    Symbol,
    all_indices,
    is_symmetric,
    is_zero,
    selects,
    times,
)
from dimderiv.language import (
    COMMUTATION,
    COMPARISONS,
    ZERO,
    Call,
    Dim,
    Name,
    Number,
)

LONGEST = 100_000


class NoMatrixFormError(NotDifferentiableError):
    """A node with more than two axes, or with merged ones that do not come apart."""

    def __init__(self) -> None:
        super().__init__(
            "the derivative has a part with more than two axes, which cannot be written",
            hint="derive a scalar, or name an intermediate result and derive in two steps",
        )


class Pieces:
    """Nodes as pieces of matrix notation, each node once.

    Args:
        taken: names that stand for symbols or intermediates, so not for the size of a dimension.
        skew: the names of skew matrices, which are written without their transposes.
        sizes: names of dimensions, which no index letter has.
        user: the letters of the program.
    """

    def __init__(
        self,
        taken: Collection[str] = (),
        skew: Collection[str] = (),
        sizes: Collection[str] = (),
        user: UserLetters | None = None,
    ) -> None:
        self.skew = frozenset(skew)
        self.sizes = frozenset(sizes)
        self.taken = frozenset(taken)
        self.swap = "commutation" if COMMUTATION in self.taken else COMMUTATION
        self.known: dict[Key, TwoWay] = {}
        self.user = user or UserLetters()
        self.axes = DefinedAxes(self.user.heads)

    @cached_property
    def slices(self) -> "indexed.Slices":
        """What takes parts of arrays."""
        return indexed.Slices(self.known, self.piece)

    @cached_property
    def statements(self) -> "indexed.Statements":
        """What writes arrays of any number of axes."""
        return indexed.Statements(
            self.piece, self.known, self.taken, self.sizes, self.user, self.axes
        )

    def piece(self, node: Node) -> TwoWay:
        """A node upright and transposed, with all of its axes."""
        if len(node.axes) > 2:
            raise NoMatrixFormError
        piece = self.known.get(node.key)
        if piece is None:
            piece = self.known[node.key] = self._piece(node)
            if piece.upright.cost > LONGEST:
                raise LimitError(
                    f"the answer has a part of more than {LONGEST} symbols",
                    hint="give names to parts of the expression that are used more than once",
                )
        return piece

    def _piece(self, node: Node) -> TwoWay:
        match node:
            case Symbol() | Named():
                return notation.named(
                    node.name, len(node.axes), row=node.row, is_symmetric=is_symmetric(node)
                )
            case Constant(name):
                return self._constant(name)
            case Size(dim):
                return self._size(dim)
        try:
            return self._matrix(node)
        except NoMatrixFormError:
            return self.entries(node)

    def _constant(self, name: str) -> TwoWay:
        assert name == "pi", "no other number has a name"
        is_taken = name in self.taken
        tree = Call("arccos", (Number(Fraction(-1)),)) if is_taken else Name(name)
        return notation.scalar(tree, 1)

    def _size(self, dim: Dim) -> TwoWay:
        if self.taken & dim.names:
            ones = Call("ones", (dim.syntax(), Number(Fraction(1))))
            return notation.scalar(Call("sum", (ones,)), 4)
        return notation.scalar(dim.syntax(), len(str(dim).split()))

    def unfilled(
        self,
        node: Node,
        coefficient: Fraction = ONCE,
        *,
        absorb: bool = True,
        filled: bool = False,
    ) -> Unfilled:
        """A multiple of a node, without the axes that it is only repeated along.

        Args:
            node: the node.
            coefficient: what it is multiplied by.
            absorb: whether a minus sign may go into a difference among its factors.
            filled: whether to write those axes as ones.
        """
        if isinstance(node, Product):
            number = times(coefficient, node.coefficient)
            return self._product(node, number, absorb=absorb, filled=filled)
        if is_zero(node):
            zero, present = notation.scalar(ZERO, 1), (False,) * len(node.axes)
            return Unfilled(False, with_ones(zero, node.axes, present) if filled else zero, present)
        negative, present = coefficient.numerator < 0, (True,) * len(node.axes)
        if isinstance(node, Sum):
            takes_in = negative and is_mixed(node)
            array, present = self._sum(node, negate=takes_in)
            negative = negative and not takes_in
        else:
            array = self.piece(node)
        piece = notation.scaled(magnitude(coefficient), [], [], array)
        if filled and not all(present):
            return Unfilled(negative, with_ones(piece, node.axes, present), (True,) * len(present))
        return Unfilled(negative, piece, present, scalars_before(piece, array))

    def _sum(self, node: Sum, *, negate: bool = False) -> tuple[TwoWay, tuple[bool, ...]]:
        signed = with_pairs(node)
        if negate:
            signed = [(-coefficient, term) for coefficient, term in signed]
        terms, present = self._terms(signed, filled=False)
        if any(is_identity(term) for _, term in signed) and not _span_a_matrix(signed, terms):
            # A number beside an identity would be read as a multiple of that.
            terms, present = self._terms(signed, filled=True)
        piece = summed([(term.negative, term.piece) for term in terms])
        if len(present) == 1 and not all(term.present[0] for term in terms):
            piece = notation.transposed_as_a_whole(piece)
        if is_symmetric(node):
            piece = notation.symmetric(min(piece, key=with_short_start))
        return piece, present

    def _terms(
        self, signed: Sequence[tuple[Fraction, Node]], *, filled: bool
    ) -> tuple[Sequence[Unfilled], tuple[bool, ...]]:
        """The terms of a sum, and which axes one of them at least has."""
        added, every = factors_of_added(signed), (True,) * len(signed[0][1].axes)
        terms = [
            Unfilled(False, term, every)
            if isinstance(term, TwoWay)
            else self.unfilled(
                term[1], term[0], absorb=takes_its_sign(term[1], added), filled=filled
            )
            for term in self._with_blocks(signed)
        ]
        columns = zip(*(term.present for term in terms), strict=True)
        return terms, tuple(any(column) for column in columns)

    def _with_blocks(
        self, signed: Sequence[tuple[Fraction, Node]]
    ) -> Sequence[tuple[Fraction, Node] | TwoWay]:
        """The terms of a sum, those that are placed beside each other as blocks."""
        if any(isinstance(term, Product) and _selects(term) for _, term in signed):
            return indexed.with_grids(signed, self.piece)
        return signed

    def total(
        self,
        terms: Sequence[tuple[Fraction, Node]],
        coefficient: Fraction = ONCE,
        outside: Sequence[Factor] = (),
    ) -> TwoWay:
        """A sum of nodes with all of their axes, in the order given, times a number and scalars."""
        parts = [self.unfilled(node, own, filled=True) for own, node in terms]
        whole = parts[0]
        if len(parts) > 1:
            signed = [(part.negative, part.scalars, part.piece) for part in parts]
            whole = Unfilled(False, summed_by_ends(signed, terms[0][1].axes), ())
        over, under = scalars(outside, [self.piece(factor.node) for factor in outside], self.piece)
        piece = notation.scaled(coefficient, over, under, whole.piece)
        return whole._replace(piece=piece).signed

    def _map(self, node: Map) -> TwoWay:
        if node.function in COMPARISONS:
            node = with_bound_on_the_right(node)
        unfilled = [self.unfilled(argument) for argument in node.arguments]
        present = tuple(any(column) for column in zip(*(a.present for a in unfilled), strict=True))
        forms = zip(*(argument.signed for argument in unfilled), strict=True)
        upright, transposed = (applied(node, each) for each in forms)
        if node.function in COMPARISONS and not any(is_constant(a) for a in node.arguments):
            # Rounded alike on both sides: `C' w >= max(C' w)`, never `w' C >= max(C' w)`.
            transposed = notation.primed(upright)
        if is_symmetric(node):
            piece = notation.symmetric(upright)
        else:
            # Outside of the function where that is as short: `tanh(X)'`, not `tanh(X')`.
            piece = TwoWay(upright, transposed)
            piece = notation.transposed_as_a_whole(piece, unless_longer=True)
        return with_ones(piece, node.axes, present)

    def _product(
        self, node: Product, coefficient: Fraction, *, absorb: bool, filled: bool
    ) -> Unfilled:
        if _selects(node):
            found = self._of_selections(node, coefficient)
            if found is not None:
                return found
        if any(len(factor.node.axes) > 2 for factor in node.factors):
            return self._of_slices(node, coefficient)
        merged = Merged in map(type, node.result)
        # A product in other axes has its factors written anew, without a sign that one took in.
        absorb = absorb and Merged not in map(type, (*node.result, *all_indices(node.factors)))
        negative, pieces = self._factor_pieces(node, coefficient.numerator < 0, absorb=absorb)
        over, under = scalars(node.factors, pieces, self.piece)
        present = (True,) * len(node.axes)
        array = merged_piece(node, self.piece, self.swap) if merged else None
        if array is None:
            shown, conformed = self._conformed(node, pieces)
            if conformed is None:
                if merged or len(node.axes) > 2:
                    raise NoMatrixFormError
                entries = self.entries(replace(node, coefficient=abs(coefficient)))
                return Unfilled(coefficient < 0, entries, present)
            array, more, under = with_means(shown, conformed, under)
            over += more
            present = present_axes(shown)
        if filled and not all(present):
            array, present = with_ones(array, node.axes, present), (True,) * len(present)
        piece = notation.scaled(magnitude(coefficient), over, under, array)
        if node.symmetric:
            piece = notation.symmetric(notation.shorter(*piece))
        return Unfilled(negative, piece, present, scalars_before(piece, array))

    def _of_slices(self, node: Product, coefficient: Fraction) -> Unfilled:
        """A product with the Hessians of all entries of an array, as a sum over those entries."""
        array = self.statements.over_slices(node)
        if array is None:
            raise NoMatrixFormError
        scalar = [factor for factor in node.factors if not factor.indices]
        over, under = scalars(scalar, [self.piece(each.node) for each in scalar], self.piece)
        piece = notation.scaled(magnitude(coefficient), over, under, array)
        present = (True,) * len(node.axes)
        return Unfilled(coefficient < 0, piece, present, scalars_before(piece, array))

    def _of_selections(self, node: Product, coefficient: Fraction) -> Unfilled | None:
        """A product with places of axes: with slices, with blocks of zeros, or entry by entry.

        Nothing where labels alone choose places, and no slice says so.
        """
        present = (True,) * len(node.axes)
        sliced = self.slices.sliced(replace(node, coefficient=ONCE))
        if sliced is not None:
            found = self.unfilled(sliced, coefficient, filled=True)
            if not has_letters(found.piece.upright):
                return found
        if not any(isinstance(factor.node, Selection) for factor in node.factors):
            return None
        array = self.slices.placed(node)
        if array is None:
            entries = self.entries(replace(node, coefficient=abs(coefficient)))
            return Unfilled(coefficient < 0, entries, present)
        over, under = scalars(node.factors, [self.piece(f.node) for f in node.factors], self.piece)
        piece = notation.scaled(magnitude(coefficient), over, under, array)
        return Unfilled(coefficient < 0, piece, present, scalars_before(piece, array))

    def _conformed(
        self, node: Product, pieces: Sequence[TwoWay]
    ) -> tuple[Product, Conformed | None]:
        """What a product comes to, and the product itself, perhaps with merged axes made one."""
        found = None if Merged in map(type, node.result) else conform(node, pieces)
        whole = with_whole_axes(node) if found is None else None
        if whole is None:
            return node, found
        try:
            return whole, conform(whole, [self._matrix(factor.node) for factor in whole.factors])
        except NoMatrixFormError:
            return node, None

    def _matrix(self, node: Node) -> TwoWay:
        """A node upright and transposed, in matrix notation."""
        match node:
            case Product() | Sum():
                return self.unfilled(node, filled=True).signed
            case Map():
                return self._map(node)
            case Function():
                return function(node, [self.piece(each) for each in node.arguments])
            case Selection():
                raise NoMatrixFormError
        return self.piece(node)

    def entries(self, node: Node, heads: Heads = (), axes: Sequence[Dim] = ()) -> TwoWay:
        """A node entry by entry, with letters that mean nothing else."""
        return self.statements.entries(node, heads, axes)

    def _factor_pieces(
        self, node: Product, negative: bool, *, absorb: bool
    ) -> tuple[bool, list[TwoWay]]:
        """The notation of each factor; a minus sign may go into a difference among them."""
        pieces = []
        for factor in node.factors:
            inner = factor.node
            if absorb and negative and can_be_negated(factor, node):
                assert isinstance(inner, Sum)
                piece, present = self._sum(inner, negate=True)
                piece, negative = with_ones(piece, inner.axes, present), False
            else:
                piece = self.piece(inner)
            pieces.append(piece)
        return negative, pieces


def _selects(node: Product) -> bool:
    """Whether factors of a product choose places of an axis."""
    return any(selects(factor.node) for factor in node.factors)


def _span_a_matrix(signed: Sequence[tuple[Fraction, Node]], terms: Sequence[Unfilled]) -> bool:
    """Whether each term that is no identity has an axis, and together they have both."""
    if len(signed) != len(terms):
        return False
    pairs = zip(signed, terms, strict=True)
    present = [term.present for (_, node), term in pairs if not is_identity(node)]
    return all(map(any, present)) and all(map(any, zip(*present, strict=True)))
