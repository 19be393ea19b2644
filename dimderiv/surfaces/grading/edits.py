"""The edits of an answer that are tried: each exchanges one part of it for another."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import permutations, product
from typing import NamedTuple

from dimderiv.language import (
    COMPARISONS,
    Add,
    Binary,
    Call,
    IndexForm,
    Name,
    Negative,
    Number,
    Program,
    Statement,
    Transpose,
    Tree,
    children,
    copied,
    frozen,
    replaced,
    walk,
)
from dimderiv.render import text
from dimderiv.surfaces.grading.forms import factors_of, product_of

ONE, TWO = Number(Fraction(1)), Number(Fraction(2))
# So many factors are tried in every order; of more, two that stand side by side change places.
FEW_FACTORS = 4
NORMS = frozenset({"norm2", "normF"})
SUMS = frozenset({"sum", "mean"})
POWERS = frozenset({"^", ".^"})


# A part, and what it is an operand of.
Place = tuple[Tree, Tree | None]


class Edit(NamedTuple):
    """One part of an answer, and what is tried in its place.

    Attributes:
        kind: what was wrong if that is right.
        part: what stands there.
        new: what is tried.
        key: the sentence that says it; that of the kind where it has no own one.
        told: more formulas for the sentence.
    """

    kind: str
    part: Tree
    new: Tree
    key: str = ""
    told: Mapping[str, str] = {}


@frozen.record
class Vocabulary:
    """What an edit may bring in.

    Attributes:
        scalars: the names that are scalars.
        alike: for each name, those with as many axes, of the same shape first.
        functions: the functions of entries that occur.
    """

    scalars: frozenset[str]
    alike: Mapping[str, Sequence[str]]
    functions: Sequence[str]


# What tries edits of one part.
Tried = Callable[[Tree, Tree | None, Vocabulary], Iterator[Edit]]


def applied(program: Program, edit: Edit) -> Program:
    """A program with an edit; what comes after a definition that changes is new too."""
    statements: list[Statement] = []
    is_changed = False
    for each in program.statements:
        value = replaced(each.value, lambda part: edit.new if part is edit.part else None)
        statements.append(replace(each, value=copied(value) if is_changed else value))
        is_changed |= value is not each.value
    return Program(tuple(statements), program.source)


def edits(
    program: Program, known: Vocabulary, kinds: Sequence[Tried] | None = None
) -> Iterator[Edit]:
    """All edits of a program, kind by kind: those first that are made wrong most often."""
    # Of two parts that will do, the smaller one is the smaller edit.
    places = sorted(places_of(program), key=lambda place: size_of_tree(place[0]))
    for tried in kinds or EARLY:
        for part, above in places:
            yield from tried(part, above, known)


def places_of(program: Program) -> list[Place]:
    """The parts of an answer, each with what it is an operand of; those of definitions last."""
    return [place for each in reversed(program.statements) for place in _places(each.value)]


def size_of_tree(tree: Tree) -> int:
    """How many parts a tree has."""
    return sum(1 for _ in walk(tree))


def _places(tree: Tree) -> Iterator[Place]:
    stack: list[Place] = [(tree, None)]
    while stack:
        part, above = stack.pop()
        yield part, above
        if not isinstance(part, IndexForm) and not (isinstance(part, Call) and part.over):
            stack.extend((child, part) for child in reversed(children(part)))


def _transposes_less(part: Tree, above: Tree | None, known: Vocabulary) -> Iterator[Edit]:
    if isinstance(part, Transpose):
        yield Edit("transpose", part, part.operand)


def _transposes_more(part: Tree, above: Tree | None, known: Vocabulary) -> Iterator[Edit]:
    is_one = isinstance(part, Transpose) or isinstance(above, Transpose)
    if not is_one and not _has_scalar(part, known):
        yield Edit("transpose", part, Transpose(part))


def _orders(part: Tree, above: Tree | None, known: Vocabulary) -> Iterator[Edit]:
    """Other orders of a matrix product, whose scalars stay in front."""
    if not _is_product(part) or _is_product(above):
        return
    scalars, factors = _factors(part, known)
    if len(factors) <= FEW_FACTORS:
        orders = [list(order) for order in permutations(factors)][1:]
    else:
        pairs = range(len(factors) - 1)
        orders = [[*factors[:k], *factors[k : k + 2][::-1], *factors[k + 2 :]] for k in pairs]
    for order in orders:
        yield Edit("order", part, product_of([*scalars, *order]))


def _products(part: Tree, above: Tree | None, known: Vocabulary) -> Iterator[Edit]:
    """Elementwise for a matrix product, and the other way."""
    is_product = isinstance(part, Binary) and part.operator in {"*", ".*"}
    if isinstance(part, Binary) and is_product and not _has_scalar(part, known):
        other = Binary(".*" if part.operator == "*" else "*", part.left, part.right)
        yield Edit("product", part, other)


def _brackets(part: Tree, above: Tree | None, known: Vocabulary) -> Iterator[Edit]:
    """The brackets of a product, elsewhere."""
    if not isinstance(part, Binary) or part.operator not in {"*", ".*", "/", "./"}:
        return
    left, right = part.left, part.right
    if isinstance(left, Binary) and left.operator in {"*", ".*"}:
        inner = replace(part, left=left.right)
        yield Edit("brackets", part, Binary(left.operator, left.left, inner))
    if isinstance(right, Binary) and right.operator in {"*", ".*"} and part.operator != "/":
        inner = Binary(part.operator, left, right.left)
        yield Edit("brackets", part, Binary(right.operator, inner, right.right))
    if isinstance(right, Add) and part.operator in {"*", ".*"}:
        first, *rest = right.terms
        yield Edit("brackets", part, Add((replace(part, right=first), *rest)))


def _signs(part: Tree, above: Tree | None, known: Vocabulary) -> Iterator[Edit]:
    if isinstance(part, Negative):
        yield Edit("sign", part, part.operand)
    elif isinstance(above, Add | Call):
        yield Edit("sign", part, Negative(part))


def _numbers(part: Tree, above: Tree | None, known: Vocabulary) -> Iterator[Edit]:
    """Factors and exponents."""
    if isinstance(part, Number):
        is_power = isinstance(above, Binary) and above.operator in POWERS and above.right is part
        kind = "power" if is_power else "factor"
        is_side = isinstance(above, Binary) and above.operator in COMPARISONS
        for value in (part.value * 2, part.value / 2, part.value + 1, part.value - 1):
            # A factor or an exponent of 1 is none, and tried as such.
            if is_side or (value > 0 and not (value == 1 and isinstance(above, Binary))):
                yield Edit(kind, part, Number(value))
    elif isinstance(above, Add) and not isinstance(part, Negative):
        yield Edit("factor", part, Binary("*", TWO, part))
        yield Edit("factor", part, Binary("/", part, TWO))


def _powers(part: Tree, above: Tree | None, known: Vocabulary) -> Iterator[Edit]:
    """Squares that are missing or superfluous."""
    if isinstance(part, Binary) and part.operator in POWERS:
        yield Edit("power", part, part.left)
    elif isinstance(part, Name | Call) and not isinstance(above, Transpose):
        if is_scalar(part, known):
            yield Edit("power", part, Binary("^", part, TWO))
        else:
            yield Edit("power", part, Binary(".^", part, TWO))


def _sums(part: Tree, above: Tree | None, known: Vocabulary) -> Iterator[Edit]:
    if isinstance(part, Call) and part.function in SUMS and not part.over:
        if len(part.arguments) == 1:
            yield Edit("sum", part, part.arguments[0])
            for axis in (None, 0, 1):
                if axis != part.axis:
                    new = replace(part, axis=axis)
                    yield Edit("axis", part, new)
                    yield Edit("axis", part, Transpose(new))
    elif not isinstance(part, Number | Negative | Transpose) and not is_scalar(part, known):
        for axis in (0, 1, None):
            new = Call("sum", (part,), axis)
            yield Edit("sum", part, new)
            if axis is not None:
                yield Edit("sum", part, Transpose(new))


def _names(part: Tree, above: Tree | None, known: Vocabulary) -> Iterator[Edit]:
    if isinstance(part, Name):
        for name in known.alike.get(part.name, ()):
            yield Edit("name", part, Name(name))


def _functions(part: Tree, above: Tree | None, known: Vocabulary) -> Iterator[Edit]:
    if isinstance(part, Call) and len(part.arguments) == 1 and part.axis is None and not part.over:
        if part.function in known.functions:
            yield Edit("function", part, part.arguments[0])
        for function in known.functions:
            if function != part.function:
                yield Edit("function", part, replace(part, function=function))
    if not isinstance(part, Number | Negative | Transpose) and not isinstance(above, Call):
        for function in known.functions:
            yield Edit("function", part, Call(function, (part,)))


def _norms(part: Tree, above: Tree | None, known: Vocabulary) -> Iterator[Edit]:
    if isinstance(part, Call) and part.function in NORMS:
        yield Edit("function", part, part.arguments[0], "norm")


def _diagonals(part: Tree, above: Tree | None, known: Vocabulary) -> Iterator[Edit]:
    if isinstance(part, Call) and part.function == "diag":
        yield Edit("diag", part, part.arguments[0])
    elif isinstance(above, Add) and is_scalar(part, known):
        yield Edit("diag", part, Binary("*", part, Name("I")), "identity")
    elif isinstance(part, Name | Call | Binary | Add) and not is_scalar(part, known):
        yield Edit("diag", part, Call("diag", (part,)))


def _superfluous(part: Tree, above: Tree | None, known: Vocabulary) -> Iterator[Edit]:
    """A factor or a term less."""
    if isinstance(part, Binary) and part.operator in {"*", ".*", "/", "./"}:
        yield Edit("factor", part, part.left, "factor_superfluous")
        if part.operator in {"*", ".*"}:
            yield Edit("factor", part, part.right, "factor_superfluous")
    if isinstance(part, Add):
        for k in range(len(part.terms)):
            rest = (*part.terms[:k], *part.terms[k + 1 :])
            new = Add(rest) if len(rest) > 1 else rest[0]
            yield Edit("term", part, new, "term_superfluous", {"part": text(part.terms[k])})


EARLY: Sequence[Tried] = (
    _transposes_less,
    _transposes_more,
    _orders,
    _products,
    _signs,
    _numbers,
    _brackets,
    _sums,
    _powers,
    _norms,
    _names,
    _superfluous,
    _diagonals,
)
# What a wrong derivative of a function explains better.
LATE: Sequence[Tried] = (_functions,)


def arrangements(program: Program, known: Vocabulary) -> Iterator[Edit]:
    """Matrix products of the same factors in any order, each transposed or not."""
    for part, above in places_of(program):
        scalars, factors = _factors(part, known) if _is_product(part) else ([], [])
        if _is_product(above) or not 1 < len(factors) <= FEW_FACTORS:
            continue
        for order in permutations(factors):
            kind = "transpose" if order == tuple(factors) else "order"
            for chosen in product(*((each, flipped(each)) for each in order)):
                yield Edit(kind, part, product_of([*scalars, *chosen]))


def flipped(tree: Tree) -> Tree:
    """The transpose, as it is written."""
    return tree.operand if isinstance(tree, Transpose) else Transpose(tree)


def _is_product(part: Tree | None) -> bool:
    return isinstance(part, Binary) and part.operator == "*"


def _factors(part: Tree, known: Vocabulary) -> tuple[list[Tree], list[Tree]]:
    return factors_of(part, lambda each: is_scalar(each, known))


def _has_scalar(part: Tree, known: Vocabulary) -> bool:
    """Whether a part is a scalar, or the multiple of another part, which is a place of its own."""
    match part:
        case Negative() | Binary("/"):
            return True
        case Binary("*" | ".*", left, right):
            return is_scalar(left, known) or is_scalar(right, known)
    return is_scalar(part, known)


def is_scalar(part: Tree, known: Vocabulary) -> bool:
    """Whether a part is a scalar for all that its writing shows."""
    if isinstance(part, Number):
        return True
    if isinstance(part, Name):
        return part.name in known.scalars
    if isinstance(part, Call):
        is_whole = part.function in SUMS and part.axis is None and not part.over
        return is_whole or part.function in NORMS | {"tr", "logdet", "det", "norm1", "normInf"}
    operands = children(part)
    return bool(operands) and all(is_scalar(operand, known) for operand in operands)
