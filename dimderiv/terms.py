"""One labelled product as a reader meets it: in scalar order, arranged, and with the reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from dimderiv import notation
from dimderiv.arrange import Arranger
from dimderiv.arrangements import Chain, Count, Link, Mismatch, as_chain, count, mismatch, product_shape
from dimderiv.graph import (
    Factor,
    Index,
    Merged,
    Named,
    Node,
    Product,
    Shifted,
    Symbol,
    is_symmetric,
    letters_of,
    rows_sum_to_one,
)
from dimderiv.language import syntax
from dimderiv.language.syntax import Add, Binary, Call, Entry, Name, Negative, Number, Transpose
from dimderiv.notation import Face
from dimderiv.partials import Labelled
from dimderiv.reasons import Bag, Equation, Placed, Reason, reasons
from dimderiv.shapes import ONE, SCALAR, Dim, Shape

Tree = syntax.Node

INDEX_LETTERS = "ijklpqrstuvabcdefgh"


class Shown(NamedTuple):
    """A formula and its shape."""

    tree: Tree
    shape: Shape


@dataclass(frozen=True)
class Term:
    """A product of the factors that the scalar rule gives, and how it is arranged.

    Attributes:
        prefix: the number and the scalars before the arrays; nothing where they are 1.
        factors: the arrays in scalar order, what arrives from above last.
        mismatch: where that order does not conform.
        shape_as_is: the shape that the order has as it stands, where it conforms.
        value: the arrangement.
        shape: its shape.
        chain: the arrangement as a sequence of factors, where it is a plain matrix product.
        count: how many orders and transposes have that shape.
        letters: the product entry by entry.
        ambiguous: whether two different axes have the same size, so that shapes say less.
        reasons: why it is arranged so.
    """

    prefix: Tree | None
    factors: tuple[Shown, ...]
    mismatch: Mismatch | None
    shape_as_is: Shape | None
    value: Tree
    shape: Shape
    chain: Chain | None
    count: Count | None
    letters: Equation | None
    ambiguous: bool
    reasons: tuple[Reason, ...]


class Writer:
    """Writes nodes as formulas with shapes.

    Args:
        arranger: knows the short names.
        taken: names that no index letter may have.
    """

    def __init__(self, arranger: Arranger, taken: set[str]) -> None:
        self.arranger = arranger
        self.letters = [letter for letter in INDEX_LETTERS if letter not in taken]

    def is_row(self, node: Node) -> bool:
        """Whether a node with a single axis is better read as a row."""
        if len(node.axes) != 1:
            return False
        if isinstance(node, (Symbol, Named)):
            return node.row
        piece = self.arranger.piece(node)
        return piece.flipped.cost < piece.straight.cost

    def shape(self, node: Node, *, row: bool) -> Shape:
        """The shape in which a node with at most two axes is read."""
        if not node.axes:
            return SCALAR
        if len(node.axes) == 1:
            return Shape(ONE, node.axes[0]) if row else Shape(node.axes[0], ONE)
        return Shape(node.axes[0], node.axes[1])

    def shown(self, node: Node) -> Shown:
        """A node, without the axes that it is only repeated along, and its shape."""
        row = self.is_row(node)
        loose = self.arranger.loose(node)
        piece = notation.negative(loose.piece) if loose.negative else loose.piece
        return Shown((piece.flipped if row else piece.straight).tree, self.shape(node, row=row))

    def term(self, labelled: Labelled, target: Target) -> Term:
        """A labelled product as a reader meets it.

        Args:
            labelled: the product, what arrives from above first.
            target: what it is the derivative by.
        """
        lettered = opened(labelled)
        letters = self._entries(lettered, target)
        if max(len(f.node.axes) for f in labelled.factors) > 2 or len(labelled.result) > 2:
            return Term.of_entries(letters)
        merged = _without_identities(lettered)
        scalars = [factor for factor in merged.factors if not factor.indices]
        arrays = target.ordered([factor for factor in merged.factors if factor.indices])
        shown = [self._raised(factor) for factor in arrays]
        value = self.arranger.tree(labelled.node, row=target.row)
        links = [
            Link(formula.tree, formula.shape, is_symmetric(factor.node))
            for formula, factor in zip(shown, arrays, strict=True)
        ]
        chain = as_chain(value, links, {self.arranger.tree(f.node) for f in scalars})
        placed = [
            Placed(formula.tree, f.indices, f.power == 1 and rows_sum_to_one(f.node))
            for formula, f in zip(shown, arrays, strict=True)
        ]
        bag = Bag(tuple(placed), merged.result, self._axes(merged), target.operand)
        return Term(
            prefix=self._prefix(merged.coefficient, scalars),
            factors=tuple(shown),
            order=Order.none() if is_convolution(merged) else Order.of(links, target.shape, chain),
            value=value,
            shape=target.shape,
            letters=letters,
            is_ambiguous=_is_ambiguous(merged),
            reasons=_slid(bag) if is_convolution(merged) else reasons(bag, chain),
        )

    def _raised(self, factor: Factor) -> Shown:
        shown = self.shown(factor.node)
        if factor.power == 1:
            return shown
        face = notation.power(Face(shown.tree, 1), abs(factor.power), entrywise=True)
        tree = face.tree if factor.power > 0 else Binary("./", Number(Fraction(1)), face.tree)
        return Shown(tree, shown.shape)

    def _prefix(self, coefficient: Fraction, scalars: Sequence[Factor]) -> Tree | None:
        tree = scalar_product(
            coefficient, [(self.arranger.tree(f.node), f.power) for f in scalars], erased=False
        )
        return None if tree == Number(Fraction(1)) else tree

    def _axes(self, term: Labelled) -> dict[int, Tree]:
        """How each letter is written: as its size, where no other letter has the same."""
        if not _is_ambiguous(term):
            return {letter: dim.syntax() for letter, dim in enumerate(term.dims)}
        return {letter: Name(name) for letter, name in self._names(term).items()}

    def _names(self, term: Labelled) -> dict[int, str]:
        order = dict.fromkeys(
            [*letters_of(term.result), *(i for f in term.factors for i in letters_of(f.indices))]
        )
        return dict(zip(order, self.letters, strict=False))

    def _entries(self, term: Labelled, name: Tree) -> Equation | None:
        indices = [index for factor in term.factors for index in factor.indices]
        if any(isinstance(index, Merged) for index in (*term.result, *indices)):
            return None
        names = self._names(term)
        written: list[tuple[Tree, Fraction]] = []
        for factor in [f for f in term.factors if not f.indices] + _upstream_last(
            [f for f in term.factors if f.indices]
        ):
            tree = self.shown(factor.node).tree if factor.indices else self.arranger.tree(factor.node)
            if factor.indices:
                tree = Entry(tree, tuple(_index(index, names) for index in factor.indices))
            written.append((tree, factor.power))
        left = Entry(name, tuple(_index(index, names) for index in term.result))
        right = scalar_product(term.coefficient, written, erased=False)
        return Equation((left if term.result else name, right))


def _is_convolution(term: Labelled) -> bool:
    indices = [index for factor in term.factors for index in factor.indices]
    return any(isinstance(index, Shifted) for index in (*term.result, *indices))


def _convolved(bag: Bag, term: Labelled) -> tuple[Reason, ...]:
    """What a kernel slides over, by the sizes of the first axis."""
    if any(isinstance(index, Shifted) for index in term.result):
        return (Reason("slid_full", {"operand": bag.operand}),)
    return (Reason("slid_valid", {"operand": bag.operand}),)


def _index(index: Index, names: Mapping[int, str]) -> Tree:
    if isinstance(index, int):
        return Name(names[index])
    return Add(tuple(Name(names[letter]) for letter in index.letters))


def _upstream_last(factors: list[Factor]) -> list[Factor]:
    return [*factors[1:], factors[0]] if factors else factors


def _is_ambiguous(term: Labelled) -> bool:
    """Whether the sizes of the letters that occur do not tell them apart, or are mere numbers."""
    used = dict.fromkeys(
        [*letters_of(term.result), *(i for f in term.factors for i in letters_of(f.indices))]
    )
    dims = [term.dims[letter] for letter in used]
    return len(set(dims)) < len(dims) or any(dim.number is not None for dim in dims)


def opened(term: Labelled) -> Labelled:
    """A labelled product in which what arrives is opened, where it is itself a plain product."""
    arriving, *rest = term.factors
    node = arriving.node
    if not isinstance(node, Product) or not _is_transparent(node):
        return term
    place = dict(zip(node.result, arriving.indices, strict=True))
    inner = [f._replace(indices=tuple(place[i] for i in f.indices)) for f in node.factors]
    scalars = [factor for factor in inner if not factor.indices]
    arrays = [factor for factor in inner if factor.indices]
    return Labelled(
        term.coefficient * node.coefficient, (*arrays, *rest, *scalars), term.result, term.dims
    )


def _is_transparent(node: Product) -> bool:
    plain = all(isinstance(index, int) for index in node.result)
    distinct = len(set(node.result)) == len(node.result)
    inner = {i for factor in node.factors for i in factor.indices}
    return plain and distinct and inner <= set(node.result)


def _is_identity(factor: Factor) -> bool:
    node = factor.node
    return isinstance(node, Product) and not node.factors and node.result == (0, 0)


def _without_identities(term: Labelled) -> Labelled:
    """The product with the two letters of each identity made one, and arrays of ones left out."""
    factors, result = list(term.factors), term.result
    for factor in term.factors:
        if not isinstance(factor.node, Product) or factor.node.factors:
            continue
        factors.remove(factor)
        if _is_identity(factor):
            kept, gone = factor.indices
            if gone in result:
                kept, gone = gone, kept
            swap = {gone: kept}
            factors = [
                f._replace(indices=tuple(swap.get(i, i) for i in f.indices)) for f in factors
            ]
            result = tuple(swap.get(index, index) for index in result)
    return Labelled(term.coefficient, tuple(factors), result, term.dims)


def scalar_product(
    coefficient: Fraction, factors: Sequence[tuple[Tree, Fraction]], *, erased: bool = True
) -> Tree:
    """Factors as a product of scalars.

    Args:
        coefficient: the number in front.
        factors: formulas and their powers.
        erased: whether to write arrays as the scalars that they would be.
    """
    sides: tuple[list[Face], list[Face]] = ([], [])
    for tree, power in factors:
        face = Face(as_scalar(tree) if erased else tree, 1)
        sides[power < 0].append(notation.power(face, abs(power), entrywise=False))
    tree = notation.scaled(abs(coefficient), sides[0], sides[1], None).straight.tree
    return Negative(tree) if coefficient < 0 else tree


_NAMES_OF_SCALARS = {"logdet": "log", "softmax": "softmax"}
_ERASED = frozenset({"sum", "tr", "diag", "vec", "det", "mean"})


def as_scalar(tree: Tree) -> Tree:
    """A formula as if everything in it were a scalar."""

    def change(part: Tree) -> Tree | None:
        match part:
            case Transpose(operand):
                return as_scalar(operand)
            case Binary(".*", left, right):
                return Binary("*", as_scalar(left), as_scalar(right))
            case Binary("./", left, right):
                return Binary("/", as_scalar(left), as_scalar(right))
            case Binary(".^", left, right):
                return Binary("^", as_scalar(left), right)
            case Call("norm2" | "normF", (argument,)):
                return Call("abs", (as_scalar(argument),))
            case Call("inv" | "pinv", (argument,)):
                return Binary("/", Number(Fraction(1)), as_scalar(argument))
            case Call("logdet", (argument,)):
                return Call("log", (as_scalar(argument),))
            case Call("max" | "min", (argument,)):
                return None
            case Call(function, (argument,)) if function in _ERASED:
                return as_scalar(argument)
            case Call("ones"):
                return Number(Fraction(1))
            case _:
                return None

    return syntax.replaced(tree, change)
