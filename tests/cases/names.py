"""Write docs/names.md: the functions of other languages, and what is written here instead.

    python -m tests.cases.names

The tables are those of the folder `rules` and of dimderiv/language/names.toml; nothing in them is
written by hand.
"""

import re
from collections.abc import Iterator

from dimderiv.language.foreign import ALIASES, refused

from .reading import FOLDER

DOCUMENT = FOLDER.parent.parent / "docs" / "names.md"
_ESCAPED = r"\\\1"
INTRODUCTION = """# Names of functions in other languages

This file is written by `python -m tests.cases.names`.
Its tables come from the folder `rules` and from `dimderiv/language/names.toml`.
It has the functions of NumPy, SciPy, PyTorch, JAX, MATLAB and Julia that are typed into formulas.

A word directly before brackets is never cut into letters.
If it is in no table, it is an unknown function, and the error says how to declare one.
Whatever you declare or define yourself is a name, also if it stands in a table.

## The same function under another name

Capitals make no difference: `Tr(A)`, `ReLU(x)` and `Softmax(X)` are read too.
`norm` of a matrix is the Frobenius norm, as elsewhere but in MATLAB, where it is the spectral norm.

| name | read as |
| --- | --- |
"""
REFUSALS = """
## What to write instead

These names are refused, with what stands on the right.
"""


def write() -> None:
    """Write the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")


def document() -> str:
    """The text of the document."""
    aliases = "".join(f"| `{alias}` | `{name}` |\n" for alias, name in sorted(ALIASES.items()))
    return INTRODUCTION + aliases + REFUSALS + "".join(_topics())


def _topics() -> Iterator[str]:
    for topic, instead in refused().items():
        yield f"\n### {topic}\n\n| name | write |\n| --- | --- |\n"
        for names, written in instead.items():
            cell = " ".join(f"`{name}`" for name in names.split())
            yield f"| {cell} | {re.sub('([|*])', _ESCAPED, written)} |\n"


if __name__ == "__main__":
    write()
