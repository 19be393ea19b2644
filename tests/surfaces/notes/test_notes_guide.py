"""The guide for authors: what it says is read is read."""

import pytest
from documents import code, tables, text_of

from dimderiv.surfaces.notes import checked_notes
from dimderiv.surfaces.notes.report import KINDS

READ, SAID = tables(text_of("docs/notes.md"))
BEFORE = r"$X \in \mathbb{R}^{N \times d}$, $r = Xw - y$, $J(w) = \frac12 \|r\|^2$. "


@pytest.mark.parametrize("row", READ.rows, ids=lambda row: code(row[0])[0])
def test_every_formula_of_the_guide_is_read(row: list[str]) -> None:
    """Claims are right; declarations, definitions and properties are taken in."""
    text = " and ".join(code(row[0]))
    report = checked_notes(text if "claims" not in row[1] else BEFORE + text, "markdown")
    kinds = [finding.kind for finding in report.findings]

    assert ["right"] * len(kinds) == kinds, report.findings
    assert ("claims" in row[1]) == bool(kinds)


def test_the_kinds_of_the_guide_are_all_there_are() -> None:
    """And they fail where it says so."""
    told = {code(row[0])[0]: row[2] == "yes" for row in SAID.rows}

    assert {**told, "right": False} == dict(KINDS)
