"""The answer in the form that was asked for on the command line."""

from dataclasses import asdict, replace
from typing import Any

from dimderiv.answer import latex
from dimderiv.derivation import Derivation, Result
from dimderiv.explain import layout_in_words
from dimderiv.surfaces.cli.code_output import source
from dimderiv.surfaces.cli.request import Request
from dimderiv.surfaces.translation import translated


def answer_text(derivation: Derivation, request: Request) -> str:
    """What goes to standard output."""
    if request.as_json:
        import json  # slow to import

        return json.dumps(record(derivation, request), indent=2, ensure_ascii=False)
    if request.curvature:
        markup = "latex" if request.latex else "markdown" if request.markdown else "text"
        return derivation.curvature().explain(request.lang, markup=markup)
    if request.code:
        return source(derivation, request).rstrip("\n")
    if request.all_layouts:
        return in_all_layouts(derivation, request)
    if request.steps and (request.latex or request.markdown):
        markup = "latex" if request.latex else "markdown"
        return derivation.explain(lang=request.lang, markup=markup)
    answer = written(derivation, request)
    if not request.steps:
        return answer
    steps = derivation.explain(lang=request.lang, answer=False)
    return f"{steps.rstrip()}\n\n{answer}"


def written(derivation: Derivation, request: Request) -> str:
    """The answer alone."""
    if request.markdown:
        return f"$$\n{derivation.latex()}\n$$"
    return derivation.latex() if request.latex else derivation.text(multiline=True)


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
    parts = []
    for title, found in blocks:
        lines = written(found, request).split("\n")
        parts.append("\n".join([title, *(f"    {line}" for line in lines)]))
    return "\n".join(parts)


def record(derivation: Derivation, request: Request) -> dict[str, Any]:
    """What `--json` prints."""
    code = source(derivation, request) if request.code else None
    verification = derivation.verification  # of the code too
    found: dict[str, Any] = {
        "source": derivation.source,
        "wrt": list(derivation.wrt),
        "order": derivation.order,
        "layout": derivation.layout,
        "directions": dict(derivation.directions),
        "structured": dict(derivation.structures),
        "shapes": dict(derivation.shapes),
        "assumptions": [translated(each, request.lang) for each in derivation.assumptions],
        "forms": list(derivation.forms(request.lang)),
        "doubts": [translated(each, request.lang) for each in derivation.doubts],
        "notes": list(derivation.notes(request.lang)),
        **_curvature(derivation, request),
        "results": {
            ",".join(result.wrt): {
                "text": result.text(),
                "latex": alone(derivation, result),
                "form": result.form,
            }
            for result in derivation.results.values()
        },
        "latex": derivation.latex(),
        "steps": derivation.explain(lang=request.lang),
        "verification": None if verification is None else asdict(verification),
    }
    if request.all_layouts:
        found["layouts"] = {
            name: {",".join(r.wrt): r.text() for r in each.results.values()}
            for name, each in derivation.layouts().items()
        }
    if code is not None:
        found["code"] = code
    return found


def alone(derivation: Derivation, result: Result) -> str:
    """One derivative of several, in LaTeX."""
    derived = derivation.derived
    derivatives = {result.wrt: derived.answer.derivatives[result.wrt]}
    return latex(replace(derived, answer=replace(derived.answer, derivatives=derivatives)))


def _curvature(derivation: Derivation, request: Request) -> dict[str, Any]:
    """How the value curves, where that is asked for."""
    if not request.curvature:
        return {}
    found = derivation.curvature()
    said = found.explain(request.lang).split("\n")[1:]
    return {"curvature": {"verdict": found.verdict, "said": said}}
