"""The partial derivatives of one node: what arrives from above, handed on to each operand.

For a labelled product this is the same product with one factor exchanged for the derivative that
arrives, and the indices of the result exchanged for that factor's.  Everything else asks its rule.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from dimderiv.arrays import (
    Array,
    along_rows,
    constant_value,
    identity,
    plus,
    times,
    transpose,
)
from dimderiv.errors import NotDifferentiableError
from dimderiv.graph import (
    Constant,
    Factor,
    Function,
    Index,
    Map,
    Merged,
    Named,
    Node,
    Product,
    Size,
    Sum,
    Symbol,
    apply_map,
    constant,
)
from dimderiv.inverses import invert
from dimderiv.language import syntax
from dimderiv.language.parser import parse_expression
from dimderiv.language.vocabulary import COMPARISONS
from dimderiv.matrix_functions import applied, map_indices
from dimderiv.products import ONCE, arranged, elementwise, number, product, scaled
from dimderiv.rules import Rule, Rulebook
from dimderiv.shapes import SCALAR, Dim, Shape
from dimderiv.sums import total

# An entry of the matrix of a linear map has two letters for each of its axes.
MAP_LETTERS = 4


class Labelled(NamedTuple):
    """A labelled product that has not been put in normal form yet."""

    coefficient: Fraction
    factors: tuple[Factor, ...]
    result: tuple[Index, ...]
    dims: tuple[Dim, ...]

    @property
    def node(self) -> Node:
        """The product in normal form."""
        return product(*self)


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
    match node:
        case Symbol() | Size() | Constant():
            return ()
        case Named():
            return (node.value,)
        case Sum():
            return tuple(term for _, term in node.terms)
        case Product():
            return tuple(factor.node for factor in node.factors)
        case Map() | Function():
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
        yield partial._replace(terms=tuple([_with_seed(t, seed) for t in partial.terms]))


def _with_seed(term: Labelled, seed: tuple[Dim, ...]) -> Labelled:
    """The term with letters for the axes of the value, which the upstream and the result have."""
    if not seed:
        return term
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
        coefficient = node.coefficient * factor.power
        if isinstance(value, Named) and _is_root(node, factor):
            # By the value y of a root: the derivative of sqrt(x) is 1 / (2 y).
            inverse = 1 / factor.power
            rest = [f._replace(power=f.power * inverse) for f in rest]
            rest[place] = Factor(value, node.result, 1 - inverse)
            coefficient = factor.power * node.coefficient ** int(inverse)
        elif factor.power == 1:
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
        slope = entrywise(_formula(_derivative(rule, name), rule.arguments), known, node.axes)
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
        if is_map or name not in rule.derivative:
            yield Partial(argument, (), _without_derivative(rule, name))
            continue
        terms = _lettered_terms(rule, name, node, upstream, value, rulebook)
        yield Partial(argument, tuple(terms))


def _derivative(rule: Rule, argument: str) -> str:
    if argument not in rule.derivative:
        raise _without_derivative(rule, argument)
    return rule.derivative[argument]


def _without_derivative(rule: Rule, argument: str) -> NotDifferentiableError:
    message = f"{rule.name} has no derivative by its argument {argument} here"
    if argument in rule.refused:
        return NotDifferentiableError(message, known=[rule.refused[argument]])
    return NotDifferentiableError(
        message,
        known=[f"the rule {rule.name} gives a value, but no derivative"],
        hint="write it by functions that have one, or add a rule file that gives one",
    )


@cache
def _formula(text: str, names: tuple[str, ...]) -> syntax.Node:
    return parse_expression(text, names=names)


def _filled(node: Node, axes: tuple[Dim, ...]) -> Node:
    """A scalar repeated along axes; what has axes already is left alone."""
    if node.axes == axes:
        return node
    return arranged(node, (), tuple(range(len(axes))), axes)


def entrywise(formula: syntax.Node, known: Mapping[str, Node], axes: tuple[Dim, ...]) -> Node:
    """A scalar formula of the language applied entry by entry.

    Args:
        formula: the formula, in which every product and power is one of scalars.
        known: a node for each name in it, with the given axes or none.
        axes: the axes of the result.
    """
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
    formula = _formula(_derivative(rule, rule.arguments[0]), rule.arguments)
    slope = entrywise(formula, known, axes)
    factors = (Factor(upstream, kept), Factor(slope, letters))
    return Partial(argument, (Labelled(ONCE, factors, letters, axes),))


def _lettered_terms(
    rule: Rule, name: str, node: Function, upstream: Node, value: Node, rulebook: Rulebook
) -> Iterator[Labelled]:
    """The terms of a partial derivative that is given in letters, times what arrives."""
    value_letters, argument_letters, terms = _lettered(rule, name)
    argument = node.arguments[rule.arguments.index(name)]
    if rule.kind == "rows":
        value_letters = value_letters[-len(node.axes) :]
        argument_letters = argument_letters[-len(argument.axes) :]
    place = {letter: k for k, letter in enumerate(dict.fromkeys(value_letters + argument_letters))}
    dims = dict(zip(argument_letters, argument.axes, strict=True))
    dims |= dict(zip(value_letters, node.axes, strict=True))
    arrays = {
        parameter: _as_array(given)
        for parameter, given in zip(rule.arguments, node.arguments, strict=False)
    }
    arrays["Y"] = _as_array(value)
    arriving = Factor(upstream, tuple(place[letter] for letter in value_letters))
    result = tuple(place[letter] for letter in argument_letters)
    for coefficient, entries in terms:
        factors = [arriving]
        for operand, letters in entries:
            shown: tuple[Index, ...] = tuple(place[letter] for letter in letters if letter in place)
            if operand == syntax.Name("I"):
                factors.append(Factor(product(ONCE, (), (0, 0), (dims[letters[0]],)), shown))
                continue
            if len(letters) == MAP_LETTERS:
                half = [place[letter] for letter in letters]
                shown = map_indices(half[:2], half[2:])
            factors.append(Factor(matrix_formula(operand, arrays, rulebook).node, shown))
        yield Labelled(coefficient, tuple(factors), result, tuple(dims[letter] for letter in place))


def _as_array(node: Node) -> Array:
    match node.axes:
        case (rows, cols):
            return Array(node, Shape(rows, cols))
        case (dim,):
            return Array(node, Shape(dim, SCALAR.cols))
        case _:
            return Array(node, SCALAR)


def matrix_formula(formula: syntax.Node, arrays: Mapping[str, Array], rulebook: Rulebook) -> Array:
    """The matrix expressions that a rule may use between its letters.

    Args:
        formula: the expression.
        arrays: the array that each name stands for.
        rulebook: the functions.
    """

    def array(part: syntax.Node) -> Array:
        return matrix_formula(part, arrays, rulebook)

    match formula:
        case syntax.Name(name):
            return arrays[name]
        case syntax.Number(value):
            return Array(number(value), SCALAR)
        case syntax.Transpose(inner):
            return transpose(array(inner))
        case syntax.Negative(inner):
            negative = array(inner)
            return Array(scaled(-1, negative.node), negative.shape)
        case syntax.Group(inner):
            return array(inner)
        case syntax.Add(terms):
            shape = next(array(t).shape for t in terms if syntax.Name("I") not in syntax.walk(t))
            return plus(
                [matrix_formula(t, {**arrays, "I": identity(shape)}, rulebook) for t in terms]
            )
        case syntax.Binary("*", left, right):
            return times(array(left), array(right))
        case syntax.Call("inv", (inner,)):
            return invert(array(inner))
        case syntax.Call("softmax", (inner,)):
            return along_rows("softmax", array(inner))
        case syntax.Call(function, arguments, None) if function in rulebook:
            return applied(rulebook[function], [array(argument) for argument in arguments])
        case _:
            raise NotDifferentiableError(f"a rule cannot use {formula} between its letters")


Entries = tuple[tuple[syntax.Node, str], ...]


@cache
def _lettered_formula(
    signature: str, text: str, place: int
) -> tuple[str, str, tuple[tuple[Fraction, Entries], ...]]:
    sides = [part.split("]")[0] for part in signature.split("[")[1:]]
    value, argument = sides[-1].replace(",", ""), sides[place].replace(",", "")
    if argument == "ij":
        argument = "pq"
    letters = ", ".join(f"{letter}:1" for letter in dict.fromkeys(value + argument))
    form = parse_expression(f"[{letters}] {text}")
    assert isinstance(form, syntax.IndexForm)
    terms = form.body.terms if isinstance(form.body, syntax.Add) else (form.body,)
    return value, argument, tuple(_entries(term) for term in terms)


def _lettered(rule: Rule, name: str) -> tuple[str, str, tuple[tuple[Fraction, Entries], ...]]:
    text = _derivative(rule, name)
    return _lettered_formula(rule.signature, text, rule.arguments.index(name))


def _entries(term: syntax.Node) -> tuple[Fraction, Entries]:
    match term:
        case syntax.Negative(inner):
            coefficient, entries = _entries(inner)
            return -coefficient, entries
        case syntax.Number(value):
            return value, ()
        case syntax.Binary("*", left, right):
            (first, before), (second, after) = _entries(left), _entries(right)
            return first * second, before + after
        case syntax.Entry(operand, indices):
            letters = "".join(index.name for index in indices if isinstance(index, syntax.Name))
            return ONCE, ((operand, letters),)
        case _:
            return ONCE, ((term, ""),)
