"""The course notes that the project grew from: their examples come out as the notes have them."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from dimderiv import derive

NOTES: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).parent.with_name("notes").joinpath("founding.toml").read_text("utf-8")
)["note"]


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note["name"])
def test_a_note_comes_out_as_it_stands_there(note: dict[str, Any]) -> None:
    """Typed without shapes but for what cannot be known, under the names of the notes, checked."""
    found = derive(
        note["expression"],
        note["wrt"],
        shapes=note.get("shapes"),
        upstream=note.get("upstream"),
    )

    assert note["answer"].strip() == found.text(multiline=True)
    assert found.verification is not None
    assert found.verification.level != "unchecked"


def test_the_steps_show_where_the_scalar_order_breaks() -> None:
    """With scalars the derivative is `2 (X omega - y) X`, which does not conform."""
    steps = derive("(X omega - y)'(X omega - y)", "omega").explain()

    assert "With scalars" in steps
    assert "conform" in steps
    assert "2 X' (X omega - y)" in steps
