"""The plain part of generated code, where a loop over blocks stands before it."""

import re

LOOP = re.compile(r"^( +)if [^\n]* > \d{6,}[^\n]*:\n(?:\1 [^\n]*\n)+", re.M)


def without_loops(source: str) -> str:
    """The source without what is done for large arrays.

    Args:
        source: generated code.
    """
    return LOOP.sub("", source)
