"""Names of Python as names of the language."""

import re

from dimderiv.language import RESERVED_WORDS, canonical_name, unused_name

_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")


def spelled(name: str) -> str | None:
    """A name of Python as the language has it; nothing where no symbol can be called so.

    Args:
        name: the name.

    >>> spelled("lambda_"), spelled("_x__0"), spelled("σ"), spelled("inv")
    ('lambda', 'x_0', 'sigma', None)
    """
    plain = re.sub("_+", "_", canonical_name(name)).strip("_")
    is_free = _SYMBOL.fullmatch(plain) and plain not in RESERVED_WORDS
    return plain if is_free else None


class Names:
    """The names of the language that stand for those of the text; no two have the same."""

    def __init__(self) -> None:
        self.taken: dict[str, str] = {}

    def symbol(self, name: str) -> str | None:
        """The name of a symbol, if it may have it."""
        plain = spelled(name)
        if plain is None:
            return None
        if self.taken.setdefault(plain, name) != name:
            plain = unused_name(plain, self.taken)
            self.taken[plain] = name
        return plain

    def definition(self, name: str) -> str:
        """A name for what is defined, a new one where it has a meaning already."""
        plain = spelled(name)
        if plain is None:
            letters = re.sub("[^A-Za-z0-9]+", "_", name).strip("_") or "v"
            plain = f"{letters}_1" if letters[0].isalpha() else f"v_{letters}"
        new = unused_name(plain, self.taken)
        self.taken[new] = f"{name} ="
        return new
