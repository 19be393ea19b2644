"""Findings in words."""

from collections.abc import Sequence
from pathlib import Path

from dimderiv.surfaces.notes.report import Finding, Report
from dimderiv.surfaces.translation import Wording

# The properties that are looked for in the words around formulas.
_TOLD = {"symmetric", "onehot"}
# The order in which a summary counts.
_COUNTED = ("right", "note", "filled", "wrong", "layout", "open", "unsure")


class Words(Wording):
    """What says findings.

    Args:
        language: `"en"` or `"zh"`.
    """

    def __init__(self, language: str = "en") -> None:
        super().__init__(Path(__file__).parent / "messages", language)

    def unread(self, reason: str) -> str:
        """That something is not read.

        Args:
            reason: why.
        """
        return self.said("unread", reason=self.told(reason.rstrip(".")))

    def under(self, conditions: Sequence[tuple[str, str]]) -> str:
        """That a claim is right under conditions.

        Args:
            conditions: names with their properties.
        """
        parts = [self.said(its, name=name) for name, its in conditions]
        key = "condition_told" if any(its in _TOLD for _, its in conditions) else "condition"
        return self.said(key, conditions=self.sentences["and"].join(parts))

    def convention(self, sign: str, layout: str) -> str:
        """That a document keeps to a layout.

        Args:
            sign: that of the derivatives.
            layout: which.
        """
        return self.said(f"convention_{layout}", sign=rf"\{sign}")

    def quoted(self, found: Finding) -> str:
        """What is said of a claim, with the claim.

        Args:
            found: of which it is said.
        """
        return f"{found.says}  [{found.claim}]"

    def summary(self, file: str, report: Report) -> str:
        """How many claims a file has, and what came out for them.

        Args:
            file: its name.
            report: what was found in it.
        """
        counts = report.counts
        formulas = self._counted("formulas", counts["formulas"])
        others = counts["unread"] - counts["unread claims"]
        parts = [self.said(f"part_{kind}", count=counts[kind]) for kind in _COUNTED if counts[kind]]
        if counts["unread claims"]:
            parts.append(self.said("part_unread", count=counts["unread claims"]))
        if counts["claims"]:
            claims = self._counted("claims", counts["claims"])
            told = self.sentences["comma"].join(parts)
            made = self.said("summary", file=file, claims=claims, formulas=formulas, parts=told)
        else:
            made = self.said("summary_none", file=file, formulas=formulas)
        rest = self.said("others_unread", count=others) if others else ""
        return f"{made} {rest}".rstrip()

    def _counted(self, key: str, count: int) -> str:
        return self.said(f"{key}_one") if count == 1 else self.said(key, count=count)
