"""The loader of rules: what it reads, and what it refuses in which words."""

from math import inf
from pathlib import Path

import pytest
from cases.rules import DOCUMENT, document

from dimderiv.derivation.meanings import meanings
from dimderiv.errors import ParseError
from dimderiv.language import parse_expression
from dimderiv.language.rule_files import rules_folder
from dimderiv.rulebook.rule import Rule
from dimderiv.rulebook.rulebook import builtin_rules, load_rules

CUBE = """
[cube]
kind = "elementwise"
definition = "x^3"
derivative = "3 x^2"
domain = "every real x"
reference = "a table of derivatives"
"""

KEYS = (
    "aliases, along, code, column, commutes, commuting, concave, convex, decreasing, defined, "
    "definite, definition, derivative, domain, increasing, kind, kink, latex, linear, log_concave, "
    "mpmath, operator, range, reference, refused, rows_sum_to_one, scalar, signature, square, "
    "strictly, symmetric, tall, turns, whole, yields"
)
KINDS = "elementwise, product, matrix, reduction, rows, composite"

REFUSED = {
    "composite with a derivative": (
        '[f]\nkind = "composite"\nsignature = "A -> y"\ndefinition = "sum(A)"\nderivative = "1"\n'
        'reference = "r"',
        "rule f in mine.toml has a derivative, but that of a composite follows from its definition"
        "\n\ntry: leave the derivative out",
    ),
    "matrix without letters": (
        '[f]\nkind = "matrix"\nsignature = "A -> Y"\nderivative = "-Y[j,p]"\nreference = "r"',
        'rule f in mine.toml: the signature has no letters\n\ntry: such as "A[i,j] -> Y[j,i]"',
    ),
    "stray letter": (
        '[f]\nkind = "matrix"\nsignature = "A[i,j] -> Y[j,i]"\nderivative = "-Y[j,p] Y[z,i]"\n'
        'reference = "r"',
        "rule f in mine.toml: the derivative by A has the letter z, which is none of i, j, p, q\n\n"
        "try: the letters of the value, p and q for the argument, or a letter twice",
    ),
    "signature without an arrow": (
        '[f]\nkind = "product"\nsignature = "A[i,j] Y[j,i]"\nreference = "r"',
        "rule f in mine.toml: the signature 'A[i,j] Y[j,i]' cannot be read\n\n"
        'try: arguments, an arrow and the value, as in "A[i,k], B[k,j] -> Y[i,j]"',
    ),
    "signature that is no text": (
        '[f]\nkind = "product"\nsignature = 3\nreference = "r"',
        "rule f in mine.toml: signature is not a text",
    ),
    "no table": ("f = 1", "rule f in mine.toml is not a table\n\ntry: begin it with [f]"),
    "unknown key": (
        '[f]\nkind = "elementwise"\nderivate = "1"',
        f"rule f in mine.toml has the unknown key 'derivate'\n\ntry: one of {KEYS}",
    ),
    "no kind": (
        '[f]\ndefinition = "x"',
        f"rule f in mine.toml has no known kind\n\ntry: one of {KINDS}",
    ),
    "unknown kind": (
        '[f]\nkind = "scalar"',
        f"rule f in mine.toml has no known kind\n\ntry: one of {KINDS}",
    ),
    "no signature": (
        '[f]\nkind = "matrix"',
        'rule f in mine.toml has no signature\n\ntry: such as "A[i,j] -> Y[j,i]"',
    ),
    "no definition": (
        '[f]\nkind = "elementwise"\nderivative = "1"',
        "rule f in mine.toml has no definition\n\ntry: give it in the language",
    ),
    "no definition of a composite": (
        '[f]\nkind = "composite"\nsignature = "A -> y"',
        "rule f in mine.toml has no definition\n\ntry: give it in the language",
    ),
    "no reference": (
        '[f]\nkind = "elementwise"\ndefinition = "x"\nderivative = "1"',
        "rule f in mine.toml has no reference\n\ntry: say where the formula can be looked up",
    ),
    "derivative by something else": (
        '[f]\nkind = "elementwise"\ndefinition = "x"\nderivative.t = "1"\nreference = "r"',
        "rule f in mine.toml has a derivative by t, which is no argument\n\ntry: one of x",
    ),
    "derivative by something else of two": (
        '[f]\nkind = "elementwise"\nsignature = "a, b -> y"\ndefinition = "a"\n'
        'derivative.x = "1"\nreference = "r"',
        "rule f in mine.toml has a derivative by x, which is no argument\n\ntry: one of a, b",
    ),
    "number for a text": (
        '[f]\nkind = "elementwise"\ndefinition = 3\nreference = "r"',
        "rule f in mine.toml: definition is not a text",
    ),
    "number for a derivative": (
        '[f]\nkind = "elementwise"\ndefinition = "x"\nderivative.x = 1\nreference = "r"',
        "rule f in mine.toml: derivative is not a text",
    ),
    "text for a truth value": (
        '[f]\nkind = "matrix"\nsignature = "A[i,j] -> Y[]"\nsquare = "yes"\nreference = "r"',
        "rule f in mine.toml: square is not true or false",
    ),
    "name that cannot be written": (
        '["two words"]\nkind = "elementwise"\ndefinition = "x"\nreference = "r"',
        "rule two words in mine.toml has no name that can be written\n\ntry: letters, digits and _",
    ),
    "definition that cannot be read": (
        '[f]\nkind = "elementwise"\ndefinition = "x +"\nderivative = "1"\nreference = "r"',
        "rule f in mine.toml: the definition cannot be read: an operand is missing after '+'\n\n"
        "    x +\n       ^\n\n"
        "try: put a symbol, a number or a bracket there",
    ),
    "derivative that cannot be read": (
        '[f]\nkind = "matrix"\nsignature = "A[i,j] -> Y[]"\nderivative = "A[p,"\nreference = "r"',
        "rule f in mine.toml: the derivative by A cannot be read: an operand is missing after ','"
        "\n\n    [] A[p,\n           ^\n\ntry: put a symbol, a number or a bracket there",
    ),
    "name of nothing": (
        '[f]\nkind = "elementwise"\ndefinition = "x + z"\nderivative = "1"\nreference = "r"',
        "rule f in mine.toml: the definition uses z, which is no argument\n\n"
        "    x + z\n        ^\n\n"
        "try: one of I, pi, x",
    ),
    "letters that do not close": (
        '[f]\nkind = "product"\nsignature = "A[i,j] -> Y[i,k]"\nreference = "r"',
        "rule f in mine.toml: the letter k is on the right side only",
    ),
    "letters of a matrix that do not close": (
        '[f]\nkind = "matrix"\nsignature = "A[i,j] -> Y[k,i]"\nderivative = "Y[k,p] Y[q,i]"\n'
        'reference = "r"',
        "rule f in mine.toml: the letter k is on the right side only",
    ),
    "three axes": (
        '[f]\nkind = "product"\nsignature = "A[i,j] -> Y[i,j,j]"\nreference = "r"',
        "rule f in mine.toml: an array of the signature has more than two axes",
    ),
}


def mine(folder: Path, text: str) -> Path:
    """A file of rules."""
    file = folder / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_document_is_up_to_date() -> None:
    """After a change: `python -m tests.cases.rules`."""
    assert document() == DOCUMENT.read_text(encoding="utf-8")


def test_builtin_rules_come_from_the_folder() -> None:
    """Every table of every file is a rule, under its own name."""
    rules = builtin_rules().rules

    assert {str(file) for file in Path(rules_folder()).glob("*.toml")} == {
        r.file for r in rules.values()
    }
    assert list(rules) == [rule.name for rule in rules.values()]
    assert len(rules) > 40


def test_every_builtin_rule_says_where_it_is_from() -> None:
    """A rule has a reference, and a domain unless it holds everywhere by its shape."""
    for rule in builtin_rules().rules.values():
        assert rule.reference
        assert rule.domain or rule.kind in ("product", "reduction"), rule.name


def test_a_rule() -> None:
    """The keys of a table are the attributes of a rule; what is missing has a default."""
    rule = builtin_rules()["tanh"]

    expected = Rule(
        name="tanh",
        kind="elementwise",
        signature="x -> y",
        arguments=("x",),
        definition="tanh(x)",
        derivative={"x": "1 - y^2"},
        range=(-1, 1),
        defined=(-inf, inf),
        convex=(-inf, 0),
        concave=(0, inf),
        increasing=(-inf, inf),
        strictly=True,
        domain="every real x",
        latex="\\tanh",
        aliases=("tansig",),
        code={"any": "{xp}.tanh({})"},
        reference="DLMF, section 4.34",
        file=str(Path(rules_folder()) / "elementwise.toml"),
    )

    assert expected == rule


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("tanh", "x"), ("power", "a b"), ("matmul", "A B"), ("diag", "a"), ("cross_entropy", "S Y")],
)
def test_arguments_are_read_off_the_signature(name: str, arguments: str) -> None:
    """The names before the arrow, without their letters."""
    assert tuple(arguments.split()) == builtin_rules()[name].arguments


def test_operators_are_no_functions() -> None:
    """What is written with an operator cannot be called."""
    functions = builtin_rules().functions

    assert "softmax" in functions
    assert functions.isdisjoint({"matmul", "hadamard", "transpose", "power", "compare"})
    assert not builtin_rules()["matmul"].is_function


def test_membership() -> None:
    """A rulebook knows its names."""
    assert "inv" in builtin_rules()
    assert "cube" not in builtin_rules()


def test_no_files_are_the_builtin_rules() -> None:
    """Loading nothing of one's own reads nothing twice."""
    assert load_rules() is builtin_rules()


def test_rule_of_a_user(tmp_path: Path) -> None:
    """A file of one's own adds to the built-in rules."""
    file = mine(tmp_path, CUBE)

    rulebook = load_rules(file)

    assert {"x": "3 x^2"} == rulebook["cube"].derivative
    assert str(file) == rulebook["cube"].file
    assert {*builtin_rules().rules, "cube"} == set(rulebook.rules)
    assert "cube" in rulebook.functions
    assert "cube" not in builtin_rules()


def test_later_rule_replaces_earlier(tmp_path: Path) -> None:
    """Of two rules with one name the later one holds."""
    first = mine(tmp_path, CUBE.replace("cube", "relu"))
    second = tmp_path / "second.toml"
    second.write_text(CUBE.replace("cube", "relu").replace("3", "4"), encoding="utf-8")

    assert "x^3" == load_rules(first)["relu"].definition
    assert "x^4" == load_rules(str(first), str(second))["relu"].definition
    assert "(x + abs(x)) / 2" == builtin_rules()["relu"].definition


def test_definitions_of_a_user(tmp_path: Path) -> None:
    """The verifier gets the user's definitions, and none that it knows itself."""
    formulas = [parse_expression("cube(tanh(x))", functions={"cube", "tanh"})]

    found = meanings(load_rules(mine(tmp_path, CUBE)), formulas, {"tanh"})

    assert ["cube"] == list(found.definitions) == list(found.elementwise)
    assert ("x",) == found.definitions["cube"][0]


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_refusal(tmp_path: Path, text: str, message: str) -> None:
    """An incomplete rule is refused by name, with what to do."""
    with pytest.raises(ParseError) as caught:
        load_rules(mine(tmp_path, text))

    assert message == str(caught.value)


def test_refusal_of_no_toml(tmp_path: Path) -> None:
    """A file that is no TOML is refused with the place."""
    file = mine(tmp_path, "[f\n")

    with pytest.raises(ParseError) as caught:
        load_rules(file)

    assert str(caught.value).startswith(f"the rule file {file} is not TOML: ")
    assert "line 1" in str(caught.value)


def test_refusal_of_another_encoding(tmp_path: Path) -> None:
    """A file that is not UTF-8 is refused."""
    file = tmp_path / "mine.toml"
    file.write_bytes(b'[f]\nreference = "caf\xe9"')

    with pytest.raises(ParseError) as caught:
        load_rules(file)

    assert str(caught.value).startswith(f"the rule file {file} is not TOML: ")


def test_refusal_of_a_missing_file(tmp_path: Path) -> None:
    """A file that is not there is refused with the reason."""
    file = tmp_path / "none.toml"

    with pytest.raises(ParseError) as caught:
        load_rules(file)

    assert f"the rule file {file} cannot be read: No such file or directory" == str(caught.value)


def test_empty_file(tmp_path: Path) -> None:
    """A file without tables adds nothing."""
    assert builtin_rules().rules == load_rules(mine(tmp_path, "")).rules


def test_packaged_folder_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an installed package the rules lie inside it."""
    monkeypatch.setattr(
        "dimderiv.language.rule_files.__file__",
        str(tmp_path / "dimderiv" / "language" / "rule_files.py"),
    )

    assert str(tmp_path / "rules") == rules_folder()

    (tmp_path / "dimderiv" / "rules").mkdir(parents=True)

    assert str(tmp_path / "dimderiv" / "rules") == rules_folder()
