"""Products with inverses in an answer, as the solutions of equations that the user wrote.

Where the user wrote `solve(A, b)`, an answer has `solve(A', c) solve(A, b)'`, no inverse of A.
"""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import reduce

from dimderiv.answer.answer import Answer
from dimderiv.answer.question import Question
from dimderiv.graph import Named
from dimderiv.infer import IMPLY, Typed
from dimderiv.language import (
    ONE,
    Add,
    Binary,
    Call,
    Dim,
    Group,
    Name,
    Negative,
    Number,
    Shape,
    Transpose,
    Tree,
    walk,
    with_operands,
)
from dimderiv.rulebook import builtin_rules

IDENTITY = "I"


def with_solutions(
    question: Question, answer: Answer, adjoints: Iterable[Named], *, wanted: bool = False
) -> Answer:
    """The answer with solutions in place of products with inverses, if the user writes such.

    The user's own definitions are left as they are written.

    Args:
        question: what the answer is to.
        answer: the answer.
        adjoints: intermediates of the answer that the program lacks.
        wanted: whether solutions are written even where the user writes none; an inverse at the end
            of a product stays one then.
    """
    typed = question.typed
    parts = (part for statement in typed.program.statements for part in walk(statement.value))
    used = any(isinstance(part, Call) and part.function == "solve" for part in parts)
    if not wanted and not used:
        return answer
    if question.rulebook.rules["solve"] is not builtin_rules().rules["solve"]:
        return answer
    solutions = _Solutions(typed, adjoints, turning=used)
    definitions: dict[str, Tree] = {}
    for name, value in answer.definitions.items():
        definitions[name] = value if name in typed.definitions else solutions.write(value)
        if isinstance(value := definitions[name], Call) and value.function == "solve":
            solutions.known[value] = Name(name)
    return Answer(definitions, {n: solutions.write(v) for n, v in answer.derivatives.items()})


class _Solutions:
    """Writes products anew.

    Args:
        typed: the program.
        adjoints: intermediates of the answer that the program lacks.
        turning: whether an inverse at the end of a product is written as a solution, transposed,
            or left as it is printed on paper: `X V inv(V' V)`.

    Attributes:
        known: solutions that have names.
        shapes: those of names.
        symmetric: the names of symmetric matrices and of scalars.
    """

    def __init__(self, typed: Typed, adjoints: Iterable[Named], *, turning: bool) -> None:
        self.turning = turning
        self.known: dict[Tree, Tree] = {}
        self.shapes = {
            **{named.name: Shape(*_two(named)) for named in adjoints if len(named.axes) < 3},
            **typed.definitions,
            **{name: each.shape for name, each in typed.symbols.items()},
        }
        self.symmetric = {
            *(name for name, each in typed.symbols.items() if each.properties & IMPLY["symmetric"]),
            *(name for name, shape in self.shapes.items() if shape.is_scalar),
            *({IDENTITY} - self.shapes.keys()),
        }

    def write(self, tree: Tree) -> Tree:
        """A tree with solutions in it."""
        if isinstance(tree, Call) and tree.function == "sum" and not tree.over:
            return self._summed(tree)
        if not isinstance(tree, Binary) or tree.operator != "*":
            return with_operands(tree, self.write)
        factors = [self.write(factor) for factor in _factors(tree)]
        factors = self._backward(factors) if self.turning else factors
        return reduce(_times, self._forward(factors))

    def _summed(self, tree: Call) -> Tree:
        """A sum of entries; of an inverse it is a solution too, with ones on the right."""
        (operand,) = map(self.write, tree.arguments)
        matrix = self._matrix(operand)
        shape = self._shape(matrix) if matrix is not None else None
        if matrix is None or shape is None:
            return replace(tree, arguments=(operand,))
        ones = Call("ones", (shape.rows.syntax(), Number(Fraction(1))))
        if tree.axis == 0:
            return Transpose(Call("solve", (self._transposed(matrix), ones)))
        solution = Call("solve", (matrix, ones))
        return solution if tree.axis == 1 else Call("sum", (solution,))

    def _backward(self, factors: list[Tree]) -> list[Tree]:
        """The factors, in which an inverse at the end of a product takes those before it.

        Such a product is that of the transposes, transposed: `b' inv(A)'` is `solve(A, b)'`.
        """
        written: list[Tree] = []
        for place, factor in enumerate(factors):
            is_last = place + 1 == len(factors) or self._is_row(factors[place + 1])
            before = self._taken_before(written) if is_last and self._matrix(factor) else []
            if before:
                turned = [self._transposed(each) for each in (factor, *reversed(before))]
                del written[-len(before) :]
                factor = Transpose(reduce(_times, self._forward(turned)))
            written.append(factor)
        return written

    def _taken_before(self, factors: list[Tree]) -> list[Tree]:
        """The last row with all that follows it, else the last factor: no numbers."""
        rows = [place for place, each in enumerate(factors) if self._is_row(each)]
        taken = factors[rows[-1] :] if rows else factors[-1:]
        return taken if all(map(self._is_array, taken)) else []

    def _forward(self, factors: list[Tree]) -> list[Tree]:
        """The factors, in which an inverse takes those after it as far as the next row."""
        written: list[Tree] = []
        for factor in reversed(factors):
            matrix = self._matrix(factor)
            end = next((k for k, each in enumerate(written) if self._is_row(each)), len(written))
            if matrix and end:
                right = reduce(_times, written[:end])
                solution = Call("solve", (matrix, right))
                written[:end] = [self.known.get(solution, solution)]
            else:
                written.insert(0, factor)
        return written

    def _matrix(self, factor: Tree) -> Tree | None:
        """The matrix of which a factor is the inverse."""
        if isinstance(factor, Transpose):
            matrix = self._matrix(factor.operand)
            return None if matrix is None else self._transposed(matrix)
        if isinstance(factor, Call) and factor.function == "inv":
            return factor.arguments[0]
        return None

    def _is_row(self, factor: Tree) -> bool:
        shape = self._shape(factor)
        return shape is not None and shape.is_row

    def _is_array(self, factor: Tree) -> bool:
        shape = self._shape(factor)
        return self._matrix(factor) is not None or (shape is not None and not shape.is_scalar)

    def _shape(self, factor: Tree) -> Shape | None:
        """The shape of a name, of its transpose, or of the right side that is solved for."""
        match factor:
            case Name(name):
                return self.shapes.get(name)
            case Transpose(operand):
                shape = self._shape(operand)
                return None if shape is None else shape.transposed
            case Call("solve", (_, right)):
                return self._shape(right)
            case Binary("*", left, right):
                rows, columns = self._shape(left), self._shape(right)
                if rows is None or columns is None or rows.is_scalar:
                    return columns
                return Shape(rows.rows, columns.cols)
            case _:
                return None

    def _transposed(self, tree: Tree) -> Tree:
        match tree:
            case Transpose(operand):
                return operand
            case Number():
                return tree
            case Name(name) if name in self.symmetric:
                return tree
            case Add() | Group() | Negative():
                return with_operands(tree, self._transposed)
            case Binary("*", left, right) if self._is_array(left) and self._is_array(right):
                return Binary("*", self._transposed(right), self._transposed(left))
            case Binary("*", Number() | Name() as left, right) if self._transposed(left) is left:
                return Binary("*", left, self._transposed(right))
            case _:
                return Transpose(tree)


def _factors(tree: Tree) -> list[Tree]:
    """What a product is a product of, from left to right."""
    if isinstance(tree, Binary) and tree.operator == "*":
        return [*_factors(tree.left), *_factors(tree.right)]
    return [tree]


def _two(named: Named) -> tuple[Dim, Dim]:
    """The axes of an intermediate, with those of size 1."""
    match named.axes:
        case (rows, columns):
            return rows, columns
        case (axis,):
            return (ONE, axis) if named.row else (axis, ONE)
        case _:
            return ONE, ONE


def _times(left: Tree, right: Tree) -> Tree:
    return Binary("*", left, right)
