"""Partial derivatives that a rule gives in letters, as labelled products with what arrives."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import chain

from dimderiv.errors import NotDifferentiableError
from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Index,
    LabelledProduct,
    Node,
    apply_function,
    is_zero,
    product,
)
from dimderiv.language import SCALAR, Dim, Shape, syntax
from dimderiv.lower.arrays import Array, spread
from dimderiv.lower.builder import Builder
from dimderiv.lower.matrix_functions import map_indices
from dimderiv.lower.typed_formulas import typed_formula
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
    along = _Rows if rule.kind == "rows" else _Matrices
    for coefficient, entries in _terms(rule, name, rulebook):
        # Each term has summed letters of its own.
        places = along(rule, name, node, value, rulebook)
        arriving = Factor(upstream, places.value)
        inner = [factor for operand, letters in entries for factor in places.at(operand, letters)]
        if not any(is_zero(factor.node) for factor in inner):
            factors = (arriving, *inner)
            yield LabelledProduct(coefficient, factors, places.argument, tuple(places.dims))


class _Matrices:
    """Where the letters of the rule of a matrix function lie, for each index of the first axes.

    Attributes:
        value: the indices of the value.
        argument: those of the argument that it is differentiated by.
        dims: the size of each letter.
    """

    def __init__(
        self, rule: Rule, name: str, node: Function, value: Node, rulebook: Rulebook
    ) -> None:
        place = rule.arguments.index(name)
        shown, given = _letters(rule, place)
        argument = node.arguments[place]
        outer = len(node.axes) - len(shown)
        self.rulebook = rulebook
        sizes = dict(zip(given, argument.axes[-len(given) :] if given else (), strict=True))
        sizes |= dict(zip(shown, node.axes[outer:], strict=True))
        sizes = _summed(rule, name, node, outer) | sizes
        self.numbers = {letter: k for k, letter in enumerate(sizes)}
        self.dims = [*[sizes[letter] for letter in self.numbers], *node.axes[:outer]]
        self.outer = dict(enumerate(range(len(sizes), len(self.dims))))
        self.value = self._indices(shown)
        # A scalar, such as an exponent, is one for all of what the outer axes number.
        self.argument = self._indices(given) if argument.axes else ()
        names = tuple(map(str, self.outer))
        given_nodes = {**dict(zip(rule.arguments, node.arguments, strict=False)), "Y": value}
        self.known = {
            each: array_of(part, names if part.axes else ()) for each, part in given_nodes.items()
        }

    def _indices(self, letters: Sequence[Axis]) -> tuple[int, ...]:
        return (*self.outer.values(), *[self.numbers[str(letter)] for letter in letters])

    def _numbered(self, letters: str, axes: Sequence[Dim]) -> tuple[int, ...]:
        """The numbers of letters; one that neither the value nor the argument has is summed."""
        if len(letters) == MAP_LETTERS:
            # What goes into a map is as large as what comes out; one of both is known before.
            mates = letters[2:] + letters[:2]
            known = [each if each in self.numbers else mates[k] for k, each in enumerate(letters)]
            axes = [self.dims[self.numbers[letter]] for letter in known]
        for letter, dim in zip(letters, axes[len(axes) - len(letters) :], strict=False):
            if letter not in self.numbers:
                self.numbers[letter] = len(self.dims)
                self.dims.append(dim)
        return tuple([self.numbers[letter] for letter in letters])

    def at(self, operand: syntax.Tree, letters: str) -> list[Factor]:
        """An entry of the rule as a factor."""
        if operand == syntax.Name("I"):
            dim = self.dims[self.numbers[letters[0]]]
            ends = tuple([self.numbers[letter] for letter in letters])
            return [Factor(product(ONCE, (), (0, 0), (dim,)), ends)]
        array = _value(operand, self.known, self.rulebook)
        numbers = self._numbered(letters, array.node.axes)
        shown: tuple[Index, ...] = numbers
        if len(letters) == MAP_LETTERS:
            shown = map_indices(numbers[:2], numbers[2:])
        outer = [self.outer[int(letter)] for letter in array.letters]
        return [Factor(array.node, (*outer, *shown))]


def _summed(rule: Rule, name: str, node: Function, outer: int) -> dict[Axis, Dim]:
    """The letters of a derivative that only other arguments have, and which are summed."""
    used, arguments = rule.letters(name), read_signature(rule.signature).arguments
    return {
        letter: dim
        for letters, other in zip(arguments, node.arguments, strict=False)
        for letter, dim in zip(letters, other.axes[outer:], strict=False)
        if letter in used
    }


class _Rows:
    """Where the letters of the rule of a function of rows lie, whichever axes it works along.

    The last letter of the value, and that of the argument, run along these axes; the others are
    the axes that both have.

    Attributes:
        value: the indices of the value.
        argument: those of the argument.
        dims: the size of each letter.
    """

    def __init__(
        self, rule: Rule, name: str, node: Function, value: Node, rulebook: Rulebook
    ) -> None:
        shown, given = _letters(rule, rule.arguments.index(name))
        self.node, self.known_as, self.rulebook = node, value, rulebook
        self.name = name
        axes = node.axes
        first = len(axes)
        self.above = {axis: first + k for k, axis in enumerate(node.over)}
        self.value = tuple(self.above.get(axis, axis) for axis in range(first))
        self.argument = tuple(range(first))
        self.dims = [*axes, *[axes[axis] for axis in node.over]]
        kept = tuple(axis for axis in range(first) if axis not in node.over)
        row, above, below = str(shown[0]), str(shown[-1]), str(given[-1])
        self.axes = {row: kept, above: tuple(self.above.values()), below: node.over}
        # What lies as the argument does has its axes in that order.
        self.lying = {row + above: self.value, row + below: self.argument}

    def at(self, operand: syntax.Tree, letters: str) -> list[Factor]:
        """An entry of the rule as a factor, and the identity as one for each axis."""
        if operand == syntax.Name("I"):
            return [
                Factor(product(ONCE, (), (0, 0), (self.dims[below],)), (above, below))
                for below, above in self.above.items()
            ]
        lying = self.lying.get(letters[:2])
        rest = letters if lying is None else letters[2:]
        indices = (*(lying or ()), *chain.from_iterable(self.axes[letter] for letter in rest))
        return [Factor(self._whole(operand), indices)]

    def _whole(self, operand: syntax.Tree) -> Node:
        argument = self.node.arguments[0]
        match operand:
            case syntax.Name("Y"):
                return self.known_as
            case syntax.Name(name) if name == self.name:
                return argument
            case syntax.Call(function, (syntax.Name(name),)) if (
                name == self.name and self.rulebook[function].kind == "rows"
            ):
                return apply_function(function, (argument,), argument.axes, self.node.over)
            case syntax.Call("onehot", (inner,)):
                places = self._whole(inner)
                axes = (*places.axes, *[argument.axes[axis] for axis in self.node.over])
                return apply_function("onehot", (places,), axes)
        known = {self.name: array_of(argument, is_row=True)}
        known["Y"] = array_of(self.known_as, is_row=True)
        return _value(operand, known, self.rulebook).node


def array_of(node: Node, letters: tuple[str, ...] = (), *, is_row: bool = False) -> Array:
    """A node in matrix notation; a vector as the column that it is, or as one row.

    Args:
        node: with at most two axes besides those of the letters.
        letters: for its first axes.
        is_row: whether a vector is a row.
    """
    axes = node.axes[len(letters) :]
    assert len(axes) <= len(SCALAR), "an operand has more axes than a matrix"
    shape = Shape.of(axes)
    return Array(node, shape.transposed if is_row and len(axes) == 1 else shape, letters)


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


def formula(
    tree: syntax.Tree, known: Mapping[str, Node], rulebook: Rulebook, *, outer: int = 0
) -> Node:
    """The value of a formula of arrays.

    Args:
        tree: the formula.
        known: what each name in it stands for.
        rulebook: the functions.
        outer: how many axes stand before rows and columns, for each index of which it holds.
    """
    letters = tuple(map(str, range(outer)))
    arrays = {n: array_of(node, letters if node.axes else ()) for n, node in known.items()}
    return _value(tree, arrays, rulebook).node


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
    tree = entrywise_tree(rulebook.formula(rule, text))
    if len(axes) <= len(SCALAR):
        found = _value(tree, {name: array_of(node) for name, node in known.items()}, rulebook)
        return spread(found, Shape.of(axes))
    letters = {str(axis): dim for axis, dim in enumerate(axes)}
    arrays = {
        name: Array(node, SCALAR, tuple(letters) if node.axes else ())
        for name, node in known.items()
    }
    return spread(_value(tree, arrays, rulebook), SCALAR, letters)


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
    """The letters of the value and of an argument, which are p and q of a matrix function."""
    signature = read_signature(rule.signature)
    argument = signature.arguments[place]
    is_named_anew = argument == ("i", "j") or (rule.kind == "matrix" and len(argument) == 2)
    return signature.entry, ("p", "q") if is_named_anew else argument


def _terms(rule: Rule, name: str, rulebook: Rulebook) -> Iterator[tuple[Fraction, LetteredEntries]]:
    """The terms of a derivative: the number, and arrays with the letters of their entries."""
    shown, given = _letters(rule, rule.arguments.index(name))
    letters = dict.fromkeys((*shown, *given, *sorted(rule.letters(name))))
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
