"""Why a derivative with more than two axes is a Kronecker product, or what else it is as a matrix.

The entry `[i,j]` of the value by the entry `[k,l]` of the variable stands in row `(j,i)` and column
`(l,k)`, as columns are stacked.  Which of the four letters some factor joins decides the form.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from dimderiv.conform import NoMatrixFormError, vectorised
from dimderiv.explain.record.recorded import (
    Equation,
    Field,
    MatrixPlace,
    Sentence,
    Several,
    Stacked,
)
from dimderiv.explain.record.scalar_order import indices
from dimderiv.explain.record.terms import TermWriter
from dimderiv.graph import ONCE, Node, Product, are_letters, expanded, letters_of, reached
from dimderiv.language import COMMUTATIONS, Call, Entry, Name, Tree, children

MOST_TERMS = 4
# The sentence that gives no reason.
PLAIN = "stacked_as"
# The places of letters that two factors have.
Groups: TypeAlias = tuple[Sequence[int], Sequence[int]]


def stacked(
    node: Node, value_rank: int, operand: str, name: str, writer: TermWriter
) -> Stacked | None:
    """How a derivative becomes a matrix."""
    terms = expanded(node)
    products = [(c, part) for c, part in terms if isinstance(part, Product)]
    is_plain = len(products) == len(terms) and all(are_letters(indices(p)) for _, p in products)
    if not is_plain or not 0 < len(terms) <= MOST_TERMS:
        return None
    places = tuple(Name(letter) for letter in writer.letters[: len(node.axes)])
    try:
        value = _matrix(ONCE, node, value_rank, writer)
        told = tuple(_term(c, part, value_rank, places, writer) for c, part in products)
    except NoMatrixFormError:
        return None
    row, column = MatrixPlace(places[:value_rank][::-1]), MatrixPlace(places[value_rank:][::-1])
    sides = Equation((Name(name), value))
    return Stacked(Name(operand), Entry(Name(name), places), row, column, told, sides)


def _matrix(coefficient: Fraction, node: Node, value_rank: int, writer: TermWriter) -> Tree:
    """A multiple of a derivative, with columns stacked."""
    parts = expanded(vectorised(node, value_rank))
    return writer.arranger.shown(writer.arranger.total([(coefficient * c, x) for c, x in parts]))


def _term(
    coefficient: Fraction,
    part: Product,
    value_rank: int,
    places: Sequence[Name],
    writer: TermWriter,
) -> Sentence:
    tree = _matrix(coefficient, part, value_rank, writer)
    letters = writer.placed(part, coefficient, places)
    key, fields = _form(tree, part, value_rank, places)
    return Sentence(key, {"letters": letters, "value": tree, **fields})


def _form(
    tree: Tree, part: Product, value_rank: int, places: Sequence[Name]
) -> tuple[str, dict[str, Field]]:
    """Which sentence says why a term has its form."""
    letters, rank = letters_of(part.result), len(places) - value_rank
    weights, products, swaps = (
        [call for call in _calls(tree) if call.function in functions]
        for functions in ({"diag"}, {"kron"}, COMMUTATIONS)
    )
    if letters[:value_rank] == letters[value_rank:]:
        return ("stacked_diagonal" if part.factors else "stacked_identity"), {}
    if weights:
        return ("stacked_weighted" if len(weights) == 1 else PLAIN), {"weight": weights[0]}
    if swaps and not products:
        return "stacked_swap", {"swap": swaps[0]}
    sides = range(value_rank), range(value_rank, len(places))
    for groups in _ways(value_rank, rank, is_crossed=bool(swaps)) if products else [sides]:
        first, second = ([letters[place] for place in group] for group in groups)
        if reached(first, part.factors).isdisjoint(second):
            slow, fast = (Several(tuple(places[place] for place in group)) for group in groups)
            if not products:
                return "stacked_outer", {"slow": slow, "fast": fast}
            left, right = products[0].arguments
            fields: dict[str, Field] = {"first": left, "slow": slow, "second": right, "fast": fast}
            if swaps:
                return "stacked_crossed", {**fields, "swap": swaps[0]}
            return "stacked_product", fields
    return PLAIN, {}


def _ways(value_rank: int, rank: int, *, is_crossed: bool) -> list[Groups]:
    """Which places of letters the factors of a Kronecker product may have.

    A value or a variable with one axis has its letter with the fast ones or with the slow ones.
    """
    if value_rank == rank == 2:
        return [([1, 2], [0, 3])] if is_crossed else [([1, 3], [0, 2])]
    if value_rank == 2:
        return [([1], [0, 2]), ([1, 2], [0])]
    return [([2], [0, 1]), ([0, 2], [1])]


def _calls(tree: Tree) -> list[Call]:
    """The outermost calls in a formula."""
    if isinstance(tree, Call):
        return [tree]
    return [call for child in children(tree) for call in _calls(child)]
