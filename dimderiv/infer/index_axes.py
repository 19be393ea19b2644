"""Sizes that are written out, as in `ones(m, n)`, and the axes of index forms."""

from collections.abc import Sequence
from functools import reduce

from dimderiv.errors import LimitError, ShapeError
from dimderiv.infer.clashes import Axes, ClashError, letter_misfit
from dimderiv.infer.refusals import entry_refused, scalar_wanted
from dimderiv.infer.scope import SCALAR_AXES, Scope
from dimderiv.infer.unify import SizeTerm
from dimderiv.language import ONE, SIZE_LIMIT, Dim, implicit, size_of, syntax, walk


def size(scope: Scope, node: syntax.Tree) -> Dim:
    """The size that an expression is."""
    _mark_as_scalar(scope, node)
    try:
        dim = size_of(node, scope.sizes)
    except ShapeError as error:
        raise ShapeError(
            f"{' '.join(scope.source[slice(*error.span or (0, 0))].split())} is no size",
            span=error.span,
            hint="the name of a dimension or a whole number, as in ones(m, 1)",
        ) from None
    number = dim.number
    if number is None:
        return dim
    if number < 1:
        raise ShapeError(f"a size is positive, not {number}", span=node.span)
    if number > SIZE_LIMIT:
        raise LimitError(f"a size is larger than {SIZE_LIMIT}", span=node.span)
    return ONE if number == 1 else dim


def product_of(sizes: Sequence[Dim]) -> Dim:
    """The size of an axis that runs over several letters."""
    whole = reduce(Dim.__mul__, sizes, ONE)
    return ONE if whole == ONE else whole


def index_form_axes(scope: Scope, node: syntax.IndexForm) -> Axes:
    """An index form has the axes of its head; further ones count to the second axis."""
    dims = {letter: size(scope, written) for letter, written in node.letters if written}
    written = implicit(node)
    body = written.body if isinstance(written, syntax.IndexForm) else node.body
    terms = body.terms if isinstance(body, syntax.Add) else (body,)
    for term in terms:
        scope.letters = {**dims}
        if scope.visit(term) != SCALAR_AXES:
            raise ClashError(term, scalar_wanted)
    scope.letters = None
    scope.axes[id(node.body)] = SCALAR_AXES
    sums = [part for part in walk(node.body) if isinstance(part, syntax.Call) and part.over]
    scope.axes.update((id(part), SCALAR_AXES) for part in sums)
    axes = [product_of([dims[letter] for letter, _ in letters]) for letters in node.axes]
    return axes[0] if axes else ONE, product_of(axes[1:])


def entry_axes(scope: Scope, node: syntax.Entry) -> Axes:
    """An entry is a scalar; a letter alone in an index runs along the whole axis."""
    if scope.letters is None:
        raise ShapeError("an entry stands only inside an index form", span=node.span)
    outer, scope.letters = scope.letters, None
    axes: tuple[SizeTerm, ...] = scope.visit(node.operand)
    scope.letters = outer
    for index in node.indices:
        _mark_as_scalar(scope, index)
    if len(node.indices) == 1 and ONE in axes:
        axes = axes[:1] if axes[1] is ONE else axes[1:]
    elif len(node.indices) != 2:
        raise ClashError(node, entry_refused)
    for index, own in zip(node.indices, axes, strict=True):
        if isinstance(index, syntax.Name) and own is not ONE:
            _run_along(scope, node, index.name, own)
    return SCALAR_AXES


def _run_along(scope: Scope, node: syntax.Entry, letter: str, own: SizeTerm) -> None:
    assert scope.letters is not None
    known = scope.letters.setdefault(letter, own)
    if known is ONE:
        return
    scope.agree(known, own, node, letter_misfit)


def _mark_as_scalar(scope: Scope, node: syntax.Tree) -> None:
    scope.axes.update((id(part), SCALAR_AXES) for part in walk(node))
