"""What was asked for on the command line, and the answer in that form."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

import click

from dimderiv.answer import latex
from dimderiv.cli.code_output import CodeRequest
from dimderiv.derivation import Derivation, Result
from dimderiv.explain import layout_in_words


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    words: tuple[str, ...]
    wrt: tuple[str, ...]
    shape: tuple[str, ...]
    order: int
    upstream: str | None
    forward: str | None
    hvp: str | None
    layout: str
    all_layouts: bool
    structured: bool
    steps: bool
    latex: bool
    code: str | None
    form: str
    layer: bool
    value: bool
    sizes: str | None
    output: str | None
    as_json: bool
    lang: str
    no_verify: bool
    verify: str
    inline: bool
    rules: tuple[str, ...]
    verbose: bool

    @property
    def expression(self) -> str:
        """The one word that is no option."""
        if not self.words:
            raise click.UsageError('there is no expression; write one such as "||Xw-y||^2"')
        if len(self.words) > 1:
            shown = ", ".join(repr(word) for word in self.words)
            raise click.UsageError(f"there are {len(self.words)} expressions: {shown}; use quotes")
        return self.words[0]

    @property
    def check(self) -> bool | str:
        """Whether the answer is to be checked, and how."""
        return not self.no_verify and self.verify

    @property
    def of_code(self) -> CodeRequest:
        """What of this is about code."""
        return CodeRequest(self.code, self.form, self.layer, self.value, self.sizes, self.output)

    def refuse_contradictions(self) -> None:
        """Check what click cannot."""
        if not self.wrt:
            raise click.UsageError(
                "no variable is named to differentiate by; write --wrt w, or --wrt W1,b1"
            )
        if self.code and not self.as_json and (self.latex or self.steps):
            other = "--latex" if self.latex else "--steps"
            raise click.UsageError(f"--code and {other} are two answers; ask for one, or --json")
        if self.all_layouts and not self.as_json and (self.code or self.steps):
            other = "--code" if self.code else "--steps"
            raise click.UsageError(f"--all-layouts and {other} are two answers; ask for one")
        if self.all_layouts and self.layout != "mixed":
            raise click.UsageError("--all-layouts prints every layout; leave out --layout")
        if self.forward and self.hvp:
            raise click.UsageError("--forward and --hvp are two answers; ask for one")
        if self.output and self.as_json:
            raise click.UsageError("--output writes code, and --json prints it; ask for one")
        directed = {"--forward": self.forward, "--hvp": self.hvp}
        beside = [option for option, given in directed.items() if given is not None]
        self.of_code.refuse_contradictions(beside, self.order)


def answer_text(derivation: Derivation, request: Request) -> str:
    """What goes to standard output."""
    if request.as_json:
        return json.dumps(record(derivation, request), indent=2, ensure_ascii=False)
    if request.code:
        return request.of_code.source(derivation).rstrip("\n")
    if request.all_layouts:
        return in_all_layouts(derivation, request)
    answer = derivation.latex() if request.latex else derivation.text(multiline=True)
    if not request.steps:
        return answer
    markup = "latex" if request.latex else "text"
    steps = derivation.explain(lang=request.lang, markup=markup, answer=False)
    return f"{steps.rstrip()}\n\n{answer}"


def in_all_layouts(derivation: Derivation, request: Request) -> str:
    """The answer in each layout under a line that says what the layout is, and who uses it.

    Where properties tie entries of the variables, the gradient by those follows.
    """
    lang = request.lang
    blocks = [
        (layout_in_words(name, lang, books=True), found)
        for name, found in derivation.layouts().items()
    ]
    tied = None if request.structured else derivation.tied()
    if tied is not None:
        blocks += [("; ".join(tied.notes(lang)), tied)]
    written = []
    for title, found in blocks:
        answer = found.latex() if request.latex else found.text(multiline=True)
        written.append("\n".join([title, *(f"    {line}" for line in answer.split("\n"))]))
    return "\n".join(written)


def record(derivation: Derivation, request: Request) -> dict[str, Any]:
    """What `--json` prints."""
    code = request.of_code.source(derivation) if request.code else None
    verification = derivation.verification  # of the code too
    found: dict[str, Any] = {
        "source": derivation.source,
        "wrt": list(derivation.wrt),
        "order": derivation.order,
        "layout": derivation.layout,
        "directions": dict(derivation.directions),
        "structured": dict(derivation.structures),
        "shapes": dict(derivation.shapes),
        "assumptions": list(derivation.assumptions),
        "forms": list(derivation.forms(request.lang)),
        "doubts": list(derivation.doubts),
        "notes": list(derivation.notes(request.lang)),
        "results": {
            ",".join(result.wrt): {
                "text": result.text(),
                "latex": alone(derivation, result),
                "form": result.form,
            }
            for result in derivation.results.values()
        },
        "verification": None if verification is None else asdict(verification),
    }
    if request.all_layouts:
        found["layouts"] = {
            name: {",".join(r.wrt): r.text() for r in each.results.values()}
            for name, each in derivation.layouts().items()
        }
    if request.steps:
        found["steps"] = derivation.explain(lang=request.lang)
    if code is not None:
        found["code"] = code
    return found


def alone(derivation: Derivation, result: Result) -> str:
    """One derivative of several, in LaTeX."""
    derived = derivation.derived
    derivatives = {result.wrt: derived.answer.derivatives[result.wrt]}
    return latex(replace(derived, answer=replace(derived.answer, derivatives=derivatives)))
