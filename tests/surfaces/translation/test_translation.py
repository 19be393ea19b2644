"""Everything that dimderiv says has a Chinese text, which no other sentence is taken for."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from documents import ROOT
from said import fragment, is_prose, said, sentences

from dimderiv import derive
from dimderiv.errors import DimderivError
from dimderiv.explain import LANGUAGES
from dimderiv.rulebook.table import LEGEND
from dimderiv.sources.latex.symbols import REFUSED
from dimderiv.surfaces.translation import assumed, labelled, translated, translated_error
from dimderiv.surfaces.translation.template import Template, between

ZH = ROOT / "dimderiv/surfaces/translation/zh"
# Code that is made, and formulas.
NOT_SAID = ("codegen/targets/[a-km-z]*.py", "codegen/targets/layers.py", "codegen/gradcheck/*.py",
            "codegen/targets/helpers/*.py", "render/*.py", "sources/code/modules.py",
            "stationarity/minimum.py")  # fmt: skip
# Formulas, pieces of code, names of programs, comments in code that is made, and what only a
# mistake in dimderiv itself would show.
NO_SENTENCES = {
    text.replace(r"\n", "\n")
    for text in r"""
derivative by {}, {}: {}
\frac{{\partial {}}}{{\partial {}}}
def {}({}):
if {}:
for {} in {}({}, {}):
return {}
{} along {}
import "{}";
`dimderiv page --build` made these files, and replaces them when it is run again.\n
{} of {} by {}.
{} by {}.\n\n{}
adjoint of the {}
The product of the {} with {}.
{}, as an operator, of {}
The arrays that it is made from are kept, not copied.
The derivatives by {} of what follows, given that by the value.
 of {} = {}
backward({}) is, by {},
Constants, which have no derivative here: {}.
The layer {}
The value of {}.
Hessian-vector product
Derivative of order {}
$\displaystyle {}$
size {}
says nothing
unread claims
this size has no name yet
labels have more than one class
import {} as {}
from {} import {} as {}
x^\top A y
^{{\mathsf T}}
dimderiv {}
dimderiv check
dimderiv rules
dimderiv graph
dimderiv page
dimderiv notes
# Made by dimderiv
--form {}
color="#b00020" fontcolor="#b00020" style=dashed constraint=false
{} [label={} shape={}]
digraph {{
%dimderiv ||Xw - y||^2 by w where X: m x n
positive definite
positive semidefinite
negative definite
negative semidefinite
strictly convex
strictly concave
positive dominant
small unit
wide positive
wide negative
vast positive
vast negative
small positive
{} positive
x y'
m x n
x + c (y - x)
""".strip("\n").splitlines()
}
# These stand in `composed.toml`, where they are sentences together with what is around them.
PARTS = {"are proved equal by sympy", "agree exactly", "agree to 60 digits", "agree to 30 digits"}

# The table of `dimderiv rules` is in English, as the rules are.
LEFT_IN_ENGLISH = {LEGEND, "no derivative", "by {}: {}", "dimderiv, not installed"}


def strings(table: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """The texts of a TOML file with their keys."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from strings(value, f"{key}.{name}")
        elif isinstance(value, str):
            yield f"{key}.{name}", value


def of_tables() -> Iterator[str]:
    """What the tables of names and rules say instead of a derivative."""
    for file in (ROOT / "dimderiv/language/names.toml", *ROOT.glob("rules/*.toml")):
        for key, text in strings(tomllib.loads(file.read_text("utf-8"))):
            if "refused" in key:
                yield text.replace("{", "{{").replace("}", "}}")


SAID = {*sentences(ROOT / "dimderiv", NOT_SAID), *of_tables(), *REFUSED.values()}
# Tables of names, formulas, elements of HTML and SVG, a header.
MADE = re.compile(
    r"[a-z0-9_ ]*\n    |lambda |<|default-src |.*-src 'self'|.*-ancestors 'none'|.*<meta "
)
PROSE = {fragment(text) for text in SAID if not MADE.match(text)}
PROSE = {text for text in PROSE if is_prose(text)} - NO_SENTENCES - PARTS - LEFT_IN_ENGLISH
FILES = {file.stem: tomllib.loads(file.read_text("utf-8")) for file in ZH.glob("*.toml")}
CHINESE = {english: text for texts in FILES.values() for english, text in texts.items()}


def test_everything_that_is_said_has_a_chinese_text() -> None:
    """A new sentence of the sources needs one in the files of `zh`."""
    assert sorted(PROSE - CHINESE.keys()) == []


def test_what_is_no_sentence_is_in_the_sources() -> None:
    """The list of exceptions is no longer than it must be."""
    listed = NO_SENTENCES | PARTS | LEFT_IN_ENGLISH

    assert sorted(listed - {fragment(text) for text in SAID}) == []


def test_the_sources_are_read_as_they_are_run() -> None:
    """Choices are several sentences, docstrings are none, but for the help of commands."""
    source = """
@click.command(name="f")
def command(x):
    'Say it.'
    raise Error(f"{x} is {'odd' if x else 'even'}{x}{x}", hint="write " + shown(x))


def other(x):
    'No sentence.'
    assert x, "nor this"
"""
    assert set(said(source)) == {"f", "Say it.", "{} is odd{}", "{} is even{}", "write {}"}


def test_no_chinese_text_is_stale() -> None:
    """Each is that of a sentence of the sources; composed ones are made of pieces of them."""
    own = {
        english
        for stem, texts in FILES.items()
        if stem not in {"composed", "system"}
        for english in texts
    }
    stale = own - {fragment(text) for text in SAID}
    known, used = words_of(SAID), words_of(FILES["composed"])

    assert sorted(stale) == []
    assert sorted(used - known) == []


def words_of(texts: Iterable[str]) -> set[str]:
    """All words in some texts."""
    return {word for text in texts for word in re.findall("[A-Za-z]+", text)}


def test_no_sentence_stands_in_two_files() -> None:
    """A sentence has one Chinese text."""
    assert sum(map(len, FILES.values())) == len(CHINESE)


@pytest.mark.parametrize("stem", sorted(FILES))
def test_each_sentence_is_translated_by_its_own_text(stem: str) -> None:
    """With names in its fields, and none of them left out."""
    for english, chinese in FILES[stem].items():
        literals = between(english)
        names = [f"A{place}" for place in range(len(literals) - 1)]
        sentence = "".join(a + b for a, b in zip(literals, [*names, ""], strict=True))

        found = translated(sentence, "zh")

        assert Template(chinese).filled(names) == found
        assert all(name in found for name in names)


def refused(text: str, **given: Any) -> DimderivError:
    """The error that a question ends with."""
    with pytest.raises(DimderivError) as caught:
        derive(text, "x", **given)
    return caught.value


def test_an_error_keeps_its_picture() -> None:
    """Message, facts and hint are in Chinese, and the text is that of the user."""
    error = refused("r = A x; r = B x; r'r")

    assert (
        translated_error(error, "zh")
        == """\
r 定义了两次

    r = A x; r = B x; r'r
             ^

已知：r 在第 1 列已有定义

试试：给第二个值另起名字"""
    )
    assert str(error) == translated_error(error, "en")


def test_what_is_put_together_is_translated_in_its_parts() -> None:
    """Facts within messages, and lists of hints with formulas among them."""
    error = refused("B y + x", shapes="B: m x k; y: n; x: m")

    assert translated(error.message, "zh") == (
        "B y 的形状不相容：B 是 m x k，y 是 n x 1，因此 k 必须等于 n"
    )
    assert [translated(fact, "zh") for fact in error.known] == ["B: m x k（声明）", "y: n（声明）"]
    assert translated("w' X or X' w", "zh") == "w' X 或 X' w"
    assert translated("write softmax(...), or declare it: softmx: n -> scalar", "zh") == (
        "写 softmax(...)，或声明它：softmx: n -> scalar"
    )


def test_a_name_is_no_word() -> None:
    """A single word in a field is what the user wrote, unless the field is one for words."""
    assert translated("one is not a known name", "zh") == "没有名字 one"
    assert translated("f takes one argument, not two", "zh") == "f 需要一个自变量，而不是两个"


def test_assumptions_doubts_and_the_check() -> None:
    """What stands beside an answer."""
    doubt = (
        "i runs over all of x, since x[i] has it alone, and x[i+1] is 0 outside: "
        "write [i:n - 1] if only entries inside are meant"
    )

    assert assumed(["x: n", "x[i+1] is 0 where it lies outside x"], "zh") == (
        "假设：x: n，x[i+1] 超出 x 时为 0"
    )
    assert labelled("note", doubt, "zh") == (
        "注意：i 取遍 x，因为 x[i] 单独用它作下标，而 x[i+1] 越界时为 0："
        "如果只取范围内的元素，就写 [i:n - 1]"
    )
    assert translated("10 entries agree exactly at 4 points (n = 2; n = 3), 0.01 s", "zh") == (
        "在 4 个点（n = 2; n = 3）上，10 个元素完全一致，用时 0.01 秒"
    )


def test_english_is_not_looked_up() -> None:
    """And what no file has stays as it is, not half of it."""
    assert LANGUAGES == ("en", "zh")
    assert translated("r is defined twice", "en") == "r is defined twice"
    assert assumed(["x: n", "y: n"], "en") == "assumed x: n, y: n"
    assert labelled("note", "this is so", "en") == "note: this is so"
    assert translated("nobody said this, so n would have to be m", "zh") == (
        "nobody said this, so n would have to be m"
    )


def test_a_text_of_the_user_costs_no_time() -> None:
    """It stays as it is within the sentence, however much of it looks like sentences."""
    text = "x is y, or z as w; " * 200

    assert translated(f"{text}does not conform: A is m x n", "zh") == (
        f"{text.rstrip()} 的形状不相容：A 是 m x n"
    )
