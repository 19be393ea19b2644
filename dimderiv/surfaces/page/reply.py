"""`reply`: a question in JSON, an answer in JSON; behind the local page and the built one alike."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from dimderiv import explain
from dimderiv.codegen import TARGETS
from dimderiv.derivation import Derivation, recognised
from dimderiv.errors import DimderivError, UnknownNameError
from dimderiv.infer import Typed
from dimderiv.language import Declaration
from dimderiv.render import align, equation, latex
from dimderiv.surfaces.grading import check
from dimderiv.surfaces.page.asked import Asked
from dimderiv.surfaces.pictures import pictures
from dimderiv.surfaces.translation import translated
from dimderiv.verify import Verification

# A page asks for code, and has answers checked, of what it asked for before.
KEPT = 8


def reply(text: str) -> str:
    """The answer to a question of the page; whatever is asked, it is one, and never an exception.

    Args:
        text: an object of JSON, with the keys of `Asked`.

    Returns:
        An object of JSON in ASCII.  That of `"symbols"` has the keys of `_read`, that of `"derive"`
        those of `_derived` too; where the question cannot be answered, the one key `"error"`.

    >>> json.loads(reply('{"expr": "||Xw-y||^2", "wrt": "w"}'))["text"]
    "2 X' (X w - y)"
    >>> json.loads(reply('{"expr": "A) x", "wrt": "x"}'))["error"]["place"]
    ['A', ')', ' x']
    """
    lang = "en"
    try:
        asked = Asked.of(text)
        lang = asked.lang
        if asked.ask not in ANSWERS:
            raise UnknownNameError(f"nothing is known of {asked.ask!r}")
        found = ANSWERS[asked.ask](asked)
    except DimderivError as error:
        found = {"error": _refused(error, lang)}
    except (RecursionError, MemoryError):
        found = {"error": _told("the expression is too large")}
    except Exception as error:  # whatever it is, the page has to say something
        mistake = f"dimderiv has made a mistake: {type(error).__name__}: {error}"
        found = {"error": _told(mistake, hint="report it, together with the expression")}
    return json.dumps(found)


def _told(message: str, **more: Any) -> dict[str, Any]:
    return {"message": message, "place": None, "known": [], "hint": None, **more}


def _refused(error: DimderivError, lang: str) -> dict[str, Any]:
    """What is wrong; where, as the text before the place, at it and after it; what to try."""
    place = None
    if error.span is not None and error.source is not None:
        start, end = (min(max(at, 0), len(error.source)) for at in error.span)
        place = [error.source[:start], error.source[start:end], error.source[end:]]
    known, hint = _in(lang, error.known), error.hint and translated(error.hint, lang)
    return _told(translated(error.message, lang), place=place, known=known, hint=hint)


def _in(lang: str, sentences: Iterable[str]) -> list[str]:
    return [translated(sentence, lang) for sentence in sentences]


@lru_cache(KEPT)
def _derivation(asked: Asked) -> Derivation:
    return asked.derived()


def _derive(asked: Asked) -> Derivation:
    """The derivation, which is the same in every language, and whatever is asked of it."""
    return _derivation(replace(asked, ask="", lang="en", answer="", target=""))


def _symbols(asked: Asked) -> dict[str, Any]:
    """What is read before a variable is chosen."""
    return _read(asked, asked.typed())


def _read(asked: Asked, typed: Typed) -> dict[str, Any]:
    """How the expression was read: its language, its LaTeX, its symbols, the shape of its value."""
    return {
        "source": asked.source or recognised(asked.expr),
        "formula": _formula(typed),
        "shapes": _shapes(typed),
        "value": str(typed.value),
    }


def _formula(typed: Typed) -> str:
    """The program in LaTeX."""
    first, *others = typed.program.statements
    if not others and first.name is None:
        return latex(first.value)
    return align(
        [
            equation(each.name, each.value) if each.name else ("", latex(each.value))
            for each in (first, *others)
        ]
    )


def _shapes(typed: Typed) -> list[dict[str, Any]]:
    """Each symbol, its shape as it would be declared, and whether it was."""
    assumed = {each.partition(":")[0] for each in typed.assumptions}
    return [
        {"name": name, "shape": _written(found), "assumed": name in assumed}
        for name, found in typed.symbols.items()
    ]


def _written(declared: Declaration) -> str:
    text = declared.text or str(declared.shape)
    return " ".join([text, *sorted(declared.properties - set(text.split()))])


def _derived(asked: Asked) -> dict[str, Any]:
    """The answer, what it is, how it was read and checked, the steps and their pictures."""
    found = _derive(asked)
    lang, typed, verification = asked.lang, found.typed, found.verification
    shaped = {f"{name}: {each.text}" for name, each in typed.symbols.items()}
    assumed = [each for each in typed.assumptions if each not in {*shaped, found.read_as}]
    return {
        **_read(asked, found.question.valued),
        "text": found.text(multiline=True),
        "latex": found.latex(left=True),
        "results": [
            {"name": found.derived.names[names], "wrt": list(names), "shape": str(each.shape)}
            for names, each in found.derived.derivatives.items()
        ],
        "kind": _kind(found),
        "read_as": translated(found.read_as, lang),
        "assumptions": _in(lang, assumed),
        "doubts": _in(lang, found.doubts),
        "notes": [
            *explain.forms(found.derived, lang, commands=False),
            *explain.notes(found.question, lang, commands=False),
        ],
        "check": verification and _reported(verification, lang),
        "steps": found.explain(lang, markup="html"),
        "pictures": dict(pictures(found, lang)),
    }


def _reported(verification: Verification, lang: str) -> dict[str, Any]:
    """How far the check went, in numbers, and what it did not reach, in words."""
    return {
        "level": verification.level,
        "entries": verification.entries + verification.along,
        "points": verification.points,
        "reason": translated(verification.reason, lang),
        "remarks": _in(lang, [*verification.one_sided, *verification.remarks]),
    }


def _kind(found: Derivation) -> str:
    """What the derivatives are."""
    if found.order > 1:
        return "hessian" if found.order == 2 else "higher"
    if found.question.typed.upstream is not None:
        return "backward"
    return "gradient" if found.question.gives_gradients else "jacobian"


def _code(asked: Asked) -> dict[str, Any]:
    """Code for one library, and what came of comparing it with the answer, where it can run."""
    found = _derive(asked)
    if find_spec("numpy") is None:
        found = replace(found, checks=None)
    source = found.code(asked.target)
    check = found.code_checks.get(source)
    return {
        "code": source,
        "targets": list(TARGETS),
        "check": check and translated(str(check), asked.lang),
    }


def _checked(asked: Asked) -> dict[str, Any]:
    """The verdict on an answer of one's own."""
    verdict = check(asked.expr, asked.wrt, asked.answer, lang=asked.lang, **asked.options)
    return {name: getattr(verdict, name) for name in ("right", "kind", "says", "fix", "entry")}


ANSWERS: Mapping[str, Callable[[Asked], dict[str, Any]]] = {
    "symbols": _symbols,
    "derive": _derived,
    "code": _code,
    "check": _checked,
}
