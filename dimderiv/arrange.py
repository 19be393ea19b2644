"""From nodes to matrix notation: what each kind of node looks like, with both of its faces."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from dimderiv import notation
from dimderiv.conform import Conformed, conform, norm_of, squared
from dimderiv.errors import LimitError, NotDifferentiableError
from dimderiv.graph import (
    Constant,
    Factor,
    Function,
    Key,
    Map,
    Merged,
    Named,
    Node,
    Product,
    Size,
    Sum,
    Symbol,
    is_symmetric,
    is_triangle,
    is_zero,
    letters_of,
)
from dimderiv.index_form import index_form
from dimderiv.kronecker import merged_piece
from dimderiv.language.syntax import Add, Binary, Call, Name, Number
from dimderiv.language.syntax import Node as Tree
from dimderiv.language.vocabulary import COMMUTATION, COMPARISONS
from dimderiv.notation import Face, Piece
from dimderiv.products import product, transposed
from dimderiv.shapes import ONE, Dim
from dimderiv.skew import without_transposes
from dimderiv.sums import add, terms, total

LONGEST = 100_000


class NoMatrixFormError(NotDifferentiableError):
    """A node with more than two axes, or with merged ones that do not come apart."""

    def __init__(self) -> None:
        super().__init__(
            "the derivative has a part with more than two axes, which cannot be written",
            hint="derive a scalar, or name an intermediate result and derive in two steps",
        )


class Loose(NamedTuple):
    """A positive piece that may lack axes it is only repeated along, and its sign."""

    negative: bool
    piece: Piece
    present: tuple[bool, ...]


class Arranger:
    """Writes nodes in matrix notation, each node once.

    Args:
        taken: names that stand for symbols or intermediates, so not for the size of a dimension.
        skew: the names of skew matrices, which are written without their transposes.
    """

    def __init__(self, taken: Collection[str] = (), skew: Collection[str] = ()) -> None:
        self.skew = frozenset(skew)
        self.taken = frozenset(taken)
        self.swap = "commutation" if COMMUTATION in self.taken else COMMUTATION
        self.known: dict[Key, Piece] = {}

    def tree(self, node: Node, *, row: bool = False) -> Tree:
        """The notation of a node; one with a single axis as a column, or as a row."""
        return self.shown(self.piece(node), turned=row)

    def shown(self, piece: Piece, *, turned: bool = False) -> Tree:
        """What is printed of a piece, or of its transpose."""
        tree = (piece.flipped if turned else piece.straight).tree
        return without_transposes(tree, self.skew) if self.skew else tree

    def piece(self, node: Node) -> Piece:
        """Both faces of a node, with all of its axes."""
        if len(node.axes) > 2:
            raise NoMatrixFormError
        piece = self.known.get(node.key)
        if piece is None:
            piece = self.known[node.key] = self._piece(node)
            if piece.straight.cost > LONGEST:
                raise LimitError(
                    f"the answer has a part of more than {LONGEST} symbols",
                    hint="give names to parts of the expression that are used more than once",
                )
        return piece

    def _piece(self, node: Node) -> Piece:
        match node:
            case Symbol() | Named():
                return notation.named(
                    node.name, len(node.axes), row=node.row, is_symmetric=is_symmetric(node)
                )
            case Constant(name):
                return notation.scalar(Name(name), 1)
            case Size(dim):
                return self._size(dim)
            case Map():
                return self._map(node)
            case Function():
                return self._function(node)
            case _:
                return self._filled(node)

    def _size(self, dim: Dim) -> Piece:
        if self.taken & dim.names:
            ones = Call("ones", (dim.syntax(), Number(Fraction(1))))
            return notation.scalar(Call("sum", (ones,)), 4)
        return notation.scalar(dim.syntax(), len(str(dim).split()))

    def _filled(self, node: Sum | Product) -> Piece:
        """A node with the axes that it is only repeated along written as ones."""
        try:
            loose = self.loose(node)
        except NoMatrixFormError:
            if len(node.axes) > 2:
                raise
            return index_form(node, self.piece)
        piece = self._whole(loose, node)
        return notation.negative(piece) if loose.negative else piece

    def _size_tree(self, dim: Dim) -> Tree:
        return dim.syntax()

    def loose(
        self, node: Node, coefficient: Fraction = Fraction(1), *, absorb: bool = True
    ) -> Loose:
        """A multiple of a node, without the axes that it is only repeated along.

        Args:
            node: the node.
            coefficient: what it is multiplied by.
            absorb: whether a minus sign may go into a difference among its factors.
        """
        if isinstance(node, Product):
            return self._product(node, coefficient * node.coefficient, absorb=absorb)
        negative, size = coefficient < 0, abs(coefficient)
        everywhere = (True,) * len(node.axes)
        if is_zero(node):
            zero = notation.scalar(Number(Fraction(0)), 1)
            return Loose(False, zero, (False,) * len(node.axes))
        if not isinstance(node, Sum):
            piece = self.piece(node)
            return Loose(
                negative, piece if size == 1 else notation.scaled(size, [], [], piece), everywhere
            )
        inner, present = self._sum(node, negate=negative and _is_mixed(node))
        return Loose(
            negative and not _is_mixed(node),
            inner if size == 1 else notation.scaled(size, [], [], inner),
            present,
        )

    def _sum(self, node: Sum, *, negate: bool = False) -> tuple[Piece, tuple[bool, ...]]:
        sign = -1 if negate else 1
        signed = [(sign * coefficient, term) for coefficient, term in _with_pairs(node)]
        added = _factors_of_added(signed)
        terms = [self.loose(term, c, absorb=_turns(term, added)) for c, term in signed]
        if any(_is_identity(term) for _, term in signed):
            terms = [
                self._filled_term(loose, c, term)
                for loose, (c, term) in zip(terms, signed, strict=True)
            ]
        present = tuple(any(column) for column in zip(*(t.present for t in terms), strict=True))
        piece = notation.summed([(term.negative, term.piece) for term in terms])
        if len(present) == 1 and not all(term.present[0] for term in terms):
            piece = notation.turned_as_a_whole(piece)
        if is_symmetric(node):
            piece = notation.symmetric(min(piece, key=_with_short_start))
        return piece, present

    def _filled_term(self, loose: Loose, coefficient: Fraction, node: Node) -> Loose:
        """A term beside an identity, where a number would be read as a multiple of that."""
        everywhere = (True,) * len(node.axes)
        if any(loose.present) or not isinstance(node, Product):
            return Loose(loose.negative, self._whole(loose, node), everywhere)
        over, under = self._scalars(node.factors, [self.piece(f.node) for f in node.factors])
        number = abs(coefficient * node.coefficient)
        piece = notation.scaled(number, over, under, _ones(*node.axes))
        return Loose(loose.negative, piece, everywhere)

    def total(
        self,
        terms: Sequence[tuple[Fraction, Node]],
        coefficient: Fraction = Fraction(1),
        scalars: Sequence[Factor] = (),
    ) -> Piece:
        """A sum of nodes with all of their axes, in the order given, times a number and scalars."""
        signed = []
        for own, node in terms:
            loose = self.loose(node, own)
            signed.append((loose.negative, self._whole(loose, node)))
        negative, piece = signed[0] if len(signed) == 1 else (False, notation.summed(signed))
        over, under = self._scalars(scalars, [self.piece(factor.node) for factor in scalars])
        piece = notation.scaled(coefficient, over, under, piece)
        return notation.negative(piece) if negative else piece

    def _whole(self, loose: Loose, node: Node) -> Piece:
        """A piece with the axes that it is only repeated along written as ones."""
        if all(loose.present):
            return loose.piece
        return _repeated(loose.piece, node.axes, loose.present, self._size_tree)

    def _map(self, node: Map) -> Piece:
        if node.function in COMPARISONS:
            node = _with_bound_on_the_right(node)
        loose = [self.loose(argument) for argument in node.arguments]
        present = tuple(any(column) for column in zip(*(a.present for a in loose), strict=True))
        pieces = [notation.negative(a.piece) if a.negative else a.piece for a in loose]
        straight = _applied(node, [piece.straight for piece in pieces])
        flipped = _applied(node, [piece.flipped for piece in pieces])
        if node.function in COMPARISONS and not any(_is_constant(a) for a in node.arguments):
            # Rounded alike on both sides: `C' w >= max(C' w)`, never `w' C >= max(C' w)`.
            flipped = notation.transposed(straight)
        symmetric = is_symmetric(node)
        piece = notation.symmetric(straight) if symmetric else Piece(straight, flipped)
        if not symmetric:
            # Outside of the function where that is as short: `tanh(X)'`, not `tanh(X')`.
            piece = notation.turned_as_a_whole(piece, unless_longer=True)
        return piece if all(present) else _repeated(piece, node.axes, present, self._size_tree)

    def _function(self, node: Function) -> Piece:
        pieces = [self.piece(argument) for argument in node.arguments]
        if is_triangle(node):
            straight, flipped = pieces[0]
            return Piece(notation.call("tril", straight), notation.call("triu", flipped))
        argument = node.arguments[0]
        if node.side != "either":
            return _of_unknown(node, pieces[0])
        if not node.axes and (not node.over or len(node.over) == len(argument.axes)):
            shortest = min(pieces[0], key=lambda face: face.cost)
            if node.function in {"max", "min"}:
                shortest = pieces[0].straight
            return notation.symmetric(notation.call(node.function, shortest))
        if not node.over:
            return self._of_matrices(node, pieces)
        if len(node.axes) == len(argument.axes):
            return self._along(node, pieces[0])
        reduced = notation.call(node.function, pieces[0].straight, axis=node.over[0])
        if node.over[0] == 1:
            return notation.two_faced(reduced, notation.transposed(reduced))
        return notation.two_faced(notation.transposed(reduced), reduced)

    def _of_matrices(self, node: Function, pieces: Sequence[Piece]) -> Piece:
        """A function of whole matrices, at its arguments or at their transposes."""
        straight = notation.call(node.function, *(piece.straight for piece in pieces))
        if is_symmetric(node):
            return notation.symmetric(straight)
        flipped = notation.call(node.function, *(piece.flipped for piece in pieces))
        if len(node.axes) == 1:
            return _column(straight)
        back, around = notation.transposed(straight), notation.transposed(flipped)
        # A map is better read as the adjoint one than transposed: `dexpm(A', G)`.
        turned = _shorter(flipped, back) if len(pieces) > 1 else _shorter(back, flipped)
        return Piece(_shorter(straight, around), turned)

    def _along(self, node: Function, piece: Piece) -> Piece:
        """A function of rows: of a matrix the straight face, of a vector either."""
        straight = notation.call(node.function, piece.straight)
        if len(node.axes) == 1:
            flipped = notation.call(node.function, piece.flipped)
            return notation.two_faced(straight, _shorter(notation.transposed(straight), flipped))
        return notation.two_faced(straight, notation.transposed(straight))

    def _product(self, node: Product, coefficient: Fraction, *, absorb: bool) -> Loose:
        merged = any(isinstance(index, Merged) for index in node.result)
        absorb = absorb and not merged
        negative, pieces = self._factor_pieces(node, coefficient < 0, absorb=absorb)
        over, under = self._scalars(node.factors, pieces)
        used = {letter for factor in node.factors for letter in letters_of(factor.indices)}
        letters = [set(letters_of((index,))) for index in node.result]
        diagonal = len(set(node.result)) < len(node.result)
        present = tuple(diagonal or letter <= used for letter in letters)
        if merged:
            array = merged_piece(node, self.piece, self.swap)
            present = (True,) * len(node.axes)
            if array is None:
                raise NoMatrixFormError
        else:
            conformed = conform(node, pieces)
            if conformed is None:
                everywhere = (True,) * len(node.axes)
                return Loose(coefficient < 0, self._entries(node, coefficient), everywhere)
            array, scalars, under = _with_means(node, conformed, under)
            over += scalars
        piece = notation.scaled(abs(coefficient), over, under, array)
        if node.symmetric:
            piece = notation.symmetric(min(piece, key=lambda face: face.cost))
        return Loose(negative, piece, present)

    def _entries(self, node: Product, coefficient: Fraction) -> Piece:
        """A product that no matrix notation reaches."""
        if len(node.axes) > 2:
            raise NoMatrixFormError
        bare = replace(node, coefficient=abs(coefficient))
        return index_form(bare, self.piece)

    def _factor_pieces(
        self, node: Product, negative: bool, *, absorb: bool
    ) -> tuple[bool, list[Piece]]:
        """The notation of each factor; a minus sign may go into a difference among them."""
        pieces = []
        for factor in node.factors:
            inner = factor.node
            if absorb and negative and _can_turn(factor, node):
                assert isinstance(inner, Sum)
                piece, present = self._sum(inner, negate=True)
                if not all(present):
                    piece = _repeated(piece, inner.axes, present, self._size_tree)
                negative = False
            else:
                piece = self.piece(inner)
            pieces.append(piece)
        return negative, pieces

    def _scalars(
        self, factors: Sequence[Factor], pieces: Sequence[Piece]
    ) -> tuple[list[Face], list[Face]]:
        over: list[Face] = []
        under: list[Face] = []
        for factor, piece in zip(factors, pieces, strict=True):
            if not factor.indices:
                side = over if factor.power > 0 else under
                side.append(self._scalar_power(factor.node, piece, abs(factor.power)))
        for factor, piece in zip(factors, pieces, strict=True):
            size = _summed_size(factor, piece)
            if size is not None and size in [face.tree for face in under]:
                under = [face for face in under if face.tree != size]
                calls = {id(piece.straight.tree)}
                over = [notation.mean_for_sum(face, calls) for face in over]
        return over, under

    def _scalar_power(self, node: Node, piece: Piece, power: Fraction) -> Face:
        root = _root(node)
        if root is None:
            return notation.power(piece.straight, power, entrywise=False)
        rank, array = len(root.axes), self.piece(root)
        if power == 1:
            return squared(array, rank)
        return notation.power(norm_of(array, rank), 2 * power, entrywise=False)


def _of_unknown(node: Function, argument: Piece) -> Piece:
    """A declared function, or a derivative of it, whose argument lies as it was declared."""
    is_row = node.side == "row"
    value = notation.call(node.function, argument.flipped if is_row else argument.straight)
    if not node.axes or is_symmetric(node):
        return notation.symmetric(value)
    turned = notation.transposed(value)
    return notation.two_faced(turned, value) if is_row else notation.two_faced(value, turned)


def _shorter(first: Face, second: Face) -> Face:
    """The face that costs less to read; the first where both are the same."""
    return second if second.cost < first.cost else first


def _with_means(
    node: Product, found: Conformed, under: list[Face]
) -> tuple[Piece | None, list[Face], list[Face]]:
    """The array and the scalars, with a sum that is divided by the size of its axis as a mean."""
    for size in under:
        letters = [i for _, i in found.sums if node.dims[i].syntax() == size.tree]
        if letters:
            # The size divides one sum only, though others may run along axes of the same size.
            calls = {id(call) for call, i in found.sums if i == letters[0]}
            rest = [face for face in under if face is not size]
            piece = found.piece and notation.with_means(found.piece, calls)
            return piece, [notation.mean_for_sum(face, calls) for face in found.scalars], rest
    return found.piece, found.scalars, under


def _with_short_start(face: Face) -> tuple[float, int]:
    """Orders faces of equal cost by their first term: `A + A'`, not `A' + A`."""
    first = face.tree.terms[0] if isinstance(face.tree, Add) else face.tree
    return face.cost, notation.symbols(first)


def _column(face: Face) -> Piece:
    return notation.two_faced(face, notation.transposed(face))


def _with_bound_on_the_right(node: Map) -> Map:
    """A comparison with 0 by what moves: `1 - u > 0` is `u < 1`, and `-u > 0` is `u < 0`."""
    moving, bound = node.arguments
    if not is_zero(bound):
        return node
    constants = [term for term in terms(moving) if _is_constant(term[1])]
    others = [(-c, term) for c, term in terms(moving) if not _is_constant(term)]
    if not others or any(coefficient < 0 for coefficient, _ in others):
        return node
    turned = node.function.translate(str.maketrans("<>", "><"))
    sides = total(others, node.axes), total(constants, node.axes)
    return Map(turned, sides, node.axes, node.key, node.weight, node.symmetric)


def _is_identity(node: Node) -> bool:
    return (
        isinstance(node, Product)
        and node.result == (0, 0)
        and not any(factor.indices for factor in node.factors)
    )


def _is_constant(node: Node) -> bool:
    return is_zero(node) or (isinstance(node, Product) and not node.factors)


def _summed_size(factor: Factor, piece: Piece) -> Tree | None:
    """The size of the axis that a scalar factor is the plain sum along."""
    match factor.node, piece.straight.tree:
        case Product(dims=(dim,)), Call("sum") if factor.power == 1:
            return dim.syntax()
        case _:
            return None


def _is_mixed(node: Sum) -> bool:
    """Whether a sum has a term that is subtracted: its negative is no longer than itself."""
    return any(coefficient < 0 for coefficient, _ in node.terms)


def _can_turn(factor: Factor, product: Product) -> bool:
    """Whether a factor is a difference that may be turned around: it stands there only once."""
    if factor.power != 1 or not isinstance(factor.node, Sum) or not _is_mixed(factor.node):
        return False
    return sum(other.node.key == factor.node.key for other in product.factors) == 1


def _with_pairs(node: Sum) -> Sequence[tuple[Fraction, Node]]:
    """The terms of a sum, each beside its transpose: `2 (A + A') + B`, `A + A' - A .* I`."""
    if len(node.axes) != 2 or node.axes[0] != node.axes[1] or len(node.terms) < 3:
        return node.terms
    at = {term.key: k for k, (_, term) in enumerate(node.terms)}
    paired: list[tuple[Fraction, Node]] = []
    done: set[int] = set()
    for k, (coefficient, term) in enumerate(node.terms):
        if k in done:
            continue
        other = k if is_symmetric(term) else at.get(transposed(term).key, k)
        turned = node.terms[other]
        done.add(other)
        if other == k or coefficient != turned[0]:
            paired += [(coefficient, term)] if other == k else [(coefficient, term), turned]
        elif abs(coefficient) == 1:
            paired += [(coefficient, term), turned]
        else:
            paired.append((coefficient, add(term, turned[1])))
    return paired


def _factors_of_added(terms: Sequence[tuple[Fraction, Node]]) -> set[Key]:
    """The factors of the terms that are added, not subtracted."""
    return {
        factor.node.key
        for coefficient, term in terms
        if coefficient > 0 and isinstance(term, Product)
        for factor in term.factors
    }


def _turns(node: Node, added: Collection[Key]) -> bool:
    """Whether a term may take in its minus sign: not if an added term has the same difference."""
    if not isinstance(node, Product):
        return True
    return not any(_can_turn(f, node) and f.node.key in added for f in node.factors)


def _root(node: Node) -> Node | None:
    """The array whose squares a scalar is the sum of."""
    if not isinstance(node, Product) or node.axes or node.coefficient != 1:
        return None
    if not node.factors or len(node.dims) not in (1, 2):
        return None
    if any(factor.power != 2 or not factor.indices for factor in node.factors):
        return None
    if any(not isinstance(index, int) for factor in node.factors for index in factor.indices):
        return None
    factors = [factor._replace(power=Fraction(1)) for factor in node.factors]
    return product(Fraction(1), factors, tuple(range(len(node.dims))), node.dims)


def _applied(node: Map, faces: Sequence[Face]) -> Face:
    if node.function in COMPARISONS:
        tree = Binary(node.function, faces[0].tree, faces[1].tree)  # type: ignore[arg-type]
        return Face(tree, faces[0].cost + faces[1].cost + 1)
    if node.function == "power":
        return notation.joined(".^" if node.axes else "^", faces[0], faces[1])
    return notation.call(node.function, *faces)


def _repeated(piece: Piece, axes: Sequence[Dim], present: Sequence[bool], size: object) -> Piece:
    """A piece times ones, so that it has the axes that it lacks."""
    missing = [dim for dim, there in zip(axes, present, strict=True) if not there]
    if len(axes) == 1:
        ones = _ones(missing[0], ONE)
        return (
            notation.scaled(Fraction(1), [piece.straight], [], ones) if not _is_one(piece) else ones
        )
    if len(missing) == 2:
        ones = _ones(missing[0], missing[1])
        return (
            notation.scaled(Fraction(1), [piece.straight], [], ones) if not _is_one(piece) else ones
        )
    if present[0]:
        return notation.matrix_product([piece, _ones(missing[0], ONE).turned])
    return notation.matrix_product([_ones(missing[0], ONE), piece])


def _is_one(piece: Piece) -> bool:
    return piece.straight.tree == Number(Fraction(1))


def _ones(rows: Dim, cols: Dim) -> Piece:
    return Piece(
        Face(Call("ones", (rows.syntax(), cols.syntax())), 3),
        Face(Call("ones", (cols.syntax(), rows.syntax())), 3),
    )
