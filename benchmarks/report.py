"""The tables of `docs/performance.md`, written from what was measured."""

import datetime
import platform
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks import startup
from benchmarks.against_sympy import Duel
from benchmarks.contenders import Field
from benchmarks.derivation import Growth
from benchmarks.families import Grown
from benchmarks.memory import Memory
from benchmarks.operators import DENSE, OF_JAX, OURS, Application
from benchmarks.race import LIMIT, Row
from benchmarks.timing import Times

NONE = "–"
BY_HAND = "by hand"
# Formulas by hand, each against the target of that library, and what is enough.
IN_LIBRARIES = {"jax by hand": ("dimderiv jax", 1.1), "torch by hand": ("dimderiv torch", 1.15)}


def machine(field: Field) -> str:
    """The machine, the versions and the day, in words."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    versions = ", ".join(f"{name} {version}" for name, version in field.versions.items())
    absent = f" Not installed: {', '.join(field.absent)}." if field.absent else ""
    return (
        f"Measured on {datetime.date.today():%d %B %Y}, on {_processor()} with {platform.system()},"
        f" one thread, float64.\nPython {platform.python_version()}, {versions};"
        f" numpy's BLAS is {blas['name']} {blas['version']}.{absent}"
    )


def code(rows: Sequence[Row], field: Field) -> str:
    """The section on generated code.

    Args:
        rows: what was measured.
        field: who took part.
    """
    names = [name for name in field.makers if any(name in row.contenders for row in rows)]
    heads = ["derivative", "sizes", "by hand", LIMIT, *names]
    table = [
        [
            f"{row.case.name}, {row.case.kind}",
            ", ".join(f"{name} = {size}" for name, size in row.case.sizes[row.size].items()),
            f"{duration(row.times.median(row.best))}, {row.best.removeprefix('by hand: ')}",
            ratio(row.ratio(LIMIT)),
            *(ratio(row.ratio(name)) for name in names),
        ]
        for row in rows
    ]
    return "\n\n".join(
        [
            "## Generated code",
            "The column \"by hand\" is the best of several closed forms in plain numpy,"
            " and names it.\n"
            "The other columns are the time of a contender over that time:"
            " below 1 is faster, above 1 slower.\n"
            "All contenders of a row were called in turn, round by round, and a figure is the"
            " median of the ratios within the rounds.\n"
            f'"{LIMIT}" are the products and factorizations that no form of this kind avoids.\n'
            "Each result was compared with the one by hand before it was timed.",
            markdown(heads, table),
            "\n".join(f"- {line}" for line in standing(rows)),
        ]
    )  # fmt: skip


def standing(rows: Sequence[Row]) -> Iterator[str]:
    """Where the generated code stands, in sentences.

    Args:
        rows: what was measured.
    """
    names = list(dict.fromkeys(name for row in rows for name in row.contenders))
    ours = [name for name in names if name.startswith("dimderiv ")]
    for name in ours:
        found = [each for row in rows if (each := row.ratio(name)) is not None]
        yield f"{name} against the best form by hand in numpy: {spread(found, 1.15)}"
    for formula, (target, enough) in IN_LIBRARIES.items():
        if formula in names and target in ours:
            both = [row for row in rows if {formula, target} <= row.times.samples.keys()]
            found = [row.times.ratio(target, formula) for row in both]
            yield f"{target} against {formula}: {spread(found, enough)}"
    for name in names:
        if name not in (*ours, *IN_LIBRARIES):
            yield from against(name, rows, ours[:1], ours[0])
            yield from against(name, rows, ours, "the best target of each row")


def spread(ratios: Sequence[float], enough: float) -> str:
    """The median and the largest of some ratios, and how many are within what is enough."""
    within = sum(each <= enough for each in ratios)
    return (
        f"{statistics.median(ratios):.2f} times in the median, {max(ratios):.2f} at most;"
        f" within {enough} in {within} of {len(ratios)} rows."
    )


def against(other: str, rows: Sequence[Row], ours: Sequence[str], title: str) -> Iterator[str]:
    """How often the generated code is faster than another contender, gradients by themselves.

    Args:
        other: the contender.
        rows: what was measured.
        ours: the targets, of which the best of each row counts.
        title: what they are called.
    """
    for kind, is_first in (("gradients", True), ("Hessians and Jacobians", False)):
        pairs = [
            (min(each for name in ours if (each := row.ratio(name)) is not None), theirs)
            for row in rows
            if (row.case.kind == "gradient") == is_first
            and (theirs := row.ratio(other)) is not None
        ]
        if pairs:
            won = sum(own < theirs for own, theirs in pairs)
            gain = statistics.median(theirs / own for own, theirs in pairs)
            yield (
                f"{kind}, {title}: faster than {other} in {won} of {len(pairs)} rows,"
                f" {gain:.1f} times in the median."
            )


def operators(found: Sequence[Application]) -> str:
    """The section on Hessians that are not formed.

    Args:
        found: what was measured.
    """
    names = [OURS, DENSE, OF_JAX]
    table = [
        [
            f"{each.case.name}, {each.case.kind}",
            ", ".join(f"{name} = {size}" for name, size in each.sizes.items()),
            duration(each.times.median(BY_HAND)),
            *(
                ratio(each.times.ratio(name, BY_HAND) if name in each.times.samples else None)
                for name in names
            ),
        ]
        for each in found
    ]
    return "\n\n".join(
        [
            "## Hessians as operators",
            "The time of one product of the Hessian with an array of the variable's shape, after"
            " what does not depend on that array.\n"
            "A dense Hessian is multiplied only; that it was formed before is not counted."
            " jax is `jax.jit` of `jax.jvp` of `jax.grad`.",
            markdown(["derivative", "sizes", BY_HAND, *names], table),
        ]
    )


def memories(found: Sequence[Memory]) -> str:
    """The section on memory.

    Args:
        found: what was measured.
    """
    heads = ["derivative", "largest allocation", "largest of inputs, outputs, names", "together"]
    table = [
        [
            f"{each.case.name}, {each.case.kind}",
            f"{each.largest / 1e6:.2f} MB ({each.largest / each.allowed:.2f})",
            f"{each.allowed / 1e6:.2f} MB",
            f"{each.peak / 1e6:.2f} MB",
        ]
        for each in found
    ]
    return "\n\n".join(
        [
            "## Memory",
            "What one operation of the numpy code allocates at most, buffers inside numpy"
            " included, at the large sizes;\nbeside it the largest of the inputs, the outputs and"
            " the intermediates that the user has named, and all that is alive at once.",
            markdown(heads, table),
        ]
    )


def growths(title: str, unit: str, found: Sequence[Growth]) -> str:
    """A table of how times grow.

    Args:
        title: the heading.
        unit: what is counted.
        found: what was measured.
    """
    heads = [unit, "derivation", "numpy code", "tracing by jax"]
    table = [
        [str(each.size), *map(maybe(duration), (each.derive, each.code, each.trace))]
        for each in found
    ]
    return f"### {title}\n\n{markdown(heads, table)}"


def families(found: Iterable[Grown]) -> str:
    """A table of how families of programs grow.

    Args:
        found: what was measured.
    """
    heads = ["family", "size", "derivation", "exponent", "numpy code", "exponent"]
    table = [
        [
            each.family,
            str(each.size),
            duration(each.derive),
            f"{each.slope:.1f}",
            duration(each.code),
            f"{each.code_slope:.1f}",
        ]
        for each in found
    ]
    return "\n\n".join(
        [
            "### Families that grow",
            "The exponent is that of the time over the length of question and answer together,"
            " from about a quarter of the size on: 1 is proportional.",
            markdown(heads, table),
        ]
    )


def derivations(
    golden: Sequence[float], depth: str, width: str, grown: str, duels: Sequence[Duel]
) -> str:
    """The section on derivation times.

    Args:
        golden: the times of the golden cases.
        depth: the table over depth.
        width: the table over width.
        grown: the table of families.
        duels: sympy's answers and times.
    """
    right = [duel for duel in duels if duel.right]
    gain = statistics.median(duel.theirs / duel.ours for duel in right)
    heads = ["expression", "by", "dimderiv", "sympy", "sympy's answer"]
    table = [
        [
            code_cell(duel.twin.text),
            f"`{duel.twin.wrt}`",
            duration(duel.ours),
            duration(duel.theirs) if duel.theirs else NONE,
            "right" if duel.right else "wrong, or none",
        ]
        for duel in duels
    ]
    return "\n\n".join(
        [
            "## Derivation",
            f"The {len(golden)} golden cases of the tests take"
            f" {duration(statistics.median(golden))} in the median"
            f" and {duration(max(golden))} at most, without the check.",
            depth,
            width,
            grown,
            "### Against sympy",
            f"On the {len(right)} of {len(duels)} expressions that sympy answers right,"
            f" dimderiv is {gain:.0f} times faster in the median.\n"
            "sympy's cache is cleared before each derivation.",
            markdown(heads, table),
        ]
    )  # fmt: skip


def starts(times: Times) -> str:
    """The section on start-up.

    Args:
        times: those of `startup.PROCESSES`.
    """
    table = [[code_cell(name), duration(times.median(name))] for name in startup.PROCESSES]
    over = times.median(startup.IMPORT) - times.median(startup.BARE)
    most = 2.5 * times.median(startup.CLICK) + 0.06
    return "\n\n".join(
        [
            "## Start-up",
            f"Importing dimderiv takes {duration(over)} longer than nothing.\n"
            f"The command takes {duration(times.median(startup.COMMAND))} without the check;"
            f" 2.5 times the import of click and 60 ms would be {duration(most)}.",
            markdown(["process", "time"], table),
        ]
    )


def markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code_cell(text: str) -> str:
    """A text as code, in a cell of a table."""
    escaped = text.replace("|", r"\|")
    return f"`{escaped}`"


def duration(seconds: float) -> str:
    """A time with three digits and a unit that suits it.

    >>> duration(0.00123), duration(1.5e-6), duration(12)
    ('1.23 ms', '1.50 µs', '12.0 s')
    """
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1 or unit == "µs":
            break
    number = seconds * factor
    return f"{number:.{max(0, 3 - len(str(int(number))))}f} {unit}"


def ratio(number: float | None) -> str:
    """A ratio with as many digits as mean something.

    >>> ratio(1.234), ratio(12.34), ratio(1234.5), ratio(None)
    ('1.23', '12', '1,234', '–')
    """
    if number is None:
        return NONE
    return f"{number:.2f}" if number < 10 else f"{number:,.0f}"


def maybe(written: Callable[[float], str]) -> Callable[[float | None], str]:
    """The same for what may be missing."""
    return lambda number: NONE if number is None else written(number)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
