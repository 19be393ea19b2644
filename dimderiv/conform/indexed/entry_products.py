"""Products of entries, powers of one, and functions of some."""

from collections.abc import Collection, Sequence
from fractions import Fraction
from functools import reduce
from typing import NamedTuple

from dimderiv.conform.functions import written_name
from dimderiv.conform.indexed.restored import is_restored, occurs
from dimderiv.conform.indexed.scope import Scope
from dimderiv.conform.notation import HALF, over_and_under
from dimderiv.conform.sums import is_difference, opposite
from dimderiv.graph import ONCE, Map
from dimderiv.language import COMPARISONS, Binary, Call, Entry, Negative, Number, Tree, walk


class Entries(NamedTuple):
    """A product of entries: its number, what stands above and below the line, what is summed."""

    number: Fraction
    above: list[Tree]
    below: list[Tree]
    summed: list[str]

    def tree(self, coefficient: Fraction = ONCE) -> Tree:
        """The product, with what it is multiplied by."""
        value = coefficient * self.number
        parts = [*self.above]
        place = next((k for k, part in enumerate(parts) if is_difference(part)), None)
        if value < 0 and place is not None:
            parts[place], value = opposite(parts[place]), -value
        top, divisor = abs(value), ONCE
        if self.below or not (parts and _is_open(parts[-1])):
            top, divisor = over_and_under(top, has_under=bool(self.below))
        if top != 1 or not parts:
            parts.insert(0, Number(top))
        tree = _multiplied(parts)
        below = [*([] if divisor == 1 else [Number(divisor)]), *self.below]
        if below:
            tree = Binary("/", tree, _multiplied(below))
        return Negative(tree) if value < 0 else tree


def with_sums(found: Entries, scope: Scope, coefficient: Fraction, *, is_inside: bool) -> Tree:
    """A product of entries that names what it sums, unless whoever reads it knows that.

    Args:
        found: the product.
        scope: the letters of the product.
        coefficient: what it is multiplied by.
        is_inside: whether it stands inside of a function, a power or a bracket.
    """
    factors = [*found.above, *found.below]
    is_known = not scope.names_sums and all(
        scope.is_known(letter) and is_restored(letter, factors, is_inside=is_inside)
        for letter in found.summed
    )
    return summed_over(found, () if is_known else found.summed, scope, coefficient)


def summed_over(
    found: Entries, letters: Collection[str], scope: Scope, coefficient: Fraction = ONCE
) -> Tree:
    """A product of entries in which some of the letters that it sums over are named.

    Args:
        found: the product.
        letters: those letters.
        scope: the letters of the product.
        coefficient: what it is multiplied by.
    """
    if not letters:
        return found.tree(coefficient)
    above, below = (
        [part for part in side if any(occurs(letter, part) for letter in letters)]
        for side in (found.above, found.below)
    )
    inside = Entries(ONCE, above, below, [])
    total = Call("sum", (inside.tree(),), over=scope.sized(letters))
    over = [part for part in found.above if part not in above]
    under = [part for part in found.below if part not in below]
    return Entries(found.number, [*over, total], under, []).tree(coefficient)


def _is_open(tree: Tree) -> bool:
    """Whether this is a sum over letters, which needs brackets before a line: `(1/2) sum[i] ..`."""
    return isinstance(tree, Call) and bool(tree.over)


def _multiplied(parts: Sequence[Tree]) -> Tree:
    return reduce(lambda before, part: Binary("*", before, part), parts)


def raised(entry: Tree, power: Fraction) -> Tree:
    """An entry to a positive power."""
    if power == 1:
        return entry
    return Call("sqrt", (entry,)) if power == HALF else Binary("^", entry, Number(power))


def applied(node: Map, entries: Sequence[Tree]) -> Tree:
    """A function of entries, a comparison of two, or a power with an exponent that varies."""
    if node.function in COMPARISONS:
        return Binary(node.function, entries[0], entries[1])  # type: ignore[arg-type]
    if node.function == "power":
        return Binary("^", entries[0], entries[1])
    return Call(written_name(node), tuple(entries))


def are_quotients_alone(found: Entries) -> bool:
    """Whether each quotient among entries is an index by itself, as the language has it.

    Args:
        found: the entries.
    """
    parts = [part for tree in (*found.above, *found.below) for part in walk(tree)]
    indices = [index for part in parts if isinstance(part, Entry) for index in part.indices]
    inside = [part for index in indices for part in walk(index) if part is not index]
    return not any(isinstance(part, Binary) and part.operator == "//" for part in inside)
