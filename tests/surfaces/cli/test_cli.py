"""The command line: what goes where, which exit status, and that no input ends in a traceback."""

import json
import os
import shlex
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from types import SimpleNamespace
from typing import IO

import pytest
from documents import ROOT

from dimderiv.derivation.derivation import Derivation
from dimderiv.errors import VerificationError
from dimderiv.rulebook.rulebook import load_rules
from dimderiv.surfaces.cli import command as cli
from dimderiv.surfaces.cli import process
from dimderiv.verify.claim import Verification

LEAST_SQUARES = ["||Xw-y||^2", "--wrt", "w"]
AS_CODE = ["x'x", "--wrt", "x", "--code", "numpy"]
SECONDS = 60


def outcome(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command."""
    status = cli.main(words)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def started(*words: str | bytes, stdout: int | IO[str] = subprocess.PIPE) -> CompletedProcess[str]:
    """A command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "dimderiv", *words],
        cwd=ROOT,
        encoding="utf-8",
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=SECONDS,
        check=False,
    )


def test_the_answer_goes_to_standard_output_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Into a pipe goes the answer and nothing else, so that it can be used."""
    assert (0, "2 X' (X w - y)\n", "") == outcome(capsys, *LEAST_SQUARES)


def test_verbose_says_what_was_assumed_and_checked(capsys: pytest.CaptureFixture[str]) -> None:
    """Assumptions and the outcome of the check are for a person, on standard error."""
    _, out, err = outcome(capsys, *LEAST_SQUARES, "--verbose")
    assumed, layout, checked = err.splitlines()

    assert "2 X' (X w - y)\n" == out
    assert "assumed X: m x n, w: n, y: m" == assumed
    assert layout.startswith("layout: mixed (a gradient is shaped like the variable")
    assert checked.startswith("checked: ")
    assert "agree exactly" in checked


def test_a_terminal_sees_the_notes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where standard error is a terminal, a person reads it."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    assert "assumed X: m x n" in outcome(capsys, *LEAST_SQUARES)[2]


def test_an_unchecked_answer_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """Without the check there is an answer, and a note that nobody checked it."""
    status, out, err = outcome(capsys, *LEAST_SQUARES, "--no-verify", "--verbose")

    assert (0, "2 X' (X w - y)\n") == (status, out)
    assert "not checked" in err


def test_what_could_not_be_checked_says_so_in_any_case(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that nobody could check is never printed silently, also not into a pipe."""
    unchecked = Verification("unchecked", (), 0, 0.0, 0, "there was no point")
    monkeypatch.setattr(Derivation, "verification", unchecked)
    status, out, err = outcome(capsys, *LEAST_SQUARES)

    assert (0, "2 X' (X w - y)\n") == (status, out)
    assert "not checked: there was no point\n" == err


def test_each_definition_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Several variables are one statement each, after the definitions that they share."""
    _, out, _ = outcome(capsys, "S = X W; sum(exp(S))", "--wrt", "X,W")

    assert ["S = X W", "dX = exp(S) W'", "dW = X' exp(S)"] == out.splitlines()


def test_variables_and_shapes_may_be_given_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    """A repeated option adds to the first instead of replacing it."""
    shapes = ["--shape", "X: m x n", "--shape", "W: n x p"]
    _, out, err = outcome(
        capsys, "sum(exp(X W))", "--wrt", "X", "--wrt", "W", *shapes, "--verbose", "--no-verify"
    )

    assert ["dX = exp(X W) W'", "dW = X' exp(X W)"] == out.splitlines()
    assert "assumed" not in err


def test_latex(capsys: pytest.CaptureFixture[str]) -> None:
    """`--latex` prints the formula without delimiters."""
    assert "2 X^{\\top} (X w - y)\n" == outcome(capsys, *LEAST_SQUARES, "--latex")[1]


def test_code_is_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    """What `--code` prints is complete: it runs as it stands."""
    _, out, _ = outcome(capsys, *LEAST_SQUARES, "--code", "numpy")
    names: dict[str, object] = {}
    exec(compile(out, "<printed>", "exec"), names)

    assert callable(names["gradient"])


def test_json_holds_everything_that_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    """The record for programs has the answer in each form, the shapes and the check."""
    _, out, _ = outcome(capsys, *LEAST_SQUARES, "--json", "--code", "numpy")
    record = json.loads(out)

    assert ("||Xw-y||^2", ["w"]) == (record["source"], record["wrt"])
    assert {"X": "m x n", "w": "n", "y": "m"} == record["shapes"]
    assert ["X: m x n", "w: n", "y: m"] == record["assumptions"]
    expected = {"text": "2 X' (X w - y)", "latex": "2 X^{\\top} (X w - y)", "form": "matrix"}
    assert {"w": expected} == record["results"]
    assert "exact" == record["verification"]["level"]
    assert "def gradient(X, w, y):" in record["code"]


def test_json_of_second_derivatives_has_an_entry_for_each_pair(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A pair of variables is written with a comma."""
    words = ["x'A y", "--wrt", "x,y", "--order", "2", "--json", "--no-verify"]
    record = json.loads(outcome(capsys, *words)[1])

    assert 2 == record["order"]
    assert ["x,x", "x,y", "y,x", "y,y"] == list(record["results"])
    assert ("A", "A^{\\top}") == (record["results"]["x,y"]["text"],
                                 record["results"]["y,x"]["latex"])  # fmt: skip


def test_json_without_a_check_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """What was not checked has no verification."""
    _, out, _ = outcome(capsys, *LEAST_SQUARES, "--json", "--no-verify")

    assert json.loads(out)["verification"] is None


def test_steps_come_before_the_answer(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The steps are separated from the answer by an empty line."""
    monkeypatch.setattr(Derivation, "explain", lambda self, lang, answer: f"{lang} steps\n")
    _, out, _ = outcome(capsys, *LEAST_SQUARES, "--steps", "--lang", "zh")

    assert "zh steps\n\n2 X' (X w - y)\n" == out


@pytest.mark.parametrize("letter", string.ascii_letters)
def test_an_expression_may_begin_with_a_minus(
    capsys: pytest.CaptureFixture[str], letter: str
) -> None:
    """There are no options of one letter that could eat the first symbol."""
    shape = f"{letter}: n"
    words = [f"-{letter}'{letter}", "--wrt", letter, "--shape", shape, "--no-verify"]

    assert (0, f"-2 {letter}\n", "") == outcome(capsys, *words)


@pytest.mark.parametrize(
    "words",
    [
        ["--(x'x)", "--wrt", "x"],
        ["--wrt", "x", "--", "--x'x"],
        ["--wrt=x", "x'x"],
        ["--no-verify", "--wrt", "x", "x' x"],
    ],
)
def test_options_stand_anywhere(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    """Also before the expression; after a lone -- everything is one."""
    assert (0, "2 x\n", "") == outcome(capsys, *words)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["x'x", "--wrt", "x", "--stpes"], "no option --stpes; the nearest is --steps"),
        (["x'x", "--wrtx"], "no option --wrtx; the nearest is --wrt"),
        (["--x'x", "--wrt", "x"], "goes last, after a lone --"),
        (["x'x", "--wrt", "x", "--shape", "--steps"], "--shape has no value before --steps"),
        (["x'x", "--wrt"], "'--wrt' requires an argument"),
        (["x'x"], "write --wrt w"),
        (["--wrt", "x"], "there is no expression"),
        (["A", "x", "--wrt", "x"], "there are 2 expressions: 'A', 'x'; use quotes"),
        (["x'x", "--wrt", "x", "--order", "two"], "'two' is not a valid integer"),
        (["x'x", "--wrt", "x", "--layout", "odd"], "'odd' is not one of"),
        (["x'x", "--wrt", "x", "--code", "cobol"], "'cobol' is not one of 'numpy', 'jax'"),
        (["x'x", "--wrt", "x", "--code", "numpy", "--latex"], "--code and --latex"),
        (["x'x", "--wrt", "x", "--layer"], "--layer is about code"),
        (["x'x", "--wrt", "x", "--output", "f.py"], "--output is about code"),
        ([*AS_CODE, "--form", "sparse"], "'sparse' is not one of 'dense', 'operator'"),
        ([*AS_CODE, "--form", "operator"], "a gradient, which is an array"),
        ([*AS_CODE, "--form", "operator", "--layer"], "--layer and --form operator"),
        ([*AS_CODE, "--form", "operator", "--hvp", "v"], "leave out --hvp"),
        ([*AS_CODE, "--layer", "--forward", "v"], "leave out --forward"),
        ([*AS_CODE, "--layer", "--value"], "a layer returns it anyway"),
        ([*AS_CODE, "--layer", "--order", "2"], "leave out --order 2"),
        ([*AS_CODE, "--json", "--output", "f.py"], "--output writes code"),
        ([*AS_CODE, "--sizes", "n"], "no size in 'n'"),
        ([*AS_CODE, "--sizes", "q=3"], "no axis has the size q; there are n"),
        (["x'x", "--wrt", ""], "no variable is named"),
        (["x'x", "--wrt", "q"], "q does not occur"),
        (["(x'x", "--wrt", "x"], "a bracket is not closed"),
        (["x'x", "--wrt", "x", "--shape", "x: m x"], "a size is missing"),
        (["x'x", "--wrt", "x", "--rules", "none.toml"], "the rule file none.toml cannot be read"),
        (["x'x", "--wrt", "x", "--order", "6"], "derivatives of order 6"),
        (["A x", "--wrt", "x", "--order", "2"], "a Hessian is that of a scalar"),
        (["rules", "--chek"], "--check"),
        (["rules", "--rules", "none.toml"], "the rule file none.toml cannot be read"),
        (["x\udcff", "--wrt", "x"], "is no text: x\\udcff"),
    ],
)
def test_bad_input_is_status_2(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    """The reason goes to standard error, and nothing to standard output."""
    status, out, err = outcome(capsys, *words)

    assert (2, "") == (status, out)
    assert message in err


def test_a_failed_check_is_status_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that disagrees is withheld."""

    def disagree(*_: object, **__: object) -> None:
        raise VerificationError("the answer disagrees")

    monkeypatch.setattr(cli, "derive", disagree)

    assert (1, "", "the answer disagrees\n") == outcome(capsys, *LEAST_SQUARES)


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (KeyboardInterrupt(), process.INTERRUPTED, "interrupted"),
        (RecursionError(), process.BAD_INPUT, "the expression is too large"),
        (MemoryError(), process.BAD_INPUT, "the expression is too large"),
    ],
)
def test_what_stops_a_derivation_is_one_line(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    status: int,
    message: str,
) -> None:
    """Neither Control-C nor an exhausted machine shows a traceback."""

    def stop(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cli, "derive", stop)

    assert (status, "", f"{message}\n") == outcome(capsys, *LEAST_SQUARES)


def test_a_mistake_in_dimderiv_is_reported_without_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What nobody foresaw says what and where, and asks for a report."""
    try:
        raise KeyError("x")
    except KeyError as error:
        process.confess(KeyError, error, error.__traceback__)
    message = capsys.readouterr().err

    assert message.startswith("dimderiv has made a mistake: KeyError: 'x' (")
    assert "Traceback" not in message


def test_without_words_there_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    """The help is the same with --help, and has no one-letter option."""
    status, out, err = outcome(capsys)

    assert (0, "") == (status, err)
    assert out.startswith("Usage: dimderiv ")
    assert out == outcome(capsys, "--help")[1]
    options = [option for command in (cli.derive_command, cli.rules_command)
               for parameter in command.params for option in parameter.opts]  # fmt: skip
    assert not [option for option in options if len(option.lstrip("-")) == 1]


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """The version that is installed, even if none is."""
    status, out, _ = outcome(capsys, "--version")

    assert 0 == status
    assert out.startswith("dimderiv")


@pytest.fixture
def own_rules(tmp_path: Path) -> Iterator[str]:
    """A rule file of a user."""
    file = tmp_path / "mine.toml"
    file.write_text(
        '[cube]\nkind = "elementwise"\ndefinition = "x^3"\nderivative = "3 x^2"\n'
        'reference = "a school book"\n',
        encoding="utf-8",
    )
    yield str(file)


def test_rules_of_ones_own(capsys: pytest.CaptureFixture[str], own_rules: str) -> None:
    """A rule file makes a function differentiable, and is listed with the others."""
    assert "3 x.^2\n" == outcome(capsys, "sum(cube(x))", "--wrt", "x", "--rules", own_rules)[1]
    assert "mine.toml" in outcome(capsys, "rules", "--rules", own_rules)[1]


@pytest.mark.parametrize("columns", ["20", "80", "100", "400"])
def test_the_rules_are_listed_within_the_width_of_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    """Every rule has its line: how it is written, its derivative, where it holds."""
    monkeypatch.setenv("COLUMNS", columns)
    _, out, _ = outcome(capsys, "rules")

    assert max(map(len, out.splitlines())) <= min(max(int(columns), 80), 100)
    for rule in load_rules().rules.values():
        assert rule.name in out
    assert "  tanh(x)              1 - y^2                           every real x [" in out


@pytest.mark.parametrize(("passed", "status"), [(True, 0), (False, 1)])
def test_checking_the_rules_fails_if_one_does(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    passed: bool,
    status: int,
) -> None:
    """Each rule is reported, and the exit status is that of the worst."""
    report = SimpleNamespace(name="tanh", passed=passed, message="12 entries")
    monkeypatch.setattr(cli, "check_rules", lambda rulebook: iter([report]))
    found, out, _ = outcome(capsys, "rules", "--check")

    assert status == found
    assert f"{'ok  ' if passed else 'FAIL'} tanh: 12 entries" == out.splitlines()[0]


def test_a_closed_pipe_ends_quietly() -> None:
    """`dimderiv rules | head -1` shows one line and no complaint."""
    read, write = os.pipe()
    os.close(read)
    done = started("rules", stdout=write)
    os.close(write)

    assert (process.CLOSED_PIPE, "") == (done.returncode, done.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_line() -> None:
    """What cannot be written is no success."""
    with Path("/dev/full").open("w") as full:
        done = started(*LEAST_SQUARES, stdout=full)

    assert 1 == done.returncode
    assert done.stderr.startswith("the answer cannot be written")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are text there")
def test_bytes_that_are_no_text_are_refused() -> None:
    """An undecodable word is bad input."""
    done = started(b"x\xff", "--wrt", "x")

    assert (2, "") == (done.returncode, done.stdout)
    assert "is no text" in done.stderr


def test_an_unchecked_derivation_imports_neither_sympy_nor_numpy() -> None:
    """The heavy libraries are for the check and for running code."""
    program = (
        "import sys; from dimderiv.surfaces.cli.command import main; "
        f"main({[*LEAST_SQUARES, '--no-verify']!r}); main(['rules']); "
        "print({'sympy', 'numpy', 'mpmath'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "set()" == done.stderr.strip()


def test_hessian_vector_product(capsys: pytest.CaptureFixture[str]) -> None:
    """Of either order; the check is that of the product."""
    for order in ("1", "2"):
        _, out, err = outcome(capsys, *LEAST_SQUARES, "--hvp", "v", "--order", order, "--verbose")

        assert "2 X' X v\n" == out
        assert "checked: " in err


def test_forward(capsys: pytest.CaptureFixture[str]) -> None:
    """One direction for each variable."""
    found = outcome(capsys, "U V'", "--wrt", "U,V", "--forward", "E,F")

    assert (0, "E V' + U F'\n", "") == found


def test_structured(capsys: pytest.CaptureFixture[str]) -> None:
    """With it the entries are tied, without it a note says that they are not."""
    words = ["logdet(S)", "--wrt", "S", "--shape", "S: n x n spd", "--verbose"]
    _, free, note = outcome(capsys, *words)
    _, tied, other = outcome(capsys, *words, "--structured")

    assert "inv(S)\n" == free
    assert "the entries of S are free" in note
    assert "2 inv(S) - inv(S) .* I\n" == tied
    assert "the entries of S are tied" in other


def test_all_layouts(capsys: pytest.CaptureFixture[str]) -> None:
    """Each under a line that says what it is; the gradient by tied entries comes last."""
    words = ["x'S b", "--wrt", "S", "--shape", "S: n x n symmetric", "--all-layouts"]
    _, out, _ = outcome(capsys, *words)
    titles = [line for line in out.splitlines() if not line.startswith(" ")]
    answers = [line.strip() for line in out.splitlines() if line.startswith(" ")]

    assert ["mixed", "numerator", "denominator", "the"] == [t.split()[0] for t in titles]
    assert ["x b'", "b x'", "x b'", "x b' + b x' - diag(x .* b)"] == answers
    assert r"b x^{\top}" in outcome(capsys, *words, "--latex")[1]
    assert "分子布局" in outcome(capsys, *words, "--lang", "zh")[1]


def test_the_conventions_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The layout, the directions, the notes, and every layout where it is asked for."""
    _, out, _ = outcome(capsys, "A x", "--wrt", "x", "--json", "--all-layouts")
    along = json.loads(outcome(capsys, "A x", "--wrt", "x", "--json", "--forward", "v")[1])
    found = json.loads(out)

    assert "mixed" == found["layout"]
    assert {"x": "A'"} == found["layouts"]["denominator"]
    assert [] == found["notes"]
    assert {"x": "v"} == along["directions"]
    assert "A v" == along["results"]["x"]["text"]


@pytest.mark.parametrize(
    "words",
    [
        ["--forward", "v", "--hvp", "u"],
        ["--all-layouts", "--steps"],
        ["--all-layouts", "--code", "numpy"],
        ["--all-layouts", "--layout", "numerator"],
    ],
)
def test_two_answers_at_once(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    """Which of them is meant has to be said."""
    status, out, err = outcome(capsys, *LEAST_SQUARES, *words)

    assert (2, "") == (status, out)
    assert words[0] in err


def test_code_with_the_value_for_certain_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    """What `value` and `sizes` are in Python."""
    words = ["||U V' - T||^2", "--wrt", "U", "--shape", "U: m x r; V: n x r", "--code", "numpy"]
    plain, low = (
        outcome(capsys, *words, *more)[1]
        for more in ([], ["--value", "--sizes", "m=1000, n=1000, r=5"])
    )

    assert "if m * n" in plain
    assert "if m * n" not in low
    assert low.rstrip().endswith("return value, dU")


def test_code_as_an_operator_and_as_a_layer(capsys: pytest.CaptureFixture[str]) -> None:
    """Also within the record for programs."""
    _, operator, _ = outcome(capsys, *AS_CODE, "--order", "2", "--form", "operator")
    _, layer, _ = outcome(capsys, *AS_CODE, "--layer", "--json")

    assert "def apply(v):" in operator
    assert "class Layer:" in json.loads(layer)["code"]


RUN_ALONE = """
import sys
sys.modules["dimderiv"] = None
from pathlib import Path
names = {}
exec(compile(Path(sys.argv[1]).read_text(), sys.argv[1], "exec"), names)
print(%s)
"""


@pytest.mark.parametrize(
    ("more", "use", "printed"),
    [
        ([], "names['gradient']([1.0, 2.0])", "[2. 4.]"),
        (["--order", "2", "--form", "operator"], "names['hessian']([3.0]) @ [1.0]", "[2.]"),
        (["--layer"], "(lambda f: (f.forward([3.0]), f.backward())[1])(names['Layer']())", "[6.]"),
    ],
)
def test_a_file_of_code_runs_without_dimderiv(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, more: list[str], use: str, printed: str
) -> None:
    """In a fresh interpreter that cannot import it; the first line says how it was made."""
    if "operator" in more:
        pytest.importorskip("scipy.sparse.linalg")
    file = tmp_path / "made.py"
    words = [*AS_CODE, *more, "--output", str(file)]

    assert (0, "", "") == outcome(capsys, *words)
    assert (0, "", "") == outcome(capsys, *words)
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert ["#", "Made", "by", "dimderiv:", "dimderiv", *words] == first[:2].split() + shlex.split(
        first[2:]
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN_ALONE % use, str(file)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=SECONDS,
        check=False,
    )
    assert (f"{printed}\n", "") == (done.stdout, done.stderr)


def test_a_file_of_somebody_else_is_not_overwritten(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Nor is a folder; of a program of several lines the command is one line."""
    file, made = tmp_path / "mine.py", tmp_path / "made.py"
    file.write_text("my work")
    status, out, err = outcome(capsys, *AS_CODE, "--output", str(file))
    folder = outcome(capsys, *AS_CODE, "--output", str(tmp_path))
    lines = "r = X w\r\nr'r\n"
    outcome(capsys, lines, "--wrt", "w", "--code", "numpy", "--output", str(made), "--verbose")

    assert (2, "") == (status, out)
    assert "mine.py exists, and dimderiv did not make it" in err
    assert "my work" == file.read_text()
    assert (2, "") == folder[:2]
    assert "cannot be written" in folder[2]
    assert "r = X w; r'r" in shlex.split(made.read_text().splitlines()[0][2:])
