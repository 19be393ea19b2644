"""Partial derivatives that a rule gives in letters, as labelled products with what arrives."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from itertools import chain

from dimderiv.errors import NotDifferentiableError
from dimderiv.graph import ONCE, Factor, Function, Index, LabelledProduct, Node, is_zero, product
from dimderiv.language import ONE, SCALAR, Dim, Shape, syntax
from dimderiv.lower.arrays import Array, spread
from dimderiv.lower.builder import Builder, typed_formula
from dimderiv.lower.matrix_functions import map_indices
from dimderiv.rulebook import Axis, Rule, Rulebook, read_signature

# An entry of the matrix of a linear map has two letters for each of its axes.
MAP_LETTERS = 4


def without_derivative(rule: Rule, argument: str) -> NotDifferentiableError:
    """The error that says that a rule has no derivative by an argument, and why."""
    message = f"{rule.name} has no derivative by its argument {argument} here"
    if argument in rule.refused:
        return NotDifferentiableError(message, known=[rule.refused[argument]])
    known = [f"the rule {rule.name} gives a value, but no derivative"]
    hint = "write it by functions that have one, or add a rule file that gives one"
    return NotDifferentiableError(message, known=known, hint=hint)


def lettered_terms(
    rule: Rule, name: str, node: Function, upstream: Node, value: Node, rulebook: Rulebook
) -> Iterator[LabelledProduct]:
    """The terms of a partial derivative that is given in letters, times what arrives."""
    place = rule.arguments.index(name)
    value_letters, argument_letters = _letters(rule, place)
    argument = node.arguments[place]
    is_row = rule.kind == "rows"
    if is_row:
        value_letters = value_letters[-len(node.axes) :]
        argument_letters = argument_letters[-len(argument.axes) :]
    numbers = {
        letter: k for k, letter in enumerate(dict.fromkeys(value_letters + argument_letters))
    }
    dims = dict(zip(argument_letters, argument.axes, strict=True))
    dims |= dict(zip(value_letters, node.axes, strict=True))
    given = {**dict(zip(rule.arguments, node.arguments, strict=False)), "Y": value}
    known = {each: array_of(given[each], is_row=is_row) for each in given}
    arriving = Factor(upstream, tuple(numbers[letter] for letter in value_letters))
    result = tuple(numbers[letter] for letter in argument_letters)
    for coefficient, entries in _terms(rule, name, rulebook):
        factors = [arriving]
        for operand, letters in entries:
            shown: tuple[Index, ...] = tuple(numbers[i] for i in letters if i in numbers)
            if operand == syntax.Name("I"):
                factors.append(Factor(product(ONCE, (), (0, 0), (dims[letters[0]],)), shown))
                continue
            if len(letters) == MAP_LETTERS:
                half = [numbers[letter] for letter in letters]
                shown = map_indices(half[:2], half[2:])
            factors.append(Factor(_value(operand, known, rulebook).node, shown))
        if any(is_zero(factor.node) for factor in factors[1:]):
            continue
        sizes = tuple(dims[letter] for letter in numbers)
        yield LabelledProduct(coefficient, tuple(factors), result, sizes)


def array_of(node: Node, *, is_row: bool = False) -> Array:
    """A node in matrix notation; a vector as the column that it is, or as one row."""
    rows, cols = (*node.axes, ONE, ONE)[:2]
    assert len(node.axes) <= len(SCALAR), "an operand has more axes than a matrix"
    return Array(node, Shape(cols, rows) if is_row and len(node.axes) == 1 else Shape(rows, cols))


class _Formula(Builder):
    """A formula of a rule holds in the domain of the rule, and stays as it is written."""

    recognises = False

    @staticmethod
    def reciprocal(value: Fraction) -> Fraction:
        """A number that forgets how it is written, since that is in the rule."""
        return 1 / value


def _value(tree: syntax.Tree, known: Mapping[str, Array], rulebook: Rulebook) -> Array:
    typed = typed_formula(tree, known, rulebook)
    return _Formula(typed, rulebook).within(typed, known)


def formula(tree: syntax.Tree, known: Mapping[str, Node], rulebook: Rulebook) -> Node:
    """The value of a formula of arrays.

    Args:
        tree: the formula.
        known: what each name in it stands for.
        rulebook: the functions.
    """
    return _value(tree, {name: array_of(node) for name, node in known.items()}, rulebook).node


def entrywise(
    rule: Rule, text: str, known: Mapping[str, Node], axes: tuple[Dim, ...], rulebook: Rulebook
) -> Node:
    """A scalar formula that a rule has, applied entry by entry.

    Args:
        rule: the rule.
        text: the formula.
        known: what each name in it stands for.
        axes: those of the value; a scalar is repeated along them.
        rulebook: the functions.
    """
    arrays = {name: array_of(node) for name, node in known.items()}
    found = _value(entrywise_tree(rulebook.formula(rule, text)), arrays, rulebook)
    return spread(found, Shape(*(*axes, ONE, ONE)[:2]))


ENTRYWISE: Mapping[syntax.Operator, syntax.Operator] = {"*": ".*", "/": "./", "^": ".^"}


@cache
def entrywise_tree(tree: syntax.Tree) -> syntax.Tree:
    """A formula in scalars as one that works on each entry of an array.

    Args:
        tree: the formula.

    Raises:
        NotDifferentiableError: something in it is no scalar operation.
    """
    match tree:
        case syntax.Number() | syntax.Name():
            return tree
        case syntax.Negative() | syntax.Add() | syntax.Call():
            return syntax.with_operands(tree, entrywise_tree)
        case syntax.Binary(operator, left, right):
            sign = ENTRYWISE.get(operator, operator)
            return syntax.Binary(sign, entrywise_tree(left), entrywise_tree(right))
    raise NotDifferentiableError(f"a scalar formula cannot contain {tree}")


LetteredEntries = tuple[tuple[syntax.Tree, str], ...]


def _letters(rule: Rule, place: int) -> tuple[tuple[Axis, ...], tuple[Axis, ...]]:
    """The letters of the value and of an argument, which are p and q where they are i and j."""
    signature = read_signature(rule.signature)
    argument = signature.arguments[place]
    return signature.value, ("p", "q") if argument == ("i", "j") else argument


def _terms(rule: Rule, name: str, rulebook: Rulebook) -> Iterator[tuple[Fraction, LetteredEntries]]:
    """The terms of a derivative: the number, and arrays with the letters of their entries."""
    letters = dict.fromkeys(chain(*_letters(rule, rule.arguments.index(name))))
    head = ", ".join(f"{letter}:1" for letter in letters)
    form = rulebook.formula(rule, f"[{head}] {rule.derivative[name]}")
    assert isinstance(form, syntax.IndexForm)
    yield from map(_entries, form.body.terms if isinstance(form.body, syntax.Add) else (form.body,))


def _entries(term: syntax.Tree) -> tuple[Fraction, LetteredEntries]:
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
