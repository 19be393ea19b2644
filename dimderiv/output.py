"""What was asked for on the command line, and the answer in that form."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

import click

from dimderiv.derivation import Derivation, Result


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    words: tuple[str, ...]
    wrt: tuple[str, ...]
    shape: tuple[str, ...]
    order: int
    upstream: str | None
    layout: str
    steps: bool
    latex: bool
    code: str | None
    as_json: bool
    lang: str
    no_verify: bool
    inline: bool
    rules: tuple[str, ...]
    verbose: bool

    @property
    def expression(self) -> str:
        """The one word that is no option.

        Raises:
            UsageError: there is none, or several.
        """
        if not self.words:
            raise click.UsageError('there is no expression; write one such as "||Xw-y||^2"')
        if len(self.words) > 1:
            shown = ", ".join(repr(word) for word in self.words)
            raise click.UsageError(f"there are {len(self.words)} expressions: {shown}; use quotes")
        return self.words[0]

    def refuse_contradictions(self) -> None:
        """Check what click cannot.

        Raises:
            UsageError: no variable is named, or two forms of the answer are asked for.
        """
        if not self.wrt:
            raise click.UsageError(
                "no variable is named to differentiate by; write --wrt w, or --wrt W1,b1"
            )
        if self.code and not self.as_json and (self.latex or self.steps):
            other = "--latex" if self.latex else "--steps"
            raise click.UsageError(f"--code and {other} are two answers; ask for one, or --json")


def answer_text(derivation: Derivation, request: Request) -> str:
    """What goes to standard output.

    Args:
        derivation: the derivation.
        request: which form of it is wanted.
    """
    if request.as_json:
        return json.dumps(record(derivation, request), indent=2, ensure_ascii=False)
    if request.code:
        return derivation.code(request.code).rstrip("\n")
    answer = derivation.latex() if request.latex else derivation.text(multiline=True)
    if not request.steps:
        return answer
    markup = "latex" if request.latex else "text"
    return f"{derivation.explain(lang=request.lang, markup=markup).rstrip()}\n\n{answer}"


def record(derivation: Derivation, request: Request) -> dict[str, Any]:
    """What `--json` prints.

    Args:
        derivation: the derivation.
        request: whether the steps and the code belong to it.
    """
    verification = derivation.verification
    found: dict[str, Any] = {
        "source": derivation.source,
        "wrt": list(derivation.wrt),
        "order": derivation.order,
        "shapes": dict(derivation.shapes),
        "assumptions": list(derivation.assumptions),
        "results": {
            ",".join(result.wrt): {
                "text": result.text(),
                "latex": alone(derivation, result).latex(),
                "form": result.form,
            }
            for result in derivation.results.values()
        },
        "verification": None if verification is None else asdict(verification),
    }
    if request.steps:
        found["steps"] = derivation.explain(lang=request.lang)
    if request.code:
        found["code"] = derivation.code(request.code)
    return found


def alone(derivation: Derivation, result: Result) -> Derivation:
    """The derivation of one derivative of several.

    Args:
        derivation: the derivation of all.
        result: the one.
    """
    derivatives = {result.wrt: derivation.answer.derivatives[result.wrt]}
    return replace(derivation, answer=replace(derivation.answer, derivatives=derivatives))
