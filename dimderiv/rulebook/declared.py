"""Functions of which only the kind is known: `f: m x p -> scalar`, or `sigma: elementwise`.

A declaration makes rules: the derivative of `f` is `∇f`, which has the shape of the argument, and
that of `∇f` is `∇²f`, where the argument is a vector or a scalar.  Those of `sigma`, a function of
each entry by itself, are `sigma'` and `sigma''`.
"""

from collections.abc import Iterator, Mapping

from dimderiv.errors import UnknownNameError
from dimderiv.language import GRADIENT, HESSIAN, ONE, PRIMES, SCALAR, Declaration, Shape
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
    functions = {name: found for name, found in declared.items() if found.is_function}
    for name in functions:
        if name in rulebook and not rulebook[name].yields:
            raise UnknownNameError(
                f"{name} is declared as a function, but there is a rule of that name",
                hint="leave the declaration out, or choose another name",
            )
    if not functions:
        return rulebook
    new = {rule.name: rule for each in functions.items() for rule in _rules(*each)}
    return Rulebook({**rulebook.rules, **new})


def _rules(name: str, declaration: Declaration) -> Iterator[Rule]:
    if declaration.is_elementwise:
        yield from _of_entries(name)
    else:
        yield from _of_arrays(name, declaration.shape)


def _of_entries(name: str) -> Iterator[Rule]:
    """A function of each entry by itself, and its two derivatives."""
    argument = ARGUMENT if name != ARGUMENT else "z"
    functions = [name + primes for primes in PRIMES]
    for function, following in zip(functions, [*functions[1:], ""], strict=True):
        yield Rule(
            name=function,
            kind="elementwise",
            signature="",
            arguments=(argument,),
            derivative={argument: f"{following}({argument})"} if following else {},
            reference=REFERENCE,
            argument=SCALAR,
        )


def _of_arrays(name: str, shape: Shape) -> Iterator[Rule]:
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
