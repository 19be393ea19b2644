"""A verdict and its certificate in words, as text, LaTeX or Markdown, in English or Chinese."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dimderiv.curvature.fact import Fact
from dimderiv.language import Tree, read_table
from dimderiv.render import latex, text

if TYPE_CHECKING:
    from dimderiv.curvature.curvature import Curvature
    from dimderiv.curvature.domain import Place
    from dimderiv.curvature.fact import Rank
    from dimderiv.verify import Bend

# What a step needs no words for.
SILENT = frozenset({"constant", "variable", "number"})


def table(lang: str) -> Mapping[str, Any]:
    """The sentences of a language.

    Args:
        lang: `en` or `zh`.
    """
    return read_table(str(Path(__file__).parent / "messages" / f"{lang}.toml"))


def worded(found: "Curvature", lang: str = "en", markup: str = "text") -> str:
    """A verdict with what it rests on, a sentence a line.

    Args:
        found: the verdict.
        lang: `en` or `zh`.
        markup: `text`, `latex` or `markdown`.
    """
    words = _Words(table(lang), text if markup == "text" else _in_math)
    return "\n".join([words.table["verdicts"][found.verdict], *words.lines(found)])


def claim_of_point(
    found: "Curvature",
    lang: str = "en",
    formula: Callable[[Tree], str] = text,
    *,
    constrained: bool = False,
) -> str:
    """That a stationary point is a minimum, or a maximum, and why.

    Args:
        found: the verdict.
        lang: `en` or `zh`.
        formula: writes what stands in the sentence.
        constrained: whether the verdict is on a Lagrangian, for every value of its multipliers.

    Returns:
        A sentence; nothing where it is not known, or the function is affine.
    """
    if not (found.is_convex or found.is_concave) or found.verdict == "affine":
        return ""
    words = _Words(table(lang), formula)
    kind = ("lagrangian" if constrained else "function") + ("_there" if found.where else "")
    sentence: str = words.table["points"][kind]
    verdict, extreme = (words.table[each][found.verdict] for each in ("verdicts", "extremes"))
    return sentence.format(verdict, extreme, words.places(found.where))


def _in_math(tree: Tree) -> str:
    return f"${latex(tree)}$"


class _Words:
    """Sentences in one language, with formulas as they are written there."""

    def __init__(self, words: Mapping[str, Any], formula: Callable[[Tree], str]) -> None:
        self.table, self.formula = words, formula
        self.layout: Mapping[str, str] = words["layout"]

    def lines(self, found: "Curvature") -> Iterator[str]:
        """What is said below the verdict."""
        told = [fact for fact in found.certificate if fact.why not in SILENT]
        for number, fact in enumerate(told, start=1):
            yield f"{number}. {self.step(fact)}"
        if found.full_rank:
            yield self.layout["conditional"].format(self._ranks(found.full_rank))
        if found.where:
            yield self.layout["where"].format(self.places(found.where))
        if found.points:
            yield self.layout["checked"].format(found.points)
        if not (found.is_convex or found.is_concave):
            yield from self.bends(found.negative, found.positive)
        if found.reason:
            yield self.sentence("reasons", *found.reason)

    def step(self, fact: Fact) -> str:
        """One step of a certificate."""
        why = self.sentence("why", fact.why, *fact.words)
        if fact.between is not None:
            kind, low, high = fact.between
            return self.layout[kind].format(self.formula(fact.part), low, high, why)
        return self.layout["step"].format(
            self.formula(fact.part), self.table["says"][fact.says], why
        )

    def sentence(self, kind: str, name: str | Tree, *rest: str | Tree) -> str:
        """A sentence of a table with what stands in it."""
        parts = [each if isinstance(each, str) else self.formula(each) for each in rest]
        found: str = self.table[kind][name]
        return found.format(*parts)

    def places(self, where: Sequence["Place"]) -> str:
        """On which part of the space a verdict holds."""
        return self.layout["and"].join(self.sentence("places", *place) for place in where)

    def _ranks(self, needed: Sequence["Rank"]) -> str:
        return self.layout["and"].join(
            self.layout[side].format(self.formula(matrix)) for matrix, side in needed
        )

    def bends(self, negative: "Bend | None", positive: "Bend | None") -> Iterator[str]:
        """What speaks against convex and concave, in one sentence where it is at one point."""
        if negative is not None and positive is not None and negative.place == positive.place:
            told = (negative.way, negative.amount, positive.way, positive.amount)
            yield self.layout["both"].format(self.place(negative), *told)
            return
        if negative is not None:
            yield f"{self.bend(negative)} {self.layout['not_convex']}"
        if positive is not None:
            yield f"{self.bend(positive)} {self.layout['not_concave']}"

    def place(self, bend: "Bend") -> str:
        """A point with its sizes."""
        sizes = self.layout["sizes"].format(bend.sizes_text) if bend.sizes else ""
        return f"{sizes}{bend.place}"

    def bend(self, bend: "Bend") -> str:
        """A counterexample."""
        place = self.place(bend)
        if not bend.is_chord:
            return self.layout["negative"].format(place, bend.way, bend.amount)
        side = self.layout["less" if bend.second < 0 else "more"]
        return self.layout["chord"].format(place, bend.way, bend.amount, side)
