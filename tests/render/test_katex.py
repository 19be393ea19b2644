"""Every formula that the LaTeX printer writes is accepted by KaTeX, without a warning.

The tests are skipped where node or its package katex cannot be had.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trees import FIXED_POINTS, LONG_NAMES, nodes

from dimderiv.language.names import GREEK_NAMES
from dimderiv.language.parser import parse_program
from dimderiv.language.syntax import Call, Group, Name, Transpose, Tree
from dimderiv.render.latex_formula import align, latex

CHECK = Path(__file__).parent.with_name("katex_check.mjs")
INSTALL_SECONDS = 60
RENDER_SECONDS = 60

EXPRESSIONS = """
A inv(B)' C
inv(A')
A^-T B
(A^2)'
(x.^2)'
(A')^2
pinv(A)'
(1/3) x
0.5 x' A x
0.3 x + 0.00001
x^(1/2)
x.^-0.5
x.^(a + b)
(x / y)^2
(x' A x) / (x' x)
2 X' (softmax(X W + b) - Y) Z' B C / (n m)
-(softmax(S / t) - softmax(T / t)) / t
1 / (1 + exp(-x))
exp(x / y) (A / 2)
(a .* b) ./ (c .* d) .* e
2 g .* x
(A B) .* (C D)
||x / y||
||x||_1 ||x||_inf ||X||_F ||X||_*
abs(x) + abs(x / 2)
sqrt(v + 1) ./ sqrt(x / y)
log(x) + sin(x) + cos(x) + tan(x) + sinh(x) + cosh(x) + tanh(x)
arcsin(x) + arccos(x) + arctan(x)
sign(x) + relu(x) + sigmoid(x) + softplus(x) + erf(x) + gelu(x) + silu(x)
sigma sigmoid(x)
lambda eigmax(A)
tr(A) + det(A) + logdet(A)^2 + eigmax(A)
expm(t A) diag(x) vec(X)
dexpm(A, E) + dexpm(A, E)'
eigvec(A)' x
polar(X)'
2 kron(A, B C) + kron(A, B)'
sum(X) + mean(X) + max(X) + min(X) + logsumexp(X)
sum(X .* Y, axis=0) + sum(X, axis=1)
mean(X, axis=0) + max(X, axis=1) + logsumexp(x / y, axis=1)
softmax(X)' logsoftmax(X)'
cross_entropy(S, Y) + cross_entropy(S / t, Y)
norm1(x) norm2(x)
conv2(V, K)
ones(m, 1)' ones(m, n) ones(1, n) ones(1, 1)
eye(n) + vector(1) + vector(2) + matrix(1) + matrix(c)
(X > 0) .* (X >= 0) .* (X < 0) .* (X / 2 <= Y)
I + pi
W1 + x_i + x_max + x_1_2 + theta_1 + mu2 + x_alpha
score' score score2
[i:m, j:n] A[i,k] B[k,j]
[(i:m, k1:p), (j:n, l:q)] A[i,j] B[k1,l] - x[i]
kron(A, B) K(m, n + 1)' K(m, 2 n)^2
[i:m, j:n] G[i-k, j-l] K[k,l] - W1[i,j] inv(A)[i,j]
[i:m] A[i n+k, 0] / (I - A Y)[i,i]^2
[] A[i,i]
S1 = X W1 + b1; H = relu(S1); dS2 = H'; H' dS2
Xhat = X; mutilde = Xhat; Xhat - mutilde
db1 = b1; dx = db1; dx
f = x; f
""".strip().splitlines()

Check = Callable[[Sequence[str]], None]


@pytest.fixture(scope="session")
def katex_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with katex in its node_modules."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    for modules in os.environ.get("NODE_PATH", "").split(os.pathsep):
        if modules and Path(modules, "katex", "package.json").is_file():
            return Path(modules).parent
    return _installed(tmp_path_factory.mktemp("katex"))


def _installed(folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, and NODE_PATH has no katex")
    quietly = ["--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0"]
    try:
        subprocess.run(
            [npm, "install", "--prefix", str(folder), *quietly, "katex@0.16"],
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=INSTALL_SECONDS,
        )
    except (subprocess.SubprocessError, OSError) as error:
        pytest.skip(f"katex cannot be installed: {error}")
    return folder


@pytest.fixture(scope="session")
def check(katex_folder: Path) -> Check:
    """Asserts that KaTeX accepts formulas."""

    def accepts(formulas: Sequence[str]) -> None:
        run = subprocess.run(
            ["node", str(CHECK), str(katex_folder)],
            input=json.dumps(list(formulas)),
            check=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=RENDER_SECONDS,
        )
        complaints = json.loads(run.stdout)

        assert {
            formula: complaint
            for formula, complaint in zip(formulas, complaints, strict=True)
            if complaint is not None
        } == {}

    return accepts


def rendered(source: str) -> str:
    """A text of the language as LaTeX."""
    return latex(parse_program(source, names=[*LONG_NAMES, "score2", "x_max"]))


def test_the_check_finds_mistakes(katex_folder: Path, check: Check) -> None:
    """A double superscript and a sign that KaTeX does not know are reported."""
    with pytest.raises(AssertionError):
        check(["x^{2}^{3}"])
    with pytest.raises(AssertionError):
        check([r"\mathrm{é}"])


def test_accepts_every_construct(check: Check) -> None:
    """All kinds of nodes and all functions compile."""
    check([rendered(source) for source in EXPRESSIONS + FIXED_POINTS])


def test_accepts_names_and_spellings(check: Check) -> None:
    """Greek, accented, long and foreign names, and spellings given by the caller, compile."""
    names = [*GREEK_NAMES, "λ", "λ_1", "été", "距離", "dSigma", "x_", "alphahat", "long_name2"]
    calls: list[Tree] = [
        Call("pinched", (Name("x"),)),
        Call("two_words", (Name("x"), Name("y"))),
        Call("∇f", (Name("x"), Name("y"), Name("z"), Name("w"))),
    ]
    formulas = [latex(Transpose(Name(name))) for name in names]
    formulas += [latex(call) for call in calls]
    formulas += [latex(calls[0], spellings={"pinched": r"{x}^{\flat}"})]
    formulas += [latex(Transpose(Name("z")), names={"z": "z^{(1)}"})]
    formulas += [latex(Transpose(Group(Transpose(Name("z")))))]

    check(formulas)


def test_accepts_aligned_lines(check: Check) -> None:
    """They compile, also with an empty left side."""
    lines = [("y", "A x"), ("", r"\frac{1}{2} x")]

    check([align(lines)])


def test_accepts_random_trees(check: Check) -> None:
    """Whatever is nested in what, there is no double superscript and no open bracket."""
    formulas: list[str] = []

    @settings(max_examples=300, deadline=None, database=None)
    @given(st.lists(nodes(), min_size=1, max_size=3))
    def collect(trees: list[Tree]) -> None:
        formulas.extend(latex(tree) for tree in trees)

    collect()
    check(formulas)
