"""The order in which the factors of a labelled product are multiplied, chosen by cost."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice
from typing import NamedTuple

from dimderiv.codegen.plan import convolutions
from dimderiv.codegen.plan.details import Along, Asked, Axes, Ends, Order, Places, Subscripts
from dimderiv.codegen.plan.operations import Operation, beneath_views
from dimderiv.codegen.plan.plan import Plan, Tensor, entrywise_product, relabelled, side_by_side
from dimderiv.codegen.plan.regimes import Amount
from dimderiv.codegen.plan.stacks import Sides, sides_of, stacked_product
from dimderiv.language import Dim

# A chain of ten factors has 45 parts of two or more, a ring of nine 73.
MOST_SETS = 80
VIEWS_OF_WINDOWS = frozenset({"windowed", "flip"})


class _Pair(NamedTuple):
    """The product of two tensors, what it costs, and the operations on which both depend."""

    tensor: Tensor
    cost: Amount
    by: Collection[Operation]


@dataclass(eq=False)
class Contraction:
    """One product of tensors.

    Args:
        plan: the plan that the operations become part of.
        dims: the size of each letter.
        kept: the letters of the result, in the order that is wanted.
        is_fixed: whether that order is worth transposed views of the factors.
        uses: how many products need a pair of the factors, by their places.
        spared: the pairs that serve the others as well without this product.

    Attributes:
        made: the pairs that are computed.
    """

    plan: Plan
    dims: Sequence[Dim]
    kept: Axes
    is_fixed: bool = False
    uses: Mapping[frozenset[int], int] = field(default_factory=dict)
    spared: Collection[frozenset[int]] = ()
    made: set[frozenset[int]] = field(default_factory=set, init=False)
    _asked: set[Operation] = field(default_factory=set, init=False)

    def result(self, tensors: Sequence[Tensor]) -> Tensor:
        """The product of all tensors, summed over the letters that are not kept."""
        beside = [t.letters for t in tensors if sorted(t.letters) == sorted(self.kept)]
        if beside and len(tensors) > 2 == len(self.kept):
            # What a product meets entry by entry lies in memory as it does.
            self.kept, self.is_fixed = beside[0], True
        count, tensors = len(tensors), self._side_by_side(tensors)
        shorter = [self._summed(t, self._needed(tensors, [k])) for k, t in enumerate(tensors)]
        if len(tensors) == 1:
            return shorter[0]
        if len(tensors) == 2:
            return self.pair(shorter[0], shorter[1], self._needed(shorter, (0, 1)))
        groups = _connected(shorter)
        if len(tensors) < count or len(groups) > 1:
            self.uses = {}  # the places of the factors are others now
        return self._greedy([self._best(group) for group in groups])

    def _side_by_side(self, tensors: Sequence[Tensor]) -> Sequence[Tensor]:
        """The tensors, of which those that lie side by side are one, unless they are summed."""
        alike, places = [{*t.letters} for t in tensors], range(len(tensors))

        def is_summed(place: int) -> bool:
            same = [k for k in places if alike[k] == alike[place]]
            return not alike[place] <= self._needed(tensors, same)

        summed = [tensor for place, tensor in enumerate(tensors) if is_summed(place)]
        merged = side_by_side(self.plan, [each for each in tensors if each not in summed])
        found = [*merged, *summed]
        return found if len(found) < len(tensors) else tensors

    def _needed(self, tensors: Sequence[Tensor], apart: Collection[int]) -> set[int]:
        """The letters of the result and of all tensors apart from these."""
        others = [t for k, t in enumerate(tensors) if k not in apart]
        return {*self.kept, *(letter for t in others for letter in t.letters)}

    def _best(self, tensors: Sequence[Tensor]) -> Tensor:
        """The cheapest order, found for each set of tensors that may be multiplied first."""
        sets = _sets(tensors)
        if not sets:
            return self._greedy(tensors)
        found = {frozenset([k]): tensor for k, tensor in enumerate(tensors)}
        made = set[Operation]()
        pairs: dict[frozenset[int], Operation] = {}
        for size, chosen in ((len(each), each) for each in sets):
            if size > 2 and not pairs:
                pairs = {pair: _made_of(found[pair].op) for pair in self.uses if pair in found}
                self._share(pairs)
            needed = self._needed(tensors, chosen)
            firsts = [part for part in found if part < chosen and min(chosen) in part]
            halves = [part for part in firsts if chosen - part in found]
            options = [self.pair(found[part], found[chosen - part], needed) for part in halves]
            # Of those that cost the same one that is the transpose of another one is there already.
            options.sort(key=lambda option: _made_of(option.op) not in made)
            found[chosen] = self._cheapest(options)
            made.add(_made_of(found[chosen].op))
        whole = found[frozenset(range(len(tensors)))]
        computed = {*self.plan.committed, *self.plan.new(whole.op)} if pairs else ()
        self.made.update(pair for pair, op in pairs.items() if op in computed)
        return whole

    def _share(self, pairs: Mapping[frozenset[int], Operation]) -> None:
        """Let each of the products that need a pair bear a part of what it costs.

        Where another pair is there already, that is only fair if the others need this product.
        """
        is_there = any(op in self.plan.committed for op in pairs.values())
        for pair, op in pairs.items():
            if self.uses[pair] > 1 and not (is_there and pair in self.spared):
                self.plan.shared[op] = self.uses[pair]

    def _cheapest(self, options: Sequence[Tensor]) -> Tensor:
        costs = [self.plan.extra_cost(option.op) for option in options if len(options) > 1]
        return options[self.plan.sizes.least(costs)]

    def _greedy(self, tensors: Sequence[Tensor]) -> Tensor:
        """The cheapest pair first, again and again."""
        left = dict(enumerate(tensors))
        joined = [(a, b) for a, b in combinations(left, 2) if _meet(left[a], left[b])]
        made = dict[tuple[int, int], _Pair]()
        while len(left) > 1:
            for pair in joined or [next(combinations(left, 2))]:
                if pair not in made:
                    made[pair] = self._weighed(left, pair)
            best = min(sorted(made), key=lambda pair: made[pair].cost)
            found, before, last = made[best].tensor, len(self.plan.committed), max(left) + 1
            if len(left) > 2:
                self.plan.commit(found.op)
            new = set(islice(self.plan.committed, before, None))
            left = {k: tensor for k, tensor in left.items() if k not in best}
            joined = [pair for pair in joined if left.keys() >= {*pair}]
            joined += [(k, last) for k, tensor in left.items() if _meet(tensor, found)]
            left[last] = found
            # Nothing else can have changed, neither what a pair is made by nor what it costs.
            made = {p: m for p, m in made.items() if left.keys() >= {*p} and new.isdisjoint(m.by)}
        (whole,) = left.values()
        return whole

    def _weighed(self, tensors: Mapping[int, Tensor], pair: tuple[int, int]) -> "_Pair":
        """A pair of tensors, and the operations that decide by being there already."""
        one, other = pair
        rest = [tensor for k, tensor in tensors.items() if k not in pair]
        self._asked = set()
        found = self.pair(tensors[one], tensors[other], self._needed(rest, ()))
        new = self.plan.new(found.op)
        return _Pair(found, self.plan.cost(new), self._asked.union(new))

    def _is_there(self, op: Operation) -> bool:
        """Whether an operation is computed anyway, which something depends on."""
        self._asked.add(op)
        return op in self.plan.committed

    def _summed(self, tensor: Tensor, needed: Collection[int]) -> Tensor:
        """The tensor without the letters that nothing else needs."""
        axes = tuple(k for k, letter in enumerate(tensor.letters) if letter not in needed)
        if not axes:
            return tensor
        if tensor.op.kind == "inverse" and len(set(tensor.letters)) == 2:
            letter = tensor.letters[axes[-1]]
            ones = self.plan.make("fill", (self.plan.number(1),), (self.dims[letter],))
            solved = self._solved(tensor, Tensor(ones, (letter,)), letter)
            if solved is not None:
                return self._summed(solved, needed)
        op = self.plan.as_number(self.plan.upright(tensor).op)
        return self._reduced(op, axes, tuple(a for a in tensor.letters if a in needed))

    def _reduced(self, op: Operation, axes: Axes, letters: Axes) -> Tensor:
        """The sum of an array over some of its axes."""
        if isinstance(op.detail, Order):
            (order,) = op.detail
            op, axes = op.arguments[0], tuple(sorted(order[k] for k in axes))
            kept = [k for k in order if k not in axes]
            letters = tuple(letters[kept.index(k)] for k in sorted(kept))
        return Tensor(self.plan.reduced(op, "sum", axes), letters)

    def pair(self, a: Tensor, b: Tensor, needed: Collection[int]) -> Tensor:
        """The product of two tensors, summed over the letters that they share and nobody needs."""
        shared = [letter for letter in a.letters if letter in b.letters]
        summed = tuple(letter for letter in shared if letter not in needed)
        if not summed:
            return self._entrywise(a, b)
        a, b = self.plan.upright(a), self.plan.upright(b)
        for one, other in ((a, b), (b, a)):
            if one.op.kind == "inverse" and len(shared) == 1:
                solved = self._solved(one, other, summed[0])
                if solved is not None:
                    return solved
        a, b = self._dense(a), self._dense(b)
        for one, other in ((a, b), (b, a)):
            if one.op.kind == "triangle" != other.op.kind and len(shared) == 1:
                return self._cumulated(one, other, summed[0])
            if one.op.kind == "windows" and len(shared) == len(summed):
                correlated = self._correlated(one, other, summed)
                if correlated is not None:
                    return correlated
            if one.op.kind in VIEWS_OF_WINDOWS and len(shared) == len(summed):
                convolved = convolutions.correlated(self.plan, one, other, summed, self.dims)
                if convolved is not None:
                    return convolved
        if len(shared) > len(summed):
            found = sides_of(a, b, summed, self.kept)
            if found.left and found.right and self.plan.has_more_axes:
                return self._stacked(a, b, found)
            return self._batched(a, b, needed)
        rest_a, rest_b = (tuple(i for i in t.letters if i not in summed) for t in (a, b))
        if not rest_a and not rest_b and len(summed) > 1:
            both = (a.op, self.plan.aligned(b, a.letters))
            if a.op.kind == "transpose":
                both = both[::-1]
            return Tensor(self.plan.make("inner", both), ())
        if len(summed) == 1 and len(rest_a) < 2 and len(rest_b) < 2:
            return self._matrix_product(a, b, summed, rest_a, rest_b)
        if tuple(i for i in self.kept if i in rest_a + rest_b) == rest_b + rest_a:
            a, b, rest_a, rest_b = b, a, rest_b, rest_a
        if rest_a and rest_b and (self.plan.has_more_axes or a.op is b.op):
            sides = Sides((), rest_a, summed, rest_b)
            return stacked_product(self.plan, a, b, sides, self.dims)
        axes = Ends(*(tuple(t.letters.index(i) for i in summed) for t in (a, b)))
        dims = tuple(self.dims[i] for i in rest_a + rest_b)
        return Tensor(self.plan.make("tensordot", (a.op, b.op), dims, axes), rest_a + rest_b)

    def _dense(self, tensor: Tensor) -> Tensor:
        """The entries as numbers."""
        tensor = self.plan.written_out(tensor)
        return tensor._replace(op=self.plan.as_number(tensor.op))

    def _solved(self, inverse: Tensor, other: Tensor, letter: int) -> Tensor | None:
        """A system of equations in place of a product with an inverse."""
        factor = inverse.op.arguments[0]
        dense = self.plan.make("inv", (factor,), inverse.op.dims)
        if self._is_there(dense) or other.op.kind == "inverse" or len(other.letters) > 2:
            return None
        if factor.kind == "lu" and factor.repeats < other.op.repeats:
            return None  # what is computed once for many right-hand sides is the inverse
        (matrix,) = factor.arguments
        is_turned = factor.kind != "cholesky" and inverse.letters[1] != letter
        is_turned = is_turned and self.plan.transposed(matrix, (1, 0)) is not matrix
        rest = tuple(i for i in other.letters if i != letter)
        right = self.plan.as_number(self.plan.aligned(other, (letter, *rest)))
        letters = (next(i for i in inverse.letters if i != letter), *rest)
        return Tensor(
            self.plan.make("solve", (factor, right), right.dims, Asked(is_turned)), letters
        )

    def _cumulated(self, triangle: Tensor, other: Tensor, letter: int) -> Tensor:
        """Running sums for a product with a triangle of ones; from the end, if it is upper."""
        axis = other.letters.index(letter)
        rows, columns = triangle.letters
        letters = tuple([rows + columns - i if i == letter else i for i in other.letters])
        op = other.op
        for kind in ("cumsum",) if letter == columns else ("flip", "cumsum", "flip"):
            op = self.plan.make(kind, (op,), op.dims, Along((axis,)))
        return Tensor(op, letters)

    def _correlated(self, view: Tensor, other: Tensor, summed: Axes) -> Tensor | None:
        """The valid cross-correlation of an image with a kernel."""
        image = view.op.arguments[0]
        # Along one axis alone, as with a kernel that is a column, it is a product with the windows.
        if set(other.letters) != set(summed) or image.rank != 2 or len(view.letters) != 4:
            return None
        pairs = list(zip(view.letters[:2], view.letters[2:], strict=True))
        chosen = tuple(next((i for i in p if i in summed), None) for p in pairs)
        if None in chosen or len(summed) != 2:
            return None
        letters = tuple(i for p in pairs for i in p if i not in summed)
        kernel = self.plan.aligned(other, tuple(i for i in chosen if i is not None))
        dims = tuple(self.dims[i] for i in letters)
        return Tensor(self.plan.make("conv2", (image, kernel), dims), letters)

    def _entrywise(self, a: Tensor, b: Tensor) -> Tensor:
        a, b = self.plan.written_out(a), self.plan.written_out(b)
        wanted = self.kept
        if not {*a.letters, *b.letters} <= {*wanted}:
            # Libraries lay out the whole as the larger one.
            is_second = len(a.letters) < len(b.letters) and not self.plan.has_more_axes
            wanted = b.letters + a.letters if is_second else a.letters + b.letters
            if self.plan.has_more_axes:
                # What is summed next lies together: of `B[j,r] C[k,r]` that is `j` and `k`.
                wanted = tuple(sorted(wanted, key=({*a.letters} & {*b.letters}).__contains__))
            wanted = tuple(dict.fromkeys(wanted))
        return entrywise_product(self.plan, a, b, wanted)

    def _batched(self, a: Tensor, b: Tensor, needed: Collection[int]) -> Tensor:
        kept = [i for i in dict.fromkeys(a.letters + b.letters) if i in needed]
        kept.sort(key=lambda i: self.kept.index(i) if i in self.kept else len(self.kept))
        dims = tuple(self.dims[i] for i in kept)
        rows = _differences(a.op) if a == b and tuple(kept) == a.letters[:2] else None
        if rows is not None and not self._is_there(a.op):
            # The differences themselves are more entries than anything else.
            spec = Subscripts((0, 2), (1, 2), (0, 1))
            return Tensor(self.plan.make("distances", rows, dims, spec), tuple(kept))
        spec = relabelled(a.letters, b.letters, tuple(kept))
        return Tensor(self.plan.make("einsum", (a.op, b.op), dims, spec), tuple(kept))

    def _stacked(self, a: Tensor, b: Tensor, sides: Sides) -> Tensor:
        """The product of stacked matrices, with those first that the result has first."""
        wanted = tuple(i for i in self.kept if i in sides.left + sides.right)
        if wanted[: len(sides.right)] == sides.right and wanted != sides.left + sides.right:
            a, b, sides = b, a, sides.turned
        return stacked_product(self.plan, a, b, sides, self.dims)

    def _matrix_product(
        self, a: Tensor, b: Tensor, summed: Axes, rest_a: Axes, rest_b: Axes
    ) -> Tensor:
        """The reading with an operation that is made already, or else with the fewest turns."""
        options = []
        for (left, rows), (right, cols) in (
            ((a, rest_a), (b, rest_b)),
            ((b, rest_b), (a, rest_a)),
        ):
            first = self.plan.aligned(left, rows + summed)
            second = self.plan.aligned(right, summed + cols)
            dims = tuple(self.dims[i] for i in rows + cols)
            op = self.plan.matmul(first, second, dims)
            turned = sum(each.kind == "transpose" for each in (first, second))
            letters = rows + cols
            wanted = tuple(i for i in self.kept if i in letters)
            if len(letters) == 2 and set(wanted) == set(letters) and wanted != letters:
                turned += 3 if self.is_fixed else 1
            options.append((not self._is_there(op), turned, op, letters))
        best = min(options, key=lambda option: option[:2])
        return Tensor(best[2], best[3])


def _meet(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors share a letter."""
    return not {*one.letters}.isdisjoint(other.letters)


def _made_of(op: Operation) -> Operation:
    """What is computed, beneath the views of it."""
    op = beneath_views(op)
    return op.arguments[0] if op.kind == "split" else op


def _differences(op: Operation) -> tuple[Operation, Operation] | None:
    """The two matrices of which an array has the difference of each row and each other row."""
    if op.function != "-" or op.rank != 3:
        return None
    for one, other in (op.arguments, op.arguments[::-1]):
        is_spread = isinstance(one.detail, Places) and one.detail.held == (True, False, True)
        if is_spread and other.rank == 2:
            return one.arguments[0], other
    return None


def _sets(tensors: Sequence[Tensor]) -> list[frozenset[int]]:
    """The sets of tensors that may be multiplied first, small ones first; none where too many.

    They are such as share letters, one with the next: of a chain its parts.
    """
    every = range(len(tensors))
    beside = [{j for j in every if {*t.letters} & {*tensors[j].letters}} for t in tensors]
    found, wider = list[frozenset[int]](), [frozenset([k]) for k in every]
    while wider and len(found) <= MOST_SETS:
        more = {part | {k} for part in wider for j in part for k in beside[j] - part}
        wider = sorted(more, key=sorted)
        found += wider
    return found if len(found) <= MOST_SETS else []


def _connected(tensors: Sequence[Tensor]) -> list[list[Tensor]]:
    """The tensors in groups that share no letters."""
    groups = list[tuple[set[int], list[int]]]()
    for place, tensor in enumerate(tensors):
        letters, places = {*tensor.letters}, [place]
        for group in [each for each in groups if each[0] & letters]:
            groups.remove(group)
            letters, places = letters | group[0], places + group[1]
        groups.append((letters, places))
    return [[tensors[place] for place in sorted(places)] for _, places in groups]
