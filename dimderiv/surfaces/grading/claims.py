"""`check` of what is claimed of a function: where it is stationary, or how it curves."""

from dataclasses import replace
from typing import Any

from dimderiv.curvature import VERDICTS, Curvature
from dimderiv.derivation import Derivation, derive
from dimderiv.errors import LimitError, ParseError, ShapeError, VerificationError
from dimderiv.language import Program
from dimderiv.render import text
from dimderiv.stationarity import Demand, Open, Stationary, demands, holds_at, stationary
from dimderiv.surfaces.grading.reading import read_program, typed_beside
from dimderiv.surfaces.grading.verdict import Verdict
from dimderiv.surfaces.grading.words import Words
from dimderiv.verify import Verification, together

CURVES = tuple(verdict for verdict in VERDICTS if verdict != "unknown")


def stationary_claim(
    expr: Any, wrt: Any, answer: str, words: Words, language: str, **options: Any
) -> Verdict:
    """The verdict on a point at which a gradient is said to vanish.

    Args:
        expr: the expression.
        wrt: its variables.
        answer: the value of each variable.
        words: what says the verdict.
        language: that of the expression.
        options: as for `stationary`.

    Raises:
        LimitError: the gradient cannot be evaluated there.
    """
    derivation = derive(expr, wrt, verify=False, **options)
    program, reports = read_program(answer, derivation.question, language), list[Verification]()
    _refuse_misfits(derivation, program)
    for demand in demands(derivation):
        try:
            report = holds_at(derivation, program, demand)
        except VerificationError:
            return _not_stationary(demand, stationary(expr, wrt, **options), words)
        if report.level == "unchecked":
            raise LimitError(
                f"the gradient by {demand.variable} could not be evaluated there",
                known=[str(report)],
            )
        reports.append(report)
    return words.right(together(reports))


def _refuse_misfits(derivation: Derivation, claimed: Program) -> None:
    """Refuse a value that does not conform, or not to its variable, in the text that was given."""
    question = derivation.question
    for place, each in enumerate(claimed.statements, start=1):
        name = each.name or question.wrt[0]
        if name in question.wrt:
            part = replace(claimed, statements=claimed.statements[:place])
            shape = question.typed.symbols[name].shape
            value = typed_beside(part, question, shape).value
            if value != shape:
                raise ShapeError(f"the value of {name} is {value}, and {name} is {shape}")


def _not_stationary(demand: Demand, found: Stationary | Open, words: Words) -> Verdict:
    """The verdict on a point that is none, by what does not vanish there."""
    says = words.said(f"not_{demand.kind}", variable=demand.variable, part=text(demand.told))
    fix = found.text(multiline=True) if isinstance(found, Stationary) else None
    return Verdict(False, "stationary", says, fix)


def curvature_claim(derivation: Derivation, answer: str, words: Words) -> Verdict:
    """The verdict on a word that says how a function curves.

    Args:
        derivation: of the function, by its variables together.
        answer: `convex`, `strictly convex`, `concave`, `strictly concave`, `affine` or `neither`.
        words: what says the verdict.

    Raises:
        ParseError: the answer is no such word.
        LimitError: nothing decides whether it is right.
    """
    claim = " ".join(answer.lower().split())
    if claim not in CURVES:
        raise ParseError(f"{answer.strip()} is no curvature", hint=f"one of {', '.join(CURVES)}")
    found = derivation.curvature()
    right = _is_right(claim, found)
    if right is None:
        raise LimitError(
            f"nothing decides whether the function is {claim}",
            known=[line for line in found.explain(words.language).splitlines() if line],
        )
    kind, said = ("right", "right") if right else ("curvature", "not_so")
    return Verdict(right, kind, words.said(said), entry=found.explain(words.language))


def _is_right(claim: str, found: Curvature) -> bool | None:
    """Whether a claim is right; nothing where that is not known."""
    is_known = found.is_convex or found.is_concave
    if claim == found.verdict or (claim == "convex" and found.is_convex):
        return True
    if claim == "concave" and found.is_concave:
        return True
    if found.verdict in {"neither", "affine"} or (claim == "neither" and is_known):
        return False
    against = (found.negative, "concave"), (found.positive, "convex")
    refuted = [bend for bend, allowed in against if not claim.endswith(allowed)]
    return False if claim != "neither" and any(refuted) else None
