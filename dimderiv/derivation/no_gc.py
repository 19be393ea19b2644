"""Python's collector of reference cycles, which finds next to nothing in what is made here.

A derivation makes many objects that stay, and each few hundred of them set the collector off; for
programs of a thousand statements it takes a fifth of the time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """Leave cycles to be collected later, if they were collected at all."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
