"""Every reason has its words in both languages."""

import re
from pathlib import Path

from documents import ROOT

from dimderiv.curvature.words import table
from dimderiv.language import read_table


def keys(lang: str) -> set[tuple[str, str]]:
    """Every sentence by its table and name."""
    return {(name, key) for name, sentences in table(lang).items() for key in sentences}


def test_both_languages_have_the_same_sentences() -> None:
    """With the same places."""
    assert keys("en") == keys("zh")
    for name, key in keys("en"):
        places = [
            sorted(set(re.findall(r"\{\d\}", table(lang)[name][key]))) for lang in ("en", "zh")
        ]

        assert places[0] == places[1], key


def test_every_reason_of_a_step_has_words() -> None:
    """Each name of a rule that stands in the room is in the table."""
    sources = [
        file.read_text(encoding="utf-8") for file in Path(ROOT, "dimderiv/curvature").glob("*.py")
    ]
    found = {
        name
        for source in sources
        for name in re.findall(r'(?:Fact\([^"()]*"[a-z -]+", |why=)"([a-z_-]+)"', source)
    }

    assert len(found) > 40
    assert found <= set(read_table(str(ROOT / "dimderiv/curvature/messages/en.toml"))["why"])
