r"""Arguments under the names that the user gave them, where the code needs these names itself.

Code is written with other names for such arguments.  In the end both change places: the argument
gets its own name, and what the code needs gets the other one, by a line above the function.

>>> print(as_given("def f(np_):\n    return np.exp(np_, out=np_)\n", {"np_": "np"}))
np_ = np
<BLANKLINE>
<BLANKLINE>
def f(np):
    return np_.exp(np, out=np)
<BLANKLINE>
"""

from collections.abc import Collection, Iterator, Mapping
from io import StringIO
from itertools import pairwise
from tokenize import NAME, OP, TokenInfo, generate_tokens

OPENING, CLOSING = frozenset("([{"), frozenset(")]}")


def as_given(text: str, names: Mapping[str, str], local: Collection[str] = ()) -> str:
    """The text of functions with arguments under the names that the user gave them."""
    lines, needed = text.splitlines(keepends=True), dict[str, None]()
    other = {name: written for written, name in names.items()}
    for token, is_keyword in reversed(list(_names(text))):
        new = names.get(token.string) or (None if is_keyword else other.get(token.string))
        if new is not None:
            (row, start), (_, end) = token.start, token.end
            lines[row - 1] = lines[row - 1][:start] + new + lines[row - 1][end:]
            if token.string in other and token.string not in local:
                needed[new] = None
    above = [f"{written} = {names[written]}\n" for written in sorted(needed)]
    return "".join([*above, *["\n\n"] * bool(above), *lines])


def _names(text: str) -> Iterator[tuple[TokenInfo, bool]]:
    """The names that are not those of attributes, and whether a call gives something by them."""
    depth, before = 0, ""
    for token, after in pairwise(generate_tokens(StringIO(text).readline)):
        if token.type == OP:
            depth += (token.string in OPENING) - (token.string in CLOSING)
        if token.type == NAME and before != ".":
            yield token, depth > 0 and after.string == "="
        before = token.string
