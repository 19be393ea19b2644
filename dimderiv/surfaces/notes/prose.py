"""What the words around a formula say of matrices: `(if $A$ is symmetric)`."""

import re

_WORD = re.compile(
    r"(?<![\w-])(?P<spd>positive[- ](?:semi-?)?definite|s\.?p\.?d\.?(?!\w)|p\.?s\.?d\.?(?!\w))"
    r"|(?<!un)(?<!a)(?<!non)(?<!non-)(?<!not )(?<!skew-)(?<!anti)symmetric(?!\w)"
    r"|(?<!不)对称|正定",
    re.IGNORECASE,
)
_END = re.compile(r"(?<![A-Z0-9])[.!?](?=\s)|[。！？]|\n[ \t]*\r?\n")
_NAME = re.compile(
    r"\\(?:mathbf|boldsymbol|bm|mathrm|text)\s*\{?\s*\\?([A-Za-z]+)\}?|\\([A-Za-z]+)|([A-Za-z]+)"
)
# How far from the word the name of the matrix stands at most.
_NEAR = 60


def told_before(prose: str, start: int, end: int, since: int) -> dict[str, str]:
    """The properties that words say of names, from a section's beginning to the sentence's end.

    Args:
        prose: the document without comments and code.
        start: where a claim begins.
        end: where it ends.
        since: where its section begins.

    >>> told_before("We have $2Ax$ (if $A$ is symmetric).", 8, 13, 0)
    {'A': 'symmetric', 'symmetric': 'symmetric', 'is': 'symmetric', 'if': 'symmetric'}
    """
    stop = _END.search(prose, end)
    limit = stop.start() if stop else len(prose)
    found: dict[str, str] = {}
    for word in _WORD.finditer(prose, since, limit):
        near = prose[max(since, word.start() - _NEAR) : min(limit, word.end() + _NEAR)]
        names = {name for each in _NAME.findall(near) for name in each if name}
        its = "spd" if word["spd"] and not word["spd"].lower().startswith("p.s") else "symmetric"
        found.update(dict.fromkeys(names, its if its == "symmetric" else "symmetric"))
    return found
