"""What the rule of a function of matrices asks of its argument; one that lacks it is refused."""

from dimderiv import graph
from dimderiv.errors import NotDifferentiableError
from dimderiv.language import ONE, syntax
from dimderiv.lower.arrays import Array
from dimderiv.lower.symmetry import is_symmetric
from dimderiv.rulebook import Rule


def refuse_asymmetric(rule: Rule, argument: Array, node: syntax.Call) -> None:
    """Refuse a matrix that is not known to be symmetric where a rule needs one that is.

    The properties of the free symbols are not there to be seen, so it is done without any.

    Args:
        rule: the rule of the function.
        argument: its argument.
        node: the call.
    """
    if rule.symmetric and not is_symmetric(argument):
        raise NotDifferentiableError(
            f"{rule.name} has a rule for symmetric matrices, and its argument is not known to "
            "be symmetric",
            span=node.arguments[0].span,
            hint='declare the property, as in "A: n x n symmetric", or write (A + A\') / 2',
        )


def refuse_wide(rule: Rule, argument: Array, node: syntax.Call) -> None:
    """Refuse a matrix that is known to have fewer rows than columns where a rule needs as many.

    Args:
        rule: the rule of the function.
        argument: its argument.
        node: the call.
    """
    rows, cols = argument.shape
    is_row = rows.is_one and not cols.is_one
    if is_row or graph.is_never_negative(cols - rows - ONE):
        raise NotDifferentiableError(
            f"{rule.name} has a rule for matrices with at least as many rows as columns, and its "
            f"argument is {argument.shape}",
            span=node.arguments[0].span,
            hint="the transpose, which has the same singular values",
        )
