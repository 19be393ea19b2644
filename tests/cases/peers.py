"""What dimderiv makes of the functions of other libraries: each is called, and the answer shown.

A function is there under its own name or another one, or as a formula of others; or it is refused,
and then the words of the refusal are those that a user reads.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from dimderiv import derive
from dimderiv.errors import DimderivError
from dimderiv.language import Call, Name, Number
from dimderiv.render import text

from .reading import FOLDER

LIST = FOLDER / "lists" / "peers.toml"
HAS, ALIAS, COMPOSED, REFUSED = "has it", "alias", "composed", "refused"


class Peer(NamedTuple):
    """What was found for one function.

    Attributes:
        library: where it is from.
        call: how it is called there.
        status: whether it is there, and how.
        written: what it is read as, or why it is refused and what to write.
        form: the form of its derivative.
    """

    library: str
    call: str
    status: str
    written: str
    form: str


@cache
def peers() -> tuple[Peer, ...]:
    """A row for each function of the list."""
    libraries = tomllib.loads(LIST.read_text(encoding="utf-8"))
    letters = libraries.pop("letters")
    return tuple(
        _tried(table["title"], table["prefix"], line, letters)
        for table in libraries.values()
        for line in table["calls"].split("\n")
        if line
    )


def _tried(library: str, prefix: str, line: str, letters: dict[str, str]) -> Peer:
    call, wrt, *own = line.split(" | ")
    written = own[0] if own else prefix + call
    shapes = {name: shape for name, shape in letters.items() if re.search(rf"\b{name}\b", written)}
    try:
        found = derive(written, wrt, shapes=shapes, verify=False)
    except DimderivError as error:
        hint = f"; try: {error.hint}" if error.hint else ""
        return Peer(library, call, REFUSED, error.message.removeprefix(prefix) + hint, "")
    tree = found.typed.program.statements[-1].value
    status = COMPOSED
    if isinstance(tree, Call) and all(isinstance(a, (Name, Number)) for a in tree.arguments):
        status = HAS if re.match(rf"{tree.function}\b", call) else ALIAS
    return Peer(library, call, status, text(found.typed.program), found.form)


def counted() -> Iterator[list[str]]:
    """For each library how many functions are there, in which way, and how many are refused."""
    found = peers()
    for library in dict.fromkeys(peer.library for peer in found):
        kinds = Counter(peer.status for peer in found if peer.library == library)
        yield [library, *(str(kinds[status]) for status in (HAS, ALIAS, COMPOSED, REFUSED))]
