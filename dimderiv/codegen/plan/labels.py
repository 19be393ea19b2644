"""Labels as indices: a product with a one-hot matrix takes entries, or puts them where they belong.

`S[i,c] H[i,c]` with `H = onehot(y)` is the entry `y[i]` of each row, and `G[i,d] H[i,c]` with the
result `[c,d]` adds row `i` to row `y[i]`.  The ones and zeros are never written.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from dimderiv.codegen.plan.details import Shared
from dimderiv.codegen.plan.operations import Operation
from dimderiv.codegen.plan.plan import Plan, Tensor
from dimderiv.graph import Factor, Function, Node, unnamed
from dimderiv.language import Dim

Letters = tuple[int, ...]


class Labels(NamedTuple):
    """Labels that are places on an axis.

    Attributes:
        root: the letter of the axis.
        letters: those of the labels.
        node: the labels.
    """

    root: int
    letters: Letters
    node: Node

    @property
    def every(self) -> Letters:
        """All its letters."""
        return (self.root, *self.letters)


def labels_of(factor: Factor) -> Labels | None:
    """The labels of which a factor is the one-hot matrix; nothing where it is none.

    Args:
        factor: a factor of a product.
    """
    node = unnamed(factor.node)
    if not isinstance(node, Function) or node.function != "onehot":
        return None
    letters = tuple(i for i in factor.indices if isinstance(i, int))
    if len(set(letters)) < len(factor.indices):
        return None
    return Labels(letters[-1], letters[:-1], node.arguments[0])


def in_turn(labels: Iterable[Labels]) -> Iterator[Labels]:
    """Labels in the order in which entries are taken: the rows of some may be places of others.

    Args:
        labels: those of one product.
    """
    waiting = list(labels)
    while waiting:
        free = (k for k, each in enumerate(waiting) if not _is_row(each.root, waiting))
        yield waiting.pop(next(free, 0))


def _is_row(letter: int, labels: Iterable[Labels]) -> bool:
    return any(letter in each.letters for each in labels)


def taken(
    plan: Plan, value: Callable[[Node], Tensor], each: Labels, tensors: Iterable[Tensor]
) -> list[Tensor]:
    """Arrays without the axis of labels: the entries that these choose.

    Args:
        plan: the plan that the operations become part of.
        value: gives the value of a node.
        each: the labels.
        tensors: the arrays.
    """
    found, labels = [], plan.full(value(each.node), each.node.axes)
    for tensor in tensors:
        if each.root in tensor.letters:
            upright = plan.written_out(plan.upright(tensor))
            shared = tuple(i for i in each.letters if i in upright.letters)
            rest = tuple(i for i in upright.letters if i not in (*shared, each.root))
            op = plan.as_number(plan.aligned(upright, (*shared, each.root, *rest)))
            detail = Shared(tuple(map(each.letters.index, shared)))
            dims = labels.dims + op.dims[len(shared) + 1 :]
            tensor = Tensor(plan.make("taken", (op, labels), dims, detail), each.letters + rest)
        found.append(tensor)
    return found


def put(
    plan: Plan,
    value: Callable[[Node], Tensor],
    each: Labels,
    part: Tensor,
    result: Letters,
    dims: Sequence[Dim],
) -> Tensor:
    """An array with entries at the places that labels say, added up where labels are summed.

    Args:
        plan: the plan that the operations become part of.
        value: gives the value of a node.
        each: the labels.
        part: the entries, with the letters of the labels and of the result.
        result: the letters of the result.
        dims: the size of each letter.
    """
    shared = tuple(i for i in each.letters if i in result)
    rest = tuple(i for i in result if i not in (*shared, each.root))
    own = each.letters + rest
    axes = tuple(own.index(i) for i in part.letters)
    op = plan.full(part._replace(letters=axes), tuple(dims[i] for i in own))
    letters = (*shared, each.root, *rest)
    arguments = (op, plan.full(value(each.node), each.node.axes))
    detail = Shared(tuple(map(each.letters.index, shared)))
    sizes = tuple(dims[i] for i in letters)
    return Tensor(plan.make("put", arguments, sizes, detail), letters)


def put_into(plan: Plan, base: Operation, part: Operation, labels: Operation) -> Operation:
    """An array to which an entry is added at each label, or a row where more axes follow.

    Args:
        plan: the plan that the operations become part of.
        base: the array.
        part: what is added.
        labels: the places along the axis that follows those of the labels.
    """
    return plan.make("put", (base, part, labels), base.dims, Shared(tuple(range(labels.rank))))
