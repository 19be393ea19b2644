"""`--stationary`: where the gradient vanishes, in the form that was asked for."""

import json

import click

from dimderiv.stationarity import Open, Stationary, stationary
from dimderiv.surfaces.cli.process import note, patience
from dimderiv.surfaces.cli.request import Request
from dimderiv.surfaces.translation import assumed, labelled, translated


def print_stationary(request: Request) -> int:
    """Print where the gradient vanishes.

    Args:
        request: what was asked for.
    """
    expression, lang = request.expression, request.lang
    with patience(lang=lang):
        found = stationary(
            expression,
            ",".join(request.wrt),
            subject_to=request.subject_to,
            shapes=";".join(request.shape),
            verify=request.check,
            rules=request.rules,
            source=request.source,
        )
    if found.derivation.assumptions:
        note(assumed(found.derivation.assumptions, lang), request.verbose)
    click.echo(_answer(found, request))
    if isinstance(found, Open):
        return 0
    for each in found.said_conditions(lang):
        note(labelled("where", each, lang), verbose=True)
    extremum = found.said_extremum(lang)
    if extremum and not request.steps:
        note(extremum, verbose=True)
    if found.verification is None:
        note(translated("not checked, as you asked", lang), request.verbose)
    elif found.verification.level == "unchecked":
        note(translated(str(found.verification), lang), verbose=True)
    else:
        note(labelled("checked", str(found.verification), lang), request.verbose)
    return 0


def _answer(found: Stationary | Open, request: Request) -> str:
    """What goes to standard output."""
    if request.as_json:
        return json.dumps(_record(found, request), indent=2, ensure_ascii=False)
    if request.code:
        return found.code(request.code).rstrip("\n")
    if request.steps:
        markup = "latex" if request.latex else "markdown" if request.markdown else "text"
        return found.explain(request.lang, markup=markup)
    if isinstance(found, Open):
        return found.said_reason(request.lang)
    if request.markdown:
        return f"$$\n{found.latex()}\n$$"
    return found.latex() if request.latex else found.text(multiline=True)


def _record(found: Stationary | Open, request: Request) -> dict[str, object]:
    """What `--json` prints."""
    lang = request.lang
    record: dict[str, object] = {
        "source": found.question.source,
        "wrt": list(found.wrt),
        "shapes": dict(found.derivation.shapes),
        "steps": found.explain(lang) if request.steps else None,
        "code": found.code(request.code) if request.code else None,
    }
    if isinstance(found, Open):
        return {**record, "open": found.said_reason(lang)}
    report = found.verification
    return {
        **record,
        "text": found.text(),
        "latex": found.latex(),
        "conditions": list(found.said_conditions(lang)),
        "extremum": found.said_extremum(lang) or None,
        "level": "not asked" if report is None else report.level,
        "checked": None if report is None else translated(str(report), lang),
    }
