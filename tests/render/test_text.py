"""The text printer: what it writes reads well, and reads back as the same tree."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trees import FIXED_POINTS, LONG_NAMES, nodes

from dimderiv.language.indexed.summation import explicit
from dimderiv.language.parser import parse_program
from dimderiv.language.syntax import (
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
    Statement,
    Transpose,
    Tree,
)
from dimderiv.render.precedence import PRODUCTS
from dimderiv.render.text import text

A, B, W, X = (Name(name) for name in "ABWX")
w, x, y, z = (Name(name) for name in "wxyz")


def number(value: int | str) -> Number:
    """A number from an integer or a text such as `1/3`."""
    return Number(Fraction(value))


def binary(operator: str, *operands: Tree) -> Tree:
    """Operands with one operator between them, from left to right."""
    result = operands[0]
    for operand in operands[1:]:
        result = Binary(operator, result, operand)  # type: ignore[arg-type]
    return result


def times(*factors: Tree) -> Tree:
    """A product, read from left to right."""
    return binary("*", *factors)


def parsed(source: str) -> Tree:
    """The value of a text."""
    return parse_program(source, names=[*LONG_NAMES, "e"]).statements[-1].value


@pytest.mark.parametrize("source", FIXED_POINTS)
def test_keeps_what_is_written_well(source: str) -> None:
    """Brackets that are needed, or show the order, stay; nothing is added."""
    program = parse_program(source, names=LONG_NAMES)

    assert source == text(program)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (number("1/3"), "1/3"),
        (times(number("1/3"), x), "(1/3) x"),
        (Add((x, number("1/3"))), "x + 1/3"),
        (Binary("^", x, number("1/3")), "x^(1/3)"),
        (Binary("^", number("1/3"), x), "(1/3)^x"),
        (number("1/2"), "0.5"),
        (number("1/1000000"), "0.000001"),
        (number("1/10000000"), "1/10000000"),
        (number("25/2"), "12.5"),
        (times(number(2), times(Transpose(X), x)), "2 X' x"),
        (times(number(2), binary(".*", x, y)), "2 x .* y"),
        (times(number(2), binary(".*", x, y), z), "2 (x .* y) z"),
        (binary("/", times(number(2), times(A, x)), y), "2 A x / y"),
        (binary(".*", times(number(2), binary("/", x, y)), z), "2 (x / y) .* z"),
        (Negative(times(number(2), times(A, x))), "-2 A x"),
        (times(A, times(B, x)), "A (B x)"),
        (Call("norm2", (x,), axis=0), "norm2(x, axis=0)"),
        (times(Group(times(Transpose(x), y)), x), "(x' y) x"),
        (times(A, Group(x), Group(Transpose(y))), "A x y'"),
        (Binary("^", Group(times(Transpose(x), y)), number(2)), "(x' y)^2"),
        (Binary("^", y, Group(Add((x, z)))), "y^(x + z)"),
        (Call("norm2", (Group(Add((x, z))),)), "||(x + z)||"),
    ],
)
def test_writes_trees_that_the_parser_does_not_make(node: Tree, expected: str) -> None:
    """Fractions, numbers before products and calls with an axis have their spelling too."""
    assert expected == text(node)


def test_writes_one_statement_a_line() -> None:
    """The statements of a program can stand below each other."""
    program = parse_program("r = X w - y; X' r")

    assert text(program, multiline=True) == "r = X w - y\nX' r"
    assert program == parse_program(text(program, multiline=True))


def test_a_long_product_needs_no_recursion() -> None:
    """The left operands of a product are followed in a loop."""
    assert text(times(*[A] * 5_000)) == "A " * 4_999 + "A"


def canonical(node: Tree) -> Tree:
    """The tree up to what printing may change.

    A number in front of a product moves to its first factor, and numbers are worked out.
    """
    match node:
        case Binary(operator, left, right):
            return _canonical_binary(operator, canonical(left), canonical(right))
        case Negative(operand):
            return Negative(canonical(operand))
        case Transpose(operand):
            return Transpose(canonical(operand))
        case Add(terms):
            return Add(tuple(canonical(term) for term in terms))
        case Call(function, arguments, axis):
            return Call(function, tuple(canonical(each) for each in arguments), axis)
    return node


def _canonical_binary(operator: str, left: Tree, right: Tree) -> Tree:
    if isinstance(left, Number) and isinstance(right, Number):
        if operator == "*":
            return Number(left.value * right.value)
        if operator == "/" and right.value:
            return Number(left.value / right.value)
    if operator == "*" and isinstance(left, Number):
        match right:
            case Binary(inner, first, second) if inner in PRODUCTS:
                return _canonical_binary(inner, _canonical_binary("*", left, first), second)
    return binary(operator, left, right)


@settings(max_examples=400, deadline=None)
@given(nodes())
def test_reads_back_as_the_same_tree(node: Tree) -> None:
    """Printing and reading gives the tree back, and printing it again the same text."""
    written = text(node)
    read = parsed(written)

    assert canonical(node) == canonical(read)
    assert canonical(node) == canonical(parsed(text(read)))


def indices() -> st.SearchStrategy[Tree]:
    """Index expressions: letters, sums and differences of letters, and shifts."""
    letters: st.SearchStrategy[Tree] = st.sampled_from("ijkl").map(Name)
    shifts = st.one_of(letters, letters.map(Negative), st.just(number(2)))
    return st.one_of(letters, st.builds(Add, st.tuples(letters, shifts)))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(
            Entry,
            st.sampled_from([A, Name("I"), Call("inv", (A,)), Transpose(B), times(A, B)]),
            st.tuples(indices(), indices()),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_index_forms_read_back(entries: list[Tree]) -> None:
    """An array given entry by entry prints and reads back as the same tree, with its sums."""
    body = Add((times(*entries), Negative(entries[0])))
    form = IndexForm((("i", Name("m")), ("j", Add((Name("n"), number(1))))), body)

    summed = explicit(form, {"m", "n"})

    assert summed == parsed(text(form))
    assert text(form) == text(summed)


@pytest.mark.parametrize(
    "source",
    [
        "[(i:m, k:p), j:n] A[i,j] x[k]",
        "[j:n, (i:m, k:p + 1, l:2 q)] A[i,j] x[k] - B[j,l]",
        "2 ([(i:m, k:p), (j:n, l:q)] A[i,j] B[k,l])'",
        "K(m, n)",
        "kron(A, B) K(m, 2 n)'",
        "-K(n + 1, m) kron(A, B)",
        "vec(A) vec(B)' + diag(vec(A))",
        "[i:m] K(m, 2)[i,i]",
    ],
)
def test_merged_axes_and_commutation_matrices_are_kept_as_written(source: str) -> None:
    """What is printed is the text that was read."""
    assert source == text(parsed(source))


def test_a_program_reads_back() -> None:
    """Definitions come before the value, in order."""
    program = Program(
        (
            Statement("score", Add((times(X, W), Name("b")))),
            Statement(None, times(Transpose(X), Name("score"))),
        )
    )

    assert text(program) == "score = X W + b; X' score"
    assert program == parse_program(text(program))


@pytest.mark.parametrize(
    "source",
    [
        "Y[n,o,i] = X[n,c,2i+r-1] W[o,c,r]; sum(G .* Y)",
        "Y[n, o, t:9] = X[n,c,t-2k] W[o,c,k]",
        "[o, c, r:3, s:3] X[n,c,2i+r-1,2j+s-1] G[n,o,i,j]",
        "[n,c,a] W[o,c,r] G[n,o,i] I[a, 2i+r-1]",
        "p[i] = exp(z[i]) / sum[j] exp(z[j]); diag(p) - p p'",
        "Y[n,c,i] = max[r:2] X[n,c,2i+r]",
        "[i:(m - 1)//2 + 1] x[2i]",
        "X[i,:] - S[i, y[i]]",
        "[b, (h d)] X[b,h,d]",
        "[0; s] - [s; 0]",
        "x' * [A, B]'",
        "X[1:, :-1] [A, B; C, D]",
        "P .* (G - sum(P .* G, axis=j)) - mean(K, axis=(n, h))",
        "mean(-logsoftmax(X W)[i, y[i]])",
        "sum(G[b] .* inv(A[b]))",
        "2 sum[k] (a[k] + 1) + (max[k] a[k]) b",
        "x' ([i] y[i]^2)",
    ],
)
def test_what_is_written_with_letters_is_kept(source: str) -> None:
    """Heads on left sides, sums that nothing names, numbers before letters."""
    program = parse_program(source, names=["y"], sizes=["y"])

    assert source == text(program)


def test_a_minus_after_letters_in_no_index_stands_in_brackets() -> None:
    """Without them the letters would be taken for blocks."""
    program = parse_program("[i,j] (-A[i,k])", names=["A"], sizes=[])

    assert "[i,j] (-A[i,k])" == text(program)
    assert program == parse_program(text(program), names=["A"], sizes=[])
