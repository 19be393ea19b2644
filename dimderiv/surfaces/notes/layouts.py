"""Layouts that a document keeps to: where all claims of a kind have rows and columns exchanged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dimderiv.surfaces.notes.judge import Outcome
from dimderiv.surfaces.notes.report import Finding
from dimderiv.surfaces.notes.words import Words


@dataclass
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


def settle_layouts(claimed: Sequence[Claimed], words: Words) -> tuple[str, ...]:
    """Make right what is in the other layout throughout, and say what the convention is.

    Args:
        claimed: all that was found in a document; findings are exchanged.
        words: what says it.
    """
    said: list[str] = []
    groups: dict[tuple[str, bool], list[Claimed]] = {}
    for each in claimed:
        if each.outcome is not None and each.outcome.is_told_apart:
            groups.setdefault((each.sign, each.outcome.is_gradient), []).append(each)
    for (sign, is_gradient), group in groups.items():
        others = [each for each in group if each.finding.kind == "layout"]
        is_alone = sign == "nabla" and len(others) == 1
        if not others or is_alone or any(e.finding.kind in {"right", "note"} for e in group):
            continue
        key = "convention_gradient" if is_gradient else "convention_jacobian"
        said.append(words.said(key, sign=f"\\{sign}"))
        for each in others:
            each.finding = replace(each.finding, kind="right", says=words.said("right"))
    return tuple(said)
