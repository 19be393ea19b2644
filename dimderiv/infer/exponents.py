"""Powers of square matrices whose exponent is no number: `A^k`, where `k` is a positive integer.

A symbol that is declared as a scalar may be any number, and so may what is no sum of products.
"""

from collections.abc import Collection, Iterator

from dimderiv.infer.operators import constant
from dimderiv.infer.scope import SCALAR_AXES, Scope
from dimderiv.language import (
    Add,
    Binary,
    Group,
    Name,
    Negative,
    Number,
    Program,
    Tree,
    children,
    names_in,
)

# What a symbol is called that stands for a positive whole number.
INTEGER = "integer"


def integers(program: Program, scope: Scope) -> list[str]:
    """The symbols that exponents of matrices are made of, in the order in which they occur.

    Args:
        program: a program that has been visited.
        scope: what was found of it.
    """
    values = {s.name: s.value for s in program.statements if s.name}
    found: dict[str, None] = {}
    waiting = list(_exponents(program, scope))
    while waiting:
        exponent = waiting.pop(0)
        for name in names_in(exponent) if _is_whole(exponent) else ():
            if name in values:
                waiting.append(values.pop(name))
            elif scope.meanings.get(name) == "symbol" and name not in scope.declared:
                found[name] = None
    return list(found)


def _exponents(program: Program, scope: Scope) -> Iterator[Tree]:
    for node in program.parts:
        if (
            isinstance(node, Binary)
            and node.operator == "^"
            and scope.axes.get(id(node), SCALAR_AXES) != SCALAR_AXES
            and constant(node.right) is None
        ):
            yield node.right


def _is_whole(node: Tree) -> bool:
    """Whether an expression is a whole number where its names are, such as `2 k - 1`."""
    match node:
        case Number(value):
            return value.denominator == 1
        case Name():
            return True
        case Add() | Negative() | Group() | Binary("*"):
            return all(map(_is_whole, children(node)))
    return False


def is_integer(name: str, exponents: Collection[str], scope: Scope) -> bool:
    """Whether a symbol is declared as a whole number, or taken for one.

    Args:
        name: the symbol.
        exponents: the symbols that exponents are made of.
        scope: what was found of the program.
    """
    declared = scope.declared.get(name)
    is_declared = declared is not None and INTEGER in declared.properties
    return is_declared or name in exponents
