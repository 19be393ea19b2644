"""Which judge decides: the check at points, and sympy where that is not enough."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from typing import Literal, TypeAlias

from dimderiv.errors import LimitError
from dimderiv.verify import symbolic
from dimderiv.verify.claim import Claim, NotVerifiableError, Verification
from dimderiv.verify.layout import has_branches
from dimderiv.verify.points import DisagreementError, verify_together

Judge: TypeAlias = Literal["points", "sympy"]

# The last guards of a proof: one that was asked for, and one that the check at points calls for.
PATIENCE = 60.0
SECONDS = 20.0
# A page in a browser runs without it.
NO_SYMPY = "sympy, which could decide it, is not installed"


def judged(
    claims: Sequence[Claim], *, budget: float = 2.0, judge: Judge = "points"
) -> list[Verification]:
    """Check several answers about one expression, by sympy where that is asked for or called for.

    Sympy decides where the check at points disagrees, compares nothing, or did not reach
    everything on the way from the variable.

    Args:
        claims: they differ in the answer and its variable alone.
        budget: seconds of work on a usual machine, for the check at points.
        judge: `"sympy"` for a proof of each answer.

    Returns:
        What was found, for each claim; `"unchecked"` where nothing could be compared.

    Raises:
        VerificationError: an answer is wrong.
    """
    if judge == "sympy":
        return [_proved(claim) for claim in claims]
    try:
        found = verify_together(claims, budget=budget)
    except DisagreementError as error:
        return [_overruled(claim, error) for claim in claims]
    except (NotVerifiableError, LimitError) as error:
        found = [unchecked(error.message)] * len(claims)
    return [_completed(claim, each) for claim, each in zip(claims, found, strict=True)]


def unchecked(reason: str) -> Verification:
    """The report of a check that compared nothing."""
    return Verification("unchecked", (), 0, 0.0, 0, reason)


def _proved(
    claim: Claim, seconds: float = PATIENCE, sizes: Mapping[str, int] | None = None
) -> Verification:
    if find_spec("sympy") is None:
        return unchecked(NO_SYMPY)
    try:
        return symbolic.prove(claim, seconds=seconds, sizes=sizes)
    except (NotVerifiableError, LimitError) as error:
        return unchecked(error.message)


def _overruled(claim: Claim, error: DisagreementError) -> Verification:
    """What sympy says of an answer that the check at points withholds."""
    if claim.definitions or has_branches(claim.expression):
        # Elsewhere the expression is another function, so a proof elsewhere proves nothing here.
        raise error
    found = _proved(claim, SECONDS, error.sizes)
    if found.level != "proved":
        raise error
    return found


def _completed(claim: Claim, found: Verification) -> Verification:
    """The report, by sympy where the check at points left something open that sympy can decide."""
    if found.level != "unchecked" and not found.remarks:
        return found
    proof = _proved(claim, SECONDS)
    if proof.reason == NO_SYMPY and found.level == "unchecked":
        return replace(found, reason=f"{found.reason}; {NO_SYMPY}")
    if proof.level == "unchecked" or (found.remarks and proof.level != "proved"):
        return found
    if found.one_sided:
        return replace(proof, level="partial", one_sided=found.one_sided)
    return proof
