"""The partial derivatives of one node: what arrives from above, handed on to each operand.

For a labelled product this is the same product with one factor exchanged for the derivative that
arrives, and the indices of the result exchanged for that factor's.  Everything else asks its rule.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from dimderiv.errors import NotDifferentiableError
from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    LabelledProduct,
    Map,
    Merged,
    Named,
    Node,
    Product,
    Sum,
    add,
    apply_function,
    arranged,
    product,
)
from dimderiv.language import COMPARISONS, HESSIAN, Dim, declared_part, places_of
from dimderiv.lower import entrywise, lettered_terms, number_of, without_derivative
from dimderiv.rulebook import Rule, Rulebook

# How many symbols a derivative on the way may have, written out: 30 nested functions have 4000.
LONGEST = 10_000


class Partial(NamedTuple):
    """What one operand of a node receives: a sum of labelled products, the upstream in each.

    Where there is no derivative, `refusal` says why.
    """

    operand: Node
    terms: tuple[LabelledProduct, ...]
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
        return add(*(term.node for term in self.terms))


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


def _with_seed(term: LabelledProduct, seed: tuple[Dim, ...]) -> LabelledProduct:
    """The term with letters for the axes of the value, which the upstream and the result have."""
    first = len(term.dims)
    letters = tuple(range(first, first + len(seed)))
    arriving = term.factors[0]
    arriving = arriving._replace(indices=(*letters, *arriving.indices))
    return LabelledProduct(
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


def _passed_on(coefficient: Fraction, upstream: Node, node: Node) -> LabelledProduct:
    plain = tuple(range(len(node.axes)))
    return LabelledProduct(coefficient, (Factor(upstream, plain),), plain, node.axes)


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
        term = LabelledProduct(coefficient, (arriving, *rest), factor.indices, node.dims)
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
            is_declared = declared_part(rule.name)[0] in rulebook.declared
            refused = _no_more_derivatives(rule) if is_declared else without_derivative(rule, name)
            yield Partial(argument, (), refused)
            continue
        slope = entrywise(rule, rule.derivative[name], known, node.axes, rulebook)
        factors = (Factor(upstream, plain), Factor(slope, plain))
        yield Partial(argument, (LabelledProduct(ONCE, factors, plain, node.axes),))


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
    if node.function == "onehot":
        return  # of whole numbers, which do not change a little
    rule = rulebook[node.function]
    if rule.kind == "reduction" and rule.derivative:
        yield _of_reduction(node, upstream, rule, value, rulebook)
        return
    is_map = len(node.arguments) < len(rule.arguments)
    for number, (name, argument) in enumerate(zip(rule.arguments, node.arguments, strict=False)):
        if rule.declared is not None:
            terms = (_chained(node, upstream, rule, number),) if rule.derivative else ()
            yield Partial(argument, terms, None if terms else _no_more_derivatives(rule))
        elif is_map or name not in rule.derivative:
            yield Partial(argument, (), without_derivative(rule, name))
        else:
            found = lettered_terms(rule, name, node, upstream, value, rulebook)
            yield Partial(argument, tuple(found))


def _of_reduction(
    node: Function, upstream: Node, rule: Rule, value: Node, rulebook: Rulebook
) -> Partial:
    argument = node.arguments[0]
    axes = argument.axes
    letters = tuple(range(len(axes)))
    kept = tuple(letter for letter in letters if letter not in node.over)
    count = product(ONCE, [Factor(number_of(axes[k]), ()) for k in node.over], (), ())
    whole = arranged(value, kept, letters, axes)
    known = {rule.arguments[0]: argument, "Y": whole, "count": count}
    slope = entrywise(rule, rule.derivative[rule.arguments[0]], known, axes, rulebook)
    factors = (Factor(upstream, kept), Factor(slope, letters))
    return Partial(argument, (LabelledProduct(ONCE, factors, letters, axes),))


def _chained(node: Function, upstream: Node, rule: Rule, number: int) -> LabelledProduct:
    """What arrives at a declared function, or a derivative of it, times the next derivative.

    The axes of a derivative are those of the value, then those of the arguments by which it is
    taken, in the order of the arguments.
    """
    assert rule.declared is not None
    argument, places = node.arguments[number], places_of(rule.name)
    letters = tuple(range(len(node.axes) + len(argument.axes)))
    over, under = letters[: len(node.axes)], letters[len(node.axes) :]
    first = len(rule.declared.value.axes) if places and number < places[0] else len(over)
    own = (*over[:first], *under, *over[first:])
    axes = (*node.axes, *argument.axes)
    slope = apply_function(
        rule.derivative[rule.arguments[number]],
        node.arguments,
        tuple([axes[letter] for letter in own]),
        declared=rule.declared,
    )
    return LabelledProduct(ONCE, (Factor(upstream, over), Factor(slope, own)), under, axes)


def _no_more_derivatives(rule: Rule) -> NotDifferentiableError:
    """The error that says why a derivative of a declared function has no derivative itself."""
    name, order = declared_part(rule.name)
    if order == len(HESSIAN):
        return NotDifferentiableError(
            f"{name} can be differentiated twice, not three times",
            hint=f"write out what {name} is",
        )
    return NotDifferentiableError(
        f"the second derivative of {name} has four axes, since its argument is a matrix, "
        "so it cannot be written",
        known=[f"{name}: {rule.declaration}"],
        hint=f"a function of a vector, such as {name}: n -> scalar",
    )
