"""The partial derivatives of one node: what arrives from above, handed on to each operand.

For a labelled product this is the same product with one factor exchanged for the derivative that
arrives, and the indices of the result exchanged for that factor's.  Everything else asks its rule.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache, lru_cache
from typing import NamedTuple

from dimderiv.differentiate.declared import chained, no_more_derivatives
from dimderiv.errors import NotDifferentiableError
from dimderiv.graph import (
    ONCE,
    Constant,
    Factor,
    Function,
    Map,
    Merged,
    Named,
    Node,
    Product,
    Size,
    Sum,
    Symbol,
    apply_map,
    arranged,
    constant,
    elementwise,
    number,
    product,
    rescaled,
    scaled,
    total,
)
from dimderiv.language import COMPARISONS, EXTREMES, Dim, parse_expression, syntax
from dimderiv.lower import (
    Labelled,
    constant_value,
    derivative_of,
    lettered_terms,
    without_derivative,
)
from dimderiv.rulebook import Rule, Rulebook


class Partial(NamedTuple):
    """What one operand of a node receives: a sum of labelled products, the upstream in each.

    Where there is no derivative, `refusal` says why.
    """

    operand: Node
    terms: tuple[Labelled, ...]
    refusal: NotDifferentiableError | None = None

    @property
    def node(self) -> Node:
        """The sum of the terms.

        Raises:
            NotDifferentiableError: there is no derivative by this operand.
        """
        if self.refusal is not None:
            raise self.refusal
        if len(self.terms) == 1:
            return self.terms[0].node
        nodes = [term.node for term in self.terms]
        return total([(ONCE, node) for node in nodes], nodes[0].axes)


def operands(node: Node) -> tuple[Node, ...]:
    """The nodes that a node is made of."""
    if isinstance(node, Product):
        return tuple([factor.node for factor in node.factors])
    if isinstance(node, (Symbol, Size, Constant)):
        return ()
    if isinstance(node, Named):
        return (node.value,)
    if isinstance(node, Sum):
        return tuple([term for _, term in node.terms])
    return node.arguments


def partials(
    node: Node, upstream: Node, rulebook: Rulebook, known_as: Node | None = None
) -> Iterator[Partial]:
    """What each operand of a node receives from the derivative that arrives at the node.

    Args:
        node: the node.
        upstream: the derivative of the value by this node: the axes of the value, then the node's.
        rulebook: the rules for elementwise and matrix functions.
        known_as: how a rule that uses the value of the node refers to it: a name, where it has one.
    """
    seed = upstream.axes[: len(upstream.axes) - len(node.axes)]
    for partial in _partials(node, upstream, rulebook, known_as or node):
        if seed:
            partial = partial._replace(terms=tuple([_with_seed(t, seed) for t in partial.terms]))
        yield partial


def _with_seed(term: Labelled, seed: tuple[Dim, ...]) -> Labelled:
    """The term with letters for the axes of the value, which the upstream and the result have."""
    first = len(term.dims)
    letters = tuple(range(first, first + len(seed)))
    arriving = term.factors[0]
    arriving = arriving._replace(indices=(*letters, *arriving.indices))
    return Labelled(
        term.coefficient,
        (arriving, *term.factors[1:]),
        (*letters, *term.result),
        (*term.dims, *seed),
    )


def _partials(node: Node, upstream: Node, rulebook: Rulebook, value: Node) -> Iterator[Partial]:
    """The partial derivatives in the letters of the node, the upstream first in each term."""
    match node:
        case Named():
            yield Partial(node.value, (_passed_on(ONCE, upstream, node),))
        case Sum():
            for coefficient, term in node.terms:
                yield Partial(term, (_passed_on(coefficient, upstream, node),))
        case Product():
            yield from _of_product(node, upstream, value)
        case Map():
            yield from _of_map(node, upstream, rulebook, value)
        case Function():
            yield from _of_function(node, upstream, rulebook, value)
        case _:
            return


def _passed_on(coefficient: Fraction, upstream: Node, node: Node) -> Labelled:
    plain = tuple(range(len(node.axes)))
    return Labelled(coefficient, (Factor(upstream, plain),), plain, node.axes)


def _of_product(node: Product, upstream: Node, value: Node) -> Iterator[Partial]:
    arriving = Factor(upstream, node.result)
    for place, factor in enumerate(node.factors):
        rest = list(node.factors)
        is_plain = factor.power is ONCE
        coefficient = node.coefficient if is_plain else node.coefficient * factor.power
        if isinstance(value, Named) and _is_root(node, factor):
            # By the value y of a root: the derivative of sqrt(x) is 1 / (2 y).
            inverse = 1 / factor.power
            rest = [f._replace(power=f.power * inverse) for f in rest]
            rest[place] = Factor(value, node.result, 1 - inverse)
            coefficient = factor.power * node.coefficient ** int(inverse)
        elif is_plain or factor.power == 1:
            del rest[place]
        else:
            rest[place] = factor._replace(power=factor.power - 1)
        term = Labelled(coefficient, (arriving, *rest), factor.indices, node.dims)
        yield Partial(factor.node, (term,))


def _is_root(node: Product, factor: Factor) -> bool:
    """Whether a product is one of roots, entry by entry, and that of a factor is not raised."""
    letters = set(node.result)
    return (
        abs(factor.power.numerator) == 1
        and all(each.power.denominator > 1 for each in node.factors)
        and len(letters) == len(node.result)
        and all(letters.issuperset(each.indices) for each in node.factors)
        and not any(isinstance(index, Merged) for index in node.result)
    )


def _of_map(node: Map, upstream: Node, rulebook: Rulebook, value: Node) -> Iterator[Partial]:
    rule = rulebook["compare" if node.function in COMPARISONS else node.function]
    arguments = [_unspread(argument) for argument in node.arguments]
    known = dict(zip(rule.arguments, arguments, strict=True)) | {"y": value}
    plain = tuple(range(len(node.axes)))
    for name, argument in zip(rule.arguments, node.arguments, strict=True):
        if name not in rule.derivative:
            yield Partial(argument, (), without_derivative(rule, name))
            continue
        slope = entrywise(_formula(derivative_of(rule, name), rule.arguments), known, node.axes)
        factors = (Factor(upstream, plain), Factor(slope, plain))
        yield Partial(argument, (Labelled(ONCE, factors, plain, node.axes),))


def _unspread(node: Node) -> Node:
    """A scalar without the axes that it is only repeated along; any other node as it is."""
    if not isinstance(node, Product) or len(set(node.result)) < len(node.result):
        return node
    if any(factor.indices for factor in node.factors):
        return node
    return product(node.coefficient, node.factors, (), ())


def _of_function(
    node: Function, upstream: Node, rulebook: Rulebook, value: Node
) -> Iterator[Partial]:
    rule = rulebook[node.function]
    if rule.kind == "reduction" and rule.derivative:
        yield _of_reduction(node, upstream, rule, value)
        return
    is_map = len(node.arguments) < len(rule.arguments)
    for name, argument in zip(rule.arguments, node.arguments, strict=False):
        if rule.kind == "unknown":
            terms = (chained(node, upstream, rule),) if rule.derivative else ()
            yield Partial(argument, terms, None if terms else no_more_derivatives(rule))
        elif is_map or name not in rule.derivative:
            yield Partial(argument, (), without_derivative(rule, name))
        else:
            found = lettered_terms(rule, name, node, upstream, value, rulebook)
            yield Partial(argument, tuple(found))


@cache
def _formula(text: str, names: tuple[str, ...]) -> syntax.Node:
    return parse_expression(text, names=names)


def _filled(node: Node, axes: tuple[Dim, ...]) -> Node:
    """A scalar repeated along axes; what has axes already is left alone."""
    if node.axes == axes:
        return node
    if isinstance(node, Product) and not node.factors:
        return rescaled(_ones(axes), node.coefficient)
    return arranged(node, (), tuple(range(len(axes))), axes)


@lru_cache
def _ones(axes: tuple[Dim, ...]) -> Node:
    return arranged(number(1), (), tuple(range(len(axes))), axes)


def entrywise(formula: syntax.Node, known: Mapping[str, Node], axes: tuple[Dim, ...]) -> Node:
    """A scalar formula of the language applied entry by entry."""
    return _filled(_entrywise(formula, known, axes), axes)


def _entrywise(formula: syntax.Node, known: Mapping[str, Node], axes: tuple[Dim, ...]) -> Node:
    """The formula, without axes where it is a constant."""

    def node(part: syntax.Node) -> Node:
        return _entrywise(part, known, axes)

    match formula:
        case syntax.Number(value):
            return number(value)
        case syntax.Name(name):
            return known[name] if name in known else constant(name)
        case syntax.Negative(operand):
            return scaled(-1, node(operand))
        case syntax.Add(terms):
            return _added([node(term) for term in terms])
        case syntax.Binary("*" | ".*", left, right):
            return elementwise(1, (node(left), 1), (node(right), 1))
        case syntax.Binary("/" | "./", left, right):
            return elementwise(1, (node(left), 1), (node(right), -1))
        case syntax.Binary("^" | ".^", left, right):
            exponent = node(right)
            power = constant_value(exponent)
            if power is not None:
                return elementwise(1, (node(left), power))
            return _applied("power", [node(left), exponent])
        case syntax.Binary(comparison, left, right):
            return _applied(comparison, [node(left), node(right)])
        case syntax.Call("sqrt", (argument,)):
            return elementwise(1, (node(argument), Fraction(1, 2)))
        case syntax.Call(function, arguments) if syntax.is_extreme_of_two(formula):
            return _applied(EXTREMES[function], [node(argument) for argument in arguments])
        case syntax.Call(function, arguments):
            return _applied(function, [node(argument) for argument in arguments])
        case _:
            raise NotDifferentiableError(f"a scalar formula cannot contain {formula}")


def _added(terms: list[Node]) -> Node:
    axes = max((term.axes for term in terms), key=len)
    return total([(ONCE, _filled(term, axes)) for term in terms], axes)


def _applied(function: str, arguments: list[Node]) -> Node:
    axes = max((argument.axes for argument in arguments), key=len)
    return apply_map(function, *(_filled(argument, axes) for argument in arguments))


def _of_reduction(node: Function, upstream: Node, rule: Rule, value: Node) -> Partial:
    argument = node.arguments[0]
    axes = argument.axes
    letters = tuple(range(len(axes)))
    kept = tuple(letter for letter in letters if letter not in node.over)
    known = {rule.arguments[0]: argument, "Y": arranged(value, kept, letters, axes)}
    formula = _formula(derivative_of(rule, rule.arguments[0]), rule.arguments)
    slope = entrywise(formula, known, axes)
    factors = (Factor(upstream, kept), Factor(slope, letters))
    return Partial(argument, (Labelled(ONCE, factors, letters, axes),))
