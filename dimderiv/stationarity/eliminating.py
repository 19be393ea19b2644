"""Several equations for as many unknowns: one is solved, put into the others, and so on."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

from dimderiv.graph import Key, Named, Node, Symbol, named
from dimderiv.language import frozen
from dimderiv.stationarity.affine import NotAffineError, affine
from dimderiv.stationarity.isolating import Isolated, NotIsolatedError, isolated
from dimderiv.stationarity.substituting import depends, opened, substituted

Simplify: TypeAlias = Callable[[Node], Node]


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
class Solved:
    """One equation solved for one unknown.

    Attributes:
        unknown: the unknown.
        equation: the name of the equation, that of the variable whose gradient it is.
        node: the equation, in which values of other unknowns are put.
        isolated: how it was solved.
        put: the unknowns whose values were put into the equation.
        value: the value, in which other unknowns are names of what is solved too.
    """

    unknown: Symbol
    equation: str
    node: Node
    isolated: Isolated
    put: tuple[str, ...]
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
        solved.append(Solved(**{**vars(each), "value": value}))
    return solved


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
    node = equations[name]
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
    first = Solved(unknown, name, node, found, put, solution)
    return [first, *_eliminated(left, others, simplify, (*put, unknown.name))]


def _under_name(unknown: Symbol, value: Node) -> Named:
    """The value of an unknown under its own name."""
    return named(unknown.name, value, row=unknown.row)


def solved_for(node: Node, unknown: Symbol, simplify: Simplify) -> Isolated:
    """An equation solved for an unknown.

    Raises:
        ObstacleError: it is not affine in it, or what multiplies it cannot be divided by.
    """
    if not depends(node, unknown) or node.axes != unknown.axes:
        raise ObstacleError(unknown.name, None)
    try:
        return isolated(affine(node, unknown), len(unknown.axes), simplify)
    except NotAffineError as error:
        raise ObstacleError(unknown.name, error.obstacle) from error
    except NotIsolatedError as error:
        raise ObstacleError(unknown.name, None) from error
