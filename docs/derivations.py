"""The directive `derivation`: what dimderiv derives while the site is built, so that it is true.

```{derivation} Y = X W + b
:wrt: X, W, b
:upstream: dY
:shape: "X: N x D; b: 1 x M"
:show: answer steps code
```
"""

import ast
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from dimderiv import Derivation, derive
from dimderiv.errors import DimderivError
from dimderiv.explain import sentences
from dimderiv.surfaces.pictures import illustrated, pictures

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {"steps": "Step by step", "code": "The whole function"},
    "zh": {"steps": "逐步推导", "code": "完整的函数"},
}
SHOWN = ("command", "answer", "picture", "steps", "code")
FORMULA = re.compile(r"\\\((.*?)\\\)|\\\[(.*?)\\\]", re.DOTALL)


class DerivationDirective(SphinxDirective):
    """Derives an expression, checks it, and shows what its option `show` lists."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = False
    option_spec: ClassVar[Mapping[str, Callable[[str], object]]] = {
        "wrt": directives.unchanged_required,
        "shape": directives.unchanged,
        "upstream": directives.unchanged,
        "lang": directives.unchanged,
        "show": directives.unchanged,
        "folded": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """The nodes that stand in the place of the directive."""
        self.lang = self.options.get("lang", "en")
        self.shown = self.options.get("show", "command answer steps").split()
        try:
            derivation = derive(
                self.arguments[0],
                self.options["wrt"],
                shapes=self.options.get("shape"),
                upstream=self.options.get("upstream"),
            )
        except DimderivError as error:
            raise self.error(str(error)) from error
        if not derivation.verification or derivation.verification.level == "unchecked":
            raise self.error("the answer was not checked")
        box = nodes.container(classes=["derivation"])
        for each in self.shown:
            if each not in SHOWN:
                raise self.error(f"{each!r} is none of {', '.join(SHOWN)}")
            box += list(getattr(self, each)(derivation))
        return [box]

    def command(self, derivation: Derivation) -> Iterator[nodes.Node]:
        """What to type."""
        words = ["dimderiv", self.arguments[0], "--wrt", self.options["wrt"].replace(", ", ",")]
        for option in ("upstream", "shape", "lang"):
            if option in self.options:
                words += [f"--{option}", self.options[option]]
        words += ["--steps"] * ("steps" in self.shown)
        yield nodes.literal_block(text="$ " + _typed(words), language="console")

    def answer(self, derivation: Derivation) -> Iterator[nodes.Node]:
        """The formula, what it is, what was assumed, and how it was checked."""
        yield _html(f"<p>\\[{escape(derivation.latex(left=True), quote=False)}\\]</p>")
        found, messages = derivation.verification, sentences(self.lang)
        assert found is not None, "run has looked"
        check = messages[f"checked_{found.level.replace(' ', '_')}"]
        told = check.format(points=found.points, entries=found.entries + found.along)
        for line in (*derivation.forms(self.lang), told):
            yield _html(f'<p class="said">{escape(line)}</p>')

    def picture(self, derivation: Derivation) -> Iterator[nodes.Node]:
        """The pictures, without words."""
        yield _html("\n".join(pictures(derivation, self.lang).values()))

    def steps(self, derivation: Derivation) -> Iterator[nodes.Node]:
        """The steps with their pictures."""
        told = illustrated(derivation, self.lang)
        yield _html(_folded(WORDS[self.lang]["steps"], told, "folded" not in self.options))

    def code(self, derivation: Derivation) -> Iterator[nodes.Node]:
        """The numpy code: what it computes, and folded all of it."""
        source = derivation.code("numpy")
        yield nodes.literal_block(text=computed(source), language="python")
        summary = WORDS[self.lang]["code"]
        yield _html(_folded(summary, f"<pre>{escape(source)}</pre>", is_open=False))


def computed(source: str) -> str:
    """The last function of a source without docstring, and without its branches.

    Those convert and refuse arguments, or do the same in blocks.
    """
    function = ast.parse(source).body[-1]
    assert isinstance(function, ast.FunctionDef), "the helper functions come first"
    lines = source.splitlines()
    kept = [each for each in function.body[1:] if not isinstance(each, ast.If)]
    body = [lines[n] for each in kept for n in range(each.lineno - 1, each.end_lineno or 0)]
    return "\n".join([lines[function.lineno - 1], *body])


def _typed(words: list[str]) -> str:
    """Words as they are typed, in double quotes where a shell asks for quotes."""
    return " ".join(
        f'"{word}"' if shlex.quote(word) != word and not re.search(r'[$"`\\!]', word) else
        shlex.quote(word) for word in words
    )  # fmt: skip


def _folded(summary: str, inside: str, is_open: bool) -> str:
    return f"<details{' open' * is_open}><summary>{summary}</summary>{inside}</details>"


def _html(text: str) -> nodes.raw:
    """A piece of a page, with its formulas in places of their own."""

    def place(found: re.Match[str]) -> str:
        kind = "formula" if found[2] is None else "formula display"
        return f'<span class="{kind}">{found[1] or found[2]}</span>'

    return nodes.raw("", FORMULA.sub(place, text), format="html")


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_directive("derivation", DerivationDirective)
    return {"parallel_read_safe": True}
