"""Answers that are right up to factors: of the whole, of some terms, or of one that is missing."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain

from dimderiv.language import Number, Program
from dimderiv.render import text
from dimderiv.surfaces.grading.coefficients import coefficients, ratio, simple
from dimderiv.surfaces.grading.forms import (
    Term,
    added,
    multiplied_out,
    negated,
    over,
    scaled,
    spread,
    terms,
    times,
)
from dimderiv.surfaces.grading.mistake import Mistake
from dimderiv.surfaces.grading.subject import Subject

MOST_TERMS = 8


def multiple(subject: Subject) -> Mistake | None:
    """The answer up to one factor: a number, or the size of an axis."""
    found = subject.own
    ratios = [ratio(own, sample.expected) if own else None for sample, own in found]
    factors = [each for each in ratios if each is not None]
    if not factors or len(factors) < len(found):
        return None
    same = _same(factors)
    if same == 1:
        return Mistake("factor", {}, subject.right, "rounded")
    if same is not None:
        fix = subject.with_last(scaled(subject.last, same))
        return _multiplied(same, fix, {"part": text(subject.last)})
    sized = list(_sized(subject, factors))
    return min(sized, key=_complexity)[1] if sized else None


def _sized(subject: Subject, factors: Sequence[float]) -> Iterator[tuple[Fraction, Mistake]]:
    """The numbers that a size must be multiplied or divided by to be each factor."""
    for name in sorted(subject.question.typed.sizes):
        sizes = [sample.sizes.get(name, 0) for sample, _ in subject.own]
        if 0 in sizes:
            continue
        for write, key, parts in (
            (over, "size", [f * n for f, n in zip(factors, sizes, strict=True)]),
            (times, "size_times", [f / n for f, n in zip(factors, sizes, strict=True)]),
        ):
            same = _same(parts)
            if same is not None:
                fix = subject.with_last(write(scaled(subject.last, same), name))
                yield same, Mistake("size", {"size": name}, fix, key)


def _complexity(sized: tuple[Fraction, Mistake]) -> int:
    """Of sizes that grow as others shrink, the one that needs no number is meant."""
    return abs(sized[0].numerator * sized[0].denominator)


def _same(factors: Sequence[float]) -> Fraction | None:
    """The number that all factors are."""
    found = {simple(factor) for factor in factors}
    return found.pop() if len(found) == 1 else None


def _multiplied(factor: Fraction, fix: Program, fields: dict[str, str]) -> Mistake:
    if factor == -1:
        return Mistake("sign", fields, fix, "sign_whole")
    return Mistake("factor", fields | {"factor": _shown(factor)}, fix, "factor_whole")


def _shown(factor: Fraction) -> str:
    shown = text(Number(abs(factor)))
    return f"-{shown}" if factor < 0 else shown


def multiples_of_terms(subject: Subject) -> Mistake | None:
    """The answer, up to a number before some of its terms."""
    return _rescaled(subject, 1)


def _rescaled(subject: Subject, most: int) -> Mistake | None:
    own = terms(subject.last)
    found = _coefficients(subject, own)
    if found is None or len(own) < 2:
        return None
    return _mended(subject, own, found, [], most)


def missing_term(subject: Subject) -> Mistake | None:
    """The answer, but for a term that the right one has."""
    return _missing_one(subject, spread(subject.right_tree), 1)


def missing_of_several(subject: Subject) -> Mistake | None:
    """The answer, but for a part of one of the several terms of the right one."""
    if len(spread(subject.right_tree)) < 2:
        return None
    return _missing_one(subject, multiplied_out(subject.right_tree), 1)


def other_term(subject: Subject) -> Mistake | None:
    """The answer, but for one term in whose place the right one has another."""
    own = terms(subject.last)
    right = [*spread(subject.right_tree), *multiplied_out(subject.right_tree)]
    for k, wrong in enumerate(own if len(own) > 1 else ()):
        rest = [*own[:k], *own[k + 1 :]]
        for sign, term in right:
            found = _coefficients(subject, [*rest, (sign, term)])
            if found is not None and all(factor == 1 for factor in found[:-1]) and found[-1]:
                new = (sign, scaled(term, found[-1]))
                fix = subject.with_last(added([*own[:k], new, *own[k + 1 :]]))
                fields = {"part": _signed(wrong), "new": _signed(new)}
                return Mistake("term", fields, fix, "term_other")
    return None


def mended_terms(subject: Subject) -> Mistake | None:
    """The answer, where two terms need a number, or one is missing of those multiplied out."""
    return (
        _missing_one(subject, multiplied_out(subject.right_tree), 1)
        or _rescaled(subject, 2)
        or _missing_one(subject, spread(subject.right_tree), 2)
    )


def _missing_one(subject: Subject, right: Sequence[Term], most: int) -> Mistake | None:
    own = terms(subject.last)
    for sign, term in right if len(right) > 1 else ():
        found = _coefficients(subject, [*own, (sign, term)])
        if found is not None and all(found):
            new = [(sign, scaled(term, found[-1]))]
            mended = _mended(subject, own, found[:-1], new, most)
            if mended is not None:
                return mended
    return None


def _coefficients(subject: Subject, every: Sequence[Term]) -> list[Fraction] | None:
    """By which numbers terms make the right answer, at all points together."""
    if len(every) > MOST_TERMS:
        return None
    vectors: list[list[float]] = []
    for sign, term in every:
        parts = [sample.entries(subject.with_last(term)) for sample in subject.samples]
        whole = [part for part in parts if part is not None]
        if len(whole) < len(parts):
            return None
        vectors.append([sign * x for x in chain(*whole)])
    return coefficients(vectors, list(chain(*(sample.expected for sample in subject.samples))))


def _mended(
    subject: Subject,
    own: Sequence[Term],
    factors: Sequence[Fraction],
    new: Sequence[Term],
    most: int,
) -> Mistake | None:
    """What is wrong with the terms, where that are few."""
    kept = [(term, factor) for term, factor in zip(own, factors, strict=True) if factor]
    wrong = [(term, factor) for term, factor in zip(own, factors, strict=True) if factor != 1]
    if not kept or len(wrong) + len(new) > most or len(wrong) == len(own) > 1:
        return None
    fixed = [(sign, scaled(tree, factor)) for (sign, tree), factor in kept]
    fix = subject.with_last(added([*fixed, *new]))
    found = [_of_term(*each, fix) for each in wrong]
    found = [_missing(term, fix) for term in new] + found
    return replace(found[0], further=tuple(found[1:])) if found else None


def _of_term(term: Term, factor: Fraction, fix: Program) -> Mistake:
    fields = {"part": _signed(term)}
    if not factor:
        return Mistake("term", fields, fix, "term_superfluous")
    if factor == -1:
        return Mistake("sign", fields, fix, "sign")
    return Mistake("term", fields | {"factor": _shown(factor)}, fix, "term_factor")


def _missing(term: Term, fix: Program) -> Mistake:
    return Mistake("term", {"part": _signed(term)}, fix, "term")


def _signed(term: Term) -> str:
    sign, tree = term
    return text(negated(tree) if sign < 0 else tree)
