"""The chain rule for functions that are only declared: their gradient, wherever they stand."""

from dimderiv.errors import NotDifferentiableError
from dimderiv.graph import ONCE, Factor, Function, LabelledProduct, Node, apply_function
from dimderiv.language import HESSIAN
from dimderiv.rulebook import Rule


def chained(node: Function, upstream: Node, rule: Rule) -> LabelledProduct:
    """What arrives at a declared function, or at its gradient, times the derivative of that."""
    (following,) = rule.derivative.values()
    (argument,) = node.arguments
    axes = (*node.axes, *argument.axes)
    slope = apply_function(following, (argument,), axes, side=node.side)
    letters = tuple(range(len(axes)))
    over, under = letters[: len(node.axes)], letters[len(node.axes) :]
    return LabelledProduct(ONCE, (Factor(upstream, over), Factor(slope, letters)), under, axes)


def no_more_derivatives(rule: Rule) -> NotDifferentiableError:
    """The error that says why a derivative of a declared function has no derivative itself."""
    name = rule.name.lstrip(HESSIAN)
    if rule.name.startswith(HESSIAN):
        return NotDifferentiableError(
            f"{name} can be differentiated twice, not three times",
            hint=f"write out what {name} is",
        )
    return NotDifferentiableError(
        f"the second derivative of {name} has four axes, since its argument is a matrix, "
        "so it cannot be written",
        known=[f"{name}: {rule.argument} -> scalar"],
        hint=f"a function of a vector, such as {name}: n -> scalar",
    )
