"""Derivatives inside an expression: what they are said to be, by perturbing entries of a name.

`grad(D, x)` is evaluated as it is defined: D again, and all that it is made of, for each entry of x
with one more perturbation, beside those by which the whole is differentiated.
"""

from collections.abc import Sequence
from dataclasses import replace

from dimderiv.errors import ShapeError
from dimderiv.language import Call, Name, Tree, names_in
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.evaluate.arithmetic import ONE, ZERO, Jet, Scalar
from dimderiv.verify.evaluate.evaluation import Evaluation
from dimderiv.verify.layout import (
    Size,
    Sized,
    entries,
    filled,
    shaped,
    size_of,
    transposed,
    two_axes,
)

# Above the levels of the perturbations by which expressions and their gradients are differentiated.
INNERMOST = 100


def derivative(evaluation: Evaluation, node: Call) -> Sized:
    """The value of a derivative inside an expression.

    Args:
        evaluation: what the names stand for.
        node: the call: of what, by which name.

    Raises:
        NotVerifiableError: it is no derivative by a name.
        ShapeError: it is that of another kind of value.
    """
    of, by = node.arguments if len(node.arguments) == 2 else (node, node)
    if not isinstance(by, Name):
        raise NotVerifiableError(f"{node.function} is by a name", span=node.span)
    inner = _Inner(evaluation, of, by.name)
    match node.function:
        case "grad":
            return shaped(inner.size, [inner.slope(place) for place in range(inner.count)])
        case "hess":
            stacked = inner.stacked
            second = {
                (i, j): inner.slope(i, j) for k, i in enumerate(stacked) for j in stacked[: k + 1]
            }
            return filled(
                Size(inner.count, inner.count),
                lambda i, j: second[stacked[max(i, j)], stacked[min(i, j)]],
            )
        case "laplacian":
            slopes = [inner.slope(place, place) for place in range(inner.count)]
            return [[evaluation.arithmetic.total(slopes)]]
        case "jac" if inner.count == 1:
            return inner.slopes(0)
        case "jac":
            columns = [_stacked(inner.slopes(place)) for place in inner.stacked]
            return transposed(columns)
        case _:
            slopes = [entries(inner.slopes(place))[place] for place in range(inner.count)]
            return [[evaluation.arithmetic.total(slopes)]]


class _Inner:
    """An expression, with the entries of a name free to move.

    Args:
        evaluation: what the names stand for.
        of: the expression.
        by: the name.
    """

    def __init__(self, evaluation: Evaluation, of: Tree, by: str) -> None:
        self.evaluation, self.of, self.by = evaluation, of, by
        own = evaluation.array(Name(by))
        self.entries, self.size = entries(own), size_of(own)
        self.count = len(self.entries)
        self.moving = _through(evaluation, of, by)

    @property
    def stacked(self) -> list[int]:
        """The places of the entries, column after column."""
        cols = two_axes(shaped(self.size, list(range(self.count))))
        return [int(place) for place in entries(transposed(cols))]

    def slope(self, *places: int) -> Scalar:
        """The derivative of a scalar by entries, one after the other."""
        found = entries(self.slopes(*places))
        if len(found) != 1:
            raise ShapeError("a scalar is needed", span=self.of.span)
        return found[0]

    def slopes(self, *places: int) -> Sized:
        """The derivative of each entry of the value, in the shape of that."""
        evaluation, first = self.evaluation, INNERMOST + self.evaluation.depth
        add, moved = evaluation.arithmetic.add, [*self.entries]
        for level, place in enumerate(places, first):
            moved[place] = add(moved[place], Jet(level, ZERO, ONE))
        names = {**evaluation.names, self.by: shaped(self.size, moved)}
        depth = evaluation.depth + len(places)
        inner = replace(evaluation, names=names, known={}, keep=False, depth=depth)
        for name in self.moving:
            names[name] = inner.value(evaluation.definitions[name])
        value = inner.array(self.of)
        levels = range(first + len(places) - 1, first - 1, -1)
        return shaped(size_of(value), [_coefficient(entry, levels) for entry in entries(value)])


def _through(evaluation: Evaluation, of: Tree, by: str) -> Sequence[str]:
    """The names that move with another one and that an expression needs, in order."""
    moving, needed = {by}, set[str]()
    for name, tree in evaluation.definitions.items():
        if name != by and not moving.isdisjoint(names_in(tree)):
            moving.add(name)
    waiting = [of]
    while waiting:
        for name in moving.intersection(names_in(waiting.pop())) - needed - {by}:
            needed.add(name)
            waiting.append(evaluation.definitions[name])
    return [name for name in evaluation.definitions if name in needed]


def _coefficient(x: Scalar, levels: Sequence[int]) -> Scalar:
    """What stands beside the product of the perturbations of some levels, the highest first."""
    for level in levels:
        if type(x) is not Jet or x.level != level:
            return ZERO
        x = x.slope
    return x


def _stacked(value: Sized) -> list[Scalar]:
    """The entries, column after column."""
    return entries(transposed(two_axes(value)))
