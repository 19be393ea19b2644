"""Expressions for the tests of the printers: well-written texts, and random trees."""

from hypothesis import strategies as st

from dimderiv.language.syntax import Add, Binary, Call, Name, Negative, Number, Transpose, Tree

LONG_NAMES = ["score", "dS2", "lambda", "W1", "x_i"]
SYMBOLS = ["A", "B", "T", "I", "x", "y", "n", "e", *LONG_NAMES]
NORMS = ["norm1", "norm2", "normInf", "normF", "normN"]
ARITIES = {"exp": 1, "inv": 1, "tr": 1, "diag": 1, "kron": 2, "ones": 2, "cross_entropy": 2}
OPERATORS = ["*", "*", "*", ".*", "/", "./", "^", ".^", ">", "<="]

# Texts that are their own spelling: read, then printed, they do not change.
FIXED_POINTS = """
2 [A, B]
A * [A, B]
A [A; B]
2 X' (X w - y)
-2 X' y
A x + A' x - b
a - (-b)
-(-a)
(-a) b
a .* (-b)
a - (b + c)
(a + b) - c
(A + A') x
A (x' y)
x' y x
2 (x' B x) A x
A x x' y
2 g .* x
(a .* b) c
(a b) .* c
(a / b) c
a b / c
(a / b) / c
(a ./ b) .* c
a / (b c)
a ./ (b c)
a / (-b)
2 * 3 x
x * 2
n * 2^n
0.5 x' A x
0.00001 x
x^0.5
x^-1
x^-n
x.^-0.5
2 .^ x
x.^2 .* y
(a^b)^c
a^(b^c)
a^(b c)
(a b)^2
(-a)^2
-a^2
A'^2
(A^2)'
(x.^2)'
A''
(A B)'
(-A)'
a^(T)
a^(-T)
A T B
inv(A)' x
tr(A)^2
exp(-0.5 x' x) x
||x||
||x||^2
||X w - y||^2
||x||_1
||X||_F^2
||X||_*
2 ||x|| ||y||
x / (||x|| ||y||)
||(||x|| y)||
||x / sum(y)||
||(x > 0)||
||-x||'
X > 0
(X > 0) .* Y
relu(X > 0)
(x > 0) > y
sum(X, axis=0)
sum(X .* Y, axis=1)
kron(A, B + C)
ones(m, 1) x'
a^(tr(A))
W (x + b)
dS2 (A + B)
score' dS2
[i:m, j:n] A[i,k] B[k,j]
[i:m, j:n] G[i-k, j-l] K[k,l]
[i:m] A[i n+k, 0] - (I - A Y)[i,i] inv(A)[i,i]
[i:m] (A')[i,i]^2
[] A[i,i]
S1 = X W1 + b1; H = relu(S1); H' dS2
r = X w - y; g = X' r
""".strip().splitlines()


def nodes() -> st.SearchStrategy[Tree]:
    """Well-formed trees; their shapes need not conform."""
    # Not 1, which beside an array is a vector of ones.
    numbers = st.fractions(0, 20, max_denominator=8).filter(lambda x: x != 1).map(Number)
    return st.recursive(
        st.one_of(st.sampled_from(SYMBOLS).map(Name), numbers), _larger, max_leaves=15
    )


def _larger(part: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    terms = st.one_of(part, st.builds(Negative, part))
    unary = [name for name, arity in ARITIES.items() if arity == 1]
    pairs = [name for name, arity in ARITIES.items() if arity == 2]
    return st.one_of(
        st.builds(Negative, part),
        st.builds(Transpose, part),
        st.builds(Add, st.lists(terms, min_size=2, max_size=4).map(tuple)),
        st.builds(Binary, st.sampled_from(OPERATORS), part, part),
        st.builds(Call, st.sampled_from(NORMS + unary), st.tuples(part)),
        st.builds(Call, st.sampled_from(pairs), st.tuples(part, part)),
        st.builds(Call, st.just("sum"), st.tuples(part), st.sampled_from([None, 0, 1])),
    )
