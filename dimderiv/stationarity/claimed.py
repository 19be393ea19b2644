"""A stationary point that somebody claims: whether what is to vanish does so there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dimderiv.answer import Answer
from dimderiv.derivation import Derivation
from dimderiv.errors import ParseError
from dimderiv.language import Program, Tree, names_in
from dimderiv.stationarity.checking import zero_at
from dimderiv.stationarity.tied import Demand

if TYPE_CHECKING:
    from dimderiv.verify import Judge, Verification


def holds_at(
    derivation: Derivation, claimed: Program, demand: Demand, judge: "Judge" = "points"
) -> "Verification":
    """What the check says of something that is to be zero at a point.

    Args:
        derivation: the gradients.
        claimed: a value for each variable, `mu = ...; S = ...`; a lone one needs no name.
        demand: what is to be zero.
        judge: who checks it.

    Raises:
        VerificationError: it is not.
        ParseError: a variable has no value, or one that is made of itself.
    """
    answer = _answer(derivation, claimed)
    return zero_at(derivation.question, answer, demand.variable, demand.zero, judge)


def _answer(derivation: Derivation, claimed: Program) -> Answer:
    """The values of the variables, and the definitions that they are made of."""
    question, wrt = derivation.question, derivation.question.wrt
    *before, last = claimed.statements
    found = {each.name: each.value for each in (*before, last) if each.name is not None}
    if len(wrt) == 1:
        found.setdefault(wrt[0], last.value)
    missing = [name for name in wrt if name not in found]
    if missing:
        raise ParseError(
            f"the answer has no value of {missing[0]}",
            hint="; ".join(f"{name} = ..." for name in wrt),
        )
    own = {s.name: s.value for s in question.typed.program.statements if s.name is not None}
    used = _used(found, own)
    moved = [name for name in used if not set(wrt).isdisjoint(names_in(own[name]))]
    circular = [name for name in wrt if name in names_in(found[name])] or moved
    if circular:
        raise ParseError(f"the answer is made of {circular[0]}, which moves with the variable")
    definitions = {name: own[name] for name in own if name in used}
    definitions |= {name: tree for name, tree in found.items() if name not in wrt}
    return Answer(definitions, {(name,): tree for name, tree in found.items() if name in wrt})


def _used(found: Mapping[str, Tree], own: Mapping[str, Tree]) -> set[str]:
    """The definitions of the expression that values are made of, directly or through others."""
    used: set[str] = set()
    waiting = list(found.values())
    while waiting:
        new = {name for name in names_in(waiting.pop()) if name in own} - used - found.keys()
        used |= new
        waiting += [own[name] for name in new]
    return used
