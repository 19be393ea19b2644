"""Functions of which only the kind is known: `f: m x p -> scalar`, or `sigma: elementwise`.

A declaration makes rules: the derivative of a scalar `f` is `∇f`, which has the shape of the
argument, and that of `∇f` is `∇²f`, unless an argument is a matrix.  An array `r` has a Jacobian
instead, and `∇²r` has the Hessian of each of its entries.  Those of `sigma`, a function of each
entry by itself, are `sigma'` and `sigma''`.
"""

from collections.abc import Collection, Iterator, Mapping

from dimderiv.errors import UnknownNameError
from dimderiv.language import Declaration, Signature, places_of
from dimderiv.rulebook.rule import Rule
from dimderiv.rulebook.rulebook import Rulebook

ARGUMENTS = "xyzuvwpqst"
MOST = 2
REFERENCE = "the chain rule; Petersen and Pedersen, The Matrix Cookbook (2012), equation 137"


def with_declared(rulebook: Rulebook, declared: Mapping[str, Declaration]) -> Rulebook:
    """The rules, and those of the functions that are declared.

    Args:
        rulebook: the rules.
        declared: symbols and functions.

    Raises:
        UnknownNameError: a rule has the name of a declared function.
    """
    functions = {name: found.signature for name, found in declared.items() if found.signature}
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


def _rules(name: str, signature: Signature) -> Iterator[Rule]:
    """The rules of a function and of its derivatives, each of which knows the next ones."""
    # In the formula of a function of entries y is its value.
    free = ARGUMENTS.replace("y", "") if signature.is_elementwise else ARGUMENTS
    letters = [letter for letter in free if letter != name]
    arguments = tuple(letters[: len(signature.arguments)])
    functions = signature.derivatives(name)
    for function in functions:
        places = places_of(function)
        following = {
            argument: signature.derivative(name, tuple(sorted((*places, number))))
            for number, argument in enumerate(arguments)
            if len(places) < MOST
        }
        yield Rule(
            name=function,
            kind="elementwise" if signature.is_elementwise else "declared",
            signature="",
            arguments=arguments,
            derivative=_called(following, signature, functions),
            reference=REFERENCE,
            declared=signature,
        )


def _called(
    following: Mapping[str, str], signature: Signature, functions: Collection[str]
) -> dict[str, str]:
    """The derivatives that there are; of a function of entries as formulas."""
    known = {argument: name for argument, name in following.items() if name in functions}
    if not signature.is_elementwise:
        return known
    return {argument: f"{name}({argument})" for argument, name in known.items()}
