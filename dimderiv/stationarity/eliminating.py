"""Several equations for as many unknowns: one is solved, put into the others, and so on."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from dimderiv.graph import Key, Named, Node, Symbol, named, nodes_of
from dimderiv.language import frozen
from dimderiv.stationarity.affine import NotAffineError, affine
from dimderiv.stationarity.changing import Change, changes
from dimderiv.stationarity.isolating import Isolated, isolated
from dimderiv.stationarity.sides import NotIsolatedError
from dimderiv.stationarity.substituting import depends, opened, substituted

Simplify: TypeAlias = Callable[[Node], Node]


# One equation may have to be multiplied by several things in turn.
MOST_CHANGES = 3


class ObstacleError(Exception):
    """What stands in the way of a closed form.

    Args:
        unknown: the name of the unknown.
        node: the part of an equation that is not affine in it; nothing where the equation is.
    """

    def __init__(self, unknown: str, node: Node | None) -> None:
        super().__init__(unknown, node)
        self.unknown, self.node = unknown, node


@frozen.record
class Single:
    """One equation solved.

    Attributes:
        isolated: how, once it was affine.
        changes: what made it affine.
        solution: the value of the unknown.
    """

    isolated: Isolated
    changes: tuple[Change, ...]
    solution: Node


@frozen.record
class Solved:
    """One equation solved for one unknown.

    Attributes:
        unknown: the unknown.
        equation: the name of the equation, that of the variable whose gradient it is.
        node: the equation, in which values of other unknowns are put.
        isolated: how it was solved, once it was affine.
        changes: what made it affine.
        put: the unknowns whose values were put into the equation.
        own: the value as the equation gives it.
        value: the value, in which other unknowns are names of what is solved too.
    """

    unknown: Symbol
    equation: str
    node: Node
    isolated: Isolated
    changes: tuple[Change, ...]
    put: tuple[str, ...]
    own: Node
    value: Node


def eliminated(
    equations: Mapping[str, Node],
    unknowns: Sequence[Symbol],
    simplify: Simplify,
    written_out: Collection[str] = (),
) -> list[Solved]:
    """The unknowns, in an order in which each value is made of those before it.

    Args:
        equations: nodes that are to be zero, each by the name of a variable.
        unknowns: as many symbols.
        simplify: makes nodes shorter.
        written_out: the unknowns that other values have the values of, and not the names.

    Raises:
        ObstacleError: no order of elimination leads there.
    """
    found = _eliminated(dict(equations), list(unknowns), simplify, ())
    values: dict[Key, Node] = {}
    solved = []
    for each in reversed(found):
        value = simplify(substituted(each.value, values)) if values else each.value
        is_short = each.unknown.name not in written_out
        values[each.unknown.key] = _under_name(each.unknown, value) if is_short else value
        solved.append(replace(each, value=value))
    return _in_order(solved)


def _eliminated(
    equations: Mapping[str, Node],
    unknowns: Sequence[Symbol],
    simplify: Simplify,
    put: tuple[str, ...],
) -> list[Solved]:
    if not unknowns:
        return []
    obstacle: ObstacleError | None = None
    # What has few entries is written shortly, and multipliers come last.
    for unknown in unknowns:
        own = sorted(equations, key=lambda name: name != unknown.name)
        for name in own:
            try:
                return _with(equations, unknowns, unknown, name, simplify, put)
            except ObstacleError as error:
                obstacle = obstacle or error
    assert obstacle is not None, "some unknown was tried"
    raise obstacle


def _with(
    equations: Mapping[str, Node],
    unknowns: Sequence[Symbol],
    unknown: Symbol,
    name: str,
    simplify: Simplify,
    put: tuple[str, ...],
) -> list[Solved]:
    """The elimination that begins with one unknown and one equation."""
    node = opened(equations[name], unknown)
    found = solved_for(node, unknown, simplify)
    others = [each for each in unknowns if each is not unknown]
    solution = found.solution
    is_last = not any(depends(solution, other) for other in others)
    value = _under_name(unknown, solution) if is_last else solution
    left = {
        other: simplify(substituted(opened(each, unknown), {unknown.key: value}))
        if depends(each, unknown)
        else each
        for other, each in equations.items()
        if other != name
    }
    first = Solved(unknown, name, node, found.isolated, found.changes, put, solution, solution)
    return [first, *_eliminated(left, others, simplify, (*put, unknown.name))]


def _under_name(unknown: Symbol, value: Node) -> Named:
    """The value of an unknown under its own name."""
    return named(unknown.name, value, row=unknown.row)


def solved_for(node: Node, unknown: Symbol, simplify: Simplify) -> Single:
    """An equation solved for an unknown.

    Raises:
        ObstacleError: it is not affine in it, or what multiplies it cannot be divided by.
    """
    if not depends(node, unknown) or node.axes != unknown.axes:
        raise ObstacleError(unknown.name, None)
    try:
        alone = isolated(affine(node, unknown), len(unknown.axes), simplify)
        return Single(alone, (), alone.solution)
    except NotAffineError as error:
        found = _changed(node, unknown, simplify)
        if found is not None:
            return found
        raise ObstacleError(unknown.name, error.obstacle) from error
    except NotIsolatedError as error:
        raise ObstacleError(unknown.name, None) from error


def _changed(
    node: Node, unknown: Symbol, simplify: Simplify, before: tuple[Change, ...] = ()
) -> Single | None:
    """An equation solved after it has been brought into another form; nothing where none helps."""
    for change in changes(node, unknown, simplify):
        made = (*before, change)
        try:
            terms = affine(change.equation, change.unknown)
            found = isolated(terms, len(unknown.axes), simplify)
        except NotAffineError:
            again = len(made) < MOST_CHANGES and change.unknown is unknown
            inner = _changed(change.equation, unknown, simplify, made) if again else None
            if inner is not None:
                return inner
        except NotIsolatedError:
            continue
        else:
            solution = simplify(change.recovered(found.solution))
            return Single(found, made, solution)
    return None


def _in_order(solved: Sequence[Solved]) -> list[Solved]:
    """Solutions, each after those whose names its value has."""
    waiting, found = list(solved), list[Solved]()
    while waiting:
        left = {each.unknown.name for each in waiting}
        first = next(each for each in waiting if not left & _names_in(each.value))
        waiting.remove(first)
        found.append(first)
    return found


def _names_in(value: Node) -> set[str]:
    """The names of what is solved that a value is made of."""
    nodes = nodes_of([value], through_names=False)
    return {each.name for each in nodes if isinstance(each, Named)}
