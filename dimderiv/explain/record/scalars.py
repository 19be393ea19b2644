"""Formulas as if everything in them were a scalar: `x' A x` is `x A x`, `inv(X)` is `1 / X`."""

from collections.abc import Sequence
from fractions import Fraction

from dimderiv.conform import Form, notation, symbols
from dimderiv.language import Binary, Call, Negative, Node, Number, Transpose, replaced

ERASED = frozenset({"sum", "tr", "diag", "tril", "triu", "vec", "det"})
NUMBER_ONE = Number(Fraction(1))


def multiplied(coefficient: Fraction, factors: Sequence[tuple[Node, Fraction]]) -> Node:
    """A product of scalars."""
    over: list[Form] = []
    under: list[Form] = []
    for tree, power in factors:
        face = notation.power(Form(tree, symbols(tree)), abs(power), entrywise=False)
        (over if power > 0 else under).append(face)
    tree = notation.scaled(abs(coefficient), over, under, None).upright.tree
    return Negative(tree) if coefficient < 0 else tree


def as_scalar(tree: Node) -> Node:
    """A formula with the operations left out that do nothing to a scalar."""
    return replaced(tree, _erased)


def _erased(part: Node) -> Node | None:
    match part:
        case Transpose(operand):
            return as_scalar(operand)
        case Binary((".*" | "./" | ".^") as operator, left, right):
            plain = {".*": "*", "./": "/", ".^": "^"}[operator]
            return Binary(plain, as_scalar(left), as_scalar(right))  # type: ignore[arg-type]
        case Call("norm2" | "normF" | "norm1" | "normN", (argument,)):
            return Call("abs", (as_scalar(argument),))
        case Call("inv" | "pinv", (argument,)):
            return Binary("/", NUMBER_ONE, as_scalar(argument))
        case Call("expm" | "dexpm", (argument,)):
            return Call("exp", (as_scalar(argument),))
        case Call("polar", (argument,)):
            return Call("sign", (as_scalar(argument),))
        case Call("logdet", (argument,)):
            return Call("log", (as_scalar(argument),))
        case Call("max" | "min" | "logsumexp", (argument,)):
            return Call(part.function, (as_scalar(argument),))
        case Call(function, (argument,)) if function in ERASED:
            return as_scalar(argument)
        case Call("ones"):
            return NUMBER_ONE
        case _:
            return None
