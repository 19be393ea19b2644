"""Answers that are right where a property holds, and nowhere else, and nobody declared it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dimderiv.errors import DimderivError
from dimderiv.language import Declaration
from dimderiv.surfaces.grading.mistake import Mistake
from dimderiv.surfaces.grading.multiples import missing_term, multiple, multiples_of_terms
from dimderiv.surfaces.grading.subject import Subject


def where_declared(subject: Subject) -> Mistake | None:
    """The property that is missing for the answer to be right, and of which symbols."""
    for kind, names, supposing in _choices(subject):
        if supposing.is_right(subject.program) and _is_judged_right(supposing):
            return Mistake(kind, {"names": names}, subject.mended)
    return None


def nearly_where_declared(subject: Subject) -> Mistake | None:
    """The same, where a number or a term is wrong besides."""
    for kind, names, supposing in _choices(subject):
        for explain in (multiple, multiples_of_terms, missing_term):
            further = explain(supposing)
            if further is not None:
                return Mistake(kind, {"names": names}, subject.mended, further=(further,))
    return None


def _is_judged_right(subject: Subject) -> bool:
    """Whether the answer passes the whole check too: entries of few kinds may agree by chance."""
    try:
        subject.judged()
    except DimderivError:
        return False
    return True


def _choices(subject: Subject) -> Iterator[tuple[str, str, Subject]]:
    """What symbols of which nothing is known may be: each of them, and all together."""
    if subject.standing == "misfit":
        return
    question = subject.question
    symbols = question.typed.symbols
    plain = {x: each for x, each in symbols.items() if not each.properties and not each.labels}
    square = [name for name, each in plain.items() if _is_square(each)]
    # Entries of the variable move, and what is wrong with a power of a number is its exponent.
    arrays = [x for x, each in plain.items() if not each.shape.is_scalar and x not in question.wrt]
    for word, names in (("symmetric", square), ("binary", arrays)):
        for some in _each_and_all(names):
            yield word, ", ".join(some), replace(subject, supposed=dict.fromkeys(some, word))


def _is_square(symbol: Declaration) -> bool:
    shape = symbol.shape
    return shape.is_matrix and not shape.has_more_axes and shape.rows == shape.cols


def _each_and_all(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for name in names:
        yield (name,)
    if len(names) > 1:
        yield names
