"""How much memory a function takes: the largest allocation of any one operation in it.

The function is run one Python instruction at a time with `tracemalloc`, to which numpy reports its
arrays, so that what an operation allocates besides its result counts too.
"""

import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from benchmarks.case import Case
from benchmarks.contenders import as_arrays

SHOWN = ("attention", "batch norm")


@dataclass(frozen=True)
class Memory:
    """The memory that the generated numpy code of a case takes, in bytes.

    Attributes:
        case: the case.
        largest: what one operation allocates at most.
        peak: what all arrays besides the inputs take together at most.
        allowed: the largest of the inputs, the outputs and what the user has named.
    """

    case: Case
    largest: int
    peak: int
    allowed: int


def memory(case: Case, size: str) -> Memory:
    """Run the generated numpy code of a case, and see what it allocates.

    Args:
        case: the case.
        size: the name of the size.
    """
    arrays, function = case.drawn(size), case.derivation.function("numpy", value=case.with_value)
    outputs = as_arrays(function(**arrays))
    largest, peak = allocations(lambda: function(**arrays))
    typed = case.derivation.typed
    named = [
        8 * shape.rows.evaluate(case.sizes[size]) * shape.cols.evaluate(case.sizes[size])
        for shape in typed.definitions.values()
    ]
    given = [array.nbytes for array in (*arrays.values(), *outputs)]
    return Memory(case, largest, peak, max(*given, *named))


def allocations(work: Callable[[], Any]) -> tuple[int, int]:
    """What one instruction of some work allocates at most, and all of it together.

    Args:
        work: what is run.

    >>> largest, together = allocations(lambda: [bytes(1000), bytes(3000)])
    >>> 3000 < largest < 4000 < together
    True
    """
    largest = highest = before = 0

    def look(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal largest, highest, before
        frame.f_trace_opcodes = True
        now, peak = tracemalloc.get_traced_memory()
        largest, highest = max(largest, peak - before), max(highest, peak)
        tracemalloc.reset_peak()
        before = now
        return look

    traced = sys.gettrace()
    tracemalloc.start()
    start = before = tracemalloc.get_traced_memory()[0]
    try:
        sys.settrace(look)
        work()
    finally:
        sys.settrace(traced)
        tracemalloc.stop()
    return largest, highest - start


def shown(case: Case) -> bool:
    """Whether the memory of a case is reported: layers, and what has a large answer."""
    return case.name in SHOWN or case.kind != "gradient"
