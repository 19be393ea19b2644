"""A derivative that is handed down: what `backward(gradient=G)` computes.

The vector-Jacobian product of `Y` with `G` is the gradient of `sum(G .* Y)` with `G` held fixed, so
that is what is differentiated, and what the answer is checked against.
"""

from collections.abc import Sequence
from dataclasses import replace

from dimderiv.declarations import read_shapes
from dimderiv.errors import UnknownNameError
from dimderiv.infer import Typed, infer
from dimderiv.language.syntax import Binary, Call, Name, Program, Statement
from dimderiv.rules import Rulebook
from dimderiv.shapes import Declaration


def handed_down(typed: Typed, upstream: str, rulebook: Rulebook, wrt: Sequence[str]) -> Typed:
    """The program whose gradient is the vector-Jacobian product of a value.

    Args:
        typed: the program with the value.
        upstream: a new name, which stands for the derivative by the value and has its shape.
        rulebook: the functions.
        wrt: the variables.

    Raises:
        UnknownNameError: the name means something already.
        ShapeError: it is no name of a symbol.
    """
    (name,) = read_shapes({upstream: "scalar"})
    if name in {*typed.symbols, *typed.definitions, *typed.sizes, "I", "pi"}:
        raise UnknownNameError(
            f"{name} cannot be the upstream derivative: it is a name in the expression",
            hint="a name that is not used yet, such as G or dY",
        )
    *before, last = typed.program.statements
    value = last.value if last.name is None else Name(last.name)
    product = Binary("*" if typed.value.is_scalar else ".*", Name(name), value)
    total = product if typed.value.is_scalar else Call("sum", (product,))
    statements = (*before, *([last] if last.name else []), Statement(None, total))
    declared = dict(typed.symbols)
    declared[name] = Declaration(typed.value, text=str(typed.value))
    program = Program(statements, typed.program.source)
    found = infer(program, declared, rulebook=rulebook, wrt=wrt)
    return replace(found, assumptions=typed.assumptions)
