"""Every rule is true; a rule that is not is caught, and the message says where."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dimderiv.derivation.proofs import RuleReport, check_rule, check_rules
from dimderiv.language.rule_files import read_rule_file, rules_folder
from dimderiv.rulebook.rule import Rule
from dimderiv.rulebook.rulebook import Rulebook, builtin_rules, load_rules

REFERENCE = 'reference = "nowhere"'


def report(name: str, rulebook: Rulebook) -> RuleReport:
    """What the check says of one rule."""
    return check_rule(rulebook[name], rulebook)


def users(folder: Path, text: str) -> RuleReport:
    """What the check says of the one rule in a user's file."""
    file = folder / "mine.toml"
    file.write_text(f"{text}\n{REFERENCE}\n", encoding="utf-8")
    rulebook = load_rules(file)
    return check_rule(next(r for r in rulebook.rules.values() if r.file == str(file)), rulebook)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the folder of rules, which is read in place of it."""
    folder = tmp_path / "rules"
    shutil.copytree(rules_folder(), folder)
    monkeypatch.setattr("dimderiv.rulebook.rule.rules_folder", lambda: folder)
    monkeypatch.setattr(
        "dimderiv.rulebook.rulebook.builtin_files",
        lambda: {str(f): read_rule_file(str(f)) for f in sorted(folder.glob("*.toml"))},
    )
    monkeypatch.setattr("dimderiv.rulebook.rulebook.builtin_rules", builtin_rules.__wrapped__)
    return folder


@pytest.mark.parametrize("name", builtin_rules().rules)
def test_rule(name: str) -> None:
    """The rule agrees with its definition, or says that it has no derivative."""
    found = report(name, builtin_rules())

    assert found.passed, found.message


def test_all_rules_are_reported_in_order() -> None:
    """There is one report a rule, and it is about what was compared."""
    reports = {each.name: each.message for each in check_rules(builtin_rules())}

    assert list(builtin_rules().rules) == list(reports)
    assert reports["tanh"].startswith("10 entries agree to 30 digits at 4 points (n = 2; n = 3), ")
    assert reports["inv"].startswith("26 entries agree exactly at 4 points (n = 2; n = 3), ")
    assert reports["transpose"].startswith("48 entries agree exactly at 4 points (")


LIES = [
    ("elementwise", "exp", 'derivative = "y"', 'derivative = "-y"'),
    ("elementwise", "log", 'derivative = "1 / x"', 'derivative = "1 / x^2"'),
    ("elementwise", "sqrt", 'derivative = "1 / (2 y)"', 'derivative = "1 / y"'),
    ("elementwise", "sin", 'derivative = "cos(x)"', 'derivative = "-cos(x)"'),
    ("elementwise", "cos", 'derivative = "-sin(x)"', 'derivative = "sin(x)"'),
    ("elementwise", "tan", "1 + y^2", "1 - y^2"),
    ("elementwise", "sinh", 'derivative = "cosh(x)"', 'derivative = "sinh(x)"'),
    ("elementwise", "cosh", 'derivative = "sinh(x)"', 'derivative = "-sinh(x)"'),
    ("elementwise", "tanh", "1 - y^2", "1 - x^2"),
    ("elementwise", "arcsin", '"1 / sqrt(1 - x^2)"', '"1 / (1 - x^2)"'),
    ("elementwise", "arccos", '"-1 / sqrt(1 - x^2)"', '"1 / sqrt(1 - x^2)"'),
    ("elementwise", "arctan", "1 / (1 + x^2)", "1 / (1 - x^2)"),
    ("elementwise", "abs", 'derivative = "sign(x)"', 'derivative = "1"'),
    ("elementwise", "sign", 'derivative = "0"', 'derivative = "1"'),
    ("elementwise", "relu", "(x > 0)", "(x < 0)"),
    ("elementwise", "relu", "(x + abs(x)) / 2", "(x + abs(x)) / 3"),
    ("elementwise", "sigmoid", "y (1 - y)", "y (1 + y)"),
    ("elementwise", "sigmoid", "1 / (1 + exp(-x))", "1 / (1 + exp(x))"),
    ("elementwise", "softplus", 'derivative = "sigmoid(x)"', 'derivative = "sigmoid(-x)"'),
    ("elementwise", "erf", "2 exp(-x^2) / sqrt(pi)", "exp(-x^2) / sqrt(pi)"),
    ("elementwise", "gelu", "+ x exp(-x^2 / 2)", "- x exp(-x^2 / 2)"),
    ("elementwise", "silu", "+ y (1 - sigmoid(x))", "+ y (1 - y)"),
    ("elementwise", "power", "b a^(b - 1)", "a^(b - 1)"),
    ("elementwise", "power", "y log(a)", "y log(b)"),
    ("elementwise", "compare", 'derivative.b = "0"', 'derivative.b = "1"'),
    ("elementwise", "maximum", 'derivative.a = "(a > b)"', 'derivative.a = "(a < b)"'),
    ("elementwise", "minimum", 'derivative.b = "(a >= b)"', 'derivative.b = "1"'),
    ("matrix_functions", "inv", "-Y[j,p] Y[q,i]", "Y[j,p] Y[q,i]"),
    ("matrix_functions", "inv", "-Y[j,p] Y[q,i]", "-Y[j,q] Y[p,i]"),
    ("matrix_functions", "inv", "-Y[j,p] Y[q,i]", "-Y[p,j] Y[i,q]"),
    ("matrix_functions", "inv", "-Y[j,p] Y[q,i]", "-Y[i,p] Y[q,j]"),
    ("matrix_functions", "det", "Y inv(A)[q,p]", "Y inv(A)[p,q]"),
    ("matrix_functions", "det", "Y inv(A)[q,p]", "inv(A)[q,p]"),
    ("matrix_functions", "logdet", '"inv(A)[q,p]"', '"inv(A)[p,q]"'),
    ("matrix_functions", "logdet", '"log(det(A))"', '"det(A)"'),
    ("matrix_functions", "pinv", "(I - A Y)", "(I + A Y)"),
    ("matrix_functions", "pinv", "(I - A Y)[p,i]", "I[p,i]"),
    ("matrix_functions", "pinv", "+ (I - Y A)[j,q] (Y' Y)[p,i]", ""),
    ("matrix_functions", "expm", "dexpm(A)[i,j,p,q]", "dexpm(A)[p,q,i,j]"),
    ("matrix_functions", "expm", "dexpm(A)[i,j,p,q]", "I[i,p] expm(A)[q,j]"),
    ("matrix_functions", "dexpm", "dexpm(A)[i,j,p,q]", "dexpm(A)[j,i,p,q]"),
    ("matrix_functions", "dexpm", '"E expm(A)"', '"expm(A)"'),
    ("matrix_functions", "logm", "dlogm(A)[i,j,p,q]", "dlogm(A)[p,q,i,j]"),
    ("matrix_functions", "dlogm", "dlogm(A)[i,j,p,q]", "-dlogm(A)[i,j,p,q]"),
    ("matrix_functions", "dlogm", '"inv(A) E"', '"E"'),
    ("matrix_functions", "eigmax", "eigvec(A)[q]", "eigvec(A)[p]"),
    ("matrix_functions", "chol", "- 0.5 Y[i,j]", "- Y[i,j]"),
    ("matrix_functions", "eigvals", "eigvecs(A)[p,i]", "eigvecs(A)[i,p]"),
    ("matrix_functions", "eigvecs", "+ 0.5", "- 0.5"),
    ("matrix_functions", "svdvals", "svdU(A)[p,j] svdV(A)[q,j]", "svdU(A)[p,j] svdV(A)[j,q]"),
    ("matrix_functions", "svdU", "(I - Y Y')[i,p]", "I[i,p]"),
    ("matrix_functions", "svdV", "svdvals(A)[k] svdU(A)[p,k]", "svdvals(A)[l] svdU(A)[p,k]"),
    ("matrix_functions", "eigvec", "pinv(eigmax(A) I - A)[i,p]", "pinv(A - eigmax(A) I)[i,p]"),
    ("products", "matmul", "A[i,k], B[k,j] -> Y[i,j]", "A[i,k], B[j,k] -> Y[i,j]"),
    ("products", "hadamard", "B[i,j] -> Y[i,j]", "B[j,i] -> Y[i,j]"),
    ("products", "transpose", "A[i,j] -> Y[j,i]", "A[i,j] -> Y[i,j]"),
    ("products", "tr", "A[i,i] -> Y[]", "A[i,j] -> Y[]"),
    ("products", "vec", "Y[(j,i)]", "Y[(i,j)]"),
    ("products", "kron", "Y[(i,k),(j,l)]", "Y[(k,i),(j,l)]"),
    ("products", "kron", "Y[(i,k),(j,l)]", "Y[(i,k),(l,j)]"),
    ("products", "diag", "a[i] -> Y[i,i]", "a[i] -> Y[i]"),
    ("products", "tril", "Y[i,j], i >= j", "Y[i,j]"),
    ("products", "tril", "Y[i,j], i >= j", "Y[i,j], j >= i"),
    ("products", "triu", "Y[i,j], j >= i", "Y[j,i], j >= i"),
    ("products", "conv2", "K[k,l] -> Y[o,p]", "K[l,k] -> Y[o,p]"),
    ("products", "conv2", "V[o+k,p+l]", "V[o+l,p+k]"),
    ("reductions", "sum", 'derivative = "1"', 'derivative = "1 / count"'),
    ("reductions", "mean", 'derivative = "1 / count"', 'derivative = "1"'),
    ("reductions", "max", "(A >= Y)", "(A <= Y)"),
    ("reductions", "min", "(A <= Y)", "(A < Y)"),
    ("reductions", "logsumexp", "exp(A - Y)", "exp(A)"),
    ("rows", "softmax", "I[c,k] - Y[r,c] Y[r,k]", "I[c,k] + Y[r,c] Y[r,k]"),
    ("rows", "softmax", "I[c,k] - Y[r,c] Y[r,k]", "I[c,k] - Y[r,c] Y[r,c]"),
    ("rows", "softmax", '"exp(A) ./ sum(exp(A), axis=1)"', '"exp(A) ./ sum(exp(A), axis=0)"'),
    ("rows", "softmax", '"exp(A) / sum(exp(A))"', '"exp(A) / mean(exp(A))"'),
    ("rows", "logsoftmax", "I[c,k] - softmax(A)[r,k]", "I[c,k] - softmax(A)[r,c]"),
    ("rows", "logsoftmax", "I[c,k] - softmax(A)[r,k]", "softmax(A)[r,k] - I[c,k]"),
    ("composites", "norm2", "sqrt(sum(A.^2))", "sum(A.^2)"),
    ("composites", "normF", "sqrt(sum(A.^2))", "sqrt(mean(A.^2))"),
    ("composites", "norm1", "sum(abs(A))", "sum(A)"),
    ("composites", "normN", "polar(A)[p,q]", "A[p,q]"),
    ("composites", "cross_entropy", '"-mean(sum(', '"-sum(sum('),
    ("composites", "cross_entropy", '"-sum(Y .* ', '"-mean(Y .* '),
]


@pytest.mark.parametrize(("file", "name", "truth", "lie"), LIES)
def test_lie(copy: Path, file: str, name: str, truth: str, lie: str) -> None:
    """A wrong sign, a missing factor, exchanged letters, another definition: none gets through."""
    path = copy / f"{file}.toml"
    before, heading, rest = path.read_text(encoding="utf-8").partition(f"[{name}]\n")
    own, blank, after = rest.partition("\n\n")
    assert truth in own
    path.write_text(before + heading + own.replace(truth, lie) + blank + after, encoding="utf-8")

    found = report(name, load_rules())

    assert not found.passed
    assert name == found.name


NAMED = {name for _, name, _, _ in LIES}
# What is chosen where c is 0 never counts at a drawn c; tests/verify/test_rule_faults.py has it.
UNSEEN = ("where", "b")
OTHERS = [
    (rule, name)
    for rule in builtin_rules().rules.values()
    for name, text in rule.derivative.items()
    if rule.name not in NAMED and text != "0" and (rule.name, name) != UNSEEN
]


@pytest.mark.parametrize(("rule", "name"), OTHERS, ids=lambda each: getattr(each, "name", each))
def test_twice_the_derivative(rule: Rule, name: str) -> None:
    """Every other rule is told from one with a factor too many."""
    wrong = replace(rule, derivative={**rule.derivative, name: f"2 ({rule.derivative[name]})"})

    found = check_rule(wrong, Rulebook({**builtin_rules().rules, rule.name: wrong}))

    assert not found.passed


def test_message_of_a_scalar_lie(copy: Path) -> None:
    """A failure names the point, the entry and both values."""
    path = copy / "elementwise.toml"
    text = path.read_text(encoding="utf-8").replace('derivative = "1 + y^2"', 'derivative = "y^2"')
    path.write_text(text, encoding="utf-8")

    found = report("tan", load_rules())

    assert (
        "at x = [[7/32], [15/32]], g = [[59/32], [-41/32]]: "
        "the answer disagrees with the expression at dL/dx[0]; "
        "the derivative of the expression is 1.93486909663; the answer gives 0.0911190966324; "
        "sizes n = 2" == found.message
    )


def test_message_of_a_false_definition(copy: Path) -> None:
    """A definition that gives another value is named beside the operation."""
    path = copy / "composites.toml"
    text = path.read_text(encoding="utf-8").replace('"sum(abs(A))"', '"sum(A)"')
    path.write_text(text, encoding="utf-8")

    found = report("norm1", load_rules())

    assert found.message.startswith("norm1(A) is not sum(A): at ")
    assert "the derivative of the expression is 83/16; the answer gives 21/8" in found.message


TRUE = {
    "elementwise": """
        [mish]
        kind = "elementwise"
        definition = "x tanh(softplus(x))"
        derivative = "tanh(softplus(x)) + x sigmoid(x) (1 - tanh(softplus(x))^2)"
    """,
    "with a kink": """
        [clip]
        kind = "elementwise"
        definition = "min(max(x, -1), 1)"
        derivative = "(abs(x) < 1)"
    """,
    "two arguments": """
        [swish]
        kind = "elementwise"
        signature = "x, beta -> y"
        definition = "x sigmoid(beta x)"
        derivative.x = "sigmoid(beta x) + beta x sigmoid(beta x) (1 - sigmoid(beta x))"
        derivative.beta = "x^2 sigmoid(beta x) (1 - sigmoid(beta x))"
    """,
    "far from zero": """
        [far]
        kind = "elementwise"
        definition = "log(x - 20)"
        derivative = "1 / (x - 20)"
    """,
    "composite": """
        [quad]
        kind = "composite"
        signature = "x, A -> y"
        definition = "x' A x"
    """,
    "product": """
        [outer]
        kind = "product"
        signature = "a[i], b[j] -> Y[i,j]"
        definition = "a b'"
    """,
    "matrix of two arguments": """
        [solve]
        kind = "matrix"
        signature = "A[i,j], b[j] -> Y[i]"
        square = true
        definition = "inv(A) b"
        derivative.A = "-inv(A)[i,p] Y[q]"
        derivative.b = "inv(A)[i,j]"
    """,
    "matrix of one derivative": """
        [solve]
        kind = "matrix"
        signature = "A[i,j], b[j] -> Y[i]"
        square = true
        definition = "inv(A) b"
        derivative.b = "inv(A)[i,j]"
    """,
    "rows": """
        [stretch]
        kind = "rows"
        signature = "A[r,k] -> Y[r,c]"
        definition = "A .* sum(A.^2, axis=1)"
        column = "A * sum(A.^2)"
        derivative = "I[c,k] (A A')[r,r] + 2 A[r,c] A[r,k]"
    """,
    "in place of a built-in one": """
        [inv]
        kind = "matrix"
        signature = "A[i,j] -> Y[j,i]"
        square = true
        definition = "inv(A)"
        derivative = "-inv(A)[j,p] inv(A)[q,i]"
    """,
    "without a derivative": """
        [step]
        kind = "elementwise"
        definition = "(x > 0)"
    """,
}

FALSE = {
    "sign": (
        """
        [mish]
        kind = "elementwise"
        definition = "x tanh(softplus(x))"
        derivative = "tanh(softplus(x)) - x sigmoid(x) (1 - tanh(softplus(x))^2)"
        """,
        "the answer disagrees with the expression at dL/dx[0]; ",
    ),
    "second argument": (
        """
        [swish]
        kind = "elementwise"
        signature = "x, b -> y"
        definition = "x sigmoid(b x)"
        derivative.x = "sigmoid(b x) + b x sigmoid(b x) (1 - sigmoid(b x))"
        derivative.b = "x sigmoid(b x) (1 - sigmoid(b x))"
        """,
        "the answer disagrees with the expression at dL/db[0]; ",
    ),
    "undefined derivative": (
        """
        [square]
        kind = "elementwise"
        definition = "x^2"
        derivative = "2 x sign(sqrt(x))"
        """,
        "the rule gives no value at 3 points where the function has one",
    ),
    "no domain": (
        """
        [never]
        kind = "elementwise"
        definition = "log(-x^2)"
        derivative = "2 / x"
        """,
        "not checked: no point of the domain was found",
    ),
    "no domain of a matrix": (
        """
        [never]
        kind = "matrix"
        signature = "A[i,j] -> Y[]"
        definition = "log(-sum(A.^2))"
        derivative = "A[p,q]"
        """,
        "not checked: no point of the domain was found",
    ),
    "defined by itself": (
        """
        [same]
        kind = "elementwise"
        definition = "same(x)"
        derivative = "1"
        """,
        "it is defined by itself",
    ),
    "size": (
        """
        [invert]
        kind = "matrix"
        signature = "A[i,j] -> Y[]"
        square = true
        definition = "inv(A)"
        derivative = "-Y[p,q]"
        """,
        "the expression is 2 x 2, not 1 x 1",
    ),
    "undefined in a reduction": (
        """
        [sum]
        kind = "reduction"
        signature = "A -> Y"
        derivative = "A ./ (A - A)"
        """,
        "this divides by zero",
    ),
}


@pytest.mark.parametrize("text", TRUE.values(), ids=TRUE)
def test_rule_of_a_user(tmp_path: Path, text: str) -> None:
    """A user's own rule is proved in the same way."""
    found = users(tmp_path, text)

    assert found.passed, found.message


@pytest.mark.parametrize(("text", "message"), FALSE.values(), ids=FALSE)
def test_mistake_of_a_user(tmp_path: Path, text: str, message: str) -> None:
    """A mistake in a user's rule is reported, whatever it is."""
    found = users(tmp_path, text)

    assert not found.passed
    assert message in found.message


# What the loader refuses in a file can still be in a rulebook that was put together by hand.
UNREAD = {
    "no shapes conform": (
        Rule("odd", "composite", "x -> y", ("x",), "x + ones(7, 1) + ones(2, 1)"),
        "odd(x) does not conform: x is 7 x 1, so 7 would have to be 2",
    ),
}


@pytest.mark.parametrize(("rule", "message"), UNREAD.values(), ids=UNREAD)
def test_rule_that_no_file_can_have(rule: Rule, message: str) -> None:
    """A rule that cannot be read or evaluated fails by itself, and spoils no other."""
    rulebook = Rulebook({rule.name: rule, **builtin_rules().rules})

    failed = {each.name: each.message for each in check_rules(rulebook) if not each.passed}

    assert [rule.name] == list(failed)
    assert message in failed[rule.name]


def test_rules_that_define_each_other(tmp_path: Path) -> None:
    """A circle of definitions is reported, not followed."""
    circle = [("there", "back"), ("back", "there"), ("enter", "back")]
    rules = [
        f'[{name}]\nkind = "composite"\nsignature = "x -> y"\n{REFERENCE}\n'
        f'definition = "{other}(x)"'
        for name, other in circle
    ]
    file = tmp_path / "mine.toml"
    file.write_text("\n".join(rules), encoding="utf-8")
    rulebook = load_rules(file)

    failed = {each.name: each.message for each in check_rules(rulebook) if not each.passed}

    assert {"there", "back", "enter"} == set(failed)
    assert failed["enter"].endswith("is defined by itself")
