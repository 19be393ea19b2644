"""A fault anywhere between the expression and the printed answer is caught by the check.

Each test derives an answer that passes, then breaks one thing (a line of a rule, a step of the
derivation, a line of a printer) and derives again: the answer must be withheld.
"""

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from dimderiv import derive
from dimderiv.errors import ShapeError, VerificationError
from dimderiv.graph import Named, Node, digest
from dimderiv.language import syntax
from dimderiv.language.syntax import Add, Binary, Call, Group, Negative, Number, Transpose
from dimderiv.notation import Face, Piece
from dimderiv.partials import Labelled, Partial
from dimderiv.products import scaled
from dimderiv.rules import Rulebook, builtin_rules

Wrong = Callable[[Any], Any]

LAYER = "X: N x D; W: D x C; G: N x C"
SQUARE = "X: n x n; W: n x n; G: n x n; A: n x n; B: n x n"
NET = "X: N x D; W: D x C; b: 1 x C; Y: N x C"


class Case(NamedTuple):
    """What is derived."""

    expression: str
    wrt: str
    shapes: str = ""


class Fault(NamedTuple):
    """What is broken: an attribute of a module or of a class, and what is put in its place."""

    name: str
    place: str
    wrong: Wrong
    case: Case


def assert_right(case: Case) -> None:
    """The answer is derived, and every entry was compared."""
    found = derive(case.expression, case.wrt, shapes=case.shapes).verification

    assert found is not None
    assert found.level in ("exact", "30 digits")


def assert_withheld(case: Case) -> None:
    """No answer: it disagrees, or its shapes do."""
    with pytest.raises((VerificationError, ShapeError)):
        derive(case.expression, case.wrt, shapes=case.shapes)


def ours() -> Iterator[ModuleType]:
    """The modules between the expression and the answer."""
    for name, module in list(sys.modules.items()):
        if name.startswith("dimderiv") and not name.startswith("dimderiv.verify"):
            yield module


def install(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Break something: a function wherever it has been imported to, anything else in one place."""
    module_name, _, rest = fault.place.partition(":")
    module = importlib.import_module(f"dimderiv.{module_name}")
    *owners, name = rest.split(".")
    if owners:
        owner = getattr(module, owners[0])
        monkeypatch.setattr(owner, name, fault.wrong(vars(owner)[name]))
        return
    right = getattr(module, name)
    wrong = fault.wrong(right)
    monkeypatch.setattr(module, name, wrong)
    if getattr(right, "__module__", "") == module.__name__ and not isinstance(right, type):
        for each in ours():
            for attribute in [key for key, value in vars(each).items() if value is right]:
                monkeypatch.setattr(each, attribute, wrong)


def returning(value: Any) -> Wrong:
    """A function that pays no heed to its arguments."""
    return lambda right: lambda *args, **kwargs: value


def changed(change: Callable[[Any], Any]) -> Wrong:
    """A function whose result is changed."""
    return lambda right: lambda *args, **kwargs: change(right(*args, **kwargs))


def given(change: Callable[..., Any]) -> Wrong:
    """A function whose arguments are changed."""
    return lambda right: lambda *args, **kwargs: right(*change(*args), **kwargs)


def rewritten(change: Callable[[Any], Any]) -> Wrong:
    """A printer of nodes that prints another node."""
    return lambda right: lambda node, *args: right(change(node), *args)


def without(kind: type) -> Wrong:
    """A printer that skips a kind of node and prints what is inside."""
    return rewritten(lambda node: Group(node.operand) if isinstance(node, kind) else node)


def operator(old: str, new: Any) -> Wrong:
    """A printer that takes one operator for another."""
    return rewritten(
        lambda node: (
            replace(node, operator=new) if isinstance(node, Binary) and node.operator == old else node
        )
    )


def called(old: str, new: str) -> Wrong:
    """A call of one function in place of another."""
    return given(lambda name, *faces: (new if name == old else name, *faces))


def other_axis(right: Any) -> Any:
    """Calls that run along the other axis."""
    return lambda *args, axis=None: right(*args, axis=None if axis is None else 1 - axis)


def exchanged_arguments(function: str) -> Wrong:
    """Calls with their arguments in the wrong order."""
    return given(lambda name, *faces: (name, *(faces[::-1] if name == function else faces)))


NOTATION = [
    Fault(
        "factors are not transposed",
        "notation:Piece.turned",
        lambda right: property(lambda piece: piece),
        Case("sum(G .* (X W))", "W", SQUARE),
    ),
    Fault(
        "factors are not transposed, and unequal",
        "notation:Piece.turned",
        lambda right: property(lambda piece: piece),
        Case("sum(G .* (X W))", "W", LAYER),
    ),
    Fault(
        "products run backwards",
        "notation:matrix_product",
        given(lambda pieces: (pieces[::-1],)),
        Case("tr(A X B)", "X", SQUARE),
    ),
    Fault(
        "products run backwards, and sizes are unequal",
        "notation:matrix_product",
        given(lambda pieces: (pieces[::-1],)),
        Case("tr(A X B)", "X"),
    ),
    Fault(
        "faces are exchanged",
        "notation:two_faced",
        changed(lambda piece: Piece(piece.flipped, piece.straight)),
        Case("tr(A X B)", "X", SQUARE),
    ),
    Fault(
        "diagonal matrices are dropped",
        "conform:_scaling",
        returning([]),
        Case("a' sin(A X B) b", "X", "a: p; A: p x m; X: m x n; B: n x q; b: q"),
    ),
    Fault(
        "a weight goes to the wrong letter",
        "conform:_scaled_matrix",
        given(lambda rows, parts, columns: (columns, parts, rows)),
        Case("a' exp(X) b", "X", "X: n x n; a: n; b: n"),
    ),
    Fault(
        "the diagonal of a matrix becomes its row sums",
        "conform:_diagonal",
        lambda right: lambda loop: right(loop._replace(parts=loop.parts * 2)),
        Case("tr(diag(x) A)", "x"),
    ),
    Fault(
        "a trace becomes a sum",
        "notation:call",
        called("tr", "sum"),
        Case("tr(X)^2", "X"),
    ),
    Fault(
        "sums run along the other axis",
        "notation:call",
        other_axis,
        Case("sum(G .* (X W + b))", "b", "X: n x n; W: n x n; b: 1 x n; G: n x n"),
    ),
    Fault(
        "a kernel is exchanged with its image",
        "notation:call",
        exchanged_arguments("conv2"),
        Case("sum(G .* conv2(V, K))", "K"),
    ),
    Fault(
        "a Hadamard factor is lost",
        "notation:hadamard",
        given(lambda over, under: (over[:1], under)),
        Case("sum(x .* y .* exp(z))", "z"),
    ),
    Fault(
        "a Hadamard denominator is lost",
        "notation:hadamard",
        given(lambda over, under: (over, [])),
        Case("y' log(x)", "x"),
    ),
    Fault(
        "the square of a norm is forgotten",
        "conform:squared",
        lambda right: lambda piece, rank: importlib.import_module("dimderiv.conform").norm_of(
            piece, rank
        ),
        Case("||X||_F^4", "X"),
    ),
    Fault(
        "scalar factors are lost",
        "notation:scaled",
        given(lambda coefficient, over, under, piece: (coefficient, [], under, piece)),
        Case("(a' x)^2", "x"),
    ),
    Fault(
        "scalar divisors are lost",
        "notation:scaled",
        given(lambda coefficient, over, under, piece: (coefficient, over, [], piece)),
        Case("a' x / s", "x", "s: scalar"),
    ),
    Fault(
        "numbers are lost",
        "notation:scaled",
        given(lambda coefficient, over, under, piece: (Fraction(1), over, under, piece)),
        Case("||x||^2", "x"),
    ),
    Fault("a minus is lost", "notation:negative", lambda right: lambda piece: piece, Case("-a' x", "x")),
    Fault(
        "a difference becomes a sum",
        "notation:summed",
        given(lambda terms: ([(False, piece) for _, piece in terms],)),
        Case("||X w - y||^2", "w"),
    ),
    Fault(
        "powers are one too high",
        "notation:power",
        given(lambda face, exponent: (face, exponent + 1)),
        Case("sum(x.^3)", "x"),
    ),
    Fault(
        "powers of matrices are one too high",
        "notation:_with_powers",
        changed(
            lambda parts: [
                Face(Binary("^", f.tree.left, Number(Fraction(4))), f.cost)
                if isinstance(f.tree, Binary) and f.tree.operator == "^"
                else f
                for f in parts
            ]
        ),
        Case("tr(X^4)", "X"),
    ),
    Fault(
        "a mean stays a sum",
        "notation:with_means",
        lambda right: lambda piece, sums: piece,
        Case("cross_entropy(X W + b, Y)", "b", NET),
    ),
    Fault(
        "what is repeated loses its ones",
        "arrange:_repeated",
        lambda right: lambda piece, *others: piece,
        Case("sum(X) + 0 tr(X)", "X", SQUARE),
    ),
    Fault(
        "an array of ones has the shape of its transpose",
        "arrange:_ones",
        given(lambda rows, cols: (cols, rows)),
        Case("sum(X)", "X"),
    ),
    Fault(
        "the arguments of a Kronecker product are exchanged",
        "notation:call",
        exchanged_arguments("kron"),
        Case("A X B", "X"),
    ),
]
INDEX_FORM = [
    Fault(
        "a shift has the wrong sign",
        "index_form:Negative",
        lambda right: lambda node: node,
        Case("sum(G .* conv2(V, K))", "V"),
    ),
    Fault(
        "letters of an entry are exchanged",
        "index_form:Entry",
        given(lambda operand, indices: (operand, indices[::-1])),
        Case("sum(G .* conv2(V, K))", "V"),
    ),
]
PRINTER = [
    Fault("primes are dropped", "render.text:_plain", without(Transpose), Case("sum(G .* (X W))", "W", SQUARE)),
    Fault("a minus is dropped", "render.text:_plain", without(Negative), Case("-a' x", "x")),
    Fault(
        "a minus in a sum is dropped",
        "render.text:_sum",
        rewritten(lambda node: Add(tuple(getattr(t, "operand", t) for t in node.terms))),
        Case("||X w - y||^2", "w"),
    ),
    Fault(
        "brackets are dropped",
        "render.text:_operand",
        given(lambda node, lowest: (node, 0)),
        Case("||X w - y||^2", "w"),
    ),
    Fault(
        "an elementwise product is juxtaposed",
        "render.text:_binary",
        operator(".*", "*"),
        Case("sum(G .* A .* X)", "X", SQUARE),
    ),
    Fault(
        "an elementwise quotient is a product",
        "render.text:_binary",
        operator("./", ".*"),
        Case("y' log(x)", "x"),
    ),
    Fault(
        "an elementwise power is a power of the matrix",
        "render.text:_binary",
        operator(".^", "^"),
        Case("sum(X.^3)", "X", SQUARE),
    ),
    Fault(
        "decimals are cut off",
        "render.text:number",
        given(lambda value: (Fraction(int(value)),)),
        Case("1.5 a' x", "x"),
    ),
    Fault(
        "the axis of a sum is not printed",
        "render.text:_call",
        rewritten(lambda node: replace(node, axis=None)),
        Case("sum(G .* (X + b))", "b", "X: N x C; G: N x C; b: 1 x C"),
    ),
    Fault(
        "one norm is printed as another",
        "render.text:BARS",
        lambda right: {**right, "norm2": "||_1"},
        Case("||x||", "x"),
    ),
    Fault(
        "exponents are not printed",
        "render.text:_power",
        lambda right: lambda node: importlib.import_module("dimderiv.render.text")._plain(node.left),
        Case("sum(x.^3)", "x"),
    ),
    Fault(
        "a function is printed under another name",
        "render.text:_call",
        rewritten(lambda node: replace(node, function="sin") if node.function == "cos" else node),
        Case("sum(sin(x))", "x"),
    ),
    Fault(
        "the definition of an intermediate is printed wrong",
        "render.text:_statement",
        rewritten(
            lambda s: replace(s, value=Negative(Group(s.value))) if s.name else s
        ),
        Case("P = softmax(Q K); sum(G .* P)", "K"),
    ),
    Fault(
        "a shift is printed with the wrong sign",
        "render.text:_index",
        changed(lambda text: text.replace("-", "+")),
        Case("sum(G .* conv2(V, K))", "V"),
    ),
    Fault(
        "the letters of an index form change places",
        "render.text:_entry",
        rewritten(lambda node: replace(node, indices=node.indices[::-1])),
        Case("sum(G .* conv2(V, K))", "V"),
    ),
]


def terms_scaled(node: Node | None) -> Node | None:
    """What was found, doubled."""
    return node and scaled(2, node)


def relabelled(change: Callable[[Labelled], Labelled]) -> Wrong:
    """Partial derivatives whose terms are changed."""

    def wrong(right: Any) -> Any:
        def partials(*args: Any) -> Iterator[Partial]:
            for partial in right(*args):
                yield partial._replace(terms=tuple(map(change, partial.terms)))

        return partials

    return wrong


def positive(term: Labelled) -> Labelled:
    """The term without its sign."""
    return term._replace(coefficient=abs(term.coefficient))


SIMPLIFY = [
    Fault("what is taken out is doubled", "simplify:_taken_out", changed(terms_scaled), Case("x' A x", "x")),
    Fault(
        "what is left in the brackets changes its sign",
        "simplify:_rest",
        changed(lambda node: scaled(-1, node)),
        Case("x' A x", "x"),
    ),
    Fault(
        "a factor is lost as it is multiplied in",
        "simplify:_multiplied",
        lambda right: lambda node, factor: node,
        Case("sum(y .* log(sigmoid(x)) + (1 - y) .* log(1 - sigmoid(x)))", "x"),
    ),
    Fault(
        "folding doubles",
        "fold:_replaced",
        changed(terms_scaled),
        Case("sum(log(1 + exp(x)))", "x"),
    ),
    Fault(
        "a sigmoid is folded from the wrong side",
        "fold:scaled",
        lambda right: lambda number, node: right(-number, node),
        Case("sum(log(1 + exp(x)))", "x"),
    ),
]
SWEEP = [
    Fault(
        "a contribution is lost",
        "differentiate:total",
        lambda right: lambda terms, axes: right(list(terms)[:1], axes),
        Case("x' A x + exp(b' x)", "x"),
    ),
    Fault(
        "a contribution is doubled",
        "differentiate:total",
        lambda right: lambda terms, axes: right([*(terms := list(terms)), terms[0]], axes),
        Case("x' A x + exp(b' x)", "x"),
    ),
    Fault(
        "an operand is forgotten",
        "differentiate:partials",
        changed(lambda found: list(found)[:1]),
        Case("x' exp(x)", "x"),
    ),
    Fault(
        "every operand is served twice",
        "differentiate:partials",
        changed(lambda found: [each for each in found for _ in range(2)]),
        Case("x' exp(x)", "x"),
    ),
    Fault(
        "the gradient is zero",
        "differentiate:Gradients",
        lambda right: lambda of, *others: right(
            {name: importlib.import_module("dimderiv.graph").zero(node.axes) for name, node in of.items()},
            *others,
        ),
        Case("logdet(X)", "X"),
    ),
    Fault(
        "signs are lost on the way",
        "partials:_partials",
        relabelled(positive),
        Case("sum(exp(a - x))", "x"),
    ),
    Fault(
        "the exponent is not multiplied in",
        "partials:_of_product",
        relabelled(lambda term: term._replace(coefficient=Fraction(1))),
        Case("sum(x.^3)", "x"),
    ),
    Fault(
        "the derivative that arrives is ignored",
        "partials:_of_map",
        relabelled(lambda term: term._replace(factors=term.factors[1:])),
        Case("a' exp(x)", "x"),
    ),
    Fault(
        "the letters of a factor change places",
        "partials:_of_product",
        relabelled(lambda term: term._replace(result=term.result[::-1])),
        Case("sum(G .* (X W))", "W", SQUARE),
    ),
    Fault(
        "intermediates hand on twice as much",
        "partials:_partials",
        relabelled(lambda term: term._replace(coefficient=2 * term.coefficient)),
        Case("h = tanh(W x); a' h", "W"),
    ),
]
SUMS = [
    Fault(
        "signs are lost in a sum",
        "sums:_opened",
        changed(lambda terms: [(abs(c), term) for c, term in terms]),
        Case("||X w - y||^2", "y"),
    ),
    Fault(
        "like terms are not added",
        "sums:_opened",
        changed(lambda terms: {term.key: (c, term) for c, term in terms}.values()),
        Case("a' x + exp(s) a' x + a' x", "x", "s: scalar"),
    ),
    Fault(
        "the number in front is wrong",
        "sums:_content",
        changed(lambda number: number + 1),
        Case("a' x + a' x", "x"),
    ),
]
PRODUCTS = [
    Fault(
        "unlike products are taken for like ones",
        "products:_key",
        lambda right: lambda c, factors, result, dims: digest(sorted(f.node.key for f in factors), len(result)),
        Case("x' A x", "x"),
    ),
    Fault(
        "every matrix is taken for symmetric",
        "graph:is_symmetric",
        returning(True),
        Case("x' A x", "x"),
    ),
    Fault(
        "the rows of every matrix are taken to sum to one",
        "graph:rows_sum_to_one",
        returning(True),
        Case("sum(X .* Y) + sum(Y) sum(X)", "X", "X: N x C; Y: N x C"),
    ),
    Fault(
        "an inverse cancels at the wrong end",
        "products:_facing",
        lambda right: lambda inverse, other, symmetric: right(inverse, other, True),
        Case("a' inv(A) A' x", "x", "A: n x n; a: n; x: n"),
    ),
    Fault(
        "a sum over nothing is forgotten to be the size",
        "products:_Bag._take_size",
        returning(None),
        Case("sum(X + b)", "b", "X: N x C; b: 1 x C"),
    ),
    Fault(
        "the root of a number is wrong",
        "products:_rational_power",
        changed(lambda root: root and root + 1),
        Case("sqrt(4 x' x)", "x"),
    ),
]
LOWER = [
    Fault("a transpose is forgotten", "lower:transpose", lambda right: lambda array: array if array.shape.is_matrix else right(array), Case("a' X' b", "X", "X: n x n; a: n; b: n")),
    Fault(
        "products are read backwards",
        "lower:times",
        given(lambda left, right: (right, left) if left.shape == right.shape else (left, right)),
        Case("tr(A X B)", "X", SQUARE),
    ),
    Fault(
        "means are sums",
        "lower:reduce",
        given(lambda name, array, axis: ("sum" if name == "mean" else name, array, axis)),
        Case("mean(x)", "x"),
    ),
    Fault(
        "reductions run along the other axis",
        "lower:reduce",
        given(lambda name, array, axis: (name, array, axis if axis is None else 1 - axis)),
        Case("sum(G .* max(X, axis=0))", "X", "X: n x n; G: 1 x n"),
    ),
    Fault(
        "powers are read one too high",
        "lower:constant_value",
        changed(lambda power: power and power + 1),
        Case("tr(X^3)", "X"),
    ),
    Fault(
        "arrays that are stretched are counted once",
        "lower:spread",
        changed(lambda node: node),
        Case("tr(A X B)", "X"),
    ),
]
NAMING = [
    Fault(
        "a name stands for something else",
        "naming:_inserted",
        given(lambda definitions, name, value: (definitions, name, Negative(Group(value)))),
        Case("||X - X W W'||^2", "W"),
    ),
    Fault(
        "a name takes the place of a part it is not",
        "naming:_bare",
        lambda right: lambda node: right(node.operand) if isinstance(node, Transpose) else right(node),
        Case("||X - X W W'||^2", "W"),
    ),
]
