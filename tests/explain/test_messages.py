"""The sentences of the steps: both languages have the same ones, and all are used."""

import re
from string import Formatter
from typing import get_args

import pytest
from documents import ROOT

from dimderiv.answer import LAYOUTS
from dimderiv.differentiate.tied import CURVED, STRUCTURES
from dimderiv.explain.messages import LANGUAGES, sentences
from dimderiv.verify.claim import Level

PACKAGE = ROOT / "dimderiv"
ENGLISH = sentences("en")
# Keys of which a part is made when the program runs: `passed_` and the kind of passage.
MADE = (
    {f"passed_{kind}" for kind in ("sum", "product", "transpose", "name")}
    | {f"{kind}_{layout}" for kind in ("layout", "shape", "books") for layout in LAYOUTS}
    | {f"block_{kind}" for kind in ("derived", "equal", "transposed", "zero")}
    | {f"property_{word}" for word in (*STRUCTURES, *CURVED)}
    | {f"checked_{level.replace(' ', '_')}" for level in get_args(Level)}
    | {f"slope{kind}_held" for kind in ("", "_table", "_letters")}
    | {
        f"{kind}_{where}"
        for kind in ("reach", "dropped")
        for where in ("inside", "over", "unknown")
    }
)


def fields(sentence: str) -> set[str]:
    """The names of the fields of a sentence."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys(language: str) -> None:
    """No sentence is missing in a language, and none is left over."""
    assert set(ENGLISH) == set(sentences(language))


@pytest.mark.parametrize("key", ENGLISH)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_fields(language: str, key: str) -> None:
    """What the English sentence shows, the others show too."""
    assert fields(ENGLISH[key]) == fields(sentences(language)[key])


def test_every_key_is_used() -> None:
    """Each key stands in the code that makes the steps or writes them."""
    files = PACKAGE.joinpath("explain").rglob("*.py")
    code = "\n".join(file.read_text("utf-8") for file in files)
    quoted = set(re.findall(r'"(\w+)"', code))

    assert set() == set(ENGLISH) - quoted - MADE


def test_fields_are_plain_names() -> None:
    """A field is a name and nothing else, so that a sentence can call nothing."""
    assert all(name.isidentifier() for text in ENGLISH.values() for name in fields(text))
