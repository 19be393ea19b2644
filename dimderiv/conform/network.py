"""Reorder and transpose until it conforms: from labelled factors to matrix notation.

Letters are vertices, a factor with two axes is an edge, one with a single axis a weight on a
vertex.  Every letter that the result lacks is removed: without an edge it is an inner product or a
sum, with one edge a matrix times a vector, with two edges a matrix product.  Parallel edges are a
Hadamard product.  What is left on the letters of the result is the answer.
"""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from dimderiv.conform import notation
from dimderiv.conform.edges import (
    Edge,
    Power,
    array,
    diagonals,
    is_defined_off_diagonal,
    is_entrywise,
    scaled_matrix,
    scaling,
    shorter,
    sum_of,
)
from dimderiv.conform.full import full_convolution
from dimderiv.conform.notation import Form, TwoWay, is_product
from dimderiv.graph import ONCE, Factor, Index, Product, Shifted, letters_of
from dimderiv.language import ONE, Call, Dim, Transpose

Slot = int | None


@dataclass
class Conformed:
    """What a product comes to: an array in matrix notation, and scalars.

    `sums` are the plain sums along one axis in it, each with the letter that it sums over.
    """

    piece: TwoWay | None
    scalars: list[Form]
    sums: list[tuple[Call, int]]


def conform(product: Product, pieces: Sequence[TwoWay]) -> Conformed | None:
    """The factors of a product in matrix notation."""
    network = _Network(product)
    for place, (factor, piece) in enumerate(zip(product.factors, pieces, strict=True)):
        if factor.indices and not network.put(factor, piece, place):
            return None
    if not network.reduce():
        return None
    found = network.result()
    if found is None and Shifted in map(type, product.result):
        return None
    return Conformed(found, network.scalars, network.sums)


class _Network:
    def __init__(self, product: Product) -> None:
        self.shown = product.result
        self.dims = product.dims
        self.kept = set(letters_of(product.result))
        self.weights: dict[int, list[Power]] = {}
        self.edges: list[Edge] = []
        self.images: list[tuple[tuple[Index, ...], Power]] = []
        self.scalars: list[Form] = []
        self.sums: list[tuple[Call, int]] = []
        self.last_use = {
            letter: place
            for place, factor in enumerate(product.factors)
            for letter in letters_of(factor.indices)
        }

    def put(self, factor: Factor, piece: TwoWay, place: int) -> bool:
        part, indices = Power(piece, factor.power, place), factor.indices
        first, last = indices[0], indices[-1]
        if isinstance(first, Shifted) or (isinstance(last, Shifted) and len(indices) == 2):
            self.images.append((indices, part))
        elif len(indices) > 2 or not isinstance(first, int) or not isinstance(last, int):
            return False
        elif len(indices) == 2:
            self.edges.append(Edge(first, last, (part,)))
        else:
            self.weights.setdefault(first, []).append(part)
        return True

    def reduce(self) -> bool:
        """Remove every letter that is summed; whether that was possible."""
        while True:
            self._merge_parallel()
            letter = self._next_letter()
            if letter is not None:
                self._remove(letter)
            elif not self.images:
                return not self._summed_letters()
            elif not self._convolve():
                return False

    def _summed_letters(self) -> list[int]:
        letters = [*self.weights]
        for start, end, _ in self.edges:
            letters += (start, end)
        return [letter for letter in dict.fromkeys(letters) if letter not in self.kept]

    def _next_letter(self) -> int | None:
        """The letter to sum over next: the one with the fewest edges, at most two.

        Of several, the one whose last factor comes first: as the chain rule multiplies the factors
        one by one, it is summed as soon as it can be.
        """
        shifted = self._shifted()
        ends = [{start, end} for start, end, _ in self.edges if start != end]
        degree_of = Counter(itertools.chain(*ends))
        degrees = [
            (degree_of[i], self.last_use[i], i) for i in self._summed_letters() if i not in shifted
        ]
        if not degrees:
            return None
        degree, _, letter = min(degrees, key=itemgetter(0, 1))
        return letter if degree <= 2 else None

    def _shifted(self) -> set[int]:
        """The letters of the images, which stay until a kernel slides over them."""
        if not self.images:
            return set()
        return {letter for indices, _ in self.images for letter in letters_of(indices)}

    def _merge_parallel(self) -> None:
        """Edges between the same letters become one, as a Hadamard product."""
        if len(self.edges) < 2:
            return
        merged: dict[frozenset[int], Edge] = {}
        for edge in self.edges:
            ends = frozenset((edge.start, edge.end))
            known = merged.get(ends)
            if known is None:
                merged[ends] = edge
            elif self._closes_trace(known, edge):
                self.scalars.append(_trace(known, edge))
                del merged[ends]
            else:
                parts = (*known.parts, *edge.leaving(known.start).parts)
                merged[ends] = Edge(known.start, known.end, parts)
        self.edges = list(merged.values())

    def _closes_trace(self, first: Edge, second: Edge) -> bool:
        """Whether two parallel edges are a ring by themselves, better written as a trace."""
        ends = {first.start, first.end}
        elsewhere = self.kept.union(self.weights, self._shifted())
        if ends & elsewhere or len(ends) == 1:
            return False
        if any({e.start, e.end} & ends for e in self.edges if e not in (first, second)):
            return False
        if len(first.parts) + len(second.parts) > 2 or any(
            part.power != 1 for part in (*first.parts, *second.parts)
        ):
            return False
        entries = notation.hadamard(
            [array(first.parts), array(second.leaving(first.start).parts)], []
        )
        trace, total = _trace(first, second).cost, min(f.cost for f in entries) + 1
        is_ring_of_three = any(
            is_product(array(edge.parts).upright.tree) for edge in (first, second)
        )
        return trace < total or (trace == total and is_ring_of_three)

    def _remove(self, letter: int) -> None:
        at_letter = [e for e in self.edges if letter in (e.start, e.end)]
        self.edges = [e for e in self.edges if e not in at_letter]
        weight = self.weights.pop(letter, [])
        loops = [e for e in at_letter if e.start == e.end]
        paths = [e.leaving(letter) for e in at_letter if e.start != e.end]
        if loops and not paths and not weight and len(loops[0].parts) == 1:
            self.scalars.append(notation.call("tr", shorter(array(loops[0].parts))))
            return
        weight += [part for loop in loops for part in diagonals(loop)]
        if not paths:
            self._add_sum(sum_of(weight, rank=1), letter)
        elif len(paths) == 1:
            self._remove_end(letter, paths[0], weight)
        else:
            first, last = paths[0].reversed, paths[1]
            place = min(part.place for part in (*first.parts, *last.parts))
            rows = self.weights.get(first.start, []) if weight else []
            if rows and is_entrywise(array(first.parts)):
                del self.weights[first.start]
                chain = [scaled_matrix(rows, list(first.parts), weight), array(last.parts)]
            else:
                chain = [array(first.parts), *scaling(weight), array(last.parts)]
            part = Power(notation.matrix_product(chain), ONCE, place)
            self.edges.append(Edge(paths[0].end, paths[1].end, (part,)))

    def _add_sum(self, form: Form, letter: int) -> None:
        self.scalars.append(form)
        if isinstance(form.tree, Call) and form.tree.function == "sum":
            self.sums.append((form.tree, letter))

    def _remove_end(self, letter: int, path: Edge, weight: list[Power]) -> None:
        """A letter with one edge: its weight moves to the other end."""
        far, place = path.end, min(part.place for part in path.parts)
        alone = far not in self.kept and far not in self.weights and far not in self._shifted()
        alone = alone and not any(far in (edge.start, edge.end) for edge in self.edges)
        if alone and not weight:
            self.scalars.append(sum_of(list(path.parts), rank=2))
            return
        matrix = array(path.reversed.parts)
        if weight:
            vector = notation.matrix_product([matrix, array(weight)])
        else:
            down = notation.call("sum", matrix.upright, axis=1)
            across = notation.call("sum", matrix.transposed, axis=0)
            vector = notation.two_way(down, across)
            for form in (down, across):
                assert isinstance(form.tree, Call)
                self.sums.append((form.tree, letter))
        self.weights.setdefault(far, []).append(Power(vector, ONCE, place))

    def _convolve(self) -> bool:
        """A kernel slid over an image: the letters that are summed, or those that are not."""
        if len(self.images) != 1:
            return False
        indices, image = self.images.pop()
        # An axis that the kernel does not slide along is one that it covers, or has size 1 on.
        axes = [(*letters_of((index,)), None)[:2] for index in indices]
        for kernel_of in (self._kernel, self._diagonal_kernel, self._kernel_of_ones):
            for inner in itertools.product(*(axis[::-1] for axis in axes)):
                covered = tuple(letter for letter in inner if letter is not None)
                outer = [a if b == k else b for (a, b), k in zip(axes, inner, strict=True)]
                is_open = set(covered).isdisjoint(self.kept.union(outer))
                kernel = kernel_of(covered) if is_open else None
                if kernel is not None:
                    self._slide(image, kernel, inner, outer)
                    return True
        return False

    def _kernel(self, letters: tuple[int, ...]) -> list[Power] | None:
        """All that runs between the letters, where nothing else is attached to them."""
        parts: list[Power] = []
        if len(set(letters)) < len(letters):
            return None
        for edge in self.edges:
            if {edge.start, edge.end} == set(letters) and len(letters) == 2:
                parts.extend(edge.leaving(letters[0]).parts)
            elif {edge.start, edge.end} & set(letters):
                return None
        if len(letters) == 1:
            return self.weights.get(letters[0])
        return None if set(letters) & set(self.weights) else parts or None

    def _diagonal_kernel(self, letters: tuple[int, ...]) -> list[Power] | None:
        """The diagonal matrix of a weight, where both axes of the image slide along one letter."""
        if len(letters) != 2 or len(set(letters)) != 1:
            return None
        (letter,) = set(letters)
        met = [edge for edge in self.edges if letter in (edge.start, edge.end)]
        if any(edge.start != edge.end for edge in met):
            return None
        weight = [*self.weights.get(letter, []), *itertools.chain(*map(diagonals, met))]
        (kernel,) = scaling(weight) or [notation.identity(self.dims[letter])]
        return [Power(kernel, ONCE, 0)]

    def _kernel_of_ones(self, letters: tuple[int, ...]) -> list[Power] | None:
        """A weight for each letter and ones along those that have none, where no edge meets one."""
        if len(set(letters)) < len(letters):
            return None
        if any({edge.start, edge.end} & set(letters) for edge in self.edges):
            return None
        sizes = [self.dims[letter] for letter in letters]
        sides = [self.weights.get(letter) for letter in letters]
        if not any(sides):
            return [Power(_ones(*(*sizes, ONE)[:2]), ONCE, 0)]
        pairs = zip(sides, sizes, strict=True)
        first, second = [array(w) if w else _ones(n, ONE) for w, n in pairs]
        return [Power(notation.matrix_product([first, second.other_way]), ONCE, 0)]

    def _slide(
        self, image: Power, kernel: list[Power], inner: Sequence[Slot], outer: Sequence[Slot]
    ) -> None:
        """Sum over the inner letters, one an axis of the image; the outer ones are left."""
        covered = tuple(letter for letter in inner if letter is not None)
        self.edges = [e for e in self.edges if not {e.start, e.end} & set(covered)]
        for letter in covered:
            self.weights.pop(letter, None)
        slider = array(kernel).other_way if inner[0] is None else array(kernel)
        slid = notation.call("conv2", array([image]).upright, slider.upright)
        piece = notation.column(slid)
        part = Power(piece.other_way if outer[0] is None else piece, ONCE, image.place)
        match [letter for letter in outer if letter is not None]:
            case [letter]:
                self.weights.setdefault(letter, []).append(part)
            case [row, column]:
                self.edges.append(Edge(row, column, (part,)))

    def result(self) -> TwoWay | None:
        """The array on the letters of the result; nothing where only scalars are left."""
        match self.shown:
            case ():
                return None
            case _ if Shifted in map(type, self.shown):
                return full_convolution(self.shown, self.weights, self.edges, self.dims)
            case (int(letter),):
                return self._vector(letter)
            case (int(row), int(column)) if row != column:
                return self._matrix(row, column)
            case _:
                return self._diagonal_matrix(next(iter(letters_of(self.shown))))

    def _vector(self, letter: int) -> TwoWay | None:
        weight = [*self.weights.get(letter, []), *itertools.chain(*map(diagonals, self.edges))]
        return array(weight) if weight else None

    def _matrix(self, row: int, column: int) -> TwoWay | None:
        loops = [e for e in self.edges if e.start == e.end]
        for loop in loops:
            self.weights.setdefault(loop.start, []).extend(diagonals(loop))
        edges = [e.leaving(row) for e in self.edges if e.start != e.end]
        rows, columns = self.weights.get(row, []), self.weights.get(column, [])
        if edges:
            return scaled_matrix(rows, list(edges[0].parts), columns)
        if rows and columns:
            return notation.matrix_product([array(rows), array(columns).other_way])
        if rows:
            return array(rows)
        return array(columns).other_way if columns else None

    def _diagonal_matrix(self, letter: int) -> TwoWay:
        weight = self.weights.get(letter, [])
        identity = notation.identity(self.dims[letter])
        if not weight and not self.edges:
            return identity
        if not weight and len(self.edges) == 1 and is_defined_off_diagonal(self.edges[0]):
            return notation.hadamard([array(self.edges[0].parts), identity], [])
        vector = array([*weight, *itertools.chain(*map(diagonals, self.edges))])
        return notation.symmetric(notation.call("diag", shorter(vector)))


def _ones(rows: Dim, cols: Dim) -> TwoWay:
    return notation.column(notation.ones(rows, cols).upright)


def _trace(first: Edge, second: Edge) -> Form:
    there, again = array(first.parts), array(second.leaving(first.end).parts)
    forms = [
        form for ring in ((there, again), (again, there)) for form in notation.matrix_product(ring)
    ]
    return notation.call("tr", min(forms, key=lambda form: (form.cost, not _is_sandwich(form))))


def _is_sandwich(form: Form) -> bool:
    """Whether a product begins with the transpose of what it ends with: `X' L X`."""
    trees = notation.factors(form)
    return isinstance(trees[0], Transpose) and trees[0].operand == trees[-1]
