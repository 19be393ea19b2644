"""What the words around a formula say of matrices: `(if $A$ is symmetric)`."""

import re

from dimderiv.errors import Span
from dimderiv.surfaces.notes.judge import ONE_HOT, SYMMETRIC

_WORD = re.compile(
    r"(?<![\w-])(?:positive[- ](?:semi-?)?definite|s\.?p\.?d\.?(?!\w)|p\.?s\.?d\.?(?!\w))"
    r"|(?<!un)(?<!a)(?<!non)(?<!non-)(?<!not )(?<!skew-)(?<!anti)symmetric(?!\w)"
    r"|(?<!不)对称|正定|(?P<onehot>one[- ]?hot|独热)",
    re.IGNORECASE,
)
_END = re.compile(r"(?<![A-Z0-9])[.!?](?=\s)|[。！？]|\n[ \t]*\r?\n")
_NAME = re.compile(
    r"\\(?:mathbf|boldsymbol|bm|mathrm)\s*\{?\s*|\\?(?P<name>(?<=\\)[A-Za-z]+|\b[A-Za-z]\b)"
)
# How far from the word the name of the matrix stands at most.
_NEAR = 60


def told_before(prose: str, start: int, since: int) -> dict[str, str]:
    """The properties that words say of names, from a section's beginning to a sentence's end.

    Args:
        prose: the document without comments and code.
        start: where the sentence still goes on.
        since: where its section begins.

    >>> told_before("We have $2Ax$ (if $A$ is symmetric). For symmetric $B$ it is", 13, 0)
    {'A': 'symmetric'}
    """
    stop = _END.search(prose, start)
    limit = stop.start() if stop else len(prose)
    found: dict[str, str] = {}
    for word in _WORD.finditer(prose, since, limit):
        sentence = _sentence(prose, word.span(), since, limit)
        names = {each["name"] for each in _NAME.finditer(prose, *sentence) if each["name"]}
        its = ONE_HOT if word["onehot"] else SYMMETRIC
        found.update(dict.fromkeys(sorted(names), its))
    return found


def _sentence(prose: str, word: Span, since: int, limit: int) -> Span:
    """What stands near a word in its sentence."""
    first, last = max(since, word[0] - _NEAR), min(limit, word[1] + _NEAR)
    for found in _END.finditer(prose, first, word[0]):
        first = found.end()
    following = _END.search(prose, word[1], last)
    return first, following.start() if following else last
