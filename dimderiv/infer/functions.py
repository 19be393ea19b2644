"""The axes of functions: what the rule of a function says of the axes of its arguments."""

from collections.abc import Callable, Collection, Mapping, Sequence

from dimderiv.errors import LimitError, UnknownNameError
from dimderiv.infer import clashes, indexed, refusals
from dimderiv.infer.along import axes_along
from dimderiv.infer.clashes import Axes, ClashError
from dimderiv.infer.derivatives import derivative_axes
from dimderiv.infer.operators import broadcast
from dimderiv.infer.scope import SCALAR_AXES, Scope, array_axes, axes_of
from dimderiv.infer.single_entries import refuse_single_entry
from dimderiv.infer.sizes import product_of, size
from dimderiv.infer.unify import MismatchError, SizeTerm
from dimderiv.language import (
    COMMUTATIONS,
    DERIVATIVES,
    ONE,
    Call,
    Name,
    Tree,
    along,
    is_extreme_of_two,
)
from dimderiv.rulebook import Axis, Rule, Sliding, read_signature

CALL_DEPTH = 50
# The kinds of rules that run along the axis of a call.
_ALONG = ("reduction", "rows")


def call_axes(scope: Scope, node: Call) -> Axes:
    """A function has the axes that its rule gives it."""
    if is_extreme_of_two(node):
        return broadcast(scope, node, node.arguments, [scope.visit(x) for x in node.arguments])
    rule = scope.rulebook.rules.get(node.function)
    if rule is None and node.function in DERIVATIVES:
        return derivative_axes(scope, node)
    if node.over:
        return _over_letters(scope, node, rule)
    if rule is None:
        return _constant(scope, node)
    if rule.linear and len(node.arguments) == len(rule.arguments) - 1:
        return _linear_map(scope, node, rule)
    if len(node.arguments) != len(rule.arguments):
        raise refusals.arguments_refused(node, rule.arguments)
    _note_assumed(scope, node, rule)
    if node.axis is not None and rule.kind not in _ALONG and not rule.along:
        raise refusals.axis_refused(node, _running(scope, _ALONG))
    arguments = [scope.visit(argument) for argument in node.arguments]
    refuse_single_entry(scope, node, rule, arguments)
    return _BY_KIND[rule.kind](scope, node, rule, arguments)


def _over_letters(scope: Scope, node: Call, rule: Rule | None) -> Axes:
    """A reduction over letters, of one argument."""
    if rule is None or (rule.kind != "reduction" and not rule.along) or node.axis is not None:
        raise refusals.letters_refused(node, _running(scope, {"reduction"}))
    if len(node.arguments) != 1:
        raise refusals.arguments_refused(node, rule.arguments)
    return indexed.reduction_axes(scope, node)


def _running(scope: Scope, kinds: Collection[str]) -> list[str]:
    """The functions of some kinds, and those whose definitions run along an axis."""
    rules = scope.rulebook.rules.items()
    return [name for name, rule in rules if rule.kind in kinds or rule.along]


def _elementwise(scope: Scope, node: Call, rule: Rule, arguments: list[Axes]) -> Axes:
    if len(arguments) == 1:
        return arguments[0]
    return broadcast(scope, node, node.arguments, arguments)


def _reduction(scope: Scope, node: Call, rule: Rule, arguments: list[Axes]) -> Axes:
    along = axes_along(scope, node, arguments[0])
    if along is None:
        return SCALAR_AXES
    return tuple([ONE if axis in along else own for axis, own in enumerate(arguments[0])])


def _rows(scope: Scope, node: Call, rule: Rule, arguments: list[Axes]) -> Axes:
    """A function of each row by itself; of an array it is each line along its last axis."""
    axes = arguments[0]
    if axes_along(scope, node, axes) is None and len(axes) > 2:
        scope.along[id(node)] = (len(axes) - 1,)
    return axes


def _composite(scope: Scope, node: Call, rule: Rule, arguments: list[Axes]) -> Axes:
    """The definition, with the arguments in place of its parameters."""
    first = arguments[0]
    is_column = first[1] is ONE and first[0] is not ONE and len(first) == 2
    axes = axes_along(scope, node, first)
    is_down = is_column if axes is None else axes == (0,)
    text = rule.column if rule.column and is_down else rule.definition
    outer = scope.names, scope.caller
    if scope.calls == CALL_DEPTH:
        raise LimitError(f"the rule {rule.name} is defined by itself", span=node.span)
    scope.calls += 1
    scope.names, scope.caller = dict(zip(rule.arguments, arguments, strict=True)), outer[1] or node
    try:
        body = along(scope.rulebook.formula(rule, text), axes)
        return scope.visit(scope.body(node, body))
    except ClashError as clash:
        is_array = any(len(axes) > 2 for axes in arguments)
        write = indexed.argument_refused if is_array else clashes.operands_misfit
        raise ClashError(scope.caller, write, clash.sizes) from None
    finally:
        scope.names, scope.caller = outer
        scope.calls -= 1


def _note_assumed(scope: Scope, node: Call, rule: Rule) -> None:
    """Remember a symbol of which a rule assumes a property."""
    if scope.caller is not None:
        return
    for name, argument in zip(rule.arguments, node.arguments, strict=True):
        if isinstance(argument, Name) and name in rule.rows_sum_to_one:
            scope.assumed[argument.name] = "probability"
        elif isinstance(argument, Name) and name in rule.definite:
            scope.assumed[argument.name] = "spd"
        elif isinstance(argument, Name) and name in rule.symmetric:
            scope.assumed.setdefault(argument.name, "symmetric")


def _labelled(scope: Scope, node: Call, rule: Rule, arguments: list[Axes]) -> Axes:
    """A function whose rule has a signature in letters."""
    if any(len(axes) > 2 for axes in arguments):
        raise ClashError(node, indexed.argument_refused)
    signature = read_signature(rule.signature)
    if rule.name == "diag" and ONE not in arguments[0]:
        scope.agree_square(arguments[0], node)
        return arguments[0][0], ONE
    sizes: dict[str, SizeTerm] = {}
    shifted: list[tuple[tuple[str, ...], SizeTerm]] = []
    for part, axes, letters in zip(node.arguments, arguments, signature.arguments, strict=True):
        for own, letter in zip(_given(node, part, axes, letters), letters, strict=True):
            if isinstance(letter, tuple):
                shifted.append((letter, own))
            else:
                write = (
                    clashes.square_misfit if letters.count(letter) > 1 else clashes.operands_misfit
                )
                scope.agree(sizes.setdefault(letter, own), own, node, write)
    for (free, bound), own in shifted:
        try:
            sizes[free] = scope.unifier.valid(own, sizes[bound], scope.caller or node)
        except MismatchError:
            raise ClashError(node, clashes.kernel_misfit) from None
    if rule.square:
        for name, axes, letters in zip(rule.arguments, arguments, signature.arguments, strict=True):
            if name != rule.linear and len(letters) == 2:
                scope.agree_square(axes, node)
    value = [_axis(scope, node, axis, sizes) for axis in signature.value]
    return array_axes(value)


def _given(node: Call, part: Tree, axes: Axes, letters: tuple[Axis, ...]) -> tuple[SizeTerm, ...]:
    """As many axes of an argument as it has letters; one letter is the axis of a vector."""
    if len(letters) == 2:
        return axes
    if not letters:
        if axes != SCALAR_AXES:
            raise ClashError(part, refusals.scalar_wanted)
        return ()
    if ONE not in axes:
        raise ClashError(node, refusals.vector_wanted)
    return axes[:1] if axes[1] is ONE else axes[1:]


def _linear_map(scope: Scope, node: Call, rule: Rule) -> Axes:
    """The matrix of a function that is linear in the argument left out, columns stacked."""
    signature = read_signature(rule.signature)
    *given, missing = signature.arguments
    sizes: dict[Axis, SizeTerm] = {}
    for argument, letters in zip(node.arguments, given, strict=True):
        own = scope.visit(argument)
        if len(own) > 2:
            raise ClashError(node, indexed.argument_refused)
        for letter, term in zip(letters, _given(node, argument, own, letters), strict=True):
            scope.agree(sizes.setdefault(letter, term), term, node, clashes.operands_misfit)
        if rule.square and letters:
            scope.agree_square(own, node)
    rows, cols = (
        scope.unifier.product(sizes[first], sizes[second], scope.caller or node)
        for first, second in (signature.value, missing)
    )
    return rows, cols


def _axis(scope: Scope, node: Call, axis: Axis, sizes: Mapping[str, SizeTerm]) -> SizeTerm:
    if isinstance(axis, str):
        return sizes[axis]
    term: SizeTerm = ONE
    unifier = scope.unifier
    combined = unifier.full if isinstance(axis, Sliding) else unifier.product
    for letter in axis:
        term = combined(term, sizes[letter], scope.caller or node)
    return term


def _declared(scope: Scope, node: Call, rule: Rule, arguments: list[Axes]) -> Axes:
    """A function that is declared: its arguments have the shapes that the declaration says."""
    assert rule.declared is not None
    for number, (axes, shape) in enumerate(zip(arguments, rule.declared.arguments, strict=True)):
        write = clashes.argument_misfit(shape, number)
        if len(axes) != len(shape):
            raise ClashError(node, write)
        for own, wanted in zip(axes, axes_of(shape), strict=True):
            scope.agree(own, wanted, node, write)
    return axes_of(rule.declared.shape_of(rule.name))


_BY_KIND: Mapping[str, Callable[[Scope, Call, Rule, list[Axes]], Axes]] = {
    "elementwise": _elementwise,
    "reduction": _reduction,
    "rows": _rows,
    "composite": _composite,
    "product": _labelled,
    "matrix": _labelled,
    "declared": _declared,
}


_CONSTANTS: Mapping[str, Sequence[str]] = {
    "ones": ("m", "n"),
    "eye": ("n",),
    "vector": ("1",),
    "matrix": ("1",),
    **dict.fromkeys(COMMUTATIONS, ("m", "n")),
}


def _constant(scope: Scope, node: Call) -> Axes:
    """Arrays of given size, and `vector(1)` and `matrix(1)`, whose size the surroundings tell."""
    if node.axis is not None:
        raise refusals.axis_refused(node, _running(scope, _ALONG))
    names = _CONSTANTS.get(node.function)
    if names is None:
        if node.function in indexed.REARRANGED:
            return _rearranged(scope, node)
        raise _unknown(scope, node)
    # An identity may have both its sizes.
    if len(node.arguments) != len(names) and (node.function, len(node.arguments)) != ("eye", 2):
        raise refusals.arguments_refused(node, names)
    if node.function in {"vector", "matrix"}:
        return _filled(scope, node)
    sizes = [size(scope, argument) for argument in node.arguments]
    if node.function in COMMUTATIONS:
        sizes = [product_of(sizes)]
    rows, cols = sizes[0], sizes[-1]
    if node.function == "eye":
        scope.agree(rows, cols, node, clashes.operands_misfit)
    return rows, cols


def _rearranged(scope: Scope, node: Call) -> Axes:
    """Blocks apart, the functions that put the entries of an array in other places."""
    axes, least, example = indexed.REARRANGED[node.function]
    if len(node.arguments) < least or (node.function == "onehot" and len(node.arguments) > 2):
        raise refusals.example_wanted(node, example)
    return axes(scope, node)


def _filled(scope: Scope, node: Call) -> Axes:
    if scope.visit(node.arguments[0]) != SCALAR_AXES:
        raise ClashError(node.arguments[0], refusals.scalar_wanted)
    rows = scope.unsized_axis(node)
    return rows, ONE if node.function == "vector" else scope.unsized_axis(node)


def _unknown(scope: Scope, node: Call) -> UnknownNameError:
    from difflib import get_close_matches  # slow to import

    close = get_close_matches(node.function, sorted(scope.rulebook.words), n=1)
    return UnknownNameError(
        f"{node.function} is not a known function",
        span=node.span,
        hint=f"{close[0]}(...)"
        if close
        else f"a rule file that defines it, or a declaration such as {node.function}: n -> scalar",
    )
