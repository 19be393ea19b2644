"""What docs/coverage.md says is so, and nothing of the Matrix Cookbook's section 2 is missing."""

import re
import tomllib

from cases.coverage import DOCUMENT, document
from cases.functions import REFUSED, supported
from cases.peers import REFUSED as NOT_THERE
from cases.peers import peers
from cases.reading import FOLDER, cases_of

COOKBOOK = (FOLDER / "matrix_cookbook.toml").read_text(encoding="utf-8")
# The derivatives of section 2 begin and end with these equations.
FIRST, LAST = 33, 144


def test_the_document_is_up_to_date() -> None:
    """After a change: `python -m tests.cases.coverage`."""
    assert document() == DOCUMENT.read_text(encoding="utf-8")


def test_every_equation_of_the_matrix_cookbook_has_a_case_or_a_reason() -> None:
    """No number of section 2 is passed over in silence."""
    sources = " ".join(case["source"] for case in cases_of(COOKBOOK))
    numbers = {int(number) for number in re.findall(r"eq\. (\d+)", sources)}
    reasons = {int(number) for number in tomllib.loads(COOKBOOK)["absent"]}

    assert set(range(FIRST, LAST + 1)) <= numbers | reasons


def test_every_operation_has_a_value() -> None:
    """Also where there is no derivative."""
    assert REFUSED not in {each.value for each in supported()}


def test_every_function_of_a_peer_is_there_or_refused_by_name() -> None:
    """A refusal says what was not read, never that something went wrong inside."""
    found = peers()
    refusals = [peer.written for peer in found if peer.status == NOT_THERE]

    assert len(found) > 150
    assert all("not" in text or "no array" in text for text in refusals)


def test_what_is_there_has_a_derivative_with_a_form() -> None:
    """By its first argument, in matrix notation or by index."""
    there = [peer for peer in peers() if peer.status != NOT_THERE]

    assert {peer.form for peer in there} <= {"matrix", "kronecker", "index"}
