"""A function is a table of a rule file: nothing else has to know its name."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from documents import ROOT

from dimderiv import derive
from dimderiv.errors import DimderivError, ParseError, UnknownNameError, VerificationError
from dimderiv.rulebook.rulebook import builtin_rules

# How each function is called, the gradient of the sum, its LaTeX, and how far the check goes.
FUNCTIONS = {
    "expm1(x)": ("exp(x)", r"\exp(x)", "30 digits"),
    "log1p(x)": ("1 ./ (1 + x)", r"1 \oslash (1 + x)", "exact"),
    "log2(x)": ("1 ./ (log(2) x)", r"1 \oslash (\log(2) x)", "30 digits"),
    "log10(x)": ("1 ./ (log(10) x)", r"1 \oslash (\log(10) x)", "30 digits"),
    "asinh(x)": ("1 ./ sqrt(x.^2 + 1)", r"1 \oslash \sqrt{x^{\circ 2} + 1}", "30 digits"),
    "acosh(x)": (
        "1 ./ sqrt((x - 1) .* (x + 1))",
        r"1 \oslash \sqrt{(x - 1) \odot (x + 1)}",
        "30 digits",
    ),
    "atanh(x)": ("1 ./ (1 - x.^2)", r"1 \oslash (1 - x^{\circ 2})", "exact"),
    "erfc(x)": (
        "-2 exp(-x.^2) / sqrt(pi)",
        r"-\frac{2 \exp(-x^{\circ 2})}{\sqrt{\pi}}",
        "30 digits",
    ),
    "erfinv(x)": (
        "0.5 sqrt(pi) exp(erfinv(x).^2)",
        r"\tfrac{1}{2} \sqrt{\pi} \exp(\operatorname{erf}^{-1}(x)^{\circ 2})",
        "30 digits",
    ),
    "normcdf(x)": (
        "exp(-0.5 x.^2) / sqrt(2 pi)",
        r"\frac{\exp(-\tfrac{1}{2} x^{\circ 2})}{\sqrt{2 \pi}}",
        "30 digits",
    ),
    "lgamma(x)": ("digamma(x)", r"\psi(x)", "30 digits"),
    "digamma(x)": ("polygamma(1, x)", r"\psi^{(1)}(x)", "30 digits"),
    "polygamma(2, x)": ("polygamma(3, x)", r"\psi^{(3)}(x)", "30 digits"),
    "hypot(x, y)": ("x ./ hypot(x, y)", r"x \oslash \operatorname{hypot}(x, y)", "30 digits"),
    "arctan2(x, y)": ("y ./ (x.^2 + y.^2)", r"y \oslash (x^{\circ 2} + y^{\circ 2})", "30 digits"),
    "leaky_relu(x, 0.1)": (
        "(x > 0) + 0.1 (x <= 0)",
        r"\mathbf{1}[x > 0] + 0.1 \mathbf{1}[x \le 0]",
        "exact",
    ),
    "elu(x, 2)": (
        "(x > 0) + 2 (x <= 0) .* exp(min(x, 0))",
        r"\mathbf{1}[x > 0] + 2 \mathbf{1}[x \le 0] \odot \exp(\min(x, 0))",
        "30 digits",
    ),
    "clip(x, -1, 1)": (
        "abs(x) < 1",
        r"\mathbf{1}[\lvert x \rvert < 1]",
        "exact",
    ),
    "where(y > 0, x.^2, x)": (
        "2 x .* (y > 0) + (y <= 0)",
        r"2 x \odot \mathbf{1}[y > 0] + \mathbf{1}[y \le 0]",
        "exact",
    ),
    "square(x)": ("2 x", "2 x", "exact"),
    "reciprocal(x)": ("-1 ./ x.^2", r"-1 \oslash x^{\circ 2}", "exact"),
    "rsqrt(x)": ("-0.5 ./ x.^1.5", r"-\tfrac{1}{2} \oslash x^{\circ 3/2}", "30 digits"),
    "cumsum(x)": (
        "sum(triu(ones(n, n)), axis=1)",
        r"\operatorname{triu}(\mathbf{1}_{n \times n}) \mathbf{1}",
        "exact",
    ),
    "median(x)": (
        "u = abs(rank(x) - mean(rank(x))); (u < 1) / sum(u < 1)",
        r"\begin{aligned}"
        "\n"
        r"  u &= \lvert \operatorname{rank}(x)"
        r" - \operatorname{mean}(\operatorname{rank}(x)) \rvert \\"
        "\n"
        r"  \mathrm{d}x &= \frac{\mathbf{1}[u < 1]}{\operatorname{sum}(\mathbf{1}[u < 1])}"
        "\n"
        r"\end{aligned}",
        "exact",
    ),
    "prod(x)": ("prod(x) ./ x", r"\operatorname{prod}(x) \oslash x", "exact"),
    "var(x)": ("2 (x - mean(x)) / n", r"\frac{2 (x - \operatorname{mean}(x))}{n}", "exact"),
    "std(x)": (
        "(x - mean(x)) / (||x - mean(x)|| sqrt(n))",
        r"\frac{x - \operatorname{mean}(x)}{\lVert x - \operatorname{mean}(x) \rVert \sqrt{n}}",
        "30 digits",
    ),
}
WORDS = sorted(call.partition("(")[0] for call in FUNCTIONS)
ELEMENTWISE = [name for name in WORDS if builtin_rules()[name].kind == "elementwise"]
SHAPES = {"x": "n", "y": "n"}
TARGETS = ("numpy", "jax", "torch", "array_api")
# What the standard of arrays has no function for.
NOT_STANDARD = {"erfc", "erfinv", "normcdf", "lgamma", "digamma", "polygamma"}

SINC = """
[sinc]
kind = "elementwise"
definition = "sin(x) / x"
derivative = "cos(x) / x - y / x"
domain = "x is not 0"
range = [-1, 1]
latex = '\\operatorname{sinc}({x})'
code = "({xp}.sin({0}) / ({0}))"
aliases = ["sincard"]
reference = "DLMF, section 3.3"
"""
DYAD = """
[dyad]
kind = "product"
signature = "a[i], b[j] -> Y[i,j]"
latex = '{x} {y}^{\\top}'
reference = "Magnus and Neudecker, Matrix Differential Calculus (2019), section 2.2"
"""
TRIED = """
from dimderiv import derive
for target in ("numpy", "jax", "torch", "array_api"):
    derivation = derive(*ARGUMENTS)
    print(derivation.code(target, value=True).splitlines()[-1].strip())
print(derivation.text(), derivation.latex(), derivation.verification.level, sep="; ")
"""


def shapes_of(call: str) -> dict[str, str]:
    """The declarations of the names in a call."""
    inside = call.partition("(")[2]
    return {name: shape for name, shape in SHAPES.items() if name in inside}


@pytest.mark.parametrize("call", FUNCTIONS)
def test_the_gradient(call: str) -> None:
    """Derived, checked as far as its function allows, printed as text and in LaTeX."""
    text, latex, level = FUNCTIONS[call]

    found = derive(f"sum({call})", "x", shapes=shapes_of(call))

    assert text == found.text()
    assert latex == found.latex()
    assert found.verification is not None
    assert level == found.verification.level
    assert found.verification.one_sided == ()


@pytest.mark.parametrize("call", FUNCTIONS)
def test_the_second_derivative(call: str) -> None:
    """It is checked too."""
    found = derive(f"sum(({call}).^2)", "x", shapes=shapes_of(call), order=2)

    assert found.verification is not None
    assert found.verification.level in {"exact", "30 digits", "60 digits", "proved"}


@pytest.mark.parametrize("call", ["erfinv(x)", "lgamma(x)", "digamma(x)", "expm1(x)", "prod(x)"])
def test_sympy_agrees(call: str) -> None:
    """The other judge reads the same meaning."""
    found = derive(f"sum({call})", "x", shapes="x: n", verify="sympy")

    assert found.verification is not None
    assert found.verification.level in {"proved", "60 digits"}


@pytest.mark.parametrize("call", FUNCTIONS)
@pytest.mark.parametrize("target", TARGETS)
def test_the_code(call: str, target: str) -> None:
    """Every target has code for it, or says by name what it has none for."""
    found = derive(f"sum({call})", "x", shapes=shapes_of(call), verify=False)
    name = call.partition("(")[0]
    if target == "array_api" and name in NOT_STANDARD:
        with pytest.raises(UnknownNameError, match="there is no array_api code for"):
            found.code(target, value=True)
    else:
        assert "def " in found.code(target, value=True)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_false_derivative_is_found(name: str, tmp_path: Path) -> None:
    """The check differentiates the definition, or what mpmath knows, and never the rule."""
    rule = builtin_rules()[name]
    file = tmp_path / "mine.toml"
    lines = [f'kind = "elementwise"\nsignature = "{rule.signature}"\nreference = "a lie"']
    lines += [f'definition = "{rule.definition}"\nmpmath = "{rule.mpmath}"']
    lines += [f'derivative.{a} = "{text} + 1/10^9"' for a, text in rule.derivative.items()]
    file.write_text("\n".join([f"[{name}]", *lines]), encoding="utf-8")
    call = next(call for call in FUNCTIONS if call.startswith(f"{name}("))

    with pytest.raises(VerificationError):
        derive(f"sum({call})", "x", shapes=shapes_of(call), rules=file)


def test_along_an_axis() -> None:
    """What takes an axis hands it on to the reductions that it is made of."""
    matrix = np.random.default_rng(3).uniform(0.5, 2, (3, 4))
    for name in ("prod", "var", "std"):
        for axis in (0, 1):
            made = derive(f"sum({name}(X, axis={axis}).^2)", "X", shapes="X: m x n")
            value, gradient = made.function(value=True)(X=matrix)

            expected = getattr(matrix, name)(axis=axis)
            assert value == pytest.approx((expected**2).sum())
            assert gradient.shape == matrix.shape


def test_running_sums_keep_their_axis() -> None:
    """Down the columns or along the rows; code has no triangle."""
    matrix = np.random.default_rng(3).uniform(0.5, 2, (3, 4))
    for axis in (0, 1):
        made = derive(f"sum(cumsum(X, axis={axis}).^2)", "X", shapes="X: m x n")
        value, gradient = made.function(value=True)(X=matrix)
        sums = matrix.cumsum(axis=axis)
        expected = 2 * np.flip(np.flip(sums, axis).cumsum(axis=axis), axis)

        assert value == pytest.approx((sums**2).sum())
        assert gradient == pytest.approx(expected)
        assert "tri" not in made.code().split('"""')[-1]


@pytest.mark.parametrize("size", [1, 4, 5])
def test_the_median_is_the_middle(size: int) -> None:
    """Of an even number of entries it is the mean of both in the middle."""
    entries = np.random.default_rng(size).standard_normal(size)
    made = derive("median(x)^2", "x", shapes="x: n")
    value, gradient = made.function(value=True)(x=entries)

    assert value == pytest.approx(np.median(entries) ** 2)
    assert gradient.sum() == pytest.approx(2 * np.median(entries))
    assert np.count_nonzero(gradient) == 2 - size % 2


def test_the_parameter_of_a_function_that_has_no_derivative_by_it() -> None:
    """The refusal says why, and only where the parameter depends on the variable."""
    with pytest.raises(DimderivError, match="no derivative by its argument k") as caught:
        derive("sum(polygamma(x, 2))", "x", shapes="x: n")

    assert "the order of a polygamma function is a whole number" in str(caught.value)


@pytest.mark.parametrize("name", ["var", "std", "clip", "where", "prod", "square", "dot", "outer"])
def test_a_symbol_hides_a_function_that_yields(name: str) -> None:
    """As `std` always was the name of a deviation, where it is declared or defined."""
    declared = derive(f"sum(x) / {name} + {name} (c + 1)", name, shapes=f"x: n; {name}: scalar")
    defined = derive(f"{name} = x'x; {name}^2", "x")

    assert f"c - sum(x) / {name}^2 + 1" == declared.text()
    assert f"{name} = x' x; 4 {name} x" == defined.text()


def test_a_function_that_does_not_yield_is_no_symbol() -> None:
    """As those that have always been there."""
    with pytest.raises(DimderivError, match="expm1 is a function, so it cannot be a symbol"):
        derive("expm1 x", "x", shapes="expm1: scalar")


def test_names_of_other_libraries() -> None:
    """What was to be written out is read."""
    texts = {"clamp(x, 0, 1)": "clip(x, 0, 1)", "atan2(x, y)": "arctan2(x, y)"}
    texts |= {
        "gammaln(x)": "lgamma(x)",
        "arcsinh(x)": "asinh(x)",
        "ifelse(y, x, 1)": "where(y, x, 1)",
    }
    for theirs, ours in texts.items():
        assert derive(f"sum({theirs})", "x").text() == derive(f"sum({ours})", "x").text()


@pytest.mark.parametrize(
    ("file", "table", "arguments", "expected"),
    [
        (
            "elementwise.toml",
            SINC,
            ("sum(sincard(x))", "x"),
            "(cos(x) - sinc(x)) ./ x",
        ),
        ("products.toml", DYAD, ("tr(dyad(x, y) A)", "x"), "A' y"),
    ],
    ids=["elementwise", "product"],
)
def test_one_table_is_all(
    tmp_path: Path, file: str, table: str, arguments: tuple[str, str], expected: str
) -> None:
    """In a copy of the folder of rules, it is read, derived, checked, printed and written."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    (tmp_path / "dimderiv").symlink_to(ROOT / "dimderiv")
    with (tmp_path / "rules" / file).open("a", encoding="utf-8") as rules:
        rules.write(table)
    done = subprocess.run(
        [sys.executable, "-c", TRIED.replace("ARGUMENTS", repr(arguments))],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=True,
    )
    *code, answer = done.stdout.splitlines()

    assert 4 == len(code)
    assert expected == answer.split("; ")[0]
    assert answer.split("; ")[2] in {"exact", "30 digits"}


def test_a_function_that_mpmath_knows_in_a_file_of_ones_own(tmp_path: Path) -> None:
    """It has a value and a derivative in the check, and code as the file says."""
    file = tmp_path / "mine.toml"
    file.write_text(
        '[erfi]\nkind = "elementwise"\ndefinition = "erfi(x)"\nmpmath = "erfi"\n'
        'derivative = "2 exp(x^2) / sqrt(pi)"\ncode.numpy = "(-np.erfi({}))"\nreference = "DLMF"\n',
        encoding="utf-8",
    )

    found = derive("sum(erfi(x))", "x", rules=file)

    assert "2 exp(x.^2) / sqrt(pi)" == found.text()
    assert found.verification is not None
    assert "30 digits" == found.verification.level
    assert "(-np.erfi(x))" in derive("erfi(x) y", "y", rules=file, verify=False).code("numpy")
    with pytest.raises(UnknownNameError, match="there is no torch code for erfi"):
        derive("erfi(x) y", "y", rules=file, verify=False).code("torch")


REFUSED = {
    "code for what is no target": ('code.matlab = "f"', "has code for matlab, which is no target"),
    "code with a place too many": ('code.any = "f({}, {})"', "the code for any has a place for no"),
    "range of one number": ("range = [0]", "range is not a list of two numbers"),
    "range of texts": ('range = ["0", "1"]', "range is not a list of two numbers"),
    "alias that is no list": ('aliases = "g"', "aliases is not a list of names"),
    "symmetric of nothing": ('symmetric = ["A"]', "says something of A, which is no argument"),
    "axis of no composite": ("along = true", "runs along an axis of the call, but is no composite"),
    "truth that is a text": ('turns = "yes"', "turns is not true or false"),
}


@pytest.mark.parametrize(("line", "message"), REFUSED.values(), ids=REFUSED)
def test_refusal(tmp_path: Path, line: str, message: str) -> None:
    """What a key cannot say is refused by the name of the key."""
    file = tmp_path / "mine.toml"
    text = '[f]\nkind = "elementwise"\ndefinition = "x"\nderivative = "1"\nreference = "r"\n'
    file.write_text(text + line, encoding="utf-8")

    with pytest.raises(ParseError, match=message):
        derive("f(x)", "x", rules=file)
