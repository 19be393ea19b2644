"""All measurements in order, each section a text of the document."""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from benchmarks import report
from benchmarks.contenders import Field, field
from benchmarks.memory import memory, shown
from benchmarks.operators import applications
from benchmarks.race import CASES, SIZES, Row, races
from benchmarks.timing import QUICK, Effort, median

Item = TypeVar("Item")


def measured(only: str, *, quick: bool) -> str:
    """The document, or the part of it that is asked for.

    Args:
        only: a part of the names of the derivatives wanted, or the name of a section.
        quick: whether to use small sizes, shallow chains and few rounds.

    Raises:
        SystemExit: nothing has such a name.
    """
    everyone = field()
    sections: dict[str, Callable[[], str]] = {
        "operators": lambda: _operators(everyone, quick),
        "memory": lambda: _memory(quick),
        "derivation": lambda: _derivation(everyone, quick),
        "startup": lambda: _startup(quick),
    }
    texts = []
    if only not in sections:
        rows = list(_told(races(everyone, only, SIZES[:1] if quick else SIZES, _effort(quick))))
        if not rows:
            names = ", ".join(dict.fromkeys(case.name for case in CASES))
            raise SystemExit(f"nothing is called {only!r}; one of {names}, {', '.join(sections)}")
        texts.append(report.code(rows, everyone))
    texts += [section() for name, section in sections.items() if only in ("", name)]
    return "\n\n".join(
        [
            "# Performance",
            "This file is written by `python -m benchmarks`.\n" + report.machine(everyone),
            *texts,
        ]
    ) + "\n"  # fmt: skip


def _effort(quick: bool) -> Effort:
    return QUICK if quick else Effort()


def _told(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, each announced on standard error when it is there."""
    for row in rows:
        ratios = ", ".join(f"{name} {report.ratio(row.ratio(name))}" for name in row.contenders)
        print(f"{row.case.name} {row.case.kind}, {row.size}: {ratios}", file=sys.stderr)
        yield row


def _operators(everyone: Field, quick: bool) -> str:
    return report.operators(list(applications(everyone.jax, _effort(quick), quick=quick)))


def _memory(quick: bool) -> str:
    size = "small" if quick else "large"
    return report.memories([memory(case, size) for case in CASES if shown(case)])


def _derivation(everyone: Field, quick: bool) -> str:
    from benchmarks import derivation, families
    from benchmarks.against_sympy import duels  # sympy is slow to import

    most = 10 if quick else 1000
    depths = [depth for depth in derivation.DEPTHS if depth <= most]
    widths = [width for width in derivation.WIDTHS if width <= most]
    depth = list(derivation.over_depth(everyone.jax, depths))
    width = list(derivation.over_width(everyone.jax, widths))
    return report.derivations(
        [median(program.derived) for program in derivation.golden_programs()],
        report.growths("Over depth: a chain of named layers, by all weights", "layers", depth),
        report.growths("Over width: a sum of terms, by what they share", "terms", width),
        report.families(families.grown(quick)),
        list(duels()),
    )


def _startup(quick: bool) -> str:
    from benchmarks.startup import startup

    return report.starts(startup(rounds=3 if quick else 31))
