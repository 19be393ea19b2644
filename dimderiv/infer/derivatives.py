"""Derivatives that stand inside an expression, such as `grad(D, x)`: of what, by what, how large.

What such a derivative is, is found later; its axes follow from those of the two.
"""

from collections.abc import Callable, Mapping

from dimderiv.errors import NotDifferentiableError, ShapeError
from dimderiv.infer import refusals
from dimderiv.infer.clashes import Axes, ClashError, Facts
from dimderiv.infer.scope import SCALAR_AXES, Scope
from dimderiv.infer.unify import SizeTerm
from dimderiv.language import Call, Name, Tree

NAMES: Mapping[str, tuple[str, str]] = {
    "grad": ("D", "x"),
    "hess": ("D", "x"),
    "laplacian": ("D", "x"),
    "jac": ("f", "x"),
    "div": ("f", "x"),
}
# What to write of an array in place of a derivative of a scalar.
_OF_ARRAYS = {"grad": "jac", "hess": "jac", "laplacian": "div"}


def derivative_axes(scope: Scope, node: Call) -> Axes:
    """A derivative of an expression by a name has axes that follow from those of both."""
    names = NAMES[node.function]
    if len(node.arguments) != len(names):
        raise refusals.arguments_refused(node, names)
    if scope.letters or node.over or node.axis is not None or scope.caller is not None:
        raise _misplaced(node)
    of, by = node.arguments
    if not isinstance(by, Name):
        raise _no_name(node, by)
    value, variable = scope.visit(of), scope.visit(by)
    if scope.meanings.get(by.name) not in {"symbol", "definition"}:
        raise _no_name(node, by)
    if len(value) > 2 or len(variable) > 2:
        raise _many_axes(node)
    return _BY_FUNCTION[node.function](scope, node, value, variable)


def _gradient(scope: Scope, node: Call, value: Axes, variable: Axes) -> Axes:
    _want_scalar(node, value)
    return variable


def _hessian(scope: Scope, node: Call, value: Axes, variable: Axes) -> Axes:
    _want_scalar(node, value)
    size = _entries(scope, node, variable)
    return size, size


def _jacobian(scope: Scope, node: Call, value: Axes, variable: Axes) -> Axes:
    if value == SCALAR_AXES:
        raise ClashError(node, _of_scalar)
    if variable == SCALAR_AXES:
        return value
    return _entries(scope, node, value), _entries(scope, node, variable)


def _entries(scope: Scope, node: Call, axes: Axes) -> SizeTerm:
    """How many entries an array has."""
    rows, cols = axes
    return scope.unifier.product(rows, cols, node)


def _divergence(scope: Scope, node: Call, value: Axes, variable: Axes) -> Axes:
    if value == SCALAR_AXES:
        raise ClashError(node, _of_scalar)
    for own, other in zip(value, variable, strict=True):
        scope.agree(own, other, node, _unlike)
    return SCALAR_AXES


def _laplacian(scope: Scope, node: Call, value: Axes, variable: Axes) -> Axes:
    _want_scalar(node, value)
    return SCALAR_AXES


_BY_FUNCTION: Mapping[str, Callable[[Scope, Call, Axes, Axes], Axes]] = {
    "grad": _gradient,
    "hess": _hessian,
    "laplacian": _laplacian,
    "jac": _jacobian,
    "div": _divergence,
}


def _want_scalar(node: Call, value: Axes) -> None:
    if value != SCALAR_AXES:
        raise ClashError(node, _of_array)


def _of_array(facts: Facts, clash: ClashError) -> ShapeError:
    """A derivative of a scalar, asked of an array."""
    assert isinstance(clash.node, Call)
    of, by = clash.node.arguments
    function, text = clash.node.function, facts.text(of)
    return facts.refusal(
        f"{function} is that of a scalar: {facts.said(of)}",
        of,
        f"{_OF_ARRAYS[function]}({text}, {facts.text(by)}), or a scalar such as sum({text})",
    )


def _of_scalar(facts: Facts, clash: ClashError) -> ShapeError:
    """A derivative of an array, asked of a scalar."""
    assert isinstance(clash.node, Call)
    of, by = clash.node.arguments
    instead = "grad" if clash.node.function == "jac" else "laplacian"
    return facts.refusal(
        f"{clash.node.function} is that of a vector or a matrix: {facts.said(of)}",
        of,
        f"{instead}({facts.text(of)}, {facts.text(by)})",
    )


# The errors of a derivative that is asked of the wrong kind of value.
OF_ANOTHER_KIND = frozenset({_of_array, _of_scalar})


def _unlike(facts: Facts, clash: ClashError) -> ShapeError:
    """A divergence of what has not the shape of its variable."""
    assert isinstance(clash.node, Call)
    of, by = clash.node.arguments
    message = f"div needs two of one shape: {facts.said(of)}, and {facts.said(by)}"
    known = facts.known([of, by], clash.sizes)
    return ShapeError(message, span=clash.node.span, known=known, hint="jac(f, x) of any two")


def _no_name(node: Call, by: Tree) -> NotDifferentiableError:
    return NotDifferentiableError(
        f"{node.function} is by a symbol or a name that is defined, and this is neither",
        span=by.span,
        hint=f"z = ..., then {node.function}({NAMES[node.function][0]}, z)",
    )


def _misplaced(node: Call) -> NotDifferentiableError:
    return NotDifferentiableError(
        f"{node.function} stands in no index statement, in no rule, and has no axis",
        span=node.span,
        hint=f"a definition before it: g = {node.function}({', '.join(NAMES[node.function])})",
    )


def _many_axes(node: Call) -> NotDifferentiableError:
    return NotDifferentiableError(
        f"{node.function} is of scalars, vectors and matrices, not of arrays with more axes",
        span=node.span,
        hint="the derivative alone, with the array as what is differentiated by",
    )
