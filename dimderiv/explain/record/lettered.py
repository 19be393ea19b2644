"""A labelled product that is told by letters: what becomes of each, and what sizes say."""

from collections.abc import Sequence
from dataclasses import replace

from dimderiv.explain.record.entry_letters import EntryLetters, Target
from dimderiv.explain.record.places import Folded
from dimderiv.explain.record.reasons import (
    LetteredFactors,
    Placed,
    WrittenFactor,
    letter_reasons,
)
from dimderiv.explain.record.recorded import Equation, StepTerm
from dimderiv.explain.record.scalar_order import MOST_AXES
from dimderiv.explain.record.sliding import Arrays, sliding
from dimderiv.graph import LabelledProduct, Node, letters_of, selects


def is_lettered(term: LabelledProduct, target: Target) -> bool:
    """Whether a product is told by letters: some array has more axes than a matrix."""
    if any(selects(factor.node) for factor in term.factors):
        return True
    seed = term.result[: target.seed]
    ranks = [sum(index not in seed for index in factor.indices) for factor in term.factors]
    return max((*ranks, len(term.result) - len(seed))) > MOST_AXES


def by_letters(
    term: StepTerm,
    found: Folded,
    arrays: Sequence[WrittenFactor],
    names: EntryLetters,
    target: Target,
    arriving: Node,
) -> StepTerm:
    """A product of arrays with any number of axes, or with indices that depend on letters.

    Args:
        term: the product entry by entry, and its arrays with their letters.
        found: the product with its places written in letters.
        arrays: its factors that have axes.
        names: how letters are written.
        target: what the derivative is by.
        arriving: what arrives from above.
    """
    spelled, result = names.spelled, found.term.result
    opened = [
        each._replace(factor=each.factor._replace(indices=found.opened(each.indices)))
        for each in arrays
    ]
    product = LetteredFactors(opened, result, spelled, target.operand, target.seed > 0)
    placed = [
        Placed(place.letter, place.others, Equation((spelled[place.letter], place.tree(spelled))))
        for place in found.shown
    ]
    arrived = (each.tree for each in arrays if each.factor.node.key == arriving.key)
    still = next(arrived, arrays[0].tree if arrays else None)
    return replace(
        term,
        reasons=tuple(letter_reasons(product, placed)),
        sizes=sliding(found, Arrays(arrays, still, target.operand, spelled, letters_of(result))),
    )
