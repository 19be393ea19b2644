"""Layouts that a document keeps to: where most claims of a kind have rows and columns exchanged."""

from collections.abc import Mapping, Sequence

from dimderiv.language import frozen
from dimderiv.surfaces.notes.judge import Outcome
from dimderiv.surfaces.notes.report import Finding


@frozen.record
class Claimed:
    """A finding with what the layouts of a document are told by.

    Attributes:
        finding: what is said.
        outcome: what came out for the claim, if something did.
        sign: that of the derivative.
    """

    finding: Finding
    outcome: Outcome | None = None
    sign: str = ""


def layouts_of(claimed: Sequence[Claimed]) -> Mapping[str, str]:
    """The layout of the derivatives with each sign, where it is another one than ours.

    A gradient that is a row shows the numerator layout, a Jacobian with a row for each entry of the
    variable the denominator layout.  One nabla alone shows no convention.

    Args:
        claimed: all that was found in a document.
    """
    found: dict[str, str] = {}
    for layout, is_gradient in (("denominator", False), ("numerator", True)):
        for sign in ("nabla", "partial", "d"):
            kinds = [
                each.finding.kind
                for each in claimed
                if each.sign == sign
                and each.outcome is not None
                and each.outcome.is_told_apart
                and each.outcome.is_gradient == is_gradient
            ]
            others, ours = kinds.count("layout"), kinds.count("right") + kinds.count("note")
            if others > max(ours, sign == "nabla"):
                found[sign] = layout
    return found
