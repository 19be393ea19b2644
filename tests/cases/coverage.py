"""Write docs/coverage.md: what is derived, how each answer is checked, and how long it is.

    python -m tests.cases.coverage

The tables are those of the golden cases, of the rules and of the functions of other libraries in
lists/peers.toml; nothing in them is written by hand.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, starmap
from pathlib import Path
from statistics import median

from .functions import REFUSED, Support, supported
from .peers import ALIAS, COMPOSED, HAS, Peer, counted, peers
from .peers import REFUSED as NOT_THERE
from .reading import FOLDER, Case, cases_of, length

DOCUMENT = FOLDER.parent.parent / "docs" / "coverage.md"
TITLES = {
    "matrix_cookbook": "The Matrix Cookbook",
    "layers": "Layers and losses",
    "tensors": "Arrays with more axes",
    "course_notes": "Course notes",
    "papers_and_models": "Papers and models",
    "matrixcalculus": "matrixcalculus.org",
    "questions": "Questions",
    "sympy_issues": "Issues of sympy",
    "unknown_functions": "Functions that are not known",
}
HEADS = ("source", "expression", "by", "answer", "form", "checked", "length")
LEVELS = ("exact", "30 digits", "numeric")
INTRODUCTION = """# Coverage

This file is written by `python -m tests.cases.coverage` from the golden cases in `tests/cases`.
The tests run every row: the answer is derived, printed as it stands here, checked entry by entry
and compared with central differences and with the closed form of the source, where it has one.

- **form**: `matrix` notation; `kronecker`, where stacked matrices are differentiated; `index`.
- **checked**: `exact`, by rational numbers; to `30 digits`, where a function such as `exp` or
  `sqrt` occurs; `numeric`, where time allowed no more.
- **length**: the symbols, numbers and operators of the answer, by those of the closed form.

Definitions that an answer has from the expression are left out of the answers here.
A second derivative has its variable twice; a vector-Jacobian product says what is handed down.
"""
OPERATIONS = """## Operations

How the value of each operation is written, its derivative by each argument, and the second
derivative of the sum of its squares; a dash where that is refused.
What the check could not evaluate is called unchecked.
"""
PEERS = """## Functions of other libraries

Each is called, read as code or written as dimderiv has it, and derived by its first argument.
*Has it* is a function of the same name, *alias* one of another name, *composed* a formula; what is
*refused* is so in these words.
"""


def write() -> None:
    """Write the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")


def document() -> str:
    """The text of the document."""
    files = sorted(FOLDER.glob("*.toml"), key=_order)
    cases = {file: cases_of(file.read_text(encoding="utf-8")) for file in files}
    operations = supported()
    parts = [INTRODUCTION, *_summary(cases, operations)]
    for file in files:
        parts += [*_section(file, cases[file])]
    return "\n".join([*parts, *_operations(operations), "", *_peers(), ""])


def _peers() -> list[str]:
    found = peers()
    lines = [PEERS, *table(("library", HAS, ALIAS, COMPOSED, NOT_THERE), counted())]
    for library in dict.fromkeys(peer.library for peer in found):
        own = [peer for peer in found if peer.library == library]
        rows = [[_code(p.call), p.status, _written(p), p.form] for p in own]
        lines += [f"\n### {library}\n", *table(("call", "status", "as", "derivative"), rows)]
    return lines


def _operations(operations: Iterable[Support]) -> list[str]:
    heads = ("operation", "by", "value", "derivative", "second derivative")
    rows = [[_code(s.operation), _code(s.by), s.value, s.first, s.second] for s in operations]
    return [OPERATIONS, *table(heads, rows)]


def _written(peer: Peer) -> str:
    return peer.written if peer.status == NOT_THERE else _code(peer.written)


def _order(file: Path) -> tuple[int, str]:
    known = list(TITLES)
    return (known.index(file.stem) if file.stem in known else len(known), file.stem)


def _title(file: Path) -> str:
    return TITLES.get(file.stem, file.stem.replace("_", " ").capitalize())


def _summary(cases: Mapping[Path, Sequence[Case]], operations: Iterable[Support]) -> list[str]:
    heads = ("cases", "derivatives", *LEVELS, "with a closed form", "median length", "longer")
    rows = [[_title(file), *_counts(found)] for file, found in cases.items()]
    rows.append(["all", *_counts([case for found in cases.values() for case in found])])
    return [
        "## Summary\n",
        *table(heads, rows),
        "",
        "Longer are the answers of more than 1.25 times the closed form.",
        _operations_in_words(operations),
    ]


def _operations_in_words(operations: Iterable[Support]) -> str:
    derived: dict[str, bool] = {}
    for each in operations:
        derived[each.operation] = derived.get(each.operation, False) or each.first != REFUSED
    refused = ", ".join(_code(operation) for operation, has in derived.items() if not has)
    return f"Of {len(derived)} operations, these have no derivative: {refused or 'none'}.\n"


def _counts(cases: Sequence[Case]) -> list[str]:
    levels = Counter(case["level"] for case in cases)
    ratios = [_ratio(case) for case in cases if case.get("literature")]
    longer = sum(ratio > 1.25 for ratio in ratios)
    numbers = [len(cases), *(levels[level] for level in LEVELS), len(ratios)]
    return [*map(str, numbers), f"{median(ratios):.2f}", str(longer)]


def _ratio(case: Case) -> float:
    return length(case["answer"]) / length(case["literature"])


def _section(file: Path, cases: Sequence[Case]) -> Iterator[str]:
    text = file.read_text(encoding="utf-8")
    yield f"## {_title(file)}\n"
    yield from _paragraphs(text)
    rows = [_row(case) for case in cases]
    yield from table(HEADS, [rows[0], *starmap(_without_repeats, pairwise(rows))])
    yield ""
    absent = tomllib.loads(text).get("absent", {})
    if absent:
        yield "Not derived:\n"
        yield from table(("equation", "why"), [[number, why] for number, why in absent.items()])
        yield ""


def _paragraphs(text: str) -> list[str]:
    """The comment that opens a file."""
    comment = re.match(r"(?:#.*\n)*", text)
    lines = comment[0].splitlines() if comment else []
    return ["\n".join(line.removeprefix("#").strip() for line in lines), ""]


def _row(case: Case) -> list[str]:
    closed = f"{_ratio(case):.2f}" if case.get("literature") else ""
    return [
        case["source"] + (f"; {case['note']}" if case.get("note") else ""),
        _code(case["expression"]),
        _variable(case),
        _code(_shown(case)),
        case.get("form", "matrix"),
        case["level"],
        closed,
    ]


def _without_repeats(before: Sequence[str], row: Sequence[str]) -> list[str]:
    same = list(before[:2]) == list(row[:2])
    return ["", "", *row[2:]] if same else list(row)


def _variable(case: Case) -> str:
    if case.get("order") == 2:
        return f"{_code(case['wrt'])}, {_code(case['wrt'])}"
    handed = f" from {_code(case['upstream'])}" if case.get("upstream") else ""
    return _code(case["wrt"]) + handed


def _shown(case: Case) -> str:
    """The answer without the definitions that it has from the expression."""
    *definitions, last = case["answer"].split("; ")
    written = {part.strip() for part in case["expression"].split(";")}
    return "; ".join([*(part for part in definitions if part not in written), last])


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table in Markdown.

    Args:
        heads: the heads of its columns.
        rows: the cells of each row.
    """
    lines = [heads, ["---"] * len(heads), *rows]
    return [f"| {' | '.join(map(_escaped, line))} |" for line in lines]


def _escaped(cell: str) -> str:
    return cell.replace("|", r"\|")


def _code(text: str) -> str:
    return f"`{text}`"


if __name__ == "__main__":
    write()
