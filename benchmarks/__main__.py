"""`python -m benchmarks`: measure, and write `docs/performance.md`."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
SECTIONS = ("operators", "memory", "derivation", "startup")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is asked for, and print it; a run of everything writes the document.

    Args:
        arguments: the words of the command line.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds")
    parser.add_argument(
        "--only",
        default="",
        metavar="NAME",
        help=f"a part of a derivative's name, such as least or Hessian, or {', '.join(SECTIONS)}",
    )
    options = parser.parse_args(arguments)
    use_one_thread()
    from benchmarks.measure import measured  # numpy reads the number of threads when imported

    document = measured(options.only, quick=options.quick)
    print(document)
    if not options.only and not options.quick:
        DOCUMENT.write_text(document, encoding="utf-8")


def use_one_thread() -> None:
    """Keep this process on one processor, and the libraries to one thread."""
    os.environ.update(dict.fromkeys(THREADS, "1"))
    if sys.platform == "linux":
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


if __name__ == "__main__":
    main()
