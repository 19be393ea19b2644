"""What a network of letters is made of: edges, the parts along them, and what those come to.

Parts along one edge, or on one letter, are multiplied entry by entry.
"""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from dimderiv.conform import notation
from dimderiv.conform.notation import Form, TwoWay
from dimderiv.graph import ONCE
from dimderiv.language import COMPARISONS, Add, Binary, Call, Name, Transpose, Tree

ENTRYWISE = frozenset({".*", "./", ".^"})


class Power(NamedTuple):
    """A piece raised to a power, and where it stood among the factors."""

    piece: TwoWay
    power: Fraction
    place: int

    @property
    def other_way(self) -> "Power":
        """The part with its piece transposed."""
        return Power(self.piece.other_way, self.power, self.place)

    def raised(self, power: Fraction) -> TwoWay:
        """The piece to the size of a power, entry by entry."""
        if power is ONCE or power == 1:
            return self.piece
        return TwoWay(*(notation.power(form, power, entrywise=True) for form in self.piece))


class Edge(NamedTuple):
    """Parts that run from one letter to another and are multiplied entry by entry."""

    start: int
    end: int
    parts: tuple[Power, ...]

    @property
    def reversed(self) -> "Edge":
        """The edge from its end to its start."""
        return Edge(self.end, self.start, tuple([part.other_way for part in self.parts]))

    def leaving(self, letter: int) -> "Edge":
        """This edge, reversed where needed, so that it starts at a letter."""
        return self if self.start == letter else self.reversed


def array(parts: Iterable[Power]) -> TwoWay:
    """Parts multiplied entry by entry, in the order of the factors, divided by those below."""
    ordered = sorted(parts, key=lambda part: part.place)
    if len(ordered) == 1 and ordered[0].power is ONCE:
        return ordered[0].piece
    triangles = [part for part in ordered if part.piece.triangle]
    if triangles and len(ordered) > 1:
        rest = [part for part in ordered if part is not triangles[0]]
        return notation.triangle_of(triangles[0].piece, array(rest))
    ordered = _with_powers_shared(_with_names_first_below(ordered))
    over = [part.raised(part.power) for part in ordered if part.power.numerator > 0]
    if len(over) == 2 and _is_function_before_name(*[piece.upright.tree for piece in over]):
        over.reverse()
    under = [part.raised(-part.power) for part in ordered if part.power.numerator < 0]
    return over[0] if len(over) == 1 and not under else notation.hadamard(over, under)


def _with_names_first_below(parts: list[Power]) -> list[Power]:
    """Parts in an order in which those below the line begin with the plain ones."""
    below = [part for part in parts if part.power < 0]
    below.sort(key=lambda part: notation.is_compound(part.piece.upright.tree))
    return [part for part in parts if part.power > 0] + below


def _with_powers_shared(parts: list[Power]) -> list[Power]:
    """Parts that have a whole power in common as one part: `(x ./ y).^2`."""
    counts = Counter(abs(part.power) for part in parts)
    power = next((p for p, count in counts.items() if count > 1 and p > 1), None)
    if power is None or power.denominator > 1:
        return parts
    shared = [part for part in parts if abs(part.power) == power]
    sign = 1 if any(part.power > 0 for part in shared) else -1
    places = enumerate(shared)
    inner = array([Power(p.piece, p.power / power * sign, place) for place, p in places])
    one = Power(inner, power * sign, shared[0].place)
    return [one if part is shared[0] else part for part in parts if part not in shared[1:]]


def _is_function_before_name(first: Tree, second: Tree) -> bool:
    """Whether two factors read better the other way round: `y .* sigmoid(z)`."""
    names = [tree.operand if isinstance(tree, Transpose) else tree for tree in (first, second)]
    is_comparison = isinstance(names[0], Binary) and names[0].operator in COMPARISONS
    is_call = isinstance(names[0], Call) and names[0].axis is None and names[0].function != "diag"
    return isinstance(names[1], Name) and (is_comparison or is_call)


def is_defined_off_diagonal(loop: Edge) -> bool:
    """Whether nothing is divided by entries that are not asked for, which may be 0."""
    return all(part.power > 0 and part.power.denominator == 1 for part in loop.parts)


def diagonals(loop: Edge) -> list[Power]:
    """The diagonal of a matrix, as weights: a power is one of the diagonal."""
    if all(part.power == 1 for part in loop.parts):
        piece = notation.column(notation.call("diag", shorter(array(loop.parts))))
        return [Power(piece, ONCE, min(part.place for part in loop.parts))]
    found = []
    for part in loop.parts:
        (whole,) = diagonals(loop._replace(parts=(part._replace(power=ONCE),)))
        found.append(whole._replace(power=part.power))
    return found


def scaling(weight: list[Power]) -> list[TwoWay]:
    """The diagonal matrix of a weight, in the middle of a product."""
    if not weight:
        return []
    return [notation.symmetric(notation.call("diag", shorter(array(weight))))]


def sum_of(parts: list[Power], rank: int) -> Form:
    """The sum over all entries: a norm, an inner product, or a sum."""
    if len(parts) == 1 and parts[0].power == 2:
        return squared(parts[0].piece, rank)
    if rank == 1 and len(parts) > 1 and all(part.power > 0 for part in parts):
        ordered = sorted(parts, key=lambda part: part.place)
        first, last = array(ordered[:-1]), array(ordered[-1:])
        return notation.shorter(
            notation.juxtaposed([first.transposed, last.upright]),
            notation.juxtaposed([last.transposed, first.upright]),
        )
    return notation.call("sum", shorter(array(parts)))


def squared(piece: TwoWay, rank: int) -> Form:
    """The sum of squares of a vector or a matrix."""
    norm = notation.power(norm_of(piece, rank), Fraction(2), entrywise=False)
    if rank == 2:
        return norm
    return notation.shorter(norm, notation.juxtaposed([piece.transposed, piece.upright]))


def norm_of(piece: TwoWay, rank: int) -> Form:
    """The Euclidean norm of a vector, the Frobenius norm of a matrix."""
    form = shorter(piece)
    return Form(Call("norm2" if rank == 1 else "normF", (form.tree,)), form.cost + rank + 1)


def scaled_matrix(rows: list[Power], parts: list[Power], columns: list[Power]) -> TwoWay:
    """A matrix whose rows and columns are weighted: by broadcasting, or by diagonal matrices."""
    if not rows and not columns:
        return array(parts)
    triangles = [part for part in parts if part.piece.triangle]
    if triangles and (len(parts) > 1 or (rows and columns)):
        rest = [part for part in parts if part is not triangles[0]]
        whole = [array(rows), array(columns).other_way] if not rest else []
        inner = notation.matrix_product(whole) if whole else scaled_matrix(rows, rest, columns)
        return notation.triangle_of(triangles[0].piece, inner)
    if triangles:
        return notation.matrix_product([*scaling(rows), array(parts), *scaling(columns)])
    broadcast = array([*rows, *parts, *(part.other_way for part in columns)])
    product = notation.matrix_product([*scaling(rows), array(parts), *scaling(columns)])
    if rows and columns and is_entrywise(array(parts)):
        # As the chain rule has it: what arrives, then the slope: `(W' dZ) .* (1 - A.^2)`.
        outer = notation.matrix_product([array(rows), array(columns).other_way])
        weighted = array([Power(outer, ONCE, -1), *parts])
        product = min(weighted, product, key=lambda piece: shorter(piece).cost)
    return product if shorter(product).cost < shorter(broadcast).cost else broadcast


def is_entrywise(piece: TwoWay) -> bool:
    """Whether a matrix is worked out entry by entry, such as `1 - A.^2`."""
    tree = shorter(piece).tree
    return isinstance(tree, Add) or (isinstance(tree, Binary) and tree.operator in ENTRYWISE)


def shorter(piece: TwoWay) -> Form:
    """The form of a piece that costs less to read."""
    return notation.shorter(*piece)
