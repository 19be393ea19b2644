"""A fault anywhere between the expression and the printed answer is caught by the check.

Each test derives an answer that passes, then breaks one thing, a step of the derivation or a line
of the printer, and derives again: the answer must be withheld.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from faults import (
    Case,
    Fault,
    Wrong,
    assert_right,
    assert_withheld,
    called,
    changed,
    exchanged_arguments,
    given,
    install,
    operator,
    other_axis,
    returning,
    rewritten,
    without,
)

from dimderiv.conform.edges import norm_of
from dimderiv.conform.notation import Form, TwoWay
from dimderiv.differentiate.partials import Partial
from dimderiv.graph.labelled import LabelledProduct
from dimderiv.graph.nodes import Node, digest, zero
from dimderiv.graph.products import scaled
from dimderiv.language.syntax import Add, Binary, Call, Group, Name, Negative, Number, Transpose
from dimderiv.render.text import text

LAYER = "X: N x D; W: D x C; G: N x C"
SQUARE = "X: n x n; W: n x n; G: n x n; A: n x n; B: n x n"
NET = "X: N x D; W: D x C; b: 1 x C; Y: N x C"

NOTATION = [
    Fault(
        "factors are not transposed",
        "conform.notation:TwoWay.other_way",
        lambda right: property(lambda piece: piece),
        Case("sum(G .* (X W))", "W", SQUARE),
    ),
    Fault(
        "factors are not transposed, and unequal",
        "conform.notation:TwoWay.other_way",
        lambda right: property(lambda piece: piece),
        Case("sum(G .* (X W))", "W", LAYER),
    ),
    Fault(
        "products run backwards",
        "conform.notation:matrix_product",
        given(lambda pieces: (pieces[::-1],)),
        Case("tr(A X B)", "X", SQUARE),
    ),
    Fault(
        "products run backwards, and sizes are unequal",
        "conform.notation:matrix_product",
        given(lambda pieces: (pieces[::-1],)),
        Case("tr(A X B)", "X"),
    ),
    Fault(
        "a product is taken for its transpose",
        "conform.notation:two_way",
        changed(lambda piece: TwoWay(piece.transposed, piece.transposed)),
        Case("tr(A X B)", "X", SQUARE),
    ),
    Fault(
        "diagonal matrices are dropped",
        "conform.network:scaling",
        returning([]),
        Case("a' sin(A X B) b", "X", "a: p; A: p x m; X: m x n; B: n x q; b: q"),
    ),
    Fault(
        "a weight goes to the wrong letter",
        "conform.network:scaled_matrix",
        given(lambda rows, parts, columns: (columns, parts, rows)),
        Case("a' exp(X) b", "X", "X: n x n; a: n; b: n"),
    ),
    Fault(
        "the diagonal of a matrix becomes its row sums",
        "conform.network:diagonals",
        lambda right: lambda loop: right(loop._replace(parts=loop.parts * 2)),
        Case("tr(diag(x) A)", "x"),
    ),
    Fault(
        "a trace becomes a sum",
        "conform.notation:call",
        called("tr", "sum"),
        Case("tr(X)^2", "X"),
    ),
    Fault(
        "sums run along the other axis",
        "conform.notation:call",
        other_axis,
        Case("sum(G .* (X W + b))", "b", "X: n x n; W: n x n; b: 1 x n; G: n x n"),
    ),
    Fault(
        "a kernel is exchanged with its image",
        "conform.notation:call",
        exchanged_arguments("conv2"),
        Case("sum(G .* conv2(V, K))", "K"),
    ),
    Fault(
        "a Hadamard factor is lost",
        "conform.notation:hadamard",
        given(lambda over, under: (over[:1], under)),
        Case("sum(x .* y .* exp(z))", "z"),
    ),
    Fault(
        "a Hadamard denominator is lost",
        "conform.notation:hadamard",
        given(lambda over, under: (over, [])),
        Case("y' log(x)", "x"),
    ),
    Fault(
        "the square of a norm is forgotten",
        "conform.edges:squared",
        lambda right: norm_of,
        Case("||X||_F^4", "X"),
    ),
    Fault(
        "scalar factors are lost",
        "conform.notation:scaled",
        given(lambda coefficient, over, under, piece: (coefficient, [], under, piece)),
        Case("(a' x)^2", "x"),
    ),
    Fault(
        "scalar divisors are lost",
        "conform.notation:scaled",
        given(lambda coefficient, over, under, piece: (coefficient, over, [], piece)),
        Case("a' x / s", "x", "s: scalar"),
    ),
    Fault(
        "numbers are lost",
        "conform.notation:scaled",
        given(lambda coefficient, over, under, piece: (Fraction(1), over, under, piece)),
        Case("||x||^2", "x"),
    ),
    Fault(
        "a minus is lost",
        "conform.sums:negated",
        lambda right: lambda piece: piece,
        Case("-a' x", "x"),
    ),
    Fault(
        "a difference becomes a sum",
        "conform.sums:summed",
        given(lambda terms: ([(False, piece) for _, piece in terms],)),
        Case("||X w - y||^2", "w"),
    ),
    Fault(
        "powers are one too high",
        "conform.notation:power",
        given(lambda form, exponent: (form, exponent + 1)),
        Case("sum(x.^3)", "x"),
    ),
    Fault(
        "powers of matrices are one too high",
        "conform.notation:_with_powers",
        changed(
            lambda parts: [
                Form(Binary("^", f.tree.left, Number(Fraction(4))), f.cost)
                if isinstance(f.tree, Binary) and f.tree.operator == "^"
                else f
                for f in parts
            ]
        ),
        Case("tr(X^4)", "X"),
    ),
    Fault(
        "a mean stays a sum",
        "conform.means:mean_for_sum",
        lambda right: lambda form, sums: form,
        Case("cross_entropy(X W + b, Y)", "b", NET),
    ),
    Fault(
        "what is repeated loses its ones",
        "conform.pieces:with_ones",
        lambda right: lambda piece, *others: piece or right(piece, *others),
        Case("v' sum(X, axis=1)", "X", "X: m x n; v: m"),
    ),
    Fault(
        "an array of ones has the shape of its transpose",
        "conform.notation:ones",
        given(lambda rows, cols: (cols, rows)),
        Case("sum(X)", "X"),
    ),
    Fault(
        "the arguments of a Kronecker product are exchanged",
        "conform.notation:call",
        exchanged_arguments("kron"),
        Case("A X B", "X"),
    ),
]
INDEX_FORM = [
    Fault(
        "a shift has the wrong sign",
        "conform.indexed.places:_stepped",
        changed(lambda node: node.operand if isinstance(node, Negative) else node),
        Case("[i:n] x[i+k] y[k]", "x", "x: m; y: p"),
    ),
    Fault(
        "letters of an entry are exchanged",
        "conform.indexed.entries:Entry",
        given(lambda operand, indices: (operand, indices[::-1])),
        Case("[k] x[i] T[k,i,j] y[j]", "x", "x: n; y: n; T: n x n x n"),
    ),
]
PRINTER = [
    Fault(
        "primes are dropped",
        "render.text:_plain",
        without(Transpose),
        Case("sum(G .* (X W))", "W", SQUARE),
    ),
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
        lambda right: lambda node: f"({text(node.left)})",
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
        rewritten(lambda s: replace(s, value=Negative(Group(s.value))) if s.name else s),
        Case("P = softmax(Q K); sum(G .* P)", "K"),
    ),
    Fault(
        "a shift is printed with the wrong sign",
        "render.text:_index",
        changed(lambda text: text.replace("-", "+")),
        Case("[i:n] x[i+k] y[k]", "x", "x: m; y: p"),
    ),
    Fault(
        "the letters of an index form change places",
        "render.text:_entry",
        rewritten(lambda node: replace(node, indices=node.indices[::-1])),
        Case("[k] x[i] T[k,i,j] y[j]", "x", "x: n; y: n; T: n x n x n"),
    ),
]


def doubled(node: Node | None) -> Node | None:
    """What was found, doubled."""
    return node and scaled(2, node)


def without_letters(
    coefficient: Fraction, factors: Any, result: Any, dims: Any, **_: bool
) -> bytes:  # fmt: skip
    """A key of a product that does not tell which letter is where."""
    return digest(sorted(factor.node.key for factor in factors), len(result))


def relabelled(change: Callable[[LabelledProduct], LabelledProduct]) -> Wrong:
    """Partial derivatives whose terms are changed."""

    def wrong(right: Any) -> Any:
        def partials(*args: Any) -> Iterator[Partial]:
            for partial in right(*args):
                yield partial._replace(terms=tuple(map(change, partial.terms)))

        return partials

    return wrong


def positive(term: LabelledProduct) -> LabelledProduct:
    """The term without its sign."""
    return term._replace(coefficient=abs(term.coefficient))


SIMPLIFY = [
    Fault(
        "what is taken out is doubled",
        "simplify.factoring:_taken_out",
        changed(doubled),
        Case("x' A x", "x"),
    ),
    Fault(
        "what is left in the brackets changes its sign",
        "simplify.factoring:_rest",
        changed(lambda node: scaled(-1, node)),
        Case("x' A x", "x"),
    ),
    Fault(
        "a factor is lost as it is multiplied in",
        "simplify.simplify:_multiplied",
        lambda right: lambda node, factor: node,
        Case("(||A x|| - 1)^2", "x"),
    ),
    Fault(
        "folding doubles the value",
        "graph.fold:_replaced",
        changed(doubled),
        Case("sum(log(1 + exp(x)))", "x"),
    ),
    Fault(
        "a quotient is folded into another function",
        "graph.fold:apply_map",
        given(lambda name, *arguments: ("tanh" if name == "sigmoid" else name, *arguments)),
        Case("sum(log(1 + exp(x)))", "x"),
    ),
]
SWEEP = [
    Fault(
        "a contribution is lost",
        "differentiate.reverse:total",
        lambda right: lambda terms, axes: right(list(terms)[:1], axes),
        Case("x' A x + exp(b' x)", "x"),
    ),
    Fault(
        "a contribution is doubled",
        "differentiate.reverse:total",
        lambda right: lambda terms, axes: right([*(terms := list(terms)), terms[0]], axes),
        Case("x' A x + exp(b' x)", "x"),
    ),
    Fault(
        "an operand is forgotten",
        "differentiate.reverse:partials",
        changed(lambda found: list(found)[:1]),
        Case("x' exp(x)", "x"),
    ),
    Fault(
        "every operand is served twice",
        "differentiate.reverse:partials",
        changed(lambda found: [each for each in found for _ in range(2)]),
        Case("x' exp(x)", "x"),
    ),
    Fault(
        "the gradient is zero",
        "differentiate.reverse:Gradients",
        given(lambda of, *others: ({n: zero(node.axes) for n, node in of.items()}, *others)),
        Case("logdet(X)", "X"),
    ),
    Fault(
        "signs are lost on the way",
        "differentiate.partials:_partials",
        relabelled(positive),
        Case("sum(exp(a - x))", "x"),
    ),
    Fault(
        "the exponent is not multiplied in",
        "differentiate.partials:_of_product",
        relabelled(lambda term: term._replace(coefficient=Fraction(1))),
        Case("sum(x.^3)", "x"),
    ),
    Fault(
        "the derivative that arrives is ignored",
        "differentiate.partials:_of_map",
        relabelled(lambda term: term._replace(factors=term.factors[1:])),
        Case("a' exp(x)", "x"),
    ),
    Fault(
        "the letters of a factor change places",
        "differentiate.partials:_of_product",
        relabelled(lambda term: term._replace(result=term.result[::-1])),
        Case("sum(G .* (X W))", "W", SQUARE),
    ),
    Fault(
        "intermediates hand on twice as much",
        "differentiate.partials:_partials",
        relabelled(lambda term: term._replace(coefficient=2 * term.coefficient)),
        Case("h = tanh(W x); a' h", "W"),
    ),
]
SUMS = [
    Fault(
        "signs are lost in a sum",
        "graph.sums:_opened",
        changed(lambda terms: [(abs(c), term) for c, term in terms]),
        Case("||X w - y||^2", "y"),
    ),
    Fault(
        "like terms are not added",
        "graph.sums:_opened",
        changed(lambda terms: {term.key: (c, term) for c, term in terms}.values()),
        Case("a' x + exp(s) a' x + a' x", "x", "s: scalar"),
    ),
    Fault(
        "the number in front is wrong",
        "graph.sums:content",
        changed(lambda number: number + 1),
        Case("a' x + a' x", "x"),
    ),
]
PRODUCTS = [
    Fault(
        "unlike products are taken for like ones",
        "graph.normal_form:product_key",
        lambda right: without_letters,
        Case("x' A x", "x"),
    ),
    Fault(
        "every matrix is taken for symmetric",
        "graph.nodes:is_symmetric",
        returning(True),
        Case("x' A x", "x"),
    ),
    Fault(
        "the rows of every matrix are taken to sum to one",
        "graph.facts:rows_sum_to_one",
        returning(True),
        Case("sum(X .* Y) + sum(Y) sum(X)", "X", "X: n x n; Y: n x n orthogonal"),
    ),
    Fault(
        "an inverse cancels at the wrong end",
        "graph.cancelling:is_symmetric",
        lambda right: lambda node: True,
        Case("a' inv(A) A' x", "x", "A: n x n; a: n; x: n"),
    ),
    Fault(
        "a sum over nothing is forgotten to be the size",
        "graph.bag:Bag._take_size",
        returning(None),
        Case("sum(X + b)", "b", "X: N x C; b: 1 x C"),
    ),
    Fault(
        "the root of a number is wrong",
        "graph.powers:rational_power",
        changed(lambda root: root and root + 1),
        Case("sqrt(4 x' x)", "x"),
    ),
]
LOWER = [
    Fault(
        "a transpose is forgotten",
        "lower.arrays:transpose",
        lambda right: lambda array: array if array.shape.is_matrix else right(array),
        Case("a' X' b", "X", "X: n x n; a: n; b: n"),
    ),
    Fault(
        "products are read backwards",
        "lower.arrays:times",
        given(lambda left, right: (right, left) if left.shape == right.shape else (left, right)),
        Case("tr(A X B)", "X", SQUARE),
    ),
    Fault(
        "means are sums",
        "lower.reductions:reduce",
        given(
            lambda name, array, axes, slope: (name, array, axes, "1" if name == "mean" else slope)
        ),
        Case("mean(x)", "x"),
    ),
    Fault(
        "reductions run along the other axis",
        "lower.reductions:reduce",
        given(
            lambda name, array, axes, slope: (
                name,
                array,
                axes and {1 - axis for axis in axes},
                slope,
            )
        ),
        Case("sum(G .* max(X, axis=0))", "X", "X: n x n; G: 1 x n"),
    ),
    Fault(
        "powers are read one too high",
        "lower.matrix_powers:constant_value",
        changed(lambda power: power and power + 1),
        Case("tr(X^3)", "X"),
    ),
]
NAMING = [
    Fault(
        "a name stands for something else",
        "answer.naming:_inserted",
        given(lambda definitions, name, value: (definitions, name, Negative(Group(value)))),
        Case("||X - X W W'||^2", "W"),
    ),
    Fault(
        "a name takes the place of a part it is not",
        "language.syntax:replacing",
        lambda right: (
            lambda change: right(
                lambda node: change(node.operand if isinstance(node, Transpose) else node)
            )
        ),
        Case("||X - X W W'||^2", "W"),
    ),
]
SECOND = [
    Fault(
        "a second derivative is forgotten",
        "differentiate.reverse:partials",
        changed(lambda found: list(found)[:1]),
        Case("x' exp(x)", "x", order=2),
    ),
    Fault(
        "a Hessian is its diagonal alone",
        "answer.answer:_written",
        changed(lambda tree: Binary(".*", tree, Call("eye", (Name("n"),)))),
        Case("exp(x' A x)", "x", "A: n x n; x: n", order=2),
    ),
    Fault(
        "the axes of a Jacobian change places",
        "differentiate.partials:_with_seed",
        changed(lambda term: term._replace(result=term.result[::-1])),
        Case("A x", "x", "A: n x n; x: n"),
    ),
]

FAULTS = [
    *NOTATION,
    *INDEX_FORM,
    *PRINTER,
    *SIMPLIFY,
    *SWEEP,
    *SUMS,
    *PRODUCTS,
    *LOWER,
    *NAMING,
    *SECOND,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.place}: {fault.name}")
def test_fault(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one thing broken, the answer that was right before is withheld."""
    assert_right(fault.case)

    install(fault, monkeypatch)

    assert_withheld(fault.case)
