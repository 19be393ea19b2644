"""What is said of a program that does not conform, word for word."""

import pytest

from dimderiv.errors import DimderivError, UnknownNameError
from dimderiv.infer.typed import infer
from dimderiv.language.declarations import read_shapes
from dimderiv.language.parser import parse_program
from dimderiv.rulebook.rulebook import load_rules


def refusal(text: str, shapes: str = "", *wrt: str) -> DimderivError:
    """The error with which a text is refused."""
    declared = read_shapes(shapes)
    sizes = {name for found in declared.values() for dim in found.shape for name in dim.names}
    with pytest.raises(DimderivError) as caught:
        infer(
            parse_program(text, names={*declared, *sizes}),
            declared,
            rulebook=load_rules(),
            wrt=wrt,
        )
    return caught.value


MESSAGES = [
    (
        "A B",
        "A: m x n; B: m x n",
        "A B does not conform: A is m x n and B is m x n, so n would have to be m\n\n"
        "    A B\n    ^^^\n\n"
        "known: A: m x n (declared)\nknown: B: m x n (declared)\n\n"
        "try: A' B, A B' or A .* B",
    ),
    (
        "y = 2 x; A (A y)",
        "A: m x n; x: n",
        "A (A y) does not conform: A is m x n and A y is m x 1, so n would have to be m\n\n"
        "    y = 2 x; A (A y)\n             ^^^^^^^\n\n"
        "known: A: m x n (declared)\nknown: y: n (defined)\n\n"
        "try: A' (A y) or (A y)' A",
    ),
    (
        "A A",
        "A: m x n",
        "A A does not conform: A is m x n, so n would have to be m\n\n"
        "    A A\n    ^^^\n\nknown: A: m x n (declared)\n\ntry: A' A, A A' or A .* A",
    ),
    (
        "x' A",
        "A: m x n; x: n",
        "x' A does not conform: x' is 1 x n and A is m x n, so n would have to be m\n\n"
        "    x' A\n    ^^^^\n\n"
        "known: x: n (declared)\nknown: A: m x n (declared)\n\ntry: x' A' or A x",
    ),
    (
        "X w + Z w",
        "X: m x n; Z: p x q",
        "Z w does not conform: Z is p x q and w is n x 1, so q would have to be n\n\n"
        "    X w + Z w\n          ^^^\n\n"
        "known: Z: p x q (declared)\nknown: w: n (from X w)\nknown: X: m x n (declared)",
    ),
    (
        "2 A - B",
        "A: m x n; B: n x m",
        "2 A - B does not conform: 2 A is m x n and B is n x m, so m would have to be n\n\n"
        "    2 A - B\n    ^^^^^^^\n\n"
        "known: A: m x n (declared)\nknown: B: n x m (declared)\n\ntry: B' in place of B",
    ),
    (
        "x + y",
        "x: n; y: m",
        "x + y does not conform: x is n x 1 and y is m x 1, so n would have to be m\n\n"
        "    x + y\n    ^^^^^\n\nknown: x: n (declared)\nknown: y: m (declared)\n\n"
        "try: one name for the sizes n and m, if they are equal",
    ),
    (
        "S = X W; cross_entropy(S, Y)",
        "X: N x D; W: D x C; Y: N x K",
        "cross_entropy(S, Y) does not conform: S is N x C and Y is N x K, "
        "so K would have to be C\n\n"
        "    S = X W; cross_entropy(S, Y)\n             ^^^^^^^^^^^^^^^^^^^\n\n"
        "known: S: N x C (defined)\nknown: Y: N x K (declared)",
    ),
    (
        "tr(A)",
        "A: m x n",
        "tr(A) needs a square matrix: A is m x n, so m would have to be n\n\n"
        "    tr(A)\n       ^\n\nknown: A: m x n (declared)\n\ntry: sum(A), or tr(A' A)",
    ),
    (
        "det(A x)",
        "A: m x n; x: n",
        "det(A x) needs a square matrix: A x is m x 1, so m would have to be 1\n\n"
        "    det(A x)\n        ^^^\n\nknown: A: m x n (declared)\nknown: x: n (declared)\n\n"
        "try: sum(A x) or ||A x||, which take a vector",
    ),
    (
        "A^-1 b",
        "A: m x n; b: n",
        "A^-1 needs a square matrix: A is m x n, so m would have to be n\n\n"
        "    A^-1 b\n    ^\n\nknown: A: m x n (declared)\n\n"
        "try: pinv(A), or A.^(-1) for each entry",
    ),
    (
        "A^k",
        "A: n x n; k: m",
        "an exponent is a scalar: k is m x 1\n\n    A^k\n      ^\n\n"
        "known: k: m (declared)\n\n"
        "try: a whole power A^2, the inverse A^-1, the root A^0.5, or A.^k for each entry",
    ),
    (
        "x^2",
        "x: n",
        "a vector has no powers: x is n x 1\n\n    x^2\n    ^^^\n\nknown: x: n (declared)\n\n"
        "try: x.^2 for each entry, or ||x||^2 for the sum of squares",
    ),
    (
        "2^N",
        "N: m x n",
        "an exponent is a scalar: N is m x n\n\n    2^N\n      ^\n\n"
        "known: N: m x n (declared)\n\ntry: 2.^N for each entry",
    ),
    (
        "A / B",
        "A: n x n; B: n x n",
        "only a scalar can be divided by: B is n x n\n\n    A / B\n        ^\n\n"
        "known: B: n x n (declared)\n\ntry: A ./ B for each entry, or A inv(B)",
    ),
    (
        "I + I",
        "",
        "the size of I is not determined\n\n    I + I\n    ^\n\n"
        "try: eye(n) for an identity of size n",
    ),
    (
        "sum(vector(1))",
        "",
        "the size of vector(1) is not determined\n\n    sum(vector(1))\n        ^^^^^^^^^\n\n"
        "try: ones(n, 1) or ones(m, n), with sizes",
    ),
    (
        "conv2(V, K)",
        "V: 2 x 2; K: 3 x 3",
        "the kernel is larger than the image: K is 3 x 3 and V is 2 x 2\n\n"
        "    conv2(V, K)\n    ^^^^^^^^^^^\n\n"
        "known: V: 2 x 2 (declared)\nknown: K: 3 x 3 (declared)\n\n"
        "try: the image first, then the kernel: conv2(V, K)",
    ),
    (
        "G + kron(A, B)",
        "G: 5 x 6; A: 2 x 3",
        "G + kron(A, B) does not conform: G is 5 x 6 and kron(A, B) is 2 n x 6, "
        "so 5 would have to be 2 n\n\n    G + kron(A, B)\n    ^^^^^^^^^^^^^^\n\n"
        "known: G: 5 x 6 (declared)\nknown: A: 2 x 3 (declared)\n"
        "known: B: n x 2 (from G + kron(A, B))",
    ),
    (
        "X + kron(A, B) + X",
        "A: 2 x 2; B: n x n; X: p x q",
        "X + kron(A, B) does not conform: X is p x q and kron(A, B) is 2 n x 2 n, "
        "so p would have to be 2 n\n\n"
        "    X + kron(A, B) + X\n    ^^^^^^^^^^^^^^\n\n"
        "known: X: p x q (declared)\nknown: A: 2 x 2 (declared)\nknown: B: n x n (declared)",
    ),
    (
        "Y = A X; sum(Y)",
        "Y: m x n; A: p x n",
        "Y is declared m x n, but its definition is p x q\n\n    Y = A X; sum(Y)\n        ^^^\n\n"
        "known: A: p x n (declared)\nknown: X: n x q (from A X)\n\n"
        "try: leave out the declaration of Y",
    ),
    (
        "kron(A)",
        "A: m x n",
        "kron takes two arguments, not one\n\n    kron(A)\n    ^^^^^^^\n\ntry: kron(A, B)",
    ),
    (
        "exp(x, axis=0)",
        "x: n",
        "exp takes no axis\n\n    exp(x, axis=0)\n    ^^^^^^^^^^^^^^\n\n"
        "try: an axis goes with cumsum, var, std, sum, mean, max, min, prod, logsumexp, softmax, "
        "logsoftmax, sort, rank",
    ),
    (
        "ones(x, 1)",
        "x: n",
        "x is no size\n\n    ones(x, 1)\n         ^\n\n"
        "try: the name of a dimension or a whole number, as in ones(m, 1)",
    ),
    (
        "[i:m, j:n] A[i,k] B[k,j]",
        "A: m x p; B: q x n",
        "k runs along axis 1 of A, of size p, and along axis 0 of B, of size q, "
        "so p would have to be q\n\n"
        "    [i:m, j:n] A[i,k] B[k,j]\n                      ^^^^^^\n\n"
        "known: A: m x p (declared)\nknown: B: q x n (declared)\n\n"
        "try: one name for the sizes p and q, if they are equal",
    ),
    (
        "[i:m] A[i,j,k]",
        "A: m x n",
        "A is m x n, so it does not take 3 indices\n\n    [i:m] A[i,j,k]\n          ^^^^^^^^\n\n"
        "known: A: m x n (declared)\n\n"
        "try: one index for a vector, two for a matrix, at most one for each axis of an array",
    ),
]


@pytest.mark.parametrize(("text", "shapes", "expected"), MESSAGES)
def test_what_does_not_conform_is_explained(text: str, shapes: str, expected: str) -> None:
    """The message says what is wrong, where, what was known and why, and what to try."""
    assert expected == str(refusal(text, shapes))


@pytest.mark.parametrize(
    ("text", "shapes", "wrt", "expected"),
    [
        ("x' A", "", "a", "a does not occur in the expression\n\n    a\n    ^\n\ntry: one of x, A"),
        ("X' Y", "", "XX", "XX does not occur in the expression\n\n    XX\n    ^^\n\ntry: X"),
        (
            "x' x",
            "x: n; q: n",
            "q",
            "q is declared, but does not occur in the expression\n\n    q\n    ^\n\ntry: x",
        ),
        (
            "y = 2 x; y' y",
            "",
            "y",
            "y is defined in the expression, so it is no variable\n\n    y\n    ^\n\ntry: x",
        ),
        (
            "x' x",
            "x: n",
            "n",
            "n is the size of an axis, so it is no variable\n\n    n\n    ^\n\ntry: x",
        ),
        (
            "x' y",
            "",
            "x + y",
            "'x + y' is not the name of a symbol\n\n    x + y\n    ^^^^^\n\ntry: one of x, y",
        ),
    ],
)
def test_what_is_differentiated_by_must_occur(
    text: str, shapes: str, wrt: str, expected: str
) -> None:
    """A name that is no symbol of the expression is refused, with the names that are."""
    error = refusal(text, shapes, wrt)

    assert isinstance(error, UnknownNameError)
    assert expected == str(error)
