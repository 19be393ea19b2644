"""The names in generated code: of symbols, sizes, definitions and parts that repeat."""

import keyword
from collections.abc import Collection, Iterable, Iterator, Mapping
from io import StringIO
from itertools import count, pairwise
from tokenize import NAME, OP, TokenInfo, generate_tokens

OPENING, CLOSING = frozenset("([{"), frozenset(")]}")


class Identifiers:
    """Names of Python that are taken.

    Args:
        taken: names that the code itself needs.

    >>> names = Identifiers(["np"])
    >>> names.new("lambda"), names.new("X"), names.new("X")
    ('lambda_', 'X', 'X_')
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = {*keyword.kwlist, *taken}
        self._numbers = count(1)

    def new(self, name: str) -> str:
        """The name, with as many underscores after it as are needed to set it apart."""
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def copy(self) -> "Identifiers":
        """The same names, to which others are added apart."""
        return Identifiers(self.taken)

    def temporary(self, reserved: Collection[str] = ()) -> str:
        """A name for a part that has none: `t1`, `t2`, and so on.

        Args:
            reserved: names that will be taken later.
        """
        names = (f"t{number}" for number in self._numbers)
        free = (name for name in names if name not in self.taken and name not in reserved)
        return self.new(next(free))


def python_name(name: str) -> str:
    """What a symbol is called in code: its name, unless that is a keyword.

    Args:
        name: that of the symbol.

    >>> python_name("lambda")
    'lambda_'
    """
    return Identifiers(()).new(name)


def as_given(text: str, names: Mapping[str, str], local: Collection[str] = ()) -> str:
    r"""The text of functions with arguments under the names that the user gave them.

    Code that needs such a name itself is written with another name for the argument.  In the end
    both change places: the argument gets its own name, and what the code needs gets the other one,
    by a line above the function.

    Args:
        text: the functions.
        names: for each argument that the code has another name for, by that, the user's name.
        local: names that need no line above, since the functions give them a meaning.

    >>> print(as_given("def f(np_):\n    return np.exp(np_, out=np_)\n", {"np_": "np"}))
    np_ = np
    <BLANKLINE>
    <BLANKLINE>
    def f(np):
        return np_.exp(np, out=np)
    <BLANKLINE>
    """
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
