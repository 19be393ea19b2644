"""Equality constraints: each has a multiplier, and the Lagrangian is stationary.

The multiplier of `A x = b` has the shape of `b`, and the Lagrangian is `f + sum(nu .* (A x - b))`
(Boyd and Vandenberghe, Convex Optimization (2004), section 5.1).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dimderiv.answer import Question
from dimderiv.errors import DimderivError, NotDifferentiableError, ParseError
from dimderiv.infer import Typed, infer
from dimderiv.language import (
    Add,
    Binary,
    Call,
    Declaration,
    Name,
    Negative,
    Program,
    Statement,
    Transpose,
    Tree,
    frozen,
    unused_name,
)
from dimderiv.render import text

MULTIPLIERS = ("nu", "mu", "eta", "kappa", "xi")


@frozen.record
class Constraint:
    """An equation that is to hold.

    Attributes:
        multiplier: the name of its multiplier.
        left: the left side.
        right: the right side.
    """

    multiplier: str
    left: Tree
    right: Tree

    @property
    def difference(self) -> Tree:
        """What is to be zero."""
        return Add((self.left, Negative(self.right)))


def sides(constraint: str) -> tuple[str, str]:
    """The two sides of an equation.

    Args:
        constraint: a text.

    Raises:
        ParseError: it is no equation.

    >>> sides("A x = b")
    ('A x', 'b')
    """
    parts = [part.strip() for part in constraint.split("=")]
    if len(parts) != 2 or not all(parts):
        raise ParseError(
            f"a constraint is an equation, not {constraint.strip()}", hint='such as "A x = b"'
        )
    return parts[0], parts[1]


def listed(subject_to: str | Sequence[str] | None) -> list[str]:
    """The constraints in a text, between semicolons, or in a sequence.

    Args:
        subject_to: what was given.
    """
    texts = subject_to.split(";") if isinstance(subject_to, str) else list(subject_to or ())
    return [each for each in texts if each.strip()]


def read_constraints(question: Question, texts: Sequence[str]) -> list[Constraint]:
    """Constraints, each with a multiplier.

    Args:
        question: the expression that is constrained.
        texts: an equation each.
    """
    taken = set(question.typed.names)
    found = []
    for each in texts:
        left, right = (_read(question, side) for side in sides(each))
        taken |= {part.name for side in (left, right) for part in _names(side)}
        free = [name for name in MULTIPLIERS if name not in taken]
        name = free[0] if free else unused_name(MULTIPLIERS[0], taken)
        taken.add(name)
        found.append(Constraint(name, left, right))
    return found


def among_orthogonal(question: Question, constraints: Sequence[Constraint]) -> Question | None:
    """The question by an orthogonal matrix, where that is what the constraints say: `Q' Q = I`.

    Args:
        question: the expression that is constrained.
        constraints: the equations that are to hold.

    Raises:
        NotDifferentiableError: the matrix is not square.
    """
    symbols = question.typed.symbols
    if len(question.wrt) != 1 or len(constraints) != 1 or "I" in question.typed.names:
        return None
    (name,), (constraint,) = question.wrt, constraints
    variable, declared = Name(name), symbols[name]
    products = (
        Binary("*", Transpose(variable), variable),
        Binary("*", variable, Transpose(variable)),
    )
    if not any({constraint.left, constraint.right} == {Name("I"), each} for each in products):
        return None
    if declared.shape.rows != declared.shape.cols:
        raise NotDifferentiableError(
            f"{name} is {declared.shape}; among matrices with orthonormal columns stationary "
            "points are found for square ones",
            hint=f"declare {name} square, if it is, such as {name}: n x n",
        )
    known = replace(declared, properties=declared.properties | {"orthogonal"})
    return replace(question, typed=replace(question.typed, symbols={**symbols, name: known}))


def _read(question: Question, side: str) -> Tree:
    try:
        program = question.read(side)
    except DimderivError as error:
        raise error.located(side)  # noqa: B904  the same error, with its text added
    return program.statements[-1].value


def _names(tree: Tree) -> Iterator[Name]:
    return (part for part in Program((Statement(None, tree),)).parts if isinstance(part, Name))


def lagrangian(question: Question, constraints: Sequence[Constraint]) -> Question:
    """The Lagrangian by the variables and the multipliers.

    Args:
        question: the expression that is constrained.
        constraints: the equations that are to hold.
    """
    typed = question.typed
    *definitions, last = typed.program.statements
    shapes = _shapes(question, definitions, constraints, last)
    products = [
        Call("sum", (Binary(".*", Name(each.multiplier), each.difference),)) for each in constraints
    ]
    printed = text(Program((*definitions, Statement(None, Add((last.value, *products))))))
    known = {**typed.symbols, **shapes}
    program = replace(question, typed=replace(typed, symbols=known)).read(printed)
    wrt = (*question.wrt, *(each.multiplier for each in constraints))
    found = infer(program, known, rulebook=question.rulebook, wrt=wrt, sizes=typed.sizes)
    found = replace(found, assumptions=(*typed.assumptions, *found.assumptions))
    return replace(question, source=printed, wrt=wrt, typed=found)


def _shapes(
    question: Question,
    definitions: Sequence[Statement],
    constraints: Sequence[Constraint],
    last: Statement,
) -> Mapping[str, Declaration]:
    """The shape of each multiplier, which is that of both sides of its constraint."""
    typed = question.typed
    differences = [Statement(each.multiplier, each.difference) for each in constraints]
    printed = text(Program((*definitions, *differences, last)))
    program = question.read(printed)
    try:
        found: Typed = infer(program, typed.symbols, rulebook=question.rulebook, sizes=typed.sizes)
    except DimderivError as error:
        raise error.located(printed)  # noqa: B904  the same error, with its text added
    multipliers = {each.multiplier for each in constraints}
    symbols = {n: each for n, each in found.symbols.items() if n not in typed.symbols}
    shapes = {n: Declaration(s) for n, s in found.definitions.items() if n in multipliers}
    return {**symbols, **shapes}
