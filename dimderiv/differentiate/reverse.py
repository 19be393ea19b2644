"""The reverse sweep: one pass from the value back to the variables, statement by statement."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from dimderiv.differentiate.partials import LONGEST, Partial, partials
from dimderiv.errors import LimitError
from dimderiv.graph import (
    ONCE,
    Function,
    Key,
    Named,
    Node,
    Symbol,
    named,
    operands,
    operands_first,
    product,
    total,
    zero,
)
from dimderiv.language import Dim, frozen, unused_name
from dimderiv.lower import Lowered
from dimderiv.rulebook import Rulebook

LONG_ADJOINT = 16


@frozen.record
class Visit:
    """One node of the sweep: what arrived at it, and what each operand that matters received."""

    node: Node
    upstream: Node
    partials: tuple[Partial, ...]


@frozen.record
class Gradients:
    """What the sweep found.

    Attributes:
        of: the derivative by each variable.
        visits: the nodes in the order of the sweep, from the value backwards.
        adjoints: the derivatives by named intermediates that got a name of their own.
    """

    of: Mapping[str, Node]
    visits: tuple[Visit, ...]
    adjoints: tuple[Named, ...]


def as_it_is(node: Node) -> Node:
    """The node."""
    return node


def reverse_sweep(
    lowered: Lowered,
    variables: Sequence[str],
    rulebook: Rulebook,
    simplify: Callable[[Node], Node],
    last: Callable[[Node], Node] = as_it_is,
    *,
    may_name: bool = True,
) -> Gradients:
    """The derivative of a value by each variable, in one pass.

    Args:
        lowered: the program.
        variables: names of symbols.
        rulebook: the rules.
        simplify: what to do with the sum that has arrived at a node, before it is handed on.
        last: what to do with one that is not handed on.
        may_name: whether derivatives by intermediates of the user may get names of their own.

    Raises:
        NotDifferentiableError: an operation on the way to a variable has no rule.
    """
    seed = lowered.value.axes
    may_name = may_name and not seed
    wanted = {lowered.symbols[name].key for name in variables}
    order = operands_first(lowered.value)
    dependent = _dependent(order, wanted)
    taken = {node.name for node in order if isinstance(node, (Symbol, Named))}
    taken.update(lowered.symbols, [definition.name for definition in lowered.definitions])
    known_as = {node.value.key: node for node in order if isinstance(node, Named)}
    arrived: dict[Key, list[tuple[Fraction, Node]]] = {}
    if lowered.value.key in dependent:
        arrived[lowered.value.key] = [(ONCE, _identity(seed))]
    visits, adjoints = [], []
    found: dict[Key, Node] = {}
    for node in reversed(order):
        if node.key not in arrived:
            continue
        terms = arrived.pop(node.key)
        upstream = terms[0][1] if len(terms) == 1 else total(reversed(terms), (*seed, *node.axes))
        upstream = simplify(upstream)
        if isinstance(node, Named) and may_name and _deserves_name(node, upstream, dependent):
            upstream = named(unused_name(f"d{node.name}", taken), last(upstream), row=node.row)
            taken.add(upstream.name)
            adjoints.append(upstream)
        if upstream.weight > LONGEST:
            raise _too_long(node)
        if isinstance(node, Symbol):
            found[node.key] = last(upstream)
            continue
        handed_on = [
            partial
            for partial in partials(node, upstream, rulebook, known_as.get(node.key, node))
            if partial.operand.key in dependent
        ]
        visits.append(Visit(node, upstream, tuple(handed_on)))
        # Backwards here and when they are added up: the terms come in the order of the expression.
        for partial in reversed(handed_on):
            arrived.setdefault(partial.operand.key, []).append((ONCE, partial.node))
    symbols = [(name, lowered.symbols[name]) for name in variables]
    of = {name: found.get(node.key) or zero((*seed, *node.axes)) for name, node in symbols}
    return Gradients(of, tuple(visits), tuple(adjoints))


@frozen.record
class Hessian:
    """Second derivatives: what the second sweep found, by pairs of variables.

    Attributes:
        of: the derivative, by the second variable, of the gradient by the first.
        sweeps: the record of the second sweep for each first variable.
    """

    of: Mapping[tuple[str, str], Node]
    sweeps: Mapping[str, Gradients]


def second_sweeps(
    lowered: Lowered,
    first: Gradients,
    variables: Sequence[str],
    rulebook: Rulebook,
    simplify: Callable[[Node], Node],
    last: Callable[[Node], Node] = as_it_is,
) -> Hessian:
    """The derivative of each gradient by each variable.

    Args:
        lowered: the program.
        first: its gradients.
        variables: names of symbols.
        rulebook: the rules.
        simplify: as in `reverse_sweep`.
        last: as there.
    """
    sweeps = {
        name: reverse_sweep(
            replace(lowered, value=gradient), variables, rulebook, simplify, last, may_name=False
        )
        for name, gradient in first.of.items()
    }
    blocks = {(a, b): sweeps[a].of[b] for a in variables for b in variables}
    return Hessian(blocks, sweeps)


def higher(
    lowered: Lowered,
    first: Gradients,
    order: int,
    variables: Sequence[str],
    rulebook: Rulebook,
    simplify: Callable[[Node], Node],
    last: Callable[[Node], Node] = as_it_is,
) -> Mapping[tuple[str, ...], Node]:
    """The derivatives of a scalar of a higher order, by one variable after another.

    Args:
        lowered: the program.
        first: its gradients.
        order: how often it is differentiated, at least once.
        variables: names of symbols.
        rulebook: the rules.
        simplify: as in `reverse_sweep`.
        last: as there.
    """
    found: dict[tuple[str, ...], Node] = {(name,): node for name, node in first.of.items()}
    for _ in range(order - 1):
        found = {
            (*names, name): node
            for names, value in found.items()
            for name, node in reverse_sweep(
                replace(lowered, value=value), variables, rulebook, simplify, last, may_name=False
            ).of.items()
        }
    return found


def _too_long(node: Node) -> LimitError:
    what = f"the derivative by {node.name}" if isinstance(node, Named) else "the derivative"
    return LimitError(
        f"{what} becomes too long to be written",
        hint="derive a scalar, and give names to parts that are used more than once",
    )


def _identity(axes: tuple[Dim, ...]) -> Node:
    """The derivative of a value by itself."""
    letters = tuple(range(len(axes)))
    return product(ONCE, (), (*letters, *letters), axes)


def _dependent(order: Iterable[Node], wanted: set[Key]) -> set[Key]:
    found = set(wanted)
    for node in order:
        if not found.isdisjoint([operand.key for operand in operands(node)]):
            found.add(node.key)
    return found


def _deserves_name(node: Named, upstream: Node, dependent: set[Key]) -> bool:
    """Whether the derivative by an intermediate is used more than once, or is long."""
    if len(node.axes) > 2 and isinstance(node.value, Function) and upstream.weight > 1:
        # Whole arrays are read entry by entry: `P .* (dP - sum(P .* dP, axis=2))`.
        return True
    if upstream.weight < 3:
        return False
    return upstream.weight > LONG_ADJOINT or _branches(node.value, dependent) > 1


def _branches(node: Node, dependent: set[Key]) -> int:
    """In how many places a statement uses names that matter."""
    if node.key not in dependent:
        return 0
    if isinstance(node, (Named, Symbol)):
        return 1
    return sum(_branches(operand, dependent) for operand in operands(node))
