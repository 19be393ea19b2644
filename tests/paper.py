r"""Trees as they stand on paper: what two formulas have in common that LaTeX writes alike.

`S_{1}` is S1, S_1 or S[1], `A \mathbf{1}` a sum along an axis or a product, `\frac{1}{n} x` a
quotient or a product, `A^{-1} b` a solution or a product, and the sizes of letters are not written.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import reduce

from dimderiv.language import (
    Add,
    Binary,
    Call,
    Entry,
    Group,
    IndexForm,
    Name,
    Negative,
    Number,
    Program,
    Transpose,
    Tree,
    with_operands,
)

ONES = Call("vector", (Number(Fraction(1)),))


def on_paper(program: Program) -> list[tuple[str, Tree]]:
    """The statements of a program; the name of the last one does not count.

    Args:
        program: the program.
    """
    names = [(each.name or "").replace("_", "") for each in program.statements]
    return [
        (name, plain(each.value))
        for name, each in zip([*names[:-1], ""], program.statements, strict=True)
    ]


def plain(tree: Tree) -> Tree:
    """A tree in the one form that stands for all that are written alike.

    Args:
        tree: the tree.
    """
    return _alike(with_operands(tree, plain))


def _alike(node: Tree) -> Tree:
    match node:
        case Group(operand):
            return operand
        case Name(name):
            return Name(name.replace("_", ""))
        case Number(value):
            return Number(Fraction(value.numerator, value.denominator))
        case Entry(Name(name), (Number(value),)):
            return Name(f"{name}{value}")
        case Call("sum", (operand,), 1):
            return _product(Binary("*", operand, ONES))
        case Call("sum", (operand,), 0):
            return _product(Binary("*", Transpose(ONES), operand))
        case Call("solve" | "lstsq" as function, (matrix, right)):
            inverse = Call("inv" if function == "solve" else "pinv", (matrix,))
            return _product(Binary("*", _alike(inverse), right))
        case Call("sqrtm", (base,)):
            return Binary("^", base, Number(Fraction(1, 2)))
        case Call("inv", (Transpose(base),)):
            return Transpose(Call("inv", (base,)))
        case Call(axis=(axis,)):
            return _alike(replace(node, axis=axis))
        case Call(over=over) if over:
            return replace(node, over=tuple((letter, None) for letter, _ in over))
        case IndexForm(letters):
            return replace(node, letters=tuple((letter, None) for letter, _ in letters))
        case Negative():
            return _product(node)
        case Binary("^", base, Number(value)) if value == -1:
            return Call("inv", (base,))
        case Binary("*" | "@" | "/"):
            return _product(node)
        case Binary(".*" | "./", left):
            number: Tree = Number(Fraction(1))
            factors = list(_factors(left, is_below=False))
            if (
                len(factors) > 1
                and isinstance(factors[0][0], Number)
                and not any(below for _, below in factors)
            ):
                number, *rest = [factor for factor, _ in factors]
                one = [Number(Fraction(1))] if len(rest) > 1 else []
                left = reduce(lambda a, b: Binary("*", a, b), [*one, *rest])
            return _product(Binary("*", number, replace(node, left=left)))
        case Add(terms):
            flat = [t for term in terms for t in (term.terms if isinstance(term, Add) else [term])]
            return replace(node, terms=tuple(flat))
    return node


def _product(node: Tree) -> Tree:
    """The factors in their order, the number first, and what they are divided by last."""
    number, above, below = Fraction(1), list[Tree](), list[Tree]()
    for factor, is_below in _factors(node, is_below=False):
        if isinstance(factor, Number) and (factor.value or not is_below):
            number = number / factor.value if is_below else number * factor.value
        else:
            (below if is_below else above).append(factor)
    if not above and not below:
        return Number(number)
    top: Tree = Number(number)
    for factor in above:
        top = Binary("*", top, factor)
    for factor in sorted(below, key=repr):
        top = Binary("/", top, factor)
    return top


def _factors(node: Tree, *, is_below: bool) -> Iterator[tuple[Tree, bool]]:
    match node:
        case Binary("*" | "@", left, right):
            yield from _factors(left, is_below=is_below)
            yield from _factors(right, is_below=is_below)
        case Binary("/", left, right):
            yield from _factors(left, is_below=is_below)
            yield from _factors(right, is_below=not is_below)
        case Negative(operand):
            yield Number(Fraction(-1)), False
            yield from _factors(operand, is_below=is_below)
        case _:
            yield node, is_below
