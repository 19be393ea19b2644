"""How the value of a derivation curves in its variables."""

from dataclasses import replace
from typing import TYPE_CHECKING

from dimderiv import curvature
from dimderiv.answer import Derived, Question
from dimderiv.derivation.claims import checked, claims
from dimderiv.derivation.pipeline import derived
from dimderiv.errors import DimderivError, NotDifferentiableError
from dimderiv.infer import Typed

if TYPE_CHECKING:
    from dimderiv.curvature import Curvature

# Seconds of work for the check of a Hessian.
BUDGET = 2.0


def curvature_of(found: Derived) -> "Curvature":
    """The verdict on the value, by all variables together.

    Args:
        found: derivatives of it, of any order.

    Raises:
        NotDifferentiableError: they are derivatives along directions, or by a value handed down.
        VerificationError: exact second derivatives contradict a rule.
    """
    question = found.question
    if question.directions or question.typed.plain is not None:
        raise NotDifferentiableError(
            "curvature is that of a scalar by its variables",
            hint="leave out directions, and the derivative that is handed down",
        )
    plain = _plain(question, order=1)
    first = found if found.question == plain else derived(plain)
    claim = next(iter(claims(first).values()))
    return curvature.certified(
        question.typed, question.rulebook, question.wrt, claim, lambda: _hessian(question)
    )


def _plain(question: Question, order: int) -> Question:
    return replace(question, order=order, layout="mixed", structured=False, inline=False)


def _hessian(question: Question) -> Typed | None:
    """The Hessian with its shapes, where it is a matrix and passed its check."""
    try:
        found = derived(_plain(question, order=2))
        reports = checked(found, BUDGET, "points")
    except DimderivError:
        return None
    if any(report.level == "unchecked" for report in reports.values()):
        return None
    return found.read
