"""Partial derivatives that a rule gives in letters, as labelled products with what arrives."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from dimderiv.errors import NotDifferentiableError
from dimderiv.graph import ONCE, Factor, Function, Index, Node, is_zero, number, product, scaled
from dimderiv.language import ONE, SCALAR, Dim, Shape, parse_expression, syntax
from dimderiv.lower.arrays import Array, along_rows, identity, plus, times, transpose
from dimderiv.lower.inverses import invert
from dimderiv.lower.matrix_functions import applied, map_indices
from dimderiv.rulebook import Rule, Rulebook

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


def derivative_of(rule: Rule, argument: str) -> str:
    """The derivative that a rule gives.

    Args:
        rule: the rule.
        argument: the argument that it is by.

    Raises:
        NotDifferentiableError: it gives none.
    """
    if argument not in rule.derivative:
        raise without_derivative(rule, argument)
    return rule.derivative[argument]


def without_derivative(rule: Rule, argument: str) -> NotDifferentiableError:
    """The error that says that a rule has no derivative by an argument, and why."""
    message = f"{rule.name} has no derivative by its argument {argument} here"
    if argument in rule.refused:
        return NotDifferentiableError(message, known=[rule.refused[argument]])
    return NotDifferentiableError(
        message,
        known=[f"the rule {rule.name} gives a value, but no derivative"],
        hint="write it by functions that have one, or add a rule file that gives one",
    )


def lettered_terms(
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
    given = {**dict(zip(rule.arguments, node.arguments, strict=False)), "Y": value}
    arrays = {each: _as_array(given[each], is_row=rule.kind == "rows") for each in given}
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
        if any(is_zero(factor.node) for factor in factors[1:]):
            continue
        yield Labelled(coefficient, tuple(factors), result, tuple(dims[letter] for letter in place))


def _as_array(node: Node, *, is_row: bool) -> Array:
    """A node in matrix notation; a vector as the column that it is, or as one row."""
    match node.axes:
        case (rows, cols):
            return Array(node, Shape(rows, cols))
        case (dim,):
            return Array(node, Shape(ONE, dim) if is_row else Shape(dim, ONE))
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
    text = derivative_of(rule, name)
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
