"""Functions of which nothing is known but the shape of the argument: `f: m x p -> scalar`.

A declaration makes rules: the derivative of `f` is `∇f`, which has the shape of the argument, and
that of `∇f` is `∇²f`, where the argument is a vector or a scalar.
"""

from collections.abc import Iterator, Mapping

from dimderiv.errors import UnknownNameError
from dimderiv.language import GRADIENT, HESSIAN, ONE, SCALAR, Declaration, Shape
from dimderiv.rulebook.rule import Rule
from dimderiv.rulebook.rulebook import Rulebook

ARGUMENT = "x"
REFERENCE = "the chain rule; Petersen and Pedersen, The Matrix Cookbook (2012), equation 137"


def with_declared(rulebook: Rulebook, declared: Mapping[str, Declaration]) -> Rulebook:
    """The rules, and those of the functions that are declared.

    Args:
        rulebook: the rules.
        declared: symbols and functions.

    Raises:
        UnknownNameError: a rule has the name of a declared function.
    """
    functions = {name: found.shape for name, found in declared.items() if found.is_function}
    for name in functions:
        if name in rulebook and not rulebook[name].yields:
            raise UnknownNameError(
                f"{name} is declared as a function, but there is a rule of that name",
                hint="leave the declaration out, or choose another name",
            )
    if not functions:
        return rulebook
    new = {rule.name: rule for name, shape in functions.items() for rule in _rules(name, shape)}
    return Rulebook({**rulebook.rules, **new})


def _rules(name: str, shape: Shape) -> Iterator[Rule]:
    values = [(name, SCALAR), (GRADIENT + name, shape)]
    if not shape.is_matrix:
        size = shape.axes[0] if shape.axes else ONE
        values.append((HESSIAN + name, Shape(size, size)))
    derivatives = [{ARGUMENT: following} for following, _ in values[1:]]
    for (own, value), derivative in zip(values, [*derivatives, {}], strict=True):
        yield Rule(
            name=own,
            kind="declared",
            signature="",
            arguments=(ARGUMENT,),
            derivative=derivative,
            reference=REFERENCE,
            argument=shape,
            value=value,
        )
