"""What each printed derivative claims, of which expression, and how the claims are checked."""

from dataclasses import replace
from typing import TYPE_CHECKING

from dimderiv import verify
from dimderiv.answer import Derived, Question, Variables
from dimderiv.derivation.fitting import fitting, parts_of
from dimderiv.derivation.meanings import meanings
from dimderiv.differentiate import binds_entries
from dimderiv.errors import UnknownNameError
from dimderiv.language import Program, Shape, Slice, Statement

if TYPE_CHECKING:
    from dimderiv.verify import Claim, CodeCheck, Judge, Run, Verification


def judge_named(verify: bool | str) -> "Judge | None":
    """Who is to check, by what was asked for; nobody for `False`."""
    if not verify:
        return None
    if verify in (True, "points"):
        return "points"
    if verify == "sympy":
        return "sympy"
    raise UnknownNameError(f"nobody checks by {verify!r}", hint='True, False or "sympy"')


def checked(derived: Derived, budget: float, judge: "Judge") -> "dict[Variables, Verification]":
    """What the check of each printed derivative reports."""
    claimed = claims(derived)
    through = [names for names in claimed if _is_through_gradient(derived.question, names)]
    before = checked(derived.first, budget, judge) if through and derived.first else {}
    groups: dict[tuple[int, str], list[Variables]] = {}
    for names, claim in claimed.items():
        groups.setdefault((id(claim.expression), claim.of), []).append(names)
    found: dict[Variables, Verification] = {}
    for group in groups.values():
        share = budget / len(groups)
        reports = verify.judged([claimed[names] for names in group], budget=share, judge=judge)
        found |= dict(zip(group, reports, strict=True))
    for names in through:
        found[names] = verify.together([before[_before(names)], found[names]])
    return {names: found[names] for names in claimed}


def code_checked(derived: Derived, run: "Run", *, value: bool) -> "CodeCheck":
    """Compare what code returns with what is printed, and with the value where it is returned."""
    valued = derived.question.valued
    value_of = (valued.asked.settled, valued.value) if value else None
    return verify.check_code(_of_code(derived), run, value_of)


def unequal_sizes(derived: Derived) -> list[dict[str, int]]:
    """Small sizes that differ, for all named sizes, in some orders, then others."""
    return verify.unequal_sizes(_of_code(derived))


def _of_code(derived: Derived) -> "list[Claim]":
    """What is claimed of code, at sizes that all parts of the expression have."""
    typed = derived.question.typed
    every = [typed.shape(part) for part in parts_of(typed) if not isinstance(part, Slice)]
    every += fitting(typed)
    return [replace(claim, inner=every) for claim in _as_gradients(derived).values()]


def claims(derived: Derived) -> "dict[Variables, Claim]":
    """What each derivative claims; all of them share one reading of what is printed."""
    question, found = derived.question, _as_gradients(derived)
    gradients: dict[Variables, Program] = {}
    for names, claim in found.items():
        if not _is_through_gradient(question, names):
            found[names] = replace(claim, value=question.typed.value, order=question.order)
        elif _is_tied(question, names):
            # The gradient as it is printed holds where the properties do, and nowhere else.
            found[names] = replace(claim, of=names[0])
        else:
            # A derivative of a gradient is checked as such; the gradient has its own check.
            first = _before(names)
            assert derived.first is not None, "second derivatives are made from gradients"
            if first not in gradients:
                gradient = derived.first.derivatives[first]
                gradients[first] = question.settled(gradient.text(), value=gradient.shape)
            found[names] = replace(claim, expression=gradients[first])
    return found


def claim_of(derived: Derived, names: Variables, rival: Program) -> "Claim":
    """What a printed derivative claims, which knows the functions of another answer too.

    Args:
        derived: the derivatives.
        names: the variables of the one that is meant.
        rival: an answer of somebody's, with all definitions that it uses.
    """
    claim = claims(derived)[names]
    programs = [claim.expression, claim.answer, rival]
    formulas = [each.value for program in programs for each in program.statements]
    return replace(claim, **vars(meanings(derived.question.rulebook, formulas, verify.KNOWN)))


def _as_gradients(derived: Derived) -> "dict[Variables, Claim]":
    """Each derivative as a first one of something that has its shape."""
    question, read = derived.question, derived.settled
    count = len(read.statements) - len(derived.answer.derivatives)
    shared, last = read.statements[:count], read.statements[count:]
    rulebook, first = question.rulebook, [derived.first.printed] if derived.first else []
    programs = [question.typed.asked.settled, read, *first]
    formulas = [each.value for program in programs for each in program.statements]
    known = meanings(rulebook, formulas, verify.KNOWN)
    found: dict[Variables, Claim] = {}
    for names, statement in zip(derived.answer.derivatives, last, strict=True):
        answer = Program((*shared, Statement(None, statement.value)), read.source)
        extent = derived.extents[names]
        found[names] = verify.Claim(
            expression=question.typed.asked.settled,
            answer=answer,
            wrt=names[-1],
            symbols=question.typed.symbols,
            value=_value(derived, names),
            **vars(known),
            inner=list(fitting(question.typed)),
            declared=rulebook.declared,
            sizes=question.typed.sizes,
            along=question.directions,
            structure=question.structures.get(names[-1], ""),
            turned=extent.turned,
        )
    return found


def _value(derived: Derived, names: Variables) -> Shape:
    """The shape of what a derivative is a first derivative of."""
    question, of = derived.question, derived.extents[names].of
    if question.order == 1 or question.directions or not of.is_scalar:
        return of
    shapes = [question.typed.symbols[name].shape for name in _before(names)]
    return Shape.of([dim for shape in shapes for dim in shape.axes])


def _is_through_gradient(question: Question, names: Variables) -> bool:
    """Whether a second derivative is checked as one of a gradient, which is checked too."""
    return question.order > 1 and (bool(question.directions) or len(set(names)) > 1)


def _before(names: Variables) -> Variables:
    """By which variables the derivative was taken that this one is a derivative of."""
    return names[: max(1, len(names) - 1)]


def _is_tied(question: Question, names: Variables) -> bool:
    """Whether a property of some variable may have shortened the gradient."""
    variables = {*names, *question.directions}
    return any(binds_entries(question.typed.symbols[name].properties) for name in variables)
