"""The errors of parts, letters, blocks and arrays of many axes, as they are read."""

import pytest

from dimderiv.errors import DimderivError
from dimderiv.infer.typed import infer
from dimderiv.language.declarations import read_shapes
from dimderiv.language.parser import parse_program
from dimderiv.language.vocabulary import BUILTIN_FUNCTIONS
from dimderiv.rulebook.rulebook import load_rules

RULES = load_rules()

MESSAGES = [
    (
        "[[1, x[0]], [x[1], 2]]",
        "x: 2",
        "rows in brackets may stand below each other, as in NumPy, or side by side\n\n"
        "    [[1, x[0]], [x[1], 2]]\n    ^^^^^^^^^^^^^^^^^^^^^^\n\n"
        "try: [1, x[0]; x[1], 2] for rows below each other, [1, x[0], x[1], 2] for one row",
    ),
    (
        "Y[n,o,i,j] = X[n,c,2i+r-1,j+s] W[o,c,r,s]; sum(Y)",
        "X: N x C x H x L; W: O x C x 3 x 3",
        "2i+r-1 may lie outside axis 2 of X, whose places are 0 to H - 1: it is -1 to 1 "
        "where i is 0, so how far i runs is not determined\n\n"
        "    Y[n,o,i,j] = X[n,c,2i+r-1,j+s] W[o,c,r,s]; sum(Y)\n                 "
        "^^^^^^^^^^^^^^^^^\n\n"
        "known: X: N x C x H x L (declared)\n\n"
        "try: the size of i, as in [n, o, i:..., j]; entries outside are 0 then",
    ),
    (
        "x[7]^2",
        "x: 5",
        "x[7] lies outside x, whose places are 0 to 4\n\n"
        "    x[7]^2\n    ^^^^\n\n"
        "known: x: 5 (declared)\n\n"
        "try: a place below 5; the first one is 0",
    ),
    (
        "x[n]",
        "x: n",
        "n is declared as a size, so it is no letter in brackets: x[n] lies outside x, "
        "whose places are 0 to n - 1\n\n"
        "    x[n]\n    ^^^^\n\n"
        "known: x: n (declared)\n\n"
        "try: other letters, as in x[i]; or other names for the sizes, as in x: N; "
        "or a place below n; the first one is 0, the last one n - 1, or -1",
    ),
    (
        "X[n,c,j,w] W[c,j]",
        "X: n x c x h x w; W: c x h",
        "n, c, w are declared as sizes, so they are no letters in brackets: "
        "X[n,c,j,w] lies outside axis 0 of X, whose places are 0 to n - 1\n\n"
        "    X[n,c,j,w] W[c,j]\n    ^^^^^^^^^^\n\n"
        "known: X: n x c x h x w (declared)\n\n"
        "try: other letters, as in X[i,k,j,l]; or other names for the sizes, as in "
        "X: N x C x h x w0; or a place below n; the first one is 0, the last one n - 1, or -1",
    ),
    (
        "X[:, 0:9]",
        "X: m x 5",
        "0:9 is no part of axis 1 of X, whose places are 0 to 4\n\n"
        "    X[:, 0:9]\n    ^^^^^^^^^\n\n"
        "known: X: m x 5 (declared)\n\n"
        "try: a slice counts from 0, leaves its end out, and has at least one place",
    ),
    (
        "[i,j] A[i,j,k]",
        "A: m x n",
        "A is m x n, so it does not take 3 indices\n\n"
        "    [i,j] A[i,j,k]\n          ^^^^^^^^\n\n"
        "known: A: m x n (declared)\n\n"
        "try: one index for a vector, two for a matrix, at most one for each axis of an array",
    ),
    (
        "X'",
        "X: p x m x n",
        "only a matrix has a transpose: X is p x m x n\n\n"
        "    X'\n    ^^\n\n"
        "known: X: p x m x n (declared)\n\n"
        "try: [b,j,i] X[b,i,j], or permute(X, ...)",
    ),
    (
        "X Y",
        "X: p x m x n; Y: n x q",
        "side by side only matrices are multiplied: X is p x m x n, and Y is n x q\n\n"
        "    X Y\n    ^^^\n\n"
        "known: X: p x m x n (declared)\nknown: Y: n x q (declared)\n\n"
        "try: [b,i,j] X[b,i,k] Y[k,j], or X @ Y for the last two axes",
    ),
    (
        "X @ Y",
        "X: p x m x n; Y: q x r",
        "X @ Y does not conform: X is p x m x n and Y is q x r, so n would have to be q\n\n"
        "    X @ Y\n    ^^^^^\n\n"
        "known: X: p x m x n (declared)\nknown: Y: q x r (declared)",
    ),
    (
        "sum(inv(A))",
        "A: p x n x n",
        "inv takes a matrix: A is p x n x n\n\n"
        "    sum(inv(A))\n        ^^^^^^\n\n"
        "known: A: p x n x n (declared)\n\n"
        "try: [b] inv(A[b])",
    ),
    (
        "X^2",
        "X: n x n x n",
        "only a square matrix has powers: X is n x n x n\n\n"
        "    X^2\n    ^^^\n\n"
        "known: X: n x n x n (declared)\n\n"
        "try: X.^2 for each entry",
    ),
    (
        "X + b",
        "X: N x T x D; b: D",
        "b may run along more than one axis of X: X is N x T x D, and b is D x 1\n\n"
        "    X + b\n    ^^^^^\n\n"
        "known: X: N x T x D (declared)\nknown: b: D (declared)\n\n"
        "try: [i,j,k] X[i,j,k] + b[k], with the letters that are meant",
    ),
    (
        "X + Y",
        "X: N x T x D; Y: N x T x C",
        "X + Y does not conform: X is N x T x D and Y is N x T x C, so D would have to be C\n\n"
        "    X + Y\n    ^^^^^\n\n"
        "known: X: N x T x D (declared)\nknown: Y: N x T x C (declared)\n\n"
        "try: an index statement that has a letter for each axis",
    ),
    (
        "[A, B]",
        "A: m x n; B: p x n",
        "blocks side by side have one height: A is m x n, and B is p x n, so m would have to "
        "be p\n\n"
        "    [A, B]\n        ^\n\n"
        "known: A: m x n (declared)\nknown: B: p x n (declared)\n\n"
        "try: [A; B] for one below the other",
    ),
    (
        "[A, 1; 1, B]",
        "A: m x n; B: p x q",
        "blocks side by side have one height: A is m x n, and 1 is a scalar, so m would have "
        "to be 1\n\n"
        "    [A, 1; 1, B]\n        ^\n\n"
        "known: A: m x n (declared)\n\n"
        "try: 1 ones(m, q)",
    ),
    (
        "[1, A]",
        "A: m x n",
        "blocks side by side have one height: 1 is a scalar, and A is m x n, so 1 would have "
        "to be m\n\n"
        "    [1, A]\n        ^\n\n"
        "known: A: m x n (declared)\n\n"
        "try: 1 ones(m, 1)",
    ),
    (
        "[A; B]",
        "A: m x n; B: m x q",
        "rows of blocks have one width: A has n columns, and B has q\n\n"
        "    [A; B]\n    ^^^^^^\n\n"
        "known: A: m x n (declared)\nknown: B: m x q (declared)\n\n"
        "try: commas between the blocks of a row, semicolons between rows",
    ),
    (
        "softmax(S, axis=j)",
        "S: m x n",
        "j is not the letter of one axis of S: its axes have no letters\n\n"
        "    softmax(S, axis=j)\n    ^^^^^^^^^^^^^^^^^^\n\n"
        "known: S: m x n (declared)\n\n"
        "try: the number of the axis, as in axis=1, or axis=-1 for the last one",
    ),
    (
        "E[i,j] = softmax(S[i,j], axis=j); sum(E)",
        "S: m x n",
        "S[i,j] has one value for each j, and no axis j\n\n"
        "    E[i,j] = softmax(S[i,j], axis=j); sum(E)\n             ^^^^^^^^^^^^^^^^^^^^^^^\n\n"
        "known: S: m x n (declared)\n\n"
        "try: softmax(S, axis=1)[i, j]",
    ),
    (
        "sum(softmax(z[i]))",
        "z: n",
        "softmax runs over entries, and softmax(z[i]) has one at a time: z[i]\n\n"
        "    sum(softmax(z[i]))\n        ^^^^^^^^^^^^^\n\n"
        "known: z: n (declared)\n\n"
        "try: softmax(z)[i]",
    ),
    (
        "sum(logsoftmax(S[i,j]) .* G[i,j])",
        "S: m x n; G: m x n",
        "logsoftmax runs over entries, and logsoftmax(S[i,j]) has one at a time: S[i,j]\n\n"
        "    sum(logsoftmax(S[i,j]) .* G[i,j])\n        ^^^^^^^^^^^^^^^^^^\n\n"
        "known: S: m x n (declared)\n\n"
        "try: logsoftmax(S, axis=j)[i,j]",
    ),
    (
        "sum_i cross_entropy(z_i, y_i)",
        "z: n; y: n",
        "cross_entropy runs over entries, and cross_entropy(z_i, y_i) has one at a time: "
        "z_i and y_i\n\n"
        "    sum_i cross_entropy(z_i, y_i)\n          ^^^^^^^^^^^^^^^^^^^^^^^\n\n"
        "known: z: n (declared)\n\n"
        "try: cross_entropy(z, y) over all entries",
    ),
    (
        "[i] max(x[i] + b[0]) y[i]",
        "x: n; y: n; b: n",
        "max runs over entries, and max(x[i] + b[0]) has one at a time: x[i] and b[0]\n\n"
        "    [i] max(x[i] + b[0]) y[i]\n        ^^^^^^^^^^^^^^^^\n\n"
        "known: x: n (declared)\n\n"
        "try: a name for what it runs over, as in u[i] = ..., and then max of that",
    ),
    (
        "||x[i] - y[i]||",
        "x: n; y: n",
        "a norm runs over entries, and ||x[i] - y[i]|| has one at a time: x[i] and y[i]\n\n"
        "    ||x[i] - y[i]||\n    ^^^^^^^^^^^^^^^\n\n"
        "known: x: n (declared)\n\n"
        "try: ||x - y||, or abs(...) of one entry",
    ),
    (
        "sum(X, axis=3)",
        "X: p x m x n",
        "sum(X, axis=3) runs along an axis that is not there: X is p x m x n\n\n"
        "    sum(X, axis=3)\n    ^^^^^^^^^^^^^^\n\n"
        "known: X: p x m x n (declared)\n\n"
        "try: an axis from 0 to 2, or from -3 to -1",
    ),
    (
        "Y[i:m] = x[i]; sum(Y)",
        "x: n",
        "i has size m, as it is written, and runs along x, of size n, so m would have to be n\n\n"
        "    Y[i:m] = x[i]; sum(Y)\n             ^^^^\n\n"
        "known: x: n (declared)\n\n"
        "try: one name for the sizes m and n, if they are equal",
    ),
    (
        "Y[i] = x[i]; sum(Y)",
        "x: n; Y: m",
        "i has size m, as it is declared, and runs along x, of size n, so m would have to be "
        "n\n\n"
        "    Y[i] = x[i]; sum(Y)\n           ^^^^\n\n"
        "known: x: n (declared)\n\n"
        "try: one name for the sizes m and n, if they are equal",
    ),
    (
        "sum(S[i, y[i]])",
        "S: N x C; y: N labels V",
        "y[i] are labels below V, and index an axis of size C, so V would have to be C\n\n"
        "    sum(S[i, y[i]])\n        ^^^^^^^^^^\n\n"
        "known: S: N x C (declared)\nknown: y: N labels V (declared)\n\n"
        "try: one name for the sizes V and C, if they are equal",
    ),
    (
        "E[y, z]",
        "E: m x n; y: N labels m; z: N labels n",
        "E[y, z] may take the labels in pairs, or each with each\n\n"
        "    E[y, z]\n    ^^^^^^^\n\n"
        "try: letters say which: [i] E[y[i], z[i]]",
    ),
    (
        "Q[b,h,d] = X[b, (h d)]; sum(Q)",
        "X: B x M",
        "the letters of X[b, (h d)] do not make up its axis: m n would have to be M\n\n"
        "    Q[b,h,d] = X[b, (h d)]; sum(Q)\n               ^^^^^^^^^^^\n\n"
        "known: X: B x M (declared)\n\n"
        "try: sizes for the letters in the head: [i:m, j:n] x[(i j)] has an axis of m n",
    ),
]


@pytest.mark.parametrize(("text", "shapes", "expected"), MESSAGES)
def test_what_is_wrong_with_an_index_is_explained(text: str, shapes: str, expected: str) -> None:
    """The message says what is wrong, where, what was known and why, and what to try."""
    declared = read_shapes(shapes)
    sizes = {name for found in declared.values() for dim in found.shape for name in dim.names}
    functions = RULES.functions | BUILTIN_FUNCTIONS
    program = parse_program(text, names={*declared, *sizes}, functions=functions)
    with pytest.raises(DimderivError) as caught:
        infer(program, declared, rulebook=RULES)

    assert expected == str(caught.value)
