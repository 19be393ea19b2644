"""The axes of index statements, and of reductions over letters."""

from collections.abc import Iterable, Mapping
from functools import partial, reduce

from dimderiv.infer.bound import DECLARED, INSIDE, WRITTEN, Bound, Late
from dimderiv.infer.clashes import Axes
from dimderiv.infer.indexed.affine import ranges, smallest
from dimderiv.infer.indexed.written import written_size
from dimderiv.infer.operators import broadcast
from dimderiv.infer.scope import SCALAR_AXES, Scope, array_axes
from dimderiv.infer.unify import SizeTerm, Variable, found, is_open
from dimderiv.language import ONE, Call, IndexForm, Tree, syntax


def index_form_axes(scope: Scope, node: IndexForm) -> Axes:
    """The axes of the head, and after them those that the value has for each letter."""
    letters = bind(scope, node, node.letters)
    own = _within(scope, letters, node.body)
    sizes = [
        reduce(partial(_product, scope, node), [letters[name].known() for name, _ in axis])
        for axis in node.axes
    ]
    if own == SCALAR_AXES:
        return array_axes(sizes)
    return array_axes([*sizes, *(own[:1] if own[1:] == (ONE,) else own)])


def _product(scope: Scope, node: Tree, left: SizeTerm, right: SizeTerm) -> SizeTerm:
    return scope.unifier.product(left, right, node)


def reduction_axes(scope: Scope, node: Call) -> Axes:
    """A reduction over letters keeps the axes that its argument has for each of them."""
    return _within(scope, bind(scope, node, node.over), node.arguments[0])


def bind(scope: Scope, node: Tree, letters: Iterable[syntax.Letter]) -> Mapping[str, Bound]:
    """Note the letters that a statement or a reduction binds, with the sizes that are written."""
    bound = {name: Bound(name, node) for name, _ in letters}
    for name, size in letters:
        if size is not None:
            bound[name].size = written_size(scope, size)
            bound[name].because = WRITTEN
    for name, known in scope.head.items():
        if bound[name].size is None:
            bound[name].size, bound[name].because = known, DECLARED
    scope.head = {}
    scope.bound[id(node)] = bound
    return bound


def _within(scope: Scope, letters: Mapping[str, Bound], body: Tree) -> Axes:
    """Visit what stands under letters; each of its terms may have summed ones of its own."""
    outer = scope.letters
    terms = body.terms if isinstance(body, syntax.Add) else (body,)
    found_axes = []
    for term in terms:
        scope.letters = inner = {**(outer or {}), **letters}
        bound = set(inner)
        found_axes.append(scope.visit(term))
        close(scope, [letter for name, letter in inner.items() if name not in bound])
    scope.letters = outer
    close(scope, letters.values())
    axes = broadcast(scope, body, terms, found_axes) if len(terms) > 1 else found_axes[0]
    scope.axes[id(body)] = axes
    return axes


def close(scope: Scope, letters: Iterable[Bound]) -> None:
    """Leave open, until other sizes are known, how far letters run that no axis has told of."""
    for letter in letters:
        if letter.size is None or is_open(letter.size):
            scope.late.append(
                Late(letter.node, partial(tell, scope, letter), letter.known(), letter)
            )


def tell(scope: Scope, letter: Bound) -> bool:
    """Give a letter the largest range in which every entry lies inside, if nothing else did."""
    assert letter.size is not None
    if not is_open(letter.size):
        return True
    if not letter.sums or not isinstance(found(letter.size), Variable):
        return False
    sizes = ranges(letter)
    if sizes is None:
        return False
    scope.unifier.settle(letter.size, smallest(letter, sizes), letter.node)
    letter.because = INSIDE
    return True
