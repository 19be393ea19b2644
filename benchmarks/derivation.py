"""How long a derivation takes, against reference work done in the same run.

    python benchmarks/derivation.py

Every figure is a median, and every judgement a ratio of two of them, so that it holds on any
machine: derivation against the import of sympy, a chain of layers against one ten times shorter.
"""

import statistics
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from dimderiv import derive

CASES = Path(__file__).parent.parent / "tests" / "cases"
ROUNDS = 5


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median time of some work."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def process(*arguments: str) -> float:
    """The median time of a whole process of this interpreter."""
    command = [sys.executable, *arguments]
    return seconds(lambda: subprocess.run(command, check=True, capture_output=True))


def cases() -> list[tuple[str, str | list[str], dict[str, str]]]:
    """Expression, variable and shapes of every golden case."""
    found: list[tuple[str, str | list[str], dict[str, str]]] = []
    for file in sorted(CASES.glob("*.toml")):
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        for case in document["case"]:
            told = document["setting"][case["of"]] if "of" in case else case
            found.append((told["expression"], case["wrt"], told["shapes"]))
    return found


def chain(layers: int) -> tuple[str, list[str], dict[str, str]]:
    """A net of named layers, its weights, and their shapes."""
    names = ["X", *(f"H{k}" for k in range(1, layers + 1))]
    lines = [f"H{k} = tanh({names[k - 1]} W{k})" for k in range(1, layers + 1)]
    shapes = {"X": "N x D", **{f"W{k}": "D x D" for k in range(1, layers + 1)}}
    return "; ".join([*lines, f"sum(H{layers})"]), [f"W{k}" for k in range(1, layers + 1)], shapes


def derived(case: tuple[str, str | list[str], dict[str, str]], *, verify: bool = False) -> str:
    """The printed derivative of a case."""
    expression, wrt, shapes = case
    return str(derive(expression, wrt, shapes=shapes, verify=verify))


def main() -> None:
    """Measure, and print one line a figure."""
    sympy = process("-c", "import sympy") - process("-c", "pass")
    print(f"import sympy alone                    {sympy * 1e3:8.0f} ms")
    golden = cases()
    for verify, title, rounds in ((False, "no check: ", ROUNDS), (True, "and check:", 1)):
        times = [seconds(partial(derived, case, verify=verify), rounds) for case in golden]
        print(
            f"derive {title} median of {len(times):4} cases{statistics.median(times) * 1e3:8.2f} ms"
        )
        print(f"derive {title} slowest case        {max(times) * 1e3:8.2f} ms")
    before = 0.0
    for layers in (10, 100, 1000):
        text, weights, shapes = chain(layers)
        one = seconds(partial(derived, (text, "W1", shapes)), rounds=3)
        every = seconds(partial(derived, (text, weights, shapes)), rounds=3)
        growth = f", {one / before:4.1f} times the line above" if before else ""
        figures = f"by one weight {one * 1e3:7.1f} ms, by all {every * 1e3:7.1f} ms"
        print(f"{layers:5} layers: {figures}{growth}")
        before = one
    command = ["-m", "dimderiv", "||Xw-y||^2", "--wrt", "w"]
    for options in (["--no-verify"], []):
        whole = process(*command, *options)
        name = " ".join(["command", *options])
        print(f"{name:37} {whole * 1e3:8.0f} ms, {whole / sympy:.2f} of import sympy")


if __name__ == "__main__":
    main()
