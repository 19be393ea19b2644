"""What the reader knows beforehand: the functions, and the shape of a token."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from dimderiv.errors import Span
from dimderiv.language.foreign import ALIASES
from dimderiv.language.rule_files import FUNCTIONS
from dimderiv.language.structure import ARRANGING, DERIVATIVES, SPELLED

# Those with a rule, those that make an array of a given size, and those that arrange entries.
BUILTIN_FUNCTIONS = frozenset(FUNCTIONS).union(
    {"ones", "eye", "vector", "matrix", "commutation"}, ARRANGING, SPELLED, DERIVATIVES
)
# Of one argument a reduction, of two a function of each entry, whose rule has this name.
EXTREMES: Mapping[str, str] = MappingProxyType({"max": "maximum", "min": "minimum"})
# The functions that run over all entries, or along an axis; running sums keep what they run over.
REDUCTIONS = frozenset(
    name
    for name, table in FUNCTIONS.items()
    if table.get("kind") == "reduction" or (table.get("along") and "column" not in table)
)
COMPARISONS = (">", "<", ">=", "<=", "==")
# Short for `commutation`, where two arguments follow and nothing else has the name; else a symbol.
COMMUTATION = "K"
COMMUTATIONS = frozenset({"commutation", COMMUTATION})
# The function whose values are labels: the places of the entries of a row once it is sorted.
RANK = "rank"
# The function whose value counts as a constant: it has no derivative of any order.
STOP = "stop"
# The number, where all that is done with the letter is to raise it to a power; else a symbol.
EULER = "e"
# The order of a norm, a letter or a number that is not 0, as a pattern that may have spaces in it.
NORM_ORDER = r"""[pq](?![A-Za-z0-9_]) | (?= [0-9.]*[1-9] ) [0-9]{1,9} (?: \.[0-9]{1,9} )?"""
# What stands for a bracket that is not in the text, as around subscripts.
MARK = "_"
# The kind of the token of a 1 that is a vector of ones.
ONES = "ones"
# Functions that are hidden by symbols with their names.
YIELDING = DERIVATIVES.union(name for name, table in FUNCTIONS.items() if table.get("yields"))
RESERVED_WORDS = (BUILTIN_FUNCTIONS - YIELDING) | ALIASES.keys() | {"axis"}


class Token(NamedTuple):
    """One token; an operator's kind is its canonical spelling.

    The other kinds are `number`, `name`, `function`, `reduction` (a function before a square
    bracket), `axis`, `option` (another name before an equals sign in a call), `quoted` (a text),
    `open` and `close` (the bars of a norm; the text of `close` is the norm's function, or its
    order), `row` (a semicolon inside square brackets), `ones` and `e` (see `constants`) and `end`.
    """

    kind: str
    text: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.start, self.end
