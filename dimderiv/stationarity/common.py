"""An equation without an invertible matrix that all of its terms begin or end with.

`K (K a - y) + lambda K a = 0` is `K a + lambda a = y`, where K is positive definite.
"""

from dataclasses import replace
from fractions import Fraction

from dimderiv.graph import (
    Factor,
    Function,
    LabelledProduct,
    Node,
    is_definite,
    is_orthogonal,
    is_symmetric,
    labelled,
    letters_of,
    part,
    terms,
    total,
    unnamed,
)
from dimderiv.stationarity.affine import Affine, Term

ONE = Fraction(1)


def without_common(equation: Affine) -> tuple[Affine, tuple[Node, ...]]:
    """The equation without such matrices, and what they were.

    Args:
        equation: what multiplies the unknown, and what is left.
    """
    gone = list[Node]()
    place = 0
    while place < len(equation.rest.axes):
        found = _outermost(equation, place)
        if found is None:
            place += 1
        else:
            equation = _without(equation, place)
            gone.append(found)
    return equation, tuple(gone)


def _outermost(equation: Affine, place: int) -> Node | None:
    """The invertible matrix that all terms have at an axis; nothing where there is no such."""
    found = [
        _at(term.others, term.result[place], (*term.result, *term.places))
        for term in equation.terms
    ]
    for _, whole in _rest(equation):
        if not isinstance(whole.result[place], int):
            return None
        found.append(_at(whole.factors, whole.result[place], whole.result))
    first, *others = found
    if first is None or not _is_invertible(first.node):
        return None
    same = all(each is not None and _is_same(first, each) for each in others)
    return first.node if same else None


def _rest(equation: Affine) -> list[tuple[Fraction, LabelledProduct]]:
    return [(c, labelled(node)) for c, node in terms(equation.rest)]


def _at(factors: tuple[Factor, ...], letter: object, taken: tuple[object, ...]) -> Factor | None:
    """The matrix that alone has a letter, as its first index or, transposed, as its second."""
    touching = [factor for factor in factors if letter in letters_of(factor.indices)]
    if taken.count(letter) != 1 or len(touching) != 1:
        return None
    (factor,) = touching
    if factor.power != 1 or len(factor.indices) != 2 or len({*factor.indices}) != 2:
        return None
    if not all(isinstance(index, int) for index in factor.indices):
        return None
    # Its first index is the letter, as that of others is to be.
    return factor._replace(indices=(0, 1) if factor.indices[0] == letter else (1, 0))


def _is_same(one: Factor, other: Factor) -> bool:
    turned = one.indices != other.indices and not is_symmetric(one.node)
    return one.node.key == other.node.key and not turned


def _is_invertible(node: Node) -> bool:
    core = unnamed(node)
    inverse = isinstance(core, Function) and core.function == "inv"
    return inverse or is_definite(core) or is_orthogonal(core)


def _without(equation: Affine, place: int) -> Affine:
    """The equation without the outermost matrix at an axis."""
    kept = [_without_term(term, place) for term in equation.terms]
    rest, axes = list[tuple[Fraction, Node]](), list(equation.rest.axes)
    for coefficient, whole in _rest(equation):
        others, result = _removed(whole.factors, whole.result, place)
        rest.append((coefficient * whole.coefficient, part(ONE, others, result, whole.dims)))
    return Affine(tuple(kept), total(rest, tuple(axes)))


def _without_term(term: Term, place: int) -> Term:
    others, result = _removed(term.others, term.result, place)
    return replace(term, others=others, result=result)


def _removed(
    factors: tuple[Factor, ...], result: tuple[object, ...], place: int
) -> tuple[tuple[Factor, ...], tuple[int, ...]]:
    """Factors without the one at an axis, and the result with its other index there."""
    letter = result[place]
    (gone,) = [factor for factor in factors if letter in letters_of(factor.indices)]
    (other,) = [index for index in gone.indices if index != letter]
    new = [other if position == place else own for position, own in enumerate(result)]
    others = tuple([factor for factor in factors if factor is not gone])
    return others, tuple([index for index in new if isinstance(index, int)])
