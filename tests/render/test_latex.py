"""The LaTeX printer: an expression looks as it would on a board."""

from fractions import Fraction

import pytest

from dimderiv.language.parser import parse_program
from dimderiv.language.syntax import Binary, Call, Group, Name, Number, Transpose, Tree
from dimderiv.render.latex_formula import latex

LONG_NAMES = ["score", "dS2", "Xhat", "b1"]

A, B, x, y = (Name(name) for name in "ABxy")


def rendered(source: str) -> str:
    """A text of the language as LaTeX."""
    return latex(parse_program(source, names=LONG_NAMES))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("2 X' (X w - y)", r"2 X^{\top} (X w - y)"),
        ("-A' x + b", r"-A^{\top} x + b"),
        ("a - (-b)", "a - (-b)"),
        ("(a + b) (c - d)", "(a + b) (c - d)"),
        ("a .* b ./ c", r"a \odot b \oslash c"),
        ("A x .* b", r"(A x) \odot b"),
        ("2 g .* x", r"2 g \odot x"),
        ("A (g .* x)", r"A (g \odot x)"),
        ("2 * 3 x", r"2 \cdot 3 x"),
        ("(X > 0) .* Y", r"\mathbf{1}[X > 0] \odot Y"),
        ("X <= Y", r"\mathbf{1}[X \le Y]"),
    ],
)
def test_operators(source: str, expected: str) -> None:
    """Products stand side by side, and elementwise signs have brackets on both sides or none."""
    assert expected == rendered(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A'^2", r"(A^{\top})^{2}"),
        ("(A^2)'", r"(A^{2})^{\top}"),
        ("inv(A)'", r"A^{-\top}"),
        ("A^-1", "A^{-1}"),
        ("A^-T", r"A^{-\top}"),
        ("inv(A + B)", "(A + B)^{-1}"),
        ("pinv(A)'", r"(A^{+})^{\top}"),
        ("x.^2", r"x^{\circ 2}"),
        ("x.^(a + b)", r"x^{\circ (a + b)}"),
        ("x.^-0.5", r"x^{\circ -0.5}"),
        ("(x' y)^(1/2)", r"(x^{\top} y)^{1/2}"),
        ("||x||^2", r"\lVert x \rVert^{2}"),
        ("logdet(A)^2", r"(\log\det(A))^{2}"),
    ],
)
def test_powers(source: str, expected: str) -> None:
    """There is one superscript at a time; inverses and transposes go into one."""
    assert expected == rendered(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x / y", r"\frac{x}{y}"),
        ("1/2", r"\tfrac{1}{2}"),
        ("0.5 x", "0.5 x"),
        ("0.3 x", "0.3 x"),
        ("(softmax(S) - Y) / N", r"\frac{\operatorname{softmax}(S) - Y}{N}"),
        ("(x / y)^2", r"\left(\frac{x}{y}\right)^{2}"),
        ("(a b / c) d", r"\frac{a b}{c} d"),
        (
            "2 X' (softmax(X W + B) - Y) Z' C V A Q P / n",
            r"\frac{2}{n} X^{\top} (\operatorname{softmax}(X W + B) - Y) Z^{\top} C V A Q P",
        ),
        (
            "(exp(X W + B) + exp(Z W + B) - A B C D) / n",
            r"\frac{1}{n} (\exp(X W + B) + \exp(Z W + B) - A B C D)",
        ),
    ],
)
def test_quotients(source: str, expected: str) -> None:
    """What is narrow is a fraction; a wide numerator stands beside it, brackets grow around it."""
    assert expected == rendered(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "||x||_1 + ||X||_F + ||X||_*",
            r"\lVert x \rVert_{1} + \lVert X \rVert_{F} + \lVert X \rVert_{*}",
        ),
        ("||x / y||", r"\left\lVert \frac{x}{y} \right\rVert"),
        ("abs(x)", r"\lvert x \rvert"),
        ("sqrt(x' x)", r"\sqrt{x^{\top} x}"),
        ("tr(A) sin(x)", r"\operatorname{tr}(A) \sin(x)"),
        ("exp(x / y)", r"\exp\left(\frac{x}{y}\right)"),
        ("sigmoid(x)", r"\sigma(x)"),
        ("sigma sigmoid(x)", r"\sigma \operatorname{sigmoid}(x)"),
        ("kron(A B, C)", r"(A B) \otimes C"),
        ("sum(X)", r"\operatorname{sum}(X)"),
        ("sum(X .* Y, axis=0)", r"\mathbf{1}^{\top} (X \odot Y)"),
        ("sum(X, axis=1)", r"X \mathbf{1}"),
        ("max(X, axis=1)", r"\max_{\mathrm{axis}=1}(X)"),
        ("ones(m, 1) ones(1, n)", r"\mathbf{1}_{m} \mathbf{1}_{n}^{\top}"),
        ("ones(m, n)", r"\mathbf{1}_{m \times n}"),
        ("eye(n) + vector(1) + matrix(2)", r"I_{n} + \mathbf{1} + 2 \mathbf{1} \mathbf{1}^{\top}"),
        ("cross_entropy(S, Y)", r"\operatorname{cross\text{-}entropy}(S, Y)"),
        ("lambda I + pi", r"\lambda I + \pi"),
    ],
)
def test_functions(source: str, expected: str) -> None:
    """Functions have their usual signs, unless a symbol has that sign."""
    assert expected == rendered(source)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("W1", "W_{1}"),
        ("x_i", "x_{i}"),
        ("x_1_2", "x_{1,2}"),
        ("x_max", r"x_{\mathrm{max}}"),
        ("λ1", r"\lambda_{1}"),
        ("Sigma", r"\Sigma"),
        ("score", r"\mathrm{score}"),
        ("score2", r"\mathrm{score}_{2}"),
        ("Xhat", r"\hat{X}"),
        ("mubar", r"\bar{\mu}"),
        ("dS2", r"\mathrm{d}S_{2}"),
        ("dlambda", r"\mathrm{d}\lambda"),
        ("delta", r"\delta"),
        ("db", r"\mathrm{db}"),
        ("d", "d"),
        ("d1", "d_{1}"),
        ("été", r"\text{été}"),
    ],
)
def test_names(name: str, expected: str) -> None:
    """Greek letters, subscripts, accents, words and derivatives are told apart."""
    assert expected == latex(Name(name))


def test_a_derivative_of_a_known_name() -> None:
    """A small letter after d is a derivative where that letter is a name too."""
    assert rendered("db = 1; db + b").splitlines()[2].strip("& ") == r"\mathrm{d}b + b"


def test_words_keep_a_distance() -> None:
    """A thin space separates a word from its neighbours."""
    assert (
        rendered("H' dS2 score (A + B)")
        == r"H^{\top} \, \mathrm{d}S_{2} \, \mathrm{score} \, (A + B)"
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[i:m, j:n] A[i,k] B[k,j]", r"\Bigl[\sum_{k} A_{i,k} \, B_{k,j}\Bigr]_{i,j}"),
        (
            "[i:m, j:n] G[i-k, j-l] K[k,l]",
            r"\Bigl[\sum_{k,l} G_{i-k,\,j-l} \, K_{k,l}\Bigr]_{i,j}",
        ),
        (
            "[(i:m, k:p), j:n] A[i,j] x[k]",
            r"\Bigl[A_{i,j} \, x_{k}\Bigr]_{(i \, k),j}",
        ),
        ("[(i:m, k1:p)] x[i] y[k1]", r"\Bigl[x_{i} \, y_{k_{1}}\Bigr]_{(i \, k_{1})}"),
        ("K commutation(m, n)", r"K \operatorname{commutation}(m, n)"),
        ("kron(A, B) K(m, n)", r"(A \otimes B) K_{m,n}"),
        ("K(m + 1, 2 n)' vec(A)", r"K_{m + 1,2 n}^{\top} \operatorname{vec}(A)"),
        ("[i:m] -W1[i,k] + x[i]", r"\Bigl[-\sum_{k} (W_{1})_{i,k} + x_{i}\Bigr]_{i}"),
        ("[j:m n] (A B)[k n + i, j]", r"\Bigl[\sum_{k,i} (A B)_{k n+i,\,j}\Bigr]_{j}"),
        ("[] inv(A)[i,i]", r"\sum_{i} (A^{-1})_{i,i}"),
        (
            "[o,c,r:3] X[n,c,2i+r-1] G[n,o,i]",
            r"\Bigl[\sum_{n,i} X_{n,c,2i+r-1} \, G_{n,o,i}\Bigr]_{o,c,r}",
        ),
        ("[i,j] max[k:2] x[2i+k]", r"\Bigl[\max_{k} x_{2i+k}\Bigr]_{i,j}"),
        ("mean[i] x[i]^2 + c", r"\operatorname*{mean}_{i} x_{i}^{2} + c"),
        ("(x[i] - y[i])^2", r"\sum_{i} (x_{i} - y_{i})^{2}"),
        ("c / sum[j] exp(z[j])", r"\frac{c}{\sum_{j} \exp(z_{j})}"),
        ("[i] X[i,:]' x", r"\Bigl[X_{i,:}^{\top} \, x\Bigr]_{i}"),
        ("x[1:] - x[:-1]", r"x_{1:} - x_{:-1}"),
        ("[b, (h d)] X[b,h,d]", r"\Bigl[X_{b,h,d}\Bigr]_{b,(h \, d)}"),
        ("-S[i, y[i]]", r"-\sum_{i} S_{i,\,y_{i}}"),
        ("[A, B; 0, C] x", r"\begin{bmatrix} A & B \\ 0 & C \end{bmatrix} x"),
        ("max(X, axis=(n, h))", r"\max_{\mathrm{axis}=(n,h)}(X)"),
        ("x == y", r"\mathbf{1}[x = y]"),
    ],
)
def test_index_forms(source: str, expected: str) -> None:
    """The letters that are summed over stand under a sum, term by term; sizes are not letters."""
    assert expected == rendered(source)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Number(Fraction(1, 3)), r"\tfrac{1}{3}"),
        (Binary("^", Number(Fraction(1, 3)), x), r"(\tfrac{1}{3})^{x}"),
        (Binary("*", Number(Fraction(2)), Binary("*", A, x)), "2 A x"),
        (Binary("*", Number(Fraction(2)), Binary("/", x, y)), r"\frac{2 x}{y}"),
        (Binary("*", Number(Fraction(2)), Call("kron", (A, B))), r"2 A \otimes B"),
        (Binary("*", Group(Binary("*", Transpose(x), y)), x), r"(x^{\top} y) x"),
        (Binary("/", Group(Binary("*", Transpose(x), y)), Group(x)), r"\frac{x^{\top} y}{x}"),
        (Call("∇f", (x, y)), r"\nabla f(x, y)"),
        (Call("two_words", (x,)), r"\operatorname{two\text{-}words}(x)"),
    ],
)
def test_trees_that_the_parser_does_not_make(node: Tree, expected: str) -> None:
    """Fractions, groups and unknown functions have their spelling too."""
    assert expected == latex(node)


def test_names_can_be_spelled_by_the_caller() -> None:
    """A spelling with a superscript can be transposed."""
    assert latex(Transpose(Name("z")), names={"z": "z^{(1)}"}) == r"{z^{(1)}}^{\top}"


@pytest.mark.parametrize(
    ("argument", "spelling", "expected"),
    [
        (Binary("*", A, x), r"\rho({x})", r"\rho(A x)"),
        (Binary("/", x, y), r"\rho({x})", r"\rho\left(\frac{x}{y}\right)"),
        (Binary("*", A, x), r"{x}_{+}", "(A x)_{+}"),
        (Binary("*", A, x), r"\lfloor {x} \rfloor", r"\lfloor (A x) \rfloor"),
        (Binary("*", A, x), r"\overline{{x}}", r"\overline{A x}"),
        (x, r"\mathbf{x}{x}", r"\mathbf{x}x"),
        (Binary("*", A, x), r"\varrho", r"\varrho(A x)"),
    ],
)
def test_functions_can_be_spelled_by_the_caller(
    argument: Tree, spelling: str, expected: str
) -> None:
    """The argument gets brackets where its place has none."""
    assert expected == latex(Call("rho", (argument,)), spellings={"rho": spelling})


def test_quotients_in_quotients_are_written_once_each() -> None:
    """A long numerator stands beside its fraction, and is not written again on every level."""
    source = "x"
    for _ in range(40):
        source = f"(x / (x' x) + {source} + y) / ||x||"

    assert 39 == rendered(source).count(r"\frac{1}")


def test_a_program_is_aligned() -> None:
    """Definitions stand below each other, and the value last."""
    assert rendered("r = X w - y; X' r") == "\n".join(
        [r"\begin{aligned}", r"  r &= X w - y \\", r"  & X^{\top} r", r"\end{aligned}"]
    )


def test_letters_of_a_definition_stand_on_its_left_side() -> None:
    """So that they need no bracket around the right one."""
    program = parse_program("p[i] = exp(z[i]) / sum[j] exp(z[j]); W1[i, (h d)] = X[i,h,d]; p")

    assert latex(program).splitlines()[1:-1] == [
        r"  p_{i} &= \frac{\exp(z_{i})}{\sum_{j} \exp(z_{j})} \\",
        r"  (W_{1})_{i,(h \, d)} &= X_{i,h,d} \\",
        "  & p",
    ]
