"""Derivations where the standard library and mpmath are all there is, as on a page in a browser."""

import json
import subprocess
import sys

import pytest
from documents import ROOT

# What it derives there, and says of each.
PROGRAM = """\
import json, sys
for name in ("sympy", "numpy", "scipy", "click"):
    sys.modules[name] = None
from dimderiv import check, derive
d = derive("||X w - y||^2", "w")
read = derive(r"\\|Xw - y\\|_2^2", "w")
said = [str(d), str(read), d.latex(), d.explain("zh", markup="html"), d.code("torch"), d.code()]
proof = derive("x'A x", "x", verify="sympy")
nowhere = derive("log(-x'x)", "x")
print(json.dumps({
    "said": said,
    "levels": [each.verification.level for each in (d, proof, nowhere)],
    "reasons": [
        d.verification.code.reason, proof.verification.reason, nowhere.verification.reason
    ],
    "verdicts": [check("||X w - y||^2", "w", answer).kind for answer in ("2X'(Xw-y)", "X'(Xw-y)")],
}))
"""


@pytest.fixture(scope="module")
def bare() -> dict[str, list[str]]:
    """What a process says that has neither sympy nor numpy nor click."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_an_answer_is_derived_checked_and_explained(bare: dict[str, list[str]]) -> None:
    """Points judge it; steps, LaTeX, code and verdicts are the usual ones."""
    assert bare["levels"][0] == "exact"
    assert ["2 X' (X w - y)"] * 2 == bare["said"][:2]
    assert all(bare["said"])
    assert ["right", "factor"] == bare["verdicts"]


def test_what_could_not_be_checked_says_why(bare: dict[str, list[str]]) -> None:
    """Code is not run without numpy, and nothing is proved without sympy."""
    code, proof, nowhere = bare["reasons"]

    assert ["unchecked", "unchecked"] == bare["levels"][1:]
    assert "numpy is not installed" == code
    assert "sympy, which could decide it, is not installed" == proof
    assert nowhere.startswith("no point of the domain was found") and nowhere.endswith(proof)
