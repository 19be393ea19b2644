"""The check by substitution: at the solution the gradient is zero, entry by entry.

What is evaluated is what is printed: the values of the variables, then the gradient as it is
written, whose own check compares it with the expression.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from dimderiv.answer import Answer, Derived, Extent, Question, Record
from dimderiv.derivation import checked
from dimderiv.errors import VerificationError
from dimderiv.infer import infer
from dimderiv.language import (
    SCALAR,
    Add,
    Binary,
    Declaration,
    Name,
    Program,
    Shape,
    Statement,
    Tree,
    unused_name,
)
from dimderiv.render import text
from dimderiv.stationarity.writing import named_program

if TYPE_CHECKING:
    from dimderiv.verify import Judge, Verification

BUDGET = 2.0


def zero_at(
    question: Question,
    answer: Answer,
    variable: str,
    equation: Tree,
    judge: "Judge",
) -> "Verification":
    """What the check says of an equation at the solution.

    It ought to be zero, and `t (equation + k)` to have the derivative `k` by `t`: where entries of
    all kinds are compared, one that is zero by accident is found.

    Args:
        question: what the equation is the gradient of.
        answer: the values of all variables.
        variable: the one whose gradient it is.
        equation: the gradient.
        judge: who checks it.

    Raises:
        VerificationError: an entry is not zero.
    """
    typed = question.typed
    taken = {*typed.names, *answer.definitions}
    factor = unused_name("step", taken)
    other = unused_name("shift", {*taken, factor})
    solved = {names[0] for names in answer.derivatives}
    declared = {name: each for name, each in typed.symbols.items() if name not in solved}
    shape: Shape = typed.symbols[variable].shape
    declared |= {factor: Declaration(SCALAR), other: Declaration(shape)}
    value = Binary("*", Name(factor), Add((equation, Name(other))))
    printed = text(named_program(answer, Statement(None, value)))
    program = _read(question, printed, {factor, other})
    found = infer(program, declared, rulebook=question.rulebook, sizes=typed.sizes)
    asked = Question(printed, (factor,), found, question.rulebook)
    claimed = Derived(
        asked,
        Answer({}, {(factor,): Name(other)}),
        {(factor,): Extent.laid_out(found.value, SCALAR)},
        Record(),
    )
    try:
        (report,) = checked(claimed, BUDGET, judge).values()
    except VerificationError as error:
        raise VerificationError(
            f"the gradient by {variable} is not zero at the solution that was found",
            known=[text(named_program(answer)), *error.known],
        ) from error
    return report


def _read(question: Question, printed: str, names: set[str]) -> Program:
    """A text with all names that a question knows, and more."""
    symbols = {**question.typed.symbols, **{name: Declaration(SCALAR) for name in names}}
    return replace(question, typed=replace(question.typed, symbols=symbols)).read(printed)
