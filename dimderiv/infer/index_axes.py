"""Sizes that are written out, as in `ones(m, n)`, and the axes of index forms."""

from collections.abc import Sequence
from functools import reduce

from dimderiv.errors import LimitError, ShapeError
from dimderiv.infer.clashes import Axes, ClashError, letter_misfit
from dimderiv.infer.refusals import entry_refused, scalar_wanted
from dimderiv.infer.scope import SCALAR_AXES, Scope
from dimderiv.infer.unify import MismatchError, Term
from dimderiv.language import (
    ONE,
    SIZE_LIMIT,
    Add,
    Binary,
    Dim,
    Entry,
    IndexForm,
    Name,
    Negative,
    Node,
    Number,
    children,
    is_power_of_size,
    power_of,
)


def size(scope: Scope, node: Node) -> Dim:
    """The size that an expression is."""
    dim = _dim(scope, node)
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


def _dim(scope: Scope, node: Node) -> Dim:
    scope.axes[id(node)] = SCALAR_AXES
    match node:
        case Number(value) if value.denominator == 1:
            return Dim.of(int(value))
        case Name(name) if name in scope.sizes:
            return Dim.of(name)
        case Negative(operand):
            return Dim.of(0) - _dim(scope, operand)
        case Add(terms):
            total = Dim.of(0)
            for term in terms:
                total += _dim(scope, term)
            return total
        case Binary("*", left, right):
            return _dim(scope, left) * _dim(scope, right)
        case Binary("^", base, Number() as power) if is_power_of_size(power):
            scope.axes[id(power)] = SCALAR_AXES
            return power_of(_dim(scope, base), power)
    raise ShapeError(
        f"{scope.facts().text(node)} is no size",
        span=node.span,
        hint="the name of a dimension or a whole number, as in ones(m, 1)",
    )


def index_form_axes(scope: Scope, node: IndexForm) -> Axes:
    """An index form has the axes of its head; further ones count to the second axis."""
    dims = {letter: size(scope, written) for letter, written in node.letters}
    terms = node.body.terms if isinstance(node.body, Add) else (node.body,)
    for term in terms:
        scope.letters = {**dims}
        if scope.visit(term) != SCALAR_AXES:
            raise ClashError(term, scalar_wanted)
    scope.letters = None
    scope.axes[id(node.body)] = SCALAR_AXES
    axes = [product_of([dims[letter] for letter, _ in letters]) for letters in node.axes]
    return axes[0] if axes else ONE, product_of(axes[1:])


def entry_axes(scope: Scope, node: Entry) -> Axes:
    """An entry is a scalar; a letter alone in an index runs along the whole axis."""
    if scope.letters is None:
        raise ShapeError("an entry stands only inside an index form", span=node.span)
    outer, scope.letters = scope.letters, None
    axes: tuple[Term, ...] = scope.visit(node.operand)
    scope.letters = outer
    for index in node.indices:
        _mark_as_scalar(scope, index)
    if len(node.indices) == 1 and ONE in axes:
        axes = axes[:1] if axes[1] is ONE else axes[1:]
    elif len(node.indices) != 2:
        raise ClashError(node, entry_refused)
    for index, own in zip(node.indices, axes, strict=True):
        if isinstance(index, Name) and own is not ONE:
            _run_along(scope, node, index.name, own)
    return SCALAR_AXES


def _run_along(scope: Scope, node: Entry, letter: str, own: Term) -> None:
    assert scope.letters is not None
    known = scope.letters.setdefault(letter, own)
    if known is ONE:
        return
    try:
        scope.unify(known, own, node)
    except MismatchError as misfit:
        raise ClashError(node, letter_misfit, (misfit.left, misfit.right)) from None


def _mark_as_scalar(scope: Scope, node: Node) -> None:
    scope.axes[id(node)] = SCALAR_AXES
    for child in children(node):
        _mark_as_scalar(scope, child)
