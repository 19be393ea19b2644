"""Labelled products in the order of the scalar rule, and formulas as if all were scalars.

As a scalar, `x' A x` is `x A x`, and `inv(X)` is `1 / X`.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeGuard

from dimderiv.conform import Form, notation, symbols
from dimderiv.differentiate import Partial
from dimderiv.graph import (
    ONCE,
    Constant,
    Factor,
    Function,
    Index,
    LabelledProduct,
    Merged,
    Named,
    Node,
    Product,
    Shifted,
    Size,
    Symbol,
    all_indices,
    are_letters,
    index_dim,
    is_zero,
    letters_of,
    part,
    product,
)
from dimderiv.language import (
    Add,
    Binary,
    Call,
    Entry,
    IndexForm,
    Negative,
    Number,
    Transpose,
    Tree,
    replaced,
)

MOST_AXES = 2
NUMBER_ONE = Number(Fraction(1))
# What a function of an array is of a scalar; some others do nothing to one.
AS_SCALAR = {
    **dict.fromkeys(("norm2", "normF", "norm1", "normInf", "normN"), "abs"),
    **{name: name for name in ("max", "min", "logsumexp")},
    **{"expm": "exp", "dexpm": "exp", "logm": "log", "logdet": "log"},
    **{"sqrtm": "sqrt", "polar": "sign"},
}
ERASED = frozenset({"sum", "tr", "diag", "tril", "triu", "vec", "det"})


def indices(term: LabelledProduct | Product) -> tuple[Index, ...]:
    """Every index, those of the result first."""
    return (*term.result, *all_indices(term.factors))


def is_convolution(term: LabelledProduct) -> bool:
    """Whether some index is a sum of letters."""
    return Shifted in map(type, indices(term))


def is_ambiguous(term: LabelledProduct) -> bool:
    """Whether the sizes of the letters that occur do not tell them apart, or are mere numbers."""
    dims = [term.dims[letter] for letter in dict.fromkeys(letters_of(indices(term)))]
    return len(set(dims)) < len(dims) or any(dim.number is not None for dim in dims)


def is_constant(node: Node) -> TypeGuard[Product]:
    """Whether a node is a number, an array of ones or an identity."""
    return isinstance(node, Product) and not node.factors


def is_identity(node: Node) -> bool:
    """Whether a node is a multiple of an identity matrix."""
    return is_constant(node) and node.result == (0, 0)


def in_scalar_order(term: LabelledProduct, *, arriving_first: bool) -> LabelledProduct:
    """The factors as the chain rule has them; what arrives is opened, if it is a plain product."""
    arriving, *rest = term.factors
    node = arriving.node
    if is_seed(arriving):
        return _without_seed(term)
    coefficient, inner = term.coefficient, [arriving]
    if isinstance(node, Product) and node.factors and _is_transparent(node):
        place = dict(zip(node.result, arriving.indices, strict=True))
        inner = [f._replace(indices=tuple(place[i] for i in f.indices)) for f in node.factors]
        coefficient *= node.coefficient
    factors = (*inner, *rest) if arriving_first else (*rest, *inner)
    return term._replace(coefficient=coefficient, factors=factors)


def is_seed(arriving: Factor) -> bool:
    """Whether a factor is the derivative of the value by itself."""
    node = arriving.node
    if not is_constant(node) or not _joins_axes(node):
        return False
    return len(set(letters_of(arriving.indices))) > len(set(node.result))


def _joins_axes(node: Product) -> bool:
    """Whether an array is 1 where each of the axes in front agrees with one of those behind."""
    half, rest = divmod(len(node.result), 2)
    front, behind = node.result[:half], node.result[half:]
    return not rest and front == behind and len(set(front)) == half


def _is_transparent(node: Product) -> bool:
    """Whether nothing is summed in a product, and no index is more than a letter."""
    used, shown = set(all_indices(node.factors)), set(node.result)
    return are_letters(node.result) and len(shown) == len(node.result) and used <= shown


def _without_seed(term: LabelledProduct) -> LabelledProduct:
    """A product at which the derivative of the value by itself arrives.

    That joins each axis of the value to the same axis of the operation; a letter that the result
    has too keeps an identity matrix.
    """
    arriving, *rest = term.factors
    assert is_constant(arriving.node)
    seeds = len(arriving.indices) // 2
    shown, same, joined = set(letters_of(term.result[seeds:])), dict[Index, Index](), list[Factor]()
    for seed, own in zip(arriving.indices[:seeds], arriving.indices[seeds:], strict=True):
        if own in shown or not isinstance(own, int):
            dim = index_dim(own, term.dims)
            joined.append(Factor(product(ONCE, (), (0, 0), (dim,)), (seed, own)))
        else:
            same[own] = seed
    factors = (*joined, *(_renamed(factor, same) for factor in rest))
    return term._replace(coefficient=term.coefficient * arriving.node.coefficient, factors=factors)


def without_constants(term: LabelledProduct) -> LabelledProduct:
    """The product without numbers and ones, and with one letter for the two of each identity."""
    coefficient, kept = term.coefficient, []
    same: dict[Index, Index] = {}
    for factor in term.factors:
        if not is_constant(factor.node) or factor.power != 1:
            kept.append(factor)
            continue
        coefficient *= factor.node.coefficient
        if is_identity(factor.node):
            first, second = (resolved(index, same) for index in factor.indices)
            if first != second:
                same |= {first: second} if second in term.result else {second: first}
    factors = tuple(_renamed(factor, same) for factor in kept)
    result = tuple(resolved(index, same) for index in term.result)
    return LabelledProduct(coefficient, factors, result, term.dims)


def _renamed(factor: Factor, same: Mapping[Index, Index]) -> Factor:
    return factor._replace(indices=tuple(resolved(index, same) for index in factor.indices))


def resolved(index: Index, same: Mapping[Index, Index]) -> Index:
    """An index under the name that it has now."""
    while index in same:
        index = same[index]
    if isinstance(index, int):
        return index
    return type(index)(letters_of(resolved(letter, same) for letter in index.letters))


def is_rearranged(indices: Sequence[Index], result: Sequence[Index]) -> bool:
    """Whether indices are those of a result in some order, each once."""
    return len(set(indices)) == len(indices) == len(result) and set(indices) == set(result)


def unspread(node: Node) -> Node:
    """A product without the axes that it is only repeated along; any other node as it is.

    What is a single array with its axes in another order is that array, since letters say which.
    """
    if not isinstance(node, Product) or len(set(node.result)) < len(node.result):
        return node
    used = set(letters_of(all_indices(node.factors)))
    kept = [index for index in node.result if used.issuperset(letters_of((index,)))]
    if len(kept) == len(node.result) or not node.factors:
        return node
    alone = node.factors[0]
    is_alone = node.coefficient == alone.power == len(node.factors) == 1
    if is_alone and is_rearranged(alone.indices, kept):
        return alone.node
    return part(node.coefficient, node.factors, kept, node.dims)


def is_plain_scalar(node: Node) -> bool:
    """Whether a node without axes has a name or is a number."""
    return not node.axes and (isinstance(node, (Size, Constant, Symbol)) or is_constant(node))


def is_linear_map(factor: Factor) -> bool:
    """Whether a factor is the matrix of a linear map, such as that of `dexpm(A, E)`."""
    return isinstance(factor.node, Function) and {*map(type, factor.indices)} == {Merged}


def is_brief(node: Node, *, has_seed: bool = False) -> bool:
    """Whether a derivative is so short that it needs no name: one name and constants at most.

    With the axes of the value before its own, one of many axes would be written with all of them.

    Args:
        node: the derivative.
        has_seed: whether it has the axes of the value.
    """
    if isinstance(node, (Symbol, Named)) or is_zero(node):
        return True
    if not isinstance(node, Product):
        return False
    is_whole = not has_seed and all(f.indices == node.result for f in node.factors)
    if len(node.axes) > MOST_AXES and not is_whole:
        return is_brief_identity(node)
    arrays = [factor for factor in node.factors if factor.indices]
    scalars = [factor.node for factor in node.factors if not factor.indices]
    return (
        len(arrays) < 2
        and all(map(is_plain_scalar, scalars))
        and all(
            isinstance(array.node, (Symbol, Named))
            and array.power == 1
            and is_rearranged(array.indices, node.result)
            for array in arrays
        )
    )


def is_brief_identity(node: Product) -> bool:
    """Whether an array with more than two axes is the derivative of an array by itself."""
    is_one = is_constant(node) and node.coefficient == 1
    return is_one and len(node.axes) > MOST_AXES and _joins_axes(node)


def is_passed_on(partial: Partial) -> bool:
    """Whether an operand receives what arrives, times constants and transposed at most."""
    if len(partial.terms) != 1:
        return False
    arriving, *rest = partial.terms[0].factors
    are_plain = all(is_plain_scalar(factor.node) for factor in rest)
    return are_plain and is_rearranged(arriving.indices, partial.terms[0].result)


def multiplied(coefficient: Fraction, factors: Sequence[tuple[Tree, Fraction]]) -> Tree:
    """A product of scalars."""
    over: list[Form] = []
    under: list[Form] = []
    for tree, power in factors:
        form = notation.power(Form(tree, symbols(tree)), abs(power), entrywise=False)
        (over if power > 0 else under).append(form)
    tree = notation.scaled(abs(coefficient), over, under, None).upright.tree
    return Negative(tree) if coefficient < 0 else tree


def as_scalar(tree: Tree) -> Tree:
    """A formula with the operations left out that do nothing to a scalar."""
    return replaced(tree, _erased)


def _erased(part: Tree) -> Tree | None:
    match part:
        case Transpose(operand):
            return as_scalar(operand)
        case Binary((".*" | "./" | ".^") as operator, left, right):
            plain = {".*": "*", "./": "/", ".^": "^"}[operator]
            return Binary(plain, as_scalar(left), as_scalar(right))  # type: ignore[arg-type]
        case Call("inv" | "pinv" | "dlogm", (argument,)):
            return Binary("/", NUMBER_ONE, as_scalar(argument))
        case Call("sylvester", (left, right)):
            return Binary("/", NUMBER_ONE, Add((as_scalar(left), as_scalar(right))))
        case Call("dpower", (base, exponent)):
            less = Add((exponent, Negative(NUMBER_ONE)))
            return Binary("*", exponent, Binary("^", as_scalar(base), less))
        case Call(function, (argument,)) if function in ERASED:
            return as_scalar(argument)
        case Call(function, (argument,)) if function in AS_SCALAR:
            return Call(AS_SCALAR[function], (as_scalar(argument),))
        case Call("ones"):
            return NUMBER_ONE
        case Entry(operand, _):
            return as_scalar(operand)
        case IndexForm(_, body):
            return as_scalar(body)
        case _:
            return None
