"""Names for what is multiplied by a derivative: one that is handed down, or directions.

A derivative that is handed down is what `backward(gradient=G)` computes with.
The vector-Jacobian product of `Y` with `G` is the gradient of `sum(G .* Y)` with `G` held fixed, so
that is what is differentiated, and what the answer is checked against.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dimderiv.errors import ShapeError, UnknownNameError
from dimderiv.infer.typed import Typed, infer
from dimderiv.language import (
    Binary,
    Call,
    Declaration,
    Name,
    Program,
    Shape,
    Statement,
    read_shapes,
    unused_letters,
)
from dimderiv.rulebook import Rulebook


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
    name = _new_name(upstream, typed, "the upstream derivative", "G or dY")
    *before, last = typed.program.statements
    value = last.value if last.name is None else Name(last.name)
    product = Binary("*" if typed.value.is_scalar else ".*", Name(name), value)
    total = product if typed.value.is_scalar else Call("sum", (product,))
    statements = (*before, *([last] if last.name else []), Statement(None, total))
    declared = dict(typed.symbols)
    declared[name] = Declaration(typed.value, text=str(typed.value))
    program = Program(statements, typed.program.source)
    found = infer(program, declared, rulebook=rulebook)
    return replace(
        found,
        symbols={**declared, **found.symbols},
        assumptions=typed.assumptions,
        doubts=typed.doubts,
        upstream=name,
        plain=typed,
        given=typed.given and handed_down(typed.given, upstream, rulebook, wrt),
    )


def with_directions(
    typed: Typed,
    wrt: Sequence[str],
    names: str | Sequence[str],
    declared: Mapping[str, Declaration],
) -> tuple[Typed, dict[str, str]]:
    """A program with a direction for each variable among its symbols, of the variable's shape.

    Args:
        typed: the program.
        wrt: the variables.
        names: a new name for the direction of each, `"V"` or `"V,v"`, or a sequence of names.
        declared: what was declared, perhaps of the directions too.

    Returns:
        The program, and the direction of each variable.

    Raises:
        UnknownNameError: a name means something already, or there is not one for each variable.
        ShapeError: it is no name of a symbol, or was declared with another shape.
    """
    given = names.split(",") if isinstance(names, str) else names
    if not isinstance(given, Sequence):
        raise UnknownNameError(
            f"the directions are names, not {names!r}", hint='such as "V" or ["V", "v"]'
        )
    if len(given) != len(wrt):
        variables = f"there are {len(wrt)} variables, {', '.join(wrt)}"
        if len(wrt) == 1:
            variables = f"there is 1 variable, {wrt[0]}"
        count = "1 direction" if len(given) == 1 else f"{len(given) or 'no'} directions"
        raise UnknownNameError(
            f"{variables}, and {count}",
            hint="one new name for each variable, in the same order, such as V,v",
        )
    directions: dict[str, str] = {}
    for variable, word in zip(wrt, given, strict=True):
        name = _new_name(word, typed, f"the direction of {variable}", "V or v")
        shape = typed.symbols[variable].shape
        if name in declared and declared[name].shape != shape:
            raise ShapeError(
                f"{name} is declared as {declared[name].shape}, and {variable} is {shape}",
                hint="a direction has the shape of its variable, which need not be declared",
            )
        directions[variable] = name
        symbols = {**typed.symbols, name: Declaration(shape, text=str(shape))}
        typed = replace(typed, symbols=symbols)
    return typed, directions


def unused_upstream(typed: Typed) -> str:
    """A name for a derivative that is handed down, which means nothing yet.

    Args:
        typed: the program.
    """
    return next(unused_letters("G" if _is_capital(typed.value) else "g", _taken(typed)))


def unused_directions(typed: Typed, wrt: Sequence[str]) -> list[str]:
    """A name for a direction of each variable, which means nothing yet.

    Args:
        typed: the program.
        wrt: the variables.
    """
    taken, found = _taken(typed), list[str]()
    for variable in wrt:
        is_capital = _is_capital(typed.symbols[variable].shape)
        found.append(next(unused_letters("EFDH" if is_capital else "vuzh", taken)))
        taken.add(found[-1])
    return found


def _is_capital(shape: Shape) -> bool:
    """Whether an array of a shape is called by a capital."""
    return shape.is_matrix or shape.has_more_axes


def _new_name(word: str, typed: Typed, role: str, examples: str) -> str:
    """A name that means nothing yet, as it is written in answers."""
    if not isinstance(word, str):
        raise UnknownNameError(f"{role} is a name, not {word!r}", hint=f"such as {examples}")
    (name,) = read_shapes({word.strip(): "scalar"})
    if name in _taken(typed):
        raise UnknownNameError(
            f"{name} cannot be {role}: the name means something already",
            hint=f"a name that is not used yet, such as {examples}",
        )
    return name


def _taken(typed: Typed) -> set[str]:
    return {*typed.names, *typed.letters, "I", "pi"}
