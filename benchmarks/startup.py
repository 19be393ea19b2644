"""How long processes take to start: the import, and the command line, against bare ones."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from benchmarks.timing import Effort, Times, interleaved

ROOT = Path(__file__).parent.parent
BARE, CLICK = "python -c pass", "python -c 'import click'"
IMPORT, DERIVE = "python -c 'import dimderiv'", "python -c 'from dimderiv import derive'"
COMMAND = "dimderiv '||Xw-y||^2' --wrt w --no-verify"
CHECKED = "dimderiv '||Xw-y||^2' --wrt w"
_EXAMPLE = ["-m", "dimderiv", "||Xw-y||^2", "--wrt", "w"]
PROCESSES: Mapping[str, list[str]] = {
    BARE: ["-c", "pass"],
    CLICK: ["-c", "import click"],
    IMPORT: ["-c", "import dimderiv"],
    DERIVE: ["-c", "from dimderiv import derive"],
    COMMAND: [*_EXAMPLE, "--no-verify"],
    CHECKED: _EXAMPLE,
}


def startup(rounds: int = 31) -> Times:
    """Start each process in turn, round by round.

    The compiled modules are kept in a folder of the measurement's own, as an installation has them.

    Args:
        rounds: how many times.
    """
    with tempfile.TemporaryDirectory() as compiled:
        environment = {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": compiled}
        works = {
            name: partial(
                subprocess.run,
                [sys.executable, *arguments],
                env=environment,
                check=True,
                capture_output=True,
            )
            for name, arguments in PROCESSES.items()
        }
        for work in works.values():
            work()
        return interleaved(works, Effort(rounds=(rounds, rounds), slow=float("inf")))
