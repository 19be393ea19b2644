"""Arrays that no matrix notation reaches, entry by entry: `[i:m, j:n] G[i-k, j-l] K[k,l]`."""

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from functools import partial

from dimderiv.conform.indexed.entries import EntryWriter
from dimderiv.conform.indexed.entry_products import summed_over, with_sums
from dimderiv.conform.indexed.joined import joined
from dimderiv.conform.indexed.places import Place, merged
from dimderiv.conform.indexed.reading_order import terms_in_order
from dimderiv.conform.indexed.restored import is_clear
from dimderiv.conform.indexed.scope import Scope
from dimderiv.conform.lettering import Heads
from dimderiv.conform.notation import Form, TwoWay, primed, symbols
from dimderiv.graph import (
    ONCE,
    LabelledProduct,
    Merged,
    Node,
    Product,
    expanded,
    labelled,
    nodes_of,
    terms,
)
from dimderiv.language import ONE, ZERO, Add, Dim, IndexForm, Name, Tree
from dimderiv.simplify import Outside, outside

LONG = 20


def index_form(
    node: Node,
    writer: EntryWriter,
    taken: Collection[str] = (),
    sizes: Collection[str] = (),
    heads: Heads = (),
    axes: Sequence[Dim] = (),
) -> TwoWay:
    """A node entry by entry, with a letter for each of its axes, or several for a merged one.

    Args:
        node: the node.
        writer: what writes its entries.
        taken: names that no letter has, unless the user made it one.
        sizes: names that no letter has at all.
        heads: letters for the axes that are better than those of what the node is made of.
        axes: all axes, where some have size 1 and the node lacks those.
    """
    ways = [Outside(ONCE, (), terms(node))]
    ways += [Outside(ONCE, (), all_) for all_ in [expanded(node)] if len(all_) > len(ways[0].terms)]
    ways += [outside(way.terms) for way in ways if len(way.terms) > 1]

    def written(way: Outside) -> IndexForm:
        scope = _scope(node, writer, taken, sizes)
        # In brackets each sum says so itself.
        scope.names_sums = bool(way.scalars) or way.coefficient != 1
        tree = _Statement(node, way, writer, scope).tree(heads, axes)
        if is_clear(tree, scope.sizes):
            return tree
        scope = _scope(node, writer, taken, sizes)
        scope.names_sums = True
        return _Statement(node, way, writer, scope).tree(heads, axes)

    tree = min(map(written, ways), key=symbols)
    form = Form(tree, LONG + symbols(tree))
    return TwoWay(form, primed(form)) if len(node.axes) <= 2 else TwoWay(form, form)


def scalar_form(
    node: Node, writer: EntryWriter, taken: Collection[str] = (), sizes: Collection[str] = ()
) -> TwoWay:
    """A scalar as sums over letters: `sum[i,j,k] X[i,j,k] y[k]`.

    Args:
        node: a node without axes.
        writer: what writes its entries.
        taken: names that no letter has, unless the user made it one.
        sizes: names that no letter has at all.
    """
    scope = _scope(node, writer, taken, sizes)
    trees = []
    for coefficient, part in terms(node):
        inner = scope.term()
        found = writer.term(labelled(part), (), inner)
        trees.append(summed_over(found, found.summed, inner, coefficient))
    tree = trees[0] if len(trees) == 1 else Add(tuple(trees))
    form = Form(tree, symbols(tree))
    return TwoWay(form, form)


def _scope(
    node: Node, writer: EntryWriter, taken: Collection[str], sizes: Collection[str]
) -> Scope:
    known = size_names(node)
    return Scope({*taken}, {*sizes, *known}, writer.user.names)


def size_names(node: Node) -> set[str]:
    """The names of the sizes of a node and of what it is made of, which no letter may have."""
    names = set[str]()
    for part in nodes_of([node], through_names=False):
        dims = part.dims if isinstance(part, Product) else part.axes
        names.update(name for dim in dims for name in dim.names)
    return names


class _Statement:
    """One way to write a node: as the sum of some terms.

    Args:
        node: the node.
        way: its terms, and what they have in common.
        writer: what writes its entries.
        scope: the letters of the statement, none of which is used yet.
    """

    def __init__(
        self,
        node: Node,
        way: Outside,
        writer: EntryWriter,
        scope: Scope,
    ) -> None:
        self.node, self.writer, self.scope = node, writer, scope
        self.common = LabelledProduct(way.coefficient, way.scalars, (), ())
        # Without letters of the user, what is a matrix is written as one.
        self.is_free = not writer.user.are_used and len(node.axes) > 2
        view = partial(joined, arrays=writer.arrays) if self.is_free else labelled
        self.parts = [(c, view(term)) for c, term in way.terms]

    def tree(self, heads: Heads, axes: Sequence[Dim]) -> IndexForm:
        """The statement, with these axes, of which the node may lack some of size 1."""
        places, letters = self._head(heads, axes or self.node.axes)
        along = [p for p, dim in zip(places, axes or self.node.axes, strict=True) if dim != ONE]
        body: list[Tree] = [
            self._term(part, along, coefficient) for coefficient, part in self.parts
        ]
        body = (terms_in_order(body) if self.is_free else body) or [ZERO]
        groups = tuple(len(names) for names in letters)
        if not self.writer.user.are_used:
            # Where the user has no letters, the sizes say what they are.
            self.scope.alone.clear()
            self.scope.equal.clear()
        return IndexForm(
            self.scope.sized([name for names in letters for name in names]),
            body[0] if len(body) == 1 else self._times_common(Add(tuple(body))),
            groups if max(groups, default=1) > 1 else (),
        )

    def _times_common(self, terms: Tree) -> Tree:
        """The terms in brackets, with what they have in common before those and below the line."""
        found = self.writer.term(self.common, (), self.scope.term())
        return found._replace(above=[*found.above, terms]).tree()

    def _term(self, part: LabelledProduct, places: Sequence[Place], coefficient: Fraction) -> Tree:
        """One term, with the sums that whoever reads it would not put back by himself."""
        inner = self.scope.term()
        found = self.writer.term(part, places, inner)
        self.scope.alone |= inner.alone.intersection(self.scope.used)
        return with_sums(found, inner, coefficient, is_inside=False)

    def _head(self, heads: Heads, axes: Sequence[Dim]) -> tuple[list[Place], list[list[str]]]:
        """The position along each axis, and its letters; those that are wished for go first."""
        own = iter(range(len(self.node.axes)))
        wished: list[tuple[Dim, list[str]]] = []
        counts = []
        for k, dim in enumerate(axes):
            given = [*heads[k]] if k < len(heads) else []
            split = [(ONE, given)] if dim == ONE else self._along(next(own), given)
            counts.append(len(split))
            wished += split
        names = self._chosen(wished)
        letters, places = [], []
        for count in counts:
            letters.append([next(names) for _ in range(count)])
            alone = [Place.at(Name(name)) for name in letters[-1]]
            whole = merged(alone, [self.scope.ranges[name] for name in letters[-1]])
            if count > 1:
                is_grouped = self.writer.user.are_used
                whole = whole._replace(group=tuple(letters[-1]), is_grouped=is_grouped)
            places.append(whole)
        return places, letters

    def _along(self, axis: int, given: list[str]) -> list[tuple[Dim, list[str]]]:
        """The sizes of an axis: those of the letters that the first product merges there."""
        user = self.writer.user
        for _, part in self.parts:
            index = part.result[axis]
            if isinstance(index, Merged):
                return [
                    (part.dims[letter], [*user.of_index(part.factors, letter)])
                    for letter in index.letters
                ]
        dim = self.node.axes[axis]
        wishes = [*given, *user.wishes(self.node, axis), *self._of_size(dim)]
        return [(dim, wishes)]

    def _of_size(self, dim: Dim) -> list[str]:
        """The letter that an axis has from its size, `h` for H, where no other has that size."""
        name, scope = str(dim).lower(), self.scope
        is_letter = len(name) == 1 and name.isalpha() and self.node.axes.count(dim) == 1
        is_taken = name in scope.taken or name in scope.avoided
        return [name] if self.writer.user.are_used and is_letter and not is_taken else []

    def _chosen(self, wished: Sequence[tuple[Dim, list[str]]]) -> Iterator[str]:
        """A letter for each: first the wishes that no other one has taken, then any."""
        names = dict[int, str]()
        for k, (dim, wishes) in enumerate(wished):
            if self.scope.wished(dim, wishes[:1]):
                names[k] = self.scope.fresh(dim, wishes[:1])
        for k, (dim, wishes) in enumerate(wished):
            if k not in names:
                names[k] = self.scope.fresh(dim, wishes)
        return (names[k] for k in range(len(wished)))
