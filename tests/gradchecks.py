"""Tests that are written beside code, run for golden cases, and beside code with mistakes in it.

    python tests/gradchecks.py --every 12 --target numpy

Each is run as it is written, and must pass; then for code in which one operation is another one,
and must fail, unless the mistake makes no difference.
"""

import argparse
import ast
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from cases.reading import FOLDER, cases_of  # noqa: E402  found only on this path as a script

from dimderiv import codegen, derive  # noqa: E402
from dimderiv.derivation.derivation import Derivation  # noqa: E402
from dimderiv.errors import DimderivError  # noqa: E402

OPTIONS = ("order", "upstream", "forward", "layout", "structured")
KINDS: tuple[Mapping[str, Any], ...] = ({}, {"value": True}, {"layer": True}, {"form": "operator"})
SWAPPED: Mapping[type[ast.operator], ast.operator] = {
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.Mult: ast.Add(),
    ast.Div: ast.Mult(),
    ast.MatMult: ast.Add(),
}


def name_of(text: str) -> str:
    """The name of the test in a text."""
    return text.rpartition("\ndef test_")[2].partition("(")[0]


def run(text: str) -> None:
    """Run the test in a text, as pytest does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        codegen.function(text, f"test_{name_of(text)}")()


def fails(text: str) -> bool:
    """Whether the test in a text fails, by whatever."""
    try:
        run(text)
    except Exception:
        return True
    return False


def mutants(text: str) -> Iterator[str]:
    """The text with one mistake in the code that is tested, for each place of one."""
    tree = ast.parse(text)
    places = [n for n in _tested(tree, name_of(text)) if _is_place(n)]
    for k in range(len(places)):
        changed = deepcopy(tree)
        node = [n for n in _tested(changed, name_of(text)) if _is_place(n)][k]
        if isinstance(node, ast.BinOp | ast.AugAssign):
            node.op = SWAPPED[type(node.op)]
        else:
            assert isinstance(node, ast.Return)
            node.value = _scaled(node.value)
        yield ast.unparse(ast.fix_missing_locations(changed))


def _tested(tree: ast.Module, name: str) -> Iterator[ast.AST]:
    """The parts of what is tested that are computed: no checks, no branches for large arrays."""
    names = {name, name.capitalize(), "backward"}
    waiting = [n for n in tree.body if getattr(n, "name", "") in names]
    while waiting:
        node = waiting.pop(0)
        if not isinstance(node, ast.If | ast.Raise):
            yield node
            waiting += list(ast.iter_child_nodes(node))  # type: ignore[arg-type]


def _is_place(node: ast.AST) -> bool:
    if isinstance(node, ast.Return):
        return True
    return isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in SWAPPED


def _scaled(value: ast.expr | None) -> ast.expr:
    """What is returned, a little too large; of several the last one."""
    if isinstance(value, ast.Tuple):
        return ast.Tuple([*value.elts[:-1], _scaled(value.elts[-1])], ast.Load())
    assert value is not None
    return ast.BinOp(ast.Constant(1.001), ast.Mult(), value)


def asked(every: int) -> Iterator[Derivation]:
    """The derivations of golden cases, of which some are left out."""
    files = sorted(FOLDER.glob("*.toml"))
    cases = [case for file in files for case in cases_of(file.read_text(encoding="utf-8"))]
    for case in [case for case in cases if "expression" in case][::every]:
        options = {key: case[key] for key in OPTIONS if key in case}
        shapes = case.get("shapes")
        try:
            yield derive(case["expression"], case["wrt"], shapes=shapes, verify=False, **options)
        except DimderivError:
            continue


def main() -> None:
    """Write the tests of golden cases, run them, and run them beside code with mistakes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=12)
    parser.add_argument("--target", default="numpy")
    parser.add_argument("--seconds", type=float, default=150)
    given = parser.parse_args()
    counts, start = Counter[str](), time.perf_counter()
    for d in asked(given.every):
        for kind in KINDS:
            if time.perf_counter() - start > given.seconds:
                break
            try:
                text = d.code(given.target, test=True, **kind)
            except DimderivError as error:
                counts[f"refused: {error.message[:60]}"] += 1
                continue
            run(text)
            counts["passed"] += 1
            for mutant in mutants(text):
                counts["with a mistake"] += 1
                counts["of these failed"] += fails(mutant)
    for what, count in counts.most_common():
        print(f"{count:6} {what}")


if __name__ == "__main__":
    main()
