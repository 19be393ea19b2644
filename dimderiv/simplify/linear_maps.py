"""The matrix of a linear map meets its argument: `dexpm(A)` and `E` make `dexpm(A, E)`.

Where `E` commutes with `A`, the derivative is the scalar one: `dexpm(A, E) = E expm(A)`.  Since the
map of `A'` is the adjoint one, `sum(G .* dexpm(A, E)) = sum(dexpm(A', G) .* E)`, and the side that
commutes is chosen.  A map of several matrices, as that of `sylvester(A, B, C)`, has them in reverse
order when it is read backwards.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from math import inf
from typing import NamedTuple

from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Index,
    Key,
    Merged,
    Node,
    Product,
    Sum,
    is_symmetric,
    letters_of,
    part,
    product,
    reached,
    terms,
    total,
    touching,
    transposed,
)
from dimderiv.lower import formula, function_of, map_indices
from dimderiv.rulebook import Rule, Rulebook, is_linear
from dimderiv.simplify.commuting import commute

# The axes of a matrix.
MATRIX = ("rows", "columns")


def applied(node: Product, rulebook: Rulebook) -> Node | None:
    """The product with a linear map applied to what it meets; nothing where it meets no matrix."""
    for place, factor in enumerate(node.factors):
        if not isinstance(factor.node, Function) or factor.power != 1:
            continue
        if factor.node.function not in rulebook.linear:
            continue
        rule = rulebook[factor.node.function]
        meet = _met if is_map(factor.node, rule) else _met_again
        new = meet(node, place, rule, rulebook)
        if new is not None:
            return new
    return None


def joined(node: Sum, rulebook: Rulebook) -> Node | None:
    """The sum with values of one map as its value at a sum; nothing where no two are of one map.

    Args:
        node: the sum.
        rulebook: the rules, of which some are linear in an argument.
    """
    every: dict[tuple[Key, ...], list[tuple[Fraction, Node, Function | None]]] = {}
    for coefficient, term in node.terms:
        value = _value_of_map(term, rulebook)
        bases = [term] if value is None else value.arguments[:-1]
        name = b"" if value is None else value.function.encode()
        which = (name, *[base.key for base in bases])
        every.setdefault(which, []).append((coefficient, term, value))
    if len(every) == len(node.terms):
        return None
    return total([_at_a_sum(each) for each in every.values()], node.axes)


def _value_of_map(term: Node, rulebook: Rulebook) -> Function | None:
    """A value of a map, also where it stands transposed: `f(A, E)' = f(A', E')`."""
    if isinstance(term, Product) and term.result == (0, 1) and len(term.factors) == 1:
        (factor,) = term.factors
        inner = _value_of_map(factor.node, rulebook)
        if inner is None or factor.indices != (1, 0) or factor.power != 1:
            return None
        *bases, last = inner.arguments
        turned = [transposed(each) if each.axes else each for each in (*_reversed(bases), last)]
        value = function_of(inner.function, turned, term.axes)
        return value if isinstance(value, Function) else None
    if not isinstance(term, Function) or term.function not in rulebook.linear:
        return None
    return None if is_map(term, rulebook[term.function]) else term


def _at_a_sum(values: Sequence[tuple[Fraction, Node, Function | None]]) -> tuple[Fraction, Node]:
    """The value of a map at a sum, from those at its terms."""
    (coefficient, term, first), *others = values
    if first is None or not others:
        return coefficient, term
    *bases, last = first.arguments
    arguments = [(c, value.arguments[-1]) for c, _, value in values if value is not None]
    return ONCE, function_of(first.function, (*bases, total(arguments, last.axes)), first.axes)


def is_map(node: Function, rule: Rule) -> bool:
    """Whether a function that is linear in its last argument lacks that: the matrix of the map."""
    return len(node.arguments) < len(rule.arguments)


def _met_again(node: Product, place: int, rule: Rule, rulebook: Rulebook) -> Node | None:
    """A map that has its argument already, where the other side commutes, or is shorter."""
    factor = node.factors[place]
    assert isinstance(factor.node, Function)
    *bases, argument = factor.node.arguments
    if len(argument.axes) > len(MATRIX):
        return None
    size = argument.axes[0] * argument.axes[1]
    opened = function_of(rule.name, bases, (size, size))
    first = len(node.dims)
    indices = map_indices(letters_of(factor.indices), (first, first + 1))
    factors = [
        *node.factors[:place],
        Factor(opened, indices),
        Factor(argument, (first, first + 1)),
        *node.factors[place + 1 :],
    ]
    whole = product(node.coefficient, factors, node.result, (*node.dims, *argument.axes))
    if not isinstance(whole, Product):
        return None
    found = [k for k, f in enumerate(whole.factors) if f.node.key == opened.key]
    return _met(whole, found[0], rule, rulebook, argument.weight) if found else None


class Meeting(NamedTuple):
    """What a map meets on one side.

    Attributes:
        argument: the matrix there, which the map is applied to.
        factors: those that make it.
        indices: where the value of the map stands.
        bases: what the map is made of, read from this side.
    """

    argument: Node
    factors: list[Factor]
    indices: tuple[Index, ...]
    bases: tuple[Node, ...]


def _met(
    node: Product, place: int, rule: Rule, rulebook: Rulebook, most: float = inf
) -> Node | None:
    """The product with a map applied to one side, which commutes or is shorter than `most`."""
    factor = node.factors[place]
    assert isinstance(factor.node, Function)
    meetings = list(_meetings(node, place))
    chosen = next((m for m in meetings if _all_commute(m.argument, m.bases)), None)
    if chosen is None:
        chosen = min(meetings, key=lambda m: m.argument.weight, default=None)
        if chosen is None or chosen.argument.weight >= most:
            return None
    value = _value(rule, chosen.bases, chosen.argument, rulebook)
    rest = [f for f in node.factors if f is not factor and all(f is not g for g in chosen.factors)]
    factors = [Factor(value, chosen.indices), *rest]
    return part(node.coefficient, factors, node.result, node.dims)


def _meetings(node: Product, place: int) -> Iterator[Meeting]:
    """The sides of a map on which nothing but a matrix stands: no other map, which goes first."""
    *outer, row, column = node.factors[place].indices
    function = node.factors[place].node
    assert isinstance(function, Function)
    bases = function.arguments
    if not isinstance(row, Merged) or not isinstance(column, Merged):
        return
    (j, i), (q, p) = row.letters, column.letters
    rest = [f for k, f in enumerate(node.factors) if k != place]
    # Where there is a matrix for each index of the first axes, these join nothing.
    inner = [f._replace(indices=tuple([i for i in f.indices if i not in outer])) for f in rest]
    adjoint = ((j, i), (q, p), _reversed(bases))
    if all(is_symmetric(base) for base in bases if base.axes):
        adjoint = ((i, j), (p, q), bases)
    sides = (((p, q), (i, j), bases), adjoint)
    for own, other, given in sides:
        reach = reached(own, inner)
        if reach.isdisjoint(other) and reach.isdisjoint({*letters_of(node.result)} - {*outer}):
            found = [f for f, bare in zip(rest, inner, strict=True) if touching(reach, [bare])]
            if any(_is_open(f) for f in found):
                continue
            argument = part(ONCE, found, (*outer, *own), node.dims)
            yield Meeting(argument, found, (*outer, *other), given)


def _is_open(factor: Factor) -> bool:
    """Whether a factor is the matrix of a map."""
    if not isinstance(factor.node, Function) or not is_linear(factor.node.function):
        return False
    return isinstance(factor.indices[-1], Merged)


def _reversed(bases: Sequence[Node]) -> tuple[Node, ...]:
    """What a map is made of, with its matrices in reverse order."""
    matrices = [base for base in bases if base.axes]
    return tuple([matrices.pop() if base.axes else base for base in bases])


def _all_commute(argument: Node, bases: Sequence[Node]) -> bool:
    """Whether an argument and all that a map is made of are known to commute."""
    matrices = [base for base in bases if base.axes]
    if len(argument.axes) != len(MATRIX) or argument.axes[0] != argument.axes[1]:
        return False
    return all(commute(one, other) for one, other in combinations([argument, *matrices], 2))


def _value(rule: Rule, bases: Sequence[Node], argument: Node, rulebook: Rulebook) -> Node:
    """The value of a map at an argument, apart for the terms of it that commute."""
    axes, outer = argument.axes, len(argument.axes) - len(MATRIX)
    is_of_one = sum(bool(base.axes) for base in bases) == 1
    if outer and is_of_one and _is_multiple_of_identity(argument):
        known = dict(zip(rule.arguments, (*bases, argument), strict=True))
        return formula(rulebook.formula(rule, rule.commuting), known, rulebook, outer=outer)
    if outer:
        return function_of(rule.name, (*bases, argument), axes)
    every = terms(argument)
    easy = [(c, term) for c, term in every if _all_commute(term, bases)]
    kept = [(c, term) for c, term in every if not _all_commute(term, bases)]
    if len(kept) > 1:
        kept = [(ONCE, total(kept, axes))]
    values = [(c, function_of(rule.name, (*bases, term), axes)) for c, term in kept]
    if easy:
        known = dict(zip(rule.arguments, (*bases, total(easy, axes)), strict=True))
        tree = rulebook.formula(rule, rule.commuting)
        values.insert(0, (ONCE, formula(tree, known, rulebook)))
    return total(values, axes)


def _is_multiple_of_identity(node: Node) -> bool:
    """Whether the last two axes are those of the identity, times numbers."""
    if not isinstance(node, Product) or any(factor.indices for factor in node.factors):
        return False
    return node.result[-1] == node.result[-2]
