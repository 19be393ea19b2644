"""Files of TOML that come with dimderiv, kept as Python keeps what it compiled.

To read them anew takes as long as to import all that reads them.
"""

import marshal
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import cache_from_source
from typing import Any

# When a file was changed, and how large it is.
Stamp = tuple[int, int]


def read_table(file: str) -> Mapping[str, Any]:
    """What a file of TOML says.

    Args:
        file: the path of a file of ours, which holds no dates.

    Raises:
        OSError: the file cannot be read.
    """
    state = os.stat(file)
    stamp = state.st_mtime_ns, state.st_size
    kept = cache_from_source(f"{file}.py")
    known = _kept(kept, stamp)
    if known is not None:
        return known
    import tomllib  # slow to import

    with open(file, "rb") as read:
        table = tomllib.load(read)
    if not sys.dont_write_bytecode:
        _keep(kept, marshal.dumps((stamp, table)))
    return table


def _kept(file: str, stamp: Stamp) -> Mapping[str, Any] | None:
    """What was kept of a file, if that is unchanged."""
    with suppress(OSError, EOFError, ValueError, TypeError), open(file, "rb") as read:
        before, table = marshal.load(read)
        return table if before == stamp else None
    return None


def _keep(file: str, data: bytes) -> None:
    """Write a file that others may read meanwhile, unless nothing can be written there."""
    part = f"{file}.{os.getpid()}"
    with suppress(OSError):
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(part, "wb") as written:
            written.write(data)
        os.replace(part, file)
