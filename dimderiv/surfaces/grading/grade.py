"""`check`: whether an answer is the derivative, and what is wrong with it where it is not."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dimderiv.answer import Derived, Variables
from dimderiv.derivation import derive, recognised
from dimderiv.errors import ParseError, VerificationError
from dimderiv.language import Program, Shapes
from dimderiv.surfaces.grading.claims import curvature_claim, stationary_claim
from dimderiv.surfaces.grading.explanation import explained
from dimderiv.surfaces.grading.misfit import is_misfit
from dimderiv.surfaces.grading.reading import answers_to, read_program, with_shapes
from dimderiv.surfaces.grading.subject import Subject
from dimderiv.surfaces.grading.verdict import Verdict
from dimderiv.surfaces.grading.words import Words
from dimderiv.verify import DisagreementError, NotVerifiableError

ABOUT = ("derivative", "stationary", "curvature")


def check(
    expr: str | Program | Callable[..., Any],
    wrt: str | Sequence[str],
    answer: str,
    *,
    shapes: Shapes = None,
    order: int = 1,
    upstream: str | None = None,
    forward: str | Sequence[str] | None = None,
    layout: str = "mixed",
    structured: bool = False,
    rules: str | Path | Sequence[str | Path] = (),
    source: str | None = None,
    lang: str = "en",
    about: str = "derivative",
) -> Verdict:
    """Judge an answer to a question that `derive` can answer, or what is claimed of a function.

    Args:
        expr: the expression, in any form that `derive` takes.
        wrt: the variable, or several.
        answer: the derivative that somebody found, in any spelling; it may use what the expression
            defines, and define more.  For several variables it defines each derivative by the name
            that `derive` gives it: `dW = ...; db = ...`.
        shapes: as for `derive`, and so are all that follow but the last.
        order: 2 for a Hessian.
        upstream: a name for the derivative that is handed down.
        forward: a name for the direction of each variable.
        layout: the layout that the answer is in.
        structured: whether entries that a property ties move together.
        rules: files with rules of your own.
        source: the language of the expression, as for `derive`; the answer may be in that one or
            in ours, or in another that it shows.
        lang: the language of the verdict, `"en"` or `"zh"`.
        about: what the answer is: the `"derivative"`; where the gradient vanishes, `"stationary"`,
            as a value or `mu = ...; S = ...`; or how the function curves, `"curvature"`: `convex`,
            `strictly convex`, `concave`, `strictly concave`, `affine` or `neither`.

    Returns:
        The verdict; it is right where every entry agrees with the derivative of the expression.

    Raises:
        DimderivError: the expression or the answer cannot be read, or cannot be judged.

    >>> verdict = check("||Xw-y||^2", "w", "X' (X w - y)")
    >>> print(verdict.kind, verdict.fix, sep=": ")
    factor: 2 X' (X w - y)
    """
    words = Words(lang)
    if not isinstance(answer, str):
        raise ParseError(f"an answer is a text, not {answer!r}", hint='such as "2 X\' (X w - y)"')
    if about not in ABOUT:
        raise ParseError(f"an answer is not about {about}", hint=f"one of {', '.join(ABOUT)}")
    if about != "derivative":
        asked = (order, upstream, forward, layout, structured)
        if asked != (1, None, None, "mixed", False):
            raise ParseError(
                f"order, layouts and directions are those of a derivative, not of a {about} answer",
                hint="leave them out",
            )
        given: dict[str, Any] = {"shapes": shapes, "rules": rules, "source": source}
        if about == "curvature":
            return curvature_claim(derive(expr, wrt, verify=False, **given), answer, words)
        return stationary_claim(expr, wrt, answer, words, language_of(expr, source), **given)
    derived = derived_of(
        expr,
        wrt,
        shapes=shapes,
        order=order,
        upstream=upstream,
        forward=forward,
        layout=layout,
        structured=structured,
        rules=rules,
        source=source,
    )
    return graded(derived, answer, words, language_of(expr, source))


def language_of(expr: str | Program | Callable[..., Any], source: str | None = None) -> str:
    """The language that an expression is in.

    Args:
        expr: the expression.
        source: what was said of it.
    """
    if source is not None:
        return source
    if isinstance(expr, str):
        return recognised(expr)
    return "dimderiv" if isinstance(expr, Program) else "numpy"


def derived_of(
    expr: str | Program | Callable[..., Any], wrt: str | Sequence[str], **options: Any
) -> Derived:
    """The right answer, which is checked once a wrong one is measured by it.

    Args:
        expr: the expression.
        wrt: the variable, or several.
        options: as for `derive`.
    """
    return derive(expr, wrt, verify=False, **options).derived


def graded(derived: Derived, answer: str, words: Words, source: str = "dimderiv") -> Verdict:
    """The verdict on an answer, which is wrong where one of its parts is.

    Args:
        derived: the right answer.
        answer: what was answered.
        words: what says it.
        source: the language of the expression.
    """
    program = read_program(answer, derived.question, source)
    parts = answers_to(program, dict(derived.names))
    verdicts = {names: _graded(derived, names, part, words) for names, part in parts.items()}
    wrong = {derived.names[names]: each for names, each in verdicts.items() if not each.right}
    several = len(verdicts) > 1 and bool(wrong)
    verdict = words.several(wrong) if several else next(iter(verdicts.values()))
    typed = derived.question.typed
    return replace(verdict, assumptions=typed.assumptions, doubts=typed.doubts)


def approved(
    derived: Derived, answer: str, words: Words, source: str = "dimderiv"
) -> Verdict | None:
    """The verdict on an answer that is right; nothing for a wrong one, which nobody explains.

    Args:
        derived: the right answer, of one derivative.
        answer: what was answered.
        words: what says it.
        source: the language of the expression.

    Raises:
        DimderivError: the answer cannot be read, or cannot be judged.
    """
    ((names, extent),) = derived.extents.items()
    program = read_program(answer, derived.question, source)
    found = with_shapes(program, derived.question, extent.shape)
    verdict, _ = _approved(Subject(derived, names, found.program), words)
    typed = derived.question.typed
    return verdict and replace(verdict, assumptions=typed.assumptions, doubts=typed.doubts)


def _graded(derived: Derived, names: Variables, program: Program, words: Words) -> Verdict:
    answer = with_shapes(program, derived.question, derived.extents[names].shape)
    subject = Subject(derived, names, answer.program)
    is_odd = answer.misfit is not None and subject.standing in ("unclear", "misfit")
    if answer.misfit is not None and is_odd and not is_misfit(subject):
        raise answer.misfit
    verdict, subject = _approved(subject, words)
    if verdict is not None:
        return verdict
    subject.confirm()
    name = derived.names[names] if len(derived.names) > 1 else None
    return words.wrong(subject, explained(subject), answer.misfit, name)


def _approved(subject: Subject, words: Words) -> tuple[Verdict | None, Subject]:
    """The verdict on an answer that is right, or the answer with where it was found wrong."""
    if subject.standing not in ("agrees", "unclear"):
        return None, subject
    try:
        return words.right(subject.judged()), subject
    except VerificationError as error:
        if subject.standing == "unclear":
            raise NotVerifiableError(f"the answer cannot be judged: {error.message}") from error
        met = error if isinstance(error, DisagreementError) else subject.met
        return None, replace(subject, met=met)
